//! Objects made to hurt: tables that contradict each other, sizes that nobody has, types that lead in circles. Each is a
//! value or an error with a code, and takes little time and memory.

mod common;

use std::time::{Duration, Instant};

use bpf_btf::Kind;
use bpf_elf::ObjectFile;
use common::build::*;
use common::{Elf, R_SYMBOL, R_TYPE, SH_ENTSIZE, SH_FLAGS, SH_INFO, SH_LINK, SH_OFFSET, SH_SIZE, SH_TYPE};

/// Opens within a second, and asks everything of what opens. Gives the code of the error.
#[track_caller]
fn outcome(bytes: &[u8]) -> String {
    let start = Instant::now();
    let code = match ObjectFile::parse(bytes) {
        Ok(object) => {
            assert!(object.dump().len() < 4 << 20);
            String::from("opens")
        }
        Err(error) => {
            assert!(!error.to_string().contains(char::is_control), "{error}");
            let _ = (error.labels(), error.help());
            error.code().to_owned()
        }
    };
    assert!(start.elapsed() < Duration::from_secs(1), "{code} after {:?}", start.elapsed());
    code
}

/// Changes a field of a section's header, and says what comes of it.
#[track_caller]
fn header(fixture: &str, section: &str, field: usize, value: &[u8]) -> String {
    let mut elf = Elf::of(fixture);
    let at = elf.header(section) + field;
    elf.put(at, value);
    outcome(&elf.bytes)
}

const HUGE: [u8; 8] = [0xff; 8];
const HUGE_WORD: [u8; 4] = [0xff; 4];
const RAW_TP: &str = "tracing/raw_tp.el";
const MAPS: &str = "own/maps.el";
const CONG: &str = "struct_ops/cong.el";

#[test]
fn tables_that_name_wrong_sections() {
    // The symbol table names itself as its strings, a section that is not there, or one that is not strings.
    let elf = Elf::of(RAW_TP);
    let index = |name: &str| {
        let wanted = elf.header(name);
        u32::try_from(elf.headers().position(|at| at == wanted).unwrap()).unwrap().to_le_bytes()
    };
    assert_eq!(header(RAW_TP, ".symtab", SH_LINK, &index(".symtab")), "E0207");
    assert_eq!(header(RAW_TP, ".symtab", SH_LINK, &HUGE_WORD), "E0207");
    assert_eq!(header(RAW_TP, ".symtab", SH_LINK, &index(".data")), "E0207");
    // Relocations of a section that is not there, or by another symbol table; those of relocations are not looked at.
    assert_eq!(header(RAW_TP, ".rel.text", SH_INFO, &HUGE_WORD), "E0207");
    assert_eq!(header(RAW_TP, ".rel.text", SH_LINK, &index(".text")), "E0207");
    assert_eq!(header(RAW_TP, ".rel.text", SH_LINK, &HUGE_WORD), "E0207");
    assert_eq!(header(RAW_TP, ".rel.text", SH_INFO, &index(".rel.text")), "opens");
    // The section names are in a section that is not there, or in one that has no bytes.
    let named_by = |at: u16| {
        let mut elf = Elf::of(RAW_TP);
        elf.put(62, &at.to_le_bytes());
        outcome(&elf.bytes)
    };
    assert_eq!((named_by(0xfffe), named_by(0)), ("E0207".into(), "E0207".into()));
}

#[test]
fn tables_of_wrong_sizes() {
    for (field, value) in [(SH_SIZE, HUGE), (SH_OFFSET, HUGE), (SH_ENTSIZE, [0; 8]), (SH_ENTSIZE, HUGE)] {
        for section in [".symtab", ".rel.text", ".BTF", ".BTF.ext", ".text", "license", ".data"] {
            let found = header(RAW_TP, section, field, &value);
            let wrong = ["E0202", "E0207", "E0208"].contains(&found.as_str());
            // Only tables of entries have an entry size that matters.
            let sized = field != SH_ENTSIZE || [".symtab", ".rel.text"].contains(&section);
            assert_eq!(wrong, sized, "{section} + {field}: {found}");
        }
    }
    assert_eq!(header(RAW_TP, ".symtab", SH_SIZE, &25_u64.to_le_bytes()), "E0207");
    assert_eq!(header(RAW_TP, ".rel.text", SH_SIZE, &17_u64.to_le_bytes()), "E0207");
    // Everything is in the same place.
    for section in [".text", ".rel.text", ".BTF", ".symtab"] {
        let found = header(RAW_TP, section, SH_OFFSET, &[0; 8]);
        assert_ne!(found, "opens", "{section}");
    }
}

