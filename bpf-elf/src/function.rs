//! Functions: every piece of code that has a symbol, programs and subprograms alike.

use std::ops::Range;

use bpf_btf::{CoreRecord, Endian, StrOffset, TypeId};
use bpf_sys::uapi::Insn;

use crate::error::{ElfError, FunctionError, FunctionProblem};
use crate::file::{Bind, ElfFile, Home, Symbol, SymbolKind};
use crate::ids::{ByteOffset, FunctionId, InsnIndex, SectionIndex, next};
use crate::jump_table::JumpTable;
use crate::reloc::InsnReloc;
use crate::section::{SectionKind, TEXT};

/// A function: its instructions as they stand in the file, and what is known about them.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its id.
    pub id: FunctionId,
    /// Its name.
    pub name: String,
    /// The section that it is in.
    pub section: SectionIndex,
    /// That section's name, as written: with a leading `?` if there is one.
    pub section_name: String,
    /// Where it begins in its section.
    pub offset: ByteOffset,
    /// Its instructions; a 64-bit immediate takes two.
    pub insns: Vec<Insn>,
    /// Who can see it.
    pub linkage: Linkage,
    /// Its visibility is hidden or internal: for the kernel it is static.
    pub hidden: bool,
    /// Its `FUNC` in the object's BTF.
    pub type_id: Option<TypeId>,
    /// What its instructions refer to, in their order.
    pub relocs: Vec<InsnReloc>,
    /// The tables that its instructions find their targets in, in the order of the first that uses each.
    pub jump_tables: Vec<JumpTable>,
    /// Which source lines its instructions come from, in their order.
    pub lines: Vec<Line>,
    /// Its CO-RE relocations, in the order of their instructions.
    pub core: Vec<CoreReloc>,
    /// It is in `.text`: a function for others to call (and nonetheless a program if a struct_ops member names it).
    pub is_subprogram: bool,
    /// The functions that it names to be called when it throws, by its `exception_callback:` tags; one at the most makes
    /// sense, and it has to be global and in `.text`.
    pub exception_callbacks: Vec<String>,
}

/// Who can see a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Linkage {
    /// Its file only.
    Static,
    /// Every object that this one is linked with.
    Global,
    /// As global; another definition may replace it.
    Weak,
}

impl Linkage {
    /// `static`, `global` or `weak`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Global => "global",
            Self::Weak => "weak",
        }
    }
}

/// Where an instruction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// The first instruction that comes from there.
    pub insn: InsnIndex,
    /// Name of the source file, a string of the object's BTF.
    pub file: StrOffset,
    /// Text of the line, a string of the object's BTF.
    pub text: StrOffset,
    /// Line number from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u16,
}

/// A CO-RE relocation and the instruction that it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoreReloc {
    /// The instruction.
    pub insn: InsnIndex,
    /// What is asked. Its offset counts from the start of the section.
    pub record: CoreRecord,
}

/// The most names that the same instructions may have.
const ALIAS_LIMIT: usize = 16;

/// Where each function is, in the order of their ids: sections in their order, then offsets.
pub(crate) struct Places(Vec<Place>);

struct Place {
    section: SectionIndex,
    start: u64,
    end: u64,
}

impl Places {
    /// The functions that contain a byte of a section: one, or several names of the same instructions.
    pub(crate) fn containing(&self, section: SectionIndex, offset: u64) -> Range<usize> {
        let end = self.0.partition_point(|place| (place.section, place.start) <= (section, offset));
        let Some(last) = end.checked_sub(1).and_then(|at| self.0.get(at)) else { return 0..0 };
        if last.section != section || offset >= last.end {
            return 0..0;
        }
        self.0.partition_point(|place| (place.section, place.start) < (section, last.start))..end
    }

    /// As [`Self::containing`], at once where it is the same as `last` was: records mostly follow each other.
    pub(crate) fn near(&self, last: &Range<usize>, section: SectionIndex, offset: u64) -> Range<usize> {
        let place = last.end.checked_sub(1).and_then(|at| self.0.get(at));
        let holds = |place: &Place| place.section == section && (place.start..place.end).contains(&offset);
        let before_next =
            self.0.get(last.end).is_none_or(|next| (next.section, next.start) > (section, offset));
        if place.is_some_and(holds) && before_next { last.clone() } else { self.containing(section, offset) }
    }

    /// The function that begins there.
    pub(crate) fn starting(&self, section: SectionIndex, offset: u64) -> Option<FunctionId> {
        let at = self.0.partition_point(|place| (place.section, place.start) < (section, offset));
        let found = self.0.get(at).filter(|place| (place.section, place.start) == (section, offset))?;
        (found.start == offset).then_some(FunctionId(u32::try_from(at).ok()?))
    }
}

