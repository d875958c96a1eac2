//! What can be wrong with a struct_ops variable.

use bpf_btf::{Kind, Label};
use thiserror::Error;

use crate::error::ElfError;

/// A struct_ops variable, or something in its section, that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("struct_ops section `{section}`: {problem}")]
pub struct StructOpsError {
    /// The section.
    pub section: String,
    /// What is wrong.
    pub problem: StructOpsProblem,
}

/// What is wrong with a struct_ops variable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StructOpsProblem {
    /// The section has no types.
    #[error("there are no types for it")]
    NoDatasec,
    /// It is not a struct with a name.
    #[error("variable `{variable}` must be a struct with a name; found: {}", kind.word())]
    NotAStruct {
        /// The variable.
        variable: String,
        /// What it is.
        kind: Kind,
    },
    /// A relocation in no variable.
    #[error("the relocation against `{symbol}` at {offset:#x} is in no variable")]
    NoVariable {
        /// The symbol.
        symbol: String,
        /// Byte offset in the section.
        offset: u64,
    },
    /// A relocation in a member that is no callback.
    #[error("`{target}` is assigned to `{variable}.{member}`, which is not a pointer to a function")]
    NotACallback {
        /// The symbol.
        target: String,
        /// The variable.
        variable: String,
        /// The member, or where in the variable, if no member begins there.
        member: String,
    },
    /// A callback that is no function of this object.
    #[error("`{variable}.{member}` is set to `{target}`, which is not a function of this object")]
    NotAFunction {
        /// The symbol, with an offset if that is the reason.
        target: String,
        /// The variable.
        variable: String,
        /// The member.
        member: String,
    },
}

impl StructOpsError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            StructOpsProblem::NoDatasec => "E0271",
            StructOpsProblem::NotAStruct { .. } => "E0272",
            StructOpsProblem::NoVariable { .. } => "E0273",
            StructOpsProblem::NotACallback { .. } => "E0274",
            StructOpsProblem::NotAFunction { .. } => "E0275",
        }
    }

    /// Where in the object.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let mut labels = vec![Label::section(&self.section)];
        match &self.problem {
            StructOpsProblem::NoDatasec => {}
            StructOpsProblem::NotAStruct { variable, .. } => labels.push(Label::item("variable", variable)),
            StructOpsProblem::NoVariable { offset, .. } => labels.push(Label::offset(*offset)),
            StructOpsProblem::NotACallback { variable, member, .. }
            | StructOpsProblem::NotAFunction { variable, member, .. } => {
                labels.extend([Label::item("variable", variable), Label::item("member", member)]);
            }
        }
        labels
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match &self.problem {
            StructOpsProblem::NoDatasec => "compile with `clang -g -target bpf`",
            StructOpsProblem::NotAStruct { .. } => {
                "only variables of a named struct type belong into this section"
            }
            StructOpsProblem::NotACallback { .. } => {
                "only callbacks can refer to something; other pointers must be NULL"
            }
            StructOpsProblem::NotAFunction { .. } => {
                "define the function in this object, or link the objects first"
            }
            StructOpsProblem::NoVariable { .. } => "the object is damaged: build it again",
        };
        Some(help.into())
    }
}

impl From<StructOpsError> for ElfError {
    fn from(error: StructOpsError) -> Self {
        Self::StructOps(Box::new(error))
    }
}
