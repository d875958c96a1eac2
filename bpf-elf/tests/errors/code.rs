//! Functions and what their instructions refer to.

use crate::common;
use crate::common::build::*;
use crate::{changed, check, check_help};
use bpf_elf::{JumpTableId, ObjectFile, RelocTarget};

#[test]
fn functions() {
    let function = |field: usize, value: u64| {
        changed("tracing/raw_tp.el", |elf| {
            let at = elf.symbol("on_sys_enter") + field;
            elf.put(at, &value.to_le_bytes());
        })
    };
    check(
        &function(common::ST_SIZE, 128),
        "E0221 function `on_sys_enter` in section `raw_tp/sys_enter` is outside of it: it ends at 0x80, the section at 0x78",
    );
    check(
        &function(common::ST_VALUE, u64::MAX),
        "E0221 function `on_sys_enter` in section `raw_tp/sys_enter` is outside of it: it ends at 0xffffffffffffffff, the section at 0x78",
    );
    check(
        &function(common::ST_SIZE, 12),
        "E0222 function `on_sys_enter` in section `raw_tp/sys_enter` is not made of whole instructions: it begins at 0x0 and has 12 bytes",
    );
    check(
        &function(common::ST_SIZE, 0),
        "E0222 function `on_sys_enter` in section `raw_tp/sys_enter` is not made of whole instructions: it begins at 0x0 and has 0 bytes",
    );
    let fixed = changed("tracing/raw_tp.el", |elf| {
        let at = elf.symbol("on_sys_enter") + common::ST_INFO;
        elf.put(at, &[LOCAL_FUNC]);
    });
    check(
        &fixed,
        "E0223 function `on_sys_enter` in section `raw_tp/sys_enter` is static, and a program cannot be static",
    );
    check_help(&fixed, "drop `static`");
    let overlap = changed("tracing/raw_tp.el", |elf| {
        let at = elf.symbol("weigh") + common::ST_VALUE;
        elf.put(at, &0x60u64.to_le_bytes());
    });
    check(&overlap, "E0224 function `weigh` in section `.text` overlaps function `count_call`");
}

#[test]
fn names_of_the_same_code() {
    let object = |names: usize| {
        let mut object = Object::new();
        let code = object.section("socket", ALLOC | EXEC, RETURN_ZERO);
        for name in 0..names {
            object.symbol(&format!("name_{name}"), GLOBAL_FUNC, code, 0, 16);
        }
        object.finish()
    };
    let two = ObjectFile::parse(&object(2)).expect("two names are fine");
    assert_eq!(two.programs().iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["name_0", "name_1"]);
    assert_eq!(two.functions()[0].insns, two.functions()[1].insns);
    assert!(ObjectFile::parse(&object(16)).is_ok());
    check(
        &object(17),
        "E0225 function `name_16` in section `socket` is one of more than 16 names for the same instructions",
    );
}

/// An object of one program with one relocation.
fn relocated(code: &[u8], offset: u64, kind: u32, symbol: impl FnOnce(&mut Object, u32) -> u32) -> Vec<u8> {
    let mut object = Object::new();
    let code = object.program("socket", "program", code);
    let symbol = symbol(&mut object, code);
    object.reloc(code, offset, kind, symbol);
    object.finish()
}

