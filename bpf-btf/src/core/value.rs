//! From a place in a struct to the number that an instruction needs.

use crate::btf::Btf;
use crate::core::RelocKind;
use crate::cursor::Endian;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::layout::{MAX_DEPTH, bitfield, size_of, strip_modifiers};
use crate::types::{Member, Type, TypeId};

/// Where an access leads, in one side's types.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// From the start of the root.
    pub(super) bit_offset: u64,
    pub(super) last: Last<'a>,
}

/// What an access ends at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Last<'a> {
    /// The root itself, or an element of an array.
    Type(TypeId),
    /// A member.
    Member { inside: Type<'a>, member: Member<'a> },
}

impl Place<'_> {
    /// Goes `count` elements of `size` bytes further.
    pub(super) fn advance(&mut self, count: u32, size: u32) -> Option<()> {
        // Two u32 multiplied fit a u64; the bits of that may not.
        let bits = (u64::from(count) * u64::from(size)).checked_mul(8)?;
        self.bit_offset = self.bit_offset.checked_add(bits)?;
        Some(())
    }
}

/// What one side's types say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) value: u64,
    /// Whether the compiler must have come to the same value for its own types. Of bitfields it may choose another load.
    pub(super) certain: bool,
    /// What an instruction that accesses the field itself reads or writes: the field's type, and bytes.
    pub(super) access: Option<(TypeId, u32)>,
}

impl Answer {
    pub(super) fn certain(value: u64) -> Self {
        Self { value, certain: true, access: None }
    }
}

/// Why there is no number for a place.
pub(super) enum NoValue {
    Type(TypeError),
    /// The question does not fit the place.
    Question(&'static str),
}

impl From<TypeError> for NoValue {
    fn from(source: TypeError) -> Self {
        Self::Type(source)
    }
}

/// Answers a question about a field; `None` for a kind of question that is not about fields.
pub(super) fn field_value(btf: &Btf, place: &Place<'_>, kind: RelocKind) -> Result<Option<Answer>, NoValue> {
    if kind == RelocKind::FIELD_EXISTS {
        return Ok(Some(Answer::certain(1)));
    }
    let member = match place.last {
        Last::Type(id) => {
            return match kind {
                RelocKind::FIELD_BYTE_OFFSET => Ok(Some(Answer {
                    access: Some(accessed(btf, id)?),
                    ..Answer::certain(place.bit_offset / 8)
                })),
                RelocKind::FIELD_BYTE_SIZE => Ok(Some(Answer::certain(u64::from(size_of(btf, id)?)))),
                _ => Err(NoValue::Question("it is an element of an array")),
            };
        }
        Last::Member { member, .. } => member,
    };
    let bits = bitfield(btf, &member)?;
    let load = match bits {
        Some(bits) => Load::of_bitfield(btf, &member, place.bit_offset, bits.width)?,
        None => Load::of_bytes(place.bit_offset, size_of(btf, member.type_id)?),
    };
    let certain = bits.is_none();
    Ok(Some(match kind {
        RelocKind::FIELD_BYTE_OFFSET => {
            let access = if certain { Some(accessed(btf, member.type_id)?) } else { None };
            Answer { value: load.offset, certain, access }
        }
        RelocKind::FIELD_BYTE_SIZE => Answer { value: load.size, certain, access: None },
        RelocKind::FIELD_SIGNED => Answer::certain(u64::from(is_signed(btf, member.type_id)?)),
        RelocKind::FIELD_LSHIFT_U64 => Answer { certain, ..Answer::certain(load.left_shift(btf.endian())?) },
        RelocKind::FIELD_RSHIFT_U64 => {
            let value =
                64_u64.checked_sub(load.width).ok_or(NoValue::Question("it is wider than 64 bits"))?;
            Answer::certain(value)
        }
        _ => return Ok(None),
    }))
}

/// The type of a field, and the bytes that a load or store of it touches: of an array those of one element.
fn accessed(btf: &Btf, id: TypeId) -> Result<(TypeId, u32), TypeError> {
    let found = strip_modifiers(btf, id)?;
    let mut at = found;
    for _ in 0..MAX_DEPTH {
        match at.array() {
            Some(array) => at = strip_modifiers(btf, array.element)?,
            None => return Ok((found.id(), size_of(btf, at.id())?)),
        }
    }
    Err(TypeError::TooDeep { id, limit: MAX_DEPTH })
}

fn is_signed(btf: &Btf, id: TypeId) -> Result<bool, TypeError> {
    let found = strip_modifiers(btf, id)?;
    Ok(match found.kind() {
        Kind::INT => found.int().is_some_and(|int| int.signed),
        kind if kind.is_enum() => found.kflag(),
        _ => false,
    })
}

/// The bytes that have to be loaded to have a field's bits.
struct Load {
    /// Bytes from the start of the root.
    offset: u64,
    /// Bytes.
    size: u64,
    /// Bits from the start of the root to the field.
    bit: u64,
    /// Bits of the field.
    width: u64,
}

impl Load {
    fn of_bytes(bit_offset: u64, size: u32) -> Self {
        let size = u64::from(size);
        Self { offset: bit_offset / 8, size, bit: bit_offset, width: size * 8 }
    }

    /// The smallest aligned load, from the size of the declared type up, that holds all bits.
    fn of_bitfield(btf: &Btf, member: &Member<'_>, bit: u64, width: u32) -> Result<Self, NoValue> {
        let width = u64::from(width);
        let mut size = u64::from(size_of(btf, member.type_id)?);
        if !matches!(size, 1 | 2 | 4 | 8 | 16) {
            return Err(NoValue::Question("it is a bitfield of a type that is no integer"));
        }
        loop {
            let offset = bit / 8 / size * size;
            // `offset * 8` is at most `bit`.
            if bit - offset * 8 + width <= size * 8 {
                return Ok(Self { offset, size, bit, width });
            }
            if size >= 8 {
                return Err(NoValue::Question("no load of up to 8 bytes holds all of the bitfield"));
            }
            size *= 2;
        }
    }

    /// How far to shift the loaded value so that the field's top bit is bit 63.
    fn left_shift(&self, endian: Endian) -> Result<u64, NoValue> {
        let from_start = self.bit - self.offset * 8;
        let shift = match endian {
            Endian::Little => 64_u64.checked_sub(from_start.saturating_add(self.width)),
            Endian::Big => {
                8_u64.checked_sub(self.size).and_then(|rest| rest.checked_mul(8)?.checked_add(from_start))
            }
        };
        shift.ok_or(NoValue::Question("it does not fit 64 bits"))
    }
}
