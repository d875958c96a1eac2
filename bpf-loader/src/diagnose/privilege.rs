//! Refusals for want of privilege: each check finds its cause, or says nothing.

use bpf_sys::errno;
use bpf_sys::uapi::Capability;

use crate::diagnose::asked::{Asked, Circumstances};
use crate::diagnose::cause::{Refused, refused};
use crate::diagnose::size::amount;
use crate::doctor::Facts;

/// A seccomp filter answers in the kernel's place: it does so too for a call that takes no privilege.
pub(super) fn filtered(_: Asked, _: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let answer = facts.harmless_call.filter(|_| facts.seccomp == Some(true))?;
    [errno::EPERM, errno::EACCES, errno::ENOSYS].contains(&answer).then(|| {
        refused(
            "a seccomp filter of this process refuses bpf(2)",
            "let the filter pass bpf(2): in a container by its seccomp profile, in a systemd unit by SystemCallFilter=",
        )
    })
}

/// Without a seccomp filter, only a kernel that was built so has no bpf(2).
pub(super) fn no_syscall(_: Asked, _: &Circumstances<'_>, _: &Facts) -> Option<Refused> {
    Some(refused("this kernel has no bpf(2)", "it takes a kernel that is built with CONFIG_BPF_SYSCALL=y"))
}

