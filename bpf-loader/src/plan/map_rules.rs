//! What the kernel asks of each map type, as a table: key, value, entries, flags, and whether it takes BTF.

use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_MMAPABLE, BPF_F_NO_PREALLOC};

use crate::kernel::Machine;

/// What a type asks for. Kernels are of one mind about all of this since they have the type, except where a value may be
/// one of several sizes: there the older ones know the first only.
pub(crate) struct Rule {
    map_type: MapType,
    key: Bytes,
    value: Bytes,
    pub(crate) entries: Entries,
    /// Flags without which it is refused.
    flags: u32,
    /// What it may be told of the types of key and value.
    pub(crate) types: Types,
}

/// What a kernel takes as the types of key and value. It never takes a key's without a value's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Types {
    /// Nothing.
    None,
    /// Both.
    Both,
    /// Both, the key an integer of 32 bits.
    Index,
    /// Both, the key a struct.
    Prefix,
    /// The value's alone.
    Value,
}

/// How many bytes a key or a value has.
#[derive(Clone, Copy)]
enum Bytes {
    /// It has none.
    None,
    /// Any number but 0.
    Some,
    /// One of these.
    Of(&'static [u32]),
    /// From the first to the second.
    Within(u32, u32),
    /// A multiple of it.
    Times(u32),
}

/// How many entries a map has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entries {
    /// It grows: the number has to be 0.
    None,
    /// Any number but 0.
    Some,
    /// One for each possible processor, where the number is left open.
    Processors,
    /// Bytes: a power of two of pages.
    Pages,
}

const fn rule(map_type: MapType, key: Bytes, value: Bytes) -> Rule {
    Rule { map_type, key, value, entries: Entries::Some, flags: 0, types: Types::Both }
}

impl Rule {
    /// It refuses to be told of BTF, or makes nothing of it: libbpf's list (`bpf_object__create_map`), since what a
    /// kernel takes there differs.
    const fn untyped(self) -> Self {
        self.types(Types::None)
    }

    const fn types(self, types: Types) -> Self {
        Self { types, ..self }
    }

    const fn entries(self, entries: Entries) -> Self {
        Self { entries, ..self }
    }

    const fn needs(self, flags: u32) -> Self {
        Self { flags, ..self }
    }

    /// The rule of a type; `None` for one that nobody wrote a rule for, of which nothing is asked.
    pub(crate) fn of(map_type: MapType) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.map_type == map_type)
    }
}

const INDEX: Bytes = Bytes::Of(&[4]);
const NUMBER: Bytes = Bytes::Of(&[4]);
/// An interface or socket, and with 8 bytes a program or a cookie.
const NUMBER_OR_TWO: Bytes = Bytes::Of(&[4, 8]);

// From `map_alloc_check` and `map_check_btf` of each type: kernel/bpf/{arraymap,hashtab,lpm_trie,queue_stack_maps,bloom_filter,stackmap,
// devmap,cpumap,ringbuf,arena,local_storage,bpf_local_storage,reuseport_array}.c, net/core/sock_map.c, net/xdp/xskmap.c.
static RULES: &[Rule] = &[
    rule(MapType::HASH, Bytes::Some, Bytes::Some),
    rule(MapType::ARRAY, INDEX, Bytes::Some).types(Types::Index),
    rule(MapType::PROG_ARRAY, INDEX, NUMBER),
    rule(MapType::PERF_EVENT_ARRAY, INDEX, NUMBER).entries(Entries::Processors).untyped(),
    rule(MapType::PERCPU_HASH, Bytes::Some, Bytes::Some),
    rule(MapType::PERCPU_ARRAY, INDEX, Bytes::Some).types(Types::Index),
    rule(MapType::STACK_TRACE, INDEX, Bytes::Times(8)).untyped(),
    rule(MapType::CGROUP_ARRAY, INDEX, NUMBER).untyped(),
    rule(MapType::LRU_HASH, Bytes::Some, Bytes::Some),
    rule(MapType::LRU_PERCPU_HASH, Bytes::Some, Bytes::Some),
    // The length of a prefix, and up to 256 bytes of it.
    rule(MapType::LPM_TRIE, Bytes::Within(5, 260), Bytes::Some).needs(BPF_F_NO_PREALLOC).types(Types::Prefix),
    rule(MapType::ARRAY_OF_MAPS, INDEX, NUMBER).untyped(),
    rule(MapType::HASH_OF_MAPS, Bytes::Some, NUMBER).untyped(),
    rule(MapType::DEVMAP, INDEX, NUMBER_OR_TWO).untyped(),
    rule(MapType::SOCKMAP, INDEX, NUMBER_OR_TWO).untyped(),
    rule(MapType::CPUMAP, INDEX, NUMBER_OR_TWO).untyped(),
    rule(MapType::XSKMAP, INDEX, NUMBER).untyped(),
    rule(MapType::SOCKHASH, Bytes::Some, NUMBER_OR_TWO).untyped(),
    // The id of a cgroup, or that and an attach type.
    rule(MapType::CGROUP_STORAGE, Bytes::Of(&[8, 16]), Bytes::Some).entries(Entries::None),
    rule(MapType::REUSEPORT_SOCKARRAY, INDEX, NUMBER_OR_TWO),
    rule(MapType::PERCPU_CGROUP_STORAGE, Bytes::Of(&[8, 16]), Bytes::Some).entries(Entries::None),
    rule(MapType::QUEUE, Bytes::None, Bytes::Some).untyped(),
    rule(MapType::STACK, Bytes::None, Bytes::Some).untyped(),
    local_storage(MapType::SK_STORAGE),
    rule(MapType::DEVMAP_HASH, INDEX, NUMBER_OR_TWO).untyped(),
    rule(MapType::RINGBUF, Bytes::None, Bytes::None).entries(Entries::Pages),
    local_storage(MapType::INODE_STORAGE),
    local_storage(MapType::TASK_STORAGE),
    rule(MapType::BLOOM_FILTER, Bytes::None, Bytes::Some).types(Types::Value),
    rule(MapType::USER_RINGBUF, Bytes::None, Bytes::None).entries(Entries::Pages),
    local_storage(MapType::CGRP_STORAGE),
    rule(MapType::ARENA, Bytes::None, Bytes::None).needs(BPF_F_MMAPABLE).untyped(),
];

