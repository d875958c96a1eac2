//! Where the records of a type section begin: walked in order, or found by number without remembering each.

use crate::cursor::{Endian, u32_at};
use crate::error::ParseError;
use crate::kind::{Kind, Shape, Shapes};
use crate::types::TypeId;

/// Bytes of the part that every record has.
pub(crate) const RECORD_HEADER: usize = 12;
/// The bits of an info word that hold the number of elements.
pub(crate) const VLEN_MASK: u32 = 0x00ff_ffff;

/// The kind in an info word.
pub(crate) fn kind_of(info: u32) -> Kind {
    Kind(((info >> 24) & 0x7f) as u8)
}

/// The header of a record, and where the record is in the type section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) at: usize,
    pub(crate) end: usize,
    pub(crate) name: u32,
    pub(crate) info: u32,
    pub(crate) size_or_type: u32,
}

impl Record {
    pub(crate) fn kind(&self) -> Kind {
        kind_of(self.info)
    }
}

/// Records one after the other, up to the end or to the first that is damaged.
#[derive(Clone)]
pub(crate) struct Walk<'a> {
    pub(crate) types: &'a [u8],
    pub(crate) at: usize,
    pub(crate) endian: Endian,
    pub(crate) shapes: &'a Shapes,
}

impl Iterator for Walk<'_> {
    type Item = Record;

    #[inline]
    fn next(&mut self) -> Option<Record> {
        let at = self.at;
        let head: &[u8; RECORD_HEADER] = self.types.get(at..)?.first_chunk()?;
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *head;
        let info = self.endian.u32([e, f, g, h]);
        let Shape { fixed, each } = self.shapes[usize::from(kind_of(info).0 & 0x7f)];
        let tail = u64::from(each) * u64::from(info & VLEN_MASK) + u64::from(fixed);
        let end = usize::try_from(tail).ok()?.checked_add(at + RECORD_HEADER)?;
        if end > self.types.len() {
            return None;
        }
        self.at = end;
        let (name, size_or_type) = (self.endian.u32([a, b, c, d]), self.endian.u32([i, j, k, l]));
        Some(Record { at, end, name, info, size_or_type })
    }
}

impl Walk<'_> {
    /// What is wrong with the record at which this stopped, being the one of that id; `None` at the end of all.
    fn damage(&self, id: TypeId) -> Option<ParseError> {
        let at = self.at;
        if at >= self.types.len() {
            return None;
        }
        let info = u32_at(self.types, at.saturating_add(4), self.endian).unwrap_or(0);
        let (kind, vlen) = (kind_of(info), info & VLEN_MASK);
        let whole = self.types.len() - at >= RECORD_HEADER;
        Some(if whole && self.shapes[usize::from(kind.0 & 0x7f)] == Shape::UNKNOWN {
            ParseError::UnknownKind { id, at, kind }
        } else {
            ParseError::Truncated { id, at, kind, vlen }
        })
    }
}

/// How many records there are, and where to begin looking for one.
pub(crate) struct Records {
    count: u32,
    /// Start of each record whose number is a multiple of [`EVERY`].
    marks: Vec<u32>,
    /// The highest number of a kind.
    newest: Kind,
    damage: Option<ParseError>,
}

/// Records between two marks: few enough to walk from one to the next, so many that the marks of a kernel fit in some
/// tens of pages.
const EVERY: u32 = 1 << EVERY_BITS;
const EVERY_BITS: u32 = 2;

impl Records {
    pub(crate) fn read(walk: Walk<'_>, first_id: u32) -> Self {
        Self::read_with(walk, first_id, |_, _| ())
    }

    /// Shows each record, with its id, on the way.
    #[inline]
    pub(crate) fn read_with(mut walk: Walk<'_>, first_id: u32, mut show: impl FnMut(&Record, u32)) -> Self {
        let most = walk.types.len() / (RECORD_HEADER << EVERY_BITS);
        let (mut marks, mut count, mut newest) = (Vec::with_capacity(most + 1), 0_u32, Kind::VOID);
        let damage = loop {
            // The id after the last has to be a number too.
            let Some(id) = first_id.checked_add(count).filter(|id| *id < u32::MAX) else {
                break Some(ParseError::TooLarge);
            };
            let Some(record) = walk.next() else { break walk.damage(TypeId(id)) };
            if count.is_multiple_of(EVERY) {
                let Ok(at) = u32::try_from(record.at) else { break Some(ParseError::TooLarge) };
                marks.push(at);
            }
            newest = newest.max(record.kind());
            show(&record, id);
            count += 1;
        };
        Self { count, marks, newest, damage }
    }

    /// Records before the end, or before the first that is damaged.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn newest_kind(&self) -> Kind {
        self.newest
    }

    /// Why there are no more.
    pub(crate) fn damage(&self) -> Option<&ParseError> {
        self.damage.as_ref()
    }

    /// The record of that number, from 0. `walk` is one from the beginning.
    pub(crate) fn get(&self, number: u32, mut walk: Walk<'_>) -> Option<Record> {
        if number >= self.count {
            return None;
        }
        let mark = self.marks.get(usize::try_from(number / EVERY).ok()?)?;
        walk.at = usize::try_from(*mark).ok()?;
        walk.nth(usize::try_from(number % EVERY).ok()?)
    }
}
