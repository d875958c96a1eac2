//! The strict rule of `type_matches`: everything that the object declares is in the kernel, as declared.

use std::collections::HashMap;

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::layout::strip_modifiers;
use crate::names::essential_name;
use crate::types::{Type, TypeId};

/// How deep members of structs and parameters of functions nest.
const MAX_NESTING: u32 = 32;
/// Pointers, arrays and results of functions in a row: a member or a parameter begins a new one. libbpf counts so too.
const MAX_CHAIN: u32 = 32;
/// Steps of one comparison: pairs of types, and of names of members.
const MAX_STEPS: u32 = 1 << 22;

/// Whether the object's type matches the kernel's.
///
/// Names count at every level, flavors left aside. Integers have the same size and sign, arrays the same length; every
/// member that the object declares has a match under its name, every enumerator a namesake in an enumeration of the same
/// size. Behind a pointer a struct or union matches by name and kind alone, also as a forward declaration.
pub(super) fn types_match(
    local: &Btf,
    local_id: TypeId,
    kernel: &Btf,
    kernel_id: TypeId,
) -> Result<bool, TypeError> {
    let mut pair = Pair { local, kernel, steps: MAX_STEPS, known: HashMap::new() };
    pair.types(local_id, kernel_id, false, MAX_NESTING)
}

struct Pair<'a> {
    local: &'a Btf,
    kernel: &'a Btf,
    steps: u32,
    /// Structs and unions that have been compared. A type that is used twice is compared once.
    known: HashMap<(TypeId, TypeId), bool>,
}

impl<'a> Pair<'a> {
    fn step(&mut self, id: TypeId) -> Result<(), TypeError> {
        self.steps = self.steps.checked_sub(1).ok_or(TypeError::TooLarge { id, limit: MAX_STEPS })?;
        Ok(())
    }

    fn types(&mut self, local: TypeId, kernel: TypeId, pointee: bool, depth: u32) -> Result<bool, TypeError> {
        let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id: local, limit: MAX_NESTING })?;
        let (mut local, mut kernel, mut pointee) = (local, kernel, pointee);
        let target = |found: Type<'_>| found.target().unwrap_or_default();
        for _ in 0..MAX_CHAIN {
            self.step(local)?;
            let (a, b) = (strip_modifiers(self.local, local)?, strip_modifiers(self.kernel, kernel)?);
            if !names_match(a.name()?, b.name()?) {
                return Ok(false);
            }
            (local, kernel) = match (a.kind(), b.kind()) {
                (ours, theirs) if ours.is_enum() && theirs.is_enum() => return self.enums(a, b),
                (Kind::FWD | Kind::STRUCT | Kind::UNION, Kind::FWD | Kind::STRUCT | Kind::UNION)
                    if pointee =>
                {
                    return Ok(is_union(a) == is_union(b));
                }
                (ours, theirs) if ours != theirs => return Ok(false),
                (Kind::VOID, _) => return Ok(true),
                (Kind::FWD, _) => return Ok(is_union(a) == is_union(b)),
                (Kind::STRUCT | Kind::UNION, _) => return self.composites(a, b, depth),
                (Kind::INT, _) => {
                    let signed = |found: Type<'_>| found.int().is_some_and(|int| int.signed);
                    return Ok(a.size() == b.size() && signed(a) == signed(b));
                }
                (Kind::FLOAT, _) => return Ok(a.size() == b.size()),
                (Kind::PTR, _) => {
                    pointee = true;
                    (target(a), target(b))
                }
                (Kind::ARRAY, _) => match (a.array(), b.array()) {
                    (Some(a), Some(b)) if a.len == b.len => (a.element, b.element),
                    _ => return Ok(false),
                },
                (Kind::FUNC_PROTO, _) => {
                    if a.params().len() != b.params().len() {
                        return Ok(false);
                    }
                    for (a, b) in a.params().zip(b.params()) {
                        if !self.types(a.type_id, b.type_id, pointee, depth)? {
                            return Ok(false);
                        }
                    }
                    (target(a), target(b))
                }
                _ => return Ok(false),
            };
        }
        Err(TypeError::TooDeep { id: local, limit: MAX_CHAIN })
    }

    fn enums(&mut self, a: Type<'a>, b: Type<'a>) -> Result<bool, TypeError> {
        if a.size() != b.size() || a.enumerators().len() > b.enumerators().len() {
            return Ok(false);
        }
        for ours in a.enumerators() {
            let name = ours.name()?;
            let mut found = false;
            for theirs in b.enumerators() {
                self.step(a.id())?;
                if names_match(name, theirs.name()?) {
                    found = true;
                    break;
                }
            }
            if !found {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn composites(&mut self, a: Type<'a>, b: Type<'a>, depth: u32) -> Result<bool, TypeError> {
        let key = (a.id(), b.id());
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let result = self.members(a, b, depth)?;
        self.known.insert(key, result);
        Ok(result)
    }

    fn members(&mut self, a: Type<'a>, b: Type<'a>, depth: u32) -> Result<bool, TypeError> {
        if a.members().len() > b.members().len() {
            return Ok(false);
        }
        for ours in a.members() {
            let name = ours.name()?;
            let mut found = false;
            for theirs in b.members() {
                self.step(a.id())?;
                // Anonymous members have equal names too, so the search goes on after one that does not match.
                if names_match(name, theirs.name()?)
                    && self.types(ours.type_id, theirs.type_id, false, depth)?
                {
                    found = true;
                    break;
                }
            }
            if !found {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

pub(super) fn names_match(local: &str, kernel: &str) -> bool {
    essential_name(local) == essential_name(kernel)
}

fn is_union(found: Type<'_>) -> bool {
    found.kind() == Kind::UNION || (found.kind() == Kind::FWD && found.kflag())
}
