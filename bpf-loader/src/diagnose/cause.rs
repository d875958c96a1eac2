//! From a refused call to its likely cause, which is looked for before it is named.

use bpf_sys::uapi::{MapType, ProgramType};
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
