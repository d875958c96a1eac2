//! What records mean together: types behind their modifiers, sizes, alignment.

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::{Type, TypeId};

/// The longest chain of references that is followed. Real ones have fewer than ten links.
pub const MAX_DEPTH: u32 = 64;

/// The type behind typedefs and qualifiers.
///
/// # Errors
/// [`TypeError::TooDeep`] on a circle, [`TypeError::NoSuchType`] where a reference leads nowhere.
pub fn strip_modifiers(btf: &Btf, id: TypeId) -> Result<Type<'_>, TypeError> {
    follow(btf, id, Kind::is_modifier)
}

/// The type behind qualifiers; typedefs stay.
///
/// # Errors
/// As [`strip_modifiers`].
pub fn strip_qualifiers(btf: &Btf, id: TypeId) -> Result<Type<'_>, TypeError> {
    follow(btf, id, Kind::is_qualifier)
}

fn follow(btf: &Btf, id: TypeId, through: fn(Kind) -> bool) -> Result<Type<'_>, TypeError> {
    let mut at = btf.get(id)?;
    for _ in 0..MAX_DEPTH {
        match at.target() {
            Some(target) if through(at.kind()) => at = btf.get(target)?,
            _ => return Ok(at),
        }
    }
    Err(TypeError::TooDeep { id, limit: MAX_DEPTH })
}

/// The prototype that a function pointer points to, `None` where `id` is no pointer to a function.
///
/// # Errors
/// As [`strip_modifiers`].
pub fn function_pointer(btf: &Btf, id: TypeId) -> Result<Option<Type<'_>>, TypeError> {
    let pointer = strip_modifiers(btf, id)?;
    let (Kind::PTR, Some(target)) = (pointer.kind(), pointer.target()) else {
        return Ok(None);
    };
    Ok(Some(strip_modifiers(btf, target)?).filter(|target| target.kind() == Kind::FUNC_PROTO))
}

/// Bytes that a value of the type takes. Pointers have 8: BPF is a 64-bit machine.
///
/// # Errors
/// [`TypeError::NoSize`] for what has none (`void`, functions, forward declarations) or whose size does not fit 32 bits.
pub fn size_of(btf: &Btf, id: TypeId) -> Result<u32, TypeError> {
    let mut times: u32 = 1;
    let mut at = id;
    for _ in 0..MAX_DEPTH {
        let found = strip_modifiers(btf, at)?;
        let none = TypeError::NoSize { id, kind: found.kind() };
        let one = match found.kind() {
            Kind::PTR => 8,
            Kind::ARRAY => {
                let array = found.array().ok_or_else(|| none.clone())?;
                times = times.checked_mul(array.len).ok_or(none)?;
                at = array.element;
                continue;
            }
            Kind::VAR => {
                at = found.target().ok_or(none)?;
                continue;
            }
            _ => found.size().ok_or_else(|| none.clone())?,
        };
        return one.checked_mul(times).ok_or(none);
    }
    Err(TypeError::TooDeep { id, limit: MAX_DEPTH })
}
