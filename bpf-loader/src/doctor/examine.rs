//! The doctor's questions, each with its answer for a machine and what to do where that is no.

use bpf_sys::errno;
use bpf_sys::uapi::Capability;

use crate::diagnose::amount;
use crate::doctor::options::OPTIONS;
use crate::doctor::{BtfFile, Configured, Facts};
use crate::kernel::Answer;

/// One answer of the doctor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is about.
    pub topic: Topic,
    /// What was looked at: `CAP_BPF`, `bpffs`.
    pub name: &'static str,
    /// Whether it is as BPF programs want it.
    pub answer: Answer,
    /// What was found, in words.
    pub found: String,
    /// What to do about it, where the answer is not yes.
    pub fix: Option<String>,
    /// Whether most programs cannot be loaded without it.
    pub essential: bool,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Topic {
    /// The call itself, and who may make it.
    Privileges,
    /// The kernel's types.
    Types,
    /// Settings of the running kernel.
    Settings,
    /// File systems.
    Mounts,
    /// What the kernel was built with.
    Configuration,
}

impl Topic {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Privileges => "privileges",
            Self::Types => "types",
            Self::Settings => "settings",
            Self::Mounts => "mounts",
            Self::Configuration => "configuration",
        }
    }
}

/// Looks through the facts. The findings are in the order of their topics.
#[must_use]
pub fn examine(facts: &Facts) -> Vec<Finding> {
    let mut found = vec![call(facts), namespace(facts)];
    found.extend(
        CAPABILITIES.iter().map(|(capability, essential, why)| has(facts, *capability, *essential, why)),
    );
    found.extend([vmlinux(facts), modules(facts)]);
    found.extend([jit(facts), lockdown(facts), memory(facts), anybody(facts), addresses(facts)]);
    found.extend(MOUNTS.iter().map(|mount| mounted(facts, mount)));
    found.extend(OPTIONS.iter().map(|option| configured(facts, option)));
    if facts.configured("CONFIG_BPF_LSM") == Configured::Yes {
        found.push(lsm(facts));
    }
    found
}

fn finding(topic: Topic, name: &'static str, answer: Answer, found: impl Into<String>) -> Finding {
    Finding { topic, name, answer, found: found.into(), fix: None, essential: false }
}

impl Finding {
    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    fn essential(mut self) -> Self {
        self.essential = true;
        self
    }
}

fn call(facts: &Facts) -> Finding {
    let row = |answer, found: &str| finding(Topic::Privileges, "bpf(2)", answer, found).essential();
    let refuses = [errno::EPERM, errno::EACCES, errno::ENOSYS];
    match (facts.seccomp, facts.harmless_call) {
        (Some(true), Some(answer)) if refuses.contains(&answer) => {
            row(Answer::No, "a seccomp filter of this process refuses it").fix(
                "let the filter pass bpf(2): in a container by its seccomp profile, in a systemd unit by \
                 SystemCallFilter=",
            )
        }
        (Some(true), Some(_)) => row(Answer::Yes, "the seccomp filter of this process passes it"),
        (Some(false), _) => row(Answer::Yes, "no seccomp filter is in the way"),
        _ => row(Answer::Unknown, "whether a seccomp filter is in the way is not known"),
    }
}

fn namespace(facts: &Facts) -> Finding {
    let row = |answer, found: String| finding(Topic::Privileges, "user namespace", answer, found).essential();
    match facts.first_user_namespace {
        Some(true) => row(Answer::Yes, "this is the first one, where capabilities count for bpf(2)".into()),
        None => row(Answer::Unknown, "which one this is is not known".into())
            .fix("mount /proc: mount -t proc proc /proc"),
        Some(false) => {
            let mut bpffs = facts.mounted("bpf").filter(|mount| mount.delegates().next().is_some());
            match bpffs.next() {
                Some(mount) => row(
                    Answer::Yes,
                    format!(
                        "not the first one; a BPF token of {} stands in for capabilities: {}",
                        mount.point.display(),
                        mount.delegates().collect::<Vec<_>>().join(", ")
                    ),
                ),
                None => row(Answer::No, "not the first one: capabilities do not count for bpf(2)".into()).fix(
                    "run it outside; or, since Linux 6.9, have a bpffs mounted for the namespace with delegate_… \
                     options, for a BPF token",
                ),
            }
        }
    }
}

const CAPABILITIES: &[(Capability, bool, &str)] = &[
    (Capability::Bpf, true, "to load programs and create maps"),
    (Capability::Perfmon, true, "to load tracing and struct_ops programs"),
    (Capability::NetAdmin, true, "to load programs for the network and control groups"),
    (Capability::SysAdmin, false, "to list what others loaded, and to use types of modules"),
];

