//! From what is asked for to what has to be there for it: the closure over references.

use std::collections::{BTreeMap, BTreeSet};

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::layout::strip_modifiers;
use crate::minimize::keep::{Detail, Keep};
use crate::types::{Member, Type, TypeId};

/// Every type that stays, in the order of ids, and how much of it.
pub(super) type Cut = BTreeMap<TypeId, Detail>;

/// Follows references until nothing is missing.
pub(super) fn reach(btf: &Btf, keep: &Keep) -> Result<Cut, TypeError> {
    let mut cut = Cut::new();
    let mut open: Vec<(TypeId, Detail)> = keep.marks().map(|(id, detail)| (id, detail.clone())).collect();
    // A type is looked at again only when more of it is asked for, so this ends.
    while let Some((id, wanted)) = open.pop() {
        if id == TypeId::VOID {
            continue;
        }
        let found = btf.get(id)?;
        // Without a name, the members are what tells it apart.
        let bare = matches!(wanted, Detail::Name | Detail::Layout);
        let wanted = if bare && is_its_elements(found)? { Detail::All } else { wanted };
        let raised = match cut.entry(id) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(wanted);
                true
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().raise(&wanted),
        };
        if raised && let Some(detail) = cut.get(&id) {
            references(btf, found, detail, &mut open)?;
        }
    }
    Ok(cut)
}

fn is_its_elements(found: Type<'_>) -> Result<bool, TypeError> {
    let kind = found.kind();
    Ok((kind.is_composite() || kind.is_enum()) && found.name()?.is_empty())
}

/// What a type with that detail refers to, and how much is needed of each.
fn references(
    btf: &Btf,
    found: Type<'_>,
    detail: &Detail,
    open: &mut Vec<(TypeId, Detail)>,
) -> Result<(), TypeError> {
    let target = found.target().unwrap_or_default();
    match found.kind() {
        Kind::STRUCT | Kind::UNION => {
            for member in kept(found.members(), detail) {
                // Of an anonymous member's type, those members stay that were asked for as members of this one.
                let inner = match detail {
                    Detail::Some(_) if member.is_anonymous() => Detail::Some(BTreeSet::new()),
                    _ => Detail::Layout,
                };
                open.push((member.type_id, inner));
                // An array of no elements that is not the last member must not become that: there it has as many as
                // there is room for.
                let last = u32::try_from(found.members().len()).unwrap_or(u32::MAX).saturating_sub(1);
                if member.index != last && is_empty_array(btf, &member) {
                    open.push((found.id(), Detail::Some(BTreeSet::from([last]))));
                }
            }
        }
        Kind::PTR => open.push((target, Detail::Name)),
        Kind::ARRAY => {
            if let Some(array) = found.array() {
                open.extend([(array.element, detail.as_whole()), (array.index, Detail::Layout)]);
            }
        }
        Kind::FUNC_PROTO => {
            open.push((target, Detail::Layout));
            open.extend(found.params().map(|param| (param.type_id, Detail::Layout)));
        }
        Kind::DATASEC => open.extend(found.section_vars().map(|var| (var.type_id, Detail::Layout))),
        Kind::DECL_TAG => {
            let element = found
                .component()
                .flatten()
                .filter(|_| btf.get(target).is_ok_and(|tagged| tagged.kind().is_composite()));
            open.push((target, element.map_or(Detail::Layout, |at| Detail::Some(BTreeSet::from([at])))));
        }
        Kind::FUNC | Kind::VAR => open.push((target, Detail::Layout)),
        kind if kind.is_modifier() => open.push((target, detail.as_whole())),
        _ => {}
    }
    Ok(())
}

impl Detail {
    /// What is needed of a type behind another that is needed like this: its members are asked for by its own id.
    fn as_whole(&self) -> Self {
        if *self == Self::Name { Self::Name } else { Self::Layout }
    }

    /// Whether the element of that index stays.
    pub(super) fn has(&self, index: u32) -> bool {
        match self {
            Self::Name | Self::Layout => false,
            Self::Some(indices) => indices.contains(&index),
            Self::All => true,
        }
    }
}

/// The members that stay.
pub(super) fn kept<'a>(
    members: impl Iterator<Item = Member<'a>>,
    detail: &Detail,
) -> impl Iterator<Item = Member<'a>> {
    members.filter(|member| detail.has(member.index))
}

fn is_empty_array(btf: &Btf, member: &Member<'_>) -> bool {
    strip_modifiers(btf, member.type_id)
        .ok()
        .and_then(|found| found.array())
        .is_some_and(|array| array.len == 0)
}