#[test]
fn relocations() {
    let variable = |object: &mut Object, _| {
        let bss = object.bss(".bss", 8);
        object.symbol("variable", GLOBAL_OBJECT, bss, 0, 8)
    };
    let load = [LD_INSN, RETURN_ZERO].concat();
    let call = [&CALL_INSN[..], &RETURN_ZERO].concat();
    assert!(ObjectFile::parse(&relocated(&load, 0, LD_IMM64, variable)).is_ok());
    check(
        &relocated(&load, 0x48, LD_IMM64, variable),
        "E0231 relocation at 0x48 is outside section `socket` of 0x20 bytes",
    );
    check(
        &relocated(&load, 4, LD_IMM64, variable),
        "E0232 relocation at 0x4 of section `socket` is not where an instruction begins",
    );
    check(
        &relocated(&load, 0, LD_IMM64, |_, _| 99),
        "E0233 relocation at 0x0 of section `socket` refers to symbol 99, which does not exist",
    );
    check(
        &relocated(&load, 0, CALL, variable),
        "E0234 relocation at 0x0 of section `socket` against `variable` has type R_BPF_64_32, R_BPF_64_64 is needed",
    );
    check(
        &relocated(&load, 0, 4, variable),
        "E0234 relocation at 0x0 of section `socket` against `variable` has type R_BPF_64_NODYLD32, R_BPF_64_64 is needed",
    );
    check(
        &relocated(&load, 16, LD_IMM64, variable),
        "E0235 relocation at 0x10 of section `socket` against `variable` changes `(b7) r0 = 0`, which cannot take an address",
    );
    check(
        &relocated(&[&[0x85, 0, 0, 0, 1, 0, 0, 0][..], &RETURN_ZERO].concat(), 0, CALL, variable),
        "E0235 relocation at 0x0 of section `socket` against `variable` changes a call that is no call of a function",
    );
    check(
        &relocated(&call, 0, CALL, variable),
        "E0236 relocation at 0x0 of section `socket` leads to offset 0x0 of section `.bss`, where no function begins",
    );
    check(
        &relocated(&call, 0, CALL, |object, code| object.symbol("middle", GLOBAL_FUNC, code, 8, 16)),
        "E0224 function `middle` in section `socket` overlaps function `program`",
    );
    check(
        &relocated(&call, 0, CALL, |object, _| {
            object.program("xdp", "other", &RETURN_ZERO);
            2
        }),
        "E0237 relocation at 0x0 of section `socket` leads to `other` in section `xdp`; only functions of `.text` can be called",
    );
    check(
        &relocated(&load, 0, LD_IMM64, |object, _| object.symbol("common", GLOBAL_OBJECT, 0xfff2, 8, 8)),
        "E0240 relocation at 0x0 of section `socket` against `common` refers to a variable without a section",
    );
    check(
        &relocated(&load, 0, LD_IMM64, |object, _| {
            let section = object.section("elsewhere", ALLOC, [0; 8]);
            object.symbol("thing", GLOBAL_OBJECT, section, 0, 8)
        }),
        "E0241 relocation at 0x0 of section `socket` against `thing` leads to section `elsewhere`, which holds no map, data or function",
    );
    check(
        &relocated(&load, 0, LD_IMM64, |object, _| {
            let bss = object.bss(".bss", 8);
            object.symbol("far", GLOBAL_OBJECT, bss, 9, 8)
        }),
        "E0239 relocation at 0x0 of section `socket` leads to offset 9 of section `.bss`, which has 8 bytes",
    );
}

/// An object of two functions in one section, the second of which uses a jump table of those bytes, by a symbol at that
/// place and of that size; some entries are relocated against a section or function.
fn with_table(entries: &[u64], (at, size): (u64, u64), imm: i32, relocs: &[(u64, u32, &str)]) -> Vec<u8> {
    let mut object = Object::new();
    let mut load = LD_INSN;
    load[4..8].copy_from_slice(&imm.to_le_bytes());
    let code = object.section("socket", ALLOC | EXEC, [&RETURN_ZERO[..], &load, &RETURN_ZERO].concat());
    object.symbol("before", GLOBAL_FUNC, code, 0, 16);
    object.symbol("jumps", GLOBAL_FUNC, code, 16, 32);
    let other = object.program("xdp", "other", &RETURN_ZERO);
    let tables =
        object.section(".jumptables", 0, entries.iter().flat_map(|e| e.to_le_bytes()).collect::<Vec<_>>());
    let table = object.symbol("BPF.JT.0.0", LOCAL_OBJECT, tables, at, size);
    let here = object.symbol("", 0x03, code, 0, 0);
    let there = object.symbol("", 0x03, other, 0, 0);
    object.reloc(code, 16, LD_IMM64, table);
    for (at, kind, section) in relocs {
        object.reloc(tables, *at, *kind, if *section == "socket" { here } else { there });
    }
    object.finish()
}

