//! The table of program types.

mod groups;
mod kernel;
mod packets;
mod sockets;
mod tracing;

use bpf_loader::uapi::ProgramType as P;
use bpf_sys::errno;

use super::{Observed, Refusal, Row};
use crate::support::Failed;

const NO_TRAMPOLINES: &[Refusal] = &[
    Refusal { errno: errno::EPERM, why: "no trampolines here, whatever the capabilities" },
    Refusal { errno: errno::EINVAL, why: "built without it, or without trampolines" },
];
const NO_INFRARED: &[Refusal] =
    &[Refusal { errno: errno::EINVAL, why: "built without infrared devices (CONFIG_BPF_LIRC_MODE2)" }];
const NO_NETFILTER: &[Refusal] =
    &[Refusal { errno: errno::EINVAL, why: "built without it (CONFIG_NETFILTER_BPF_LINK)" }];
const NO_SEG6: &[Refusal] =
    &[Refusal { errno: errno::EINVAL, why: "built without it (CONFIG_IPV6_SEG6_BPF)" }];

#[rustfmt::skip]
pub(super) const ROWS: &[Row<P>] = &[
    row(P::SOCKET_FILTER, "types/sockets", "a socket's filter is sent datagrams of 10, 100 and 20 bytes", "the lengths of those that came: the short ones", sockets::filter),
    row(P::KPROBE, "types/tracing", "a function of this process is called three times", "how often the program at it was called", tracing::kprobe),
    row(P::SCHED_CLS, "types/packets", "run on a packet with a mark", "its verdict; the mark, raised by the packet's length", packets::classifier),
    row(P::SCHED_ACT, "types/packets", "run on a packet with a mark", "its verdict; the mark, raised by the packet's length", packets::action),
    row(P::TRACEPOINT, "types/tracing", "a hundred system calls are made", "how many it saw, and none after it was detached", tracing::tracepoint),
    row(P::XDP, "types/packets", "run on a packet", "its verdict; the packet, with the first byte counted up", packets::xdp),
    row(P::PERF_EVENT, "types/tracing", "a clock ticks every millisecond", "that it is called again and again", tracing::perf_event),
    row(P::CGROUP_SKB, "types/cgroups", "three datagrams are sent in the group, two outside", "how many packets it saw: three", groups::packets),
    row(P::CGROUP_SOCK, "types/cgroups", "sockets of protocol 253 and UDP are made in the group", "refused and made; both made outside", groups::sockets),
    row(P::LWT_IN, "types/packets", "run on a packet with a mark", "its verdict; the mark, raised by the packet's length", packets::tunnel_in),
    row(P::LWT_OUT, "types/packets", "run on a packet with a mark", "its verdict; the mark, raised by the packet's length", packets::tunnel_out),
    row(P::LWT_XMIT, "types/packets", "run on a packet with a mark", "its verdict; the mark, raised by the packet's length", packets::tunnel_xmit),
    row(P::SOCK_OPS, "types/cgroups", "a connection is made in the group", "one called, one answered", groups::connections),
    row(P::SK_SKB, "types/sockets", "ten bytes are sent to a socket in a map", "how many it saw; the bytes, passed on", sockets::verdict),
    row(P::CGROUP_DEVICE, "types/cgroups", "/dev/zero and /dev/null are opened in the group", "refused and opened; both opened outside", groups::devices),
    row(P::SK_MSG, "types/sockets", "messages are sent by a socket in a map", "the one with an x refused to the sender, those before arrived", sockets::message),
    row(P::RAW_TRACEPOINT, "tracing/raw_tp", "a hundred system calls are made", "how many it saw, and none after it was detached", tracing::raw_tracepoint),
    row(P::CGROUP_SOCK_ADDR, "types/cgroups", "a connection to one port is made in the group", "that it came to another", groups::addresses),
    row(P::LWT_SEG6LOCAL, "types/packets", "it is loaded", "its type, and its instructions counted", packets::segments).loaded_only("it cannot be run on input, and its place is a route of IPv6 segments").may_refuse(NO_SEG6),
    row(P::LIRC_MODE2, "types/packets", "it is loaded", "its type, and its instructions counted", packets::infrared).loaded_only("it cannot be run on input, and its place is an infrared device").may_refuse(NO_INFRARED),
    row(P::SK_REUSEPORT, "types/sockets", "datagrams are sent to two sockets of one port", "which of them got each: the chosen one", sockets::reuseport),
    row(P::FLOW_DISSECTOR, "types/packets", "run on a packet", "where the next header is, and which", packets::flow),
    row(P::CGROUP_SYSCTL, "types/cgroups", "kernel/ostype and kernel/osrelease are read in the group", "refused and read; both read outside", groups::settings),
    row(P::RAW_TRACEPOINT_WRITABLE, "types/tracing", "another program is run at whose end it writes", "what running answered: what was written", tracing::writable),
    row(P::CGROUP_SOCKOPT, "types/cgroups", "a socket's TTL is set to 9 in the group", "the TTL: 77 within, 9 outside", groups::options),
    row(P::TRACING, "targets/tp_btf", "a hundred system calls are made", "how many it saw, and none after it was detached", tracing::typed),
    row(P::STRUCT_OPS, "struct_ops/cong", "a megabyte is sent by its congestion control", "that it arrived; that its callbacks counted", kernel::struct_ops),
    row(P::EXT, "types/extension", "a function of another program is replaced", "what that program returns before, meanwhile and after", kernel::extension).may_refuse(NO_TRAMPOLINES),
    row(P::LSM, "targets/lsm", "ten files are opened", "how many it saw", kernel::lsm).may_refuse(NO_TRAMPOLINES),
    row(P::SK_LOOKUP, "types/sockets", "a connection is made to a port where nobody listens", "that the socket it chose answers", sockets::lookup),
    row(P::SYSCALL, "types/packets", "run on a context of three numbers", "what it returns; their sum in the context", packets::syscall),
    row(P::NETFILTER, "types/packets", "run on packets", "accept and drop in turn; how many it saw", packets::netfilter).may_refuse(NO_NETFILTER),
];

type Case = super::Case<P>;

const fn row(
    of: P,
    fixture: &'static str,
    does: &'static str,
    reads: &'static str,
    observe: fn(Case) -> Result<Observed, Failed>,
) -> Row<P> {
    Row { of, fixture, does, reads, refusals: &[], loaded_only: None, observe }
}