#[test]
fn symbols_that_are_nowhere() {
    let symbol = |fixture: &str, name: &str, field: usize, value: &[u8]| {
        let mut elf = Elf::of(fixture);
        let at = elf.symbol(name) + field;
        elf.put(at, value);
        outcome(&elf.bytes)
    };
    assert_eq!(symbol(RAW_TP, "on_sys_enter", common::ST_SHNDX, &0xfeff_u16.to_le_bytes()), "E0207");
    assert_eq!(symbol(RAW_TP, "on_sys_enter", common::ST_SHNDX, &[100, 0]), "E0207");
    assert_eq!(symbol(RAW_TP, "on_sys_enter", common::ST_VALUE, &HUGE), "E0221");
    assert_eq!(symbol(RAW_TP, "on_sys_enter", common::ST_SIZE, &HUGE), "E0221");
    // A map where there is none; a variable in no section.
    assert_eq!(symbol(MAPS, "ring", common::ST_VALUE, &HUGE), "E0216");
    assert_eq!(symbol(MAPS, "ring", common::ST_SHNDX, &0xfff1_u16.to_le_bytes()), "E0215");
    assert_eq!(symbol("own/data.el", "origin", common::ST_VALUE, &HUGE), "E0216");
    assert_eq!(symbol("arena/globals.el", "big", common::ST_VALUE, &HUGE), "E0216");
    assert_eq!(symbol("jump/table.el", "CHOOSE", common::ST_VALUE, &HUGE), "E0244");
    assert_eq!(symbol("jump/table.el", "CHOOSE", common::ST_SIZE, &HUGE), "E0244");
    assert_eq!(symbol("maps/legacy.el", "plain", common::ST_VALUE, &HUGE), "E0263");
}

#[test]
fn relocations_of_anything() {
    let reloc = |fixture: &str, section: &str, field: usize, value: &[u8]| {
        let mut elf = Elf::of(fixture);
        let at = elf.section(section) + field;
        elf.put(at, value);
        outcome(&elf.bytes)
    };
    for (fixture, section) in [(RAW_TP, ".rel.text"), (MAPS, ".rel.maps"), (CONG, ".rel.struct_ops.link")] {
        for (field, value) in
            [(0, &HUGE[..]), (0, &[1, 0, 0, 0]), (R_TYPE, &HUGE_WORD), (R_SYMBOL, &HUGE_WORD)]
        {
            assert_ne!(reloc(fixture, section, field, value), "opens", "{section} + {field}");
        }
    }
    // Of a data section they are only told of.
    assert_eq!(reloc("own/data.el", ".rel.rodata", 0, &HUGE), "opens");
    assert_eq!(reloc("own/data.el", ".rel.rodata", R_SYMBOL, &HUGE_WORD), "opens");
}

/// An object with those types and a section `.maps` of that many bytes, and in it a map `m`.
fn with_types(types: Types, size: u64) -> Vec<u8> {
    let mut object = Object::new();
    object.section(".BTF", 0, types.finish());
    let maps = object.section(".maps", ALLOC, vec![0; usize::try_from(size).unwrap()]);
    object.symbol("m", GLOBAL_OBJECT, maps, 0, size);
    object.finish()
}

#[test]
fn map_definitions_that_are_none() {
    let with = |size, make: &dyn Fn(&mut Types) -> u32| {
        let mut types = Types::new();
        let def = make(&mut types);
        let var = types.variable("m", def, 1);
        types.datasec(".maps", &[[var, 0, size]]);
        outcome(&with_types(types, 16))
    };
    // libbpf#484: the variable's type is not there, or is the variable itself, or nothing.
    assert_eq!(with(16, &|_| 0xffff), "E0214");
    assert_eq!(with(16, &|_| 1), "E0252");
    assert_eq!(with(16, &|_| 0), "E0252");
    // A struct without members; a variable without bytes.
    assert_eq!(with(16, &|types| types.structure("", &[])), "E0259");
    assert_eq!(with(0, &|types| types.structure("", &[])), "E0259");
    assert_eq!(with(0, &|types| types.structure("", &[("type", 0)])), "E0254");
    assert_eq!(with(u32::MAX, &|types| types.structure("", &[])), "E0216");
    // libbpf#963: more members than there is room for.
    assert_eq!(with(16, &|types| types.add("", Kind::STRUCT, 0xffff, 16, &[0, 0, 0])), "E0212");
    // A member that is a pointer to itself, an array of itself, a typedef of itself.
    for kind in [Kind::PTR, Kind::TYPEDEF, Kind::CONST] {
        let name = if kind == Kind::TYPEDEF { "t" } else { "" };
        assert_ne!(
            with(8, &|types| {
                let own = types.add(name, kind, 0, 1, &[]);
                types.structure("", &[("type", own)])
            }),
            "opens"
        );
    }
    assert_eq!(
        with(8, &|types| {
            let array = types.add("", Kind::ARRAY, 0, 0, &[1, 1, 5]);
            let pointer = types.pointer(array);
            types.structure("", &[("key", pointer)])
        }),
        "E0214"
    );
}

