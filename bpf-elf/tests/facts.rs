//! What stands in the fixtures, found by hand with llvm-objdump, llvm-readelf and bpftool, not by this crate.

mod common;

use bpf_btf::{Kind, Linkage as BtfLinkage, VarLinkage};
use bpf_elf::{
    ByteOffset, DataKind, InsnIndex, Linkage, MapKind, ObjectFile, ParseOptions, RelocTarget, SecHandler,
    SecHandlers, SectionKind, SlotTarget,
};
use bpf_sys::uapi::{MapType, ProgramType};
use common::open;

/// What each instruction of a function refers to, in words.
fn references(object: &ObjectFile, function: &str) -> Vec<String> {
    let found = object.functions().iter().find(|found| found.name == function).expect("the function exists");
    let word = |target: &RelocTarget| match target {
        RelocTarget::Map(id) => format!("map {}", object.map(*id).unwrap().name),
        RelocTarget::MapValue { map, offset } => format!("{}+{offset}", object.map(*map).unwrap().name),
        RelocTarget::Call(id) => format!("call {}", object.function(*id).unwrap().name),
        RelocTarget::FunctionPointer(id) => format!("pointer {}", object.function(*id).unwrap().name),
        RelocTarget::Extern(id) => format!("extern {}", object.externs()[id.0 as usize].name),
        other => format!("{other:?}"),
    };
    found.relocs.iter().map(|reloc| format!("{} {}", reloc.at, word(&reloc.target))).collect()
}

#[test]
fn calls_with_and_without_relocation() {
    for target in ["el", "eb"] {
        let object = open(&format!("tracing/raw_tp.{target}"));
        // `call 0xb` at slot 1 of .text leads to slot 13, 0x68; `call 0xe` at 11 to 26, 0xd0. No relocations there.
        let expected = ["1 call weigh", "2 .bss+0", "5 .bss+8", "8 map by_number", "11 call count_in"];
        assert_eq!(references(&object, "count_call"), expected);
        // Slot 13 of .text has `call 0x7` at 18: slot 26.
        assert_eq!(references(&object, "weigh"), ["3 map by_remainder", "5 call count_in", "9 .data+0"]);
        // R_BPF_64_32 against .text with immediate 0x30: slot 0x31, 0x188.
        assert_eq!(
            references(&object, "on_sys_enter"),
            ["4 call watched", "9 .bss+16", "13 call count_call"]
        );
    }
}

#[test]
fn callbacks() {
    for target in ["el", "eb"] {
        let object = open(&format!("own/code.{target}"));
        // R_BPF_64_64 against .text with immediate 0x80; against the symbol global_callback with 0.
        assert_eq!(references(&object, "second"), ["1 pointer static_callback", "7 call hidden_helper"]);
        assert_eq!(
            references(&object, "only_on_request"),
            ["1 pointer global_callback", "7 call weak_helper"]
        );
    }
}

#[test]
fn variables_in_an_arena() {
    for target in ["el", "eb"] {
        let object = open(&format!("arena/globals.{target}"));
        // .addr_space.1 of 0x12cc bytes; symbols counter at 0, big at 8; quiet is static, at 0x12c8: R_BPF_64_64 against
        // the section, with that immediate.
        let expected = ["0 map arena", "2 arena+0", "8 .bss+0", "13 arena+8", "19 arena+4808"];
        assert_eq!(references(&object, "use"), expected);
        let arena = object.map_named("arena").unwrap();
        assert_eq!((arena.map_type, arena.max_entries), (MapType::ARENA, 10));
        let globals = arena.globals.as_ref().unwrap();
        assert_eq!((globals.bytes.len(), globals.kind), (0x12cc, DataKind::Arena));
        let forty = if target == "el" { [40, 0, 0, 0] } else { [0, 0, 0, 40] };
        assert_eq!(globals.bytes[..4], forty);
        let names: Vec<_> =
            object.globals_of(arena.id).iter().map(|g| (g.name.as_str(), g.offset, g.size)).collect();
        assert_eq!(names, [("counter", 0, 4), ("big", 8, 4800), ("quiet", 0x12c8, 4)]);
        assert_eq!(object.global_named("calls").unwrap().map, object.map_named(".bss").unwrap().id);
        let section = object.sections().iter().find(|section| section.name == ".addr_space.1").unwrap();
        assert_eq!(section.kind, SectionKind::Data(DataKind::Arena));
    }
}

