//! Maps as they are planned: slots, what is inside, pins, what is left out, what setters change. Numbers from the C.

use std::path::Path;

use bpf_loader::btf::{Kind, TypeId};
use bpf_loader::elf::SlotTarget;
use bpf_loader::object::{InnerMap, Instances, SpecError};
use bpf_loader::plan::{Notice, PlanMap, Ref};
use bpf_loader::uapi::MapType;
use bpf_loader::{Answer, Feature, Kernel, Object, OpenOptions, Plan};

use crate::support::{ORDERS, kernel, path};

fn open(name: &str, order: &str) -> Object {
    Object::open(path(name, order)).unwrap()
}

fn plan(object: &Object, order: &str) -> Plan {
    object.plan(&kernel("recent", order)).unwrap()
}

fn map<'a>(plan: &'a Plan, name: &str) -> &'a PlanMap {
    plan.maps().iter().find(|map| map.name == name).unwrap()
}

/// Slots by number and name.
fn slots(plan: &Plan, name: &str) -> Vec<(u32, String)> {
    let object = plan.object();
    let name_of = |target: &SlotTarget| match target {
        SlotTarget::Map(id) => object.map(*id).unwrap().name().to_owned(),
        SlotTarget::Program(id) => object.program(*id).unwrap().name().to_owned(),
        _ => unreachable!(),
    };
    map(plan, name).slots.iter().map(|(slot, target)| (*slot, name_of(target))).collect()
}

/// The codes and texts of what stands against a plan.
fn refused(object: &Object) -> Vec<String> {
    let failed = object.plan(&kernel("recent", "el")).unwrap_err();
    failed.errors().iter().map(|error| format!("{}: {error}", error.code())).collect()
}

fn notices(plan: &Plan) -> Vec<String> {
    plan.notices().iter().map(|notice: &Notice| format!("{}: {notice}", notice.code())).collect()
}

/// `bpf-elf/tests/objects/maps.bpf.c` uses every attribute.
#[test]
fn every_attribute() {
    for order in ORDERS {
        let file = crate::support::root().join(format!("../bpf-elf/tests/objects/maps.{order}.bpf.o"));
        let object = OpenOptions::new().pin_root("/pins").open(file).unwrap();
        let plan = plan(&object, order);
        let numbers = |map: &PlanMap| (map.map_type, map.key_size, map.value_size, map.max_entries);

        let outer = map(&plan, "array_of_maps");
        assert_eq!(numbers(outer), (MapType::ARRAY_OF_MAPS, 4, 4, 4));
        assert_eq!(outer.btf, None, "the kernel takes no types there");
        let inner = outer.inner.as_ref().unwrap();
        assert_eq!(numbers(inner), (MapType::ARRAY, 4, 8, 8));
        // 15 bytes of `array_of_maps.inner`.
        assert_eq!(inner.kernel_name, "array_of_maps.i");
        assert!(inner.btf.is_some(), "and does inside");
        assert_eq!(slots(&plan, "array_of_maps"), [(0, "one".to_owned()), (3, "two".to_owned())]);

        let outer = map(&plan, "hash_of_maps");
        assert_eq!(numbers(outer.inner.as_ref().unwrap()), (MapType::HASH, 4, 12, 16));
        assert!(outer.slots.is_empty() && outer.pin.is_none());
        assert_eq!(slots(&plan, "tails"), [(1, "tail_a".to_owned()), (7, "tail_b".to_owned())]);

        let everything = map(&plan, "everything");
        assert_eq!(numbers(everything), (MapType::HASH, 8, 24, 10));
        assert_eq!((everything.flags, everything.numa_node), (4, Some(1)));
        assert_eq!(everything.pin.as_deref(), Some(Path::new("/pins/everything")));
        let arena = map(&plan, "arena");
        assert_eq!((arena.max_entries, arena.flags, arena.extra), (100, 1024, 0x1000_0000_0000));
        assert_eq!(map(&plan, "ring").max_entries, 8192);
    }
}

/// What is left out leaves its slot empty, and is told of.
#[test]
fn slots_of_what_is_left_out() {
    let mut object = open("maps/nested", "el");
    object.map_mut("second").unwrap().set_autocreate(false);
    object.program_mut("last").unwrap().set_autoload(false);
    let plan = plan(&object, "el");
    assert_eq!(slots(&plan, "by_key"), [(0, "first".to_owned())]);
    assert!(slots(&plan, "tails").is_empty());
    assert_eq!(
        notices(&plan),
        [
            "E0456: slot 5 of map `by_key` stays empty: map `second` is left out",
            "E0456: slot 2 of map `tails` stays empty: program `last` is left out",
        ]
    );
}

