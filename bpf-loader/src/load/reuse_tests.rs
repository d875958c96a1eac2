//! Which maps stand for which.

use bpf_elf::MapId;
use bpf_sys::uapi::flags::BPF_F_NO_PREALLOC;

use super::*;

fn planned(map_type: MapType, max_entries: u32, flags: u32) -> PlanMap {
    PlanMap {
        id: MapId(0),
        name: "m".into(),
        kernel_name: "m".into(),
        map_type,
        key_size: 4,
        value_size: 8,
        max_entries,
        flags,
        numa_node: None,
        ifindex: 0,
        extra: 0,
        btf: None,
        kernel_value: None,
        arena: None,
        inner: None,
        contents: None,
        freeze: false,
        slots: Vec::new(),
        exclusive: None,
        pin: None,
        copy: None,
    }
}

fn shape(map_type: MapType, max_entries: u32, flags: u32) -> Shape {
    Shape { map_type, key_size: 4, value_size: 8, max_entries, flags, extra: 0 }
}

/// What is said of a map of this shape in the place of the planned one, on four processors.
fn check(map: &PlanMap, found: Shape, want: &str) {
    let found: Vec<String> = differences(map, found, Some(4)).iter().map(ToString::to_string).collect();
    assert_eq!(found.join(", "), want);
}

#[test]
fn every_property() {
    let map = planned(MapType::HASH, 16, 0);
    let same = shape(MapType::HASH, 16, 0);
    check(&map, same, "");
    check(&map, Shape { map_type: MapType::LRU_HASH, ..same }, "type lru_hash instead of hash");
    check(&map, Shape { key_size: 8, ..same }, "key size 8 instead of 4");
    check(&map, Shape { value_size: 4, ..same }, "value size 4 instead of 8");
    check(&map, Shape { max_entries: 17, ..same }, "max_entries 17 instead of 16");
    check(&map, Shape { flags: BPF_F_NO_PREALLOC, ..same }, "map_flags 0x1 instead of 0x0");
    check(&map, Shape { extra: 3, ..same }, "map_extra 0x3 instead of 0x0");
    check(
        &map,
        Shape { key_size: 8, value_size: 4, ..same },
        "key size 8 instead of 4, value size 4 instead of 8",
    );
}

#[test]
fn what_the_kernel_changes() {
    check(&planned(MapType::DEVMAP, 4, 0), shape(MapType::DEVMAP, 4, BPF_F_RDONLY_PROG), "");
    check(
        &planned(MapType::ARRAY, 4, 0),
        shape(MapType::ARRAY, 4, BPF_F_RDONLY_PROG),
        "map_flags 0x80 instead of 0x0",
    );
    // The kernel keeps these with the descriptor.
    check(&planned(MapType::ARRAY, 4, BPF_F_RDONLY), shape(MapType::ARRAY, 4, 0), "");
    // Whole numbers for each of four processors.
    let lru = planned(MapType::LRU_HASH, 10, BPF_F_NO_COMMON_LRU);
    check(&lru, shape(MapType::LRU_HASH, 12, BPF_F_NO_COMMON_LRU), "");
    check(&lru, shape(MapType::LRU_HASH, 16, BPF_F_NO_COMMON_LRU), "max_entries 16 instead of 10");
    check(
        &planned(MapType::LRU_HASH, 10, 0),
        shape(MapType::LRU_HASH, 12, 0),
        "max_entries 12 instead of 10",
    );
}
