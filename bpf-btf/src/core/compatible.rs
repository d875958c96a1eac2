//! When a kernel's type may stand for an object's: the rule for fields, and the looser one for whole types.

use crate::btf::Btf;
use crate::core::candidates::may_stand_for;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::layout::{MAX_DEPTH, strip_modifiers};
use crate::names::essential_name;
use crate::types::{Type, TypeId};

/// How deep parameters of functions nest.
const MAX_NESTING: u32 = 32;
/// Pointers, arrays and results of functions in a row: a parameter begins a new one. libbpf counts so too.
const MAX_CHAIN: u32 = 32;
/// Pairs of types that one comparison looks at.
const MAX_PAIRS: u32 = 1 << 16;

/// Whether a field of the kernel may be read as one of the object.
///
/// Structs and unions may stand for each other, pointers and floats for their like, integers whatever their size and
/// sign; enumerations and forward declarations need the same essential name, or none; of arrays the elements count.
pub(super) fn fields_compatible(
    local: &Btf,
    local_id: TypeId,
    kernel: &Btf,
    kernel_id: TypeId,
) -> Result<bool, TypeError> {
    let (mut a, mut b) = (strip_modifiers(local, local_id)?, strip_modifiers(kernel, kernel_id)?);
    for _ in 0..MAX_DEPTH {
        if a.kind().is_composite() && b.kind().is_composite() {
            return Ok(true);
        }
        if !may_stand_for(a.kind(), b.kind()) {
            return Ok(false);
        }
        match (a.array(), b.array()) {
            (Some(x), Some(y)) => {
                a = strip_modifiers(local, x.element)?;
                b = strip_modifiers(kernel, y.element)?;
            }
            _ => {
                return Ok(match a.kind() {
                    Kind::PTR | Kind::FLOAT => true,
                    Kind::INT => whole_bytes(a) && whole_bytes(b),
                    Kind::ENUM | Kind::ENUM64 | Kind::FWD => {
                        let (a, b) = (essential_name(a.name()?), essential_name(b.name()?));
                        a.is_empty() || b.is_empty() || a == b
                    }
                    _ => false,
                });
            }
        }
    }
    Err(TypeError::TooDeep { id: local_id, limit: MAX_DEPTH })
}

/// Not one of the old integers that are a bitfield by themselves.
fn whole_bytes(found: Type<'_>) -> bool {
    found.int().is_some_and(|int| int.offset == 0)
}

/// Whether a type of the kernel counts as the object's, for questions of existence, size and id: the kinds are equal all
/// the way down. Names matter at the root only, and there the candidates have been chosen by them.
pub(super) fn types_compatible(
    local: &Btf,
    local_id: TypeId,
    kernel: &Btf,
    kernel_id: TypeId,
) -> Result<bool, TypeError> {
    if !may_stand_for(local.get(local_id)?.kind(), kernel.get(kernel_id)?.kind()) {
        return Ok(false);
    }
    let mut pair = Pair { local, kernel, budget: MAX_PAIRS, forward: false };
    pair.compatible(local_id, kernel_id, MAX_NESTING)
}

/// Whether an object's declaration of a function's prototype or of a variable's type fits the kernel's: the kinds are
/// equal all the way down, as for a CO-RE relocation that asks whether a type exists. A struct that is only declared
/// stands for one that is defined, on either side.
///
/// # Errors
/// [`TypeError`] where either BTF does not hold together.
pub fn declarations_compatible(
    local: &Btf,
    local_id: TypeId,
    kernel: &Btf,
    kernel_id: TypeId,
) -> Result<bool, TypeError> {
    let mut pair = Pair { local, kernel, budget: MAX_PAIRS, forward: true };
    pair.compatible(local_id, kernel_id, MAX_NESTING)
}

/// Whether one is a forward declaration, and the other what it may declare.
fn is_declared(one: Type<'_>, other: Type<'_>) -> bool {
    let kind = if one.kflag() { Kind::UNION } else { Kind::STRUCT };
    one.kind() == Kind::FWD && (other.kind() == kind || other.kind() == Kind::FWD)
}

struct Pair<'a> {
    local: &'a Btf,
    kernel: &'a Btf,
    budget: u32,
    /// A forward declaration stands for what it declares.
    forward: bool,
}

impl Pair<'_> {
    fn compatible(&mut self, local: TypeId, kernel: TypeId, nesting: u32) -> Result<bool, TypeError> {
        let (mut local, mut kernel) = (local, kernel);
        let target = |found: Type<'_>| found.target().unwrap_or_default();
        for _ in 0..MAX_CHAIN {
            self.budget =
                self.budget.checked_sub(1).ok_or(TypeError::TooLarge { id: local, limit: MAX_PAIRS })?;
            let (a, b) = (strip_modifiers(self.local, local)?, strip_modifiers(self.kernel, kernel)?);
            if self.forward && (is_declared(a, b) || is_declared(b, a)) {
                return Ok(true);
            }
            if !may_stand_for(a.kind(), b.kind()) {
                return Ok(false);
            }
            (local, kernel) = match a.kind() {
                Kind::INT => return Ok(whole_bytes(a) && whole_bytes(b)),
                Kind::PTR => (target(a), target(b)),
                Kind::ARRAY => match (a.array(), b.array()) {
                    (Some(a), Some(b)) => (a.element, b.element),
                    _ => return Ok(false),
                },
                Kind::FUNC_PROTO => {
                    if a.params().len() != b.params().len() {
                        return Ok(false);
                    }
                    let too_deep = TypeError::TooDeep { id: local, limit: MAX_NESTING };
                    for (a, b) in a.params().zip(b.params()) {
                        let nesting = nesting.checked_sub(1).ok_or_else(|| too_deep.clone())?;
                        if !self.compatible(a.type_id, b.type_id, nesting)? {
                            return Ok(false);
                        }
                    }
                    (target(a), target(b))
                }
                kind => {
                    let plain = matches!(kind, Kind::VOID | Kind::FWD | Kind::FLOAT);
                    return Ok(kind.is_composite() || kind.is_enum() || plain);
                }
            };
        }
        Err(TypeError::TooDeep { id: local, limit: MAX_CHAIN })
    }
}
