//! What can be wrong with a function's symbol.

use bpf_btf::Label;
use thiserror::Error;

use crate::error::ElfError;
use crate::ids::ByteOffset;

/// A function whose symbol makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("function `{name}` in section `{section}` {problem}")]
pub struct FunctionError {
    /// The function.
    pub name: String,
    /// Its section.
    pub section: String,
    /// Where in its section.
    pub offset: ByteOffset,
    /// What is wrong.
    pub problem: FunctionProblem,
}

/// What is wrong with a function.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FunctionProblem {
    /// It leaves its section.
    #[error("is outside of it: it ends at {end:#x}, the section at {section_size:#x}")]
    Outside {
        /// One past its last byte.
        end: u64,
        /// The section's size in bytes.
        section_size: u64,
    },
    /// It does not consist of whole instructions.
    #[error("is not made of whole instructions: it begins at {offset:#x} and has {size} bytes")]
    Misaligned {
        /// Where it begins, in bytes.
        offset: u64,
        /// Bytes that it has.
        size: u64,
    },
    /// Only its file can see it, so that it cannot be a program, and it is no subprogram either.
    #[error("is static, and a program cannot be static")]
    Static,
    /// It begins inside another one.
    #[error("overlaps function `{other}`")]
    Overlaps {
        /// The other.
        other: String,
    },
    /// Too many names for the same instructions.
    #[error("is one of more than {limit} names for the same instructions")]
    TooManyNames {
        /// The most that are accepted.
        limit: usize,
    },
}

impl FunctionError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            FunctionProblem::Outside { .. } => "E0221",
            FunctionProblem::Misaligned { .. } => "E0222",
            FunctionProblem::Static => "E0223",
            FunctionProblem::Overlaps { .. } => "E0224",
            FunctionProblem::TooManyNames { .. } => "E0225",
        }
    }

    /// Where in the object.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        vec![Label::section(&self.section), Label::item("function", &self.name), Label::offset(self.offset.0)]
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self.problem {
            FunctionProblem::Static => {
                "drop `static` if it is a program; drop the section if it is a function that programs call"
            }
            _ => "the object is damaged, or made by a faulty tool: build it again",
        };
        Some(help.into())
    }
}

impl From<FunctionError> for ElfError {
    fn from(error: FunctionError) -> Self {
        Self::Function(Box::new(error))
    }
}