#[test]
fn jump_tables() {
    let targets = |bytes: &[u8]| {
        let object = ObjectFile::parse(bytes).expect("opens");
        let jumps = object.functions().iter().find(|function| function.name == "jumps").unwrap();
        let [table] = &jumps.jump_tables[..] else { panic!("{:?}", jumps.jump_tables) };
        assert_eq!((table.name.as_str(), jumps.relocs.len()), ("BPF.JT.0.0", 1));
        assert_eq!(jumps.relocs[0].target, RelocTarget::JumpTable(JumpTableId(0)));
        (table.offset.0, table.targets.iter().map(|insn| insn.0).collect::<Vec<_>>())
    };
    // The section is 8 slots long; `jumps` begins at slot 2, its exit is slot 5.
    assert_eq!(targets(&with_table(&[0x20, 0x28, 0x10], (0, 24), 0, &[])), (0, vec![2, 3, 0]));
    assert_eq!(targets(&with_table(&[9, 0x28, 9], (8, 8), 0, &[])), (8, vec![3]));
    assert_eq!(targets(&with_table(&[0x20, 0x28], (0, 16), 0, &[(8, ABS64, "socket")])), (0, vec![2, 3]));
    let bad = |bytes: &[u8], expected: &str| {
        let (code, what) = expected.split_once(' ').unwrap();
        check(
            bytes,
            &format!(
                "{code} relocation at 0x10 of section `socket` against jump table `BPF.JT.0.0`, which {what}"
            ),
        );
    };
    let shape = |offset: &str, size| {
        format!(
            "E0244 has {size} bytes at {offset} of a section of 0x10 bytes: not one or more entries of 8 bytes"
        )
    };
    bad(&with_table(&[0x20, 0x28], (4, 8), 0, &[]), &shape("0x4", 8));
    bad(&with_table(&[0x20, 0x28], (0, 12), 0, &[]), &shape("0x0", 12));
    bad(&with_table(&[0x20, 0x28], (0, 0), 0, &[]), &shape("0x0", 0));
    bad(&with_table(&[0x20, 0x28], (8, 16), 0, &[]), &shape("0x8", 16));
    bad(&with_table(&[0x20, 0x28], (8, u64::MAX), 0, &[]), &shape("0x8", u64::MAX));
    bad(&with_table(&[0x20], (0, 8), 8, &[]), "E0244 an instruction wants 8 bytes behind its beginning");
    let leads = |value: &str, entry| {
        format!(
            "E0245 leads to {value} by its entry {entry}, where no instruction of function `jumps` begins"
        )
    };
    bad(&with_table(&[0x20, 0x8], (0, 16), 0, &[]), &leads("0x8", 1));
    bad(&with_table(&[0x30], (0, 8), 0, &[]), &leads("0x30", 0));
    bad(&with_table(&[0x24], (0, 8), 0, &[]), &leads("0x24", 0));
    bad(&with_table(&[0x20], (0, 8), 0, &[(0, ABS64, "xdp")]), &leads("0x20", 0));
    check(
        &with_table(&[0x20], (0, 8), 0, &[(0, LD_IMM64, "socket")]),
        "E0234 relocation at 0x10 of section `socket` against `socket` has type R_BPF_64_64, R_BPF_64_ABS64 is needed",
    );
}

#[test]
fn jump_tables_do_not_overlap_without_end() {
    let mut object = Object::new();
    let code = object.section("socket", ALLOC | EXEC, [&LD_INSN.repeat(400)[..], &RETURN_ZERO].concat());
    object.symbol("jumps", GLOBAL_FUNC, code, 0, 400 * 16 + 16);
    let tables = object.section(".jumptables", 0, vec![0; 8 * 400]);
    for at in 0..400 {
        let table = object.symbol(&format!("t{at}"), LOCAL_OBJECT, tables, at * 8, (400 - at) * 8);
        object.reloc(code, at * 16, LD_IMM64, table);
    }
    // The first so many of 400, 399, ... entries are 16 x 400 together.
    check(
        &object.finish(),
        "E0244 relocation at 0x100 of section `socket` against jump table `t16`, which shares its entries with other tables",
    );
}

/// A relocation of code says where in the source it is.
#[test]
fn source_of_a_relocation() {
    let bad = changed("tracing/raw_tp.el", |elf| {
        // The first relocation of raw_tp/sys_enter, of a call, gets the type of an immediate.
        let at = elf.section(".relraw_tp/sys_enter");
        elf.put(at + common::R_TYPE, &[1]);
    });
    let error = ObjectFile::parse(&bad).unwrap_err();
    let labels: Vec<String> = error.labels().iter().map(ToString::to_string).collect();
    // Slot 4 of on_sys_enter is the call of `watched`, a static function: line 77 of the source.
    assert_eq!(
        labels,
        [
            "section raw_tp/sys_enter",
            "offset 0x20",
            "symbol .text",
            "function on_sys_enter",
            "instruction 4",
            "./fixtures/tracing/raw_tp.bpf.c:77"
        ]
    );
}

#[test]
fn calls_without_relocation() {
    let mut object = Object::new();
    object.program(".text", "f", &[&[0x85, 0x10, 0, 0, 5, 0, 0, 0][..], &RETURN_ZERO].concat());
    check(
        &object.finish(),
        "E0236 relocation at 0x0 of section `.text` leads to offset 0x30 of section `.text`, where no function begins",
    );
    let mut object = Object::new();
    object.program("xdp", "f", &[&CALL_INSN[..], &RETURN_ZERO].concat());
    check(
        &object.finish(),
        "E0237 relocation at 0x0 of section `xdp` leads to `f` in section `xdp`; only functions of `.text` can be called",
    );
    let mut object = Object::new();
    let mut code = [LD_INSN, RETURN_ZERO].concat();
    code[1] = 0x41;
    object.program(".text", "f", &code);
    check(
        &object.finish(),
        "E0243 relocation at 0x0 of section `.text` is missing: an instruction takes a function's address",
    );
    // What the linker put aside for a stronger definition has no symbol, and its relocations do not count.
    let mut object = Object::new();
    let code = object.section(".text", ALLOC | EXEC, [RETURN_ZERO, RETURN_ZERO].concat());
    let symbol = object.symbol("strong", GLOBAL_FUNC, code, 16, 16);
    object.reloc(code, 0, CALL, symbol);
    assert!(ObjectFile::parse(&object.finish()).is_ok());
}
