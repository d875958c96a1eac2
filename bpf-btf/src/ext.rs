//! `.BTF.ext`: which function, source line and CO-RE relocation belongs to which instruction.

use crate::btf::Btf;
use crate::core::RelocKind;
use crate::cursor::{Endian, range, u32_at};
use crate::error::{ParseError, TypeError};
use crate::header;
use crate::types::{StrOffset, TypeId};

/// The three record tables of an object, decoded. Records of one ELF section stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BtfExt {
    /// Which function begins where.
    pub funcs: Vec<ExtSection<FuncRecord>>,
    /// Which source line an instruction comes from.
    pub lines: Vec<ExtSection<LineRecord>>,
    /// What to adjust for the kernel.
    pub core: Vec<ExtSection<CoreRecord>>,
}

/// The records that belong to one ELF section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtSection<T> {
    /// The section's name, a string of the object's BTF.
    pub section: StrOffset,
    /// In the order of the file.
    pub records: Vec<T>,
}

impl<T> ExtSection<T> {
    /// The section's name.
    ///
    /// # Errors
    /// [`TypeError::BadString`].
    pub fn name<'a>(&self, btf: &'a Btf) -> Result<&'a str, TypeError> {
        btf.string(self.section)
    }
}

/// A function's place. Byte offsets count from the start of the ELF section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FuncRecord {
    /// Byte offset of its first instruction.
    pub offset: u32,
    /// Its `FUNC`.
    pub type_id: TypeId,
}

/// An instruction's source line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineRecord {
    /// Byte offset of the instruction.
    pub offset: u32,
    /// File name.
    pub file: StrOffset,
    /// Text of the line.
    pub text: StrOffset,
    /// Line number from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u16,
}

impl LineRecord {
    /// Line and column in the form that the kernel takes: `line << 10 | column`.
    #[must_use]
    pub fn packed(&self) -> u32 {
        self.line << 10 | u32::from(self.column & 0x3ff)
    }
}

/// A CO-RE relocation as the compiler wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoreRecord {
    /// Byte offset of the instruction.
    pub offset: u32,
    /// The object's own type at the root of the access.
    pub type_id: TypeId,
    /// The access string, as `0:1:2`.
    pub access: StrOffset,
    /// What is asked of the kernel's type.
    pub kind: RelocKind,
}

const HEADER_LEN: usize = 24;
const HEADER_LEN_CORE: usize = 32;

impl BtfExt {
    /// Decodes a `.BTF.ext` section. Longer records than known are read up to the known part.
    ///
    /// # Errors
    /// [`ParseError`] with the offset at which it stops making sense.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let (endian, header_len) = header::preamble(bytes, HEADER_LEN)?;
        let table = |name, at, least, have: bool| -> Result<Table<'_>, ParseError> {
            let span = if have { header::section(bytes, endian, header_len, name, at)? } else { 0..0 };
            Ok(Table { name, start: span.start, bytes: bytes.get(span).unwrap_or_default(), endian, least })
        };
        Ok(Self {
            funcs: table("func_info", 8, 8, true)?
                .decode(|r| FuncRecord { offset: r.word(0), type_id: TypeId(r.word(4)) })?,
            lines: table("line_info", 16, 16, true)?.decode(|r| LineRecord {
                offset: r.word(0),
                file: StrOffset(r.word(4)),
                text: StrOffset(r.word(8)),
                line: r.word(12) >> 10,
                column: (r.word(12) & 0x3ff) as u16,
            })?,
            core: table("core_relo", 24, 16, header_len >= HEADER_LEN_CORE)?.decode(|r| CoreRecord {
                offset: r.word(0),
                type_id: TypeId(r.word(4)),
                access: StrOffset(r.word(8)),
                kind: RelocKind(r.word(12)),
            })?,
        })
    }
}

struct Table<'a> {
    name: &'static str,
    start: usize,
    bytes: &'a [u8],
    endian: Endian,
    /// Bytes that a record must have.
    least: usize,
}

struct Record<'a> {
    bytes: &'a [u8],
    endian: Endian,
}

impl Record<'_> {
    fn word(&self, at: usize) -> u32 {
        // `Table::decode` hands out records of at least the known length.
        u32_at(self.bytes, at, self.endian).unwrap_or(0)
    }
}

impl Table<'_> {
    fn decode<T>(&self, read: impl Fn(&Record<'_>) -> T) -> Result<Vec<ExtSection<T>>, ParseError> {
        let mut sections = Vec::new();
        if self.bytes.is_empty() {
            return Ok(sections);
        }
        let damaged = |at: usize, why| ParseError::ExtTable { table: self.name, at: self.start + at, why };
        let word =
            |at| u32_at(self.bytes, at, self.endian).ok_or_else(|| damaged(at, "it ends inside a header"));
        let size = usize::try_from(word(0)?).unwrap_or(usize::MAX);
        if size < self.least || !size.is_multiple_of(4) {
            return Err(damaged(0, "records are too short or not a multiple of 4 bytes"));
        }
        let mut at = 4;
        while at < self.bytes.len() {
            let (section, count) = (word(at)?, word(at + 4)?);
            if count == 0 {
                return Err(damaged(at, "a section without records"));
            }
            let len = usize::try_from(count).ok().and_then(|count| count.checked_mul(size));
            let records = len.and_then(|len| range(self.bytes, at + 8, len));
            let records = records.ok_or_else(|| damaged(at, "more records than the table has room for"))?;
            sections.push(ExtSection {
                section: StrOffset(section),
                records: records
                    .chunks_exact(size)
                    .map(|bytes| read(&Record { bytes, endian: self.endian }))
                    .collect(),
            });
            at += 8 + records.len();
        }
        Ok(sections)
    }
}