#[test]
fn data_sections_that_types_tell_otherwise() {
    let with = |size: u32, vars: &[[u32; 3]], name: &str, linkage: u32| {
        let mut types = Types::new();
        let int = types.int("int", 4);
        let var = types.variable("v", int, linkage);
        let vars: Vec<[u32; 3]> = vars.iter().map(|[_, at, size]| [var, *at, *size]).collect();
        types.datasec_of(name, size, &vars);
        let mut object = Object::new();
        object.section(".BTF", 0, types.finish());
        let data = object.section(".data", ALLOC, [0; 8]);
        object.symbol("v", GLOBAL_OBJECT, data, 4, 4);
        outcome(&object.finish())
    };
    assert_eq!(with(0, &[[0, 0, 4]], ".data", 1), "opens");
    // What the linker has laid out is taken as it is: outside, overlapping, more or less than the section has.
    assert_eq!(with(8, &[[0, 8, 4]], ".data", 1), "E0216");
    assert_eq!(with(8, &[[0, u32::MAX, u32::MAX]], ".data", 1), "E0216");
    assert_eq!(with(8, &[[0, 0, 4], [0, 2, 4], [0, 0, 8]], ".data", 1), "opens");
    assert_eq!(with(u32::MAX, &[[0, 0, 4]], ".data", 1), "opens");
    assert_eq!(with(4, &[[0, 4, 4]], ".data", 0), "opens");
    // Of a section that is not there; of the types' own section; extern in a section that is there.
    assert_eq!(with(8, &[[0, 100, 4]], ".data.gone", 1), "opens");
    assert_eq!(with(8, &[[0, 0, 4]], ".BTF", 1), "opens");
    assert_eq!(with(8, &[[0, 100, 4]], ".data", 2), "opens");
    // Twice the same section.
    let mut types = Types::new();
    let int = types.int("int", 4);
    let var = types.variable("v", int, 0);
    types.datasec_of(".data", 8, &[[var, 0, 4]]);
    types.datasec_of(".data", 8, &[[var, 100, 4]]);
    let mut object = Object::new();
    object.section(".BTF", 0, types.finish());
    object.section(".data", ALLOC, [0; 8]);
    assert_eq!(outcome(&object.finish()), "opens");
}

/// libbpf#390, #483: two dozen bytes of BTF.
#[test]
fn btf_headers() {
    for words in [
        [24, 0, 0, 0, 0],
        [24, 0, 0xffff_ffff, 0, 1],
        [24, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff],
        [24, 0, 0, 0, 0xffff_ffff],
        [0, 0, 0, 0, 0],
        [0xffff_ffff, 0, 0, 0, 0],
        [24, 0, 1, 0, 0],
    ] {
        let mut blob = vec![0x9f, 0xeb, 1, 0];
        words.iter().for_each(|word: &u32| blob.extend(word.to_le_bytes()));
        let mut object = Object::new();
        object.section(".BTF", 0, blob);
        assert_eq!(outcome(&object.finish()), "E0212", "{words:x?}");
    }
}

#[test]
fn btf_ext_of_any_record_size() {
    let elf = Elf::of(RAW_TP);
    let at = elf.section(".BTF.ext");
    // The header is 32 bytes long: offsets and lengths of functions, lines and relocations; then the first record size.
    let put = |offset: usize, value: u32| {
        let mut elf = Elf::of(RAW_TP);
        elf.put(at + offset, &value.to_le_bytes());
        outcome(&elf.bytes)
    };
    let tables = [(8, 12), (16, 20)];
    for (offset, len) in tables {
        assert!(elf.u32(at + len) > 0);
        for size in [0, 1, 3, 7, 0x7fff_fff8, 0xffff_fff8, u32::MAX] {
            assert_eq!(put(elf.u32(at + 4) + elf.u32(at + offset), size), "E0212", "records of {size}");
        }
        for value in [1, 2, 0x7fff_ffff, u32::MAX] {
            assert_eq!(put(offset, value), "E0212", "offset {value}");
        }
        assert_eq!(put(len, u32::MAX), "E0212");
    }
    for header_len in [0, 8, 23, u32::MAX] {
        assert_eq!(put(4, header_len), "E0212", "header of {header_len}");
    }
    // How many records the first section has.
    for count in [0, 0x1000_0000, u32::MAX] {
        assert_eq!(put(elf.u32(at + 4) + elf.u32(at + 8) + 8, count), "E0212", "{count} records");
    }
}