fn has(facts: &Facts, capability: Capability, essential: bool, why: &str) -> Finding {
    let by_admin = facts.capabilities.is_some_and(|set| !set.has(capability));
    let row = |answer, found: String| Finding {
        essential,
        ..finding(Topic::Privileges, capability.name(), answer, found)
    };
    if facts.capabilities.is_none() {
        return row(Answer::Unknown, format!("whether this process has it is not known ({why})"))
            .fix("mount /proc: mount -t proc proc /proc");
    }
    if facts.has(capability) {
        let found = match (by_admin, facts.first_user_namespace) {
            (_, Some(false)) => "this process has it inside its user namespace",
            (true, _) => "CAP_SYS_ADMIN stands for it",
            (false, _) => "this process has it",
        };
        return row(Answer::Yes, found.into());
    }
    let outside = facts.bounding.is_some_and(|set| !set.has(capability));
    let name = capability.name();
    let fix = if outside {
        format!(
            "it cannot be got in here: start the container or service with {name} (docker run --cap-add, CapabilityBoundingSet=)"
        )
    } else {
        format!("run as root, or setcap {}+ep FILE", name.to_lowercase())
    };
    row(Answer::No, format!("this process does not have it ({why})")).fix(fix)
}

fn vmlinux(facts: &Facts) -> Finding {
    let row =
        |answer, found: String| finding(Topic::Types, "/sys/kernel/btf/vmlinux", answer, found).essential();
    match (facts.btf, facts.configured("CONFIG_DEBUG_INFO_BTF")) {
        (BtfFile::Readable(len), _) => row(Answer::Yes, format!("{} of types", amount(len))),
        (BtfFile::Unreadable, _) => {
            row(Answer::No, "it cannot be read".into()).fix("chmod a+r it, or run as root")
        }
        (BtfFile::Missing, Configured::Yes) => {
            row(Answer::No, "it is not there, though this kernel has types: /sys is not mounted, or hidden".into())
                .fix("mount -t sysfs sysfs /sys, or show /sys/kernel/btf to the container")
        }
        (BtfFile::Missing, _) => row(Answer::No, "it is not there".into()).fix(
            "it takes a kernel that is built with CONFIG_DEBUG_INFO_BTF=y, and /sys; for CO-RE alone, types from \
             elsewhere do (--core-btf)",
        ),
    }
}

fn modules(facts: &Facts) -> Finding {
    let found = match facts.modules_with_btf {
        None => "not known",
        Some(0) => "no module shows types",
        Some(1) => "1 module shows types",
        Some(more) => {
            return finding(Topic::Types, "modules", Answer::Yes, format!("{more} modules show types"));
        }
    };
    let answer = if facts.modules_with_btf.is_some() { Answer::Yes } else { Answer::Unknown };
    finding(Topic::Types, "modules", answer, found)
}

fn jit(facts: &Facts) -> Finding {
    let row = |answer, found: &str| finding(Topic::Settings, "JIT compiler", answer, found);
    match (facts.sysctl("net.core.bpf_jit_enable"), facts.configured("CONFIG_BPF_JIT_ALWAYS_ON")) {
        (Some(0), _) => {
            row(Answer::No, "programs are interpreted; trampolines, struct_ops and kfuncs do not work")
                .fix("sysctl net.core.bpf_jit_enable=1")
        }
        (Some(_), _) => row(
            Answer::Yes,
            match facts.sysctl("net.core.bpf_jit_harden") {
                Some(2) => "on, with constants blinded for everybody (net.core.bpf_jit_harden is 2)",
                _ => "on",
            },
        ),
        (None, Configured::Yes) => row(Answer::Yes, "always on (CONFIG_BPF_JIT_ALWAYS_ON)"),
        (None, _) => row(Answer::Unknown, "net.core.bpf_jit_enable is not there"),
    }
}

fn lockdown(facts: &Facts) -> Finding {
    let row = |answer, found: &str| finding(Topic::Settings, "lockdown", answer, found);
    let fix = "start the kernel without lockdown= (UEFI Secure Boot may switch it on)";
    match facts.lockdown.as_deref() {
        Some("none") => row(Answer::Yes, "off"),
        Some("integrity") => {
            row(Answer::No, "integrity: bpf_probe_write_user is refused to all programs").fix(fix)
        }
        Some(_) => row(Answer::No, "confidentiality: programs cannot read the kernel's memory").fix(fix),
        None if facts.configured("CONFIG_SECURITY_LOCKDOWN_LSM") == Configured::No => {
            row(Answer::Yes, "this kernel has none")
        }
        None => row(Answer::Unknown, "/sys/kernel/security/lockdown is not there")
            .fix("mount -t securityfs securityfs /sys/kernel/security"),
    }
}

fn memory(facts: &Facts) -> Finding {
    let row = |answer, found: String| finding(Topic::Settings, "locked memory", answer, found);
    match (facts.version().map(|_| facts.counts_locked_memory()), facts.locked_memory) {
        (Some(false), _) => {
            row(Answer::Yes, "BPF is not counted against the limit (since Linux 5.11)".into())
        }
        (_, Some(u64::MAX)) => row(Answer::Yes, "no limit".into()),
        (_, Some(_)) if facts.has(Capability::SysResource) => {
            row(Answer::Yes, "the limit is lifted when it is reached".into())
        }
        (_, Some(limit)) => row(Answer::No, format!("programs and maps may take {} together", amount(limit)))
            .fix("ulimit -l unlimited, or LimitMEMLOCK=infinity in a systemd unit"),
        (_, None) => row(Answer::Unknown, "the limit is not known".into()),
    }
}

