//! Object files: what is opened can be dumped, twice the same; every id leads to what it names, and every place lies
//! inside what it is a place in.

use bpf_elf::{Function, InsnIndex, MapDef, MapKind, ObjectFile, RelocTarget, SlotTarget};

use crate::{Reached, walk};

pub(crate) fn body(data: &[u8]) -> Reached {
    let object = match ObjectFile::parse(data) {
        Ok(object) => object,
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.code().starts_with('E'));
            let _ = (error.labels(), error.help());
            return Reached::Door;
        }
    };
    let again = ObjectFile::parse(data).expect("the same bytes");
    assert_eq!(object.dump(), again.dump());
    functions(&object);
    maps(&object);
    globals(&object);
    for program in object.programs() {
        assert_eq!(object.program(program.id).map(|found| found.id), Some(program.id));
        assert!(object.function(program.function).is_some(), "{}", program.name);
        assert!(object.program_named(&program.name).is_some(), "{}", program.name);
    }
    if let Some(btf) = object.btf() {
        walk::types(btf);
    }
    Reached::Inside
}

fn functions(object: &ObjectFile) {
    for (at, function) in object.functions().iter().enumerate() {
        let name = &function.name;
        assert_eq!(usize::try_from(function.id.0), Ok(at), "{name}");
        let inside = |insn: InsnIndex| usize::try_from(insn.0).is_ok_and(|insn| insn < function.insns.len());
        for reloc in &function.relocs {
            assert!(inside(reloc.at), "{name} {}", reloc.at);
            assert!(leads_somewhere(object, function, &reloc.target), "{name} {:?}", reloc.target);
        }
        for table in &function.jump_tables {
            assert!(!table.targets.is_empty() && table.targets.iter().all(|insn| inside(*insn)), "{name}");
        }
        assert!(function.relocs.is_sorted_by_key(|reloc| reloc.at), "{name}");
        assert!(function.lines.is_sorted_by_key(|line| line.insn), "{name}");
        assert!(function.core.iter().all(|reloc| inside(reloc.insn)), "{name}");
        for line in function.lines.iter().take(32) {
            assert!(inside(line.insn), "{name}");
            let _ = object.source_line(function, line.insn);
        }
    }
}

fn leads_somewhere(object: &ObjectFile, of: &Function, target: &RelocTarget) -> bool {
    match target {
        RelocTarget::Map(map) | RelocTarget::MapValue { map, .. } => object.map(*map).is_some(),
        RelocTarget::Call(function) | RelocTarget::FunctionPointer(function) => {
            object.function(*function).is_some()
        }
        RelocTarget::Extern(id) => usize::try_from(id.0).is_ok_and(|at| at < object.externs().len()),
        RelocTarget::JumpTable(id) => usize::try_from(id.0).is_ok_and(|at| at < of.jump_tables.len()),
        _ => true,
    }
}

fn maps(object: &ObjectFile) {
    for (at, map) in object.maps().iter().enumerate() {
        assert_eq!(usize::try_from(map.id.0), Ok(at), "{}", map.name);
        assert!(object.map_named(&map.name).is_some(), "{}", map.name);
        map_is_whole(object, map);
        map.inner.iter().for_each(|inner| map_is_whole(object, inner));
    }
}

fn map_is_whole(object: &ObjectFile, map: &MapDef) {
    for (_, slot) in &map.slots {
        let there = match slot {
            SlotTarget::Map(map) => object.map(*map).is_some(),
            SlotTarget::Program(program) => object.program(*program).is_some(),
            _ => true,
        };
        assert!(there, "{} {slot:?}", map.name);
    }
    match &map.kind {
        MapKind::Data(data) => assert_eq!(usize::try_from(map.value_size), Ok(data.bytes.len())),
        MapKind::StructOps(id) => {
            assert!(usize::try_from(id.0).is_ok_and(|at| at < object.struct_ops().len()), "{}", map.name);
        }
        _ => {}
    }
}

fn globals(object: &ObjectFile) {
    for global in object.globals() {
        let map = object.map(global.map).expect("a global stands in a map");
        let end = global.offset.checked_add(global.size);
        let in_arena = map.globals.as_ref().and_then(|globals| u32::try_from(globals.bytes.len()).ok());
        let room = in_arena.unwrap_or(map.value_size);
        assert!(end.is_some_and(|end| end <= room), "{} of {}", global.name, map.name);
        assert!(object.global_named(&global.name).is_some(), "{}", global.name);
        assert!(object.globals_of(global.map).contains(global), "{}", global.name);
    }
}
