//! What of a kernel's types a relocation looks at, so that the rest can be left out without changing any answer.

use std::collections::HashSet;

use crate::btf::Btf;
use crate::core::access::{FieldAccess, Step};
use crate::core::candidates::Candidate;
use crate::core::follow::nearest_member;
use crate::core::resolve::{About, Question};
use crate::core::type_match::names_match;
use crate::core::{Candidates, CoreError, RelocKind};
use crate::error::TypeError;
use crate::ext::CoreRecord;
use crate::kind::Kind;
use crate::layout::strip_modifiers;
use crate::matching::nearest;
use crate::minimize::Keep;
use crate::names::essential_name;
use crate::types::{Type, TypeId};

/// Pairs of types and of members that are looked at for one `type_matches`.
const MAX_STEPS: u32 = 1 << 20;

/// Keeps what [`resolve`](crate::core::resolve) looks at to answer one relocation: every candidate, the members on the
/// way of an access, and the name that a failure suggests. Against BTF that was cut to this the answer is the same, but
/// for ids of types.
///
/// The candidates are those of one target, in whose ids `keep` is.
///
/// # Errors
/// As [`resolve`](crate::core::resolve): such a relocation has no answer in any kernel, or not in this one.
pub fn needs(
    local: &Btf,
    record: &CoreRecord,
    candidates: &Candidates,
    keep: &mut Keep,
) -> Result<(), CoreError> {
    if record.kind == RelocKind::TYPE_ID_LOCAL {
        return Ok(());
    }
    let question = Question::parse(local, record)?;
    for candidate in candidates.as_slice() {
        keep.layout(candidate.id);
        match &question.about {
            About::Field(access) => field(access, candidate, keep)?,
            About::Type if record.kind == RelocKind::TYPE_MATCHES => {
                matching(local, record.type_id, candidate, keep)?;
            }
            About::Type => keep_shape(&candidate.btf, candidate.id, keep)?,
            About::Enumerator(own) => enumerator(own.name()?, candidate, keep)?,
        }
    }
    if candidates.as_slice().is_empty() && !record.kind.answers_absence() {
        candidates.nearest_id().into_iter().for_each(|id| keep.layout(id));
    }
    if candidates.kind() == Kind::FWD {
        // What is kept by name alone becomes a forward declaration, and must not become one that is asked for.
        candidates.declared_elsewhere().into_iter().for_each(|id| keep.layout(id));
    }
    Ok(())
}

/// The members on the way, or the name that is nearest to the first that is not there.
fn field(access: &FieldAccess<'_>, candidate: &Candidate, keep: &mut Keep) -> Result<(), CoreError> {
    let kernel = &candidate.btf;
    let mut at = strip_modifiers(kernel, candidate.id)?;
    for step in &access.steps {
        // What is printed of a failure.
        keep.layout(at.id());
        match step {
            Step::Element(_) => {
                let Some(array) = at.array() else { return Ok(()) };
                at = strip_modifiers(kernel, array.element)?;
            }
            Step::Member(ours) => {
                let name = ours.name()?;
                if !at.kind().is_composite() {
                    return Ok(());
                }
                let Some(next) = keep.member_type(kernel, at.id(), name)? else {
                    if let Some((close, _)) = nearest_member(kernel, at, name) {
                        keep.member(kernel, at.id(), close)?;
                    }
                    return Ok(());
                };
                at = strip_modifiers(kernel, next)?;
            }
        }
    }
    Ok(())
}

