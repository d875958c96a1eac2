//! What a kernel has, asked for by kind: types of maps and of programs, where these attach, helpers. Nothing here is asked
//! unless the caller does; what was answered is kept in the value, saved with it, and can be given.

#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod map;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod program;

use std::fmt;
use std::sync::PoisonError;

use bpf_sys::uapi::{AttachType, Helper, KernelVersion, MapType, ProgramType};

use crate::kernel::{Answer, Feature, Kernel};

/// Something that a kernel can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Question {
    /// Maps of a type.
    #[doc(alias = "libbpf_probe_bpf_map_type")]
    Map(MapType),
    /// Programs of a type, for anything.
    #[doc(alias = "libbpf_probe_bpf_prog_type")]
    Program(ProgramType),
    /// Programs of a type that are attached in one way. Kernels tell only where they look at the attach type when such a
    /// program is loaded.
    Attach(ProgramType, AttachType),
    /// A helper in programs of a type.
    #[doc(alias = "libbpf_probe_bpf_helper")]
    Helper(ProgramType, Helper),
    /// What plans depend on.
    Feature(Feature),
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// Yes, no, or *unknown*: the probe is inconclusive.
    pub answer: Answer,
    /// Why it is not a *yes*, as far as that is known.
    pub reason: Option<String>,
}

impl Probed {
    pub(super) fn yes() -> Self {
        Self { answer: Answer::Yes, reason: None }
    }

    pub(super) fn no(reason: impl Into<String>) -> Self {
        Self { answer: Answer::No, reason: Some(reason.into()) }
    }

    pub(super) fn unknown(reason: impl Into<String>) -> Self {
        Self { answer: Answer::Unknown, reason: Some(reason.into()) }
    }
}

impl fmt::Display for Question {
    /// As it is saved: `helper xdp ktime_get_ns`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map(map) => write!(f, "map {map}"),
            Self::Program(program) => write!(f, "program {program}"),
            Self::Attach(program, attach) => write!(f, "attach {program} {attach}"),
            Self::Helper(program, helper) => write!(f, "helper {program} {helper}"),
            Self::Feature(feature) => write!(f, "feature {feature:?}"),
        }
    }
}

impl Question {
    /// What [`fmt::Display`] wrote, of names that this version knows.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (kind, first, second) = (words.next()?, words.next()?, words.next());
        let program = || ProgramType::from_name(first);
        Some(match (kind, second) {
            ("map", None) => Self::Map(MapType::from_name(first)?),
            ("program", None) => Self::Program(program()?),
            ("attach", Some(second)) => Self::Attach(program()?, AttachType::from_name(second)?),
            ("helper", Some(second)) => Self::Helper(program()?, Helper::from_name(second)?),
            ("feature", None) => Self::Feature(Feature::all().find(|known| format!("{known:?}") == first)?),
            _ => return None,
        })
    }

    /// The first kernel that has all that it takes; `None` where a number is not known.
    #[must_use]
    pub fn since(self) -> Option<KernelVersion> {
        match self {
            Self::Map(map) => map.since(),
            Self::Program(program) => program.since(),
            Self::Attach(program, attach) => Some(program.since()?.max(attach.since()?)),
            Self::Helper(program, helper) => Some(program.since()?.max(helper.since()?)),
            Self::Feature(feature) => feature.since(),
        }
    }

    /// The option of the kernel's configuration without which a kernel of any version lacks it, where there is one of its
    /// own: `CONFIG_BPF_LIRC_MODE2`.
    #[must_use]
    pub fn config(self) -> Option<&'static str> {
        CONFIG
            .iter()
            .find(|(question, _)| *question == self || question.covers(self))
            .map(|(_, option)| *option)
    }

    /// Whether another question is about a thing that is part of this one.
    fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Program(of), Self::Attach(program, _) | Self::Helper(program, _)) => of == program,
            _ => false,
        }
    }

    /// The pairs of program and attach types that kernels tell apart when a program is loaded.
    pub fn attach_pairs() -> impl Iterator<Item = Self> {
        PAIRS.iter().flat_map(|(program, attach)| attach.iter().map(|attach| Self::Attach(*program, *attach)))
    }
}

