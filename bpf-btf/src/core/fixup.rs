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
    /// Set where there is a value (an offset), but the field has another size and an instruction that loads or stores it
    /// would read or write something else than what was compiled: a signed integer, a whole struct. Such an instruction
    /// (LDX, ST, STX) must never run, as with [`Outcome::Missing`]; one that only computes an address is fine.
    pub no_access: Option<Box<Missing>>,
}

/// What a kernel answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// A value for the instruction.
    Value {
        /// The value.
        value: u64,
        /// How an instruction that itself loads or stores the field (LDX, ST, STX) has to change.
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
    /// What it begins at: `struct`, `enum` …
    pub kind: &'static str,
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
        /// The name.
        member: String,
        /// The struct or union that it was looked for in.
        inside: String,
    },
    /// It has no enumerator of that name.
    NoEnumerator {
        /// The name.
        enumerator: String,
        /// The enumeration that it was looked for in, which may be a typedef of one.
        inside: String,
    },
    /// It has one, of another kind.
    OtherKind {
        /// The declaration in the object.
        local: String,
        /// The declaration in the kernel.
        kernel: String,
    },
    /// An element is asked for of something that is no array.
    NotAnArray {
        /// What it is in the kernel.
        kernel: String,
    },
    /// An array has fewer elements.
    OutOfBounds {
        /// The index.
        index: u32,
        /// Elements that the kernel's array has.
        len: u32,
    },
    /// A load or store of it cannot be given another size.
    Resize {
        /// What is accessed in the object.
        local: String,
        /// What is accessed in the kernel.
        kernel: String,
    },
}

impl WhyNot {
    /// A stable code for programs; an absent type is `E0151`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoMember { .. } | Self::NoEnumerator { .. } => "E0152",
            Self::OtherKind { .. } | Self::NotAnArray { .. } => "E0153",
            Self::OutOfBounds { .. } => "E0154",
            Self::Resize { .. } => "E0155",
        }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEnumerator { enumerator, inside } => {
                write!(f, "no enumerator {enumerator} in the kernel's {inside}")
            }
            Self::NoMember { member, inside } => write!(f, "no member {member} in the kernel's {inside}"),
            Self::OtherKind { local, kernel } => {
                write!(f, "it is `{local}` in the object, `{kernel}` in the kernel")
            }
            Self::NotAnArray { kernel } => write!(f, "it is no array in the kernel but `{kernel}`"),
            Self::OutOfBounds { index, len } => {
                write!(f, "index {index} is past the end of the kernel's array of {len}")
            }
            Self::Resize { local, kernel } => {
                write!(f, "a load or store of `{local}` cannot become one of the kernel's `{kernel}`")
            }
        }
    }
}

impl Missing {
    /// A stable code for programs: an absent type (E0151), an absent member (E0152), one of another kind (E0153) and so
    /// on are told apart. Of several candidates the first counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.tried.first().map_or("E0151", |tried| tried.why.code())
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.tried.first().map(|tried| &tried.why) {
            None => "guard the access with bpf_core_type_exists() if this type is optional",
            Some(WhyNot::NoEnumerator { .. }) => {
                "guard it with bpf_core_enum_value_exists() if it is optional"
            }
            Some(WhyNot::Resize { .. }) => "read the field with bpf_core_read() or BPF_CORE_READ_BITFIELD()",
            Some(WhyNot::OtherKind { .. } | WhyNot::NotAnArray { .. }) => {
                "declare the kernel's form too, under a name with a `___flavor`, and choose with bpf_core_field_exists()"
            }
            Some(_) => "guard the access with bpf_core_field_exists() if this field is optional",
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, kind, tried, nearest } = self;
        match tried.as_slice() {
            [] => {
                let root = path.split(['.', '[', ':']).next().unwrap_or(path);
                write!(f, "{path}: the kernel has no {kind} of the name {root}")?;
            }
            [one] => write!(f, "{path}: {}", one.why)?,
            [first, rest @ ..] => {
                write!(
                    f,
                    "{path}: {} ({} more types of that name do not fit either)",
                    first.why,
                    rest.len()
                )?;
            }
        }
        match nearest {
            Some(nearest) => write!(f, "; closest: {nearest}"),
            None => Ok(()),
        }
    }
}
