//! The order by sort and name, which does not change when a kernel is built anew.
//!
//! Sorted by: what sort of type it is, behind modifiers; the name of the type behind them; its own name; a number made of
//! the names of its members; its id.

use std::ops::RangeInclusive;

use super::printer::MAX_DEPTH;
use super::records::{Name, Record, Records};
use crate::kind::Kind;

/// What has no name, and no type.
const LAST: u8 = 10;

/// Bytes of a name that count. The longest that kernels take have 512.
const MAX_NAME: usize = 1024;

/// The ids in that order.
pub(super) fn sorted(records: &mut Records<'_>, ids: RangeInclusive<u32>) -> Vec<u32> {
    let mut keys: Vec<_> = ids
        .map(|id| {
            let record = records.get(id).unwrap_or(Record::VOID);
            let own = name(records, record.name);
            (rank(records, record), sort_name(records, record), own, members(records, id), id)
        })
        .collect();
    keys.sort_unstable();
    keys.into_iter().map(|(.., id)| id).collect()
}

fn rank<'a>(records: &Records<'a>, mut record: Record<'a>) -> u8 {
    let mut named = false;
    for _ in 0..=MAX_DEPTH {
        named |= record.name != 0;
        let kind = record.kind();
        let target = match kind {
            Kind::ENUM | Kind::ENUM64 => return u8::from(named),
            Kind::INT | Kind::FLOAT => return 2,
            Kind::STRUCT | Kind::UNION if named => return 3,
            Kind::FUNC_PROTO if named => return 4,
            Kind::ARRAY if named => record.array(records.endian)[0],
            _ if named && leads_on(kind) => record.word,
            _ => return LAST,
        };
        let Ok(next) = records.get(target) else { return LAST };
        record = next;
    }
    LAST
}

/// What of a name is compared.
pub(super) fn name<'a>(records: &Records<'a>, offset: u32) -> &'a [u8] {
    let name = records.string(offset).map(Name::bytes).unwrap_or_default();
    name.get(..MAX_NAME).unwrap_or(name)
}

fn leads_on(kind: Kind) -> bool {
    kind.is_modifier() || matches!(kind, Kind::PTR | Kind::DECL_TAG)
}

/// The name of the type behind modifiers and pointers. An enum without a name that was not led to has that of its first
/// value.
fn sort_name<'a>(records: &Records<'a>, record: Record<'a>) -> &'a [u8] {
    let (mut at, mut led) = (record, false);
    for _ in 0..=MAX_DEPTH {
        let target = match at.kind() {
            Kind::ENUM | Kind::ENUM64 if !led && at.name == 0 => {
                let first = match at.kind() {
                    Kind::ENUM => at.pairs(records.endian).next().map(|[name, _]| name),
                    _ => at.triples(records.endian).next().map(|[name, ..]| name),
                };
                return name(records, first.unwrap_or(0));
            }
            Kind::ARRAY => at.array(records.endian)[0],
            kind if leads_on(kind) => at.word,
            _ => return name(records, at.name),
        };
        led = true;
        let Ok(next) = records.get(target) else { return &[] };
        at = next;
    }
    &[]
}

/// A number made of the names of a type and its members, of no meaning but to tell equal names apart.
fn members(records: &mut Records<'_>, id: u32) -> u64 {
    let mut hash = Hasher { records, deep: true };
    hash.of(id, 0)
}

struct Hasher<'r, 'a> {
    records: &'r mut Records<'a>,
    /// Members count.
    deep: bool,
}

impl Hasher<'_, '_> {
    fn of(&mut self, id: u32, depth: u32) -> u64 {
        let Ok(record) = self.records.step(id).and_then(|()| self.records.get(id)) else { return 0 };
        let endian = self.records.endian;
        let mut hash = self.name(0, record.name);
        match record.kind() {
            _ if depth > MAX_DEPTH => {}
            Kind::ENUM => record.pairs(endian).for_each(|[name, _]| hash = self.name(hash, name)),
            Kind::ENUM64 => record.triples(endian).for_each(|[name, ..]| hash = self.name(hash, name)),
            Kind::STRUCT | Kind::UNION if self.deep => {
                self.deep = false;
                for member in record.members(endian) {
                    hash = self.name(hash, member.name);
                    hash = mix(hash, self.of(member.id, depth + 1));
                }
                self.deep = true;
            }
            Kind::ARRAY => {
                let [element, _, len] = record.array(endian);
                hash = mix(hash, u64::from(len));
                hash = mix(hash, self.of(element, depth + 1));
            }
            kind if leads_on(kind) => hash = mix(hash, self.of(record.word, depth + 1)),
            _ => {}
        }
        hash
    }

    fn name(&self, hash: u64, offset: u32) -> u64 {
        if offset == 0 {
            return hash;
        }
        let name = name(self.records, offset);
        mix(hash, name.iter().fold(0, |hash, byte| mix(hash, u64::from(*byte))))
    }
}

fn mix(hash: u64, value: u64) -> u64 {
    hash.wrapping_mul(31).wrapping_add(value)
}
