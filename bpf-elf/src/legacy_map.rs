//! Map definitions of the old kind: the section `maps`, an entry of plain numbers for each map.

use bpf_btf::layout::size_of;
use bpf_btf::{Btf, Kind, TypeId};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::BPF_F_NUMA_NODE;

use crate::error::{ElfError, LegacyField, MapError, MapProblem};
use crate::file::{Bind, ElfFile, Home, Symbol, SymbolKind};
use crate::ids::{ByteOffset, MapId, SectionIndex, next};
use crate::map_def::{MapDef, MapKind};
use crate::section::SectionKind;
use crate::types::Types;

/// The fields that every layout begins with, of four bytes each: type, key_size, value_size, max_entries. The flags
/// follow, in all but the oldest.
const SHORTEST: u64 = 16;
/// The fields that are the same in every layout.
const COMMON_WORDS: usize = 5;

/// What follows the common fields, told by the size of an entry.
struct Layout {
    size: u64,
    name: &'static str,
    tail: &'static [&'static str],
    /// What the tail is of a map that is pinned by its name, where that is all that it says.
    pinned: &'static [u32],
}

// aya-ebpf: `bpf_map_def` of its bindings. iproute2: include/bpf_elf.h.
const LAYOUTS: &[Layout] = &[
    Layout { size: 28, name: "aya's struct bpf_map_def", tail: &["id", "pinning"], pinned: &[0, 1] },
    Layout {
        size: 36,
        name: "iproute2's struct bpf_elf_map",
        tail: &["id", "pinning", "inner_id", "inner_idx"],
        pinned: &[],
    },
];
/// The kernel's old samples (samples/bpf/bpf_load.h), as long as aya's: the last field is used only together with a flag.
const SAMPLES: &Layout = &Layout {
    size: 28,
    name: "struct bpf_load_map_def of samples/bpf",
    tail: &["inner_map_idx", "numa_node"],
    pinned: &[],
};