#[test]
fn maps_of_the_old_kind() {
    for target in ["el", "eb"] {
        let object = open(&format!("maps/legacy.{target}"));
        assert_eq!(
            references(&object, "count"),
            ["8 map plain", "13 map modern", "27 map sizes", "35 map sizes"]
        );
        let said = |name: &str| {
            let map = object.map_named(name).unwrap();
            let types = (map.key_type.is_some(), map.value_type.is_some());
            (map.map_type, map.key_size, map.value_size, map.max_entries, map.flags, types)
        };
        assert_eq!(said("sizes"), (MapType::HASH, 4, 8, 64, 1, (true, true)));
        assert_eq!(said("plain"), (MapType::ARRAY, 4, 4, 3, 0, (false, false)));
        let kind = |name: &str| object.map_named(name).unwrap().kind.clone();
        let section = object.sections().iter().find(|section| section.name == "maps").unwrap().index;
        assert_eq!(kind("plain"), MapKind::Legacy { section, section_offset: ByteOffset(20) });
        assert!(matches!(kind("modern"), MapKind::Declared { .. }));
        let object = open(&format!("maps/legacy_aya.{target}"));
        let pinned: Vec<_> = object.maps().iter().map(|map| (map.name.as_str(), map.pin_by_name)).collect();
        assert_eq!(pinned, [("SHARED", true), ("PRIVATE", false)]);
    }
}

#[test]
fn jump_tables() {
    for target in ["el", "eb"] {
        let object = open(&format!("jump/table.{target}"));
        // readelf: CHOOSE is 32 bytes at 0x10 of .jumptables, OF_TWO 16 at 0. choose_0 to choose_3 are at 0x58, 0x68, 0x78
        // and 0x88 of `socket`, of_two_even and of_two_odd at 0x40 and 0x50 of `.text`.
        let tables = |name: &str| {
            let function = object.functions().iter().find(|function| function.name == name).unwrap();
            let table = |table: &bpf_elf::JumpTable| {
                let targets: Vec<_> = table.targets.iter().map(|insn| insn.0).collect();
                (table.name.clone(), table.offset.0, targets)
            };
            function.jump_tables.iter().map(table).collect::<Vec<_>>()
        };
        assert_eq!(tables("choose"), [("CHOOSE".to_owned(), 0x10, vec![11, 13, 15, 17])]);
        assert_eq!(tables("of_two"), [("OF_TWO".to_owned(), 0, vec![8, 10])]);
        assert_eq!(references(&object, "choose"), ["2 call of_two", "6 JumpTable(JumpTableId(0))"]);
    }
}

#[test]
fn functions_in_the_order_of_the_file() {
    let object = open("tracing/raw_tp.el");
    let found: Vec<_> =
        object.functions().iter().map(|f| (f.name.as_str(), f.offset.0, f.insns.len())).collect();
    let expected = [
        ("count_call", 0, 13),
        ("weigh", 0x68, 13),
        ("count_in", 0xd0, 23),
        ("watched", 0x188, 13),
        ("on_sys_enter", 0, 15),
    ];
    assert_eq!(found, expected);
    assert_eq!(object.functions().iter().filter(|f| f.is_subprogram).count(), 4);
    assert_eq!(object.functions()[1].linkage, Linkage::Static);
    assert_eq!(object.functions()[0].linkage, Linkage::Global);
    for (at, function) in object.functions().iter().enumerate() {
        assert_eq!(function.id.0 as usize, at);
        let btf = object.btf().unwrap();
        let declared = btf.get(function.type_id.unwrap()).unwrap();
        assert_eq!((declared.kind(), declared.name().unwrap()), (Kind::FUNC, function.name.as_str()));
    }
}

