//! The SEC() names: what the section of a program says about it. One table of all that libbpf 1.8 knows.

use std::borrow::Cow;
use std::fmt;

use bpf_sys::uapi::{AttachType as A, ProgramType as P};

/// What the name of a program's section says about the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecDef {
    /// The name in the table, or of the handler: `kprobe.multi` for `kprobe.multi/tcp_*`.
    pub name: Cow<'static, str>,
    /// What kind of program it is.
    pub program_type: P,
    /// Where it is meant to be attached, if its program type has more than one place.
    pub attach_type: Option<A>,
    /// Kernels that do not know `expected_attach_type` for this program type do as well without it.
    pub attach_type_optional: bool,
    /// It may sleep: `BPF_F_SLEEPABLE`.
    pub sleepable: bool,
    /// It takes packets of several fragments: `BPF_F_XDP_HAS_FRAGS`.
    pub xdp_frags: bool,
    /// It is loaded for one function or type, to be found in BTF by [`Self::target`].
    pub needs_btf_target: bool,
    /// The name says enough to attach it. If the target is missing, it has to be attached by hand all the same.
    pub attaches_itself: bool,
    /// What the text after the first `/` means.
    pub target_kind: TargetKind,
    /// The text after the first `/`; `None` without one.
    pub target: Option<String>,
    /// Further flags to load it with: `BPF_F_*`.
    pub program_flags: u32,
    /// What the handler carries, if it is not a name of the table but a [`SecHandler`](crate::SecHandler)'s.
    pub cookie: Option<u64>,
}

/// What the text after the first `/` of a section's name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetKind {
    /// There is none.
    None,
    /// A function of the kernel, `+offset` allowed.
    Function,
    /// A pattern of names of kernel functions.
    Pattern,
    /// `binary:function`, `+offset` allowed.
    UserFunction,
    /// `binary:pattern`.
    UserPattern,
    /// A system call, without prefix.
    Syscall,
    /// `binary:provider:name`.
    Usdt,
    /// `category/name`.
    Tracepoint,
    /// A tracepoint, by its name alone.
    RawTracepoint,
    /// A function of the kernel by BTF, `module:` allowed.
    BtfFunction,
    /// A pattern of names of kernel functions by BTF, `module:` allowed.
    BtfPattern,
    /// A function of another BPF program.
    ProgramFunction,
    /// A hook of the Linux security modules.
    LsmHook,
    /// An iterator.
    Iterator,
    /// Anything: it is for the reader.
    Comment,
}

impl TargetKind {
    /// A word for it: `function`, `pattern`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Function | Self::UserFunction | Self::BtfFunction | Self::ProgramFunction => "function",
            Self::Pattern | Self::UserPattern | Self::BtfPattern => "pattern",
            Self::Syscall => "syscall",
            Self::Usdt => "usdt",
            Self::Tracepoint | Self::RawTracepoint => "tracepoint",
            Self::LsmHook => "hook",
            Self::Iterator => "iterator",
            Self::Comment => "comment",
        }
    }
}

impl fmt::Display for SecDef {
    /// Program type, attach type, target and flags in one line: `kprobe trace_kprobe_multi pattern=tcp_*`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.program_type)?;
        if let Some(attach_type) = self.attach_type {
            write!(f, " {attach_type}")?;
        }
        if let Some(target) = &self.target {
            write!(f, " {}={target}", self.target_kind.word())?;
        }
        if self.sleepable {
            f.write_str(" sleepable")?;
        }
        if self.xdp_frags {
            f.write_str(" frags")?;
        }
        Ok(())
    }
}

