//! Access strings, and what they mean in the object's own types.

use crate::btf::Btf;
use crate::core::CoreError;
use crate::core::value::{Last, Place};
use crate::layout::{size_of, strip_modifiers};
use crate::types::{Array, Enumerator, Member, TypeId};

/// The most numbers that an access string may have.
const MAX_PATH: usize = 64;

/// An access string, parsed. The first number indexes an array at the root; each that follows is a member's index or an
/// array's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPath(Vec<u32>);

impl AccessPath {
    /// Parses `0:1:2`.
    ///
    /// # Errors
    /// [`CoreError::AccessString`] where something else than numbers stands between the colons, or more than 64.
    pub fn parse(text: &str) -> Result<Self, CoreError> {
        let damaged = || CoreError::AccessString { access: text.chars().take(80).collect() };
        let mut numbers = Vec::new();
        for part in text.split(':') {
            if numbers.len() >= MAX_PATH || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(damaged());
            }
            numbers.push(part.parse().map_err(|_| damaged())?);
        }
        Ok(Self(numbers))
    }

    /// The numbers, at least one.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }
}

impl std::fmt::Display for AccessPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, number) in self.0.iter().enumerate() {
            write!(f, "{}{number}", if index == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

/// One step of an access as a kernel can follow it: anonymous members are not steps, they may differ.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// An element of an array.
    Element(u32),
    /// A named member.
    Member(Member<'a>),
}

/// An access to a field, in the object's own types.
#[derive(Clone, Debug)]
pub(super) struct FieldAccess<'a> {
    /// Index at the root, as in `task[1].pid`.
    pub(super) first: u32,
    pub(super) steps: Vec<Step<'a>>,
    /// Where that is by the object's types.
    pub(super) place: Place<'a>,
}

impl<'a> FieldAccess<'a> {
    pub(super) fn follow(local: &'a Btf, root: TypeId, path: &AccessPath) -> Result<Self, CoreError> {
        let damaged = |why| CoreError::Access { access: path.to_string(), root, why };
        let beyond = || damaged("it leads beyond what 64 bits can count");
        let (first, rest) = path.numbers().split_first().ok_or_else(|| damaged("it is empty"))?;
        let mut at = strip_modifiers(local, root)?;
        let mut place = Place { bit_offset: 0, last: Last::Type(at.id()) };
        let mut steps: Vec<Step<'a>> = Vec::new();
        if *first != 0 {
            place.advance(*first, size_of(local, at.id())?).ok_or_else(beyond)?;
        }
        let mut anonymous = false;
        for number in rest {
            if at.kind().is_composite() {
                let index = usize::try_from(*number).unwrap_or(usize::MAX);
                let member =
                    at.members().nth(index).ok_or_else(|| damaged("it names a member that is not there"))?;
                place.bit_offset =
                    place.bit_offset.checked_add(u64::from(member.bit_offset)).ok_or_else(beyond)?;
                anonymous = member.is_anonymous();
                if !anonymous {
                    steps.push(Step::Member(member));
                    place.last = Last::Member { inside: at, member };
                }
                at = strip_modifiers(local, member.type_id)?;
            } else if let Some(array) = at.array() {
                if *number >= array.len && !is_flexible(&place.last, &array) {
                    return Err(damaged("it indexes an array past its end"));
                }
                at = strip_modifiers(local, array.element)?;
                if *number != 0 {
                    place.advance(*number, size_of(local, at.id())?).ok_or_else(beyond)?;
                }
                steps.push(Step::Element(*number));
                place.last = Last::Type(at.id());
                anonymous = false;
            } else {
                return Err(damaged("it enters something that is neither a struct nor an array"));
            }
        }
        if anonymous {
            return Err(damaged("it ends at a member without a name"));
        }
        Ok(Self { first: *first, steps, place })
    }
}

/// Whether an array has as many elements as memory has room for: the last member of its struct, declared without any.
pub(super) fn is_flexible(last: &Last<'_>, array: &Array) -> bool {
    match last {
        Last::Member { inside, member } => {
            array.len == 0 && usize::try_from(member.index).is_ok_and(|i| i + 1 == inside.members().len())
        }
        Last::Type(_) => false,
    }
}

/// The enumerator that an access means.
pub(super) fn enumerator<'a>(
    local: &'a Btf,
    root: TypeId,
    path: &AccessPath,
) -> Result<Enumerator<'a>, CoreError> {
    let damaged = |why| CoreError::Access { access: path.to_string(), root, why };
    let found = strip_modifiers(local, root)?;
    if !found.kind().is_enum() {
        return Err(damaged("an enum is needed"));
    }
    let [number] = path.numbers() else {
        return Err(damaged("a single number is needed for an enumerator"));
    };
    let index = usize::try_from(*number).unwrap_or(usize::MAX);
    found.enumerators().nth(index).ok_or_else(|| damaged("it names an enumerator that is not there"))
}

/// Checks the access of a question about a whole type.
pub(super) fn whole_type(root: TypeId, path: &AccessPath) -> Result<(), CoreError> {
    match path.numbers() {
        [0] => Ok(()),
        _ => Err(CoreError::Access { access: path.to_string(), root, why: "`0` is needed for a whole type" }),
    }
}

/// An access as text: `[1].se.load[3]`.
pub(super) fn path_text(access: &FieldAccess<'_>) -> String {
    let mut text = String::new();
    if access.first != 0 {
        text.push_str(&format!("[{}]", access.first));
    }
    for step in &access.steps {
        match step {
            Step::Element(index) => text.push_str(&format!("[{index}]")),
            Step::Member(member) => {
                text.push('.');
                text.push_str(&crate::dump::clean(member.name()));
            }
        }
    }
    text
}
