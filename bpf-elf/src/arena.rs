//! Global variables in an arena: the section `.addr_space.1`, which the object's only arena has to make room for.

use bpf_sys::uapi::MapType;

use crate::data::{self, Global};
use crate::error::{ElfError, MapError, MapProblem};
use crate::file::ElfFile;
use crate::map_def::MapDef;
use crate::section::{DataKind, SectionKind};
use crate::types::Types;

/// Gives the arena its variables. Maps of data sections come later: variables are in the order of their maps.
pub(crate) fn collect(
    file: &ElfFile<'_>,
    kinds: &[SectionKind],
    types: &Types,
    maps: &mut [MapDef],
    globals: &mut Vec<Global>,
) -> Result<(), ElfError> {
    let is_arena = |kind: &SectionKind| *kind == SectionKind::Data(DataKind::Arena);
    let mut found =
        file.sections.iter().zip(kinds).filter(|(section, kind)| is_arena(kind) && section.size > 0);
    let Some((section, _)) = found.next() else { return Ok(()) };
    let failed = |map: &str, problem| {
        ElfError::from(MapError { map: map.into(), section: section.name.into(), problem })
    };
    let mut arenas = maps.iter_mut().filter(|map| map.map_type == MapType::ARENA);
    let arena = arenas.next().ok_or_else(|| failed("*", MapProblem::NoArena))?;
    if let Some(other) = arenas.next() {
        return Err(failed(&arena.name, MapProblem::TwoArenas { other: other.name.clone() }));
    }
    let data = data::read(file, section, DataKind::Arena, types, arena.id, globals)?;
    arena.globals = Some(Box::new(data));
    Ok(())
}