fn anybody(facts: &Facts) -> Finding {
    let row = |answer, found: &str| finding(Topic::Settings, "programs without privilege", answer, found);
    match facts.sysctl("kernel.unprivileged_bpf_disabled") {
        Some(0) => row(Answer::Yes, "socket filters and simple maps (kernel.unprivileged_bpf_disabled is 0)"),
        Some(1) => row(
            Answer::No,
            "none, until this kernel is started again (kernel.unprivileged_bpf_disabled is 1)",
        )
        .fix("give programs capabilities; opening this is not advised"),
        Some(_) => row(Answer::No, "none (kernel.unprivileged_bpf_disabled is 2)")
            .fix("give programs capabilities; opening this is not advised"),
        None => row(Answer::Unknown, "kernel.unprivileged_bpf_disabled is not there"),
    }
}

fn addresses(facts: &Facts) -> Finding {
    let row = |answer, found: &str| finding(Topic::Settings, "addresses of symbols", answer, found);
    match facts.sysctl("kernel.kptr_restrict") {
        Some(0) => row(Answer::Yes, "shown (kernel.kptr_restrict is 0)"),
        Some(1) => row(Answer::Yes, "shown to those with CAP_SYSLOG (kernel.kptr_restrict is 1)"),
        Some(_) => row(Answer::No, "hidden from everybody (kernel.kptr_restrict is 2)")
            .fix("sysctl kernel.kptr_restrict=1, for objects with __ksym variables without a type"),
        None => row(Answer::Unknown, "kernel.kptr_restrict is not there"),
    }
}

/// A file system that BPF is used with.
struct Wanted {
    name: &'static str,
    kind: &'static str,
    /// Where it usually is.
    point: &'static str,
    what_for: &'static str,
    writable: bool,
}

const MOUNTS: &[Wanted] = &[
    Wanted { name: "bpffs", kind: "bpf", point: "/sys/fs/bpf", what_for: "pins", writable: true },
    Wanted {
        name: "tracefs",
        kind: "tracefs",
        point: "/sys/kernel/tracing",
        what_for: "tracepoints, trace output",
        writable: true,
    },
    Wanted {
        name: "cgroup2",
        kind: "cgroup2",
        point: "/sys/fs/cgroup",
        what_for: "programs on control groups",
        writable: false,
    },
    Wanted {
        name: "securityfs",
        kind: "securityfs",
        point: "/sys/kernel/security",
        what_for: "knowing lockdown and security modules",
        writable: false,
    },
];

fn mounted(facts: &Facts, wanted: &Wanted) -> Finding {
    let row = |answer, found: String| finding(Topic::Mounts, wanted.name, answer, found);
    let mount = |fs: &str| {
        format!("mount -t {0} {fs} {1}; in a container, show {1} to it", wanted.kind, wanted.point)
    };
    let all: Vec<_> = facts.mounted(wanted.kind).collect();
    let writable = all.iter().find(|mount| !wanted.writable || !mount.is_read_only());
    match (writable, all.first()) {
        (Some(mount), _) => row(Answer::Yes, format!("on {}", mount.point.display())),
        (None, Some(mount)) => row(Answer::No, format!("on {}, which is read-only", mount.point.display()))
            .fix(format!("mount -o remount,rw {}", mount.point.display())),
        (None, None) if facts.mounts.is_empty() => {
            row(Answer::Unknown, "what is mounted is not known".into())
        }
        (None, None) => {
            row(Answer::No, format!("not mounted (for {})", wanted.what_for)).fix(mount(wanted.name))
        }
    }
}

fn configured(facts: &Facts, (option, what_for, essential): &(&'static str, &str, bool)) -> Finding {
    let row = |answer, found: String| Finding {
        essential: *essential,
        ..finding(Topic::Configuration, option, answer, found)
    };
    match facts.configured(option) {
        Configured::Yes => row(Answer::Yes, (*what_for).to_owned()),
        Configured::No => row(Answer::No, (*what_for).to_owned())
            .fix(format!("it takes a kernel that is built with {option}=y")),
        Configured::Unknown => row(Answer::Unknown, (*what_for).to_owned()),
    }
}

fn lsm(facts: &Facts) -> Finding {
    let row = |answer, found: String| finding(Topic::Settings, "LSM programs", answer, found);
    match facts.security_modules.as_deref() {
        Some(modules) if modules.split(',').any(|name| name == "bpf") => row(Answer::Yes, "called".into()),
        Some(modules) => {
            row(Answer::No, format!("not called: bpf is not among the security modules ({modules})"))
                .fix("start the kernel with bpf in its list: lsm=…,bpf")
        }
        None => row(Answer::Unknown, "/sys/kernel/security/lsm is not there".into())
            .fix("mount -t securityfs securityfs /sys/kernel/security"),
    }
}

#[cfg(test)]
#[path = "examine_tests.rs"]
mod tests;
