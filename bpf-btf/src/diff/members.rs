//! Members of two structs, by name: those of anonymous structs and unions inside count as their own.

use std::collections::HashMap;

use super::same::Comparison;
use super::{Change, Place};
use crate::dump;
use crate::layout::{MAX_MEMBERS, bitfield, strip_modifiers};
use crate::types::{Member, Type, TypeId};

/// How deep anonymous structs nest.
const MOST_DEPTH: u32 = 16;

/// A member, wherever in anonymous members it is.
struct Flat<'a> {
    member: Member<'a>,
    /// From the start of the outermost struct.
    bit_offset: u64,
}

pub(super) fn compare(
    old: &Type<'_>,
    new: &Type<'_>,
    comparison: &mut Comparison<'_>,
    found: &mut Vec<Change>,
) {
    let (before, now) = (flatten(old), flatten(new));
    // Names may come several times in damaged BTF, and padding has none: the first belongs to the first.
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, flat) in before.iter().enumerate().rev() {
        by_name.entry(flat.member.name().unwrap_or_default()).or_default().push(index);
    }
    let mut stays = vec![false; before.len()];
    let mut changes = Vec::new();
    for flat in &now {
        let known = by_name.get_mut(flat.member.name().unwrap_or_default()).and_then(Vec::pop);
        let Some(earlier) = known.and_then(|index| {
            *stays.get_mut(index)? = true;
            before.get(index)
        }) else {
            changes.push((flat.bit_offset, Change::MemberAdded(place(new, flat))));
            continue;
        };
        let width = |of: &Type<'_>, flat: &Flat<'_>| {
            bitfield(of.btf(), &flat.member).ok().flatten().map(|bits| bits.width)
        };
        let retyped = width(old, earlier) != width(new, flat)
            || !comparison.alike(earlier.member.type_id, flat.member.type_id);
        if retyped || earlier.bit_offset != flat.bit_offset {
            let change = Change::Member { old: place(old, earlier), new: place(new, flat), retyped };
            changes.push((flat.bit_offset, change));
        }
    }
    for (flat, _) in before.iter().zip(&stays).filter(|(_, stays)| !**stays) {
        changes.push((flat.bit_offset, Change::MemberRemoved(place(old, flat))));
    }
    changes.sort_by_key(|(at, _)| *at);
    found.extend(changes.into_iter().map(|(_, change)| change));
}

fn place(of: &Type<'_>, flat: &Flat<'_>) -> Place {
    Place {
        name: dump::clean(flat.member.name()).into(),
        declaration: dump::member(of.btf(), &flat.member),
        bit_offset: flat.bit_offset,
    }
}

fn flatten<'a>(found: &Type<'a>) -> Vec<Flat<'a>> {
    let mut flat = Vec::new();
    collect(found, 0, 0, &mut { MAX_MEMBERS }, &mut flat);
    flat
}

/// Every member that is looked at is counted in `left`, also those that lead to no member with a name.
fn collect<'a>(found: &Type<'a>, base: u64, depth: u32, left: &mut u32, flat: &mut Vec<Flat<'a>>) {
    for member in found.members() {
        let Some(rest) = left.checked_sub(1) else { return };
        *left = rest;
        let bit_offset = base.saturating_add(u64::from(member.bit_offset));
        let inner = strip_modifiers(found.btf(), member.type_id).ok();
        match inner.filter(|inner| {
            member.is_anonymous() && inner.kind().is_composite() && inner.id() != TypeId::VOID
        }) {
            Some(inner) if depth < MOST_DEPTH => collect(&inner, bit_offset, depth + 1, left, flat),
            _ => flat.push(Flat { member, bit_offset }),
        }
    }
}
