//! Capabilities that bpf(2) asks for, and which types of programs and maps ask for which.

use core::fmt;

use super::{KernelVersion, MapType, ProgramType};

/// A capability that some command asks for.
///
/// # Kernel
///
/// `include/uapi/linux/capability.h`; `CAP_BPF` and `CAP_PERFMON` exist since 5.8, before that it was `CAP_SYS_ADMIN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Loading programs and creating maps.
    Bpf,
    /// Programs that look into the kernel: tracing.
    Perfmon,
    /// Programs that change network traffic.
    NetAdmin,
    /// Everything of the others and more.
    SysAdmin,
    /// Raising limits: locked memory counts against one before 5.11.
    SysResource,
}

impl Capability {
    /// Those that this crate knows.
    pub const ALL: &'static [Self] =
        &[Self::Bpf, Self::Perfmon, Self::NetAdmin, Self::SysAdmin, Self::SysResource];

    /// The first kernel with `CAP_BPF` and `CAP_PERFMON`; those before ask for `CAP_SYS_ADMIN` in their place.
    pub const SPLIT: KernelVersion = KernelVersion::new(5, 8);

    /// The kernel's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bpf => "CAP_BPF",
            Self::Perfmon => "CAP_PERFMON",
            Self::NetAdmin => "CAP_NET_ADMIN",
            Self::SysAdmin => "CAP_SYS_ADMIN",
            Self::SysResource => "CAP_SYS_RESOURCE",
        }
    }

    /// The kernel's number: the bit in a capability set.
    pub const fn number(self) -> u32 {
        match self {
            Self::Bpf => 39,
            Self::Perfmon => 38,
            Self::NetAdmin => 12,
            Self::SysAdmin => 21,
            Self::SysResource => 24,
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

use Capability::{NetAdmin, Perfmon};

/// What a type asks for beside `CAP_BPF`: `is_net_admin_prog_type` and `is_perfmon_prog_type` in `kernel/bpf/syscall.c`.
/// A type that is not listed asks for no more.
static PROGRAMS: &[(ProgramType, &[Capability])] = &[
    (ProgramType::KPROBE, &[Perfmon]),
    (ProgramType::TRACEPOINT, &[Perfmon]),
    (ProgramType::PERF_EVENT, &[Perfmon]),
    (ProgramType::RAW_TRACEPOINT, &[Perfmon]),
    (ProgramType::RAW_TRACEPOINT_WRITABLE, &[Perfmon]),
    (ProgramType::TRACING, &[Perfmon]),
    (ProgramType::LSM, &[Perfmon]),
    (ProgramType::STRUCT_OPS, &[Perfmon]),
    (ProgramType::EXT, &[Perfmon, NetAdmin]),
    (ProgramType::SCHED_CLS, &[NetAdmin]),
    (ProgramType::SCHED_ACT, &[NetAdmin]),
    (ProgramType::XDP, &[NetAdmin]),
    (ProgramType::LWT_IN, &[NetAdmin]),
    (ProgramType::LWT_OUT, &[NetAdmin]),
    (ProgramType::LWT_XMIT, &[NetAdmin]),
    (ProgramType::LWT_SEG6LOCAL, &[NetAdmin]),
    (ProgramType::SK_SKB, &[NetAdmin]),
    (ProgramType::SK_MSG, &[NetAdmin]),
    (ProgramType::FLOW_DISSECTOR, &[NetAdmin]),
    (ProgramType::CGROUP_DEVICE, &[NetAdmin]),
    (ProgramType::CGROUP_SOCK, &[NetAdmin]),
    (ProgramType::CGROUP_SOCK_ADDR, &[NetAdmin]),
    (ProgramType::CGROUP_SOCKOPT, &[NetAdmin]),
    (ProgramType::CGROUP_SYSCTL, &[NetAdmin]),
    (ProgramType::SOCK_OPS, &[NetAdmin]),
    (ProgramType::NETFILTER, &[NetAdmin]),
];

/// As [`PROGRAMS`], for maps: `map_create` in `kernel/bpf/syscall.c`, before 6.4 in the file of each type.
static MAPS: &[(MapType, &[Capability])] = &[
    (MapType::SOCKMAP, &[NetAdmin]),
    (MapType::SOCKHASH, &[NetAdmin]),
    (MapType::DEVMAP, &[NetAdmin]),
    (MapType::DEVMAP_HASH, &[NetAdmin]),
    (MapType::XSKMAP, &[NetAdmin]),
];

/// The types that anybody may load where `kernel.unprivileged_bpf_disabled` is 0: `bpf_prog_load` in
/// `kernel/bpf/syscall.c`.
static ANYBODY_LOADS: &[ProgramType] = &[ProgramType::SOCKET_FILTER, ProgramType::CGROUP_SKB];

/// The types that anybody may create where `kernel.unprivileged_bpf_disabled` is 0: `map_create` in
/// `kernel/bpf/syscall.c`, some of which ask for more there than `CAP_BPF` in any case.
static ANYBODY_CREATES: &[MapType] = &[
    MapType::ARRAY,
    MapType::PERCPU_ARRAY,
    MapType::PROG_ARRAY,
    MapType::PERF_EVENT_ARRAY,
    MapType::CGROUP_ARRAY,
    MapType::ARRAY_OF_MAPS,
    MapType::HASH,
    MapType::PERCPU_HASH,
    MapType::HASH_OF_MAPS,
    MapType::RINGBUF,
    MapType::USER_RINGBUF,
    MapType::CGROUP_STORAGE,
    MapType::PERCPU_CGROUP_STORAGE,
    MapType::SOCKMAP,
    MapType::SOCKHASH,
    MapType::DEVMAP,
    MapType::DEVMAP_HASH,
    MapType::XSKMAP,
];

fn beside<T: PartialEq>(table: &'static [(T, &'static [Capability])], of: &T) -> &'static [Capability] {
    table.iter().find(|(one, _)| one == of).map_or(&[], |(_, also)| also)
}

