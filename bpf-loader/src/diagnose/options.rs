//! Which option of the kernel's configuration brings which types of programs and maps.

use bpf_sys::uapi::{MapType, ProgramType};

/// From `include/linux/bpf_types.h`. Without the option the kernel knows no such type, and answers `EINVAL`.
static PROGRAMS: &[(ProgramType, &str)] = &[
    (ProgramType::KPROBE, "CONFIG_BPF_EVENTS"),
    (ProgramType::TRACEPOINT, "CONFIG_BPF_EVENTS"),
    (ProgramType::PERF_EVENT, "CONFIG_BPF_EVENTS"),
    (ProgramType::RAW_TRACEPOINT, "CONFIG_BPF_EVENTS"),
    (ProgramType::RAW_TRACEPOINT_WRITABLE, "CONFIG_BPF_EVENTS"),
    (ProgramType::TRACING, "CONFIG_BPF_EVENTS"),
    (ProgramType::CGROUP_SKB, "CONFIG_CGROUP_BPF"),
    (ProgramType::CGROUP_SOCK, "CONFIG_CGROUP_BPF"),
    (ProgramType::CGROUP_SOCK_ADDR, "CONFIG_CGROUP_BPF"),
    (ProgramType::CGROUP_DEVICE, "CONFIG_CGROUP_BPF"),
    (ProgramType::CGROUP_SYSCTL, "CONFIG_CGROUP_BPF"),
    (ProgramType::CGROUP_SOCKOPT, "CONFIG_CGROUP_BPF"),
    (ProgramType::LIRC_MODE2, "CONFIG_BPF_LIRC_MODE2"),
    (ProgramType::STRUCT_OPS, "CONFIG_BPF_JIT"),
    (ProgramType::EXT, "CONFIG_BPF_JIT"),
    (ProgramType::LSM, "CONFIG_BPF_LSM"),
    (ProgramType::SK_REUSEPORT, "CONFIG_INET"),
    (ProgramType::SK_LOOKUP, "CONFIG_INET"),
    (ProgramType::NETFILTER, "CONFIG_NETFILTER_BPF_LINK"),
];

/// As [`PROGRAMS`].
static MAPS: &[(MapType, &str)] = &[
    (MapType::PERF_EVENT_ARRAY, "CONFIG_PERF_EVENTS"),
    (MapType::STACK_TRACE, "CONFIG_PERF_EVENTS"),
    (MapType::CGROUP_ARRAY, "CONFIG_CGROUPS"),
    (MapType::CGRP_STORAGE, "CONFIG_CGROUPS"),
    (MapType::CGROUP_STORAGE, "CONFIG_CGROUP_BPF"),
    (MapType::PERCPU_CGROUP_STORAGE, "CONFIG_CGROUP_BPF"),
    (MapType::INODE_STORAGE, "CONFIG_BPF_LSM"),
    (MapType::XSKMAP, "CONFIG_XDP_SOCKETS"),
    (MapType::REUSEPORT_SOCKARRAY, "CONFIG_INET"),
    (MapType::STRUCT_OPS, "CONFIG_BPF_JIT"),
];

pub(crate) fn of_program(program_type: ProgramType) -> Option<&'static str> {
    PROGRAMS.iter().find(|(one, _)| *one == program_type).map(|(_, option)| *option)
}

pub(crate) fn of_map(map_type: MapType) -> Option<&'static str> {
    MAPS.iter().find(|(one, _)| *one == map_type).map(|(_, option)| *option)
}
