//! The comparison itself: one walk over the object's members.

use std::collections::HashMap;

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::layout::{bitfield, function_pointer, size_of, strip_modifiers};
use crate::matching::prototype;
use crate::matching::struct_ops::{MemberMatch, Mismatch, Verdict};
use crate::types::{Member, Type, TypeId};

/// Members that one comparison looks at, of both sides and nested ones included.
const MAX_MEMBERS: u32 = 1 << 17;
/// Bytes of all names that one comparison copies. Members may share a name, however long it is.
const MAX_NAMES: u32 = 1 << 20;
/// How deep structs nest.
const MAX_NESTING: u32 = 16;

/// Compares the object's struct with the kernel's, member by member of the object's, in its order.
///
/// Members are matched by name, whatever their order. Behind typedefs and qualifiers their kinds must be equal, their
/// sizes too; of pointers it matters only whether they point to functions. A nested struct is entered: if all that is
/// in it fits, its members are reported one by one, else it is reported as a whole, with the reason. Unions and arrays
/// of structs cannot be entered, their parts must stand at the same places; where one of these parts is a pointer, all
/// of it must be zero as a pointer must. Bitfields never fit.
///
/// No place that is reported leaves the struct it is in.
///
/// # Errors
/// [`TypeError`] where either BTF does not hold together, or where either type is not a struct.
pub fn compare(
    local: &Btf,
    local_struct: TypeId,
    kernel: &Btf,
    kernel_struct: TypeId,
) -> Result<Vec<MemberMatch>, TypeError> {
    let (ours, theirs) = (structure(local, local_struct)?, structure(kernel, kernel_struct)?);
    let mut walk = Walk { local, kernel, budget: MAX_MEMBERS, names: MAX_NAMES };
    walk.composite(ours, theirs, MAX_NESTING)
}

fn structure(btf: &Btf, id: TypeId) -> Result<Type<'_>, TypeError> {
    let found = strip_modifiers(btf, id)?;
    match found.kind() {
        Kind::STRUCT => Ok(found),
        kind => Err(TypeError::WrongKind { id, wanted: Kind::STRUCT, found: kind }),
    }
}

/// A named member with its place in the struct that counts: an anonymous struct around it does not.
struct Placed<'a> {
    name: &'a str,
    member: Member<'a>,
    /// Index of the outermost member.
    index: u32,
    /// Whether it is itself that member.
    direct: bool,
    /// Bytes from the start of the outer struct.
    offset: u32,
    /// Bytes that it takes or touches.
    size: u32,
    is_bitfield: bool,
}

struct Walk<'a> {
    local: &'a Btf,
    kernel: &'a Btf,
    /// Members that may still be looked at.
    budget: u32,
    /// Bytes of names that may still be copied.
    names: u32,
}

impl<'a> Walk<'a> {
    /// Counts the name of a member of that type, which is about to be copied.
    fn name(&mut self, of: TypeId, len: usize) -> Result<(), TypeError> {
        let too_large = TypeError::TooLarge { id: of, limit: MAX_NAMES };
        self.names = u32::try_from(len).ok().and_then(|len| self.names.checked_sub(len)).ok_or(too_large)?;
        Ok(())
    }

