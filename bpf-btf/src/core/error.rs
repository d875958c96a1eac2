//! What can be wrong with a relocation itself.

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
    #[error("{path} means two things in this kernel: {first} says {first_says}, {second} says {second_says}")]
    Ambiguous {
        /// What the object refers to.
        path: String,
        /// The first candidate.
        first: String,
        /// Its answer.
        first_says: String,
        /// The other candidate.
        second: String,
        /// Its answer.
        second_says: String,
    },
    /// A kind of question that is not known.
    #[error("CO-RE relocations of kind {kind} are not supported")]
    Unsupported {
        /// The kind.
        kind: RelocKind,
    },
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
            Self::Ambiguous { .. } => "E0145",
            Self::Unsupported { .. } => "E0146",
        }
    }

    /// Where in the BTF.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Access { root, .. } | Self::Anonymous { root } => {
                vec![Label::item("type", format!("[{root}]"))]
            }
            Self::Type(source) => source.labels(),
            _ => Vec::new(),
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
            Self::Ambiguous { .. } => {
                Some("declare the type with the members that tell the kernel's two versions apart")
            }
            Self::Unsupported { .. } => Some("the object was built by a newer compiler"),
        }
    }
}
