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

/// Bytes that a type takes, and to which it aligns itself; both 0 where it has no layout.
#[derive(Clone, Copy, Default)]
pub(super) struct Layout {
    pub(super) size: u32,
    pub(super) align: u32,
}

/// How the members of a struct or union lie.
pub(super) struct Shape {
    /// Where in [`Printer::layouts`] those of the members begin.
    pub(super) start: usize,
    /// Bytes to which it aligns itself; 0 where a member has no layout.
    pub(super) align: u32,
    /// A compiler would put the members elsewhere, was it not told to pack them.
    pub(super) packed: bool,
}

impl<'a> Printer<'a, '_> {
    /// Works out the layout of a struct or union. Those of its members stay in [`Printer::layouts`].
    pub(super) fn shape(&mut self, id: u32, record: Record<'a>, depth: u32) -> Result<Shape, TypeError> {
        if depth > MAX_DEPTH {
            return Err(too_deep(id));
        }
        let index = usize::try_from(id).unwrap_or(usize::MAX);
        let begun = self.aligns.get(index) == Some(&BEGUN);
        if begun {
            return Err(too_deep(id));
        }
        self.note_align(index, BEGUN);
        let shape = self.work_out(record, depth);
        // At most the size of a pointer.
        let known = shape.as_ref().ok().and_then(|shape| u8::try_from(shape.align + 1).ok());
        self.note_align(index, known.unwrap_or(UNKNOWN));
        shape
    }

    fn work_out(&mut self, record: Record<'a>, depth: u32) -> Result<Shape, TypeError> {
        let start = self.layouts.len();
        let (mut most, mut misplaced, mut unknown) = (1, false, false);
        let members = record.members(self.records.endian);
        self.layouts.reserve(members.len());
        for member in members {
            let layout = self.layout_of(member.id, depth + 1)?;
            self.layouts.push(layout);
            let align = layout.align;
            // What comes behind the first member that decides does not count: so does libbpf.
            unknown |= align == 0 && !misplaced;
            misplaced |= align != 0 && member.width == 0 && !member.at.is_multiple_of(8 * align);
            most = most.max(align);
        }
        let packed = misplaced || !record.word.is_multiple_of(most);
        let align = match (unknown, packed) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => most,
        };
        Ok(Shape { start, align, packed: packed && record.kind() == Kind::STRUCT })
    }

    fn note_align(&mut self, index: usize, align: u8) {
        if let Some(slot) = self.aligns.get_mut(index) {
            *slot = align;
        }
    }

    fn composite_align(&mut self, id: u32, record: Record<'a>, depth: u32) -> Result<u32, TypeError> {
        match usize::try_from(id).ok().and_then(|index| self.aligns.get(index)).copied() {
            Some(known) if known != UNKNOWN && known != BEGUN => Ok(u32::from(known - 1)),
            _ => {
                let start = self.layouts.len();
                let shape = self.shape(id, record, depth);
                self.layouts.truncate(start);
                shape.map(|shape| shape.align)
            }
        }
    }

    /// The layout of a member of that type.
    #[inline]
    fn layout_of(&mut self, id: u32, depth: u32) -> Result<Layout, TypeError> {
        self.records.step(id)?;
        // Most members are pointers and numbers.
        match self.records.get(id) {
            Ok(record) if record.kind() == Kind::PTR => {
                Ok(Layout { size: self.pointer_size, align: self.pointer_size })
            }
            Ok(record) if record.kind() == Kind::INT => {
                Ok(Layout { size: record.word, align: record.word.min(self.pointer_size) })
            }
            _ => self.layout_behind(id, depth),
        }
    }

    fn layout_behind(&mut self, id: u32, depth: u32) -> Result<Layout, TypeError> {
        let (mut at, mut times) = (id, Some(1_u32));
        for step in 0..=MAX_DEPTH {
            self.records.step(id)?;
            let record = self.records.get(at)?;
            let (one, align) = match record.kind() {
                Kind::INT | Kind::ENUM | Kind::ENUM64 | Kind::FLOAT => {
                    (record.word, record.word.min(self.pointer_size))
                }
                Kind::PTR => (self.pointer_size, self.pointer_size),
                Kind::STRUCT | Kind::UNION => (record.word, self.composite_align(at, record, depth)?),
                Kind::ARRAY => {
                    let [element, _, len] = record.array(self.records.endian);
                    times = times.and_then(|times| times.checked_mul(len));
                    at = element;
                    continue;
                }
                kind if kind.is_modifier() => {
                    at = record.word;
                    continue;
                }
                _ => return Ok(Layout::default()),
            };
            let size = times.filter(|_| step < MAX_STEPS).and_then(|times| times.checked_mul(one));
            return Ok(Layout { size: size.unwrap_or(0), align });
        }
        Err(too_deep(id))
    }

    /// Prints members without a name that fill a gap, where the compiler would not leave one.
    #[inline]
    pub(super) fn pad(&mut self, id: u32, gap: &Gap, level: u32) -> Result<(), TypeError> {
        if gap.from >= gap.to { Ok(()) } else { self.fill(id, gap, level) }
    }

    fn fill(&mut self, id: u32, gap: &Gap, level: u32) -> Result<(), TypeError> {
        let Gap { from, to, align, in_bits } = *gap;
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