#[test]
fn slots_that_have_no_place() {
    let mut object = open("maps/nested", "el");
    object.map_mut("by_index").unwrap().set_max_entries(2).unwrap();
    object.map_mut("by_key").unwrap().set_key_size(8).unwrap();
    assert_eq!(
        refused(&object),
        [
            "E0426: map `by_index`: slot 2 lies beyond max_entries, which is 2",
            "E0426: map `by_key`: slot 0 is a key of 4 bytes, and this map's have 8",
            "E0426: map `by_key`: slot 5 is a key of 4 bytes, and this map's have 8",
        ]
    );
}

/// libbpf's number: 2001000000 and the map's place among the object's maps, in both halves.
#[test]
fn a_map_that_is_left_out() {
    for order in ORDERS {
        let mut object = open("maps/optional", order);
        object.map_mut("extra").unwrap().set_autocreate(false);
        let plan = plan(&object, order);
        assert!(plan.maps().iter().all(|map| map.name != "extra"));
        let always = plan.programs().iter().find(|program| program.name == "always").unwrap();
        let [poison] = always.poisons.as_slice() else { panic!("{:?}", always.poisons) };
        let at = usize::try_from(poison.at.0).unwrap();
        for half in &always.insns[at..at + 2] {
            // A call (0x85) of a helper by number.
            assert_eq!((half.insn.code, half.insn.src, half.insn.imm), (0x85, 0, 2_001_000_001));
            assert_eq!(half.reference, Some(Ref::Poison(0)));
        }
        assert_eq!(poison.missing.to_string(), "map `extra` is used here and is not to be created");
        let codes: Vec<_> = plan.notices().iter().map(Notice::code).collect();
        assert_eq!(codes, ["E0424", "E0424"], "once for each of the two programs");
    }
}

/// What `maps/sizes` says of a key by its size only. A kernel takes the types of both or none.
const PREFIXES: &str =
    "E0457: the kernel is not told of the types of map `prefixes`: its keys have a size, and no type";

/// `.data.table` is `used` of 4 bytes, 4 of padding, and `table` of two times 8; its BTF follows.
#[test]
fn a_longer_data_section() {
    for order in ORDERS {
        let mut object = open("maps/sizes", order);
        let was = plan(&object, order).btf().unwrap().last_id();
        object.map_mut(".data.table").unwrap().set_value_size(8 + 5 * 8).unwrap();
        object.global_mut("table").unwrap().set(&[1_u64, 2, 3, 4, 5]).unwrap();
        let plan = plan(&object, order);
        assert_eq!(notices(&plan), [PREFIXES]);
        let map = map(&plan, ".data.table");
        assert_eq!((map.value_size, map.contents.as_ref().unwrap().len()), (48, 48));
        assert_eq!(map.contents.as_ref().unwrap()[8..], [1_u64, 2, 3, 4, 5].map(u64::to_ne_bytes).concat());

        let btf = plan.btf().unwrap();
        assert_eq!(btf.last_id().0, was.0 + 2, "an array and a variable more");
        let section = btf.get(map.btf.unwrap().1).unwrap();
        assert_eq!((section.kind(), section.size()), (Kind::DATASEC, Some(48)));
        let last = section.section_vars().last().unwrap();
        assert_eq!((last.offset, last.size), (8, 40));
        let variable = btf.get(last.type_id).unwrap();
        let array = btf.get(variable.target().unwrap()).unwrap().array().unwrap();
        assert_eq!((variable.name().unwrap(), array.len), ("table", 5));
        let first = section.section_vars().next().unwrap();
        assert_eq!(btf.get(first.type_id).unwrap().name().unwrap(), "used");
        assert_ne!(array.element, TypeId::VOID);
    }
}

#[test]
fn a_data_section_of_an_odd_length() {
    let mut object = open("maps/sizes", "el");
    // Not a whole number of elements; no array at the end; shorter than its variables; room for none of the array.
    object.map_mut(".data.table").unwrap().set_value_size(30).unwrap();
    object.map_mut(".data.plain").unwrap().set_value_size(64).unwrap();
    let refused = |object: &mut Object, map: &str, size| {
        object.map_mut(map).unwrap().set_value_size(size).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&mut object, ".data.plain", 3),
        "value size of map `.data.plain` cannot be 3: its variables take 4 bytes"
    );
    assert_eq!(
        refused(&mut object, ".data.table", 8),
        "value size of map `.data.table` cannot be 8: its variables take 16 bytes"
    );
    let plan = plan(&object, "el");
    assert_eq!((map(&plan, ".data.table").btf, map(&plan, ".data.plain").btf), (None, None));
    assert_eq!(
        notices(&plan),
        [
            PREFIXES,
            "E0457: the kernel is not told of the types of map `.data.table`: its 30 bytes do not end with whole \
             elements of an array",
            "E0457: the kernel is not told of the types of map `.data.plain`: its 64 bytes do not end with whole \
             elements of an array",
        ]
    );
    // Whole elements of it can be used all the same.
    assert_eq!(object.global_mut("table").unwrap().get::<[u64; 2]>(), Ok([10, 20]));
}

