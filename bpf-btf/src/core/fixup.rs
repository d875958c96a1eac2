//! The answer to a relocation, as data.

use std::fmt;

use crate::core::RelocKind;

/// What to do with the instruction of a relocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixup {
    /// What was asked.
    pub kind: RelocKind,
    /// What the compiler put into the instruction, by the object's own types. `None` where it is not to be compared:
    /// bitfields, ids of types.
    pub expected: Option<u64>,
    /// What the kernel says.
    pub outcome: Outcome,
}

/// What a kernel answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// A value for the instruction.
    Value {
        /// The value.
        value: u64,
        /// The memory access that has to change with it.
        resize: Option<Resize>,
    },
    /// The kernel has no such thing: the instruction must never run.
    Missing(Box<Missing>),
}

/// A memory access of another size than the compiler wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resize {
    /// Bytes that the instruction accesses.
    pub from: u32,
    /// Bytes that it has to access.
    pub to: u32,
}

/// What was looked for in vain, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What the object refers to: `task_struct.state_gone`.
    pub path: String,
    /// What was tried; empty where the kernel has no type of that name.
    pub tried: Vec<Tried>,
    /// The kernel's name that is closest to the missing one, with its type.
    pub nearest: Option<String>,
}

/// One candidate and why it does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The kernel's type: `struct task_struct [132]`.
    pub candidate: String,
    /// Why not.
    pub why: WhyNot,
}

/// Why a candidate does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyNot {
    /// It has no member of that name.
    NoMember {
        /// The member's name.
        member: String,
        /// The struct it was looked for in.
        inside: String,
    },
    /// It has one, of another kind.
    OtherKind {
        /// The member's declaration in the object.
        local: String,
        /// The member's declaration in the kernel.
        kernel: String,
    },
    /// An array has fewer elements.
    OutOfBounds {
        /// The index.
        index: u32,
        /// Elements that the kernel's array has.
        len: u32,
    },
    /// The memory access cannot be given another size.
    Resize {
        /// The member's declaration in the object.
        local: String,
        /// The member's declaration in the kernel.
        kernel: String,
    },
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: missing", self.path)
    }
}
