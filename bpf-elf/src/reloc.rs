//! Relocations of code: what each instruction that holds an address refers to.

use bpf_btf::{Btf, Place};
use bpf_sys::uapi::Insn;
use bpf_sys::uapi::flags::{BPF_PSEUDO_CALL, BPF_PSEUDO_FUNC, BPF_PSEUDO_KFUNC_CALL};

use crate::error::{CodePlace, ElfError, JumpTableProblem, RelocError, RelocProblem};
use crate::externs::Externs;
use crate::file::{Bind, ElfFile, Home, RawReloc, Symbol, SymbolKind};
use crate::function::{Function, Places};
use crate::ids::{ExternId, FunctionId, InsnIndex, JumpTableId, MapId, SectionIndex};
use crate::jump_table::JumpTables;
use crate::map_def::{MapDef, MapKind};
use crate::section::SectionKind;

/// The relocation type of a 64-bit immediate.
const R_BPF_64_64: u32 = 1;
/// The relocation type of 64 bits of data.
pub(crate) const R_BPF_64_ABS64: u32 = 2;
/// The relocation type of a call.
const R_BPF_64_32: u32 = 10;

/// An instruction and what it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InsnReloc {
    /// The instruction; the first of two for a 64-bit immediate.
    pub at: InsnIndex,
    /// What it refers to.
    pub target: RelocTarget,
}

/// What an instruction refers to. The instruction's own immediate is of no meaning then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RelocTarget {
    /// A map: the instruction wants its descriptor.
    Map(MapId),
    /// A place in the only value of a data section's map, or among the global variables of an arena.
    MapValue {
        /// The map.
        map: MapId,
        /// Bytes from the start of the value, or of the arena's variables.
        offset: u32,
    },
    /// The instruction calls that function.
    Call(FunctionId),
    /// The instruction wants the address of that function, for a callback.
    FunctionPointer(FunctionId),
    /// A jump table of the function: the instruction wants the map that it becomes.
    JumpTable(JumpTableId),
    /// Something that is defined outside the object; called or addressed, as the instruction says.
    Extern(ExternId),
}

/// Where maps are, to be found by section and offset.
pub(crate) struct MapPlaces {
    /// Sorted by section and offset.
    declared: Vec<(SectionIndex, u64, MapId)>,
    /// Sorted by section.
    data: Vec<(SectionIndex, MapId, u64)>,
}

impl MapPlaces {
    pub(crate) fn of(maps: &[MapDef], declared_in: Option<SectionIndex>) -> Self {
        let mut places = Self { declared: Vec::new(), data: Vec::new() };
        for map in maps {
            if let Some(globals) = &map.globals {
                let size = u64::try_from(globals.bytes.len()).unwrap_or(u64::MAX);
                places.data.push((globals.section, map.id, size));
            }
            match &map.kind {
                MapKind::Declared { section_offset, .. } => {
                    let section = declared_in.unwrap_or_default();
                    places.declared.push((section, section_offset.0, map.id));
                }
                MapKind::Legacy { section, section_offset } => {
                    places.declared.push((*section, section_offset.0, map.id));
                }
                MapKind::Data(data) => places.data.push((data.section, map.id, u64::from(map.value_size))),
                MapKind::Kconfig | MapKind::StructOps(_) => {}
            }
        }
        places.data.sort_unstable();
        places.declared.sort_by_key(|(section, at, _)| (*section, *at));
        places
    }

    /// The map that is declared at that offset of a section.
    pub(crate) fn declared(&self, section: SectionIndex, offset: u64) -> Option<MapId> {
        let at = self.declared.binary_search_by_key(&(section, offset), |(of, at, _)| (*of, *at)).ok()?;
        self.declared.get(at).map(|(_, _, id)| *id)
    }

    fn data(&self, section: SectionIndex) -> Option<(MapId, u64)> {
        let at = self.data.binary_search_by_key(&section, |(at, _, _)| *at).ok()?;
        self.data.get(at).map(|(_, id, size)| (*id, *size))
    }
}

/// All that an instruction can refer to.
pub(crate) struct Targets<'a, 'd> {
    pub(crate) file: &'a ElfFile<'d>,
    pub(crate) kinds: &'a [SectionKind],
    pub(crate) places: &'a Places,
    pub(crate) maps: &'a MapPlaces,
    pub(crate) externs: &'a Externs,
}

