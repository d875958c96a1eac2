//! An access of the object, followed through a kernel's types.

use crate::btf::Btf;
use crate::core::access::{FieldAccess, Step, is_flexible};
use crate::core::compatible::fields_compatible;
use crate::core::value::{Last, Place};
use crate::core::{CoreError, WhyNot};
use crate::dump;
use crate::error::TypeError;
use crate::layout::{find_member, size_of, strip_modifiers};
use crate::matching::nearest;
use crate::types::{Member, Type, TypeId};

/// Members that are looked at for a name that could have been meant.
const MAX_SUGGESTIONS: u32 = 4096;

/// Why an access leads nowhere in a kernel's type.
pub(super) struct DeadEnd {
    pub(super) why: WhyNot,
    /// The kernel's name closest to the missing one, with its type.
    pub(super) nearest: Option<String>,
}

impl From<WhyNot> for DeadEnd {
    fn from(why: WhyNot) -> Self {
        Self { why, nearest: None }
    }
}

/// The place of the object's access in the kernel's type `root`.
pub(super) fn follow<'k>(
    local: &Btf,
    access: &FieldAccess<'_>,
    kernel: &'k Btf,
    root: TypeId,
) -> Result<Result<Place<'k>, DeadEnd>, CoreError> {
    let mut at = strip_modifiers(kernel, root)?;
    let mut place = Place { bit_offset: 0, last: Last::Type(at.id()) };
    let beyond = |id| TypeError::TooLarge { id, limit: u32::MAX };
    if access.first != 0 {
        place.advance(access.first, size_of(kernel, at.id())?).ok_or_else(|| beyond(root))?;
    }
    for step in &access.steps {
        match step {
            Step::Element(index) => {
                let Some(array) = at.array() else {
                    let why = WhyNot::NotAnArray { kernel: dump::type_name(kernel, at.id()) };
                    return Ok(Err(why.into()));
                };
                if *index >= array.len && !is_flexible(&place.last, &array) {
                    return Ok(Err(WhyNot::OutOfBounds { index: *index, len: array.len }.into()));
                }
                at = strip_modifiers(kernel, array.element)?;
                if *index != 0 {
                    place.advance(*index, size_of(kernel, at.id())?).ok_or_else(|| beyond(root))?;
                }
                place.last = Last::Type(at.id());
            }
            Step::Member(ours) => {
                let name = ours.name()?;
                let found = if at.kind().is_composite() { find_member(kernel, at.id(), name)? } else { None };
                let Some(found) = found else {
                    return Ok(Err(no_member(kernel, at, name)));
                };
                if !fields_compatible(local, ours.type_id, kernel, found.member.type_id)? {
                    let why = WhyNot::OtherKind {
                        local: dump::member(local, ours),
                        kernel: dump::member(kernel, &found.member),
                    };
                    return Ok(Err(why.into()));
                }
                place.bit_offset = place
                    .bit_offset
                    .checked_add(u64::from(found.bit_offset))
                    .ok_or_else(|| beyond(found.inside))?;
                place.last = Last::Member { inside: kernel.get(found.inside)?, member: found.member };
                at = strip_modifiers(kernel, found.member.type_id)?;
            }
        }
    }
    Ok(Ok(place))
}

fn no_member(kernel: &Btf, at: Type<'_>, name: &str) -> DeadEnd {
    let nearest = nearest_member(kernel, at, name)
        .map(|(close, member)| format!("{close} ({})", dump::type_name(kernel, member.type_id)));
    let inside = dump::type_name(kernel, at.id());
    DeadEnd { why: WhyNot::NoMember { member: dump::clean(Ok(name)).into_owned(), inside }, nearest }
}

/// The member whose name is closest to one that is not there.
pub(super) fn nearest_member<'a>(btf: &'a Btf, of: Type<'a>, name: &str) -> Option<(&'a str, Member<'a>)> {
    let members = named_members(btf, of);
    let close = nearest(name, members.iter().map(|(name, _)| *name))?;
    members.into_iter().find(|(name, _)| *name == close)
}

/// Names that could have been meant: those of a struct's members, and of its anonymous members' members.
fn named_members<'a>(btf: &'a Btf, of: Type<'a>) -> Vec<(&'a str, Member<'a>)> {
    let mut found = Vec::new();
    let mut open = vec![of];
    // Counted, because damaged structs may contain themselves.
    let mut left = MAX_SUGGESTIONS;
    while let Some(at) = open.pop() {
        for member in at.members() {
            let Some(rest) = left.checked_sub(1) else {
                return found;
            };
            left = rest;
            match member.name() {
                Ok("") => open.extend(strip_modifiers(btf, member.type_id).ok()),
                Ok(name) => found.push((name, member)),
                Err(_) => {}
            }
        }
    }
    found
}
