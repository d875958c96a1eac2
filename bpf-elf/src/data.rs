//! Data sections: the global variables of an object, and the map that each section becomes.

use bpf_btf::{Btf, Kind, TypeError, TypeId, VarLinkage};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_MMAPABLE, BPF_F_RDONLY_PROG};

use crate::error::ElfError;
use crate::file::{ElfFile, RawSection};
use crate::ids::{ByteOffset, GlobalId, MapId, SectionIndex, next};
use crate::map_def::{MapDef, MapKind};
use crate::section::{DataKind, SectionKind};
use crate::types::{self, Types, types_of};

/// A section of global variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSection {
    /// The section.
    pub section: SectionIndex,
    /// Its name: `.rodata`.
    pub name: String,
    /// What kind of variables it holds.
    pub kind: DataKind,
    /// The initial values.
    pub bytes: Vec<u8>,
    /// Its `DATASEC` in the object's BTF.
    pub btf_type: Option<TypeId>,
    /// A variable in it can be seen from outside: user space may map it into memory.
    pub mmapable: bool,
    /// Variables that were initialized with the address of something. BPF has no addresses before loading, so these
    /// keep what stands in [`Self::bytes`], as with every other loader: not what the source says.
    pub pointers: Vec<DataPointer>,
}

/// A place in a data section where an address was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataPointer {
    /// Where in the section.
    pub offset: ByteOffset,
    /// The symbol whose address it is.
    pub symbol: String,
}

/// A global variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    /// Its id.
    pub id: GlobalId,
    /// Its name. A static variable inside a function is called `function.variable`.
    pub name: String,
    /// The map that its section becomes.
    pub map: MapId,
    /// Bytes from the start of the section.
    pub offset: u32,
    /// Bytes that it takes.
    pub size: u32,
    /// Its type, qualifiers included.
    pub type_id: TypeId,
    /// Its `VAR` in the object's BTF.
    pub var_id: TypeId,
    /// Who can see it. A hidden one counts as static.
    pub linkage: VarLinkage,
}

/// Bytes that all data sections of an object may have together. A section without bytes in the file costs its maker
/// nothing.
const DATA_LIMIT: u64 = 256 << 20;

/// Adds the map of each data section, in the order of the sections, and its variables to those that are known.
pub(crate) fn collect(
    file: &ElfFile<'_>,
    kinds: &[SectionKind],
    types: &Types,
    maps: &mut Vec<MapDef>,
    globals: &mut Vec<Global>,
) -> Result<(), ElfError> {
    let mut left = DATA_LIMIT;
    for (section, kind) in file.sections.iter().zip(kinds) {
        let SectionKind::Data(kind) = kind else { continue };
        if section.size == 0 || *kind == DataKind::Arena {
            continue;
        }
        left = left.checked_sub(section.size).ok_or_else(|| too_large(section))?;
        let id = MapId(next(maps));
        let data = read(file, section, *kind, types, id, globals)?;
        maps.push(map(id, data, section)?);
    }
    Ok(())
}

/// Reads a section and adds its variables, as those of a map.
pub(crate) fn read(
    file: &ElfFile<'_>,
    section: &RawSection<'_>,
    kind: DataKind,
    types: &Types,
    map: MapId,
    globals: &mut Vec<Global>,
) -> Result<DataSection, ElfError> {
    if section.size > DATA_LIMIT {
        return Err(too_large(section));
    }
    let bytes = match kind {
        DataKind::Bss => vec![0; usize::try_from(section.size).map_err(|_| too_large(section))?],
        _ => file.data(section.index)?.into_owned(),
    };
    let mut data = DataSection {
        section: section.index,
        name: section.name.to_owned(),
        kind,
        bytes,
        btf_type: types.datasec(section.index),
        mmapable: false,
        pointers: pointers(file, section)?,
    };
    if let (Some(btf), Some(datasec)) = (&types.btf, data.btf_type) {
        let variables = variables(btf, datasec, &data, map)?;
        data.mmapable = variables.iter().any(|global| global.linkage != VarLinkage::Static);
        for global in variables {
            globals.push(Global { id: GlobalId(next(globals)), ..global });
        }
    }
    Ok(data)
}

fn too_large(section: &RawSection<'_>) -> ElfError {
    ElfError::TooLarge { section: section.name.into(), size: section.size, limit: DATA_LIMIT }
}

fn map(id: MapId, data: DataSection, section: &RawSection<'_>) -> Result<MapDef, ElfError> {
    let rodata = if data.kind == DataKind::Rodata { BPF_F_RDONLY_PROG } else { 0 };
    let mmapable = if data.mmapable { BPF_F_MMAPABLE } else { 0 };
    Ok(MapDef {
        id,
        name: data.name.clone(),
        map_type: MapType::ARRAY,
        key_size: 4,
        value_size: u32::try_from(data.bytes.len()).map_err(|_| too_large(section))?,
        max_entries: 1,
        flags: rodata | mmapable,
        value_type: data.btf_type,
        ..MapDef::empty(MapKind::Data(data))
    })
}

fn pointers(file: &ElfFile<'_>, section: &RawSection<'_>) -> Result<Vec<DataPointer>, ElfError> {
    let relocs = file.relocations(section.index)?;
    let pointer = |reloc: &crate::file::RawReloc| DataPointer {
        offset: ByteOffset(reloc.offset),
        symbol: file.symbol(reloc.symbol).map_or_else(String::new, |symbol| symbol.name.to_owned()),
    };
    Ok(relocs.iter().map(pointer).collect())
}

/// The variables of a section, in the order of their offsets.
fn variables(btf: &Btf, datasec: TypeId, data: &DataSection, map: MapId) -> Result<Vec<Global>, ElfError> {
    let section_size = u64::try_from(data.bytes.len()).unwrap_or(u64::MAX);
    let found = btf.get(datasec).map_err(types_of("data section", &data.name))?;
    let mut globals = Vec::with_capacity(found.section_vars().len());
    for var in found.section_vars() {
        let variable = btf.get(var.type_id).map_err(types_of("data section", &data.name))?;
        let (Some(linkage), Some(type_id)) = (variable.var_linkage(), variable.target()) else {
            let source = TypeError::WrongKind { id: var.type_id, wanted: Kind::VAR, found: variable.kind() };
            return Err(types_of("data section", &data.name)(source));
        };
        if linkage == VarLinkage::Extern {
            continue;
        }
        let name = types::name(&variable, "variable")?;
        if u64::from(var.offset).saturating_add(u64::from(var.size)) > section_size {
            return Err(ElfError::VariableOutside {
                variable: name.into(),
                section: data.name.clone(),
                offset: var.offset,
                size: var.size,
                section_size,
            });
        }
        globals.push(Global {
            id: GlobalId(0),
            name: name.to_owned(),
            map,
            offset: var.offset,
            size: var.size,
            type_id,
            var_id: var.type_id,
            linkage,
        });
    }
    if !globals.is_sorted_by_key(|global| global.offset) {
        globals.sort_by_key(|global| global.offset);
    }
    Ok(globals)
}
