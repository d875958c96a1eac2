//! A kernel's types, changed as those of an object that was written for another kernel: flavors, names that are gone,
//! members of other types, arrays of other lengths, values that are others. Ids stay, and the blob stays well formed.

use std::collections::HashMap;

use bpf_loader::btf::{Btf, Endian, Kind, StrOffset, TypeId};

use super::random::Random;

/// A blob that is being changed.
pub(super) struct Altered {
    endian: Endian,
    /// All but the strings.
    head: Vec<u8>,
    strings: Vec<u8>,
    added: HashMap<String, StrOffset>,
    /// Where the record of each type begins in `head`; void first.
    records: Vec<usize>,
}

/// Offsets in the header.
const TYPE_OFFSET: usize = 8;
const STR_OFFSET: usize = 16;
const STR_LEN: usize = 20;
const HEADER_LEN: usize = 4;

/// Changes some of the types.
pub(super) fn alter(kernel: &Btf, seed: u32) -> Altered {
    let mut blob = Altered::new(kernel);
    let mut random = Random::new(seed);
    for id in 1..=kernel.last_id().0 {
        one(&mut blob, kernel, TypeId(id), &mut random);
    }
    blob
}

fn one(blob: &mut Altered, kernel: &Btf, id: TypeId, random: &mut Random) {
    let Ok(found) = kernel.get(id) else { return };
    let at = blob.records[id.0 as usize];
    let name = found.name().unwrap_or_default().to_owned();
    let kind = found.kind();
    if !name.is_empty()
        && matches!(kind, Kind::STRUCT | Kind::UNION | Kind::ENUM | Kind::ENUM64 | Kind::TYPEDEF)
    {
        let renamed = match random.below(100) {
            0..15 => Some(format!("{name}___altered")),
            15..18 => Some(format!("{name}_gone")),
            _ => None,
        };
        if let Some(renamed) = renamed {
            blob.name(at, &renamed);
        }
    }
    let any = |random: &mut Random| 1 + random.below(kernel.last_id().0);
    match kind {
        Kind::STRUCT | Kind::UNION => {
            if random.often(20) {
                // The one becomes the other.
                blob.put(at + 4, blob.get(at + 4) ^ (1 << 24));
            }
            for member in 0..found.members().len() {
                let at = at + 12 + 12 * member;
                match random.below(100) {
                    0..4 => {
                        let other =
                            12 * (random.below(u32::try_from(found.members().len()).unwrap_or(1)) as usize);
                        let other = blob.get(blob.records[id.0 as usize] + 12 + other);
                        blob.put(at, other);
                    }
                    4..7 => blob.name(at, "gone_from_here"),
                    7..11 => {
                        let other = any(random);
                        blob.put(at + 4, other);
                    }
                    _ => {}
                }
            }
        }
        Kind::ARRAY if random.often(150) => {
            let other = [0, 1, blob.get(at + 20).wrapping_add(1), 3][random.below(4) as usize];
            blob.put(at + 20, other);
        }
        Kind::ENUM | Kind::ENUM64 => {
            let each = if kind == Kind::ENUM { 8 } else { 12 };
            for value in 0..found.enumerators().len() {
                let at = at + 12 + each * value;
                match random.below(100) {
                    0..8 => blob.name(at, "VALUE_GONE"),
                    8..14 => blob.put(at + 4, random.below(1000)),
                    14..18 => blob.name(at, "VALUE___altered"),
                    _ => {}
                }
            }
        }
        Kind::PTR if random.often(30) => {
            let other = any(random);
            blob.put(at + 8, other);
        }
        Kind::FUNC_PROTO => {
            for param in 0..found.params().len() {
                if random.often(20) {
                    let other = any(random);
                    blob.put(at + 12 + 8 * param + 4, other);
                }
            }
        }
        // A number loses its sign, or gets one.
        Kind::INT if random.often(100) => blob.put(at + 12, blob.get(at + 12) ^ (1 << 24)),
        _ => {}
    }
}

impl Altered {
    fn new(kernel: &Btf) -> Self {
        let bytes = kernel.bytes();
        let mut blob = Self {
            endian: kernel.endian(),
            head: bytes.to_vec(),
            strings: Vec::new(),
            added: HashMap::new(),
            records: Vec::new(),
        };
        let header = blob.get(HEADER_LEN) as usize;
        let strings = header + blob.get(STR_OFFSET) as usize;
        blob.strings = bytes[strings..strings + blob.get(STR_LEN) as usize].to_vec();
        blob.head.truncate(strings);
        let mut at = header + blob.get(TYPE_OFFSET) as usize;
        blob.records.push(at);
        for found in kernel.types() {
            blob.records.push(at);
            let count = found.members().len()
                + found.enumerators().len()
                + found.params().len()
                + found.section_vars().len();
            at += 12
                + match found.kind() {
                    Kind::INT | Kind::VAR | Kind::DECL_TAG => 4,
                    Kind::ENUM | Kind::FUNC_PROTO => 8 * count,
                    Kind::ARRAY => 12,
                    _ => 12 * count,
                };
        }
        blob
    }

    fn get(&self, at: usize) -> u32 {
        let bytes = [self.head[at], self.head[at + 1], self.head[at + 2], self.head[at + 3]];
        if self.endian == Endian::Little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    fn put(&mut self, at: usize, value: u32) {
        let bytes = if self.endian == Endian::Little { value.to_le_bytes() } else { value.to_be_bytes() };
        self.head[at..at + 4].copy_from_slice(&bytes);
    }

    fn name(&mut self, at: usize, name: &str) {
        let name = self.string(name);
        self.put(at, name.0);
    }

    /// Where a text is, which is added if it was not before.
    pub(super) fn string(&mut self, text: &str) -> StrOffset {
        if let Some(known) = self.added.get(text) {
            return *known;
        }
        let at = StrOffset(u32::try_from(self.strings.len()).unwrap_or(u32::MAX));
        self.strings.extend(text.as_bytes());
        self.strings.push(0);
        self.added.insert(text.into(), at);
        at
    }

    /// The blob.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.put(STR_LEN, u32::try_from(self.strings.len()).unwrap_or(u32::MAX));
        self.head.extend(&self.strings);
        self.head
    }

    /// The blob as it is by now.
    pub(super) fn so_far(&self) -> Vec<u8> {
        Self {
            endian: self.endian,
            head: self.head.clone(),
            strings: self.strings.clone(),
            added: HashMap::new(),
            records: Vec::new(),
        }
        .finish()
    }
}
