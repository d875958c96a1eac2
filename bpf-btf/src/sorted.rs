//! Blobs whose types stand in the order of their names, those without one first: as new
//! kernels have them: 7.2 does, 6.18 does not.

use std::cmp::Ordering;

use crate::btf::Btf;
use crate::kind::Kind;
use crate::records::Walk;
use crate::strings;
use crate::types::TypeId;

/// A type now and then, to begin looking at. That all types of the blob are sorted was seen when this was made.
pub(crate) struct Sorted {
    marks: Vec<Mark>,
}

struct Mark {
    /// The first eight bytes of its name, as a number that is sorted like names.
    start: u64,
    name: u32,
    id: u32,
    /// Where its record is, in the type section.
    at: u32,
}

/// Types from one mark to the next.
const EVERY: u32 = 8;
/// A blob with longer names, among those that begin alike, is not taken for a sorted one.
const LONGEST: usize = 1024;

impl Sorted {
    /// `None` where the types are not sorted; nearly always one of the first tells.
    pub(crate) fn of(btf: &Btf) -> Option<Self> {
        let mut marks = Vec::new();
        let mut before: Option<(u64, &[u8])> = None;
        let mut named = 0_u32;
        for (record, id) in btf.walk().zip(btf.first_id().0..) {
            let rest = btf.string_tail(record.name)?;
            let start = start(rest);
            match before {
                None if start == 0 => continue,
                // One without a name after one with a name counts as smaller.
                Some((last, _)) if last > start => return None,
                Some((last, previous)) if last == start => {
                    let window = |rest: &'_ [u8]| rest.len().min(LONGEST);
                    let a = strings::get(previous.get(..window(previous))?, 0)?;
                    let b = strings::get(rest.get(..window(rest))?, 0)?;
                    if a > b {
                        return None;
                    }
                }
                _ => {}
            }
            if named.is_multiple_of(EVERY) {
                let at = u32::try_from(record.at).ok()?;
                marks.push(Mark { start, name: record.name, id, at });
            }
            named = named.checked_add(1)?;
            before = Some((start, rest));
        }
        Some(Self { marks })
    }

    /// The types of that name, in order of ids. The name is one that [`strings::can_be_name`].
    pub(crate) fn get<'a>(&self, btf: &'a Btf, name: &'a str) -> impl Iterator<Item = (TypeId, Kind)> {
        let name = name.as_bytes();
        let wanted = start(name);
        let before = |mark: &Mark| match mark.start.cmp(&wanted) {
            Ordering::Equal => compare(btf, mark.name, name) == Ordering::Less,
            other => other == Ordering::Less,
        };
        // The last mark that is certainly before all of the name, or the first of all.
        let mark = self.marks.get(self.marks.partition_point(before).saturating_sub(1));
        let walk = mark.map(|mark| {
            let at = usize::try_from(mark.at).unwrap_or(usize::MAX);
            Walk { at, ..btf.walk() }.zip(mark.id..)
        });
        walk.into_iter()
            .flatten()
            .map(|(record, id)| (compare(btf, record.name, name), TypeId(id), record.kind()))
            .skip_while(|(order, ..)| *order == Ordering::Less)
            .take_while(|(order, ..)| *order == Ordering::Equal)
            .map(|(_, id, kind)| (id, kind))
    }
}

/// The first eight bytes of the string that begins here, the first the most significant, with zeros from its end on.
fn start(rest: &[u8]) -> u64 {
    let word = match rest.first_chunk::<8>() {
        Some(word) => u64::from_le_bytes(*word),
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    let (kept, _) = strings::until_nul(word);
    kept.swap_bytes()
}

/// How the name at that offset compares to one without a NUL in it.
fn compare(btf: &Btf, offset: u32, name: &[u8]) -> Ordering {
    let Some(rest) = btf.string_tail(offset) else { return Ordering::Less };
    let window = rest.get(..name.len().saturating_add(1)).unwrap_or(rest);
    // A string that ends inside the window ends with a NUL, which is less than any byte of the name.
    match window.split_last() {
        Some((0, text)) if text == name => Ordering::Equal,
        _ => window.cmp(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_sorted_like_names() {
        let names: [&[u8]; 8] =
            [b"", b"\x01", b"a", b"a\x01", b"aa", b"abcdefgh", b"b", b"\xff\xff\xff\xff\xff\xff\xff\xff"];
        let starts: Vec<u64> = names.iter().map(|name| start(name)).collect();
        assert!(starts.is_sorted_by(|a, b| a < b), "{starts:x?}");
        for name in names {
            let rest = [name, b"\0zzzzzzzz"].concat();
            assert_eq!(start(&rest), start(name), "{name:?}");
        }
    }
}
