//! struct_ops variables: a struct of callbacks and values that becomes a map, and with it an implementation in the kernel.

use std::collections::HashMap;

use bpf_btf::layout::{function_pointer, strip_modifiers};
use bpf_btf::{Btf, Endian, Kind, SectionVar, TypeId};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::BPF_F_LINK;

use crate::error::{ElfError, RelocError, RelocProblem, StructOpsError, StructOpsProblem};
use crate::file::{ElfFile, Home, RawReloc, Symbol, SymbolKind};
use crate::function::Places;
use crate::ids::{FunctionId, MapId, SectionIndex, StructOpsId, next};
use crate::map_def::{MapDef, MapKind};
use crate::reloc::R_BPF_64_ABS64;
use crate::section::SectionKind;
use crate::types::{self, Types, types_of};

/// A variable of a struct_ops section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructOpsVar {
    /// Its id.
    pub id: StructOpsId,
    /// Its name, which is its map's too.
    pub name: String,
    /// Its map.
    pub map: MapId,
    /// The section it is in, as written.
    pub section: String,
    /// It is attached through a link: `.struct_ops.link`.
    pub link: bool,
    /// It is created only when asked for: the section begins with `?`.
    pub optional: bool,
    /// Its type in the object's BTF: a struct, behind typedefs and qualifiers.
    pub type_id: TypeId,
    /// That struct's name, flavor included.
    pub type_name: String,
    /// The variable's bytes, in the object's layout and byte order. Where a callback is, they are zero.
    pub image: Vec<u8>,
    /// The callbacks that are set: byte offset in the image, and the function; in the order of the offsets.
    pub callbacks: Vec<(u32, FunctionId)>,
}

/// Adds the map of each struct_ops variable, in the order of sections and offsets.
pub(crate) fn collect(
    file: &ElfFile<'_>,
    kinds: &[SectionKind],
    types: &Types,
    places: &Places,
    maps: &mut Vec<MapDef>,
) -> Result<Vec<StructOpsVar>, ElfError> {
    let mut vars = Vec::new();
    for (section, kind) in file.sections.iter().zip(kinds) {
        let SectionKind::StructOps { link, optional } = kind else { continue };
        if section.size == 0 {
            continue;
        }
        let Some(btf) = &types.btf else {
            return Err(ElfError::NoBtf { needed_by: section.name.into() });
        };
        let mut reader = Reader {
            file,
            btf,
            places,
            index: section.index,
            section: section.name,
            link: *link,
            optional: *optional,
            callbacks: HashMap::new(),
        };
        reader.read(types.datasec(section.index), &mut vars, maps)?;
    }
    Ok(vars)
}

/// Reads one section.
struct Reader<'a, 'd> {
    file: &'a ElfFile<'d>,
    btf: &'a Btf,
    places: &'a Places,
    index: SectionIndex,
    section: &'d str,
    link: bool,
    optional: bool,
    /// What is known of the members of a struct: variables of a section mostly share one.
    callbacks: HashMap<TypeId, HashMap<u32, Member>>,
}

/// What stands at a byte offset of a struct.
struct Member {
    name: String,
    callback: bool,
}

/// A variable, and where it is in its section.
struct Placed {
    var: StructOpsVar,
    start: u64,
    end: u64,
}

