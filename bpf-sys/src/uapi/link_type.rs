//! The kinds of link: `enum bpf_link_type`.

use super::table::uapi_table;

uapi_table! {
    /// What kind of link it is: `enum bpf_link_type`.
    ///
    /// A number that this crate does not know is kept as it is.
    pub struct LinkType, "link type", first 1;

    UNSPEC = 0, "BPF_LINK_TYPE_UNSPEC", "unspec", 5.8;
    RAW_TRACEPOINT = 1, "BPF_LINK_TYPE_RAW_TRACEPOINT", "raw_tracepoint", 5.8;
    TRACING = 2, "BPF_LINK_TYPE_TRACING", "tracing", 5.8;
    CGROUP = 3, "BPF_LINK_TYPE_CGROUP", "cgroup", 5.8;
    ITER = 4, "BPF_LINK_TYPE_ITER", "iter", 5.8;
    NETNS = 5, "BPF_LINK_TYPE_NETNS", "netns", 5.8;
    XDP = 6, "BPF_LINK_TYPE_XDP", "xdp", 5.9;
    PERF_EVENT = 7, "BPF_LINK_TYPE_PERF_EVENT", "perf_event", 5.15;
    KPROBE_MULTI = 8, "BPF_LINK_TYPE_KPROBE_MULTI", "kprobe_multi", 5.18;
    STRUCT_OPS = 9, "BPF_LINK_TYPE_STRUCT_OPS", "struct_ops", 5.19;
    NETFILTER = 10, "BPF_LINK_TYPE_NETFILTER", "netfilter", 6.4;
    TCX = 11, "BPF_LINK_TYPE_TCX", "tcx", 6.6;
    UPROBE_MULTI = 12, "BPF_LINK_TYPE_UPROBE_MULTI", "uprobe_multi", 6.6;
    NETKIT = 13, "BPF_LINK_TYPE_NETKIT", "netkit", 6.7;
    SOCKMAP = 14, "BPF_LINK_TYPE_SOCKMAP", "sockmap", 6.10;
    TRACING_MULTI = 15, "BPF_LINK_TYPE_TRACING_MULTI", "tracing_multi", 7.2;

}
