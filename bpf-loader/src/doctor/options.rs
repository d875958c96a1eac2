//! The options of a kernel's configuration that the doctor asks for.

/// The option, what it is for, and whether most programs cannot be loaded without it.
pub(super) const OPTIONS: &[(&str, &str, bool)] = &[
    ("CONFIG_BPF_SYSCALL", "bpf(2)", true),
    ("CONFIG_BPF_JIT", "trampolines, struct_ops, kfuncs", false),
    ("CONFIG_DEBUG_INFO_BTF", "the kernel's types", false),
    ("CONFIG_DEBUG_INFO_BTF_MODULES", "types of modules", false),
    ("CONFIG_BPF_EVENTS", "tracing programs", false),
    ("CONFIG_KPROBES", "kprobe, kretprobe, ksyscall", false),
    ("CONFIG_FPROBE", "kprobe.multi", false),
    ("CONFIG_UPROBES", "uprobe, uretprobe, usdt", false),
    ("CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "fentry, fexit", false),
    ("CONFIG_FTRACE_SYSCALLS", "tracepoints of system calls", false),
    ("CONFIG_BPF_LSM", "lsm", false),
    ("CONFIG_CGROUP_BPF", "programs on control groups", false),
    ("CONFIG_NET_CLS_BPF", "tc classifiers", false),
    ("CONFIG_NET_SCH_INGRESS", "tc clsact", false),
    ("CONFIG_XDP_SOCKETS", "xskmap", false),
    ("CONFIG_LWTUNNEL_BPF", "lwt_in, lwt_out, lwt_xmit", false),
    ("CONFIG_NETFILTER_BPF_LINK", "netfilter", false),
    ("CONFIG_BPF_STREAM_PARSER", "sk_skb stream parsers", false),
    ("CONFIG_SCHED_CLASS_EXT", "sched_ext", false),
    ("CONFIG_HID_BPF", "hid_bpf_ops", false),
    ("CONFIG_KALLSYMS_ALL", "__ksym variables", false),
];
