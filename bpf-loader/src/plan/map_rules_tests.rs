//! Rules of map types, a line each: numbers from the kernel's checks.

use super::*;

#[test]
fn ring_buffers_are_powers_of_two_of_pages() {
    for (bytes, page, want) in [
        (0, 4096, 0),
        (1, 4096, 4096),
        (4096, 4096, 4096),
        (5000, 4096, 8192),
        (12288, 4096, 16384),
        (4096, 65536, 65536),
        (0x8000_0000, 4096, 0x8000_0000),
        (0x8000_0001, 4096, 0x8000_0001),
    ] {
        assert_eq!(whole_pages(bytes, page), want, "{bytes} bytes in pages of {page}");
    }
}

#[test]
fn entries_left_open() {
    let two = Machine { possible_cpus: Some(2), ..Machine::unknown(bpf_btf::Endian::Little) };
    assert_eq!(entries(MapType::PERF_EVENT_ARRAY, 0, &two), 2);
    assert_eq!(entries(MapType::PERF_EVENT_ARRAY, 8, &two), 8);
    assert_eq!(entries(MapType::ARRAY, 0, &two), 0);
    assert_eq!(entries(MapType::RINGBUF, 5000, &two), 8192);
    assert_eq!(entries(MapType::USER_RINGBUF, 1, &two), 4096);
}

/// What is wrong with a map of these numbers: type, key, value, entries, flags.
fn check(map_type: MapType, key_size: u32, value_size: u32, max_entries: u32, flags: u32, want: &str) {
    let found = refusal(Asked { map_type, key_size, value_size, max_entries, flags });
    assert_eq!(found.unwrap_or_default(), want);
}

#[test]
fn what_a_type_needs() {
    use MapType as T;
    check(T::UNSPEC, 4, 4, 1, 0, "its type is not set");
    check(T::HASH, 4, 4, 1, 0, "");
    check(T::HASH, 0, 4, 1, 0, "key size is 0 or unset; it is needed in a map of type hash");
    check(T::HASH, 4, 0, 1, 0, "value size is 0 or unset; it is needed in a map of type hash");
    check(T::HASH, 4, 4, 0, 0, "max_entries is 0 or unset; a map of type hash needs it");
    check(T::ARRAY, 8, 4, 1, 0, "key size is 8; it has to be 4 in a map of type array");
    check(T::PROG_ARRAY, 4, 0, 1, 0, "value size is 0 or unset; it has to be 4 in a map of type prog_array");
    check(T::PERF_EVENT_ARRAY, 4, 4, 0, 0, "");
    check(
        T::STACK_TRACE,
        4,
        12,
        1,
        0,
        "value size is 12; it has to be a multiple of 8 in a map of type stack_trace",
    );
    check(T::LPM_TRIE, 4, 1, 1, 1, "key size is 4; it has to be 5 to 260 in a map of type lpm_trie");
    check(T::LPM_TRIE, 8, 1, 1, 0, "a map of type lpm_trie needs BPF_F_NO_PREALLOC in map_flags");
    check(T::LPM_TRIE, 8, 1, 1, 1, "");
    check(T::DEVMAP, 4, 8, 1, 0, "");
    check(T::DEVMAP, 4, 6, 1, 0, "value size is 6; it has to be 4 or 8 in a map of type devmap");
    check(T::QUEUE, 4, 8, 1, 0, "key size is 4; it has to be 0 in a map of type queue");
    check(T::RINGBUF, 0, 0, 4096, 0, "");
    check(T::RINGBUF, 0, 0, 0, 0, "max_entries is 0 or unset; a map of type ringbuf needs it");
    check(T::TASK_STORAGE, 4, 8, 0, 1, "");
    check(
        T::TASK_STORAGE,
        4,
        8,
        7,
        1,
        "max_entries is 7; a map of type task_storage grows, and takes only 0",
    );
    check(T::ARENA, 0, 0, 16, 0, "a map of type arena needs BPF_F_MMAPABLE in map_flags");
    // Of a type that is newer than this table nothing is asked.
    check(MapType(4000), 1, 2, 3, 4, "");
}

#[test]
fn a_rule_for_each_type_once() {
    for (at, rule) in RULES.iter().enumerate() {
        assert!(RULES[..at].iter().all(|other| other.map_type != rule.map_type), "{}", rule.map_type);
        assert!(rule.flags & !NEEDED.iter().fold(0, |all, (flag, _)| all | flag) == 0, "{}", rule.map_type);
    }
    // libbpf's list, as of 1.7.
    let untyped: Vec<u32> =
        RULES.iter().filter(|rule| rule.types == Types::None).map(|rule| rule.map_type.0).collect();
    assert_eq!(untyped, [4, 7, 8, 12, 13, 14, 15, 16, 17, 18, 22, 23, 25, 33]);
}