// Where the options are asked for: include/linux/bpf_types.h, kernel/bpf/syscall.c (`bpf_prog_load`), net/Kconfig, kernel/bpf/Kconfig.
static CONFIG: &[(Question, &str)] = &[
    (Question::Program(ProgramType::LIRC_MODE2), "CONFIG_BPF_LIRC_MODE2"),
    (Question::Program(ProgramType::LSM), "CONFIG_BPF_LSM"),
    (Question::Program(ProgramType::NETFILTER), "CONFIG_NETFILTER_BPF_LINK"),
    (Question::Program(ProgramType::LWT_SEG6LOCAL), "CONFIG_IPV6_SEG6_BPF"),
    (Question::Program(ProgramType::LWT_IN), "CONFIG_LWTUNNEL_BPF"),
    (Question::Program(ProgramType::LWT_OUT), "CONFIG_LWTUNNEL_BPF"),
    (Question::Program(ProgramType::LWT_XMIT), "CONFIG_LWTUNNEL_BPF"),
    (Question::Program(ProgramType::KPROBE), "CONFIG_BPF_EVENTS"),
    (Question::Program(ProgramType::TRACEPOINT), "CONFIG_BPF_EVENTS"),
    (Question::Program(ProgramType::PERF_EVENT), "CONFIG_BPF_EVENTS"),
    (Question::Program(ProgramType::RAW_TRACEPOINT), "CONFIG_BPF_EVENTS"),
    (Question::Program(ProgramType::RAW_TRACEPOINT_WRITABLE), "CONFIG_BPF_EVENTS"),
    (Question::Program(ProgramType::TRACING), "CONFIG_BPF_EVENTS"),
    (Question::Program(ProgramType::CGROUP_SKB), "CONFIG_CGROUP_BPF"),
    (Question::Program(ProgramType::CGROUP_SOCK), "CONFIG_CGROUP_BPF"),
    (Question::Program(ProgramType::CGROUP_DEVICE), "CONFIG_CGROUP_BPF"),
    (Question::Program(ProgramType::CGROUP_SOCK_ADDR), "CONFIG_CGROUP_BPF"),
    (Question::Program(ProgramType::CGROUP_SYSCTL), "CONFIG_CGROUP_BPF"),
    (Question::Program(ProgramType::CGROUP_SOCKOPT), "CONFIG_CGROUP_BPF"),
    (Question::Map(MapType::CGROUP_STORAGE), "CONFIG_CGROUP_BPF"),
    (Question::Map(MapType::PERCPU_CGROUP_STORAGE), "CONFIG_CGROUP_BPF"),
    (Question::Map(MapType::CGROUP_ARRAY), "CONFIG_CGROUPS"),
    (Question::Map(MapType::CGRP_STORAGE), "CONFIG_CGROUPS"),
    (Question::Map(MapType::STACK_TRACE), "CONFIG_PERF_EVENTS"),
    (Question::Map(MapType::INODE_STORAGE), "CONFIG_BPF_LSM"),
    (Question::Map(MapType::XSKMAP), "CONFIG_XDP_SOCKETS"),
    (Question::Map(MapType::STRUCT_OPS), "CONFIG_BPF_JIT"),
    (Question::Program(ProgramType::STRUCT_OPS), "CONFIG_BPF_JIT"),
];

/// What the kernel looks at when a program is loaded (`bpf_prog_load_check_attach` in kernel/bpf/syscall.c,
/// `bpf_check_attach_target` in kernel/bpf/verifier.c).
static PAIRS: &[(ProgramType, &[AttachType])] = &[
    (ProgramType::CGROUP_SKB, &[AttachType::CGROUP_INET_INGRESS, AttachType::CGROUP_INET_EGRESS]),
    (
        ProgramType::CGROUP_SOCK,
        &[
            AttachType::CGROUP_INET_SOCK_CREATE,
            AttachType::CGROUP_INET_SOCK_RELEASE,
            AttachType::CGROUP_INET4_POST_BIND,
            AttachType::CGROUP_INET6_POST_BIND,
        ],
    ),
    (
        ProgramType::CGROUP_SOCK_ADDR,
        &[
            AttachType::CGROUP_INET4_BIND,
            AttachType::CGROUP_INET6_BIND,
            AttachType::CGROUP_INET4_CONNECT,
            AttachType::CGROUP_INET6_CONNECT,
            AttachType::CGROUP_UNIX_CONNECT,
            AttachType::CGROUP_INET4_GETPEERNAME,
            AttachType::CGROUP_INET6_GETPEERNAME,
            AttachType::CGROUP_UNIX_GETPEERNAME,
            AttachType::CGROUP_INET4_GETSOCKNAME,
            AttachType::CGROUP_INET6_GETSOCKNAME,
            AttachType::CGROUP_UNIX_GETSOCKNAME,
            AttachType::CGROUP_UDP4_SENDMSG,
            AttachType::CGROUP_UDP6_SENDMSG,
            AttachType::CGROUP_UNIX_SENDMSG,
            AttachType::CGROUP_UDP4_RECVMSG,
            AttachType::CGROUP_UDP6_RECVMSG,
            AttachType::CGROUP_UNIX_RECVMSG,
        ],
    ),
    (ProgramType::CGROUP_SOCKOPT, &[AttachType::CGROUP_GETSOCKOPT, AttachType::CGROUP_SETSOCKOPT]),
    (
        ProgramType::SK_REUSEPORT,
        &[AttachType::SK_REUSEPORT_SELECT, AttachType::SK_REUSEPORT_SELECT_OR_MIGRATE],
    ),
    (ProgramType::SK_LOOKUP, &[AttachType::SK_LOOKUP]),
    (ProgramType::NETFILTER, &[AttachType::NETFILTER]),
    (
        ProgramType::TRACING,
        &[
            AttachType::TRACE_RAW_TP,
            AttachType::TRACE_FENTRY,
            AttachType::TRACE_FEXIT,
            AttachType::MODIFY_RETURN,
            AttachType::TRACE_ITER,
            AttachType::TRACE_FSESSION,
        ],
    ),
    (ProgramType::LSM, &[AttachType::LSM_MAC, AttachType::LSM_CGROUP]),
];

