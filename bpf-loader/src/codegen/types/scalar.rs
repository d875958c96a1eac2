//! What numbers, pointers and arrays of BTF are in Rust.

use bpf_btf::Type;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// A Rust type that has the layout of a BTF type.
#[derive(Clone, Debug)]
pub(crate) struct Ty {
    pub(crate) tokens: TokenStream,
    /// In bytes.
    pub(crate) size: u32,
    /// Bytes to which Rust aligns it where pointers have 64 bits.
    pub(crate) align: u32,
    pub(crate) form: Form,
}

/// What can be done with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// An integer of Rust.
    Int,
    /// A byte that should be 0 or 1.
    Bool,
    /// An enumeration: a struct around an integer.
    Enum,
    /// Anything else.
    Other,
}

/// Names of integers that everybody knows: they are written as Rust's.
const WELL_KNOWN: &[&str] = &[
    "bool",
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "__u8",
    "__u16",
    "__u32",
    "__u64",
    "__s8",
    "__s16",
    "__s32",
    "__s64",
    "__u128",
    "__s128",
    "u128",
    "s128",
    "__int128_t",
    "__uint128_t",
    "uint8_t",
    "uint16_t",
    "uint32_t",
    "uint64_t",
    "int8_t",
    "int16_t",
    "int32_t",
    "int64_t",
    "size_t",
    "ssize_t",
    "uintptr_t",
    "intptr_t",
];

/// Whether a typedef of that name to an integer is written as the integer.
pub(crate) fn is_well_known(name: &str) -> bool {
    WELL_KNOWN.contains(&name)
}

impl Ty {
    /// Bytes of which nothing more is known.
    pub(crate) fn bytes(size: u32) -> Self {
        let len = literal(size);
        Self { tokens: quote!([u8; #len]), size, align: 1, form: Form::Other }
    }

    /// An address in BPF programs: 64 bits on every machine.
    pub(crate) fn address() -> Self {
        Self { tokens: quote!(u64), size: 8, align: 8, form: Form::Int }
    }

    /// An array of these; `None` if it does not fit 32 bits.
    pub(crate) fn array(&self, len: u32) -> Option<Self> {
        let (element, size) = (&self.tokens, self.size.checked_mul(len)?);
        let len = literal(len);
        Some(Self { tokens: quote!([#element; #len]), size, align: self.align, form: Form::Other })
    }
}

/// An `INT`.
pub(crate) fn int(found: &Type<'_>) -> Ty {
    let size = found.size().unwrap_or(0);
    let encoding = found.int();
    if size == 1 && encoding.is_some_and(|int| int.bool) {
        return Ty { tokens: quote!(skeleton::Bool), size, align: 1, form: Form::Bool };
    }
    // Text is made of `char`, whose sign is the machine's choice; `signed char` is a number.
    let is_char = size == 1 && found.name() == Ok("char");
    int_of(size, encoding.is_some_and(|int| int.signed) && !is_char).unwrap_or_else(|| Ty::bytes(size))
}

/// The integer of that size, if Rust has one.
pub(crate) fn int_of(size: u32, signed: bool) -> Option<Ty> {
    let tokens = match (size, signed) {
        (1, false) => quote!(u8),
        (1, true) => quote!(i8),
        (2, false) => quote!(u16),
        (2, true) => quote!(i16),
        (4, false) => quote!(u32),
        (4, true) => quote!(i32),
        (8, false) => quote!(u64),
        (8, true) => quote!(i64),
        (16, false) => quote!(u128),
        (16, true) => quote!(i128),
        _ => return None,
    };
    Some(Ty { tokens, size, align: size, form: Form::Int })
}

/// A `FLOAT`.
pub(crate) fn float(found: &Type<'_>) -> Ty {
    let size = found.size().unwrap_or(0);
    let tokens = match size {
        4 => quote!(f32),
        8 => quote!(f64),
        _ => return Ty::bytes(size),
    };
    Ty { tokens, size, align: size, form: Form::Other }
}

/// A number without a suffix.
pub(crate) fn literal(number: u32) -> Literal {
    Literal::u32_unsuffixed(number)
}
