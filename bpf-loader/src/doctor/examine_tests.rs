//! Answers for machines that are made up.

use bpf_sys::Capabilities;

use super::*;
use crate::doctor::Mount;

/// Root on an up-to-date machine that has everything.
fn well() -> Facts {
    let options = OPTIONS.iter().map(|(option, ..)| *option).chain(["CONFIG_SECURITY_LOCKDOWN_LSM"]);
    let config: String = options.map(|option| format!("{option}=y\n")).collect();
    let mut facts = Facts::default().with_config(&config);
    facts.release = Some("6.12.1".into());
    facts.capabilities = Some(Capabilities::from_bits(u64::MAX));
    facts.bounding = facts.capabilities;
    facts.first_user_namespace = Some(true);
    facts.seccomp = Some(false);
    facts.lockdown = Some("none".into());
    facts.security_modules = Some("capability,bpf".into());
    for (name, value) in
        [("kernel.unprivileged_bpf_disabled", 0), ("net.core.bpf_jit_enable", 1), ("kernel.kptr_restrict", 1)]
    {
        facts.sysctls.insert(name.into(), value);
    }
    facts.btf = BtfFile::Readable(5 << 20);
    facts.modules_with_btf = Some(3);
    facts.mounts = MOUNTS
        .iter()
        .map(|wanted| {
            let mut mount = Mount { point: wanted.point.into(), whole: true, ..Mount::default() };
            wanted.kind.clone_into(&mut mount.kind);
            mount
        })
        .collect();
    facts
}

fn named(facts: &Facts, name: &str) -> Finding {
    examine(facts).into_iter().find(|finding| finding.name == name).unwrap()
}

/// The answer of one question, in a machine like [`well`] but for what `change` does.
fn check(name: &str, change: impl FnOnce(&mut Facts), answer: Answer, found: &str, fix: &str) {
    let mut facts = well();
    change(&mut facts);
    let finding = named(&facts, name);
    assert_eq!(finding.answer, answer, "{name}: {}", finding.found);
    assert!(finding.found.contains(found), "{name}: {}", finding.found);
    let said = finding.fix.unwrap_or_default();
    assert!(said.contains(fix) && said.is_empty() == fix.is_empty(), "{name}: {said}");
}

#[test]
fn a_machine_that_is_well() {
    for finding in examine(&well()) {
        assert_eq!((finding.answer, finding.fix), (Answer::Yes, None), "{}: {}", finding.name, finding.found);
    }
}

#[test]
fn nothing_known() {
    let findings = examine(&Facts::default());
    assert!(findings.iter().all(|finding| finding.answer != Answer::Yes));
    // What is not there is not there: the types.
    let no: Vec<_> = findings.iter().filter(|finding| finding.answer == Answer::No).map(|f| f.name).collect();
    assert_eq!(no, ["/sys/kernel/btf/vmlinux"]);
}

#[test]
fn every_no_has_a_fix() {
    let mut facts = Facts::default().with_config("CONFIG_X=y\nCONFIG_BPF_LSM=y\n");
    facts.capabilities = Some(Capabilities::from_bits(0));
    facts.first_user_namespace = Some(false);
    facts.seccomp = Some(true);
    facts.harmless_call = Some(errno::EPERM);
    facts.lockdown = Some("confidentiality".into());
    facts.security_modules = Some("capability".into());
    facts.release = Some("5.10.0".into());
    facts.locked_memory = Some(65536);
    facts.mounts = vec![Mount { kind: "ext4".into(), whole: true, ..Mount::default() }];
    for (name, value) in
        [("kernel.unprivileged_bpf_disabled", 2), ("net.core.bpf_jit_enable", 0), ("kernel.kptr_restrict", 2)]
    {
        facts.sysctls.insert(name.into(), value);
    }
    let findings = examine(&facts);
    for finding in &findings {
        assert_eq!(
            finding.fix.is_some(),
            finding.answer == Answer::No,
            "{}: {}",
            finding.name,
            finding.found
        );
    }
    let yes: Vec<_> =
        findings.iter().filter(|finding| finding.answer != Answer::No).map(|f| f.name).collect();
    assert_eq!(yes, ["modules", "CONFIG_BPF_LSM"]);
}

#[test]
fn one_by_one() {
    let (yes, no, unknown) = (Answer::Yes, Answer::No, Answer::Unknown);
    let bits = |bits| move |facts: &mut Facts| facts.capabilities = Some(Capabilities::from_bits(bits));
    check("CAP_BPF", bits(1 << 21), yes, "CAP_SYS_ADMIN stands for it", "");
    check("CAP_BPF", bits(1 << 39), yes, "this process has it", "");
    check("CAP_PERFMON", bits(1 << 39), no, "to load tracing", "setcap cap_perfmon+ep FILE");
    let container = |facts: &mut Facts| {
        facts.capabilities = Some(Capabilities::from_bits(0));
        facts.bounding = facts.capabilities;
    };
    check("CAP_NET_ADMIN", container, no, "does not have it", "docker run --cap-add");
    let passes = |facts: &mut Facts| (facts.seccomp, facts.harmless_call) = (Some(true), Some(errno::ENOENT));
    check("bpf(2)", passes, yes, "passes it", "");
    let delegated = |facts: &mut Facts| {
        facts.first_user_namespace = Some(false);
        facts.mounts[0].options = "rw,delegate_cmds=any".into();
    };
    check(
        "user namespace",
        delegated,
        yes,
        "a BPF token of /sys/fs/bpf stands in for capabilities: delegate_cmds=any",
        "",
    );
    check("user namespace", |facts| facts.first_user_namespace = Some(false), no, "do not count", "6.9");
    check(
        "/sys/kernel/btf/vmlinux",
        |facts| facts.btf = BtfFile::Missing,
        no,
        "hidden",
        "show /sys/kernel/btf",
    );
    check("/sys/kernel/btf/vmlinux", |_| {}, yes, "5 MiB", "");
    check("bpffs", |facts| facts.mounts[0].options = "ro".into(), no, "read-only", "remount,rw /sys/fs/bpf");
    check("bpffs", |facts| facts.mounts[0].kind.clear(), no, "for pins", "mount -t bpf bpffs /sys/fs/bpf");
    check("lockdown", |facts| facts.lockdown = None, unknown, "not there", "securityfs");
    check("LSM programs", |facts| facts.security_modules = Some("yama".into()), no, "(yama)", "lsm=…,bpf");
    let old = |facts: &mut Facts| {
        facts.release = Some("5.4.0".into());
        facts.locked_memory = Some(65536);
        facts.capabilities = Some(Capabilities::from_bits(1 << 39));
    };
    check("locked memory", old, no, "64 KiB", "ulimit -l");
}
