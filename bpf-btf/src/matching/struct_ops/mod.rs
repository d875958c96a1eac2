//! struct_ops: an object's version of a kernel's table of callbacks, member by member.

mod compare;
mod value;

pub use compare::compare;
pub use value::{ValueStruct, all_value_structs, state_name, value_struct};

use std::fmt;

use crate::kind::Kind;
use crate::matching::prototype;
use crate::types::TypeId;

/// What became of one member of the object's struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberMatch {
    /// Its name; of a member of a nested struct both, `owner.name`. What an anonymous struct or union holds counts as
    /// the outer struct's own, as in C.
    pub name: String,
    /// Index, in the object's struct, of the member that it is or is inside of.
    pub local_index: u32,
    /// Bytes from the start of the object's struct.
    pub local_offset: u32,
    /// Bytes that it takes in the object's struct; of a bitfield all bytes that it touches.
    pub size: u32,
    /// Where it goes in the kernel's struct, or why it cannot.
    pub verdict: Verdict,
}

/// How a member of the object's struct relates to the kernel's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Its bytes are copied.
    Data {
        /// Bytes from the start of the kernel's struct.
        kernel_offset: u32,
    },
    /// A pointer to data, or a callback inside a nested struct: nothing that an object can fill in, so it must be zero.
    Pointer {
        /// Bytes from the start of the kernel's struct.
        kernel_offset: u32,
    },
    /// A function pointer on both sides: a program goes here.
    Callback {
        /// Bytes from the start of the kernel's struct.
        kernel_offset: u32,
        /// Index among the members of the kernel's struct.
        kernel_member: u32,
        /// The object's `FUNC_PROTO`.
        local_proto: TypeId,
        /// The kernel's `FUNC_PROTO`.
        kernel_proto: TypeId,
        /// How the two differ. Not an error: the verifier judges.
        signature: Option<prototype::Difference>,
    },
    /// The kernel has no such member: it must be zero.
    Absent,
    /// The kernel's member of that name is something else: it must be zero.
    Mismatch(Mismatch),
}

/// Why two members of one name do not fit each other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// Their kinds differ.
    Kind {
        /// In the object.
        local: Kind,
        /// In the kernel.
        kernel: Kind,
    },
    /// Inside a union or an array of structs, where bytes are copied as they are, a member stands elsewhere.
    Offset {
        /// Bytes from the start of the outer type in the object.
        local: u32,
        /// Bytes from the start of the outer type in the kernel.
        kernel: u32,
    },
    /// Their sizes differ.
    Size {
        /// Bytes in the object.
        local: u32,
        /// Bytes in the kernel.
        kernel: u32,
    },
    /// One of them is a bitfield.
    Bitfield,
    /// One points to a function, the other to data.
    NotAFunction {
        /// Whether it is the object's that points to a function.
        local: bool,
    },
    /// A member of a nested struct does not fit.
    Inside {
        /// The inner member, dotted from the nested struct.
        member: String,
        /// Why, `None` where the kernel has no such inner member.
        why: Option<Box<Mismatch>>,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { local, kernel } => {
                write!(f, "{} in the object, {} in the kernel", local.word(), kernel.word())
            }
            Self::Size { local, kernel } => {
                write!(f, "{local} bytes in the object, {kernel} bytes in the kernel")
            }
            Self::Offset { local, kernel } => {
                write!(f, "at byte {local} in the object, at byte {kernel} in the kernel")
            }
            Self::Bitfield => f.write_str("a bitfield"),
            Self::NotAFunction { local: true } => {
                f.write_str("pointer to a function in the object, pointer to data in the kernel")
            }
            Self::NotAFunction { local: false } => {
                f.write_str("pointer to data in the object, pointer to a function in the kernel")
            }
            Self::Inside { member, why: None } => write!(f, "its member {member} is not in the kernel"),
            Self::Inside { member, why: Some(why) } => write!(f, "its member {member}: {why}"),
        }
    }
}
