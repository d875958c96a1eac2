//! Words and strings as a blob, in either byte order.

use crate::btf::Btf;
use crate::cursor::{Endian, u32_at};
use crate::header::{HEADER_LEN, MAGIC};

/// A blob of these words and strings: the header that every kernel takes, types, strings. They fit: what is built is
/// kept below 32 bits as it grows, and what was parsed is.
pub(super) fn assemble(endian: Endian, words: &[u32], strings: &[u8]) -> Vec<u8> {
    let number = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    let types = words.len().saturating_mul(4);
    let mut out = Vec::with_capacity(types.saturating_add(strings.len()).saturating_add(HEADER_LEN));
    header(&mut out, endian, number(types), number(strings.len()));
    words.iter().for_each(|word| out.extend(endian.put_u32(*word)));
    out.extend_from_slice(strings);
    out
}

/// The header of a blob whose types stand behind it, and then its strings: so many bytes of each.
pub(crate) fn header(out: &mut Vec<u8>, endian: Endian, types: u32, strings: u32) {
    preamble(out, endian);
    let own = u32::try_from(HEADER_LEN).unwrap_or(u32::MAX);
    for word in [own, 0, types, types, strings] {
        out.extend(endian.put_u32(word));
    }
}

/// Magic, version 1, no flags.
pub(crate) fn preamble(out: &mut Vec<u8>, endian: Endian) {
    out.extend(match endian {
        Endian::Little => MAGIC.to_le_bytes(),
        Endian::Big => MAGIC.to_be_bytes(),
    });
    out.extend([1, 0]);
}

/// The lower and the upper 32 bits.
pub(crate) fn halves(value: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = value.to_le_bytes();
    [u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])]
}

/// The numbers in these bytes, four bytes each.
pub(super) fn words(bytes: &[u8], endian: Endian) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|word| u32_at(word, 0, endian)).collect()
}

/// The blob, in that byte order: equal types under equal ids and string offsets. A layout section is left out, whose
/// numbers only describe the kinds that every reader of the blob knows.
#[must_use]
#[doc(alias = "btf__set_endianness")]
pub fn in_order(btf: &Btf, endian: Endian) -> Vec<u8> {
    assemble(endian, &words(btf.type_bytes(), btf.endian()), btf.string_section())
}
