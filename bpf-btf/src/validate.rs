//! Looking at every reference of a blob: types and names that are not there, functions without a prototype.

use crate::btf::Btf;
use crate::cursor::Endian;
use crate::error::ParseError;
use crate::kind::Kind;
use crate::records::{RECORD_HEADER, Record};
use crate::types::TypeId;

impl Btf {
    /// Whether every type and every name that a record refers to is there, every function has a prototype, and every
    /// name is text. That includes [`Self::check`]; a base is taken as it is.
    ///
    /// What it does not look at: sizes, offsets of members, circles. Whoever follows types finds these.
    ///
    /// # Errors
    /// [`ParseError`]: the first thing that does not hold, with the record that it is in.
    pub fn validate(&self) -> Result<(), ParseError> {
        let (largest, functions) = match self.endian() {
            Endian::Little => self.largest(u32::from_le_bytes),
            Endian::Big => self.largest(u32::from_be_bytes),
        };
        self.check()?;
        // Only if one of these leads nowhere, or there is text that is not ASCII, are all looked at one by one.
        let names = self.strings_end().is_some_and(|end| largest.name < end.max(1));
        let ids = largest.id <= self.last_id().0;
        if !(names && ids && self.levels().all(|level| level.string_section().is_ascii())) {
            self.one_by_one()?;
        }
        functions.finish()
    }

    /// The largest numbers of all references.
    fn largest(&self, word: impl Fn([u8; 4]) -> u32 + Copy) -> (Largest, Functions<'_>) {
        let types = self.type_bytes();
        let mut largest = Largest { id: 0, name: 0 };
        let mut functions = Functions { btf: self, prototypes: Vec::new(), later: Vec::new(), wrong: None };
        self.each_record(|record, id| {
            let tail = types.get(record.at + RECORD_HEADER..record.end).unwrap_or_default();
            each_reference(record, tail, word, |reference| match reference {
                Reference::Type(target) => largest.id = target.max(largest.id),
                Reference::Name(offset) => largest.name = offset.max(largest.name),
            });
            functions.add(record, id);
        });
        (largest, functions)
    }

    fn one_by_one(&self) -> Result<(), ParseError> {
        let (types, endian, last) = (self.type_bytes(), self.endian(), self.last_id());
        let text: Vec<(u32, Text)> =
            self.levels().map(|level| (level.first_string(), Text::of(level.string_section()))).collect();
        let is_name = |offset: u32| {
            let (first, text) = text.iter().rev().find(|(first, _)| *first <= offset)?;
            let (at, end) = (offset - first, self.strings_end()?);
            (offset == 0 || (offset < end && text.has(at, self.string_tail(offset)?))).then_some(())
        };
        for (record, id) in self.walk().zip(self.first_id().0..) {
            let id = TypeId(id);
            let mut found = None;
            let tail = types.get(record.at + RECORD_HEADER..record.end).unwrap_or_default();
            each_reference(
                &record,
                tail,
                |word| endian.u32(word),
                |reference| {
                    let wrong = match reference {
                        Reference::Type(target) if target > last.0 => {
                            let target = TypeId(target);
                            Some(ParseError::Reference { id, target, why: "which does not exist" })
                        }
                        Reference::Name(offset) if is_name(offset).is_none() => {
                            Some(ParseError::Name { id, offset })
                        }
                        _ => None,
                    };
                    found = found.take().or(wrong);
                },
            );
            found.map_or(Ok(()), Err)?;
        }
        Ok(())
    }
}

enum Reference {
    Type(u32),
    Name(u32),
}

struct Largest {
    id: u32,
    name: u32,
}

