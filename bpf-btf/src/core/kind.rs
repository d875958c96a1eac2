//! The thirteen questions that a CO-RE relocation can ask, as a table.

use std::fmt;

/// What a relocation asks. A number that is not known yet survives a round trip.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelocKind(pub u32);

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        impl RelocKind {
            $($(#[$doc])* pub const $name: Self = Self($number);)*

            /// The name in the verifier's log and in libbpf's messages (`byte_off`).
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self.0 { $($number => Some($text),)* _ => None }
            }
        }
    };
}

// Source: enum bpf_core_relo_kind in include/uapi/linux/bpf.h.
kinds! {
    /// Byte offset of a field.
    FIELD_BYTE_OFFSET = 0, "byte_off";
    /// Byte size of a field.
    FIELD_BYTE_SIZE = 1, "byte_sz";
    /// Whether a field exists.
    FIELD_EXISTS = 2, "field_exists";
    /// Whether a field is signed.
    FIELD_SIGNED = 3, "signed";
    /// Left shift that brings a bitfield to the top of 64 bits.
    FIELD_LSHIFT_U64 = 4, "lshift_u64";
    /// Right shift that then brings it to the bottom.
    FIELD_RSHIFT_U64 = 5, "rshift_u64";
    /// Id of the type in the object.
    TYPE_ID_LOCAL = 6, "local_type_id";
    /// Id of the type in the kernel.
    TYPE_ID_TARGET = 7, "target_type_id";
    /// Whether a type exists.
    TYPE_EXISTS = 8, "type_exists";
    /// Byte size of a type.
    TYPE_SIZE = 9, "type_size";
    /// Whether an enumerator exists.
    ENUMVAL_EXISTS = 10, "enumval_exists";
    /// Value of an enumerator.
    ENUMVAL_VALUE = 11, "enumval_value";
    /// Whether a type is the same in the kernel.
    TYPE_MATCHES = 12, "type_matches";
}

impl fmt::Display for RelocKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "relocation kind {}", self.0),
        }
    }
}

impl fmt::Debug for RelocKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelocKind({self})")
    }
}
