//! What can be wrong with a relocation.

use bpf_btf::{Label, Place};
use thiserror::Error;

use crate::error::ElfError;
use crate::ids::InsnIndex;

/// A relocation that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("relocation at {offset:#x} {}{problem}", in_section(section, problem))]
pub struct RelocError {
    /// The section that it changes.
    pub section: String,
    /// Where in the section, in bytes.
    pub offset: u64,
    /// The symbol that it refers to; empty where there is none.
    pub symbol: String,
    /// Of code: the function, and the line of source, where the object has lines.
    pub code: Option<Box<CodePlace>>,
    /// What is wrong.
    pub problem: RelocProblem,
}

/// The place of an instruction in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePlace {
    /// The function.
    pub function: String,
    /// The instruction, counted from the start of the function.
    pub insn: InsnIndex,
    /// File, line and text.
    pub source: Option<Place>,
}

/// The outside case names the section itself, with its size.
fn in_section(section: &str, problem: &RelocProblem) -> String {
    match problem {
        RelocProblem::Outside { .. } => String::new(),
        _ => format!("of section `{section}` "),
    }
}

/// What is wrong with a relocation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RelocProblem {
    /// It is outside the section.
    #[error("is outside section `{section}` of {size:#x} bytes")]
    Outside {
        /// The section.
        section: String,
        /// The section's size in bytes.
        size: u64,
    },
    /// It is not where an instruction begins.
    #[error("is not where an instruction begins")]
    Misaligned,
    /// Its symbol is not in the table.
    #[error("refers to symbol {index}, which does not exist")]
    NoSymbol {
        /// The symbol's number.
        index: u32,
    },
    /// Its type does not fit what it changes.
    #[error("against `{symbol}` has type {}, {wanted} is needed", r_type_name(*r_type))]
    Type {
        /// The symbol.
        symbol: String,
        /// The type it has.
        r_type: u32,
        /// The type that fits.
        wanted: &'static str,
    },
    /// The instruction has no place for an address.
    #[error("against `{symbol}` changes `{insn}`, which cannot take an address")]
    Instruction {
        /// The symbol.
        symbol: String,
        /// The instruction.
        insn: String,
    },
    /// A call of a helper, or of nothing known, that is relocated.
    #[error("against `{symbol}` changes a call that is no call of a function")]
    NotACall {
        /// The symbol.
        symbol: String,
    },
    /// No function begins there.
    #[error("leads to {target}, where no function begins")]
    NoFunction {
        /// Section and offset.
        target: String,
    },
    /// A function outside `.text` cannot be called.
    #[error("leads to `{function}` in section `{section}`; only functions of `.text` can be called")]
    NotSubprogram {
        /// The function.
        function: String,
        /// Its section.
        section: String,
    },
    /// No map begins there.
    #[error("leads to {target}, where no map begins")]
    NoMap {
        /// Section and offset.
        target: String,
    },
    /// Past the end of a data section.
    #[error("leads to offset {offset} of section `{section}`, which has {size} bytes")]
    OutsideData {
        /// The section.
        section: String,
        /// The offset.
        offset: i64,
        /// The section's size in bytes.
        size: u64,
    },
    /// A variable without a section.
    #[error("against `{symbol}` refers to a variable without a section")]
    Common {
        /// The variable.
        symbol: String,
    },
    /// A section that holds nothing to refer to.
    #[error("against `{symbol}` leads to section `{section}`, which holds no map, data or function")]
    Section {
        /// The symbol.
        symbol: String,
        /// The section.
        section: String,
    },
    /// A map or function where the other belongs.
    #[error("against `{symbol}` does not lead to a {wanted}, which map `{map}` holds")]
    Slot {
        /// The symbol.
        symbol: String,
        /// What belongs there.
        wanted: &'static str,
        /// The map.
        map: String,
    },
    /// Inside a map definition, but not in its initial values.
    #[error("against `{symbol}` changes a map definition outside its `values`")]
    NotASlot {
        /// The symbol.
        symbol: String,
    },
    /// A function's address without a relocation.
    #[error("is missing: an instruction takes a function's address")]
    Missing,
    /// A jump table that makes no sense.
    #[error("against jump table `{symbol}`, which {problem}")]
    JumpTable {
        /// The table's symbol.
        symbol: String,
        /// What is wrong with it.
        problem: JumpTableProblem,
    },
}

