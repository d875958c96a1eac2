//! Changing an object file section by section. One that grows goes to the end of the file.

use super::Mutator;
use super::words::{self, Order};

/// Where things are in a 64-bit ELF header, and in a section header.
const SECTIONS_AT: usize = 0x28;
const COUNT: usize = 0x3c;
const NAMES: usize = 0x3e;
const ENTRY: usize = 64;
const KIND: usize = 4;
const OFFSET: usize = 0x18;
const SIZE: usize = 0x20;
const NOBITS: u32 = 8;

struct Section {
    header: usize,
    start: usize,
    len: usize,
    is_btf: bool,
}

struct File<'a> {
    data: &'a [u8],
    order: Order,
}

impl File<'_> {
    /// The lower half of a number of eight bytes: files here are small.
    fn long(&self, at: usize) -> Option<usize> {
        let low = if self.order == Order::Big { at.checked_add(4)? } else { at };
        usize::try_from(words::get(self.data, low, self.order)?).ok()
    }

    fn short(&self, at: usize) -> Option<usize> {
        let word = [*self.data.get(at)?, *self.data.get(at + 1)?];
        Some(usize::from(if self.order == Order::Big {
            u16::from_be_bytes(word)
        } else {
            u16::from_le_bytes(word)
        }))
    }

    fn section(&self, index: usize) -> Option<Section> {
        let header = self.long(SECTIONS_AT)?.checked_add(index * ENTRY)?;
        let (start, len) = (self.long(header + OFFSET)?, self.long(header + SIZE)?);
        let there = words::get(self.data, header + KIND, self.order)? != NOBITS;
        self.data.get(start..start.checked_add(len)?).filter(|_| there && len > 0)?;
        Some(Section { header, start, len, is_btf: false })
    }

    /// Those that have bytes.
    fn sections(&self) -> Vec<Section> {
        let names = self.short(NAMES).and_then(|index| self.section(index));
        let is_btf = |header: usize| {
            let at = words::get(self.data, header, self.order).and_then(|name| usize::try_from(name).ok());
            let at = at.zip(names.as_ref()).and_then(|(name, names)| names.start.checked_add(name));
            at.and_then(|at| self.data.get(at..)).is_some_and(|name| name.starts_with(b".BTF\0"))
        };
        let count = self.short(COUNT).unwrap_or(0).min(256);
        let found = (0..count).filter_map(|index| self.section(index));
        found.map(|section| Section { is_btf: is_btf(section.header), ..section }).collect()
    }
}

impl Mutator<'_, '_> {
    pub(super) fn elf(&mut self, input: &mut Vec<u8>) {
        let order = Order::of(input.get(5) == Some(&2));
        let sections = File { data: input, order }.sections();
        // Types are what most of an object hangs on.
        let types = sections.iter().find(|section| section.is_btf).filter(|_| self.random.below(4) == 0);
        let Some(section) = types.or_else(|| self.random.pick(&sections)) else { return self.bytes(input) };
        match self.random.below(12) {
            0 => self.bytes(input),
            1..3 => {
                let at = section.header + 4 * self.random.below(ENTRY / 4);
                words::change(&mut self.random, input, at, order);
            }
            3..8 => {
                let at = section.start + 4 * self.random.below(section.len.div_ceil(4));
                words::change(&mut self.random, input, at, order);
            }
            _ => {
                let mut bytes = input[section.start..section.start + section.len].to_vec();
                if section.is_btf {
                    self.btf(&mut bytes);
                } else {
                    self.bytes(&mut bytes);
                }
                self.replace(input, section, &bytes, order);
            }
        }
    }

    fn replace(&mut self, input: &mut Vec<u8>, section: &Section, bytes: &[u8], order: Order) {
        let start = if bytes.len() <= section.len {
            section.start
        } else if input.len() + bytes.len() <= self.max {
            input.len()
        } else {
            return;
        };
        if start == input.len() {
            input.extend(bytes);
        } else {
            input[start..start + bytes.len()].copy_from_slice(bytes);
        }
        let low = if order == Order::Big { 4 } else { 0 };
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        words::put(input, section.header + OFFSET + low, order, number(start));
        words::put(input, section.header + SIZE + low, order, number(bytes.len()));
    }
}
