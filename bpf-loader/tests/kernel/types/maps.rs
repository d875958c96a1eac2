//! The table of map types.

mod events;
mod packets;
mod sockets;
mod storage;
mod values;

use bpf_loader::uapi::MapType as M;
use bpf_sys::errno;

pub(super) use self::sockets::{group, put};
use super::{Observed, Refusal, Row};
use crate::support::Failed;

const NO_XSK: &[Refusal] = &[Refusal {
    errno: sockets::EAFNOSUPPORT,
    why: "built without sockets of that kind (CONFIG_XDP_SOCKETS)",
}];
const NO_LSM: &[Refusal] = &[Refusal {
    errno: errno::EBADF,
    why: "inodes have no room for it: bpf is not among the security modules (lsm=)",
}];

#[rustfmt::skip]
pub(super) const ROWS: &[Row<M>] = &[
    row(M::HASH, "types/values", "a filter counts packets by length", "how often each length came", values::hash),
    row(M::ARRAY, "types/values", "a filter adds up lengths", "the sum in element 1", values::array),
    row(M::PROG_ARRAY, "maps/nested", "a program jumps to slots 2 and 1", "what the program of slot 2, and after empty slot 1 itself, returns", values::prog_array),
    row(M::PERF_EVENT_ARRAY, "types/tracing", "a program reads the clock that is put in slot 0", "that it goes on, and is gone when taken out; one slot for each processor", events::perf_event_array),
    row(M::PERCPU_HASH, "types/values", "a filter counts packets by length", "how often each length came, on all processors together", values::percpu_hash),
    row(M::PERCPU_ARRAY, "types/values", "a filter adds up lengths", "the sum in element 1 over all processors", values::percpu_array),
    row(M::STACK_TRACE, "types/tracing", "a program notes the stack of a system call", "addresses of the kernel under the id that it got", events::stack_trace),
    row(M::CGROUP_ARRAY, "types/tracing", "a program asks whether the process is in the group of slot 0", "no before, yes within", storage::cgroup_array),
    row(M::LRU_HASH, "types/values", "a filter counts packets by length", "how often each length came", values::hash),
    row(M::LRU_PERCPU_HASH, "types/values", "a filter counts packets by length", "how often each length came, on all processors together", values::percpu_hash),
    row(M::LPM_TRIE, "types/values", "a filter looks up addresses", "the value of the longest prefix of each", values::lpm_trie),
    row(M::ARRAY_OF_MAPS, "maps/nested", "a program adds to the map in slot 2", "the sum in that map", values::array_of_maps),
    row(M::HASH_OF_MAPS, "maps/nested", "a program adds to the map with key 5", "the sum in that map", values::hash_of_maps),
    row(M::DEVMAP, "types/redirect", "an XDP program asks for a full and an empty slot", "redirect and pass; the device in the slot", packets::devmap),
    row(M::SOCKMAP, "types/sockets", "what one socket sends is put into the second", "the bytes at the second; its cookie in the slot", sockets::sockmap),
    row(M::CPUMAP, "types/redirect", "an XDP program asks for a full and an empty slot", "redirect and pass; the length of the queue in the slot", packets::cpumap),
    row(M::XSKMAP, "types/redirect", "an XDP program asks for a full and an empty slot", "redirect and pass", packets::xskmap).may_refuse(NO_XSK),
    row(M::SOCKHASH, "types/sockets", "what one socket sends is put into the one with key 1", "the bytes at that one; its cookie under the key", sockets::sockhash),
    row(M::CGROUP_STORAGE, "types/cgroups", "a program counts packets of a group", "the number in the group's element", storage::cgroup_storage),
    row(M::REUSEPORT_SOCKARRAY, "types/sockets", "a program picks the socket of slot 1, which is emptied then", "what arrives there before and after; its cookie in the slot", sockets::reuseport_sockarray),
    row(M::PERCPU_CGROUP_STORAGE, "types/cgroups", "a program counts packets of a group", "the number in the group's element over all processors", storage::percpu_cgroup_storage),
    row(M::QUEUE, "types/values", "a filter pushes lengths", "the lengths, first in first out", values::queue),
    row(M::STACK, "types/values", "a filter pushes lengths", "the lengths, last in first out", values::stack),
    row(M::SK_STORAGE, "types/cgroups", "a program notes what became of connections", "called and answered, each with its socket", storage::sk_storage),
    row(M::DEVMAP_HASH, "types/redirect", "an XDP program asks for a full and an empty slot", "redirect and pass; the device in the slot", packets::devmap),
    row(M::STRUCT_OPS, "struct_ops/cong_nolink", "a congestion control is registered and unregistered", "the state in the map's value, before and meanwhile", events::struct_ops),
    row(M::RINGBUF, "ring/events", "a filter submits, discards and puts out records", "the numbers in the records that came", events::ringbuf),
    row(M::INODE_STORAGE, "types/storage", "a value is put beside a file", "the value by another descriptor of the file, none by one of another file, none once deleted", storage::inode_storage).may_refuse(NO_LSM),
    row(M::TASK_STORAGE, "types/storage", "a program counts system calls of a task", "the number in the task's element", storage::task_storage),
    row(M::BLOOM_FILTER, "types/values", "a filter adds lengths that are not there", "whether each was there; what may be in it", values::bloom_filter),
    row(M::USER_RINGBUF, "types/user_ring", "a program drains it while it is empty", "that it found no record; its bytes", events::user_ringbuf),
    row(M::CGRP_STORAGE, "types/storage", "a program counts system calls of a group", "the number in the group's element", storage::cgrp_storage),
    row(M::ARENA, "arena/globals", "a program counts in variables of the arena", "the variables, in memory", events::arena),
    row(M::INSN_ARRAY, "jump/table", "a program jumps by tables", "what stands where they lead to", values::insn_array),
    row(M::RHASH, "types/values", "a filter counts packets by length", "how often each length came", values::hash),
];

type Case = super::Case<M>;

const fn row(
    of: M,
    fixture: &'static str,
    does: &'static str,
    reads: &'static str,
    observe: fn(Case) -> Result<Observed, Failed>,
) -> Row<M> {
    Row { of, fixture, does, reads, refusals: &[], loaded_only: None, observe }
}
