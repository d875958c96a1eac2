//! An index of all names, for those who look up many: as the blob is sorted, or by hashes.

use crate::btf::Btf;
use crate::kind::Kind;
use crate::sorted::Sorted;
use crate::strings;
use crate::types::TypeId;

/// The types of one blob by name.
pub(crate) enum NameIndex {
    /// The blob has its types in the order of their names.
    Sorted(Sorted),
    /// It has them in any order.
    Hashed(Hashed),
}

/// Chains of types whose names have the same hash.
///
/// Nothing but hashes is compared when it is made, and only so much of each name as real names have; so names that were
/// made to collide cost no more than a look-up without an index.
pub(crate) struct Hashed {
    /// One more than the place, in `entries`, of the last of a chain; 0 where there is none.
    heads: Vec<u32>,
    entries: Vec<Entry>,
}

struct Entry {
    name: u32,
    id: u32,
    /// As in `heads`: the one before this in its chain.
    before: u32,
    /// 24 bits of the name's hash, and the kind.
    tag: u32,
}

impl Btf {
    /// Makes an index of all names, of the base too. From then on, looking a name up takes a fraction of a microsecond,
    /// whether it is there or not. It takes some 16 bytes for a type, or one where types are
    /// sorted by name as in Linux 7.2, and is worth it from some ten look-ups on: after so many it is made anyway. To find
    /// many names at one time, [`Self::find_many`] needs none.
    pub fn index_names(&self) {
        self.levels().for_each(Self::index_own_names);
    }

    /// The index of this blob itself, without its base.
    pub(crate) fn index_own_names(&self) {
        self.name_index().get_or_init(|| NameIndex::of(self));
    }
}

impl NameIndex {
    fn of(btf: &Btf) -> Self {
        Sorted::of(btf).map_or_else(|| Self::Hashed(Hashed::of(btf)), Self::Sorted)
    }

    /// The first type of that name that `accept` takes.
    pub(crate) fn first(&self, btf: &Btf, name: &str, accept: impl Fn(Kind) -> bool) -> Option<TypeId> {
        let fits = |(_, kind): &(TypeId, Kind)| accept(*kind);
        let found = match self {
            Self::Sorted(sorted) => sorted.get(btf, name).find(fits),
            Self::Hashed(hashed) => hashed.get(btf, name).filter(fits).last(),
        };
        found.map(|(id, _)| id)
    }

    /// All types of that name, in order of ids.
    pub(crate) fn all(&self, btf: &Btf, name: &str) -> Vec<(TypeId, Kind)> {
        match self {
            Self::Sorted(sorted) => sorted.get(btf, name).collect(),
            Self::Hashed(hashed) => {
                let mut found: Vec<_> = hashed.get(btf, name).collect();
                found.reverse();
                found
            }
        }
    }
}

impl Hashed {
    fn of(btf: &Btf) -> Self {
        // What is known of the number of types without counting them: in kernels a record has 26 bytes on average.
        let expected = btf.type_bytes().len() / 24;
        let mut heads = vec![0_u32; (expected / 2).next_power_of_two().clamp(16, 1 << 28)];
        let mask = heads.len() - 1;
        let mut entries = Vec::with_capacity(expected / 8 * 5);
        let (section, first) = (btf.string_section(), btf.first_string());
        for (record, id) in btf.walk().zip(btf.first_id().0..) {
            if record.name == 0 {
                continue;
            }
            let rest = match record.name.checked_sub(first) {
                Some(at) => usize::try_from(at).ok().and_then(|at| section.get(at..)),
                None => btf.string_tail(record.name),
            };
            let Some(rest) = rest else { continue };
            let Ok(place) = u32::try_from(entries.len() + 1) else { break };
            let hash = hash(rest);
            if let Some(head) = heads.get_mut(bucket(hash, mask)) {
                let tag = tag(hash) | u32::from(record.kind().0);
                entries.push(Entry { name: record.name, id, before: *head, tag });
                *head = place;
            }
        }
        Self { heads, entries }
    }

    /// The types of that name, the last first.
    fn get<'a>(&'a self, btf: &'a Btf, name: &'a str) -> Chain<'a> {
        let name = name.as_bytes();
        let hash = hash(name);
        let next = self.heads.get(bucket(hash, self.heads.len() - 1)).copied().unwrap_or(0);
        Chain { index: self, btf, name, tag: tag(hash), next }
    }
}

/// Entries of one name.
struct Chain<'a> {
    index: &'a Hashed,
    btf: &'a Btf,
    name: &'a [u8],
    tag: u32,
    next: u32,
}

impl Iterator for Chain<'_> {
    type Item = (TypeId, Kind);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let entry = self.index.entries.get(usize::try_from(self.next.checked_sub(1)?).ok()?)?;
            self.next = entry.before;
            if entry.tag & !0xff == self.tag && self.btf.name_at_is(entry.name, self.name) {
                return Some((TypeId(entry.id), Kind((entry.tag & 0xff) as u8)));
            }
        }
    }
}

/// So many words of a name count, of eight bytes each. Few real names have more.
const WORDS: usize = 8;

/// Of the name that begins here and ends at a NUL, or with the slice.
#[inline]
fn hash(rest: &[u8]) -> u64 {
    let (words, last) = rest.as_chunks::<8>();
    let mut padded = [0; 8];
    padded.iter_mut().zip(last).for_each(|(to, byte)| *to = *byte);
    let mut hash = 0_u64;
    for word in words.iter().chain([&padded]).take(WORDS) {
        let word = u64::from_le_bytes(*word);
        let (kept, ends) = strings::until_nul(word);
        hash = (hash.rotate_left(23) ^ kept).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if ends {
            break;
        }
    }
    hash ^ hash >> 29
}

/// The place in `heads`.
fn bucket(hash: u64, mask: usize) -> usize {
    usize::try_from(hash >> 32).unwrap_or(0) & mask
}

fn tag(hash: u64) -> u32 {
    u32::try_from(hash & 0xffff_ff00).unwrap_or(0)
}
