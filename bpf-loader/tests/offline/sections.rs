//! Plans of what stands in sections of its own: variables in arenas, jump tables, maps of the old kind. By hand.

use bpf_btf::Endian;
use bpf_elf::{SecHandler, SecHandlers};
use bpf_loader::kernel::{Answer, Machine};
use bpf_loader::plan::{AttachPoint, PlanArena, Ref};
use bpf_loader::{Feature, Kernel, Object, OpenOptions};
use bpf_sys::uapi::{AttachType, MapType, ProgramType};

use crate::stored::stored;
use crate::support::{ORDERS, path};

/// A kernel of which nothing else is known.
fn kernel(order: &str, features: &[(Feature, Answer)]) -> Kernel {
    let endian = if order == "eb" { Endian::Big } else { Endian::Little };
    let kernel = Kernel::builder().machine(Machine::unknown(endian));
    features.iter().fold(kernel, |kernel, (feature, answer)| kernel.feature(*feature, *answer)).build()
}

#[test]
fn variables_stand_at_the_end_of_an_arena() {
    for order in ORDERS {
        let mut object = Object::open(path("arena/globals", order)).unwrap();
        object.global_mut("counter").unwrap().set(&7_u32).unwrap();
        let plan = object.plan(&kernel(order, &[])).unwrap();
        let arena = plan.maps().iter().find(|map| map.name == "arena").unwrap();
        // 10 pages of 4096 bytes; 0x12cc bytes take two of them.
        assert_eq!(arena.arena, Some(PlanArena { len: 40960, globals_at: 32768 }));
        let contents = arena.contents.as_ref().unwrap();
        assert_eq!((contents.len(), &contents[..4]), (0x12cc, &7_u32.to_ne_bytes()[..]));
        assert_eq!((arena.flags, arena.freeze, arena.btf), (1024, false, None));
        let offsets = plan.programs()[0].insns.iter().filter_map(|insn| match insn.reference {
            Some(Ref::MapValue { map, offset }) if map == arena.id => Some((insn.insn.src, offset)),
            _ => None,
        });
        // BPF_PSEUDO_MAP_VALUE is 2; counter, big, quiet.
        assert_eq!(offsets.collect::<Vec<_>>(), [(2, 0), (2, 8), (2, 0x12c8)]);
    }
}

#[test]
fn an_arena_has_to_have_room() {
    let placed = |pages: u32, wide: Answer| {
        let mut object = Object::open(path("arena/globals", "el")).unwrap();
        object.map_mut("arena").unwrap().set_max_entries(pages).unwrap();
        let plan = object.plan(&kernel("el", &[(Feature::WideOffsets, wide)]));
        plan.map(|plan| {
            let assumed = plan.assumptions().any(|(feature, _)| feature == Feature::WideOffsets);
            (plan.maps()[0].arena.unwrap().globals_at, assumed)
        })
        .map_err(|failed| {
            let [error] = failed.errors() else { panic!("{failed}") };
            format!("{} {error}; {}", error.code(), error.help().unwrap_or_default())
        })
    };
    assert_eq!(placed(2, Answer::No), Ok((0, false)));
    // Up to 512 MiB, 131,072 pages, every kernel takes the offset.
    assert_eq!(placed(131_072, Answer::No), Ok((0x2000_0000 - 8192, false)));
    assert_eq!(placed(131_073, Answer::No), Ok((0, false)));
    assert_eq!(placed(131_073, Answer::Yes), Ok((0x2000_0000 - 4096, false)));
    assert_eq!(placed(131_073, Answer::Unknown), Ok((0x2000_0000 - 4096, true)));
    assert_eq!(placed(1 << 20, Answer::Yes), Ok((0xffff_e000, false)));

    let refused = |pages| placed(pages, Answer::Yes).unwrap_err();
    assert_eq!(
        refused(1),
        "E0461 map `arena` cannot hold the variables in its arena: they take 2 pages of 4096 bytes, max_entries is 1; set its max_entries to 2 or more"
    );
    assert_eq!(
        refused((1 << 20) + 1),
        "E0461 map `arena` cannot hold the variables in its arena: it has 4294971392 bytes, and an arena has 4 GiB at the most; set its max_entries lower"
    );
}

#[test]
fn jumps_by_tables() {
    for order in ORDERS {
        let object = Object::open(path("jump/table", order)).unwrap();
        let plan = object.plan(&kernel(order, &[(Feature::InsnArray, Answer::Yes)])).unwrap();
        let [choose] = plan.programs() else { panic!() };
        // readelf: choose_0 to choose_3 at 0x58, 0x68, 0x78, 0x88 of `socket`; choose has 20 slots, of_two comes after
        // it; of_two_even and of_two_odd at 0x40 and 0x50 of `.text`.
        let tables = choose
            .jump_tables
            .iter()
            .map(|table| (table.name.as_str(), table.targets.iter().map(|insn| insn.0).collect::<Vec<_>>()));
        let tables = tables.collect::<Vec<_>>();
        assert_eq!(tables, [("CHOOSE", vec![11, 13, 15, 17]), ("OF_TWO", vec![28, 30])]);
        let loads = (0..).zip(&choose.insns).filter_map(|(at, insn)| match insn.reference {
            Some(Ref::JumpTable(table)) => Some((at, table, insn.insn.src, insn.insn.imm)),
            _ => None,
        });
        assert_eq!(loads.collect::<Vec<_>>(), [(6, 0, 2, 0), (23, 1, 2, 0)]);
        assert!(plan.maps().is_empty());
    }
    let object = Object::open(path("jump/table", "el")).unwrap();
    let failed = object.plan(&kernel("el", &[(Feature::InsnArray, Answer::No)])).unwrap_err();
    let [error] = failed.errors() else { panic!("{failed}") };
    assert_eq!(
        format!("{} {error}", error.code()),
        "E0463 program `choose` jumps by table `CHOOSE`, and this kernel has no maps of type insn_array"
    );
}