/// What a section's name says, `None` if it is not in the table.
///
/// A name of the table that takes a target (`kprobe`) accepts itself alone and followed by `/` and anything; every other
/// name accepts only itself. A leading `?`, which says that the program is loaded only when asked for, is passed over.
///
/// ```
/// let def = bpf_elf::sec_name::parse("?kprobe.multi/tcp_*").ok_or("unknown")?;
/// assert_eq!(def.to_string(), "kprobe trace_kprobe_multi pattern=tcp_*");
/// assert_eq!(bpf_elf::sec_name::parse("kprob/tcp_close"), None);
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn parse(section: &str) -> Option<SecDef> {
    let section = section.strip_prefix('?').unwrap_or(section);
    let (head, target) = match section.split_once('/') {
        Some((head, target)) => (head, Some(target)),
        None => (section, None),
    };
    let found = TABLE.iter().find_map(|row| match row.target_kind {
        TargetKind::None => (row.name == section).then_some((row, None)),
        _ => (row.name == head).then_some((row, target)),
    });
    let (row, target) = found?;
    Some(SecDef {
        name: Cow::Borrowed(row.name),
        program_type: row.program_type,
        attach_type: row.attach_type,
        attach_type_optional: row.attach_type_optional,
        sleepable: row.sleepable,
        xdp_frags: row.xdp_frags,
        needs_btf_target: row.needs_btf_target,
        attaches_itself: row.attaches_itself,
        target_kind: row.target_kind,
        target: target.map(str::to_owned),
        program_flags: 0,
        cookie: None,
    })
}

/// Every name in the table, for suggestions.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.name)
}

struct Row {
    name: &'static str,
    program_type: P,
    attach_type: Option<A>,
    attach_type_optional: bool,
    sleepable: bool,
    xdp_frags: bool,
    needs_btf_target: bool,
    attaches_itself: bool,
    target_kind: TargetKind,
}

/// A name that accepts only itself.
const fn is(name: &'static str, program_type: P) -> Row {
    Row {
        name,
        program_type,
        attach_type: None,
        attach_type_optional: false,
        sleepable: false,
        xdp_frags: false,
        needs_btf_target: false,
        attaches_itself: false,
        target_kind: TargetKind::None,
    }
}

impl Row {
    const fn at(self, attach_type: A) -> Self {
        Self { attach_type: Some(attach_type), ..self }
    }

    /// With an attach type that old kernels do without.
    const fn opt(self, attach_type: A) -> Self {
        Self { attach_type: Some(attach_type), attach_type_optional: true, ..self }
    }

    /// Accepts a target, and attaches itself.
    const fn auto(self, target_kind: TargetKind) -> Self {
        Self { target_kind, attaches_itself: true, ..self }
    }

    /// Accepts a target, and is attached by hand.
    const fn with(self, target_kind: TargetKind) -> Self {
        Self { target_kind, ..self }
    }

    const fn btf(self) -> Self {
        Self { needs_btf_target: true, ..self }
    }

    const fn sleeps(self) -> Self {
        Self { sleepable: true, ..self }
    }

    const fn frags(self) -> Self {
        Self { xdp_frags: true, ..self }
    }
}

use TargetKind as T;