/// libbpf#634: names that are not in the table, sections that are cut off, relocations of what has no bytes.
#[test]
fn names_and_bytes_that_are_missing() {
    let elf = Elf::of("own/externs.el");
    let types = elf.section(".BTF") + 24;
    let strings = u32::try_from(elf.u32(elf.section(".BTF") + 20)).unwrap();
    let mut found = Vec::new();
    // The name of every type in turn.
    for record in 0..elf.u32(elf.section(".BTF") + 12) / 4 {
        let mut elf = Elf::of("own/externs.el");
        elf.put(types + record * 4, &strings.to_le_bytes());
        found.push(outcome(&elf.bytes));
    }
    assert!(
        found.iter().any(|code| code == "E0214") && found.iter().any(|code| code == "E0212"),
        "{found:?}"
    );
    assert_eq!(header(RAW_TP, "license", SH_OFFSET, &HUGE), "E0202");
    let nobits = header(RAW_TP, "raw_tp/sys_enter", SH_TYPE, &8_u32.to_le_bytes());
    assert_eq!(nobits, "opens", "what has no bytes holds no programs");
    assert_eq!(header(RAW_TP, ".text", SH_TYPE, &8_u32.to_le_bytes()), "E0236");
    // Compressed, says the flag, and it is not.
    assert_eq!(header(RAW_TP, ".data", SH_FLAGS, &[3, 8]), "E0207");
}

/// Bytes that this process had at its most.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok()).unwrap_or(0) << 10
}

/// Small files that ask for much: the memory stays in proportion to the file.
#[test]
fn memory_is_bounded() {
    let before = peak();
    let mut largest = 0;
    let mut open = |bytes: Vec<u8>, expected: &str| {
        largest = largest.max(bytes.len());
        assert_eq!(outcome(&bytes), expected);
    };
    // A section of nothing that wants 4 GiB, and as much once decompressed.
    let mut object = Object::new();
    object.bss(".bss", 4 << 30);
    open(object.finish(), "E0208");
    let mut object = Object::new();
    let mut compressed = vec![1, 0, 0, 0, 0, 0, 0, 0];
    compressed.extend((4_u64 << 30).to_le_bytes());
    compressed.extend([0; 24]);
    object.section(".data", ALLOC | 0x800, compressed);
    open(object.finish(), "E0208");
    // Ten thousand tables that all are the whole section; ten thousand maps in none.
    let mut object = Object::new();
    let code = object.section("socket", ALLOC | EXEC, [&LD_INSN.repeat(10_000)[..], &RETURN_ZERO].concat());
    object.symbol("f", GLOBAL_FUNC, code, 0, 160_016);
    let tables = object.section(".jumptables", 0, vec![0; 80_000]);
    for at in 0..10_000 {
        let table = object.symbol("t", LOCAL_OBJECT, tables, at % 100 * 8, 79_000 - at % 7 * 8);
        object.reloc(code, at * 16, LD_IMM64, table);
    }
    open(object.finish(), "E0244");
    let mut object = Object::new();
    let maps = object.section("maps", ALLOC, [2, 0, 0, 0].repeat(5));
    for at in 0..10_000 {
        object.symbol("m", GLOBAL_OBJECT, maps, at, 20);
    }
    open(object.finish(), "E0263");
    // A thousand sections of old maps, and as many symbols in each.
    let mut object = Object::new();
    for section in 0..1000 {
        let maps = object.section(&format!("maps/{section}"), ALLOC, [2, 0, 0, 0].repeat(50));
        for at in 0..10 {
            object.symbol("m", GLOBAL_OBJECT, maps, at * 20, 20);
        }
    }
    open(object.finish(), "opens");
    assert!(largest < 2 << 20, "{largest}");
    let grown = peak() - before;
    assert!(grown < 128 << 20, "{} MiB more", grown >> 20);
}
