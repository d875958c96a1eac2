//! Which members of which types a BTF has.

use std::collections::{BTreeMap, BTreeSet};

use bpf_loader::btf::layout::strip_modifiers;
use bpf_loader::btf::{Btf, Kind, Type};

/// Members and enumerators by type. Several types can have a name; what one of them has is in the set.
pub(super) struct Members(BTreeMap<String, BTreeSet<String>>);

/// How deep structs without a name nest.
const MOST_DEPTH: u32 = 16;

impl Members {
    pub(super) fn of(btf: &Btf) -> Self {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for found in btf.types() {
            let name = found.name().unwrap_or_default();
            if name.is_empty() {
                continue;
            }
            match found.kind() {
                Kind::STRUCT | Kind::UNION => {
                    let set = all.entry(format!("{} {name}", found.kind().word())).or_default();
                    collect(btf, &found, 0, 0, set);
                }
                Kind::ENUM | Kind::ENUM64 => {
                    let set = all.entry(format!("enum {name}")).or_default();
                    let values = found.enumerators();
                    set.extend(
                        values.map(|one| format!("{} = {}", one.name().unwrap_or_default(), one.value)),
                    );
                }
                _ => {}
            }
        }
        Self(all)
    }

    pub(super) fn count(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    /// What of this the other has not, a line each type.
    pub(super) fn lacking(&self, other: &Self) -> impl Iterator<Item = String> {
        let none = BTreeSet::new();
        self.0.iter().filter_map(move |(name, members)| {
            let others = other.0.get(name).unwrap_or(&none);
            let lacks: Vec<&str> = members.difference(others).map(String::as_str).collect();
            (!lacks.is_empty()).then(|| format!("{name}: {}", lacks.join(", ")))
        })
    }
}

/// Members with their places; those of structs without a name in the struct around them.
fn collect(btf: &Btf, found: &Type<'_>, base: u32, depth: u32, into: &mut BTreeSet<String>) {
    for member in found.members() {
        let at = base.saturating_add(member.bit_offset);
        let name = member.name().unwrap_or_default();
        if !name.is_empty() {
            into.insert(format!("{name} at {at}"));
        } else if depth < MOST_DEPTH
            && let Ok(inner) = strip_modifiers(btf, member.type_id)
        {
            collect(btf, &inner, at, depth + 1, into);
        }
    }
}
