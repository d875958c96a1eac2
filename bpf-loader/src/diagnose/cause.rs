//! From a refused call to its likely cause, which is looked for before it is named.

use bpf_sys::uapi::KernelVersion;
use bpf_sys::{SysError, errno};

use crate::diagnose::asked::{Asked, Circumstances};
use crate::diagnose::{options, privilege, size};
use crate::doctor::{Configured, Facts};

/// What was found out about a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    /// The likely cause, in words that continue a sentence; `None` where nothing was found.
    pub cause: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

pub(super) fn refused(cause: impl Into<String>, help: impl Into<String>) -> Refused {
    Refused { cause: Some(cause.into()), help: Some(help.into()) }
}

/// Finds a cause, or says nothing.
type Check = fn(Asked, &Circumstances<'_>, &Facts) -> Option<Refused>;

/// What can be behind which answer. The first that is found counts; every one is checked.
static CAUSES: &[(&[i32], Check)] = &[
    (&[errno::EINVAL], too_new),
    (&[errno::EINVAL], not_configured),
    (&[errno::ENOTSUPP, errno::EOPNOTSUPP, errno::EINVAL], no_jit),
    (&[errno::EPERM, errno::EACCES, errno::EINVAL], privilege::lockdown),
    (&[errno::EPERM, errno::EACCES, errno::ENOSYS], privilege::filtered),
    (&[errno::ENOSYS], privilege::no_syscall),
    (&[errno::EPERM, errno::EACCES], privilege::no_capabilities),
    (&[errno::EPERM, errno::EACCES], privilege::only_inside),
    (&[errno::EPERM], privilege::locked_memory),
    (&[errno::ENOMEM], size::no_memory),
    (&[errno::E2BIG, errno::EINVAL], size::map_too_large),
    (&[errno::E2BIG], size::program_too_long),
    (&[errno::EMFILE], size::too_many_files),
    (&[errno::EPERM, errno::EACCES], privilege::policy),
];

/// Looks for the cause of a refusal.
pub(crate) fn likely_cause(asked: Asked, circumstances: &Circumstances<'_>, error: &SysError) -> Refused {
    cause_among(asked, circumstances, error, &Facts::read())
}

/// As [`likely_cause`], with what is known of the machine.
pub(crate) fn cause_among(
    asked: Asked,
    circumstances: &Circumstances<'_>,
    error: &SysError,
    facts: &Facts,
) -> Refused {
    let mut checks = CAUSES.iter().filter(|(errnos, _)| errnos.iter().any(|errno| error.is(*errno)));
    let found = checks.find_map(|(_, check)| check(asked, circumstances, facts));
    // Of a permission only what was found is said, where it could be looked for: what it usually is would mislead.
    let looked = error.is(errno::EPERM) && facts.capabilities.is_some();
    let general = if looked { None } else { error.help() };
    found.unwrap_or_else(|| Refused { cause: None, help: general.map(Into::into) })
}

/// A type that came with a later version than the kernel's.
fn too_new(asked: Asked, _: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let (what, name, since) = asked.named()?;
    let kernel: KernelVersion = facts.version().filter(|kernel| *kernel < since)?;
    Some(refused(
        format!("{what} of the type {name} came with Linux {since}, and this is {kernel}"),
        format!("run it on Linux {since} or later, or leave it out"),
    ))
}

/// A type that the kernel was built without.
fn not_configured(asked: Asked, circumstances: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let option = match asked {
        Asked::Map(map) => options::of_map(map.map_type),
        Asked::Program(program) if circumstances.log.is_empty() => options::of_program(program.program_type),
        _ => None,
    }?;
    let (what, name, _) = asked.named()?;
    (facts.configured(option) == Configured::No).then(|| {
        refused(
            format!("{what} of the type {name} take a kernel with {option}, and this one was built without"),
            format!("run it on a kernel that is built with {option}=y, or leave it out"),
        )
    })
}

/// What needs the JIT compiler, where that is switched off or the kernel has none.
fn no_jit(asked: Asked, circumstances: &Circumstances<'_>, facts: &Facts) -> Option<Refused> {
    let says = circumstances.log.contains("JIT") || circumstances.log.contains("jit");
    let Asked::Program(program) = asked else { return None };
    if !(says || program.trampoline) {
        return None;
    }
    if facts.configured("CONFIG_BPF_JIT") == Configured::No {
        return Some(refused(
            "it takes the JIT compiler, and this kernel was built without CONFIG_BPF_JIT",
            "run it on a kernel that is built with CONFIG_BPF_JIT=y",
        ));
    }
    (facts.sysctl("net.core.bpf_jit_enable") == Some(0)).then(|| {
        refused(
            "it takes the JIT compiler, which is switched off (net.core.bpf_jit_enable is 0)",
            "switch it on: sysctl net.core.bpf_jit_enable=1",
        )
    })
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;
