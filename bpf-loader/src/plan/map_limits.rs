//! What each map type has an upper limit for, and which flags it does not take, as tables.

use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_NO_PREALLOC, BPF_F_NUMA_NODE};

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Value,
    Entries,
    Extra,
}

/// The most bytes of a value for one processor: `PCPU_MIN_UNIT_SIZE` in `include/linux/percpu.h`.
const ONE_PROCESSOR: u64 = 32 << 10;
/// Buckets are a power of two, and those of 16 bytes must not exceed 4 GiB: `htab_map_alloc` in `kernel/bpf/hashtab.c`.
const BUCKETS: u64 = 1 << 27;
/// The size of an element is kept in 16 bits: `BPF_LOCAL_STORAGE_MAX_VALUE_SIZE` in `include/linux/bpf_local_storage.h`,
/// and the same in `kernel/bpf/local_storage.c`.
const STORAGE: u64 = u16::MAX as u64;

// From `map_alloc_check` of each type. A kernel may have lower limits, which depend on its pages.
const LIMITS: &[(MapType, Of, u64)] = &[
    (MapType::ARRAY, Of::Value, i32::MAX as u64),
    (MapType::PERCPU_ARRAY, Of::Value, ONE_PROCESSOR),
    (MapType::PERCPU_HASH, Of::Value, ONE_PROCESSOR),
    (MapType::LRU_PERCPU_HASH, Of::Value, ONE_PROCESSOR),
    (MapType::PERCPU_CGROUP_STORAGE, Of::Value, ONE_PROCESSOR),
    (MapType::CGROUP_STORAGE, Of::Value, STORAGE),
    (MapType::SK_STORAGE, Of::Value, STORAGE),
    (MapType::INODE_STORAGE, Of::Value, STORAGE),
    (MapType::TASK_STORAGE, Of::Value, STORAGE),
    (MapType::CGRP_STORAGE, Of::Value, STORAGE),
    (MapType::HASH, Of::Entries, BUCKETS),
    (MapType::PERCPU_HASH, Of::Entries, BUCKETS),
    (MapType::LRU_HASH, Of::Entries, BUCKETS),
    (MapType::LRU_PERCPU_HASH, Of::Entries, BUCKETS),
    (MapType::HASH_OF_MAPS, Of::Entries, BUCKETS),
    // How many hash functions there are.
    (MapType::BLOOM_FILTER, Of::Extra, 15),
];

/// Flags that a type refuses in every kernel: `htab_map_alloc_check` and `array_map_alloc_check`.
const REFUSED: &[(MapType, u32, &str)] = &[
    (MapType::LRU_HASH, BPF_F_NO_PREALLOC, "BPF_F_NO_PREALLOC"),
    (MapType::LRU_PERCPU_HASH, BPF_F_NO_PREALLOC, "BPF_F_NO_PREALLOC"),
    (MapType::PERCPU_ARRAY, BPF_F_NUMA_NODE, "BPF_F_NUMA_NODE"),
    (MapType::PERCPU_HASH, BPF_F_NUMA_NODE, "BPF_F_NUMA_NODE"),
    (MapType::LRU_PERCPU_HASH, BPF_F_NUMA_NODE, "BPF_F_NUMA_NODE"),
];

/// What the kernel would refuse as too much, or for a flag.
pub(super) fn refusal(
    map_type: MapType,
    value_size: u32,
    max_entries: u32,
    extra: u64,
    flags: u32,
) -> Option<String> {
    let over = LIMITS.iter().filter(|(one, ..)| *one == map_type).find_map(|(_, of, most)| {
        let (what, found) = match of {
            Of::Value => ("value size", u64::from(value_size)),
            Of::Entries => ("max_entries", u64::from(max_entries)),
            Of::Extra => ("map_extra", extra),
        };
        (found > *most).then(|| format!("{what} is {found}; a map of type {map_type} takes up to {most}"))
    });
    let flag = || {
        let found = REFUSED.iter().find(|(one, flag, _)| *one == map_type && flags & flag != 0);
        found.map(|(_, _, name)| format!("a map of type {map_type} does not take {name} in map_flags"))
    };
    over.or_else(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(map_type: MapType, value_size: u32, max_entries: u32, extra: u64, flags: u32, want: &str) {
        let found = refusal(map_type, value_size, max_entries, extra, flags);
        assert_eq!(found.unwrap_or_default(), want);
    }

    #[test]
    fn at_the_limit_and_above() {
        use MapType as T;
        check(T::PERCPU_ARRAY, 32768, 1, 0, 0, "");
        let want = "value size is 32769; a map of type percpu_array takes up to 32768";
        check(T::PERCPU_ARRAY, 32769, 1, 0, 0, want);
        check(T::ARRAY, 0x7fff_ffff, 1, 0, 0, "");
        let want = "value size is 2147483648; a map of type array takes up to 2147483647";
        check(T::ARRAY, 0x8000_0000, 1, 0, 0, want);
        check(T::HASH, 4, 1 << 27, 0, 0, "");
        let want = "max_entries is 134217729; a map of type hash takes up to 134217728";
        check(T::HASH, 4, (1 << 27) + 1, 0, 0, want);
        let want = "value size is 65536; a map of type sk_storage takes up to 65535";
        check(T::SK_STORAGE, 65536, 0, 0, 1, want);
        check(T::BLOOM_FILTER, 4, 1, 15, 0, "");
        check(T::BLOOM_FILTER, 4, 1, 16, 0, "map_extra is 16; a map of type bloom_filter takes up to 15");
        let want = "a map of type lru_hash does not take BPF_F_NO_PREALLOC in map_flags";
        check(T::LRU_HASH, 4, 1, 0, 1, want);
        let want = "a map of type percpu_array does not take BPF_F_NUMA_NODE in map_flags";
        check(T::PERCPU_ARRAY, 4, 1, 0, 4, want);
        check(MapType(9999), u32::MAX, u32::MAX, u64::MAX, u32::MAX, "");
    }
}