/// What is set is what is planned, and what cannot be set says why.
#[test]
fn setters() {
    let mut object = open("socket/filter_maps", "el");
    let lengths = object.map_mut("lengths").unwrap();
    lengths.set_type(MapType::LRU_HASH).unwrap().set_max_entries(7).unwrap().set_flags(0).unwrap();
    lengths.set_numa_node(Some(0)).set_ifindex(3).set_extra(1);
    object.map_mut("totals").unwrap().set_value_size(24).unwrap();
    let plan = plan(&object, "el");
    let set = map(&plan, "lengths");
    assert_eq!((set.map_type, set.max_entries, set.flags), (MapType::LRU_HASH, 7, 4));
    assert_eq!((set.numa_node, set.ifindex, set.extra), (Some(0), 3, 1));
    assert_eq!(map(&plan, "totals").value_size, 24);

    object.map_mut("lengths").unwrap().set_numa_node(None).set_key_size(8).unwrap();
    let plan = object.plan(&kernel("recent", "el")).unwrap();
    assert_eq!((map(&plan, "lengths").flags, map(&plan, "lengths").btf), (0, None));
    assert_eq!(
        notices(&plan),
        [
            "E0457: the kernel is not told of the types of map `lengths`: its key has 8 bytes, and `__u32` has 4"
        ]
    );

    let text = |outcome: Result<&mut bpf_loader::object::MapSpec, SpecError>| {
        let error = outcome.unwrap_err();
        format!("{}: {error}", error.code())
    };
    let lengths = object.map_mut("lengths").unwrap();
    assert_eq!(
        text(lengths.set_type(MapType::UNSPEC)),
        "E0316: type of map `lengths` cannot be 0: a map has a type"
    );
    assert_eq!(
        text(lengths.set_flags(1 << 16)),
        "E0316: map_flags of map `lengths` cannot be 0x10000: BPF_F_TOKEN_FD is set by the loader where it is needed"
    );
    assert_eq!(
        text(lengths.set_contents(&[0; 4])),
        "E0315: initial values of map `lengths` cannot be set: it holds no data section"
    );
    assert_eq!(
        text(lengths.set_inner(&InnerMap::new(MapType::ARRAY, 4, 4, 1))),
        "E0315: inner map of map `lengths` cannot be set: it is no map of maps"
    );
    let rodata = object.map_mut(".rodata").unwrap();
    assert_eq!(text(rodata.set_contents(&[0; 3])), "E0312: `.rodata` has 4 bytes, the value has 3");
    assert_eq!(
        text(rodata.set_max_entries(2)),
        "E0315: max_entries of map `.rodata` cannot be set: it holds a data section"
    );
    // BPF_F_RDONLY_PROG is what makes it read-only; whether it can be mapped is open.
    assert_eq!(
        text(rodata.set_flags(0)),
        "E0315: map_flags of map `.rodata` cannot be set: it holds a data section"
    );
    rodata.set_flags(1 << 7).unwrap().set_contents(&7_u32.to_le_bytes()).unwrap();
    let plan = object.plan(&kernel("recent", "el")).unwrap();
    assert_eq!(map(&plan, ".rodata").contents.as_deref(), Some(&7_u32.to_le_bytes()[..]));
    assert_eq!(map(&plan, ".rodata").flags, 1 << 7);
}

#[test]
fn what_is_inside() {
    let mut object = open("maps/nested", "el");
    object.map_mut("kept").map(drop).unwrap_err();
    let like = InnerMap::like(object.map_mut("first").unwrap());
    let by_index = object.map_mut("by_index").unwrap();
    by_index.set_inner(&InnerMap::new(MapType::HASH, 8, 16, 32).flags(1)).unwrap();
    assert_eq!(
        by_index.set_inner(&InnerMap::new(MapType::HASH_OF_MAPS, 4, 4, 1)).map(drop).unwrap_err().to_string(),
        "inner map of map `by_index` cannot be hash_of_maps: maps of maps do not nest"
    );
    let planned = plan(&object, "el");
    let inner = map(&planned, "by_index").inner.as_ref().unwrap();
    assert_eq!((inner.key_size, inner.value_size, inner.max_entries, inner.flags), (8, 16, 32, 1));
    assert_eq!(inner.btf, None);
    object.map_mut("by_index").unwrap().set_inner(&like).unwrap();
    let planned = plan(&object, "el");
    assert_eq!(map(&planned, "by_index").inner.as_ref().unwrap().map_type, MapType::ARRAY);
    assert_eq!(
        object.map_mut("by_index").unwrap().set_type(MapType::HASH).map(drop).unwrap_err().to_string(),
        "type of map `by_index` cannot be hash: its initial values are for the type that it has"
    );
    // A map of another type that becomes one of maps has nothing inside.
    object.map_mut("first").unwrap().set_type(MapType::HASH_OF_MAPS).unwrap().set_value_size(4).unwrap();
    assert_eq!(
        refused(&object),
        ["E0425: map `first` is a map of maps, and nothing says what the maps inside are like"]
    );
}