impl Kernel {
    /// Asks the kernel for something, by a call or two that leave nothing behind. What it answered, or what was given, is not
    /// asked for again; what was inconclusive is. Nobody but the caller asks: neither planning nor loading does.
    ///
    /// A kernel that is not running here answers what was saved of it, or that it cannot be asked. The capabilities of the
    /// process count: without `CAP_BPF` and those of the program type most is inconclusive.
    #[must_use]
    pub fn probe(&self, question: Question) -> Probed {
        if let Question::Feature(feature) = question {
            return self.probe_feature(feature);
        }
        let known = self.inner.probed.lock().unwrap_or_else(PoisonError::into_inner).get(&question).copied();
        match known {
            Some(Answer::Yes) => return Probed::yes(),
            Some(Answer::No) => return Probed::no("it was asked, or that was given"),
            Some(Answer::Unknown) | None => {}
        }
        if !self.is_running() {
            return Probed::unknown("this kernel is not running here, so it cannot be asked");
        }
        let probed = with_config(question, ask(question));
        if probed.answer != Answer::Unknown {
            let mut all = self.inner.probed.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(question, probed.answer);
        }
        probed
    }

    /// Everything that was answered or given, in order.
    pub(super) fn probed(&self) -> Vec<(Question, Answer)> {
        let all = self.inner.probed.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(question, answer)| (*question, *answer)).collect()
    }

    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    fn probe_feature(&self, feature: Feature) -> Probed {
        match self.known(feature) {
            Answer::Yes => return Probed::yes(),
            Answer::No => return Probed::no("it was asked, or that was given"),
            Answer::Unknown => {}
        }
        let shown = |why: String| match self.feature(feature) {
            Answer::Yes => Probed::yes(),
            Answer::No => Probed::no("its BTF does not show it"),
            Answer::Unknown => Probed::unknown(why),
        };
        if !self.is_running() {
            return shown("this kernel is not running here, so it cannot be asked".into());
        }
        match super::probe(feature) {
            Ok(Answer::Unknown) => {
                // What only BTF shows. A kernel without has none of it to ask for.
                let _ = self.btf();
                shown("only BTF shows it, and this kernel's does not tell".into())
            }
            Ok(answer) => {
                self.learn(feature, answer);
                Probed { answer, reason: (answer == Answer::No).then(|| "the kernel refused it".into()) }
            }
            Err(error) => shown(error.to_string()),
        }
    }

    #[cfg(not(all(feature = "syscalls", target_os = "linux")))]
    fn probe_feature(&self, feature: Feature) -> Probed {
        match self.feature(feature) {
            Answer::Yes => Probed::yes(),
            Answer::No => Probed::no("its BTF does not show it, or that was given"),
            Answer::Unknown => Probed::unknown("this kernel is not running here, so it cannot be asked"),
        }
    }
}

/// Names the option that a *no* may be for, unless the kernel is older than what was asked for.
fn with_config(question: Question, probed: Probed) -> Probed {
    let too_old = question.since().zip(version()).is_some_and(|(since, this)| this < since);
    match (probed.answer, probed.reason, question.config()) {
        (Answer::No, Some(reason), Some(option)) if !too_old => {
            Probed::no(format!("{reason}; it needs {option}"))
        }
        (answer, reason, _) => Probed { answer, reason },
    }
}

#[cfg(all(feature = "syscalls", target_os = "linux"))]
fn version() -> Option<KernelVersion> {
    bpf_sys::kernel_version()
}

#[cfg(not(all(feature = "syscalls", target_os = "linux")))]
fn version() -> Option<KernelVersion> {
    None
}

#[cfg(all(feature = "syscalls", target_os = "linux"))]
fn ask(question: Question) -> Probed {
    match question {
        Question::Map(map) => map::ask(map),
        Question::Program(program) => program::ask(program),
        Question::Attach(program, attach) => program::ask_attach(program, attach),
        Question::Helper(program, helper) => program::ask_helper(program, helper),
        Question::Feature(_) => Probed::unknown("this is asked elsewhere"),
    }
}

#[cfg(not(all(feature = "syscalls", target_os = "linux")))]
fn ask(_: Question) -> Probed {
    Probed::unknown("this build makes no system calls")
}

/// The attach types that are told apart for a program type.
#[cfg(all(feature = "syscalls", target_os = "linux"))]
fn told_apart(program: ProgramType) -> &'static [AttachType] {
    PAIRS.iter().find(|(of, _)| *of == program).map_or(&[], |(_, attach)| attach)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