impl ProgramType {
    /// What loading one asks for beside [`Capability::Bpf`].
    ///
    /// # Kernel
    ///
    /// Since 5.8; before, [`Capability::SysAdmin`] was asked for in place of all of it. 5.10 and 6.1 ask for
    /// [`Capability::NetAdmin`] for `lirc_mode2` too, 6.12 and later do not.
    pub fn also_needs(self) -> &'static [Capability] {
        beside(PROGRAMS, &self)
    }

    /// Whether even `CAP_BPF` is asked for only where `kernel.unprivileged_bpf_disabled` is not 0.
    pub fn is_for_anybody(self) -> bool {
        ANYBODY_LOADS.contains(&self)
    }
}

impl MapType {
    /// What creating one asks for beside [`Capability::Bpf`].
    ///
    /// # Kernel
    ///
    /// Since 5.8; before, most asked for [`Capability::SysAdmin`] in place of `CAP_BPF`.
    pub fn also_needs(self) -> &'static [Capability] {
        beside(MAPS, &self)
    }

    /// Whether `CAP_BPF` is asked for only where `kernel.unprivileged_bpf_disabled` is not 0.
    pub fn is_for_anybody(self) -> bool {
        ANYBODY_CREATES.contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_type() {
        assert_eq!(Capability::Bpf.name(), "CAP_BPF");
        assert_eq!(ProgramType::EXT.also_needs(), [Perfmon, NetAdmin]);
        assert_eq!(ProgramType::XDP.also_needs(), [NetAdmin]);
        // It reads packets that are for its own sockets only.
        assert_eq!(ProgramType::SK_LOOKUP.also_needs(), []);
        assert_eq!(ProgramType(9999).also_needs(), []);
        assert!(ProgramType::SOCKET_FILTER.is_for_anybody() && !ProgramType::SYSCALL.is_for_anybody());
        assert_eq!(MapType::XSKMAP.also_needs(), [NetAdmin]);
        assert_eq!(MapType::CPUMAP.also_needs(), []);
        assert!(MapType::RINGBUF.is_for_anybody() && !MapType::CPUMAP.is_for_anybody());
    }

    #[test]
    fn no_type_stands_twice() {
        for (at, (one, _)) in PROGRAMS.iter().enumerate() {
            assert!(PROGRAMS.iter().skip(at + 1).all(|(other, _)| other != one), "{one}");
        }
    }
}
