//! Sizes, alignments and gaps: what has to be said so that a compiler arrives at the same layout.
//!
//! BTF does not say what was packed or aligned, so it is concluded from offsets, as libbpf does: in its answers, also where
//! they are simpler than C (16-byte integers count as aligned to 8).

use super::order::too_deep;
use super::printer::{MAX_DEPTH, Printer};
use super::records::Record;
use crate::error::TypeError;
use crate::kind::Kind;

/// Steps from a type to one that has a size, at most.
const MAX_STEPS: u32 = 32;
/// In [`Printer::aligns`]: not known yet; being worked out. Others are one more than the alignment.
const UNKNOWN: u8 = 0;
const BEGUN: u8 = u8::MAX;

/// Bits between two members.
pub(super) struct Gap {
    /// The first bit behind what was printed.
    pub(super) from: u64,
    /// The bit at which the next member is.
    pub(super) to: u64,
    /// Bytes to which the next one aligns itself.
    pub(super) align: u32,
    /// It stands between bitfields.
    pub(super) in_bits: bool,
}

impl<'a> Printer<'a, '_> {
    /// Bytes to which a type aligns itself; 0 where it has no layout.
    pub(super) fn align_of(&mut self, id: u32, depth: u32) -> Result<u32, TypeError> {
        let mut at = id;
        for _ in 0..=MAX_DEPTH {
            self.records.step(id)?;
            let record = self.records.get(at)?;
            at = match record.kind() {
                Kind::INT | Kind::ENUM | Kind::ENUM64 | Kind::FLOAT => {
                    return Ok(record.word.min(self.pointer_size));
                }
                Kind::PTR => return Ok(self.pointer_size),
                Kind::ARRAY => record.array(self.records.endian)[0],
                Kind::STRUCT | Kind::UNION => return self.composite_align(at, record, depth),
                kind if kind.is_modifier() => record.word,
                _ => return Ok(0),
            };
        }
        Err(too_deep(id))
    }

    fn composite_align(&mut self, id: u32, record: Record<'a>, depth: u32) -> Result<u32, TypeError> {
        let index = usize::try_from(id).unwrap_or(usize::MAX);
        match self.aligns.get(index).copied() {
            None | Some(UNKNOWN) => {}
            Some(BEGUN) => return Err(too_deep(id)),
            Some(known) => return Ok(u32::from(known - 1)),
        }
        if depth > MAX_DEPTH {
            return Err(too_deep(id));
        }
        self.note_align(index, BEGUN);
        let align = self.members_align(record, depth);
        // At most the size of a pointer.
        let known = align.as_ref().ok().and_then(|align| u8::try_from(align + 1).ok());
        self.note_align(index, known.unwrap_or(UNKNOWN));
        align
    }

    fn note_align(&mut self, index: usize, align: u8) {
        if let Some(slot) = self.aligns.get_mut(index) {
            *slot = align;
        }
    }

    fn members_align(&mut self, record: Record<'a>, depth: u32) -> Result<u32, TypeError> {
        let mut most = 1;
        for member in record.members(self.records.endian) {
            let align = self.align_of(member.id, depth + 1)?;
            if align == 0 {
                return Ok(0);
            }
            most = most.max(align);
            if member.width == 0 && !member.at.is_multiple_of(8 * align) {
                return Ok(1);
            }
        }
        Ok(if record.word.is_multiple_of(most) { most } else { 1 })
    }

    /// Whether a compiler would put the members elsewhere, was it not told to pack them.
    pub(super) fn is_packed(&mut self, record: Record<'a>) -> Result<bool, TypeError> {
        let mut most = 1;
        for member in record.members(self.records.endian) {
            let align = self.align_of(member.id, 0)?;
            if align != 0 && member.width == 0 && !member.at.is_multiple_of(8 * align) {
                return Ok(true);
            }
            most = most.max(align);
        }
        Ok(!record.word.is_multiple_of(most))
    }

    /// Bytes of a member; 0 where its type has no size.
    pub(super) fn size_of(&mut self, id: u32) -> Result<u32, TypeError> {
        let (mut at, mut times) = (id, 1_u32);
        for _ in 0..MAX_STEPS {
            self.records.step(id)?;
            let record = self.records.get(at)?;
            let one = match record.kind() {
                Kind::INT | Kind::STRUCT | Kind::UNION | Kind::ENUM | Kind::ENUM64 | Kind::FLOAT => {
                    record.word
                }
                Kind::PTR => self.pointer_size,
                Kind::ARRAY => {
                    let [element, _, len] = record.array(self.records.endian);
                    let Some(product) = times.checked_mul(len) else { return Ok(0) };
                    times = product;
                    at = element;
                    continue;
                }
                kind if kind.is_modifier() => {
                    at = record.word;
                    continue;
                }
                _ => return Ok(0),
            };
            return Ok(times.checked_mul(one).unwrap_or(0));
        }
        Ok(0)
    }

    /// Prints members without a name that fill a gap, where the compiler would not leave one.
    pub(super) fn pad(&mut self, id: u32, gap: Gap, level: u32) -> Result<(), TypeError> {
        let Gap { from, to, align, in_bits } = gap;
        if from >= to {
            return Ok(());
        }
        let words = [("long", u64::from(self.pointer_size) * 8), ("int", 32), ("short", 16), ("char", 8)];
        // The longest that begins, where it must, inside the gap.
        let fits = |(_, bits): &&(&str, u64)| from.next_multiple_of(*bits) <= to;
        let (word, bits) = words.iter().find(fits).copied().unwrap_or(("char", 8));
        let begin = from.next_multiple_of(bits);
        let mut at = from;
        if begin > from && begin <= to {
            let natural = from.next_multiple_of(u64::from(align.max(1)) * 8);
            // The compiler may get there by itself; or what comes next may fit before, and be put there.
            let needed =
                in_bits || (begin == to && natural != begin) || (begin != to && to - begin <= begin - from);
            if needed {
                self.unnamed(word, if in_bits { begin - from } else { 0 }, level);
            }
            at = begin;
        }
        while at < to {
            self.check_room(id)?;
            let rest = to - at;
            if rest >= bits {
                self.unnamed(word, bits, level);
                at += bits;
            } else {
                // The shortest that holds it says best how much it is.
                let shortest =
                    words.iter().rev().find(|(_, bits)| *bits >= rest).map_or("long", |(word, _)| word);
                self.unnamed(shortest, rest, level);
                at = to;
            }
        }
        Ok(())
    }

    fn unnamed(&mut self, word: &str, bits: u64, level: u32) {
        self.out.line(level);
        self.out.text(word);
        self.out.text(": ");
        self.out.number(bits);
        self.out.text(";");
    }
}
