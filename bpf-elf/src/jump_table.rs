//! Jump tables: the section `.jumptables`, offsets of instructions that a jump chooses from.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::{ElfError, JumpTableProblem, RelocProblem};
use crate::file::{ElfFile, Home, RawReloc, Symbol};
use crate::function::Function;
use crate::ids::{ByteOffset, FunctionId, InsnIndex, JumpTableId, SectionIndex, next};
use crate::reloc::R_BPF_64_ABS64;

/// A table of instructions of one function. For the kernel it becomes a map of type `insn_array` (Linux 6.19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JumpTable {
    /// The name of its symbol.
    pub name: String,
    /// Where in the section.
    pub offset: ByteOffset,
    /// The instructions that it leads to, counted from the start of the function.
    pub targets: Vec<InsnIndex>,
}

/// An entry holds a byte offset in the section of its function.
const ENTRY: u64 = 8;
/// How often the same entry may be read: functions have so many names at the most, and each its own copy.
const COPIES: usize = 16;

/// The section, and the tables that were found in it.
pub(crate) struct JumpTables<'d> {
    section: SectionIndex,
    bytes: Cow<'d, [u8]>,
    relocs: Vec<RawReloc>,
    seen: HashMap<(FunctionId, u64, u64), JumpTableId>,
    /// Entries that may still be read: tables of a sound file do not overlap.
    left: usize,
}

impl<'d> JumpTables<'d> {
    pub(crate) fn read(file: &ElfFile<'d>, section: SectionIndex) -> Result<Self, ElfError> {
        let bytes = file.data(section)?;
        let left = (bytes.len() / 8).saturating_mul(COPIES);
        Ok(Self { section, bytes, relocs: file.relocations(section)?, seen: HashMap::new(), left })
    }

    /// The table that an instruction of a function refers to by a symbol.
    pub(crate) fn of(
        &mut self,
        file: &ElfFile<'_>,
        symbol: &Symbol<'_>,
        function: &mut Function,
    ) -> Result<JumpTableId, RelocProblem> {
        let key = (function.id, symbol.value, symbol.size);
        if let Some(known) = self.seen.get(&key) {
            return Ok(*known);
        }
        let failed = |problem| RelocProblem::JumpTable { symbol: symbol.name.to_owned(), problem };
        let (offset, size) = (symbol.value, symbol.size);
        let end = usize::try_from(offset.saturating_add(size)).ok();
        let entries =
            usize::try_from(offset).ok().zip(end).and_then(|(start, end)| self.bytes.get(start..end));
        let whole = size > 0 && size.is_multiple_of(ENTRY) && offset.is_multiple_of(ENTRY);
        let entries =
            entries.filter(|_| whole && symbol.home == Home::Section(self.section)).ok_or_else(|| {
                let section_size = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
                failed(JumpTableProblem::Shape { offset, size, section_size })
            })?;
        let entries = entries.as_chunks::<8>().0;
        self.left = self.left.checked_sub(entries.len()).ok_or_else(|| failed(JumpTableProblem::Overlaps))?;
        let mut targets = Vec::with_capacity(entries.len());
        for (at, entry) in (0_u64..).zip(entries) {
            let place = offset.saturating_add(at.saturating_mul(ENTRY));
            let value = self.value(file, function, place, file.long(*entry))?;
            let inside = value.and_then(|value| value.checked_sub(function.offset.0));
            let insn = inside.filter(|inside| inside.is_multiple_of(8)).map(|inside| inside / 8);
            let insn = insn.and_then(|insn| u32::try_from(insn).ok()).map(InsnIndex);
            let insn = insn.filter(|insn| insn.index() < function.insns.len());
            targets.push(insn.ok_or_else(|| {
                let function = function.name.clone();
                failed(JumpTableProblem::Target { entry: at, value: file.long(*entry), function })
            })?);
        }
        let id = JumpTableId(next(&function.jump_tables));
        function.jump_tables.push(JumpTable {
            name: symbol.name.to_owned(),
            offset: ByteOffset(offset),
            targets,
        });
        self.seen.insert(key, id);
        Ok(id)
    }

    /// What an entry says once it is relocated, if that is in the section of its function.
    fn value(
        &self,
        file: &ElfFile<'_>,
        function: &Function,
        place: u64,
        stands: u64,
    ) -> Result<Option<u64>, RelocProblem> {
        let found = self.relocs.binary_search_by_key(&place, |reloc| reloc.offset).ok();
        let Some(reloc) = found.and_then(|at| self.relocs.get(at)) else { return Ok(Some(stands)) };
        let Some(symbol) = file.symbol(reloc.symbol) else {
            return Err(RelocProblem::NoSymbol { index: reloc.symbol });
        };
        if reloc.r_type != R_BPF_64_ABS64 {
            let (symbol, r_type) = (symbol.name.to_owned(), reloc.r_type);
            return Err(RelocProblem::Type { symbol, r_type, wanted: "R_BPF_64_ABS64" });
        }
        let here = symbol.home == Home::Section(function.section);
        Ok(symbol.value.checked_add(stands).filter(|_| here))
    }
}
