//! Why an instance of a program cannot be planned.

use bpf_btf::{Label, Place};
use bpf_elf::InsnIndex;
use bpf_sys::uapi::Insn;
use thiserror::Error;

/// An instance of a program that cannot be planned. Codes E0470 to E0479.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("program `{program}`{}: {problem}", of(*.instance))]
pub struct InstanceError {
    /// The program.
    pub program: String,
    /// Which of its instances; `None` where it is about all of them, or about instructions that were set.
    pub instance: Option<u32>,
    /// Why not.
    pub problem: InstanceProblem,
}

fn of(instance: Option<u32>) -> String {
    instance.map(|index| format!(", instance {index}")).unwrap_or_default()
}

/// Why an instance of a program cannot be planned. Instructions are counted in the stream that was returned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InstanceProblem {
    /// The kernel calls one function for each member of a struct_ops.
    #[error("a callback of a struct_ops cannot have instances")]
    Callback,
    /// A branch to a label that no instruction has.
    #[error("instruction {at}, `{insn}`, goes to an instruction that is not there")]
    Dangling {
        /// The instruction.
        at: InsnIndex,
        /// What it is.
        insn: Insn,
    },
    /// A jump table with a label that no instruction has.
    #[error("jump table `{table}` goes to an instruction that is not there")]
    Table {
        /// The table.
        table: String,
    },
    /// A branch out of its function.
    #[error("instruction {at}, `{insn}`, goes to another function")]
    Leaves {
        /// The instruction.
        at: InsnIndex,
        /// What it is.
        insn: Insn,
    },
    /// A call, or an address, of a function that does not begin anywhere.
    #[error("instruction {at}, `{insn}`, refers to function `{function}`, which is not there")]
    DanglingCall {
        /// The instruction.
        at: InsnIndex,
        /// What it is.
        insn: Insn,
        /// The function.
        function: String,
    },
    /// A function that the kernel calls by itself has been taken out.
    #[error("function `{function}` has to be there, and is not")]
    Gone {
        /// The function.
        function: String,
    },
    /// An instruction that says by distance where it goes, or a label to go to on one that goes nowhere.
    #[error("instruction {at}, `{insn}`, {why}")]
    Unlabelled {
        /// The instruction.
        at: InsnIndex,
        /// What it is.
        insn: Insn,
        /// What is wrong.
        why: &'static str,
    },
    /// A branch to an instruction that is farther away than its offset can say.
    #[error("instruction {at}, `{insn}`, goes {distance} instructions far")]
    TooFar {
        /// The instruction.
        at: InsnIndex,
        /// What it is.
        insn: Insn,
        /// How far.
        distance: i64,
    },
    /// One half of an instruction of 16 bytes, or a branch into the middle of one.
    #[error("instruction {at} is {what} of a 16-byte instruction")]
    Half {
        /// The instruction.
        at: InsnIndex,
        /// Which part.
        what: &'static str,
    },
    /// The stream does not begin with the program.
    #[error("the stream does not begin with the program itself")]
    NoBeginning,
    /// Two instructions have the same label, or begin the same function.
    #[error("instructions {first} and {second} {what}")]
    Twice {
        /// The first.
        first: InsnIndex,
        /// The second.
        second: InsnIndex,
        /// What they have in common.
        what: &'static str,
    },
    /// A reference to something that the plan does not have.
    #[error("instruction {at}, `{insn}`, refers to {what} that is not in the plan")]
    NoSuch {
        /// The instruction.
        at: InsnIndex,
        /// What it is.
        insn: Insn,
        /// What kind of thing.
        what: &'static str,
    },
}

impl InstanceError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            InstanceProblem::Callback => "E0470",
            InstanceProblem::Dangling { .. } | InstanceProblem::Leaves { .. } => "E0471",
            InstanceProblem::DanglingCall { .. } | InstanceProblem::Gone { .. } => "E0472",
            InstanceProblem::Unlabelled { .. } => "E0473",
            InstanceProblem::TooFar { .. } => "E0474",
            InstanceProblem::Half { .. } => "E0475",
            InstanceProblem::NoBeginning => "E0476",
            InstanceProblem::Twice { .. } => "E0477",
            InstanceProblem::NoSuch { .. } => "E0478",
            InstanceProblem::Table { .. } => "E0479",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let mut labels = vec![Label::item("program", &self.program)];
        labels.extend(self.instance.map(|index| Label::item("instance", index.to_string())));
        let at = match &self.problem {
            InstanceProblem::Dangling { at, .. }
            | InstanceProblem::Leaves { at, .. }
            | InstanceProblem::DanglingCall { at, .. }
            | InstanceProblem::Unlabelled { at, .. }
            | InstanceProblem::TooFar { at, .. }
            | InstanceProblem::Half { at, .. }
            | InstanceProblem::NoSuch { at, .. } => Some(at),
            InstanceProblem::Twice { second, .. } => Some(second),
            _ => None,
        };
        labels.extend(at.map(|at| Label::at(Place::Insn(at.0))));
        labels
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.problem {
            InstanceProblem::Callback => {
                "write a function for each member, or set a callback for each variable".into()
            }
            InstanceProblem::Dangling { .. } | InstanceProblem::Table { .. } => {
                "keep the label: EditStream::replace hands it on, EditStream::retarget lets branches go elsewhere"
                    .into()
            }
            InstanceProblem::Leaves { .. } => "call the other function instead".into(),
            InstanceProblem::DanglingCall { .. } => {
                "take the reference out too, or keep the instruction that `begins` the function".into()
            }
            InstanceProblem::Gone { .. } => "keep it: the kernel calls it when the program throws".into(),
            InstanceProblem::Unlabelled { .. } => {
                "give a branch a label with EditInsn::to, and a call Ref::Function with EditInsn::refers".into()
            }
            InstanceProblem::TooFar { .. } => {
                "go there in two steps, or by the `gotol` of Linux 6.6, which has 32 bits for the distance".into()
            }
            InstanceProblem::Half { .. } => "keep both halves together, and branch to the first".into(),
            InstanceProblem::NoBeginning => {
                "let the first instruction `begins` the program's function; EditStream::insert and \
                 EditStream::replace see to it"
                    .into()
            }
            InstanceProblem::Twice { .. } => "clear `label` and `begins` in copies of instructions".into(),
            InstanceProblem::NoSuch { .. } => {
                "create the map, or declare the extern and use it in some function that is loaded".into()
            }
        }
    }
}