/// Collects what the instructions of all functions refer to.
pub(crate) fn collect(
    targets: &Targets<'_, '_>,
    btf: Option<&Btf>,
    functions: &mut [Function],
) -> Result<(), ElfError> {
    let tables = targets.kinds.iter().position(|kind| *kind == SectionKind::JumpTables);
    let tables = tables.and_then(|at| targets.file.sections.get(at)).map(|section| section.index);
    let mut tables = tables.map(|section| JumpTables::read(targets.file, section)).transpose()?;
    for (section, kind) in targets.file.sections.iter().zip(targets.kinds) {
        if *kind == SectionKind::Program {
            let site = Site { targets, section: section.index };
            for reloc in targets.file.relocations(section.index)? {
                let done = site.relocate(&reloc, section.size, functions, tables.as_mut());
                done.map_err(|error| site.explained(error, btf, functions))?;
            }
        }
    }
    let callees = Callees::of(functions);
    for function in functions {
        let site = Site { targets, section: function.section };
        let done = site.calls_without_relocation(function, &callees);
        done.map_err(|error| site.explained(error, btf, std::slice::from_ref(function)))?;
    }
    Ok(())
}

/// Names and sections of functions, for messages while their relocations are being changed.
struct Callees(Vec<(SectionIndex, bool)>);

impl Callees {
    fn of(functions: &[Function]) -> Self {
        Self(functions.iter().map(|function| (function.section, function.is_subprogram)).collect())
    }

    fn is_subprogram(&self, id: FunctionId) -> bool {
        self.0.get(id.index()).is_some_and(|(_, is_subprogram)| *is_subprogram)
    }
}

/// The section whose code is being relocated.
struct Site<'a, 'd> {
    targets: &'a Targets<'a, 'd>,
    section: SectionIndex,
}

impl Site<'_, '_> {
    fn relocate(
        &self,
        reloc: &RawReloc,
        size: u64,
        functions: &mut [Function],
        mut tables: Option<&mut JumpTables<'_>>,
    ) -> Result<(), ElfError> {
        let file = self.targets.file;
        let failed = |symbol: &str, problem| Err(self.failed(reloc.offset, symbol, problem));
        let symbol = file.symbol(reloc.symbol).filter(|_| reloc.symbol != 0);
        let Some(symbol) = symbol else {
            return failed("", RelocProblem::NoSymbol { index: reloc.symbol });
        };
        if reloc.offset >= size {
            let section = file.section_name(self.section).to_owned();
            return failed(symbol.name, RelocProblem::Outside { section, size });
        }
        if !reloc.offset.is_multiple_of(8) {
            return failed(symbol.name, RelocProblem::Misaligned);
        }
        // Code without a function: the linker put it aside for a stronger definition.
        for at in self.targets.places.containing(self.section, reloc.offset) {
            let Some(function) = functions.get(at) else { continue };
            let insn_index =
                u32::try_from(reloc.offset.saturating_sub(function.offset.0) / 8).unwrap_or(u32::MAX);
            let insn_index = InsnIndex(insn_index);
            let Some(insn) = function.insns.get(insn_index.index()).copied() else { continue };
            let mut target = self.target(reloc, symbol, insn, functions)?;
            if let Some(function) = functions.get_mut(at) {
                if let (RelocTarget::JumpTable(id), Some(tables)) = (&mut target, tables.as_deref_mut()) {
                    let found = tables.of(file, symbol, function);
                    *id = found.map_err(|problem| self.failed(reloc.offset, symbol.name, problem))?;
                }
                function.relocs.push(InsnReloc { at: insn_index, target });
            }
        }
        Ok(())
    }

