//! Function prototypes: whether two take and return the same.

use std::fmt;

use crate::btf::Btf;
use crate::dump;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::layout::strip_modifiers;
use crate::names::essential_name;
use crate::types::{Type, TypeId};

/// The first thing in which two prototypes differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// Their numbers of parameters.
    Arity {
        /// In the object.
        local: usize,
        /// In the kernel.
        kernel: usize,
    },
    /// What they return.
    Return(Types),
    /// What one parameter is.
    Parameter {
        /// Which, from 0.
        index: usize,
        /// What it is in either.
        types: Types,
    },
}

/// Two types that differ, as C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Types {
    /// In the object.
    pub local: String,
    /// In the kernel.
    pub kernel: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arity { local, kernel } => {
                let plural = if *local == 1 { "" } else { "s" };
                write!(f, "{local} parameter{plural} in the object, {kernel} in the kernel")
            }
            Self::Return(Types { local, kernel }) => {
                write!(f, "returns `{local}` in the object, `{kernel}` in the kernel")
            }
            Self::Parameter { index, types: Types { local, kernel } } => {
                let number = index.saturating_add(1);
                write!(f, "parameter {number} is `{local}` in the object, `{kernel}` in the kernel")
            }
        }
    }
}

/// Compares two prototypes; `None` where they agree.
///
/// Structs, unions and enumerations agree by kind and essential name, a forward declaration with what it declares,
/// integers by size (a machine passes `int` and `u32` alike), arrays by length and element, pointers by what they point
/// to, where `void` agrees with everything. Typedefs and qualifiers do not count, nor do the parameters' names.
///
/// # Errors
/// [`TypeError`] where either BTF does not hold together, or where either type is no `FUNC_PROTO`.
pub fn compare(
    local: &Btf,
    local_proto: TypeId,
    kernel: &Btf,
    kernel_proto: TypeId,
) -> Result<Option<Difference>, TypeError> {
    let mut pair = Pair { local, kernel, budget: MAX_PAIRS };
    let (ours, theirs) = (prototype(local, local_proto)?, prototype(kernel, kernel_proto)?);
    let (ours_len, theirs_len) = (ours.params().len(), theirs.params().len());
    if ours_len != theirs_len {
        return Ok(Some(Difference::Arity { local: ours_len, kernel: theirs_len }));
    }
    let types = |a, b| Types { local: dump::type_name(local, a), kernel: dump::type_name(kernel, b) };
    for (index, (a, b)) in ours.params().zip(theirs.params()).enumerate() {
        if !pair.agree(a.type_id, b.type_id, false, MAX_NESTING)? {
            return Ok(Some(Difference::Parameter { index, types: types(a.type_id, b.type_id) }));
        }
    }
    let (a, b) = (ours.target().unwrap_or_default(), theirs.target().unwrap_or_default());
    Ok(if pair.agree(a, b, false, MAX_NESTING)? { None } else { Some(Difference::Return(types(a, b))) })
}

/// Pairs of types that one comparison looks at.
const MAX_PAIRS: u32 = 1 << 16;
/// How deep pointers, arrays and prototypes nest.
const MAX_NESTING: u32 = 32;

fn prototype(btf: &Btf, id: TypeId) -> Result<Type<'_>, TypeError> {
    let found = strip_modifiers(btf, id)?;
    match found.kind() {
        Kind::FUNC_PROTO => Ok(found),
        kind => Err(TypeError::WrongKind { id, wanted: Kind::FUNC_PROTO, found: kind }),
    }
}

struct Pair<'a> {
    local: &'a Btf,
    kernel: &'a Btf,
    budget: u32,
}

impl Pair<'_> {
    fn agree(&mut self, local: TypeId, kernel: TypeId, pointee: bool, depth: u32) -> Result<bool, TypeError> {
        let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id: local, limit: MAX_NESTING })?;
        let too_large = TypeError::TooLarge { id: local, limit: MAX_PAIRS };
        self.budget = self.budget.checked_sub(1).ok_or(too_large)?;
        let (a, b) = (strip_modifiers(self.local, local)?, strip_modifiers(self.kernel, kernel)?);
        if pointee && (a.kind() == Kind::VOID || b.kind() == Kind::VOID) {
            return Ok(true);
        }
        let target = |found: Type<'_>| found.target().unwrap_or_default();
        Ok(match (a.kind(), b.kind()) {
            (Kind::PTR, Kind::PTR) => self.agree(target(a), target(b), true, depth)?,
            (Kind::INT, Kind::INT) | (Kind::FLOAT, Kind::FLOAT) => a.size() == b.size(),
            (Kind::ARRAY, Kind::ARRAY) => match (a.array(), b.array()) {
                (Some(a), Some(b)) => a.len == b.len && self.agree(a.element, b.element, pointee, depth)?,
                _ => false,
            },
            (Kind::FUNC_PROTO, Kind::FUNC_PROTO) => {
                if a.params().len() != b.params().len() {
                    return Ok(false);
                }
                for (a, b) in a.params().zip(b.params()) {
                    if !self.agree(a.type_id, b.type_id, false, depth)? {
                        return Ok(false);
                    }
                }
                self.agree(target(a), target(b), false, depth)?
            }
            (Kind::VOID, Kind::VOID) => true,
            _ => match (family(a), family(b)) {
                (Some(ours), Some(theirs)) if ours == theirs => {
                    essential_name(a.name()?) == essential_name(b.name()?)
                }
                _ => false,
            },
        })
    }
}

/// Kinds that may stand for each other under one name.
#[derive(PartialEq, Eq)]
enum Family {
    Struct,
    Union,
    Enum,
}

fn family(found: Type<'_>) -> Option<Family> {
    Some(match found.kind() {
        Kind::STRUCT => Family::Struct,
        Kind::UNION => Family::Union,
        Kind::FWD if found.kflag() => Family::Union,
        Kind::FWD => Family::Struct,
        kind if kind.is_enum() => Family::Enum,
        _ => return None,
    })
}
