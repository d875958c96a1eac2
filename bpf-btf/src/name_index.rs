//! An index of all names, for those who look up many.

use crate::btf::Btf;
use crate::kind::Kind;
use crate::strings;
use crate::types::TypeId;

/// The types of one blob by name: chains of those whose names have the same hash.
///
/// Nothing but hashes is compared when it is made, and only so much of each name as real names have; so names that were
/// made to collide cost no more than a look-up without an index.
pub(crate) struct NameIndex {
    /// One more than the place, in `entries`, of the last of a chain; 0 where there is none.
    heads: Vec<u32>,
    entries: Vec<Entry>,
}

struct Entry {
    name: u32,
    id: u32,
    /// As in `heads`: the one before this in its chain.
    before: u32,
}

impl Btf {
    /// Makes an index of all names, of the base too. From then on, looking a name up takes a fraction of a microsecond,
    /// whether it is there or not. It takes about 12 bytes for a type, and is worth it from some ten look-ups on; to find
    /// many names at one time, [`Self::find_many`] needs none.
    pub fn index_names(&self) {
        for level in self.levels() {
            level.name_index().get_or_init(|| NameIndex::of(level));
        }
    }
}

impl NameIndex {
    fn of(btf: &Btf) -> Self {
        // What is known of the number of types without counting them: in kernels a record has 26 bytes on average.
        let expected = btf.type_bytes().len() / 24;
        let mut heads = vec![0_u32; expected.next_power_of_two().clamp(16, 1 << 28) / 2 * 2];
        let mask = heads.len() - 1;
        let mut entries = Vec::with_capacity(expected / 4 * 3);
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
            if let Some(head) = heads.get_mut(bucket(start(rest), mask)) {
                entries.push(Entry { name: record.name, id, before: *head });
                *head = place;
            }
        }
        Self { heads, entries }
    }

    /// The types of that name, in order of ids.
    pub(crate) fn get(&self, btf: &Btf, name: &str) -> Vec<(TypeId, Kind)> {
        let name = name.as_bytes();
        let mut found = Vec::new();
        let start = name.get(..LONGEST).unwrap_or(name);
        let mut next = self.heads.get(bucket(start, self.heads.len() - 1)).copied().unwrap_or(0);
        while let Some(entry) = next.checked_sub(1).and_then(|at| self.entries.get(usize::try_from(at).ok()?))
        {
            if btf.name_at_is(entry.name, name) {
                let kind = btf.get(TypeId(entry.id)).map(|found| found.kind());
                found.extend(kind.map(|kind| (TypeId(entry.id), kind)));
            }
            next = entry.before;
        }
        found.reverse();
        found
    }
}

/// So many bytes of a name count. Few real ones have more.
const LONGEST: usize = 64;

/// The part of a name that counts, of a section from where the name begins.
fn start(rest: &[u8]) -> &[u8] {
    let window = rest.get(..LONGEST).unwrap_or(rest);
    strings::get(window, 0).unwrap_or(window)
}

fn bucket(name: &[u8], mask: usize) -> usize {
    let mut hash = name.len() as u64;
    let mut mix = |word: u64| {
        hash = (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    };
    let mut rest = name;
    while let Some((word, more)) = rest.split_first_chunk::<8>() {
        mix(u64::from_le_bytes(*word));
        rest = more;
    }
    // The last bytes, some of them twice where that is simpler.
    if let Some(last) = name.last_chunk::<8>() {
        mix(u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        mix(u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)));
    } else if let ([first, ..], [.., last]) = (name, name) {
        let middle = name.get(name.len() / 2).copied().unwrap_or(0);
        mix(u64::from(*first) << 16 | u64::from(middle) << 8 | u64::from(*last));
    }
    usize::try_from(hash >> 32).unwrap_or(0) & mask
}