impl Reader<'_, '_> {
    fn read(
        &mut self,
        datasec: Option<TypeId>,
        vars: &mut Vec<StructOpsVar>,
        maps: &mut Vec<MapDef>,
    ) -> Result<(), ElfError> {
        let bytes = self.file.data(self.index)?;
        let datasec = datasec.ok_or_else(|| self.failed(StructOpsProblem::NoDatasec))?;
        let mut placed = self.variables(datasec, &bytes)?;
        let mut at = 0;
        for reloc in self.file.relocations(self.index)? {
            // Both are in the order of their offsets.
            while placed.get(at).is_some_and(|placed| placed.end <= reloc.offset) {
                at = at.saturating_add(1);
            }
            let symbol = self.file.symbol(reloc.symbol);
            let symbol = symbol
                .ok_or_else(|| self.reloc(&reloc, "", RelocProblem::NoSymbol { index: reloc.symbol }))?;
            match placed.get_mut(at).filter(|placed| placed.start <= reloc.offset) {
                Some(placed) => self.relocate(placed, &reloc, symbol)?,
                None => {
                    let symbol = symbol.name.to_owned();
                    return Err(self.failed(StructOpsProblem::NoVariable { symbol, offset: reloc.offset }));
                }
            }
        }
        for Placed { var, .. } in placed {
            let var = StructOpsVar { id: StructOpsId(next(vars)), map: MapId(next(maps)), ..var };
            maps.push(map(&var));
            vars.push(var);
        }
        Ok(())
    }

    /// The variables in the order of their offsets, callbacks not yet set.
    fn variables(&self, datasec: TypeId, bytes: &[u8]) -> Result<Vec<Placed>, ElfError> {
        let bad = types_of("data section", self.section);
        let found = self.btf.get(datasec).map_err(&bad)?;
        let mut section_vars: Vec<SectionVar> = found.section_vars().collect();
        section_vars.sort_by_key(|var| var.offset);
        let mut placed: Vec<Placed> = Vec::with_capacity(section_vars.len());
        for section_var in section_vars {
            let next = self.variable(&section_var, bytes)?;
            // Otherwise a small file could make us copy its bytes any number of times.
            if let Some(before) = placed.last().filter(|before| before.end > next.start) {
                return Err(ElfError::VariablesOverlap {
                    first: before.var.name.clone(),
                    second: next.var.name,
                    section: self.section.into(),
                });
            }
            placed.push(next);
        }
        Ok(placed)
    }

