//! `.BTF.ext`, changed and written: tables cut, moved and put together.

use super::BuildError;
use super::blob::preamble;
use crate::cursor::Endian;
use crate::ext::{BtfExt, CoreRecord, ExtSection, FuncRecord, LineRecord};
use crate::types::{StrOffset, TypeId};

/// A record of one of the three tables, as far as rewriting has to know it.
trait Record: Copy {
    /// Words that it takes.
    const WORDS: u32;
    fn offset(&mut self) -> &mut u32;
    fn strings(&mut self, map: &mut dyn FnMut(StrOffset) -> StrOffset);
    fn types(&mut self, map: &mut dyn FnMut(TypeId) -> TypeId);
    fn write(&self, out: &mut Vec<u32>);
}

impl Record for FuncRecord {
    const WORDS: u32 = 2;

    fn offset(&mut self) -> &mut u32 {
        &mut self.offset
    }

    fn strings(&mut self, _: &mut dyn FnMut(StrOffset) -> StrOffset) {}

    fn types(&mut self, map: &mut dyn FnMut(TypeId) -> TypeId) {
        self.type_id = map(self.type_id);
    }

    fn write(&self, out: &mut Vec<u32>) {
        out.extend([self.offset, self.type_id.0]);
    }
}

impl Record for LineRecord {
    const WORDS: u32 = 4;

    fn offset(&mut self) -> &mut u32 {
        &mut self.offset
    }

    fn strings(&mut self, map: &mut dyn FnMut(StrOffset) -> StrOffset) {
        self.file = map(self.file);
        self.text = map(self.text);
    }

    fn types(&mut self, _: &mut dyn FnMut(TypeId) -> TypeId) {}

    fn write(&self, out: &mut Vec<u32>) {
        out.extend([self.offset, self.file.0, self.text.0, self.packed()]);
    }
}

impl Record for CoreRecord {
    const WORDS: u32 = 4;

    fn offset(&mut self) -> &mut u32 {
        &mut self.offset
    }

    fn strings(&mut self, map: &mut dyn FnMut(StrOffset) -> StrOffset) {
        self.access = map(self.access);
    }

    fn types(&mut self, map: &mut dyn FnMut(TypeId) -> TypeId) {
        self.type_id = map(self.type_id);
    }

    fn write(&self, out: &mut Vec<u32>) {
        out.extend([self.offset, self.type_id.0, self.access.0, self.kind.0]);
    }
}

/// What is to happen to the records of one section.
enum Move {
    /// They go on so many bytes later (or, below zero, earlier).
    By(i64),
    /// Those whose instruction is in here are left out.
    Without(std::ops::Range<u32>),
}

impl BtfExt {
    /// The section as bytes. It ends with the table of CO-RE records only where there are any.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`].
    pub fn write(&self, endian: Endian) -> Result<Vec<u8>, BuildError> {
        let tables = [table(&self.funcs)?, table(&self.lines)?, table(&self.core)?];
        let mut at = 0_u32;
        let mut header = vec![if tables[2].is_empty() { 24 } else { 32 }];
        for (index, table) in tables.iter().enumerate() {
            let len = u32::try_from(table.len()).ok().and_then(|words| words.checked_mul(4));
            let end = len.and_then(|len| Some((len, at.checked_add(len)?)));
            let (len, end) = end.ok_or(BuildError::TooLarge { what: "records" })?;
            if index < 2 || len > 0 {
                header.extend([at, len]);
            }
            at = end;
        }
        let mut out = Vec::new();
        preamble(&mut out, endian);
        for word in header.iter().chain(tables.iter().flatten()) {
            out.extend(endian.put_u32(*word));
        }
        Ok(out)
    }

    /// Moves everything in a section by so many bytes, as when code is put in front of it.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`], where something would come to stand before byte 0 or after 2^32; then nothing moves.
    pub fn shift(&mut self, section: StrOffset, by: i64) -> Result<(), BuildError> {
        let mut moved = self.clone();
        moved.rewrite(section, &Move::By(by))?;
        *self = moved;
        Ok(())
    }

    /// Leaves out everything about the instructions at these byte offsets of a section, as when a function is taken out
    /// of it. What comes after stays where it is.
    pub fn remove(&mut self, section: StrOffset, bytes: std::ops::Range<u32>) {
        // Only moving can fail.
        let _ = self.rewrite(section, &Move::Without(bytes));
        self.funcs.retain(|section| !section.records.is_empty());
        self.lines.retain(|section| !section.records.is_empty());
        self.core.retain(|section| !section.records.is_empty());
    }

    fn rewrite(&mut self, section: StrOffset, how: &Move) -> Result<(), BuildError> {
        rewrite(&mut self.funcs, section, how)?;
        rewrite(&mut self.lines, section, how)?;
        rewrite(&mut self.core, section, how)
    }

    /// Changes every reference into the BTF beside it, as when that is merged into another.
    pub fn map(
        &mut self,
        mut strings: impl FnMut(StrOffset) -> StrOffset,
        mut types: impl FnMut(TypeId) -> TypeId,
    ) {
        map(&mut self.funcs, &mut strings, &mut types);
        map(&mut self.lines, &mut strings, &mut types);
        map(&mut self.core, &mut strings, &mut types);
    }

    /// Adds the records of another, which refers to the same BTF: those of one section come to stand together, in the
    /// order of their instructions.
    pub fn merge(&mut self, other: Self) {
        merge(&mut self.funcs, other.funcs);
        merge(&mut self.lines, other.lines);
        merge(&mut self.core, other.core);
    }
}

/// A table as words: the size of a record, then the sections.
fn table<T: Record>(sections: &[ExtSection<T>]) -> Result<Vec<u32>, BuildError> {
    let mut out = Vec::new();
    for section in sections.iter().filter(|section| !section.records.is_empty()) {
        if out.is_empty() {
            out.push(T::WORDS.saturating_mul(4));
        }
        let count =
            u32::try_from(section.records.len()).map_err(|_| BuildError::TooLarge { what: "records" })?;
        out.extend([section.section.0, count]);
        section.records.iter().for_each(|record| record.write(&mut out));
    }
    Ok(out)
}

fn rewrite<T: Record>(sections: &mut [ExtSection<T>], name: StrOffset, how: &Move) -> Result<(), BuildError> {
    for section in sections.iter_mut().filter(|section| section.section == name) {
        match how {
            Move::By(by) => {
                for record in &mut section.records {
                    let offset = record.offset();
                    let moved = i64::from(*offset).checked_add(*by).and_then(|at| u32::try_from(at).ok());
                    *offset = moved.ok_or(BuildError::TooLarge { what: "instruction offsets" })?;
                }
            }
            Move::Without(bytes) => {
                section.records.retain(|record| !bytes.contains(record.clone().offset()));
            }
        }
    }
    Ok(())
}

fn map<T: Record>(
    sections: &mut [ExtSection<T>],
    strings: &mut dyn FnMut(StrOffset) -> StrOffset,
    types: &mut dyn FnMut(TypeId) -> TypeId,
) {
    for section in sections {
        section.section = strings(section.section);
        for record in &mut section.records {
            record.strings(strings);
            record.types(types);
        }
    }
}

fn merge<T: Record>(into: &mut Vec<ExtSection<T>>, from: Vec<ExtSection<T>>) {
    for section in from {
        match into.iter_mut().find(|found| found.section == section.section) {
            Some(found) => {
                found.records.extend(section.records);
                found.records.sort_by_key(|record| *record.clone().offset());
            }
            None => into.push(section),
        }
    }
}
