//! Causes of refusals, on machines that are made up.

use bpf_sys::Capabilities;
use bpf_sys::uapi::{Capability, Command, MapType, ProgramType};

use super::*;
use crate::diagnose::asked::{MapAsked, ProgramAsked};
use crate::doctor::Mount;

/// An up-to-date machine, and root on it.
fn machine() -> Facts {
    let mut facts =
        Facts::default().with_config("CONFIG_BPF=y\nCONFIG_BPF_JIT=y\n# CONFIG_BPF_LSM is not set\n");
    facts.release = Some("6.12.1".into());
    facts.capabilities = Some(Capabilities::from_bits(u64::MAX));
    facts.bounding = facts.capabilities;
    facts.first_user_namespace = Some(true);
    facts.memory = Some(8 << 30);
    facts.memory_available = Some(4 << 30);
    facts.possible_cpus = Some(2);
    facts.sysctls.insert("kernel.unprivileged_bpf_disabled".into(), 2);
    facts
}

fn with(facts: &mut Facts, capabilities: &[Capability]) {
    let bits = capabilities.iter().fold(0, |bits, capability| bits | 1 << capability.number());
    facts.capabilities = Some(Capabilities::from_bits(bits));
}

fn cause_in(asked: Asked, errno: i32, circumstances: &Circumstances<'_>, facts: &Facts) -> Refused {
    let command = if matches!(asked, Asked::Map(_)) { Command::MAP_CREATE } else { Command::PROG_LOAD };
    cause_among(asked, circumstances, &SysError::Kernel { command, errno }, facts)
}

/// The cause and what to do about it, on a machine like [`machine`] but for what `change` does.
fn check(asked: Asked, errno: i32, change: impl FnOnce(&mut Facts), cause: &str, help: &str) {
    let mut facts = machine();
    change(&mut facts);
    let found = cause_in(asked, errno, &Circumstances::ALONE, &facts);
    assert_eq!(found.cause.as_deref().unwrap_or_default(), cause);
    let said = found.help.unwrap_or_default();
    assert!(said.contains(help) && said.is_empty() == help.is_empty(), "{said}");
}

fn xdp() -> Asked {
    Asked::program(ProgramType::XDP)
}

fn hash(max_entries: u32, value_size: u32) -> Asked {
    Asked::Map(MapAsked { map_type: MapType::HASH, key_size: 8, value_size, max_entries, flags: 0 })
}

#[test]
fn types_of_later_kernels() {
    let old = |facts: &mut Facts| facts.release = Some("5.10.0".into());
    let said = "programs of the type syscall came with Linux 5.14, and this is 5.10";
    check(Asked::program(ProgramType::SYSCALL), errno::EINVAL, old, said, "Linux 5.14 or later");
    let said = "maps of the type arena came with Linux 6.9, and this is 5.10";
    check(Asked::map(MapType::ARENA), errno::EINVAL, old, said, "Linux 6.9 or later");
    check(Asked::program(ProgramType::SYSCALL), errno::EINVAL, |_| {}, "", "");
    check(Asked::Btf, errno::EINVAL, old, "", "");
}

#[test]
fn kernels_built_without() {
    let said = "programs of the type lsm take a kernel with CONFIG_BPF_LSM, and this one was built without";
    check(Asked::program(ProgramType::LSM), errno::EINVAL, |_| {}, said, "CONFIG_BPF_LSM=y");
    // Nobody knows.
    let unknown = |facts: &mut Facts| {
        *facts = Facts::default();
    };
    check(Asked::program(ProgramType::LSM), errno::EINVAL, unknown, "", "");
    let off = |facts: &mut Facts| {
        facts.sysctls.insert("net.core.bpf_jit_enable".into(), 0);
    };
    let fentry =
        Asked::Program(ProgramAsked { program_type: ProgramType::TRACING, insns: 2, trampoline: true });
    let said = "it takes the JIT compiler, which is switched off (net.core.bpf_jit_enable is 0)";
    check(fentry, errno::ENOTSUPP, off, said, "bpf_jit_enable=1");
}