/// Calls back for all that a record refers to.
#[inline]
fn each_reference(
    record: &Record,
    tail: &[u8],
    word: impl Fn([u8; 4]) -> u32,
    mut found: impl FnMut(Reference),
) {
    use Reference::{Name, Type};
    found(Name(record.name));
    match record.kind() {
        Kind::STRUCT | Kind::UNION => {
            for [a, b, c, d, e, f, g, h, ..] in tail.as_chunks::<12>().0 {
                found(Name(word([*a, *b, *c, *d])));
                found(Type(word([*e, *f, *g, *h])));
            }
        }
        Kind::FUNC_PROTO => {
            found(Type(record.size_or_type));
            for [a, b, c, d, e, f, g, h] in tail.as_chunks::<8>().0 {
                found(Name(word([*a, *b, *c, *d])));
                found(Type(word([*e, *f, *g, *h])));
            }
        }
        Kind::ENUM => {
            tail.as_chunks::<8>().0.iter().for_each(|[a, b, c, d, ..]| found(Name(word([*a, *b, *c, *d]))));
        }
        Kind::ENUM64 => {
            tail.as_chunks::<12>().0.iter().for_each(|[a, b, c, d, ..]| found(Name(word([*a, *b, *c, *d]))));
        }
        Kind::DATASEC => {
            tail.as_chunks::<12>().0.iter().for_each(|[a, b, c, d, ..]| found(Type(word([*a, *b, *c, *d]))));
        }
        // Element and index; the third word is the length.
        Kind::ARRAY => tail.as_chunks::<4>().0.iter().take(2).for_each(|id| found(Type(word(*id)))),
        kind if kind.refers() => found(Type(record.size_or_type)),
        _ => {}
    }
}

/// What functions refer to: prototypes, found in the same pass.
struct Functions<'a> {
    btf: &'a Btf,
    /// A bit for each record of the blob itself.
    prototypes: Vec<u64>,
    /// Functions whose prototype comes after them.
    later: Vec<(u32, u32)>,
    wrong: Option<(u32, u32)>,
}

impl Functions<'_> {
    #[inline]
    fn add(&mut self, record: &Record, id: u32) {
        let number = id - self.btf.first_id().0;
        if number.is_multiple_of(64) {
            self.prototypes.push(0);
        }
        let target = record.size_or_type;
        match record.kind() {
            Kind::FUNC_PROTO => {
                if let Some(word) = self.prototypes.last_mut() {
                    *word |= 1 << (number % 64);
                }
            }
            Kind::FUNC if target >= id => self.later.push((id, target)),
            Kind::FUNC if !self.is_prototype(target) => self.wrong = self.wrong.or(Some((id, target))),
            _ => {}
        }
    }

    fn is_prototype(&self, id: u32) -> bool {
        match id.checked_sub(self.btf.first_id().0) {
            Some(number) => usize::try_from(number / 64)
                .ok()
                .and_then(|at| self.prototypes.get(at))
                .is_some_and(|word| word & 1 << (number % 64) != 0),
            None => self.btf.get(TypeId(id)).is_ok_and(|found| found.kind() == Kind::FUNC_PROTO),
        }
    }

    fn finish(self) -> Result<(), ParseError> {
        let later = self.later.iter().copied().find(|(_, target)| !self.is_prototype(*target));
        // The first of both.
        match self.wrong.into_iter().chain(later).min() {
            None => Ok(()),
            Some((id, target)) => Err(ParseError::Reference {
                id: TypeId(id),
                target: TypeId(target),
                why: "which is no function prototype",
            }),
        }
    }
}

/// Which offsets of a string section read as text.
struct Text {
    /// Of each string with bytes that are none: where it begins, and the end of the last of them.
    damaged: Vec<(u32, u32)>,
}

impl Text {
    fn of(section: &[u8]) -> Self {
        let mut damaged = Vec::new();
        let mut at = 0_usize;
        for string in section.split(|byte| *byte == 0) {
            let (mut end, mut bad) = (at, None);
            if !string.is_ascii() {
                for chunk in string.utf8_chunks() {
                    end = end.saturating_add(chunk.valid().len()).saturating_add(chunk.invalid().len());
                    bad = if chunk.invalid().is_empty() { bad } else { Some(end) };
                }
            }
            damaged.extend(bad.and_then(|bad| Some((u32::try_from(at).ok()?, u32::try_from(bad).ok()?))));
            at = at.saturating_add(string.len()).saturating_add(1);
        }
        Self { damaged }
    }

    /// Whether what begins at that offset is text; `rest` is the section from there on.
    fn has(&self, at: u32, rest: &[u8]) -> bool {
        let before = self.damaged.partition_point(|(start, _)| *start <= at);
        let bad = before.checked_sub(1).and_then(|last| self.damaged.get(last));
        let continues = rest.first().is_some_and(|byte| byte & 0xc0 == 0x80);
        !continues && bad.is_none_or(|(_, end)| at >= *end)
    }
}
