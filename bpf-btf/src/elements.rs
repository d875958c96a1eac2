//! What records are made of: members, enumerators, parameters, variables.

use crate::btf::Btf;
use crate::error::TypeError;
use crate::types::{StrOffset, TypeId};

/// How an integer is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IntEncoding {
    /// Two's complement.
    pub signed: bool,
    /// A character.
    pub char: bool,
    /// A truth value.
    pub bool: bool,
    /// Bit offset inside its bytes: 0 but in old BTF.
    pub offset: u8,
    /// Width in bits: 8 times the size but in old BTF.
    pub bits: u8,
}

/// An array type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Array {
    /// Type of an element.
    pub element: TypeId,
    /// Type of the index.
    pub index: TypeId,
    /// Number of elements.
    pub len: u32,
}

/// A member of a struct or union.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    pub(crate) btf: &'a Btf,
    pub(crate) name: u32,
    /// Position in the declaration, from 0.
    pub index: u32,
    /// Its type.
    pub type_id: TypeId,
    /// Offset from the start of the struct, in bits.
    pub bit_offset: u32,
    /// Width in bits where it is a bitfield.
    pub bitfield: Option<u8>,
}

impl<'a> Member<'a> {
    /// Its name; empty for an anonymous member.
    ///
    /// # Errors
    /// [`TypeError::BadString`].
    pub fn name(&self) -> Result<&'a str, TypeError> {
        self.btf.string(StrOffset(self.name))
    }

    pub(crate) fn name_offset(&self) -> u32 {
        self.name
    }

    pub(crate) fn name_is(&self, name: &str) -> bool {
        self.btf.string_bytes(self.name) == Some(name.as_bytes())
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        self.btf.string_bytes(self.name).is_some_and(<[u8]>::is_empty)
    }
}

/// A value of an enumeration.
#[derive(Clone, Copy, Debug)]
pub struct Enumerator<'a> {
    pub(crate) btf: &'a Btf,
    pub(crate) name: u32,
    /// The value, sign-extended if `signed`.
    pub value: u64,
    /// Whether the enumeration is signed.
    pub signed: bool,
    /// Whether the record holds 64 bits.
    pub(crate) wide: bool,
}

impl<'a> Enumerator<'a> {
    /// Its name.
    ///
    /// # Errors
    /// [`TypeError::BadString`].
    pub fn name(&self) -> Result<&'a str, TypeError> {
        self.btf.string(StrOffset(self.name))
    }

    pub(crate) fn name_offset(&self) -> u32 {
        self.name
    }
}

/// A parameter of a function prototype. The last one has type `void` and no name where the function is variadic.
#[derive(Clone, Copy, Debug)]
pub struct Param<'a> {
    pub(crate) btf: &'a Btf,
    pub(crate) name: u32,
    /// Its type.
    pub type_id: TypeId,
}

impl<'a> Param<'a> {
    /// Its name; may be empty.
    ///
    /// # Errors
    /// [`TypeError::BadString`].
    pub fn name(&self) -> Result<&'a str, TypeError> {
        self.btf.string(StrOffset(self.name))
    }

    /// Where its name stands.
    #[must_use]
    pub fn name_offset(&self) -> StrOffset {
        StrOffset(self.name)
    }
}

/// A variable's place in its section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SectionVar {
    /// The `VAR` (or, for kfuncs, the `FUNC`).
    pub type_id: TypeId,
    /// Byte offset in the section.
    pub offset: u32,
    /// Bytes that it takes.
    pub size: u32,
}

/// Linkage of a function, as `FUNC` records carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Linkage {
    /// Visible in its file only.
    Static,
    /// Visible everywhere; verified on its own.
    Global,
    /// Defined elsewhere.
    Extern,
    /// A number that is not known.
    Unknown(u32),
}

impl Linkage {
    pub(crate) fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Static,
            1 => Self::Global,
            2 => Self::Extern,
            other => Self::Unknown(other),
        }
    }

    /// The number in the record.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::Static => 0,
            Self::Global => 1,
            Self::Extern => 2,
            Self::Unknown(other) => other,
        }
    }
}

/// Linkage of a variable, as `VAR` records carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VarLinkage {
    /// Visible in its file only.
    Static,
    /// Defined here, visible everywhere.
    Global,
    /// Defined elsewhere.
    Extern,
    /// A number that is not known.
    Unknown(u32),
}

impl VarLinkage {
    pub(crate) fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Static,
            1 => Self::Global,
            2 => Self::Extern,
            other => Self::Unknown(other),
        }
    }

    /// The number in the record.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::Static => 0,
            Self::Global => 1,
            Self::Extern => 2,
            Self::Unknown(other) => other,
        }
    }
}