#[test]
fn missing_capabilities() {
    let bpf = |facts: &mut Facts| with(facts, &[Capability::Bpf]);
    let said = "this process does not have CAP_NET_ADMIN (kernel.unprivileged_bpf_disabled is 2)";
    check(xdp(), errno::EPERM, bpf, said, "setcap cap_bpf,cap_net_admin+ep FILE");
    let nothing = |facts: &mut Facts| with(facts, &[]);
    let said = "this process does not have CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN \
                (kernel.unprivileged_bpf_disabled is 2)";
    check(Asked::program(ProgramType::EXT), errno::EPERM, nothing, said, "run it as root");
    let container = |facts: &mut Facts| {
        with(facts, &[]);
        facts.bounding = facts.capabilities;
    };
    let said = "this process does not have CAP_BPF (kernel.unprivileged_bpf_disabled is 2)";
    check(hash(1, 8), errno::EPERM, container, said, "start the container or service with it");
    // What anybody may do takes nothing.
    let open = |facts: &mut Facts| {
        with(facts, &[]);
        facts.sysctls.insert("kernel.unprivileged_bpf_disabled".into(), 0);
    };
    let said = "a policy of this kernel refuses it: the capabilities are there";
    check(hash(1, 8), errno::EPERM, open, said, "dmesg");
    let said = "this process does not have CAP_BPF (kernel.unprivileged_bpf_disabled is 0)";
    check(Asked::map(MapType::LRU_HASH), errno::EPERM, open, said, "root");
}

#[test]
fn all_that_are_missing_at_once() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/ring/events");
    let order = if cfg!(target_endian = "big") { "eb" } else { "el" };
    let object = crate::Object::open(format!("{path}.{order}.bpf.o")).unwrap();
    let plan = object.plan(&crate::Kernel::builder().build()).unwrap();
    let needed = plan.needed_capabilities();
    let mut facts = machine();
    with(&mut facts, &[]);
    let circumstances = Circumstances { needed: &needed, token: false, log: "" };
    let found = cause_in(hash(1, 8), errno::EPERM, &circumstances, &facts);
    let said = "this process does not have CAP_BPF and CAP_PERFMON (kernel.unprivileged_bpf_disabled is 2)";
    assert_eq!(found.cause.as_deref(), Some(said));
}

#[test]
fn user_namespaces() {
    let inside = |facts: &mut Facts| facts.first_user_namespace = Some(false);
    let said = "this process has CAP_BPF and CAP_NET_ADMIN only inside its own user namespace, where bpf(2) does not \
                count it";
    check(xdp(), errno::EPERM, inside, said, "BPF token");
    let nothing = |facts: &mut Facts| {
        with(facts, &[]);
        inside(facts);
    };
    let said = "this process does not have CAP_BPF and CAP_NET_ADMIN (kernel.unprivileged_bpf_disabled is 2)";
    check(xdp(), errno::EPERM, nothing, said, "BPF token");
    // With a token, what it does not cover.
    let mut facts = machine();
    inside(&mut facts);
    let mut mount = Mount { point: "/bpf".into(), kind: "bpf".into(), whole: true, ..Mount::default() };
    mount.options = "rw,delegate_maps=any,delegate_progs=tracing:syscall".into();
    facts.mounts = vec![mount];
    let shown = Circumstances { token: true, ..Circumstances::ALONE };
    let found = cause_in(xdp(), errno::EPERM, &shown, &facts);
    assert_eq!(found.cause.as_deref(), Some("the BPF token of /bpf does not cover the type xdp"));
    assert_eq!(cause_in(Asked::program(ProgramType::SYSCALL), errno::EPERM, &shown, &facts).cause, None);
    assert_eq!(cause_in(hash(1, 8), errno::EPERM, &shown, &facts).cause, None);
}

#[test]
fn filters_and_policies() {
    let filter = |facts: &mut Facts| {
        facts.seccomp = Some(true);
        facts.harmless_call = Some(errno::EPERM);
    };
    check(
        xdp(),
        errno::EPERM,
        filter,
        "a seccomp filter of this process refuses bpf(2)",
        "SystemCallFilter=",
    );
    let harmless = |facts: &mut Facts| {
        facts.seccomp = Some(true);
        facts.harmless_call = Some(errno::ENOENT);
        facts.selinux_enforces = Some(true);
        facts.security_modules = Some("capability,selinux".into());
    };
    let said = "a policy of this kernel refuses it: the capabilities are there; SELinux enforces its policy; security \
                modules are capability, selinux";
    check(xdp(), errno::EPERM, harmless, said, "ausearch");
    check(xdp(), errno::ENOSYS, |_| {}, "this kernel has no bpf(2)", "CONFIG_BPF_SYSCALL=y");
    // A program that the verifier refuses is refused for what it does.
    let rejected = Circumstances { log: "R1 invalid mem access", ..Circumstances::ALONE };
    assert_eq!(cause_in(xdp(), errno::EACCES, &rejected, &machine()), Refused::default());
}