    fn variable(&self, section_var: &SectionVar, bytes: &[u8]) -> Result<Placed, ElfError> {
        let variable = self.btf.get(section_var.type_id).map_err(types_of("data section", self.section))?;
        let name = types::name(&variable, "variable")?;
        let of_variable = types_of("variable", name);
        let not_a_struct = |kind| self.failed(StructOpsProblem::NotAStruct { variable: name.into(), kind });
        let target = variable.target().filter(|_| variable.kind() == Kind::VAR);
        let target = target.ok_or_else(|| not_a_struct(variable.kind()))?;
        let found = strip_modifiers(self.btf, target).map_err(&of_variable)?;
        let type_name = types::name(&found, "struct")?;
        let size = found.size().filter(|_| found.kind() == Kind::STRUCT && !type_name.is_empty());
        let size = size.ok_or_else(|| not_a_struct(found.kind()))?;
        let outside = || ElfError::VariableOutside {
            variable: name.into(),
            section: self.section.into(),
            offset: section_var.offset,
            size,
            section_size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        };
        let start = u64::from(section_var.offset);
        let end = start.saturating_add(u64::from(size));
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok()).map(|(start, end)| start..end);
        let image = range.and_then(|range| bytes.get(range)).ok_or_else(outside)?.to_vec();
        let var = StructOpsVar {
            id: StructOpsId(0),
            name: name.to_owned(),
            map: MapId(0),
            section: self.section.to_owned(),
            link: self.link,
            optional: self.optional,
            type_id: found.id(),
            type_name: type_name.to_owned(),
            image,
            callbacks: Vec::new(),
        };
        Ok(Placed { var, start, end })
    }

    /// Sets a callback.
    fn relocate(
        &mut self,
        placed: &mut Placed,
        reloc: &RawReloc,
        symbol: &Symbol<'_>,
    ) -> Result<(), ElfError> {
        if reloc.r_type != R_BPF_64_ABS64 {
            let symbol = symbol.name.to_owned();
            let problem =
                RelocProblem::Type { symbol: symbol.clone(), r_type: reloc.r_type, wanted: "R_BPF_64_ABS64" };
            return Err(self.reloc(reloc, &symbol, problem));
        }
        let var = &mut placed.var;
        let offset = u32::try_from(reloc.offset.saturating_sub(placed.start)).unwrap_or(u32::MAX);
        if !self.callbacks.contains_key(&var.type_id) {
            let members = members(self.btf, var)?;
            self.callbacks.insert(var.type_id, members);
        }
        let member = self.callbacks.get(&var.type_id).and_then(|members| members.get(&offset));
        let member_name = member.map_or_else(|| format!("<offset {offset}>"), |member| member.name.clone());
        let place =
            usize::try_from(offset).ok().and_then(|at| var.image.get_mut(at..)?.first_chunk_mut::<8>());
        let (Some(place), true) = (place, member.is_some_and(|member| member.callback)) else {
            let (target, variable) = (symbol.name.to_owned(), var.name.clone());
            return Err(self.failed(StructOpsProblem::NotACallback {
                target,
                variable,
                member: member_name,
            }));
        };
        // What stands there is to be added to the symbol: static functions are named by their section.
        let addend = match self.file.endian() {
            Endian::Little => u64::from_le_bytes(*place),
            Endian::Big => u64::from_be_bytes(*place),
        };
        let Some(function) = self.function(symbol, addend) else {
            let target = match addend {
                0 => symbol.name.to_owned(),
                addend => format!("{} + {addend:#x}", symbol.name),
            };
            let variable = var.name.clone();
            return Err(self.failed(StructOpsProblem::NotAFunction {
                target,
                variable,
                member: member_name,
            }));
        };
        *place = [0; 8];
        match var.callbacks.last_mut() {
            // A second relocation at the same place replaces the first.
            Some(last) if last.0 == offset => last.1 = function,
            _ => var.callbacks.push((offset, function)),
        }
        Ok(())
    }

    fn function(&self, symbol: &Symbol<'_>, addend: u64) -> Option<FunctionId> {
        let Home::Section(section) = symbol.home else { return None };
        if !matches!(symbol.kind, SymbolKind::Function | SymbolKind::Section | SymbolKind::NoType) {
            return None;
        }
        self.places.starting(section, symbol.value.checked_add(addend)?)
    }

    fn failed(&self, problem: StructOpsProblem) -> ElfError {
        StructOpsError { section: self.section.into(), problem }.into()
    }

    fn reloc(&self, reloc: &RawReloc, symbol: &str, problem: RelocProblem) -> ElfError {
        RelocError {
            section: self.section.into(),
            offset: reloc.offset,
            symbol: symbol.into(),
            code: None,
            problem,
        }
        .into()
    }
}

fn members(btf: &Btf, var: &StructOpsVar) -> Result<HashMap<u32, Member>, ElfError> {
    let bad = types_of("struct", &var.type_name);
    let found = btf.get(var.type_id).map_err(&bad)?;
    let mut members = HashMap::with_capacity(found.members().len());
    for member in found.members() {
        if !member.bit_offset.is_multiple_of(8) {
            continue;
        }
        let name: String = member.name().map_err(&bad)?.chars().take(256).collect();
        let callback = function_pointer(btf, member.type_id).map_err(&bad)?.is_some();
        // A member without bytes may share its place with the callback that follows it.
        let place = members.entry(member.bit_offset / 8);
        let known: &mut Member = place.or_insert(Member { name: String::new(), callback: false });
        if !known.callback {
            *known = Member { name, callback };
        }
    }
    Ok(members)
}

fn map(var: &StructOpsVar) -> MapDef {
    MapDef {
        id: var.map,
        name: var.name.clone(),
        map_type: MapType::STRUCT_OPS,
        key_size: 4,
        value_size: u32::try_from(var.image.len()).unwrap_or(u32::MAX),
        max_entries: 1,
        flags: if var.link { BPF_F_LINK } else { 0 },
        value_type: Some(var.type_id),
        autocreate: !var.optional,
        ..MapDef::empty(MapKind::StructOps(var.id))
    }
}
