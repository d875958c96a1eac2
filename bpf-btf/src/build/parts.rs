//! What the parts of a record are given as: members, values, encodings; and what a record's words mean.

use crate::kind::Kind;
use crate::types::TypeId;

/// A member for [`Builder::add_struct`](super::Builder::add_struct) and `add_union`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) type_id: TypeId,
    pub(super) bit_offset: u32,
    pub(super) width: u8,
}

impl<'a> Field<'a> {
    /// A member of that name (empty for an anonymous one) and type, so many bits from the start: in a union 0.
    #[must_use]
    pub fn new(name: &'a str, type_id: TypeId, bit_offset: u32) -> Self {
        Self { name, type_id, bit_offset, width: 0 }
    }

    /// Makes it a bitfield of so many bits; 0 is no bitfield.
    #[must_use]
    pub fn bits(self, width: u8) -> Self {
        Self { width, ..self }
    }
}

/// The values of an enumeration, which also say whether it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumValues<'a> {
    /// Signed.
    Signed(&'a [(&'a str, i64)]),
    /// Unsigned.
    Unsigned(&'a [(&'a str, u64)]),
}

impl EnumValues<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Signed(values) => values.len(),
            Self::Unsigned(values) => values.len(),
        }
    }

    pub(super) fn signed(&self) -> bool {
        matches!(self, Self::Signed(_))
    }

    /// Name, value as 64 bits, and whether 32 bits hold it.
    pub(super) fn get(&self, index: usize) -> Option<(&str, u64, bool)> {
        match self {
            Self::Signed(values) => {
                let (name, value) = *values.get(index)?;
                Some((name, value.cast_unsigned(), i32::try_from(value).is_ok()))
            }
            Self::Unsigned(values) => {
                let (name, value) = *values.get(index)?;
                Some((name, value, u32::try_from(value).is_ok()))
            }
        }
    }
}

/// How an integer is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As a number without a sign.
    Unsigned,
    /// As a two's complement number.
    Signed,
    /// As a character.
    Char,
    /// As a truth value.
    Bool,
}

/// What a forward declaration declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FwdKind {
    /// A struct.
    Struct,
    /// A union.
    Union,
    /// An enumeration: BTF has no forward declaration of these, it is an `ENUM` of 4 bytes without values.
    Enum,
}

pub(super) fn info(kind: Kind, vlen: u32, kflag: bool) -> u32 {
    u32::from(kflag) << 31 | u32::from(kind.0) << 24 | vlen
}

/// What a word of a record stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Raw,
    Name,
    Type,
}

/// The words after a record's header: of each element, over and over.
pub(super) fn tail_words(kind: Kind) -> &'static [Word] {
    use Word::{Name, Raw, Type};
    match kind {
        Kind::STRUCT | Kind::UNION => &[Name, Type, Raw],
        Kind::ENUM => &[Name, Raw],
        Kind::ENUM64 => &[Name, Raw, Raw],
        Kind::FUNC_PROTO => &[Name, Type],
        Kind::DATASEC => &[Type, Raw, Raw],
        Kind::ARRAY => &[Type, Type, Raw],
        _ => &[Raw],
    }
}
