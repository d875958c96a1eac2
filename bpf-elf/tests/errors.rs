//! What is said of objects that are wrong: one line, or one small object, for each case.

mod common;

use bpf_btf::Kind;
use bpf_elf::ObjectFile;
use common::Elf;
use common::build::*;

/// Code and text, and what must be in the help.
#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    match ObjectFile::parse(bytes) {
        Ok(_) => panic!("opened, expected: {expected}"),
        Err(error) => {
            assert_eq!(format!("{} {error}", error.code()), expected);
            let mut cause = std::error::Error::source(&error);
            while let Some(found) = cause {
                assert!(!error.to_string().contains(&found.to_string()), "the cause is told twice: {found}");
                cause = found.source();
            }
        }
    }
}

#[track_caller]
fn check_help(bytes: &[u8], expected: &str) {
    let error = ObjectFile::parse(bytes).expect_err("an error");
    assert!(error.help().unwrap_or_default().contains(expected), "{error}: {:?}", error.help());
}

fn changed(fixture: &str, change: impl FnOnce(&mut Elf)) -> Vec<u8> {
    let mut elf = Elf::of(fixture);
    change(&mut elf);
    elf.bytes
}

#[test]
fn not_elf() {
    check(b"", "E0201 not ELF: the file is 0 bytes");
    check(b"#!/bin/sh\n", "E0201 not ELF: the file of 10 bytes begins with `#!/b`");
    check(b"\0\x01", "E0201 not ELF: the file of 2 bytes begins with `\\x00\\x01`");
    check(b"\x7fELF", "E0202 truncated: the ELF header ends at 64, the file has 4 bytes");
    check_help(b"int main", "clang -g -O2 -target bpf");
}

#[test]
fn not_a_bpf_object() {
    check(&common::bytes_at("bad/wrong_machine.x86_64.o"), "E0205 made for x86-64, not for BPF");
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(18, &[183, 0])),
        "E0205 made for AArch64, not for BPF",
    );
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(18, &[9, 9])),
        "E0205 made for machine 2313, not for BPF",
    );
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(4, &[1])),
        "E0203 a 32-bit ELF file; BPF objects are 64-bit",
    );
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(16, &[3])),
        "E0204 a shared library or executable, not a relocatable object file",
    );
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(16, &[2])),
        "E0204 an executable, not a relocatable object file",
    );
    // No machine at all is what some tools write.
    assert!(ObjectFile::parse(&changed("socket/minimal.el", |elf| _ = elf.put(18, &[0, 0]))).is_ok());
}

#[test]
fn cut_off() {
    let bytes = common::bytes("tracing/raw_tp.el");
    check(&bytes[..2000], "E0202 truncated: the section header table ends at 11632, the file has 2000 bytes");
    let long = changed("tracing/raw_tp.el", |elf| {
        let at = elf.header(".maps") + common::SH_SIZE;
        elf.put(at, &0x10_0000u64.to_le_bytes());
    });
    assert!(ObjectFile::parse(&long).is_ok(), "the size of `.maps` is not used beyond its variables");
    let long = changed("tracing/raw_tp.el", |elf| {
        let at = elf.header(".data") + common::SH_SIZE;
        elf.put(at, &0x10_0000u64.to_le_bytes());
    });
    check(&long, "E0202 truncated: section `.data` ends at 1049256, the file has 11632 bytes");
}

#[test]
fn tables_missing_or_damaged() {
    let stripped = changed("socket/minimal.el", |elf| {
        let at = elf.header(".symtab") + common::SH_TYPE;
        elf.put(at, &[1]);
    });
    check(&stripped, "E0206 there is no symbol table");
    check_help(&stripped, "llvm-strip -g");
    check(
        &changed("socket/minimal.el", |elf| _ = elf.put(40, &[0; 8])),
        "E0207 damaged ELF file: there is no section header table",
    );
    let name = changed("socket/minimal.el", |elf| {
        let at = elf.symbol("seven");
        elf.put(at + common::ST_NAME, &0xffff_u32.to_le_bytes());
    });
    check(&name, "E0207 damaged ELF file: symbol 10: its name cannot be read");
    let overlap = changed("tracing/raw_tp.el", |elf| {
        // A second set of relocations, as long as the file allows, over everything else.
        let header = elf.header(".rel.debug_str_offsets");
        let target = u32::try_from(elf.headers().position(|at| at == elf.header(".text")).unwrap()).unwrap();
        elf.put(header + common::SH_OFFSET, &[0; 8]).put(header + common::SH_SIZE, &11_632u64.to_le_bytes());
        elf.put(header + common::SH_INFO, &target.to_le_bytes());
    });
    check(
        &overlap,
        "E0207 damaged ELF file: section 17 `.rel.debug_str_offsets`: it overlaps other sections",
    );
    let addends = changed("tracing/raw_tp.el", |elf| {
        let at = elf.header(".rel.text") + common::SH_TYPE;
        elf.put(at, &[4]);
    });
    check(
        &addends,
        "E0207 damaged ELF file: section 3 `.rel.text`: relocations with addends are not used for BPF",
    );
}