/// What is wrong with a jump table.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JumpTableProblem {
    /// It does not consist of whole entries inside its section.
    #[error(
        "has {size} bytes at {offset:#x} of a section of {section_size:#x} bytes: not one or more entries of 8 bytes"
    )]
    Shape {
        /// Where it begins, in bytes.
        offset: u64,
        /// Bytes that it has.
        size: u64,
        /// The section's size in bytes.
        section_size: u64,
    },
    /// The instruction does not want its beginning.
    #[error("an instruction wants {imm} bytes behind its beginning")]
    Inside {
        /// How far behind.
        imm: i32,
    },
    /// An entry that leads out of the function.
    #[error("leads to {value:#x} by its entry {entry}, where no instruction of function `{function}` begins")]
    Target {
        /// Which entry, from 0.
        entry: u64,
        /// What it says.
        value: u64,
        /// The function that uses the table.
        function: String,
    },
    /// It shares its entries with too many others.
    #[error("shares its entries with other tables")]
    Overlaps,
}

impl RelocError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            RelocProblem::Outside { .. } => "E0231",
            RelocProblem::Misaligned => "E0232",
            RelocProblem::NoSymbol { .. } => "E0233",
            RelocProblem::Type { .. } => "E0234",
            RelocProblem::Instruction { .. } | RelocProblem::NotACall { .. } => "E0235",
            RelocProblem::NoFunction { .. } => "E0236",
            RelocProblem::NotSubprogram { .. } => "E0237",
            RelocProblem::NoMap { .. } => "E0238",
            RelocProblem::OutsideData { .. } => "E0239",
            RelocProblem::Common { .. } => "E0240",
            RelocProblem::Section { .. } => "E0241",
            RelocProblem::Slot { .. } | RelocProblem::NotASlot { .. } => "E0242",
            RelocProblem::Missing => "E0243",
            RelocProblem::JumpTable { problem: JumpTableProblem::Target { .. }, .. } => "E0245",
            RelocProblem::JumpTable { .. } => "E0244",
        }
    }

    /// Where in the object.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let mut labels = vec![Label::section(&self.section), Label::offset(self.offset)];
        if !self.symbol.is_empty() {
            labels.push(Label::item("symbol", &self.symbol));
        }
        if let Some(code) = &self.code {
            labels.push(Label::item("function", &code.function));
            labels.push(Label::at(Place::Insn(code.insn.0)));
            labels.extend(code.source.clone().map(Label::at));
        }
        labels
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match &self.problem {
            RelocProblem::Common { .. } => {
                "forgot to initialize the global variable? give it a value, or -fno-common"
            }
            RelocProblem::NotSubprogram { .. } => {
                "a function that others call must not have a section of its own: drop its SEC()"
            }
            RelocProblem::NotACall { .. } | RelocProblem::Instruction { .. } => {
                "is something used that BPF cannot refer to?"
            }
            RelocProblem::Section { .. } => {
                "only maps, functions, jump tables, and variables in .data, .rodata, .bss and arenas can be referred to"
            }
            RelocProblem::Slot { .. } => {
                "initialize the slots of a map of maps with maps, those of a prog_array with programs"
            }
            _ => "the object is damaged, or made by a faulty tool: build it again",
        };
        Some(help.into())
    }
}

impl From<RelocError> for ElfError {
    fn from(error: RelocError) -> Self {
        Self::Reloc(Box::new(error))
    }
}

fn r_type_name(r_type: u32) -> String {
    let name = match r_type {
        1 => "R_BPF_64_64",
        2 => "R_BPF_64_ABS64",
        3 => "R_BPF_64_ABS32",
        4 => "R_BPF_64_NODYLD32",
        10 => "R_BPF_64_32",
        other => return other.to_string(),
    };
    name.into()
}
