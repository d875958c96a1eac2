//! Map definitions and their initial values.

use crate::common;
use crate::common::build::*;
use crate::{changed, check, check_help};
use bpf_btf::{Kind, TypeId};
use bpf_elf::ObjectFile;

/// An object with one map `m`, whose definition has those members.
fn with_map(linkage: u32, members: impl FnOnce(&mut Types, u32) -> Vec<(&'static str, u32)>) -> Vec<u8> {
    let mut types = Types::new();
    let int = types.int("int", 4);
    let members = members(&mut types, int);
    let size = u32::try_from(members.len() * 8).unwrap();
    let def = types.structure("", &members);
    let var = types.variable("m", def, linkage);
    types.datasec(".maps", &[[var, 0, size]]);
    let mut object = Object::new();
    object.section(".BTF", 0, types.finish());
    let maps = object.section(".maps", ALLOC, vec![0; size as usize]);
    object.symbol("m", GLOBAL_OBJECT, maps, 0, u64::from(size));
    object.finish()
}

#[test]
fn maps() {
    let array = |types: &mut Types, int| types.number(int, 2);
    let bad =
        with_map(1, |types, int| vec![("type", array(types, int)), ("max_entires", types.number(int, 1))]);
    check(&bad, "E0255 map `m`: unknown attribute `max_entires`");
    check_help(&bad, "did you mean `max_entries`?");
    check(
        &with_map(0, |types, int| vec![("type", array(types, int))]),
        "E0253 map `m`: it is static, and maps cannot be static",
    );
    check(
        &with_map(1, |types, int| vec![("max_entries", types.number(int, 1))]),
        "E0259 map `m`: it does not say its type",
    );
    check(
        &with_map(1, |_, int| vec![("type", int)]),
        "E0257 map `m`: attribute `type` must be a pointer; found: integer",
    );
    check(
        &with_map(1, |types, int| vec![("type", types.pointer(int))]),
        "E0257 map `m`: attribute `type` must be a pointer to an array; found: integer",
    );
    check(
        &with_map(1, |types, int| vec![("type", array(types, int)), ("type", array(types, int))]),
        "E0256 map `m`: attribute `type` is given twice",
    );
    check(
        &with_map(1, |types, int| {
            vec![("type", array(types, int)), ("key_size", types.number(int, 8)), ("key", types.pointer(int))]
        }),
        "E0258 map `m`: `key` makes it 4 bytes, `key_size` 8",
    );
    check(
        &with_map(1, |types, int| {
            let void = types.pointer(0);
            vec![("type", array(types, int)), ("value", void)]
        }),
        "E0214 the types of map `m` cannot be followed",
    );
    check(
        &with_map(1, |types, int| vec![("type", array(types, int)), ("pinning", types.number(int, 2))]),
        "E0262 map `m`: pinning is 2; only 0 (none) and 1 (by name) exist",
    );
    check(
        &with_map(1, |types, int| {
            let values = types.add("", Kind::ARRAY, 0, 0, &[int, int, 0]);
            vec![("type", array(types, int)), ("values", values)]
        }),
        "E0260 map `m`: a map of type array cannot have `values`",
    );
    check(
        &with_map(1, |types, int| {
            let values = types.add("", Kind::ARRAY, 0, 0, &[int, int, 0]);
            vec![("type", types.number(int, 12)), ("values", values), ("max_entries", types.number(int, 1))]
        }),
        "E0260 map `m`: `values` must be the last attribute",
    );
    check(
        &with_map(1, |types, int| {
            let inner_values = types.add("", Kind::ARRAY, 0, 0, &[int, int, 0]);
            let inner_type = types.number(int, 12);
            let inner = types.structure("", &[("type", inner_type), ("values", inner_values)]);
            let pointer = types.pointer(inner);
            let values = types.add("", Kind::ARRAY, 0, 0, &[pointer, int, 0]);
            vec![("type", types.number(int, 12)), ("values", values)]
        }),
        "E0261 map `m`: the maps inside it cannot have `values` themselves",
    );
    check(
        &with_map(1, |types, int| {
            let values = types.add("", Kind::ARRAY, 0, 0, &[int, int, 0]);
            vec![("type", types.number(int, 3)), ("values", values)]
        }),
        "E0257 map `m`: attribute `values` must be an array of pointers without a length; found: integer",
    );
    let extern_map = with_map(2, |types, int| vec![("type", array(types, int))]);
    check(&extern_map, "E0253 map `m`: it is extern: defined in another object");
}

#[test]
fn every_attribute() {
    let all = with_map(1, |types, int| {
        let numbers = [("type", 9), ("max_entries", 10), ("map_flags", 4), ("numa_node", 2), ("pinning", 1)];
        let mut members: Vec<_> = numbers.iter().map(|(name, n)| (*name, types.number(int, *n))).collect();
        members.extend([("key_size", types.number(int, 4)), ("value_size", types.number(int, 4))]);
        let pointer = types.pointer(int);
        members.extend([("key", pointer), ("value", pointer), ("map_extra", types.number(int, 3))]);
        members
    });
    let object = ObjectFile::parse(&all).expect("opens");
    let [map] = object.maps() else { panic!() };
    assert_eq!((map.map_type.0, map.max_entries, map.flags, map.numa_node), (9, 10, 4, Some(2)));
    assert_eq!((map.pin_by_name, map.key_size, map.value_size, map.extra), (true, 4, 4, 3));
    assert_eq!((map.key_type, map.value_type), (Some(TypeId(1)), Some(TypeId(1))));
    // `__ulong`: the value of an enumeration, also one of 64 bits. Its words are the name, and the halves of the value.
    let extra = |kind, words: &'static [u32]| {
        let bytes = with_map(1, move |types, int| {
            let size = if kind == Kind::ENUM64 { 8 } else { 4 };
            let value = types.add("", kind, 1, size, words);
            vec![("type", types.number(int, 9)), ("map_extra", value)]
        });
        ObjectFile::parse(&bytes).expect("opens").maps()[0].extra
    };
    assert_eq!(extra(Kind::ENUM, &[0, 77]), 77);
    assert_eq!(extra(Kind::ENUM64, &[0, 0, 0x1000]), 0x1000_0000_0000);
}

