//! What records mean together: types behind their modifiers, sizes, alignment.

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::{Member, Type, TypeId};

/// The longest chain of references that is followed. Real ones have fewer than ten links.
pub const MAX_DEPTH: u32 = 64;
/// The most members that a search through anonymous structs looks at. The largest real structs have some hundreds.
pub const MAX_MEMBERS: u32 = 1 << 20;
/// The deepest nesting of structs that is followed.
const MAX_NESTING: u32 = 32;

/// A member, found by name, with its place in the outermost struct.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// The member.
    pub member: Member<'a>,
    /// The struct or union that declares it: the one that was searched, or an anonymous one inside it.
    pub inside: TypeId,
    /// Bits from the start of the struct that was searched.
    pub bit_offset: u32,
}

/// Where the bits of a member are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// Offset from the start of the struct, in bits.
    pub offset: u32,
    /// Width in bits.
    pub width: u32,
}

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
/// [`TypeError::NoSize`] for what has none (`void`, functions, forward declarations), [`TypeError::TooLarge`] where it does
/// not fit 32 bits.
pub fn size_of(btf: &Btf, id: TypeId) -> Result<u32, TypeError> {
    let mut times: u32 = 1;
    let mut at = id;
    let too_large = TypeError::TooLarge { id, limit: u32::MAX };
    for _ in 0..MAX_DEPTH {
        let found = strip_modifiers(btf, at)?;
        let none = TypeError::NoSize { id, kind: found.kind() };
        let one = match found.kind() {
            Kind::PTR => 8,
            Kind::ARRAY => {
                let array = found.array().ok_or(none)?;
                times = times.checked_mul(array.len).ok_or(too_large.clone())?;
                at = array.element;
                continue;
            }
            Kind::VAR => {
                at = found.target().ok_or(none)?;
                continue;
            }
            _ => found.size().ok_or(none)?,
        };
        return one.checked_mul(times).ok_or(too_large);
    }
    Err(TypeError::TooDeep { id, limit: MAX_DEPTH })
}

/// Bytes to which a value of the type aligns itself. BTF does not say, so it is concluded as libbpf does it: that of the
/// largest part, 8 at most; 1 for a struct or union whose members or size do not go with that, which is packed then.
///
/// # Errors
/// [`TypeError::NoSize`] for what has none (`void`, functions, forward declarations), [`TypeError::TooDeep`] for what is
/// inside itself, [`TypeError::TooLarge`] for more members than any real struct has.
pub fn align_of(btf: &Btf, id: TypeId) -> Result<u32, TypeError> {
    align(btf, id, MAX_NESTING, &mut { MAX_MEMBERS })
}

fn align(btf: &Btf, id: TypeId, depth: u32, budget: &mut u32) -> Result<u32, TypeError> {
    let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id, limit: MAX_NESTING })?;
    let mut found = strip_modifiers(btf, id)?;
    for _ in 0..MAX_DEPTH {
        match found.array() {
            Some(array) => found = strip_modifiers(btf, array.element)?,
            None => break,
        }
    }
    let none = TypeError::NoSize { id, kind: found.kind() };
    match (found.kind(), found.size()) {
        (Kind::PTR, _) => Ok(8),
        (Kind::INT | Kind::ENUM | Kind::ENUM64 | Kind::FLOAT, Some(1..)) => {
            Ok(found.size().unwrap_or(8).min(8))
        }
        (Kind::STRUCT | Kind::UNION, Some(size)) => {
            let mut most = 1;
            for member in found.members() {
                let too_large = TypeError::TooLarge { id: found.id(), limit: MAX_MEMBERS };
                *budget = budget.checked_sub(1).ok_or(too_large)?;
                let own = align(btf, member.type_id, depth, budget)?;
                if member.bitfield.is_none() && !member.bit_offset.is_multiple_of(own * 8) {
                    return Ok(1);
                }
                most = own.max(most);
            }
            Ok(if size.is_multiple_of(most) { most } else { 1 })
        }
        _ => Err(none),
    }
}

/// Finds a member by name, as C does: also inside members that are anonymous structs or unions.
///
/// # Errors
/// [`TypeError`] where `composite` is no struct or union behind its modifiers, or does not hold together.
pub fn find_member<'a>(btf: &'a Btf, composite: TypeId, name: &str) -> Result<Option<Field<'a>>, TypeError> {
    let found = strip_modifiers(btf, composite)?;
    if !found.kind().is_composite() {
        return Err(TypeError::WrongKind { id: found.id(), wanted: Kind::STRUCT, found: found.kind() });
    }
    let mut budget = MAX_MEMBERS;
    search(btf, found, name, 0, MAX_NESTING, &mut budget)
}

fn search<'a>(
    btf: &'a Btf,
    composite: Type<'a>,
    name: &str,
    base: u32,
    depth: u32,
    budget: &mut u32,
) -> Result<Option<Field<'a>>, TypeError> {
    let id = composite.id();
    let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id, limit: MAX_NESTING })?;
    for member in composite.members() {
        let too_large = TypeError::TooLarge { id, limit: MAX_MEMBERS };
        *budget = budget.checked_sub(1).ok_or(too_large.clone())?;
        let bit_offset = base.checked_add(member.bit_offset).ok_or(too_large)?;
        if member.name_is(name) && !name.is_empty() {
            return Ok(Some(Field { member, inside: id, bit_offset }));
        }
        if member.is_anonymous() {
            let inner = strip_modifiers(btf, member.type_id)?;
            if inner.kind().is_composite()
                && let Some(found) = search(btf, inner, name, bit_offset, depth, budget)?
            {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// Finds a member by a path of names, `se.avg.load_avg`; every one but the last must be a struct or union.
///
/// # Errors
/// As [`find_member`].
pub fn field<'a>(btf: &'a Btf, composite: TypeId, path: &str) -> Result<Option<Field<'a>>, TypeError> {
    let mut found: Option<Field<'a>> = None;
    for name in path.split('.') {
        let (of, base) = found.map_or((composite, 0), |field| (field.member.type_id, field.bit_offset));
        let Some(next) = find_member(btf, of, name)? else {
            return Ok(None);
        };
        let too_large = TypeError::TooLarge { id: of, limit: u32::MAX };
        let bit_offset = base.checked_add(next.bit_offset).ok_or(too_large)?;
        found = Some(Field { bit_offset, ..next });
    }
    Ok(found)
}

/// The bits of a member that is a bitfield, `None` where it is none. BTF has two forms of them: the member carries the
/// width, or (before Linux 4.20) its integer type does.
///
/// # Errors
/// [`TypeError`] where its type does not hold together.
pub fn bitfield(btf: &Btf, member: &Member<'_>) -> Result<Option<Bits>, TypeError> {
    if let Some(width) = member.bitfield {
        return Ok(Some(Bits { offset: member.bit_offset, width: u32::from(width) }));
    }
    let found = strip_modifiers(btf, member.type_id)?;
    let (Some(int), Some(size)) = (found.int(), found.size()) else {
        return Ok(None);
    };
    let (offset, width) = (u32::from(int.offset), u32::from(int.bits));
    if offset == 0 && size.checked_mul(8) == Some(width) {
        return Ok(None);
    }
    let too_large = TypeError::TooLarge { id: found.id(), limit: u32::MAX };
    Ok(Some(Bits { offset: member.bit_offset.checked_add(offset).ok_or(too_large)?, width }))
}
