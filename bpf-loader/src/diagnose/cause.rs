//! From a refused call to its likely cause, which is looked for before it is named.

use bpf_sys::uapi::{KernelVersion, MapType, ProgramType};
use bpf_sys::{Capabilities, Capability, SysError, errno};

/// What was found out about a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    /// The likely cause, in words that continue a sentence; `None` where nothing was found.
    pub cause: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// What was asked of the kernel.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    Btf,
    Map(MapType),
    Program(ProgramType),
    /// To open a perf event.
    PerfEvent,
    /// To register, unregister, look up: what only the administrator may do.
    Admin,
}

impl Asked {
    /// A type that came with a later version than the kernel's.
    fn newer_than(self, kernel: Option<KernelVersion>) -> Option<Refused> {
        let (what, name, since) = match self {
            Self::Map(map) => ("maps", map.short_name()?, map.since()?),
            Self::Program(program) => ("programs", program.short_name()?, program.since()?),
            Self::Btf | Self::PerfEvent | Self::Admin => return None,
        };
        let kernel = kernel.filter(|kernel| *kernel < since)?;
        Some(Refused {
            cause: Some(format!("{what} of the type {name} came with Linux {since}, and this is {kernel}")),
            help: Some(format!("run it on Linux {since} or later, or leave it out")),
        })
    }

    /// The capabilities that the kernel asks for, the general one first. Sources: kernel/bpf/syscall.c
    /// (`bpf_prog_load`, `map_create`), `is_perfmon_prog_type` and `is_net_admin_prog_type` there.
    fn needs(self) -> &'static [Capability] {
        use Capability::{Bpf, NetAdmin, Perfmon, SysAdmin};
        match self {
            Self::Btf => &[Bpf],
            Self::Map(
                MapType::SOCKMAP
                | MapType::SOCKHASH
                | MapType::DEVMAP
                | MapType::DEVMAP_HASH
                | MapType::XSKMAP,
            ) => &[Bpf, NetAdmin],
            Self::Map(_) => &[Bpf],
            Self::Program(
                ProgramType::KPROBE
                | ProgramType::TRACEPOINT
                | ProgramType::PERF_EVENT
                | ProgramType::RAW_TRACEPOINT
                | ProgramType::RAW_TRACEPOINT_WRITABLE
                | ProgramType::TRACING
                | ProgramType::LSM
                | ProgramType::STRUCT_OPS
                | ProgramType::EXT,
            ) => &[Bpf, Perfmon],
            Self::Program(
                ProgramType::SOCKET_FILTER
                | ProgramType::CGROUP_SKB
                | ProgramType::SK_REUSEPORT
                | ProgramType::SYSCALL,
            ) => &[Bpf],
            Self::Program(_) => &[Bpf, NetAdmin],
            Self::PerfEvent => &[Perfmon],
            Self::Admin => &[SysAdmin],
        }
    }
}

/// Looks for the cause of a refusal. `whole` is everything that is going to be asked for, this included: a missing
/// capability is named with all others that the rest will need.
pub(crate) fn likely_cause(asked: Asked, whole: &[Asked], error: &SysError) -> Refused {
    if error.is(errno::EINVAL)
        && let Some(too_new) = asked.newer_than(bpf_sys::kernel_version())
    {
        return too_new;
    }
    if !(error.is(errno::EPERM) || error.is(errno::EACCES)) {
        return Refused { cause: None, help: error.help().map(Into::into) };
    }
    let Ok(have) = Capabilities::effective() else {
        return Refused::default();
    };
    if have.has(Capability::SysAdmin) || asked.needs().iter().all(|cap| have.has(*cap)) {
        return Refused::default();
    }
    let mut needs: Vec<Capability> =
        whole.iter().chain([&asked]).flat_map(|asked| asked.needs()).copied().collect();
    needs.sort_unstable_by_key(|cap| std::cmp::Reverse(cap.number()));
    needs.dedup();
    let missing: Vec<&str> = needs.iter().filter(|cap| !have.has(**cap)).map(|cap| cap.name()).collect();
    let names: Vec<String> = needs.iter().map(|cap| cap.name().to_lowercase()).collect();
    let name = match asked {
        Asked::PerfEvent => "perf_event_paranoid",
        _ => "unprivileged_bpf_disabled",
    };
    let sysctl = std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok();
    let sysctl = sysctl.map(|value| format!(" (kernel.{name} is {})", value.trim()));
    Refused {
        cause: Some(format!(
            "this process does not have {}{}",
            missing.join(" and "),
            sysctl.unwrap_or_default()
        )),
        help: Some(format!(
            "run it as root, or give it the capabilities: setcap {}+ep FILE",
            names.join(",")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_later_kernels() {
        let cause = |asked: Asked, major, minor| {
            asked.newer_than(Some(KernelVersion::new(major, minor))).and_then(|refused| refused.cause)
        };
        let syscall = Asked::Program(ProgramType::SYSCALL);
        let said = "programs of the type syscall came with Linux 5.14, and this is 5.10";
        assert_eq!(cause(syscall, 5, 10).as_deref(), Some(said));
        assert_eq!(cause(syscall, 5, 14), None);
        let said = "maps of the type arena came with Linux 6.9, and this is 6.1";
        assert_eq!(cause(Asked::Map(MapType::ARENA), 6, 1).as_deref(), Some(said));
        assert_eq!(cause(Asked::Btf, 4, 4), None);
        assert_eq!(syscall.newer_than(None), None);
    }
}