/// Adds the maps of all `maps` sections, in the order of the sections and of their places there.
pub(crate) fn collect(
    file: &ElfFile<'_>,
    kinds: &[SectionKind],
    types: &Types,
    maps: &mut Vec<MapDef>,
) -> Result<(), ElfError> {
    let is_legacy = |section: SectionIndex| kinds.get(section.index()) == Some(&SectionKind::LegacyMaps);
    let mut symbols: Vec<(SectionIndex, &Symbol<'_>)> = Vec::new();
    for symbol in &file.symbols {
        if let Home::Section(section) = symbol.home
            && symbol.kind != SymbolKind::Section
            && is_legacy(section)
        {
            symbols.push((section, symbol));
        }
    }
    symbols.sort_by_key(|(section, symbol)| (*section, symbol.value));
    for section in file.sections.iter().filter(|section| section.size > 0 && is_legacy(section.index)) {
        let start = symbols.partition_point(|(of, _)| *of < section.index);
        let end = symbols.partition_point(|(of, _)| *of <= section.index);
        of_section(file, section.index, symbols.get(start..end).unwrap_or_default(), types, maps)?;
    }
    Ok(())
}

fn of_section(
    file: &ElfFile<'_>,
    section: SectionIndex,
    symbols: &[(SectionIndex, &Symbol<'_>)],
    types: &Types,
    maps: &mut Vec<MapDef>,
) -> Result<(), ElfError> {
    let bytes = file.data(section)?;
    let section_size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let count = u64::try_from(symbols.len()).unwrap_or(u64::MAX);
    let reader = Reader { section, name: file.section_name(section), btf: types.btf.as_ref() };
    let size = section_size.checked_div(count).unwrap_or(0);
    if size < SHORTEST || size.checked_mul(count) != Some(section_size) || !size.is_multiple_of(4) {
        let problem = MapProblem::LegacySize { section_size, maps: count };
        return Err(reader.failed("*", problem));
    }
    let mut place = 0;
    for (_, symbol) in symbols {
        if symbol.bind == Bind::Local {
            return Err(reader.failed(symbol.name, MapProblem::Static));
        }
        // As many symbols as entries, in their order: each has to stand where its entry begins.
        if symbol.value != place {
            let problem = MapProblem::LegacyPlace { offset: symbol.value, wanted: place };
            return Err(reader.failed(symbol.name, problem));
        }
        let end = place.saturating_add(size);
        let entry = usize::try_from(place).ok().zip(usize::try_from(end).ok());
        let entry = entry.and_then(|(start, end)| bytes.get(start..end)).unwrap_or_default();
        let words: Vec<u32> = entry.as_chunks::<4>().0.iter().map(|word| file.word(*word)).collect();
        let map = reader.read(symbol.name, &words, ByteOffset(place))?;
        maps.push(MapDef { id: MapId(next(maps)), ..map });
        place = end;
    }
    Ok(())
}

struct Reader<'a> {
    section: SectionIndex,
    name: &'a str,
    btf: Option<&'a Btf>,
}

impl Reader<'_> {
    fn read(&self, name: &str, words: &[u32], offset: ByteOffset) -> Result<MapDef, ElfError> {
        let word = |at: usize| words.get(at).copied().unwrap_or(0);
        let kind = MapKind::Legacy { section: self.section, section_offset: offset };
        let mut map = MapDef {
            name: name.to_owned(),
            map_type: MapType(word(0)),
            key_size: word(1),
            value_size: word(2),
            max_entries: word(3),
            flags: word(4),
            ..MapDef::empty(kind)
        };
        if map.map_type == MapType::UNSPEC {
            return Err(self.failed(name, MapProblem::NoType));
        }
        self.tail(&mut map, words.get(COMMON_WORDS..).unwrap_or_default())?;
        (map.key_type, map.value_type) = self.types(&map).unwrap_or_default();
        Ok(map)
    }

    /// What stands behind the common fields. Of all layouts, only aya's way to pin a map is understood.
    fn tail(&self, map: &mut MapDef, tail: &[u32]) -> Result<(), ElfError> {
        if tail.iter().all(|word| *word == 0) {
            return Ok(());
        }
        let size =
            u64::try_from(tail.len().saturating_add(COMMON_WORDS).saturating_mul(4)).unwrap_or(u64::MAX);
        let layout = match LAYOUTS.iter().find(|layout| layout.size == size) {
            Some(layout) if layout.size == SAMPLES.size && map.flags & BPF_F_NUMA_NODE != 0 => Some(SAMPLES),
            other => other,
        };
        if layout.is_some_and(|layout| layout.pinned == tail) {
            map.pin_by_name = true;
            return Ok(());
        }
        let names = layout.map_or(&[][..], |layout| layout.tail);
        let set = (0_usize..).zip(tail).filter(|(_, word)| **word != 0).map(|(at, word)| LegacyField {
            name: names.get(at).copied(),
            offset: u32::try_from(at.saturating_add(COMMON_WORDS).saturating_mul(4)).unwrap_or(u32::MAX),
            value: *word,
        });
        let problem = MapProblem::LegacyTail {
            layout: layout.map(|layout| layout.name),
            fields: set.take(4).collect(),
        };
        Err(self.failed(&map.name, problem))
    }

    /// The types that `BPF_ANNOTATE_KV_PAIR` gave it: a struct `____btf_map_NAME` with the members `key` and `value`.
    /// They describe a map and change nothing of it; those that do not fit its sizes are left.
    fn types(&self, map: &MapDef) -> Option<(Option<TypeId>, Option<TypeId>)> {
        let btf = self.btf?;
        let annotated = btf.get(btf.find(&format!("____btf_map_{}", map.name), Kind::STRUCT)?).ok()?;
        let member = |name| annotated.members().find(|member| member.name() == Ok(name)).map(|m| m.type_id);
        let (key, value) = (member("key")?, member("value")?);
        let fits = size_of(btf, key) == Ok(map.key_size) && size_of(btf, value) == Ok(map.value_size);
        fits.then_some((Some(key), Some(value)))
    }

    fn failed(&self, map: &str, problem: MapProblem) -> ElfError {
        MapError { map: map.into(), section: self.name.into(), problem }.into()
    }
}