#[test]
fn types_missing_or_damaged() {
    check(
        &common::bytes("bad/no_btf.el"),
        "E0211 section `.maps` needs types, and there is no `.BTF` section",
    );
    check_help(&common::bytes("bad/no_btf.el"), "compile with `clang -g -target bpf`");
    check(
        &common::bytes("bad/no_btf_struct_ops.eb"),
        "E0211 section `.struct_ops.link` needs types, and there is no `.BTF` section",
    );
    let damaged = |section: &'static str| {
        changed("tracing/raw_tp.el", |elf| {
            let at = elf.section(section);
            elf.put(at, &[0]);
        })
    };
    check(&damaged(".BTF"), "E0212 section `.BTF` cannot be read");
    check(&damaged(".BTF.ext"), "E0212 section `.BTF.ext` cannot be read");
    let cause = ObjectFile::parse(&damaged(".BTF")).expect_err("damaged");
    let cause = std::error::Error::source(&cause).expect("a cause").to_string();
    assert_eq!(cause, "not BTF: it begins with 0xeb00, not with 0xeb9f");
}

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
    check(
        &relocated(&load, 0, LD_IMM64, |object, _| {
            let arena = object.section(".addr_space.1", ALLOC, [0; 8]);
            object.symbol("in_arena", GLOBAL_OBJECT, arena, 0, 8)
        }),
        "E0292 relocation at 0x0 of section `socket` against `in_arena` needs variables in an arena, which is not supported yet",
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
    check_help(&bad, "max_entries");
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
fn struct_ops() {
    let object = |member: &'static str, target: &'static str| {
        let mut types = Types::new();
        let int = types.int("long", 8);
        let proto = types.add("", Kind::FUNC_PROTO, 0, 0, &[]);
        let callback = types.pointer(proto);
        let ops = types.structure("some_ops", &[("number", int), ("callback", callback)]);
        let var = types.variable("ops", ops, 1);
        types.datasec(".struct_ops.link", &[[var, 0, 16]]);
        let mut object = Object::new();
        object.section(".BTF", 0, types.finish());
        let section = object.section(".struct_ops.link", ALLOC, [0; 16]);
        let ops = object.symbol("ops", GLOBAL_OBJECT, section, 0, 16);
        object.program("struct_ops", "program", &RETURN_ZERO);
        let target = match target {
            "ops" => ops,
            "absent" => object.symbol("absent", GLOBAL_NOTYPE, 0, 0, 0),
            _ => ops + 1,
        };
        let offset = match member {
            "number" => 0,
            "callback" => 8,
            "outside" => 16,
            _ => 4,
        };
        object.reloc(section, offset, ABS64, target);
        object.finish()
    };
    let good = ObjectFile::parse(&object("callback", "program")).expect("opens");
    assert_eq!(good.struct_ops()[0].callbacks, [(8, good.functions()[0].id)]);
    check(
        &object("number", "program"),
        "E0274 struct_ops section `.struct_ops.link`: `program` is assigned to `ops.number`, which is not a pointer to a function",
    );
    check(
        &object("middle", "program"),
        "E0274 struct_ops section `.struct_ops.link`: `program` is assigned to `ops.<offset 4>`, which is not a pointer to a function",
    );
    check(
        &object("callback", "ops"),
        "E0275 struct_ops section `.struct_ops.link`: `ops.callback` is set to `ops`, which is not a function of this object",
    );
    check(
        &object("callback", "absent"),
        "E0275 struct_ops section `.struct_ops.link`: `ops.callback` is set to `absent`, which is not a function of this object",
    );
    check(
        &object("outside", "program"),
        "E0273 struct_ops section `.struct_ops.link`: the relocation against `program` at 0x10 is in no variable",
    );
}

#[test]
fn too_large() {
    let mut object = Object::new();
    object.bss(".bss", 200 << 20);
    assert!(ObjectFile::parse(&object.finish()).is_ok());
    let mut object = Object::new();
    object.bss(".bss", 200 << 20);
    object.bss(".bss.more", 100 << 20);
    check(
        &object.finish(),
        "E0208 section `.bss.more` wants 104857600 bytes; all sections of its kind together may have 268435456",
    );
}

#[test]
fn license_and_version() {
    let with = |name: &str, bytes: &[u8]| {
        let mut object = Object::new();
        object.section(name, ALLOC, bytes);
        object.finish()
    };
    assert_eq!(ObjectFile::parse(&with("license", b"GPL\0junk")).expect("opens").license(), Some("GPL"));
    assert_eq!(ObjectFile::parse(&with("license", b"GPL")).expect("opens").license(), Some("GPL"));
    check(&with("license", b"\xff\0"), "E0281 section `license` does not hold UTF-8 text");
    check(&with("version", b"\0"), "E0282 section `version` has 1 bytes, a kernel version has 4");
}
