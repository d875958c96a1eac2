//! The header of a `.BTF` blob: which byte order, where its sections are.

use std::ops::Range;

use crate::cursor::{Endian, u32_at};
use crate::error::ParseError;
use crate::kind::{SHAPES, Shape, Shapes};

/// The number every BTF and BTF.ext blob begins with, in its own byte order.
pub(crate) const MAGIC: u16 = 0xeb9f;
/// Bytes of the header fields that every version has; longer headers are read up to here.
pub(crate) const HEADER_LEN: usize = 24;

/// Bytes of a header that also tells where the layout section is.
const LAYOUT_HEADER_LEN: usize = 32;

/// Where the sections of a blob are, in bytes from its start.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) endian: Endian,
    pub(crate) types: Range<usize>,
    pub(crate) strings: Range<usize>,
    /// What records of each kind look like, where the blob says so.
    pub(crate) layout: Option<Range<usize>>,
}

/// Reads magic, version and header length, which `.BTF` and `.BTF.ext` share.
pub(crate) fn preamble(bytes: &[u8], least: usize) -> Result<(Endian, usize), ParseError> {
    let short = || ParseError::TooShort { len: bytes.len(), need: least };
    let magic: [u8; 2] = *bytes.first_chunk().ok_or_else(short)?;
    let endian = match (u16::from_le_bytes(magic), u16::from_be_bytes(magic)) {
        (MAGIC, _) => Endian::Little,
        (_, MAGIC) => Endian::Big,
        (found, _) => return Err(ParseError::NotBtf { magic: found }),
    };
    let version = *bytes.get(2).ok_or_else(short)?;
    if version != 1 {
        return Err(ParseError::Version { version });
    }
    let header_len = u32_at(bytes, 4, endian).ok_or_else(short)?;
    let header_len = usize::try_from(header_len).unwrap_or(usize::MAX);
    if header_len < least || header_len > bytes.len() {
        return Err(ParseError::HeaderLength { header_len, len: bytes.len() });
    }
    Ok((endian, header_len))
}

impl Header {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let (endian, header_len) = preamble(bytes, HEADER_LEN)?;
        let section = |name, at| section(bytes, endian, header_len, name, at);
        let types = section("types", 8)?;
        let strings = section("strings", 16)?;
        if !types.start.is_multiple_of(4) {
            return Err(ParseError::Misaligned { section: "types", start: types.start });
        }
        // Either may come first, but not inside the other; libbpf asks for the types first.
        if types.start.max(strings.start) < types.end.min(strings.end) {
            return Err(ParseError::Overlap { types, strings });
        }
        let layout = if header_len < LAYOUT_HEADER_LEN { None } else { Some(section("layout", 24)?) };
        let layout = layout.filter(|layout| !layout.is_empty());
        if let Some(layout) = layout.as_ref().filter(|layout| !layout.start.is_multiple_of(4)) {
            return Err(ParseError::Misaligned { section: "layout", start: layout.start });
        }
        Ok(Self { endian, types, strings, layout })
    }
}

/// The shapes of known kinds, and of those others that a layout section describes: four bytes for each kind from 0 on,
/// which are the fixed bytes, the bytes for each element, and flags.
pub(crate) fn shapes(layout: &[u8]) -> Box<Shapes> {
    let mut shapes = Box::new(SHAPES);
    // Kind 0 is no record; kinds that are known look as they always did.
    let own = layout.chunks_exact(4).zip(shapes.iter_mut()).skip(1);
    for (entry, shape) in own.filter(|(_, shape)| **shape == Shape::UNKNOWN) {
        let [fixed, each, ..] = *entry else { continue };
        if fixed.is_multiple_of(4) && each.is_multiple_of(4) {
            *shape = Shape { fixed: fixed.into(), each: each.into() };
        }
    }
    shapes
}

/// A section given by an offset from the end of the header and a length, both `u32` at `at`.
pub(crate) fn section(
    bytes: &[u8],
    endian: Endian,
    header_len: usize,
    name: &'static str,
    at: usize,
) -> Result<Range<usize>, ParseError> {
    let word = |at| u32_at(bytes, at, endian).map(u64::from).unwrap_or(u64::MAX);
    let start = (header_len as u64).saturating_add(word(at));
    let end = start.saturating_add(word(at + 4));
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) if end <= bytes.len() => Ok(start..end),
        _ => Err(ParseError::SectionOutside { section: name, start, end, len: bytes.len() }),
    }
}
