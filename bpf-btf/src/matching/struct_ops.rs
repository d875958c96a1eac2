//! struct_ops: an object's version of a kernel's table of callbacks, member by member.

use std::fmt;

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::matching::prototype;
use crate::types::TypeId;

/// What became of one member of the object's struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberMatch {
    /// Its name. An anonymous member is called `(anonymous 3)`, by its index.
    pub name: String,
    /// Its index in the object's struct.
    pub local_index: u32,
    /// Bytes from the start of the object's struct.
    pub local_offset: u32,
    /// Bytes that it takes in the object's struct.
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

/// The struct that a kernel wraps around a struct_ops table: the value of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueStruct {
    /// `struct bpf_struct_ops_<name>`.
    pub value_type: TypeId,
    /// Its size in bytes.
    pub value_size: u32,
    /// `struct <name>`.
    pub struct_type: TypeId,
    /// Bytes from the start of the value to the table.
    pub data_offset: u32,
    /// Offset and size, in bytes, of the registration state.
    pub state: Option<(u32, u32)>,
    /// Offset and size, in bytes, of the reference count.
    pub refcount: Option<(u32, u32)>,
}

/// Compares the object's struct with the kernel's, member by member of the object's, in its order.
///
/// # Errors
/// [`TypeError`] where either BTF does not hold together, or where either type is not a struct.
pub fn compare(
    local: &Btf,
    local_struct: TypeId,
    kernel: &Btf,
    kernel_struct: TypeId,
) -> Result<Vec<MemberMatch>, TypeError> {
    let _ = (local.get(local_struct)?, kernel.get(kernel_struct)?);
    Ok(Vec::new())
}

/// Finds the value struct of the struct_ops table `name`, `None` where this BTF has none: then nothing of that name
/// can be registered there.
#[must_use]
pub fn value_struct(kernel: &Btf, name: &str) -> Option<ValueStruct> {
    let _ = (kernel, name);
    None
}

/// Every struct_ops table that can be registered there, by name, in order of names.
#[must_use]
pub fn all_value_structs(kernel: &Btf) -> Vec<(String, ValueStruct)> {
    let _ = kernel;
    Vec::new()
}

/// The kernel's name for a registration state, without its prefix: `INUSE`.
#[must_use]
pub fn state_name(btf: &Btf, value: u32) -> Option<String> {
    let _ = (btf, value);
    None
}