    /// Two structs, or two unions, member by member.
    fn composite(
        &mut self,
        ours: Type<'a>,
        theirs: Type<'a>,
        depth: u32,
    ) -> Result<Vec<MemberMatch>, TypeError> {
        let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id: ours.id(), limit: MAX_NESTING })?;
        let (local, kernel) = (self.members(self.local, ours)?, self.members(self.kernel, theirs)?);
        let mut by_name = HashMap::with_capacity(kernel.len());
        for member in &kernel {
            by_name.entry(member.name).or_insert(member);
        }
        let mut entries = Vec::with_capacity(local.len());
        for member in &local {
            self.name(ours.id(), member.name.len())?;
            let entry = |verdict| MemberMatch {
                name: member.name.to_owned(),
                local_index: member.index,
                local_offset: member.offset,
                size: member.size,
                verdict,
            };
            match by_name.get(member.name) {
                None => entries.push(entry(Verdict::Absent)),
                Some(other) => match self.pair(member, other, depth)? {
                    Found::Whole(verdict) => entries.push(entry(verdict)),
                    Found::Parts(parts) => entries.extend(parts),
                },
            }
        }
        Ok(entries)
    }

    /// The named members of a composite, those of anonymous ones inside it included.
    fn members(&mut self, btf: &'a Btf, of: Type<'a>) -> Result<Vec<Placed<'a>>, TypeError> {
        let mut found = Vec::new();
        self.collect(btf, of, None, MAX_NESTING, &mut found)?;
        Ok(found)
    }

    fn collect(
        &mut self,
        btf: &'a Btf,
        of: Type<'a>,
        outer: Option<(u32, u32)>,
        depth: u32,
        found: &mut Vec<Placed<'a>>,
    ) -> Result<(), TypeError> {
        let id = of.id();
        let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id, limit: MAX_NESTING })?;
        for member in of.members() {
            let too_large = TypeError::TooLarge { id, limit: MAX_MEMBERS };
            self.budget = self.budget.checked_sub(1).ok_or(too_large.clone())?;
            let (offset, size, is_bitfield) = place(btf, of, &member)?;
            let (index, base) = outer.unwrap_or((member.index, 0));
            let offset = base.checked_add(offset).ok_or(too_large)?;
            let name = member.name()?;
            if name.is_empty() {
                let inner = strip_modifiers(btf, member.type_id)?;
                if inner.kind().is_composite() {
                    self.collect(btf, inner, Some((index, offset)), depth, found)?;
                }
                continue;
            }
            let direct = outer.is_none();
            found.push(Placed { name, member, index, direct, offset, size, is_bitfield });
        }
        Ok(())
    }

    fn pair(&mut self, ours: &Placed<'a>, theirs: &Placed<'a>, depth: u32) -> Result<Found, TypeError> {
        let kernel_offset = theirs.offset;
        if ours.is_bitfield || theirs.is_bitfield {
            return Ok(Found::mismatch(Mismatch::Bitfield));
        }
        let a = strip_modifiers(self.local, ours.member.type_id)?;
        let b = strip_modifiers(self.kernel, theirs.member.type_id)?;
        if a.kind() != b.kind() && !(a.kind().is_enum() && b.kind().is_enum()) {
            return Ok(Found::mismatch(Mismatch::Kind { local: a.kind(), kernel: b.kind() }));
        }
        if a.kind() == Kind::PTR {
            let (f, g) = (function_pointer(self.local, a.id())?, function_pointer(self.kernel, b.id())?);
            return Ok(Found::Whole(match (f, g) {
                (Some(_), None) => Verdict::Mismatch(Mismatch::NotAFunction { local: true }),
                (None, Some(_)) => Verdict::Mismatch(Mismatch::NotAFunction { local: false }),
                // Programs are known to the kernel by the index of a direct member.
                (Some(f), Some(g)) if theirs.direct => Verdict::Callback {
                    kernel_offset,
                    kernel_member: theirs.index,
                    local_proto: f.id(),
                    kernel_proto: g.id(),
                    signature: prototype::compare(self.local, f.id(), self.kernel, g.id())?,
                },
                _ => Verdict::Pointer { kernel_offset },
            }));
        }
        if ours.size != theirs.size {
            return Ok(Found::mismatch(Mismatch::Size { local: ours.size, kernel: theirs.size }));
        }
        if a.kind() == Kind::STRUCT {
            return self.nested(ours, theirs, a, b, depth);
        }
        Ok(Found::Whole(match self.bytes(a, b, depth)? {
            Bytes::Plain => Verdict::Data { kernel_offset },
            Bytes::Pointers => Verdict::Pointer { kernel_offset },
            Bytes::Differ(why) => Verdict::Mismatch(why),
        }))
    }

    /// A struct inside a struct: its members one by one, or the reason why it does not fit.
    fn nested(
        &mut self,
        ours: &Placed<'a>,
        theirs: &Placed<'a>,
        a: Type<'a>,
        b: Type<'a>,
        depth: u32,
    ) -> Result<Found, TypeError> {
        let mut parts = self.composite(a, b, depth)?;
        if let Some(why) = refusal(&parts) {
            return Ok(Found::mismatch(why));
        }
        if parts.is_empty() {
            // Nothing is known of its bytes, so nothing of them can be carried over.
            return Ok(Found::Whole(Verdict::Pointer { kernel_offset: theirs.offset }));
        }
        let too_large = || TypeError::TooLarge { id: a.id(), limit: u32::MAX };
        for part in &mut parts {
            self.name(a.id(), ours.name.len().saturating_add(part.name.len()))?;
            part.name = format!("{}.{}", ours.name, part.name);
            part.local_index = ours.index;
            part.local_offset = part.local_offset.checked_add(ours.offset).ok_or_else(too_large)?;
            let Some(inner) = kernel_offset(&part.verdict) else { continue };
            let kernel_offset = inner.checked_add(theirs.offset).ok_or_else(too_large)?;
            part.verdict = match &part.verdict {
                Verdict::Data { .. } => Verdict::Data { kernel_offset },
                // No program can be attached to a callback here.
                _ => Verdict::Pointer { kernel_offset },
            };
        }
        Ok(Found::Parts(parts))
    }

    /// Two types of equal size whose bytes are copied as they are.
    fn bytes(&mut self, a: Type<'a>, b: Type<'a>, depth: u32) -> Result<Bytes, TypeError> {
        let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id: a.id(), limit: MAX_NESTING })?;
        match (a.array(), b.array()) {
            (Some(x), Some(y)) => {
                let a = strip_modifiers(self.local, x.element)?;
                let b = strip_modifiers(self.kernel, y.element)?;
                let plain = |kind| matches!(kind, Kind::INT | Kind::FLOAT | Kind::ENUM | Kind::ENUM64);
                if plain(a.kind()) && plain(b.kind()) {
                    return Ok(Bytes::Plain);
                }
                if a.kind() != b.kind() {
                    return Ok(Bytes::Differ(Mismatch::Kind { local: a.kind(), kernel: b.kind() }));
                }
                let (ours, theirs) = (size_of(self.local, a.id())?, size_of(self.kernel, b.id())?);
                if ours != theirs {
                    return Ok(Bytes::Differ(Mismatch::Size { local: ours, kernel: theirs }));
                }
                self.bytes(a, b, depth)
            }
            _ if a.kind() == Kind::PTR => Ok(Bytes::Pointers),
            _ if a.kind().is_composite() => {
                let parts = self.composite(a, b, depth)?;
                if let Some(why) = refusal(&parts) {
                    return Ok(Bytes::Differ(why));
                }
                let mut pointers = false;
                for part in parts {
                    let kernel = kernel_offset(&part.verdict).unwrap_or(part.local_offset);
                    if kernel != part.local_offset {
                        let why = Box::new(Mismatch::Offset { local: part.local_offset, kernel });
                        return Ok(Bytes::Differ(Mismatch::Inside { member: part.name, why: Some(why) }));
                    }
                    pointers |= !matches!(part.verdict, Verdict::Data { .. });
                }
                Ok(if pointers { Bytes::Pointers } else { Bytes::Plain })
            }
            _ => Ok(Bytes::Plain),
        }
    }
}

