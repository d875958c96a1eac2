//! Changing a saved kernel section by section.

use super::Mutator;
use super::words::{self, Order};

/// The magic, the version, and the number of sections.
const HEADER: usize = 16;
const DIGEST: usize = 32;
/// The section that holds BTF.
const BTF: u32 = 8;

impl Mutator<'_, '_> {
    pub(super) fn saved(&mut self, input: &mut Vec<u8>) {
        let Some(mut sections) = sections(input) else { return self.bytes(input) };
        let which = self.random.below(sections.len());
        let Some((tag, bytes)) = sections.get_mut(which) else { return self.bytes(input) };
        match self.random.below(8) {
            0 => return self.bytes(input),
            1 => *tag = u32::try_from(self.random.below(12)).unwrap_or(0),
            2 => drop(sections.remove(which)),
            3 => {
                let twice = sections[which].clone();
                sections.insert(which, twice);
            }
            _ if *tag == BTF => self.btf(bytes),
            _ => self.bytes(bytes),
        }
        let mut out = input[..HEADER].to_vec();
        words::put(&mut out, HEADER - 4, Order::Little, u32::try_from(sections.len()).unwrap_or(0));
        for (tag, bytes) in sections {
            out.extend(tag.to_le_bytes());
            out.extend(u32::try_from(bytes.len()).unwrap_or(0).to_le_bytes());
            out.extend(bytes);
        }
        // The body makes the right one.
        out.extend([0; DIGEST]);
        if out.len() <= self.max.max(input.len()) {
            *input = out;
        }
    }
}

fn sections(input: &[u8]) -> Option<Vec<(u32, Vec<u8>)>> {
    let mut rest = input.get(HEADER..input.len().checked_sub(DIGEST)?)?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let tag = words::get(rest, 0, Order::Little)?;
        let len = usize::try_from(words::get(rest, 4, Order::Little)?).ok()?;
        found.push((tag, rest.get(8..8_usize.checked_add(len)?)?.to_vec()));
        rest = &rest[8 + len..];
    }
    Some(found)
}