/// All functions, without what refers to and from them yet.
pub(crate) fn collect(
    file: &ElfFile<'_>,
    kinds: &[SectionKind],
) -> Result<(Vec<Function>, Places), ElfError> {
    let mut symbols: Vec<(SectionIndex, &Symbol<'_>)> = Vec::new();
    for symbol in &file.symbols {
        if let (SymbolKind::Function, Home::Section(section)) = (symbol.kind, symbol.home)
            && kinds.get(section.index()) == Some(&SectionKind::Program)
        {
            symbols.push((section, symbol));
        }
    }
    // Stable: of several names for the same place, the first in the file comes first.
    symbols.sort_by_key(|(section, symbol)| (*section, symbol.value));

    let mut functions: Vec<Function> = Vec::with_capacity(symbols.len());
    let mut places: Vec<Place> = Vec::with_capacity(symbols.len());
    for of_section in symbols.chunk_by(|a, b| a.0 == b.0) {
        let Some((section, _)) = of_section.first() else { continue };
        let code = file.data(*section)?;
        let section_name = file.section_name(*section);
        for (section, symbol) in of_section {
            let end = check(file, *section, symbol, code.len())?;
            check_neighbour(file, *section, symbol, end, &functions, &places)?;
            let bytes = usize::try_from(symbol.value).ok().zip(usize::try_from(end).ok());
            let bytes = bytes.and_then(|(start, end)| code.get(start..end)).unwrap_or_default();
            functions.push(Function {
                id: FunctionId(next(&functions)),
                name: symbol.name.to_owned(),
                section: *section,
                section_name: section_name.to_owned(),
                offset: ByteOffset(symbol.value),
                insns: decode(bytes, file.endian()),
                linkage: match symbol.bind {
                    Bind::Local => Linkage::Static,
                    Bind::Global => Linkage::Global,
                    Bind::Weak => Linkage::Weak,
                },
                hidden: symbol.hidden,
                type_id: None,
                relocs: Vec::new(),
                jump_tables: Vec::new(),
                lines: Vec::new(),
                core: Vec::new(),
                is_subprogram: section_name == TEXT,
                exception_callbacks: Vec::new(),
            });
            places.push(Place { section: *section, start: symbol.value, end });
        }
    }
    Ok((functions, Places(places)))
}

pub(crate) fn problem(name: &str, section: &str, offset: u64, problem: FunctionProblem) -> ElfError {
    FunctionError { name: name.into(), section: section.into(), offset: ByteOffset(offset), problem }.into()
}

/// Whole instructions inside the section; gives back where they end.
fn check(
    file: &ElfFile<'_>,
    section: SectionIndex,
    symbol: &Symbol<'_>,
    len: usize,
) -> Result<u64, ElfError> {
    let failed = |what| Err(problem(symbol.name, file.section_name(section), symbol.value, what));
    let section_size = u64::try_from(len).unwrap_or(u64::MAX);
    let end = symbol.value.saturating_add(symbol.size);
    if end > section_size {
        return failed(FunctionProblem::Outside { end, section_size });
    }
    if symbol.size == 0 || !symbol.size.is_multiple_of(8) || !symbol.value.is_multiple_of(8) {
        return failed(FunctionProblem::Misaligned { offset: symbol.value, size: symbol.size });
    }
    Ok(end)
}

/// Functions do not share instructions, unless they are names of the same ones. Without this rule a small file could
/// make us copy its code any number of times.
fn check_neighbour(
    file: &ElfFile<'_>,
    section: SectionIndex,
    symbol: &Symbol<'_>,
    end: u64,
    functions: &[Function],
    places: &[Place],
) -> Result<(), ElfError> {
    let failed = |what| Err(problem(symbol.name, file.section_name(section), symbol.value, what));
    let (Some(before), Some(place)) = (functions.last(), places.last()) else { return Ok(()) };
    if place.section != section || place.end <= symbol.value {
        return Ok(());
    }
    if (place.start, place.end) != (symbol.value, end) {
        return failed(FunctionProblem::Overlaps { other: before.name.clone() });
    }
    let same = places.iter().rev().take(ALIAS_LIMIT);
    if same.filter(|other| other.section == section && other.start == symbol.value).count() >= ALIAS_LIMIT {
        return failed(FunctionProblem::TooManyNames { limit: ALIAS_LIMIT });
    }
    Ok(())
}

fn decode(bytes: &[u8], endian: Endian) -> Vec<Insn> {
    let slots = bytes.as_chunks::<8>().0.iter();
    match endian {
        Endian::Little => slots.map(|slot| Insn::from_le_bytes(*slot)).collect(),
        Endian::Big => slots.map(|slot| Insn::from_be_bytes(*slot)).collect(),
    }
}