enum Found {
    Whole(Verdict),
    Parts(Vec<MemberMatch>),
}

impl Found {
    fn mismatch(why: Mismatch) -> Self {
        Self::Whole(Verdict::Mismatch(why))
    }
}

enum Bytes {
    Plain,
    Pointers,
    Differ(Mismatch),
}

/// The first member of a nested composite that does not fit, as a reason for the whole.
fn refusal(parts: &[MemberMatch]) -> Option<Mismatch> {
    parts.iter().find_map(|part| {
        let why = match &part.verdict {
            Verdict::Absent => None,
            Verdict::Mismatch(Mismatch::Inside { member, why }) => {
                // One reason with the whole path, not a reason in a reason.
                let member = format!("{}.{member}", part.name);
                return Some(Mismatch::Inside { member, why: why.clone() });
            }
            Verdict::Mismatch(why) => Some(Box::new(why.clone())),
            _ => return None,
        };
        Some(Mismatch::Inside { member: part.name.clone(), why })
    })
}

fn kernel_offset(verdict: &Verdict) -> Option<u32> {
    match verdict {
        Verdict::Data { kernel_offset }
        | Verdict::Pointer { kernel_offset }
        | Verdict::Callback { kernel_offset, .. } => Some(*kernel_offset),
        Verdict::Absent | Verdict::Mismatch(_) => None,
    }
}

/// Where a member stands in its composite, in bytes: offset, size, and whether it is a bitfield, whose place is that of
/// the bytes that it touches.
fn place(btf: &Btf, of: Type<'_>, member: &Member<'_>) -> Result<(u32, u32, bool), TypeError> {
    let (start, end, is_bitfield) = match bitfield(btf, member)? {
        Some(bits) => (u64::from(bits.offset), u64::from(bits.offset) + u64::from(bits.width), true),
        None => {
            let start = u64::from(member.bit_offset);
            // A member between two bytes is a bitfield, whatever the record says.
            let size = u64::from(size_of(btf, member.type_id)?) * 8;
            (start, start + size, !member.bit_offset.is_multiple_of(8))
        }
    };
    let (first, end) = (start / 8, end.div_ceil(8));
    let size = of.size().unwrap_or(0);
    let outside = TypeError::MemberOutside { id: of.id(), index: member.index, end, size };
    if end > u64::from(size) {
        return Err(outside);
    }
    match (u32::try_from(first), u32::try_from(end - first)) {
        (Ok(offset), Ok(size)) => Ok((offset, size, is_bitfield)),
        _ => Err(outside),
    }
}