#[test]
fn maps_of_the_old_kind_have_their_types() {
    for order in ORDERS {
        let plan = Object::open(path("maps/legacy", order)).unwrap().plan(&kernel(order, &[])).unwrap();
        let found = plan.maps().iter().map(|map| {
            (
                map.name.as_str(),
                map.map_type,
                map.key_size,
                map.value_size,
                map.max_entries,
                map.flags,
                map.btf.is_some(),
            )
        });
        let expected = [
            ("modern", MapType::ARRAY, 4, 4, 1, 0, true),
            ("sizes", MapType::HASH, 4, 8, 64, 1, true),
            ("plain", MapType::ARRAY, 4, 4, 3, 0, false),
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn handlers_say_what_programs_are() {
    let handler = SecHandler::new("soc/+", ProgramType::XDP);
    let own = SecHandlers::new().add(handler).add(
        SecHandler::new("socket", ProgramType::CGROUP_SKB)
            .attach_type(AttachType::CGROUP_INET_EGRESS)
            .sleepable()
            .program_flags(1)
            .cookie(3),
    );
    for order in ORDERS {
        let options = OpenOptions::new().sec_handlers(own.clone());
        let plan = options.open(path("socket/minimal", order)).unwrap().plan(&kernel(order, &[])).unwrap();
        let [program] = plan.programs() else { panic!() };
        assert_eq!(program.program_type, ProgramType::CGROUP_SKB);
        assert_eq!(program.attach, AttachPoint::Type(AttachType::CGROUP_INET_EGRESS));
        // BPF_F_SLEEPABLE is 1 << 4, BPF_F_STRICT_ALIGNMENT 1 << 0.
        assert_eq!(program.flags, 0x11);
        let file = plan.object().file();
        assert_eq!(file.program(program.id).unwrap().def.as_ref().unwrap().cookie, Some(3));
    }
    let plan = Object::open(path("socket/minimal", "el")).unwrap().plan(&kernel("el", &[])).unwrap();
    assert_eq!(plan.programs()[0].program_type, ProgramType::SOCKET_FILTER);
}

/// `BPF_MAP_TYPE_INSN_ARRAY` is among the strings of the BTF of 7.2, and not of that of 6.18.
#[test]
fn which_kernels_have_maps_of_instructions() {
    for (kernel, order, has) in [
        ("x86_64-5.10", "el", false),
        ("x86_64-6.12", "el", false),
        ("x86_64-6.18", "el", false),
        ("s390x-6.12", "eb", false),
        ("x86_64-7.2", "el", true),
    ] {
        let planned = Object::open(path("jump/table", order)).unwrap().plan(&stored(kernel));
        assert_eq!(planned.is_ok(), has, "{kernel}");
    }
}

/// A kernel's BTF lists the types of maps and programs that it has. `bpf_map_type` has BPF_MAP_TYPE_ARENA from Linux 6.9
/// on, `bpf_prog_type` BPF_PROG_TYPE_SYSCALL from 5.14 on.
#[test]
fn types_that_a_kernel_does_not_have() {
    for (kernel, want) in [
        ("x86_64-5.10", &["E0430", "E0431"][..]),
        ("x86_64-6.1", &["E0431"]),
        ("x86_64-6.12", &[]),
        ("aarch64-6.12", &[]),
    ] {
        let planned = Object::open(path("arena/globals", "el")).unwrap().plan(&stored(kernel));
        let codes = planned.err().map_or_else(Vec::new, |failed| {
            failed.errors().iter().map(|error| error.code().to_owned()).collect()
        });
        assert_eq!(codes, want, "{kernel}");
    }
    // What is left out may be of any type, as may what is in a kernel of which nothing is known.
    let mut object = Object::open(path("maps/typed", "el")).unwrap();
    let failed = object.plan(&stored("x86_64-5.10")).unwrap_err();
    let said: Vec<String> = failed.errors().iter().map(ToString::to_string).collect();
    let why = "this kernel has no maps of type bloom_filter; Linux 5.16 is the first that has";
    assert_eq!(said, [format!("map `filter`: {why}")]);
    object.map_mut("filter").unwrap().set_autocreate(false);
    assert!(object.plan(&stored("x86_64-5.10")).is_ok());
}