    fn target(
        &self,
        reloc: &RawReloc,
        symbol: &Symbol<'_>,
        insn: Insn,
        functions: &[Function],
    ) -> Result<RelocTarget, ElfError> {
        let failed = |problem| Err(self.failed(reloc.offset, symbol.name, problem));
        let name = || symbol.name.to_owned();
        let (wanted, wanted_name) = match insn {
            insn if insn.is_ld_imm64() => (R_BPF_64_64, "R_BPF_64_64"),
            insn if insn.is_call() => (R_BPF_64_32, "R_BPF_64_32"),
            _ => return failed(RelocProblem::Instruction { symbol: name(), insn: insn.to_string() }),
        };
        if reloc.r_type != wanted {
            return failed(RelocProblem::Type { symbol: name(), r_type: reloc.r_type, wanted: wanted_name });
        }
        if insn.is_call() && insn.src != BPF_PSEUDO_CALL && insn.src != BPF_PSEUDO_KFUNC_CALL {
            return failed(RelocProblem::NotACall { symbol: name() });
        }
        if let Some(id) = self.targets.externs.of_symbol(reloc.symbol) {
            return Ok(RelocTarget::Extern(id));
        }
        let Home::Section(home) = symbol.home else {
            return failed(RelocProblem::Common { symbol: name() });
        };
        if insn.is_call() {
            return self.callee(reloc, symbol, home, insn, functions).map(RelocTarget::Call);
        }
        let imm = i64::from(insn.imm);
        let kind = self.targets.kinds.get(home.index()).copied().unwrap_or(SectionKind::Other);
        match kind {
            SectionKind::Program => {
                let id =
                    self.function_at(reloc.offset, symbol.name, home, symbol.value.checked_add_signed(imm))?;
                self.subprogram(reloc.offset, symbol.name, id, functions)?;
                Ok(RelocTarget::FunctionPointer(id))
            }
            SectionKind::Maps | SectionKind::LegacyMaps => {
                let at = symbol.value.checked_add_signed(imm);
                match at.and_then(|at| self.targets.maps.declared(home, at)) {
                    Some(map) => Ok(RelocTarget::Map(map)),
                    None => failed(RelocProblem::NoMap { target: self.place(home, at) }),
                }
            }
            SectionKind::Data(_) => self.variable(reloc, symbol, home, imm),
            // Which of the function's tables, is found out once the function may be changed.
            SectionKind::JumpTables if insn.imm == 0 => Ok(RelocTarget::JumpTable(JumpTableId(0))),
            SectionKind::JumpTables => {
                let problem = JumpTableProblem::Inside { imm: insn.imm };
                failed(RelocProblem::JumpTable { symbol: name(), problem })
            }
            _ => {
                let section = self.targets.file.section_name(home).to_owned();
                failed(RelocProblem::Section { symbol: name(), section })
            }
        }
    }

    fn variable(
        &self,
        reloc: &RawReloc,
        symbol: &Symbol<'_>,
        home: SectionIndex,
        imm: i64,
    ) -> Result<RelocTarget, ElfError> {
        let found = self.targets.maps.data(home);
        let size = found.map_or(0, |(_, size)| size);
        let place = symbol.value.checked_add_signed(imm).filter(|at| *at <= size);
        match (found, place.and_then(|at| u32::try_from(at).ok())) {
            (Some((map, _)), Some(offset)) => Ok(RelocTarget::MapValue { map, offset }),
            _ => {
                let section = self.targets.file.section_name(home).to_owned();
                let offset = i64::try_from(symbol.value).unwrap_or(i64::MAX).saturating_add(imm);
                Err(self.failed(
                    reloc.offset,
                    symbol.name,
                    RelocProblem::OutsideData { section, offset, size },
                ))
            }
        }
    }

    /// The function that a relocated call leads to: the immediate counts instructions from the symbol, less one.
    fn callee(
        &self,
        reloc: &RawReloc,
        symbol: &Symbol<'_>,
        home: SectionIndex,
        insn: Insn,
        functions: &[Function],
    ) -> Result<FunctionId, ElfError> {
        let distance = i64::from(insn.imm).saturating_add(1).saturating_mul(8);
        let at = symbol.value.checked_add_signed(distance);
        let id = self.function_at(reloc.offset, symbol.name, home, at)?;
        self.subprogram(reloc.offset, symbol.name, id, functions)?;
        Ok(id)
    }

    fn function_at(
        &self,
        offset: u64,
        symbol: &str,
        home: SectionIndex,
        at: Option<u64>,
    ) -> Result<FunctionId, ElfError> {
        let found = at.and_then(|at| self.targets.places.starting(home, at));
        found.ok_or_else(|| {
            let target = self.place(home, at);
            self.failed(offset, symbol, RelocProblem::NoFunction { target })
        })
    }

