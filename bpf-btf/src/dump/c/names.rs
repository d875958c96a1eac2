//! Names that C would confuse: the second type of a name gets a number behind, `name___2`.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::printer::Printer;
use super::records::Record;
use crate::error::TypeError;
use crate::kind::Kind;

/// A name as it is printed.
#[derive(Clone, Copy)]
pub(super) struct Label<'n> {
    pub(super) text: &'n [u8],
    /// Which of this name it is; the first has none.
    pub(super) number: u32,
}

impl<'n> Label<'n> {
    pub(super) const NONE: Self = Self { text: &[], number: 0 };

    pub(super) fn of(text: &'n [u8]) -> Self {
        Self { text, number: 0 }
    }
}

/// C's two name spaces outside of structs.
#[derive(Clone, Copy)]
pub(super) enum Space {
    /// What stands behind `struct`, `union`, `enum`.
    Tags,
    /// Typedefs and enumerators.
    Idents,
}

/// How often each name was given away.
pub(super) struct Names<'a> {
    tags: HashMap<&'a [u8], u32, Seeded>,
    idents: HashMap<&'a [u8], u32, Seeded>,
    /// Types that are not the first of their name.
    numbers: HashMap<u32, u32>,
}

impl<'a> Names<'a> {
    /// With room for names of a BTF of so many types.
    pub(super) fn with_room(types: usize) -> Self {
        let seeded = Seeded(RandomState::new().hash_one(0));
        let names = || HashMap::with_capacity_and_hasher(types / 8, seeded);
        Self { tags: names(), idents: names(), numbers: HashMap::new() }
    }

    /// Gives a name away once more. The first time that is 1.
    pub(super) fn take(&mut self, space: Space, name: &'a [u8]) -> u32 {
        let names = match space {
            Space::Tags => &mut self.tags,
            Space::Idents => &mut self.idents,
        };
        let count = names.entry(name).or_insert(0);
        *count = count.saturating_add(1);
        *count
    }

    fn number_of(&mut self, id: u32, space: Space, name: &'a [u8]) -> u32 {
        let number = self.take(space, name);
        if number > 1 {
            self.numbers.insert(id, number);
        }
        number
    }
}

impl<'a> Printer<'a, '_> {
    /// The name under which a type is printed, always the same.
    pub(super) fn label(
        &mut self,
        id: u32,
        record: Record<'a>,
        space: Space,
    ) -> Result<Label<'a>, TypeError> {
        if record.name == 0 {
            return Ok(Label::NONE);
        }
        let text = self.records.string(record.name)?;
        let state = self.states.get(id);
        if !state.named() {
            self.states.change(id, |state| state.set_named());
            // A declaration of something that is defined elsewhere means that one.
            let forward = record.kind() == Kind::FWD || (record.kind() == Kind::ENUM && record.vlen() == 0);
            if forward {
                return Ok(Label::of(text));
            }
            self.records.steps(id, text.len() as u64 / 32)?;
            let number = self.names.number_of(id, space, text);
            if number > 1 {
                self.states.change(id, |state| state.set_numbered());
            }
            return Ok(Label { text, number });
        }
        let number = if state.numbered() { self.names.numbers.get(&id).copied().unwrap_or(0) } else { 0 };
        Ok(Label { text, number })
    }

    pub(super) fn write_label(&mut self, label: Label<'_>) {
        self.out.name(label.text);
        if label.number > 1 {
            self.out.text("___");
            self.out.number(u64::from(label.number));
        }
    }
}

/// Hashes names: there are many, they are short, and they may have been chosen to collide.
#[derive(Clone, Copy)]
struct Seeded(u64);

impl BuildHasher for Seeded {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

#[expect(clippy::cast_possible_truncation, reason = "halves of a product")]
impl Seeded {
    /// Odd, and without a pattern.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

    #[inline]
    fn word(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(Self::FACTOR);
        // Both halves depend on every bit.
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}

impl Hasher for Seeded {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.word(u64::from_le_bytes(last));
    }

    #[inline]
    fn write_usize(&mut self, number: usize) {
        self.word(number as u64);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
