//! Names that C would confuse: the second type of a name gets a number behind, `name___2`.

use std::collections::HashMap;

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
#[derive(Default)]
pub(super) struct Names<'a> {
    tags: HashMap<&'a [u8], u32>,
    idents: HashMap<&'a [u8], u32>,
    /// Types that are not the first of their name.
    numbers: HashMap<u32, u32>,
}

impl<'a> Names<'a> {
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