// Read a row as: the name *is* a program of that type, attached *at* (or *opt*ionally at) a place; it attaches itself
// (*auto*) or is attached by hand *with* a target of that kind; `btf`: the target is looked up in BTF before loading.
// The first row that fits wins.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    // Sockets.
    is("socket", P::SOCKET_FILTER),
    is("sk_reuseport/migrate", P::SK_REUSEPORT).at(A::SK_REUSEPORT_SELECT_OR_MIGRATE),
    is("sk_reuseport", P::SK_REUSEPORT).at(A::SK_REUSEPORT_SELECT),

    // Probes on functions of the kernel (kprobe) and of programs (uprobe), at entry and at return.
    is("kprobe", P::KPROBE).auto(T::Function),
    is("uprobe", P::KPROBE).auto(T::UserFunction),
    is("uprobe.s", P::KPROBE).auto(T::UserFunction).sleeps(),
    is("kretprobe", P::KPROBE).auto(T::Function),
    is("uretprobe", P::KPROBE).auto(T::UserFunction),
    is("uretprobe.s", P::KPROBE).auto(T::UserFunction).sleeps(),
    is("kprobe.multi", P::KPROBE).at(A::TRACE_KPROBE_MULTI).auto(T::Pattern),
    is("kretprobe.multi", P::KPROBE).at(A::TRACE_KPROBE_MULTI).auto(T::Pattern),
    is("kprobe.session", P::KPROBE).at(A::TRACE_KPROBE_SESSION).auto(T::Pattern),
    is("uprobe.multi", P::KPROBE).at(A::TRACE_UPROBE_MULTI).auto(T::UserPattern),
    is("uretprobe.multi", P::KPROBE).at(A::TRACE_UPROBE_MULTI).auto(T::UserPattern),
    is("uprobe.session", P::KPROBE).at(A::TRACE_UPROBE_SESSION).auto(T::UserPattern),
    is("uprobe.multi.s", P::KPROBE).at(A::TRACE_UPROBE_MULTI).auto(T::UserPattern).sleeps(),
    is("uretprobe.multi.s", P::KPROBE).at(A::TRACE_UPROBE_MULTI).auto(T::UserPattern).sleeps(),
    is("uprobe.session.s", P::KPROBE).at(A::TRACE_UPROBE_SESSION).auto(T::UserPattern).sleeps(),
    is("ksyscall", P::KPROBE).auto(T::Syscall),
    is("kretsyscall", P::KPROBE).auto(T::Syscall),
    is("usdt", P::KPROBE).auto(T::Usdt),
    is("usdt.s", P::KPROBE).auto(T::Usdt).sleeps(),

    // Traffic control.
    is("tc/ingress", P::SCHED_CLS).at(A::TCX_INGRESS),
    is("tc/egress", P::SCHED_CLS).at(A::TCX_EGRESS),
    is("tcx/ingress", P::SCHED_CLS).at(A::TCX_INGRESS),
    is("tcx/egress", P::SCHED_CLS).at(A::TCX_EGRESS),
    is("tc", P::SCHED_CLS),
    is("classifier", P::SCHED_CLS),
    is("action", P::SCHED_ACT),
    is("netkit/primary", P::SCHED_CLS).at(A::NETKIT_PRIMARY),
    is("netkit/peer", P::SCHED_CLS).at(A::NETKIT_PEER),

    // Tracepoints.
    is("tracepoint", P::TRACEPOINT).auto(T::Tracepoint),
    is("tp", P::TRACEPOINT).auto(T::Tracepoint),
    is("tracepoint.s", P::TRACEPOINT).auto(T::Tracepoint).sleeps(),
    is("tp.s", P::TRACEPOINT).auto(T::Tracepoint).sleeps(),
    is("raw_tracepoint", P::RAW_TRACEPOINT).auto(T::RawTracepoint),
    is("raw_tp", P::RAW_TRACEPOINT).auto(T::RawTracepoint),
    is("raw_tracepoint.s", P::RAW_TRACEPOINT).auto(T::RawTracepoint).sleeps(),
    is("raw_tp.s", P::RAW_TRACEPOINT).auto(T::RawTracepoint).sleeps(),
    is("raw_tracepoint.w", P::RAW_TRACEPOINT_WRITABLE).auto(T::RawTracepoint),
    is("raw_tp.w", P::RAW_TRACEPOINT_WRITABLE).auto(T::RawTracepoint),
    is("tp_btf", P::TRACING).at(A::TRACE_RAW_TP).auto(T::RawTracepoint).btf(),
    is("tp_btf.s", P::TRACING).at(A::TRACE_RAW_TP).auto(T::RawTracepoint).btf().sleeps(),

    // Trampolines: around one function of the kernel, or many.
    is("fentry", P::TRACING).at(A::TRACE_FENTRY).auto(T::BtfFunction).btf(),
    is("fmod_ret", P::TRACING).at(A::MODIFY_RETURN).auto(T::BtfFunction).btf(),
    is("fexit", P::TRACING).at(A::TRACE_FEXIT).auto(T::BtfFunction).btf(),
    is("fentry.s", P::TRACING).at(A::TRACE_FENTRY).auto(T::BtfFunction).btf().sleeps(),
    is("fmod_ret.s", P::TRACING).at(A::MODIFY_RETURN).auto(T::BtfFunction).btf().sleeps(),
    is("fexit.s", P::TRACING).at(A::TRACE_FEXIT).auto(T::BtfFunction).btf().sleeps(),
    is("fsession", P::TRACING).at(A::TRACE_FSESSION).auto(T::BtfFunction).btf(),
    is("fsession.s", P::TRACING).at(A::TRACE_FSESSION).auto(T::BtfFunction).btf().sleeps(),
    is("fentry.multi", P::TRACING).at(A::TRACE_FENTRY_MULTI).auto(T::BtfPattern),
    is("fexit.multi", P::TRACING).at(A::TRACE_FEXIT_MULTI).auto(T::BtfPattern),
    is("fsession.multi", P::TRACING).at(A::TRACE_FSESSION_MULTI).auto(T::BtfPattern),
    is("fentry.multi.s", P::TRACING).at(A::TRACE_FENTRY_MULTI).auto(T::BtfPattern).sleeps(),
    is("fexit.multi.s", P::TRACING).at(A::TRACE_FEXIT_MULTI).auto(T::BtfPattern).sleeps(),
    is("fsession.multi.s", P::TRACING).at(A::TRACE_FSESSION_MULTI).auto(T::BtfPattern).sleeps(),
    is("freplace", P::EXT).auto(T::ProgramFunction).btf(),

    // Linux security modules.
    is("lsm", P::LSM).at(A::LSM_MAC).auto(T::LsmHook).btf(),
    is("lsm.s", P::LSM).at(A::LSM_MAC).auto(T::LsmHook).btf().sleeps(),
    is("lsm_cgroup", P::LSM).at(A::LSM_CGROUP).with(T::LsmHook).btf(),

    // Iterators, and programs run by a system call.
    is("iter", P::TRACING).at(A::TRACE_ITER).auto(T::Iterator).btf(),
    is("iter.s", P::TRACING).at(A::TRACE_ITER).auto(T::Iterator).btf().sleeps(),
    is("syscall", P::SYSCALL).sleeps(),

    // Packets before the stack.
    is("xdp.frags/devmap", P::XDP).at(A::XDP_DEVMAP).frags(),
    is("xdp/devmap", P::XDP).at(A::XDP_DEVMAP),
    is("xdp.frags/cpumap", P::XDP).at(A::XDP_CPUMAP).frags(),
    is("xdp/cpumap", P::XDP).at(A::XDP_CPUMAP),
    is("xdp.frags", P::XDP).at(A::XDP).frags(),
    is("xdp", P::XDP).opt(A::XDP),

    // Events, tunnels, sockets in maps.
    is("perf_event", P::PERF_EVENT),
    is("lwt_in", P::LWT_IN),
    is("lwt_out", P::LWT_OUT),
    is("lwt_xmit", P::LWT_XMIT),
    is("lwt_seg6local", P::LWT_SEG6LOCAL),
    is("sockops", P::SOCK_OPS).opt(A::CGROUP_SOCK_OPS),
    is("sk_skb/stream_parser", P::SK_SKB).opt(A::SK_SKB_STREAM_PARSER),
    is("sk_skb/stream_verdict", P::SK_SKB).opt(A::SK_SKB_STREAM_VERDICT),
    is("sk_skb/verdict", P::SK_SKB).opt(A::SK_SKB_VERDICT),
    is("sk_skb", P::SK_SKB),
    is("sk_msg", P::SK_MSG).opt(A::SK_MSG_VERDICT),
    is("lirc_mode2", P::LIRC_MODE2).opt(A::LIRC_MODE2),
    is("flow_dissector", P::FLOW_DISSECTOR).opt(A::FLOW_DISSECTOR),

    // Control groups.
    is("cgroup_skb/ingress", P::CGROUP_SKB).opt(A::CGROUP_INET_INGRESS),
    is("cgroup_skb/egress", P::CGROUP_SKB).opt(A::CGROUP_INET_EGRESS),
    is("cgroup/skb", P::CGROUP_SKB),
    is("cgroup/sock_create", P::CGROUP_SOCK).at(A::CGROUP_INET_SOCK_CREATE),
    is("cgroup/sock_release", P::CGROUP_SOCK).at(A::CGROUP_INET_SOCK_RELEASE),
    is("cgroup/sock", P::CGROUP_SOCK).opt(A::CGROUP_INET_SOCK_CREATE),
    is("cgroup/post_bind4", P::CGROUP_SOCK).at(A::CGROUP_INET4_POST_BIND),
    is("cgroup/post_bind6", P::CGROUP_SOCK).at(A::CGROUP_INET6_POST_BIND),
    is("cgroup/bind4", P::CGROUP_SOCK_ADDR).at(A::CGROUP_INET4_BIND),
    is("cgroup/bind6", P::CGROUP_SOCK_ADDR).at(A::CGROUP_INET6_BIND),
    is("cgroup/connect4", P::CGROUP_SOCK_ADDR).at(A::CGROUP_INET4_CONNECT),
    is("cgroup/connect6", P::CGROUP_SOCK_ADDR).at(A::CGROUP_INET6_CONNECT),
    is("cgroup/connect_unix", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UNIX_CONNECT),
    is("cgroup/sendmsg4", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UDP4_SENDMSG),
    is("cgroup/sendmsg6", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UDP6_SENDMSG),
    is("cgroup/sendmsg_unix", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UNIX_SENDMSG),
    is("cgroup/recvmsg4", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UDP4_RECVMSG),
    is("cgroup/recvmsg6", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UDP6_RECVMSG),
    is("cgroup/recvmsg_unix", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UNIX_RECVMSG),
    is("cgroup/getpeername4", P::CGROUP_SOCK_ADDR).at(A::CGROUP_INET4_GETPEERNAME),
    is("cgroup/getpeername6", P::CGROUP_SOCK_ADDR).at(A::CGROUP_INET6_GETPEERNAME),
    is("cgroup/getpeername_unix", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UNIX_GETPEERNAME),
    is("cgroup/getsockname4", P::CGROUP_SOCK_ADDR).at(A::CGROUP_INET4_GETSOCKNAME),
    is("cgroup/getsockname6", P::CGROUP_SOCK_ADDR).at(A::CGROUP_INET6_GETSOCKNAME),
    is("cgroup/getsockname_unix", P::CGROUP_SOCK_ADDR).at(A::CGROUP_UNIX_GETSOCKNAME),
    is("cgroup/sysctl", P::CGROUP_SYSCTL).at(A::CGROUP_SYSCTL),
    is("cgroup/getsockopt", P::CGROUP_SOCKOPT).at(A::CGROUP_GETSOCKOPT),
    is("cgroup/setsockopt", P::CGROUP_SOCKOPT).at(A::CGROUP_SETSOCKOPT),
    is("cgroup/dev", P::CGROUP_DEVICE).opt(A::CGROUP_DEVICE),

    // Callbacks of the kernel; they are attached by the map that holds their variable.
    is("struct_ops", P::STRUCT_OPS).with(T::Comment),
    is("struct_ops.s", P::STRUCT_OPS).with(T::Comment).sleeps(),

    is("sk_lookup", P::SK_LOOKUP).at(A::SK_LOOKUP),
    is("netfilter", P::NETFILTER).at(A::NETFILTER),
];

#[cfg(test)]
#[path = "sec_name_tests.rs"]
mod tests;
