//! What can be wrong with a relocation itself.

use std::fmt;

use thiserror::Error;

use crate::core::RelocKind;
use crate::error::TypeError;
use crate::label::Label;
use crate::types::TypeId;

/// Why a relocation has no answer. Codes E0141 to E0149.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CoreError {
    /// The access string is not a list of numbers.
    #[error("CO-RE access string `{access}` is not up to 64 numbers between colons")]
    AccessString {
        /// Its text, cut where it is long.
        access: String,
    },
    /// An access string that does not lead anywhere in the object's own types.
    #[error("CO-RE access `{access}` does not fit type [{root}]: {why}")]
    Access {
        /// The access string.
        access: String,
        /// The object's type.
        root: TypeId,
        /// What does not fit.
        why: &'static str,
    },
    /// A type that does not hold together, of the object or of the kernel.
    #[error("CO-RE relocation refers to types that do not hold together")]
    Type(#[from] TypeError),
    /// The type at the root has no name, so nothing can be looked up.
    #[error("CO-RE relocation against type [{root}], which has no name")]
    Anonymous {
        /// The object's type.
        root: TypeId,
    },
    /// Two candidates give different answers.
    #[error("{0}")]
    Ambiguous(Box<Ambiguity>),
    /// A question that a field of this kind has no answer to.
    #[error("CO-RE asks {kind} of {path}: {why}")]
    Question {
        /// What the object refers to.
        path: String,
        /// What is asked.
        kind: RelocKind,
        /// Why that has no answer.
        why: &'static str,
    },
    /// Candidates that were looked up for another type were given to [`crate::core::resolve`].
    #[error("CO-RE relocation against type [{wanted}] was given the candidates of type [{given}]")]
    OtherRoot {
        /// The relocation's type.
        wanted: TypeId,
        /// The candidates' type.
        given: TypeId,
    },
    /// A kind of question that is not known.
    #[error("CO-RE {kind} is not supported")]
    Unsupported {
        /// The kind.
        kind: RelocKind,
    },
}

/// Two types of a kernel that both answer, differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// What the object refers to.
    pub path: String,
    /// What is asked.
    pub kind: RelocKind,
    /// The first candidate: `struct task_struct [132]`.
    pub first: String,
    /// Its answer.
    pub first_says: u64,
    /// The other candidate.
    pub second: String,
    /// Its answer.
    pub second_says: u64,
}

impl fmt::Display for Ambiguity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, kind, first, first_says, second, second_says } = self;
        write!(
            f,
            "{path} means two things in this kernel: {kind} is {first_says} by {first}, {second_says} by {second}"
        )
    }
}

impl CoreError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AccessString { .. } => "E0141",
            Self::Access { .. } => "E0142",
            Self::Type(_) => "E0143",
            Self::Anonymous { .. } => "E0144",
            Self::Ambiguous(_) => "E0145",
            Self::Unsupported { .. } => "E0146",
            Self::Question { .. } => "E0147",
            Self::OtherRoot { .. } => "E0148",
        }
    }

    /// Where in the BTF.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Access { root, .. } | Self::Anonymous { root } | Self::OtherRoot { wanted: root, .. } => {
                vec![Label::item("type", format!("[{root}]"))]
            }
            Self::Type(source) => source.labels(),
            Self::Question { path, .. } => vec![Label::item("field", path.clone())],
            Self::Ambiguous(found) => vec![Label::item("field", found.path.clone())],
            Self::AccessString { .. } | Self::Unsupported { .. } => Vec::new(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::AccessString { .. } | Self::Access { .. } => {
                Some("the object's .BTF.ext is damaged: build it again")
            }
            Self::Type(source) => source.help(),
            Self::Anonymous { .. } => Some("give the type a name: relocations find types by name"),
            Self::Ambiguous(_) => {
                Some("declare the type with the members that tell the kernel's two versions apart")
            }
            Self::Unsupported { .. } => Some("the object was built by a newer compiler"),
            Self::Question { .. } | Self::OtherRoot { .. } => None,
        }
    }
}