#[test]
fn lockdown() {
    let log = "program of this type cannot use helper bpf_probe_write_user#36\nprocessed 3 insns";
    let circumstances = Circumstances { log, ..Circumstances::ALONE };
    let kprobe = Asked::program(ProgramType::KPROBE);
    let mut facts = machine();
    assert_eq!(cause_in(kprobe, errno::EINVAL, &circumstances, &facts).cause, None);
    facts.lockdown = Some("integrity".into());
    let found = cause_in(kprobe, errno::EINVAL, &circumstances, &facts);
    assert!(found.help.is_some_and(|help| help.contains("forbids bpf_probe_write_user and its like")));
    facts.lockdown = Some("none".into());
    assert_eq!(cause_in(kprobe, errno::EINVAL, &circumstances, &facts).cause, None);
}

#[test]
fn locked_memory() {
    let old = |limit| {
        move |facts: &mut Facts| {
            facts.release = Some("5.10.0".into());
            facts.locked_memory = Some(limit);
        }
    };
    let said = "this process may lock 64 KiB of memory, against which kernels before Linux 5.11 count maps and programs";
    check(hash(1, 8), errno::EPERM, old(65536), said, "ulimit -l unlimited");
    let said = "a policy of this kernel refuses it: the capabilities are there";
    check(hash(1, 8), errno::EPERM, old(u64::MAX), said, "dmesg");
    let newer = |facts: &mut Facts| facts.locked_memory = Some(65536);
    check(hash(1, 8), errno::EPERM, newer, said, "dmesg");
}

#[test]
fn sizes() {
    let said = "it takes 4 TiB, and this machine has 8 GiB of memory";
    check(hash(1 << 30, 4096), errno::ENOMEM, |_| {}, said, "fewer entries");
    let said = "it takes 5.3 GiB, and of this machine's memory 4 GiB are free";
    check(hash(1 << 20, 5400), errno::ENOMEM, |_| {}, said, "fewer entries");
    let group = |facts: &mut Facts| facts.memory_of_group = Some(1 << 20);
    let said = "it takes 5 MiB, and the control group of this process may use 1 MiB of memory";
    check(hash(1 << 10, 5120), errno::ENOMEM, group, said, "fewer entries");
    check(hash(1, 8), errno::ENOMEM, |_| {}, "", "");
    let per_cpu = |value_size, max_entries| {
        Asked::Map(MapAsked {
            map_type: MapType::PERCPU_ARRAY,
            key_size: 4,
            value_size,
            max_entries,
            flags: 0,
        })
    };
    let said = "a value of 64 KiB is too much for one processor, which takes 32 KiB";
    check(per_cpu(65536, 1), errno::ENOMEM, |_| {}, said, "not per CPU");
    check(per_cpu(65536, 1), errno::E2BIG, |_| {}, said, "not per CPU");
    let said = "it takes 8 GiB, for 2 processors, and of this machine's memory 4 GiB are free";
    check(per_cpu(4096, 1 << 20), errno::ENOMEM, |_| {}, said, "fewer entries");
    let said = "key and value have 5 MiB, and the kernel allocates up to 4 MiB at once for an element";
    check(hash(1, (5 << 20) - 8), errno::E2BIG, |_| {}, said, "array");
    let said = "it has 1000001 instructions, and the kernel takes up to 1000000";
    let long = ProgramAsked { program_type: ProgramType::SOCKET_FILTER, insns: 1_000_001, trampoline: false };
    check(Asked::Program(long), errno::E2BIG, |_| {}, said, "bpf_tail_call");
    let said = "it has 4097 instructions, and the kernel takes up to 4096 without CAP_BPF";
    let long = ProgramAsked { insns: 4097, ..long };
    check(Asked::Program(long), errno::E2BIG, |facts| with(facts, &[]), said, "bpf_tail_call");
    let files = |facts: &mut Facts| (facts.most_files, facts.open_files) = (Some(1024), Some(1023));
    check(
        hash(1, 8),
        errno::EMFILE,
        files,
        "this process has 1023 files open, and may have 1024",
        "ulimit -n",
    );
}

#[test]
fn amounts() {
    for (bytes, want) in
        [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (4 << 40, "4 TiB"), (u64::MAX, "15.9 EiB")]
    {
        assert_eq!(size::amount(bytes), want);
    }
}
