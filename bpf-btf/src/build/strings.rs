//! The string section being written: each string once.

use std::collections::HashMap;

use crate::btf::Btf;

/// A string section that grows. Offset 0 is the empty string, in split BTF that of the base.
#[derive(Clone, Debug)]
pub(super) struct Strings {
    bytes: Vec<u8>,
    known: HashMap<Box<[u8]>, u32>,
    /// Offset of the first byte.
    first: u32,
}

impl Strings {
    /// An empty section.
    pub(super) fn new() -> Self {
        Self { bytes: vec![0], known: HashMap::from([(Box::default(), 0)]), first: 0 }
    }

    /// Goes on from a base, whose strings are used again.
    pub(super) fn on(base: &Btf) -> Self {
        let mut known = HashMap::new();
        let mut level = Some(base);
        while let Some(btf) = level {
            let mut at = btf.first_string();
            for text in btf.string_section().split(|byte| *byte == 0) {
                known.entry(text.into()).or_insert(at);
                // The section is no longer than its base let it be: `Btf::parse` has checked that the end fits.
                at = at.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX)).saturating_add(1);
            }
            level = btf.base();
        }
        known.insert(Box::default(), 0);
        Self { bytes: Vec::new(), known, first: base.strings_end().unwrap_or(u32::MAX) }
    }

    /// Where the string stands, written now if it was not there; `None` where there is no room for it.
    pub(super) fn add(&mut self, text: &[u8]) -> Option<u32> {
        if let Some(at) = self.known.get(text) {
            return Some(*at);
        }
        let len = u32::try_from(self.bytes.len()).ok()?;
        let at = self.first.checked_add(len)?;
        at.checked_add(u32::try_from(text.len()).ok()?)?.checked_add(1)?;
        self.bytes.extend_from_slice(text);
        self.bytes.push(0);
        self.known.insert(text.into(), at);
        Some(at)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The string at an offset of this section itself.
    pub(super) fn get(&self, offset: u32) -> Option<&[u8]> {
        crate::strings::get(&self.bytes, usize::try_from(offset.checked_sub(self.first)?).ok()?)
    }
}