#[test]
fn programs_and_their_sections() {
    let object = open("own/code.el");
    let found: Vec<_> = object
        .programs()
        .iter()
        .map(|p| (p.name.as_str(), p.section.as_str(), p.def.as_ref().map(|d| d.program_type), p.autoload))
        .collect();
    let expected = [
        ("first", "xdp", Some(ProgramType::XDP), true),
        ("second", "xdp", Some(ProgramType::XDP), true),
        ("only_on_request", "?kprobe/do_unlinkat", Some(ProgramType::KPROBE), false),
        ("unknown_section", "in/my/own/words", None, true),
    ];
    assert_eq!(found, expected);
    assert_eq!(object.program_named("second").unwrap().id.0, 1);
    assert!(object.program_named("weak_helper").is_none());
    assert_eq!(object.version(), Some(0x60c00));
    assert_eq!(object.license(), Some("GPL"));
}

#[test]
fn hidden_functions_and_variables_are_static_for_the_kernel() {
    let object = open("own/code.el");
    let btf = object.btf().unwrap();
    let linkage = |name: &str| {
        let function = object.functions().iter().find(|f| f.name == name).unwrap();
        (function.linkage, function.hidden, btf.get(function.type_id.unwrap()).unwrap().linkage().unwrap())
    };
    assert_eq!(linkage("hidden_helper"), (Linkage::Global, true, BtfLinkage::Static));
    assert_eq!(linkage("weak_helper"), (Linkage::Weak, false, BtfLinkage::Global));
    assert_eq!(linkage("static_callback"), (Linkage::Static, false, BtfLinkage::Static));

    let object = open("own/data.el");
    assert_eq!(object.global_named("hidden_only").unwrap().linkage, VarLinkage::Static);
    assert_eq!(object.global_named("own_data").unwrap().linkage, VarLinkage::Global);
    let mmapable = |name: &str| match &object.map_named(name).unwrap().kind {
        MapKind::Data(data) => data.mmapable,
        other => panic!("{other:?}"),
    };
    let found = [".data", ".data.own", ".data.hidden", ".data.static", ".rodata.str1.1"].map(mmapable);
    assert_eq!(found, [true, true, false, false, false]);
}

#[test]
fn data_sections_get_their_sizes_and_offsets() {
    for target in ["el", "eb"] {
        let object = open(&format!("tracing/raw_tp.{target}"));
        let btf = object.btf().unwrap();
        let bss = btf.get(btf.find(".bss", Kind::DATASEC).unwrap()).unwrap();
        assert_eq!(bss.size(), Some(32));
        let places: Vec<_> = bss.section_vars().map(|var| (var.offset, var.size)).collect();
        assert_eq!(places, [(0, 8), (8, 4), (16, 8), (24, 8)]);
        let maps = btf.get(btf.find(".maps", Kind::DATASEC).unwrap()).unwrap();
        assert_eq!(maps.section_vars().map(|var| var.offset).collect::<Vec<_>>(), [0, 32]);
        let label = object.global_named("label").unwrap();
        let map = object.map(label.map).unwrap();
        assert_eq!((label.offset, label.size, map.name.as_str(), map.flags), (8, 8, ".data", 0x400));
        let MapKind::Data(data) = &map.kind else { panic!() };
        assert_eq!(&data.bytes[8..], b"calls\0\0\0");
        assert_eq!(data.bytes[..8].iter().copied().max(), Some(3));
        assert_eq!(object.map_named(".rodata").unwrap().flags, 0x480);
        assert_eq!(object.global_at(label.map, 10), Some((label, 2)));
        assert_eq!(object.global_at(label.map, 16), None);
    }
}