    fn subprogram(
        &self,
        offset: u64,
        symbol: &str,
        id: FunctionId,
        functions: &[Function],
    ) -> Result<(), ElfError> {
        match functions.get(id.index()) {
            Some(callee) if !callee.is_subprogram => {
                let problem = RelocProblem::NotSubprogram {
                    function: callee.name.clone(),
                    section: callee.section_name.clone(),
                };
                Err(self.failed(offset, symbol, problem))
            }
            _ => Ok(()),
        }
    }

    /// Calls inside a section need no relocation: the immediate counts instructions from the one after the call.
    fn calls_without_relocation(&self, function: &mut Function, callees: &Callees) -> Result<(), ElfError> {
        let relocated = function.relocs.len();
        let mut next_reloc = 0;
        let mut slots = (0u32..).zip(&function.insns);
        while let Some((at, insn)) = slots.next() {
            let mut has_reloc = false;
            while let Some(reloc) =
                function.relocs.get(next_reloc).filter(|r| next_reloc < relocated && r.at.0 <= at)
            {
                has_reloc |= reloc.at.0 == at;
                next_reloc = next_reloc.saturating_add(1);
            }
            if insn.is_ld_imm64() {
                slots.next();
            }
            let offset = function.offset.0.saturating_add(u64::from(at).saturating_mul(8));
            if has_reloc {
                continue;
            }
            if insn.is_ld_imm64() && insn.src == BPF_PSEUDO_FUNC {
                return Err(self.failed(offset, "", RelocProblem::Missing));
            }
            if insn.is_pseudo_call() {
                let distance = i64::from(insn.imm).saturating_add(1).saturating_mul(8);
                let id = self.function_at(offset, "", self.section, offset.checked_add_signed(distance))?;
                if !callees.is_subprogram(id) {
                    let section = self.targets.file.section_name(self.section).to_owned();
                    let problem = RelocProblem::NotSubprogram { function: function.name.clone(), section };
                    return Err(self.failed(offset, "", problem));
                }
                function.relocs.push(InsnReloc { at: InsnIndex(at), target: RelocTarget::Call(id) });
            }
        }
        if function.relocs.len() > relocated {
            function.relocs.sort_by_key(|reloc| reloc.at);
        }
        Ok(())
    }

    /// Says where in the source it is.
    fn explained(&self, error: ElfError, btf: Option<&Btf>, functions: &[Function]) -> ElfError {
        let ElfError::Reloc(mut error) = error else { return error };
        let at = functions.partition_point(|function| {
            (function.section, function.offset.0) <= (self.section, error.offset)
        });
        let found = at.checked_sub(1).and_then(|at| functions.get(at));
        if let Some(function) = found.filter(|function| function.section == self.section) {
            let insn = error.offset.saturating_sub(function.offset.0) / 8;
            let insn = InsnIndex(u32::try_from(insn).unwrap_or(u32::MAX));
            if insn.index() < function.insns.len() {
                let source = btf.and_then(|btf| function.source_line(btf, insn)).map(|line| Place::Source {
                    file: line.file.to_owned(),
                    line: line.line,
                    text: line.text.to_owned(),
                });
                error.code = Some(Box::new(CodePlace { function: function.name.clone(), insn, source }));
            }
        }
        ElfError::Reloc(error)
    }

    fn place(&self, section: SectionIndex, at: Option<u64>) -> String {
        let name = self.targets.file.section_name(section);
        match at {
            Some(at) => format!("offset {at:#x} of section `{name}`"),
            None => format!("a place outside section `{name}`"),
        }
    }

    fn failed(&self, offset: u64, symbol: &str, problem: RelocProblem) -> ElfError {
        let section = self.targets.file.section_name(self.section).to_owned();
        RelocError { section, offset, symbol: symbol.to_owned(), code: None, problem }.into()
    }
}

/// Whether a symbol can be the value of a slot: one with a name that other files see.
pub(crate) fn is_global_name(symbol: &Symbol<'_>) -> bool {
    symbol.bind != Bind::Local && symbol.kind != SymbolKind::Section
}