/// An object whose section `maps` holds that, with a symbol at each of those places.
fn legacy(words: &[u32], symbols: &[u64]) -> Vec<u8> {
    let mut object = Object::new();
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let maps = object.section("maps", ALLOC, bytes);
    for (at, value) in symbols.iter().enumerate() {
        object.symbol(&format!("m{at}"), GLOBAL_OBJECT, maps, *value, 20);
    }
    object.finish()
}

#[test]
fn legacy_maps() {
    let array = [2, 4, 4, 1, 0];
    let opened = |words: &[u32], symbols: &[u64]| {
        let object = ObjectFile::parse(&legacy(words, symbols)).expect("opens");
        object.maps().iter().map(|map| (map.name.clone(), map.flags, map.pin_by_name)).collect::<Vec<_>>()
    };
    assert_eq!(opened(&array, &[0]), [("m0".into(), 0, false)]);
    // Without flags; with flags; with a tail of zeros, in whatever order the symbols are.
    assert_eq!(opened(&[2, 4, 4, 1], &[0]), [("m0".into(), 0, false)]);
    assert_eq!(opened(&[2, 4, 4, 1, 0x400], &[0]), [("m0".into(), 0x400, false)]);
    let two = [[2, 4, 4, 1, 0, 0, 0, 0, 0], [2, 4, 4, 1, 1, 0, 0, 0, 0]].concat();
    assert_eq!(opened(&two, &[36, 0]), [("m1".into(), 0, false), ("m0".into(), 1, false)]);
    assert_eq!(opened(&[2, 4, 4, 1, 0, 0, 1], &[0]), [("m0".into(), 0, true)]);

    let size = |bytes, maps| {
        format!(
            "E0263 map `*`: section of {bytes} bytes and {maps} symbols: not an entry of 16 bytes or more for each, all of one size"
        )
    };
    check(&legacy(&array, &[]), &size(20, 0));
    check(&legacy(&array, &[0, 0]), &size(20, 2));
    check(&legacy(&[0; 11], &[0, 20]), &size(44, 2));
    check(&legacy(&[2, 4, 4], &[0]), &size(12, 1));
    check(&legacy(&[0; 10], &[0, 24]), "E0259 map `m0`: it does not say its type");
    check(
        &legacy(&[array, array].concat(), &[0, 0]),
        "E0263 map `m1`: its symbol is at 0x0, its entry begins at 0x14",
    );
    check(
        &legacy(&array, &[u64::MAX]),
        "E0263 map `m0`: its symbol is at 0xffffffffffffffff, its entry begins at 0x0",
    );

    let tail = |tail: &[u32], flags| legacy(&[&[2, 4, 4, 1, flags], tail].concat(), &[0]);
    check(
        &tail(&[0, 2], 0),
        "E0264 map `m0`: aya's struct bpf_map_def says more than can be done: pinning 2",
    );
    check(
        &tail(&[0, 1], 4),
        "E0264 map `m0`: struct bpf_load_map_def of samples/bpf says more than can be done: numa_node 1",
    );
    check(
        &tail(&[7], 0),
        "E0264 map `m0`: an entry of an unknown layout says more than can be done: 7 at 0x14",
    );
    let elf_map = tail(&[0, 0, 5, 6], 0);
    check(
        &elf_map,
        "E0264 map `m0`: iproute2's struct bpf_elf_map says more than can be done: inner_id 5, inner_idx 6",
    );
    check_help(&elf_map, "SEC(\".maps\")");
}