/// What is asked for, and the rest of the plan, in the order of the capabilities.
fn missing(asked: Asked, circumstances: &Circumstances<'_>, facts: &Facts) -> Vec<Capability> {
    let anybody = facts.sysctl("kernel.unprivileged_bpf_disabled") == Some(0);
    let rest = circumstances.needed.iter().map(|needed| (needed.capability, needed.unless_anybody_may));
    let mut missing: Vec<Capability> = asked
        .needs()
        .into_iter()
        .chain(rest)
        .filter(|(_, unless)| !(anybody && *unless))
        .map(|(capability, _)| capability)
        .filter(|capability| !facts.has(*capability))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// All capabilities that are missing, of this step or a later one.
pub(super) fn no_capabilities(
    asked: Asked,
    circumstances: &Circumstances<'_>,
    facts: &Facts,
) -> Option<Refused> {
    facts.capabilities?;
    // What is missing for a later step only has not stopped this one.
    let alone = Circumstances { needed: &[], ..*circumstances };
    if missing(asked, &alone, facts).is_empty() {
        return None;
    }
    let missing = missing(asked, circumstances, facts);
    let names: Vec<&str> = missing.iter().map(|capability| capability.name()).collect();
    let sysctl = match asked {
        Asked::PerfEvent => "kernel.perf_event_paranoid",
        _ => "kernel.unprivileged_bpf_disabled",
    };
    let sysctl = facts.sysctl(sysctl).map(|value| format!(" ({sysctl} is {value})")).unwrap_or_default();
    let outside = missing
        .iter()
        .filter(|capability| facts.bounding.is_some_and(|set| !set.has(**capability)))
        .map(|capability| capability.name())
        .collect::<Vec<_>>();
    let help = if facts.first_user_namespace == Some(false) {
        IN_A_NAMESPACE.to_owned()
    } else if !outside.is_empty() {
        format!(
            "{} cannot be got any more in here: start the container or service with it",
            outside.join(", ")
        )
    } else {
        let all = asked.needs().into_iter().map(|(capability, _)| capability);
        let mut all: Vec<Capability> =
            all.chain(circumstances.needed.iter().map(|needed| needed.capability)).collect();
        all.sort_unstable();
        all.dedup();
        let all: Vec<String> = all.iter().map(|capability| capability.name().to_lowercase()).collect();
        format!("run it as root, or give it the capabilities: setcap {}+ep FILE", all.join(","))
    };
    Some(refused(format!("this process does not have {}{sysctl}", and(&names)), help))
}

/// `a`, `a and b`, `a, b and c`.
fn and(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

const IN_A_NAMESPACE: &str = "run it outside of the user namespace; or, since Linux 6.9, mount a bpffs for the \
    namespace with delegate_cmds, delegate_maps, delegate_progs and delegate_attachs, and load with a BPF token of it \
    (LoadOptions::token_path)";

/// The capabilities are there, and do not count for bpf(2).
pub(super) fn only_inside(asked: Asked, circumstances: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    if facts.first_user_namespace != Some(false) {
        return None;
    }
    if circumstances.token {
        return not_delegated(asked, facts);
    }
    let names: Vec<&str> = asked.needs().iter().map(|(capability, _)| capability.name()).collect();
    Some(refused(
        format!(
            "this process has {} only inside its own user namespace, where bpf(2) does not count it",
            and(&names)
        ),
        IN_A_NAMESPACE,
    ))
}

/// A token was shown that does not cover this.
fn not_delegated(asked: Asked, facts: &Facts) -> Option<Refused> {
    let (_, name, _) = asked.named()?;
    let option = if matches!(asked, Asked::Map(_)) { "delegate_maps" } else { "delegate_progs" };
    let mut mounts = facts.mounted("bpf").filter(|mount| mount.delegates().next().is_some());
    let (mount, None) = (mounts.next()?, mounts.next()) else { return None };
    let value = mount.delegates().find_map(|of| of.strip_prefix(option)?.strip_prefix('=')).unwrap_or("");
    let covered = value.split(':').any(|one| one == "any" || one == name);
    (!covered).then(|| {
        refused(
            format!("the BPF token of {} does not cover the type {name}", mount.point.display()),
            format!("mount it with {option}=any, or with {name} among the types there"),
        )
    })
}

/// Before 5.11 memory for BPF counts against the limit on locked memory, and being above it is `EPERM`. The limit was
/// raised as far as it goes before this is asked.
pub(super) fn locked_memory(asked: Asked, _: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    if !facts.counts_locked_memory() || !matches!(asked, Asked::Map(_) | Asked::Program(_)) {
        return None;
    }
    let limit = facts.locked_memory.filter(|limit| *limit != u64::MAX)?;
    Some(refused(
        format!(
            "this process may lock {} of memory, against which kernels before Linux 5.11 count maps and programs",
            amount(limit)
        ),
        "raise the limit: ulimit -l unlimited, or LimitMEMLOCK=infinity in a systemd unit; CAP_SYS_RESOURCE lets it be \
         raised without",
    ))
}

/// What remains when everything else is as it has to be.
pub(super) fn policy(asked: Asked, circumstances: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let alone = Circumstances { needed: &[], ..*circumstances };
    let known = facts.capabilities.is_some() && facts.first_user_namespace == Some(true);
    if !known || !missing(asked, &alone, facts).is_empty() || !circumstances.log.is_empty() {
        return None;
    }
    let what = match asked {
        Asked::Program(program) if program.trampoline => {
            "a policy of this kernel refuses programs on trampolines (fentry, fexit, fmod_ret, LSM, freplace)"
        }
        _ => "a policy of this kernel refuses it",
    };
    let mut seen = Vec::new();
    if facts.selinux_enforces == Some(true) {
        seen.push("SELinux enforces its policy".to_owned());
    }
    if let Some(mode) = facts.lockdown.as_deref().filter(|mode| *mode != "none") {
        seen.push(format!("lockdown is in the mode {mode}"));
    }
    if let Some(modules) = &facts.security_modules {
        seen.push(format!("security modules are {}", modules.replace(',', ", ")));
    }
    let seen = if seen.is_empty() { String::new() } else { format!("; {}", seen.join("; ")) };
    Some(refused(
        format!("{what}: the capabilities are there{seen}"),
        "the kernel's log and the audit log may say who refused it (dmesg, ausearch -m avc)",
    ))
}

/// Helpers that lockdown takes away; the verifier says that their type of program could not have them.
const LOCKED_DOWN: &[(&str, &[&str])] =
    &[("bpf_probe_write_user", &["integrity", "confidentiality"]), ("bpf_probe_read", &["confidentiality"])];

/// A helper that is refused by lockdown, not for the type of the program.
pub(super) fn lockdown(_: Asked, circumstances: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let mode = facts.lockdown.as_deref()?;
    let line = circumstances.log.lines().find(|line| {
        line.contains("cannot use helper") || line.contains("unknown func") || line.contains("not allowed")
    })?;
    let (helper, _) =
        LOCKED_DOWN.iter().find(|(helper, modes)| line.contains(helper) && modes.contains(&mode))?;
    Some(refused(
        format!("lockdown in the mode {mode} takes {helper} away"),
        format!(
            "lockdown ({mode}, /sys/kernel/security/lockdown) forbids {helper} and its like to all programs: start the kernel without, or do without the helper"
        ),
    ))
}
