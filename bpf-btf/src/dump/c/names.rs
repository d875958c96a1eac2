//! Names that C would confuse: the second type of a name gets a number behind, `name___2`.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::printer::Printer;
use super::records::{Name, Record, Records};
use crate::error::TypeError;
use crate::kind::Kind;

/// A name as it is printed.
#[derive(Clone, Copy)]
pub(super) struct Label<'n> {
    pub(super) text: Name<'n>,
    /// Which of this name it is; the first has none.
    pub(super) number: u32,
}

impl<'n> Label<'n> {
    pub(super) const NONE: Self = Self { text: Name::NONE, number: 0 };

    pub(super) fn of(text: Name<'n>) -> Self {
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
pub(super) struct Names {
    seed: u64,
    tags: Table,
    idents: Table,
    /// Types that are not the first of their name.
    numbers: HashMap<u32, u32>,
}

impl Names {
    /// With room for names of a BTF of so many types.
    pub(super) fn with_room(types: usize) -> Self {
        let seed = RandomState::new().hash_one(0);
        let (tags, idents) = (Table::with_room(types / 8), Table::with_room(types / 4));
        Self { seed, tags, idents, numbers: HashMap::new() }
    }

    /// Gives a name away once more: the one at that offset. The first time that is 1.
    #[inline]
    pub(super) fn take(&mut self, space: Space, offset: u32, name: Name<'_>, records: &Records<'_>) -> u32 {
        let name = name.bytes();
        let names = match space {
            Space::Tags => &mut self.tags,
            Space::Idents => &mut self.idents,
        };
        names.take(hash(self.seed, name), offset, |other| {
            records.string(other).is_ok_and(|other| other.bytes() == name)
        })
    }
}

/// Names by what they hash to. A map of slices would take three times the memory, and all of it is new.
struct Table {
    /// As many as a power of two; a name is in the first from its own on that was free.
    slots: Vec<Slot>,
    /// Names in there.
    len: usize,
    /// Names that were given away more than once, by their offsets in the slots: how often.
    again: HashMap<u32, u32>,
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    /// One more than the offset of the name; 0 where there is none.
    next: u32,
}

impl Slot {
    const FREE: Self = Self { hash: 0, next: 0 };
}

impl Table {
    fn with_room(names: usize) -> Self {
        let slots = vec![Slot::FREE; names.saturating_mul(2).next_power_of_two().max(64)];
        Self { slots, len: 0, again: HashMap::new() }
    }

    #[inline]
    fn take(&mut self, hash: u32, offset: u32, is_name: impl Fn(u32) -> bool) -> u32 {
        let next = offset.saturating_add(1);
        let same = |slot: &Slot| slot.hash == hash && (slot.next == next || is_name(slot.next - 1));
        match self.slots.probe(hash, same) {
            Some(slot) if slot.next == 0 => {
                *slot = Slot { hash, next };
                self.len += 1;
                if self.len > self.slots.len() / 4 * 3 {
                    self.grow();
                }
                1
            }
            Some(slot) => {
                let count = self.again.entry(slot.next).or_insert(1);
                *count = count.saturating_add(1);
                *count
            }
            // There is always a free one.
            None => 1,
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = vec![Slot::FREE; self.slots.len() * 2];
        for slot in self.slots.iter().filter(|slot| slot.next != 0) {
            if let Some(free) = larger.probe(slot.hash, |_| false) {
                *free = *slot;
            }
        }
        self.slots = larger;
    }
}

trait Probe {
    /// The slot of what has that hash and is the same, or the one that is free for it.
    fn probe(&mut self, hash: u32, same: impl Fn(&Slot) -> bool) -> Option<&mut Slot>;
}

impl Probe for [Slot] {
    #[inline]
    fn probe(&mut self, hash: u32, same: impl Fn(&Slot) -> bool) -> Option<&mut Slot> {
        let mask = self.len().checked_sub(1)?;
        let mut at = usize::try_from(hash).ok()? & mask;
        loop {
            let slot = self.get(at)?;
            if slot.next == 0 || same(slot) {
                return self.get_mut(at);
            }
            at = (at + 1) & mask;
        }
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
            let number = self.names.take(space, record.name, text, &self.records);
            if number > 1 {
                self.names.numbers.insert(id, number);
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

/// Hashes a name: there are many, they are short, and they may have been chosen to collide.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "halves of a product, and of what is made of them")]
fn hash(seed: u64, name: &[u8]) -> u32 {
    /// Odd, and without a pattern.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    // Both halves depend on every bit.
    let mix = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * u128::from(FACTOR);
        (product as u64) ^ (product >> 64) as u64
    };
    let (words, rest) = name.as_chunks::<8>();
    let hash = words.iter().fold(seed ^ name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let hash = mix(hash, last);
    (hash ^ hash >> 32) as u32
}
