//! Map definitions and their initial values.

use crate::common;
use crate::common::build::*;
use crate::{changed, check, check_help};
use bpf_btf::Kind;

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
    let mut object = Object::new();
    object.section("maps", ALLOC, [0; 20]);
    check(
        &object.finish(),
        "E0291 section `maps` holds map definitions of the old kind, which are not supported yet",
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