#[test]
fn where_maps_are_pinned() {
    let mut object = OpenOptions::new().pin_root("/pins/app").open(path("maps/pinned", "el")).unwrap();
    let pin = |object: &Object| map(&plan(object, "el"), "pinned_counts").pin.clone();
    assert_eq!(pin(&object).as_deref(), Some(Path::new("/pins/app/pinned_counts")));
    object.map_mut("pinned_counts").unwrap().set_pin_path(Some(Path::new("/elsewhere")));
    assert_eq!(pin(&object).as_deref(), Some(Path::new("/elsewhere")));
    object.map_mut("pinned_counts").unwrap().set_pin_path(None);
    assert_eq!(pin(&object), None);

    let mut object = open("maps/optional", "el");
    for name in ["kept", "extra"] {
        object.map_mut(name).unwrap().set_pin_path(Some(Path::new("/pins/one")));
    }
    assert_eq!(refused(&object), ["E0427: maps `kept` and `extra` are both to be pinned to /pins/one"]);
}

#[test]
fn maps_for_one_program() {
    let mut object = open("maps/optional", "el");
    object.map_mut("kept").unwrap().set_exclusive(Some("guarded"));
    let planned = plan(&object, "el");
    let guarded = planned.programs().iter().find(|program| program.name == "guarded").unwrap();
    assert_eq!(map(&planned, "kept").exclusive, Some(guarded.id));

    let old = Kernel::builder().feature(Feature::ExclusiveMaps, Answer::No);
    let failed = object.plan(&old.build()).unwrap_err();
    let [error] = failed.errors() else { panic!("{failed}") };
    assert_eq!(
        (error.code(), error.to_string().as_str(), error.help().as_deref()),
        (
            "E0428",
            "map `kept` is for program `guarded` only: this kernel has no such maps",
            Some("Linux 6.18 is the first that has")
        )
    );
    object.program_mut("guarded").unwrap().set_autoload(false);
    assert_eq!(refused(&object), ["E0428: map `kept` is for program `guarded` only: it is not to be loaded"]);
    object.map_mut("kept").unwrap().set_exclusive(Some("guraded"));
    let failed = object.plan(&kernel("recent", "el")).unwrap_err();
    assert_eq!(failed.errors()[0].help().as_deref(), Some("did you mean `guarded`?"));
}

/// All that is wrong with maps is said in one run, each by its type's rule.
#[test]
fn rules_of_types() {
    let mut object = open("maps/sizes", "el");
    object.map_mut("prefixes").unwrap().set_flags(0).unwrap();
    object.map_mut("queue").unwrap().set_max_entries(0).unwrap();
    object.map_mut("ring").unwrap().set_key_size(4).unwrap();
    assert_eq!(
        refused(&object),
        [
            "E0431: map `ring`: key size is 4; it has to be 0 in a map of type ringbuf",
            "E0431: map `prefixes`: a map of type lpm_trie needs BPF_F_NO_PREALLOC in map_flags",
            "E0431: map `queue`: max_entries is 0 or unset; a map of type queue needs it",
        ]
    );
}

#[test]
fn names_that_are_close() {
    let mut object = open("socket/filter_maps", "el");
    let error = object.map_mut("lenghts").map(drop).unwrap_err();
    assert_eq!((error.code(), error.help().as_deref()), ("E0311", Some("did you mean `lengths`?")));
}

/// Which of them would be the one?
#[test]
fn a_map_for_one_program_that_has_instances() {
    let mut object = open("maps/optional", "el");
    object.map_mut("kept").unwrap().set_exclusive(Some("guarded"));
    object.set_instances("guarded", Instances::new(2)).unwrap();
    let found = refused(&object);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("E0428: ") && found[0].ends_with("each is a program of its own"),
        "{found:?}"
    );
}

/// The device of maps and programs goes into the plan as it was set.
#[test]
fn devices() {
    for order in ORDERS {
        let mut object = open("socket/filter_maps", order);
        object.map_mut("lengths").unwrap().set_ifindex(7);
        object.program_mut("count_lengths").unwrap().set_ifindex(8);
        let plan = plan(&object, order);
        assert_eq!(map(&plan, "lengths").ifindex, 7);
        assert!(plan.maps().iter().filter(|map| map.name != "lengths").all(|map| map.ifindex == 0));
        assert_eq!(plan.programs()[0].ifindex, 8);
    }
}