#[test]
fn legacy_maps_are_not_static() {
    let mut object = Object::new();
    let maps = object.section("maps", ALLOC, [2, 0, 0, 0].repeat(5));
    object.symbol("mine", 0x01, maps, 0, 20);
    check(&object.finish(), "E0253 map `mine`: it is static, and maps cannot be static");
}

/// An object with variables in an arena, and so many arenas.
fn with_arenas(arenas: u32) -> Vec<u8> {
    let mut types = Types::new();
    let int = types.int("int", 4);
    let mut object = Object::new();
    let maps = object.section(".maps", ALLOC, vec![0; 8 * arenas as usize]);
    let vars: Vec<[u32; 3]> = (0..arenas)
        .map(|at| {
            let number = types.number(int, 33);
            let def = types.structure("", &[("type", number)]);
            let name = format!("arena_{at}");
            object.symbol(&name, GLOBAL_OBJECT, maps, u64::from(at) * 8, 8);
            [types.variable(&name, def, 1), at * 8, 8]
        })
        .collect();
    if arenas > 0 {
        types.datasec_of(".maps", arenas * 8, &vars);
    }
    object.section(".BTF", 0, types.finish());
    object.section(".addr_space.1", ALLOC, [1; 8]);
    object.finish()
}

#[test]
fn variables_want_one_arena() {
    let object = ObjectFile::parse(&with_arenas(1)).expect("opens");
    assert_eq!(object.map_named("arena_0").unwrap().globals.as_ref().unwrap().bytes, [1; 8]);
    let none = with_arenas(0);
    check(&none, "E0265 map `*`: there are variables in an arena, and no map of type arena to hold them");
    check_help(&none, "BPF_MAP_TYPE_ARENA");
    check(
        &with_arenas(2),
        "E0265 map `arena_0`: `arena_1` is an arena too: which of them holds the variables cannot be told",
    );
}

#[test]
fn slots() {
    let to = |symbol: &'static str, offset: Option<u64>| {
        changed("own/maps.el", move |elf| {
            let (at, index) = (elf.section(".rel.maps"), elf.symbol_index(symbol));
            elf.put(at + common::R_SYMBOL, &index.to_le_bytes());
            if let Some(offset) = offset {
                elf.put(at, &offset.to_le_bytes());
            }
        })
    };
    check(
        &to("tail_a", None),
        "E0242 relocation at 0x58 of section `.maps` against `tail_a` does not lead to a map, which map `array_of_maps` holds",
    );
    check(
        &to("two", Some(0x40)),
        "E0242 relocation at 0x40 of section `.maps` against `two` changes a map definition outside its `values`",
    );
    check(
        &to("two", Some(0x9c)),
        "E0242 relocation at 0x9c of section `.maps` against `two` changes a map definition outside its `values`",
    );
    check(
        &to("two", Some(0x98)),
        "E0242 relocation at 0x98 of section `.maps` against `two` does not lead to a program, which map `tails` holds",
    );
}