/// Keeps what [`declarations_compatible`](crate::core::declarations_compatible) looks at of a type of the kernel, of a function or of
/// a variable: the kinds all the way down. Those of a struct's members do not count.
///
/// # Errors
/// [`TypeError`] where the types do not hold together.
pub fn keep_shape(kernel: &Btf, id: TypeId, keep: &mut Keep) -> Result<(), TypeError> {
    let mut seen = HashSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        let found = strip_modifiers(kernel, id)?;
        if found.id() == TypeId::VOID || !seen.insert(found.id()) {
            continue;
        }
        keep.layout(found.id());
        match found.kind() {
            Kind::PTR | Kind::FUNC | Kind::VAR => open.extend(found.target()),
            Kind::ARRAY => open.extend(found.array().map(|array| array.element)),
            Kind::FUNC_PROTO => {
                open.extend(found.target());
                open.extend(found.params().map(|param| param.type_id));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The members, of each struct that is compared, that have a namesake in the object's.
fn matching(local: &Btf, root: TypeId, candidate: &Candidate, keep: &mut Keep) -> Result<(), CoreError> {
    let kernel = &candidate.btf;
    let mut seen = HashSet::new();
    let mut steps = MAX_STEPS;
    let mut step = |count: u32| {
        steps = steps.checked_sub(count).ok_or(TypeError::TooLarge { id: root, limit: MAX_STEPS })?;
        Ok::<_, TypeError>(())
    };
    let mut open = vec![(root, candidate.id, false)];
    while let Some((ours, theirs, pointee)) = open.pop() {
        let (a, b) = (strip_modifiers(local, ours)?, strip_modifiers(kernel, theirs)?);
        if !seen.insert((a.id(), b.id(), pointee)) {
            continue;
        }
        step(1)?;
        if b.id() != TypeId::VOID {
            keep.layout(b.id());
        }
        let target = |found: Type<'_>| found.target().unwrap_or_default();
        match (a.kind(), b.kind()) {
            (x, y) if x.is_enum() && y.is_enum() => {
                step(u32::try_from(b.enumerators().len()).unwrap_or(u32::MAX))?;
                let names: Result<HashSet<&str>, _> =
                    a.enumerators().map(|ours| ours.name().map(essential_name)).collect();
                let (names, theirs) = (names?, b.enumerators().map(|theirs| theirs.name()));
                namesakes(&names, a.enumerators().len(), theirs, b.id(), keep)?;
            }
            (x, y) if x.is_composite() && x == y && !pointee => {
                let names: Result<HashSet<&str>, _> =
                    a.members().map(|ours| ours.name().map(essential_name)).collect();
                let (names, theirs) = (names?, b.members().map(|theirs| theirs.name()));
                namesakes(&names, a.members().len(), theirs, b.id(), keep)?;
                for ours in a.members() {
                    step(u32::try_from(b.members().len()).unwrap_or(u32::MAX))?;
                    for theirs in b.members() {
                        if names_match(ours.name()?, theirs.name()?) {
                            open.push((ours.type_id, theirs.type_id, false));
                        }
                    }
                }
            }
            (Kind::PTR, Kind::PTR) => open.push((target(a), target(b), true)),
            (Kind::ARRAY, Kind::ARRAY) => {
                if let (Some(a), Some(b)) = (a.array(), b.array()) {
                    open.push((a.element, b.element, pointee));
                }
            }
            (Kind::FUNC_PROTO, Kind::FUNC_PROTO) => {
                open.push((target(a), target(b), pointee));
                open.extend(a.params().zip(b.params()).map(|(a, b)| (a.type_id, b.type_id, pointee)));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Keeps the elements of a type whose names are among `names`, and others until there are as many as the object's type
/// has: one with fewer does not match.
fn namesakes<'a>(
    names: &HashSet<&str>,
    least: usize,
    elements: impl Iterator<Item = Result<&'a str, TypeError>>,
    id: TypeId,
    keep: &mut Keep,
) -> Result<(), TypeError> {
    let mut others = Vec::new();
    let mut kept = 0_usize;
    for (index, name) in (0..).zip(elements) {
        if names.contains(essential_name(name?)) {
            keep.element(id, index);
            kept = kept.saturating_add(1);
        } else if others.len() < least {
            others.push(index);
        }
    }
    others.into_iter().take(least.saturating_sub(kept)).for_each(|index| keep.element(id, index));
    Ok(())
}

/// The enumerator, or the one whose name is nearest.
fn enumerator(name: &str, candidate: &Candidate, keep: &mut Keep) -> Result<(), CoreError> {
    let found = strip_modifiers(&candidate.btf, candidate.id)?;
    let name = essential_name(name);
    let position = |wanted: &dyn Fn(&str) -> bool| {
        found.enumerators().zip(0..).find(|(one, _)| one.name().is_ok_and(wanted)).map(|(_, index)| index)
    };
    let index = position(&|known| essential_name(known) == name).or_else(|| {
        let close = nearest(name, found.enumerators().filter_map(|one| one.name().ok()))?;
        position(&|known| known == close)
    });
    keep.layout(found.id());
    index.into_iter().for_each(|index| keep.element(found.id(), index));
    Ok(())
}
