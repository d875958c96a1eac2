//! What is asked: of types picked at random, fields along paths picked at random, enumerators, the types themselves; and
//! now and then what makes no sense.

use std::fmt::Write as _;

use bpf_loader::btf::core::RelocKind;
use bpf_loader::btf::layout::strip_modifiers;
use bpf_loader::btf::{Btf, CoreRecord, Kind, TypeId};

use super::KINDS;
use super::altered::Altered;
use super::random::Random;

/// A relocation.
pub(super) struct Picked {
    pub(super) record: CoreRecord,
}

/// Access strings that mean nothing, or not for every type. (`-1` is not among them: for an enumerator libbpf 1.7 reads in
/// front of the list, and crashes.)
const ODD: [&str; 10] =
    ["", "0:", ":0", "x", "1", "0:9999", "99999999999", "0:0:0:0:0:0:0:0:0:0", "0:0", "0:1:2:3"];

/// Picks so many paths, types and enumerators.
pub(super) fn pick(blob: &mut Altered, seed: u32, count: usize) -> Vec<Picked> {
    let Ok(local) = Btf::parse(blob.so_far()) else { return Vec::new() };
    let mut random = Random::new(seed.wrapping_mul(31));
    let mut picked = Vec::new();
    for _ in 0..count {
        let (id, kind) = root(&local, &mut random);
        if random.often(60) {
            let access = ODD[random.below(10) as usize];
            add(&mut picked, blob, id, access, [KINDS[random.below(13) as usize]]);
            continue;
        }
        let values = local.get(id).map_or(0, |found| found.enumerators().len());
        if matches!(kind, Kind::ENUM | Kind::ENUM64) && random.often(600) {
            for _ in 0..3 {
                let index = random.below(u32::try_from(values).unwrap_or(0)).to_string();
                let kinds = [RelocKind::ENUMVAL_EXISTS, RelocKind::ENUMVAL_VALUE];
                add(&mut picked, blob, id, &index, kinds);
            }
        } else if matches!(kind, Kind::STRUCT | Kind::UNION) && random.often(750) {
            let access = path(&local, id, &mut random);
            add(&mut picked, blob, id, &access, KINDS.into_iter().take(6));
        } else {
            add(&mut picked, blob, id, "0", KINDS.into_iter().skip(6).filter(|kind| !of_values(*kind)));
        }
    }
    picked
}

fn of_values(kind: RelocKind) -> bool {
    matches!(kind, RelocKind::ENUMVAL_EXISTS | RelocKind::ENUMVAL_VALUE)
}

fn add(
    picked: &mut Vec<Picked>,
    blob: &mut Altered,
    type_id: TypeId,
    access: &str,
    kinds: impl IntoIterator<Item = RelocKind>,
) {
    let access = blob.string(access);
    picked.extend(
        kinds.into_iter().map(|kind| Picked { record: CoreRecord { offset: 0, type_id, access, kind } }),
    );
}

/// A type, mostly one that programs ask about, and what it is below its modifiers.
fn root(local: &Btf, random: &mut Random) -> (TypeId, Kind) {
    let wanted: &[Kind] = match random.below(100) {
        0..60 => &[Kind::STRUCT],
        60..68 => &[Kind::UNION],
        68..85 => &[Kind::ENUM, Kind::ENUM64],
        85..95 => &[Kind::TYPEDEF],
        _ => &[],
    };
    loop {
        let id = TypeId(1 + random.below(local.last_id().0));
        let Ok(found) = local.get(id) else { continue };
        // Few are asked for that have no name.
        let named = found.name().is_ok_and(|name| !name.is_empty()) || random.often(20);
        if wanted.is_empty() || (wanted.contains(&found.kind()) && named) {
            let below = strip_modifiers(local, id).map_or(Kind::VOID, |found| found.kind());
            return (id, below);
        }
    }
}

/// A way into a struct, through structs and arrays in it.
fn path(local: &Btf, id: TypeId, random: &mut Random) -> String {
    let mut access = if random.often(30) { "1".to_owned() } else { "0".to_owned() };
    let mut at = id;
    for _ in 0..8 {
        let Ok(found) = strip_modifiers(local, at) else { break };
        let (count, array) = match (found.kind(), found.array()) {
            (Kind::STRUCT | Kind::UNION, _) => (u32::try_from(found.members().len()).unwrap_or(0), None),
            (_, Some(array)) => (array.len.max(1), Some(array.element)),
            _ => break,
        };
        let index = random.below(count);
        // Writing to a string does not fail.
        let _ = write!(access, ":{index}");
        let member = found.members().nth(index as usize);
        let next = array.or(member.as_ref().map(|member| member.type_id));
        let anonymous = member.is_some_and(|member| member.name().is_ok_and(str::is_empty));
        match next {
            // What has no name is gone through.
            Some(next) if anonymous || random.often(450) => at = next,
            _ => break,
        }
    }
    access
}
