//! Initial values of maps of maps and of program arrays: relocations inside `.maps`.

use crate::error::{ElfError, RelocError, RelocProblem};
use crate::file::{Home, RawReloc};
use crate::ids::SectionIndex;
use crate::map_def::{MapDef, SlotRange, SlotTarget};
use crate::program::Program;
use crate::reloc::{R_BPF_64_ABS64, Targets, is_global_name};

/// Fills the slots of maps.
pub(crate) fn collect(
    targets: &Targets<'_, '_>,
    section: SectionIndex,
    ranges: &[SlotRange],
    programs: &[Program],
    maps: &mut [MapDef],
) -> Result<(), ElfError> {
    for reloc in targets.file.relocations(section)? {
        let failed = |symbol: &str, problem| {
            let section = targets.file.section_name(section).to_owned();
            ElfError::from(RelocError {
                section,
                offset: reloc.offset,
                symbol: symbol.into(),
                code: None,
                problem,
            })
        };
        let symbol = targets.file.symbol(reloc.symbol);
        let symbol = symbol.ok_or_else(|| failed("", RelocProblem::NoSymbol { index: reloc.symbol }))?;
        let name = symbol.name;
        if reloc.r_type != R_BPF_64_ABS64 {
            let problem =
                RelocProblem::Type { symbol: name.into(), r_type: reloc.r_type, wanted: "R_BPF_64_ABS64" };
            return Err(failed(name, problem));
        }
        // The ranges are in the order of their offsets, and do not overlap.
        let after = ranges.partition_point(|range| range.start <= reloc.offset);
        let range =
            after.checked_sub(1).and_then(|at| ranges.get(at)).filter(|range| reloc.offset < range.end);
        let (range, slot) = range
            .and_then(|range| Some((range, slot(range, &reloc)?)))
            .ok_or_else(|| failed(name, RelocProblem::NotASlot { symbol: name.into() }))?;
        let Some(map) = maps.get_mut(range.map.index()) else { continue };
        let target = match symbol.home {
            _ if !is_global_name(symbol) => None,
            Home::Section(home) if range.programs => {
                let function = targets.places.starting(home, symbol.value);
                let at = function
                    .and_then(|id| programs.binary_search_by_key(&id, |program| program.function).ok());
                at.and_then(|at| programs.get(at)).map(|program| SlotTarget::Program(program.id))
            }
            Home::Section(home) => targets.maps.declared(home, symbol.value).map(SlotTarget::Map),
            _ => None,
        };
        let wanted = if range.programs { "program" } else { "map" };
        let target = target.ok_or_else(|| {
            failed(name, RelocProblem::Slot { symbol: name.into(), wanted, map: map.name.clone() })
        })?;
        map.slots.push((slot, target));
    }
    Ok(())
}

fn slot(range: &SlotRange, reloc: &RawReloc) -> Option<u32> {
    let at = reloc.offset.checked_sub(range.start)?;
    at.is_multiple_of(8).then_some(at / 8).and_then(|slot| u32::try_from(slot).ok())
}