#[test]
fn addresses_in_data_are_told_and_left() {
    let object = open("own/data.el");
    let MapKind::Data(data) = &object.map_named(".rodata").unwrap().kind else { panic!() };
    let places: Vec<_> =
        data.pointers.iter().map(|pointer| (pointer.offset, pointer.symbol.as_str())).collect();
    assert_eq!(places, [(ByteOffset(0), ".rodata.str1.1"), (ByteOffset(8), ".rodata.str1.1")]);
    // The offsets of "zero" and "one" in the section of strings.
    assert_eq!(data.bytes, [0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn map_definitions() {
    for target in ["el", "eb"] {
        let object = open(&format!("socket/filter_maps.{target}"));
        let lengths = object.map_named("lengths").unwrap();
        assert_eq!((lengths.map_type, lengths.key_size, lengths.value_size), (MapType::HASH, 4, 16));
        assert_eq!((lengths.max_entries, lengths.flags, lengths.autocreate), (64, 1, true));
        let btf = object.btf().unwrap();
        let value = btf.get(lengths.value_type.unwrap()).unwrap();
        assert_eq!((value.kind(), value.name().unwrap()), (Kind::STRUCT, "bucket"));
        let totals = object.map_named("totals").unwrap();
        assert_eq!(
            (totals.key_size, totals.value_size, totals.key_type, totals.value_type),
            (4, 8, None, None)
        );

        let object = open(&format!("own/maps.{target}"));
        let names: Vec<_> = object.maps().iter().map(|map| map.name.as_str()).collect();
        assert_eq!(
            names,
            ["one", "two", "array_of_maps", "tails", "hash_of_maps", "ring", "everything", "arena"]
        );
        let everything = object.map_named("everything").unwrap();
        assert_eq!((everything.numa_node, everything.pin_by_name, everything.flags), (Some(1), true, 4));
        assert_eq!((everything.key_size, everything.value_size), (8, 24));
        assert_eq!(object.map_named("arena").unwrap().extra, 0x1000_0000_0000);
        // Rounding to whole pages is for later: the file says 5000.
        assert_eq!(object.map_named("ring").unwrap().max_entries, 5000);
    }
}

#[test]
fn slots() {
    for target in ["el", "eb"] {
        let object = open(&format!("own/maps.{target}"));
        let id = |name| object.map_named(name).unwrap().id;
        let outer = object.map_named("array_of_maps").unwrap();
        assert_eq!(outer.slots, [(0, SlotTarget::Map(id("one"))), (3, SlotTarget::Map(id("two")))]);
        let inner = outer.inner.as_deref().unwrap();
        assert_eq!(
            (inner.name.as_str(), inner.map_type, inner.value_size),
            ("array_of_maps.inner", MapType::ARRAY, 8)
        );
        let program = |name| SlotTarget::Program(object.program_named(name).unwrap().id);
        assert_eq!(
            object.map_named("tails").unwrap().slots,
            [(1, program("tail_a")), (7, program("tail_b"))]
        );
    }
}

#[test]
fn struct_ops_variables() {
    for target in ["el", "eb"] {
        let object = open(&format!("struct_ops/cong_shared.{target}"));
        let [slow, fast] = object.struct_ops() else { panic!() };
        // .struct_ops.link is 0x80 bytes: two variables of 0x40.
        assert_eq!((slow.name.as_str(), fast.name.as_str()), ("bpf_slow", "bpf_fast"));
        let callbacks = |var: &bpf_elf::StructOpsVar| -> Vec<_> {
            let name = |id: bpf_elf::FunctionId| object.function(id).unwrap().name.clone();
            var.callbacks.iter().map(|(at, id)| (*at, name(*id))).collect()
        };
        let named =
            |list: &[(u32, &str)]| -> Vec<_> { list.iter().map(|(at, n)| (*at, (*n).to_owned())).collect() };
        assert_eq!(
            callbacks(slow),
            named(&[(32, "shared_undo_cwnd"), (48, "slow_cong_avoid"), (64, "shared_ssthresh")])
        );
        assert_eq!(
            callbacks(fast),
            named(&[
                (32, "shared_undo_cwnd"),
                (48, "fast_cong_avoid"),
                (56, "fast_init"),
                (64, "shared_ssthresh")
            ])
        );
        assert_eq!(&slow.image[4..13], b"bpf_slow\0");
        let map = object.map(fast.map).unwrap();
        assert_eq!(
            (map.map_type, map.flags, map.max_entries, map.key_size),
            (MapType::STRUCT_OPS, 0x2000, 1, 4)
        );
        assert_eq!(
            (map.value_size as usize, map.kind.clone()),
            (fast.image.len(), MapKind::StructOps(fast.id))
        );
        assert!(object.programs().iter().all(|program| program.struct_ops));
    }
}

#[test]
fn static_callbacks_are_found_by_what_stands_in_the_data() {
    for target in ["el", "eb"] {
        let object = open(&format!("struct_ops/cong_static.{target}"));
        let [var] = object.struct_ops() else { panic!() };
        let names: Vec<_> =
            var.callbacks.iter().map(|(_, id)| object.function(*id).unwrap().name.as_str()).collect();
        // The second word of the section is 0x30: static_cong_avoid begins there in struct_ops/shared_section.
        assert_eq!(names, ["static_ssthresh", "static_cong_avoid", "static_undo_cwnd"]);
        assert!(var.image[..24].iter().all(|byte| *byte == 0), "callbacks are zero in the image");
        assert_eq!(object.functions().iter().filter(|f| f.linkage == Linkage::Static).count(), 3);
        assert_eq!(object.programs().len(), 3);
    }
}

#[test]
fn callbacks_are_programs_whatever_their_section() {
    let object = open("struct_ops/cong_no_sec.el");
    let found: Vec<_> =
        object.programs().iter().map(|p| (p.name.as_str(), p.section.as_str(), p.struct_ops)).collect();
    let expected = [
        ("text_undo_cwnd", ".text", true),
        ("text_cong_avoid", ".text", true),
        ("named_ssthresh", "my_own_words/here", true),
    ];
    assert_eq!(found, expected);
    let orphan = open("struct_ops/cong_orphan.el");
    assert!(!orphan.program_named("orphan_init").unwrap().struct_ops);
}

#[test]
fn every_variable_of_an_optional_section_is_optional() {
    let object = open("struct_ops/cong_optional.el");
    let found: Vec<_> = object
        .struct_ops()
        .iter()
        .map(|var| (var.name.as_str(), object.map(var.map).unwrap().autocreate))
        .collect();
    assert_eq!(found, [("bpf_always", true), ("bpf_on_request", false)]);
}

#[test]
fn source_lines() {
    let object = open("tracing/raw_tp.el");
    let function = object.functions().iter().find(|f| f.name == "watched").unwrap();
    let line = |at| object.source_line(function, InsnIndex(at)).unwrap();
    // bpftool prog dump: lines 66, 68, 69, 70 of the source; slot 2 is the second half of an immediate.
    assert_eq!(line(2).line, 68);
    assert_eq!(line(2).text, "\tif (!target_tgid || tgid == target_tgid)");
    assert_eq!(line(12).line, 72);
    assert!(line(0).file.ends_with("fixtures/tracing/raw_tp.bpf.c"));
    assert!(object.source_line(function, InsnIndex(99)).is_some(), "the last line goes on");
}

#[test]
fn core_relocations_belong_to_instructions() {
    let object = open("struct_ops/cong.el");
    let counts: Vec<_> = object.functions().iter().map(|f| (f.name.as_str(), f.core.len())).collect();
    let expected = [
        ("demo_init", 4),
        ("demo_release", 0),
        ("demo_ssthresh", 2),
        ("demo_cong_avoid", 8),
        ("demo_set_state", 1),
        ("demo_pkts_acked", 1),
        ("demo_undo_cwnd", 2),
    ];
    assert_eq!(counts, expected);
    let function = object.functions().iter().find(|f| f.name == "demo_ssthresh").unwrap();
    // Byte offsets 0xd8 and 0xe0 of the section; the function begins at 0xd0.
    assert_eq!(
        function.core.iter().map(|core| (core.insn.0, core.record.offset)).collect::<Vec<_>>(),
        [(1, 0xd8), (2, 0xe0)]
    );
}

#[test]
fn externs() {
    for target in ["el", "eb"] {
        let object = open(&format!("own/externs.{target}"));
        let found: Vec<_> = object
            .externs()
            .iter()
            .map(|e| (e.name.as_str(), e.weak, e.section.as_deref().unwrap_or_default(), e.type_id.is_some()))
            .collect();
        let expected = [
            ("bpf_maybe", true, ".ksyms", true),
            ("CONFIG_MAYBE", true, ".kconfig", true),
            ("CONFIG_HZ", false, ".kconfig", true),
            ("runqueue_size", false, ".ksyms", true),
            ("jiffies_anywhere", true, ".ksyms", true),
            ("bpf_task_acquire", false, ".ksyms", true),
        ];
        assert_eq!(found, expected);
        assert_eq!(references(&object, "use")[..2], ["0 extern bpf_maybe", "4 extern bpf_maybe"]);
    }
}

#[test]
fn without_types() {
    let object = open("socket/no_btf.el");
    assert!(object.btf().is_none());
    assert_eq!(object.programs().len(), 1);
    assert_eq!(object.functions()[0].type_id, None);
    assert!(object.source_line(&object.functions()[0], InsnIndex(0)).is_none());
}

#[test]
fn sections_have_kinds() {
    let object = open("tracing/raw_tp.el");
    let kind = |name: &str| object.sections().iter().find(|section| section.name == name).unwrap().kind;
    assert_eq!(kind(".text"), SectionKind::Program);
    assert_eq!(kind(".maps"), SectionKind::Maps);
    assert_eq!(kind(".rel.text"), SectionKind::Relocations);
    assert_eq!(kind(".debug_info"), SectionKind::Debug);
    assert_eq!(kind(".symtab"), SectionKind::Symbols);
    assert_eq!(kind(".BTF.ext"), SectionKind::BtfExt);
    let object = open("socket/minimal.el");
    assert_eq!(object.sections()[2].name, ".text");
    assert_eq!(object.sections()[2].kind, SectionKind::Other, "an empty .text holds no program");
}

#[test]
fn internal_is_as_hidden() {
    // st_other of a symbol: STV_INTERNAL is 1, STV_HIDDEN 2, STV_PROTECTED 3.
    let weak = |visibility| {
        let mut elf = common::Elf::of("own/code.el");
        let at = elf.symbol("weak_helper") + common::ST_OTHER;
        elf.put(at, &[visibility]);
        let object = ObjectFile::parse(&elf.bytes).unwrap();
        let function = object.functions().iter().find(|function| function.name == "weak_helper").unwrap();
        let btf = object.btf().unwrap();
        (function.linkage, function.hidden, btf.get(function.type_id.unwrap()).unwrap().linkage().unwrap())
    };
    assert_eq!(weak(0), (Linkage::Weak, false, BtfLinkage::Global));
    assert_eq!(weak(1), (Linkage::Weak, true, BtfLinkage::Static));
    assert_eq!(weak(2), (Linkage::Weak, true, BtfLinkage::Static));
    assert_eq!(weak(3), (Linkage::Weak, false, BtfLinkage::Global));
}

#[test]
fn sections_by_handlers() {
    let handlers = SecHandlers::new()
        .add(SecHandler::new("in/my+", ProgramType::KPROBE).program_flags(0x40).cookie(5))
        .add(SecHandler::new("xdp", ProgramType::SCHED_CLS).optional());
    for target in ["el", "eb"] {
        let options = ParseOptions::new().sec_handlers(handlers.clone());
        let object = options.parse(&common::bytes(&format!("own/code.{target}"))).unwrap();
        let found: Vec<_> = object
            .programs()
            .iter()
            .map(|program| {
                let def = program.def.as_ref().unwrap();
                (program.name.as_str(), def.program_type, def.program_flags, def.cookie, program.autoload)
            })
            .collect();
        let expected = [
            ("first", ProgramType::SCHED_CLS, 0, Some(0), false),
            ("second", ProgramType::SCHED_CLS, 0, Some(0), false),
            ("only_on_request", ProgramType::KPROBE, 0, None, false),
            ("unknown_section", ProgramType::KPROBE, 0x40, Some(5), true),
        ];
        assert_eq!(found, expected);
        assert_eq!(
            object.program_named("unknown_section").unwrap().def.as_ref().unwrap().target.as_deref(),
            Some("own/words")
        );
        assert!(object.dump().contains("by a handler of the user's, 5\n"));
    }
    // Without them the same object knows nothing of that section.
    assert_eq!(open("own/code.el").program_named("unknown_section").unwrap().def, None);
}