/// Something beside each socket, inode, task or cgroup; the key is a descriptor.
const fn local_storage(map_type: MapType) -> Rule {
    rule(map_type, INDEX, Bytes::Some).entries(Entries::None).needs(BPF_F_NO_PREALLOC).types(Types::Index)
}

/// The numbers that a rule is about.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) map_type: MapType,
    pub(crate) key_size: u32,
    pub(crate) value_size: u32,
    pub(crate) max_entries: u32,
    pub(crate) flags: u32,
}

/// What the kernel would refuse, or take for another map, without saying why.
pub(crate) fn refusal(asked: Asked) -> Option<String> {
    let Asked { map_type, key_size, value_size, max_entries, flags } = asked;
    if map_type == MapType::UNSPEC {
        return Some("its type is not set".into());
    }
    let rule = Rule::of(map_type)?;
    let size = |what: &str, bytes: Bytes, found: u32| {
        bytes.refusal(found).map(|why| format!("{what} size {why} in a map of type {map_type}"))
    };
    let entries = match rule.entries {
        Entries::Some | Entries::Pages if max_entries == 0 => {
            Some(format!("max_entries is 0 or unset; a map of type {map_type} needs it"))
        }
        Entries::None if max_entries != 0 => {
            Some(format!("max_entries is {max_entries}; a map of type {map_type} grows, and takes only 0"))
        }
        _ => None,
    };
    let missing = NEEDED.iter().find(|(flag, _)| rule.flags & flag & !flags != 0);
    size("key", rule.key, key_size)
        .or_else(|| size("value", rule.value, value_size))
        .or(entries)
        .or_else(|| missing.map(|(_, name)| format!("a map of type {map_type} needs {name} in map_flags")))
}

/// The flags that some type needs, by name.
const NEEDED: &[(u32, &str)] =
    &[(BPF_F_NO_PREALLOC, "BPF_F_NO_PREALLOC"), (BPF_F_MMAPABLE, "BPF_F_MMAPABLE")];

impl Bytes {
    /// In words between `key size` and `in a map of …`.
    fn refusal(self, found: u32) -> Option<String> {
        let wrong = match self {
            Self::None if found != 0 => "has to be 0".to_owned(),
            Self::Some if found == 0 => return Some("is 0 or unset; it is needed".into()),
            Self::Of(sizes) if !sizes.contains(&found) => {
                let sizes: Vec<String> = sizes.iter().map(u32::to_string).collect();
                format!("has to be {}", sizes.join(" or "))
            }
            Self::Within(least, most) if !(least..=most).contains(&found) => {
                format!("has to be {least} to {most}")
            }
            Self::Times(unit) if found == 0 || !found.is_multiple_of(unit) => {
                format!("has to be a multiple of {unit}")
            }
            _ => return None,
        };
        let found = if found == 0 { "0 or unset".to_owned() } else { found.to_string() };
        Some(format!("is {found}; it {wrong}"))
    }
}

/// How many entries to ask for: where they are left open, or are bytes of whole pages.
pub(crate) fn entries(map_type: MapType, asked: u32, machine: &Machine) -> u32 {
    match Rule::of(map_type).map(|rule| rule.entries) {
        Some(Entries::Processors) if asked == 0 => machine.possible_cpus.unwrap_or(0),
        Some(Entries::Pages) => whole_pages(asked, page_size(machine)),
        _ => asked,
    }
}

/// Bytes of a page where nobody says.
const SMALLEST_PAGE: u32 = 4096;

pub(super) fn page_size(machine: &Machine) -> u32 {
    machine.page_size.unwrap_or(SMALLEST_PAGE)
}

/// Rounded up to a power of two of pages. What is too much to be rounded stays, for the kernel to refuse.
fn whole_pages(bytes: u32, page: u32) -> u32 {
    let pages = bytes.div_ceil(page.max(1)).checked_next_power_of_two();
    match pages.and_then(|pages| pages.checked_mul(page)) {
        Some(rounded) if bytes != 0 => rounded,
        _ => bytes,
    }
}

#[cfg(test)]
#[path = "map_rules_tests.rs"]
mod tests;
