//! What can be wrong with an object file: each case says where and why, has a stable code, and mostly knows a remedy.

mod function;
mod map;
mod reloc;
mod struct_ops;

use bpf_btf::{Endian, Label, ParseError, TypeError};
use thiserror::Error;

pub use function::{FunctionError, FunctionProblem};
pub use map::{LegacyField, MapError, MapProblem};
pub use reloc::{CodePlace, JumpTableProblem, RelocError, RelocProblem};
pub use struct_ops::{StructOpsError, StructOpsProblem};

/// Why an object could not be opened. Codes E0201 to E0299, and those of BTF where that is the cause.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ElfError {
    /// Something else than an ELF file.
    #[error("not ELF: {}", not_elf(*len, start))]
    NotElf {
        /// Bytes that the file has.
        len: usize,
        /// The first of them, up to four.
        start: Vec<u8>,
    },
    /// The file ends before something that it announces.
    #[error("truncated: {what} ends at {end}, the file has {len} bytes")]
    Truncated {
        /// What is cut off.
        what: String,
        /// Where it would end, in bytes.
        end: u64,
        /// Bytes that the file has.
        len: u64,
    },
    /// A 32-bit file.
    #[error("a 32-bit ELF file; BPF objects are 64-bit")]
    Class,
    /// A program or a library.
    #[error("{}, not a relocatable object file", e_type_name(*e_type))]
    NotRelocatable {
        /// `e_type` of the header.
        e_type: u16,
    },
    /// An object for another machine.
    #[error("made for {}, not for BPF", machine_name(*machine))]
    Machine {
        /// `e_machine` of the header.
        machine: u16,
    },
    /// The symbol table is missing.
    #[error("there is no symbol table")]
    NoSymbols,
    /// Something about the container does not hold together.
    #[error("damaged ELF file: {what}")]
    Damaged {
        /// What, and where.
        what: String,
    },
    /// A section claims more memory than is granted.
    #[error("section `{section}` wants {size} bytes; all sections of its kind together may have {limit}")]
    TooLarge {
        /// The section.
        section: String,
        /// Bytes that it wants.
        size: u64,
        /// Bytes that all sections of its kind may have together.
        limit: u64,
    },
    /// Something that only types can explain, and no types.
    #[error("section `{needed_by}` needs types, and there is no `.BTF` section")]
    NoBtf {
        /// The section that needs them.
        needed_by: String,
    },
    /// `.BTF` or `.BTF.ext` is damaged.
    #[error("section `{section}` cannot be read")]
    BadBtf {
        /// Which one.
        section: &'static str,
        /// What is wrong with it.
        source: ParseError,
    },
    /// Types in the other byte order.
    #[error("the file is {file}-endian, its `.BTF` section {btf}-endian")]
    BtfEndian {
        /// The file's byte order.
        file: Endian,
        /// That of its types.
        btf: Endian,
    },
    /// The types of something cannot be followed.
    #[error("the types of {kind} `{name}` cannot be followed")]
    Types {
        /// What it is.
        kind: &'static str,
        /// Its name.
        name: String,
        /// What is wrong with them.
        source: TypeError,
    },
    /// A variable that has a type and no place.
    #[error("variable `{variable}` of section `{section}` has a type, but no symbol")]
    NoSymbol {
        /// The variable.
        variable: String,
        /// Its section.
        section: String,
    },
    /// A variable that is not inside its section.
    #[error(
        "variable `{variable}` at {offset:#x} of {size} bytes is outside section `{section}` of {section_size:#x} bytes"
    )]
    VariableOutside {
        /// The variable.
        variable: String,
        /// Its section.
        section: String,
        /// Its offset in bytes.
        offset: u32,
        /// Its size in bytes.
        size: u32,
        /// The section's size in bytes.
        section_size: u64,
    },
    /// Two variables that share bytes, where that makes no sense.
    #[error("variables `{first}` and `{second}` of section `{section}` overlap")]
    VariablesOverlap {
        /// The one that begins first.
        first: String,
        /// The other.
        second: String,
        /// Their section.
        section: String,
    },
    /// A record of `.BTF.ext` that belongs to no whole instruction.
    #[error(
        "{table} has a record at {offset:#x} of section `{section}`, which is not where an instruction begins"
    )]
    ExtRecord {
        /// `func_info`, `line_info` or `core_relo`.
        table: &'static str,
        /// The section.
        section: String,
        /// Byte offset in the section.
        offset: u32,
    },
    /// A function's symbol makes no sense.
    #[error(transparent)]
    Function(Box<FunctionError>),
    /// A relocation makes no sense.
    #[error(transparent)]
    Reloc(Box<RelocError>),
    /// A map's definition makes no sense.
    #[error(transparent)]
    Map(Box<MapError>),
    /// A struct_ops variable makes no sense.
    #[error(transparent)]
    StructOps(Box<StructOpsError>),
    /// The license is not text.
    #[error("section `license` does not hold UTF-8 text")]
    License,
    /// The version is not a number.
    #[error("section `version` has {size} bytes, a kernel version has 4")]
    Version {
        /// Bytes that it has.
        size: usize,
    },
}

impl ElfError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotElf { .. } => "E0201",
            Self::Truncated { .. } => "E0202",
            Self::Class => "E0203",
            Self::NotRelocatable { .. } => "E0204",
            Self::Machine { .. } => "E0205",
            Self::NoSymbols => "E0206",
            Self::Damaged { .. } => "E0207",
            Self::TooLarge { .. } => "E0208",
            Self::NoBtf { .. } => "E0211",
            Self::BadBtf { .. } => "E0212",
            Self::BtfEndian { .. } => "E0213",
            Self::Types { .. } => "E0214",
            Self::NoSymbol { .. } => "E0215",
            Self::VariableOutside { .. } => "E0216",
            Self::VariablesOverlap { .. } => "E0217",
            Self::ExtRecord { .. } => "E0218",
            Self::Function(error) => error.code(),
            Self::Reloc(error) => error.code(),
            Self::Map(error) => error.code(),
            Self::StructOps(error) => error.code(),
            Self::License => "E0281",
            Self::Version { .. } => "E0282",
        }
    }

    /// Where in the object.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let section = |name: &str| Label::section(name);
        match self {
            Self::Truncated { end, .. } => vec![Label::offset(*end)],
            Self::TooLarge { section: name, .. } | Self::NoBtf { needed_by: name } => vec![section(name)],
            Self::BadBtf { section: name, source } => {
                let mut labels = vec![section(name)];
                labels.extend(source.labels());
                labels
            }
            Self::BtfEndian { .. } => vec![section(".BTF")],
            Self::Types { kind, name, source } => {
                let mut labels = vec![Label::item(kind, name)];
                labels.extend(source.labels());
                labels
            }
            Self::NoSymbol { variable, section: name } => {
                vec![section(name), Label::item("variable", variable)]
            }
            Self::VariableOutside { variable, section: name, offset, .. } => {
                vec![section(name), Label::item("variable", variable), Label::offset(u64::from(*offset))]
            }
            Self::VariablesOverlap { first, second, section: name } => {
                vec![section(name), Label::item("variable", first), Label::item("variable", second)]
            }
            Self::ExtRecord { section: name, offset, .. } => {
                vec![section(name), Label::offset(u64::from(*offset))]
            }
            Self::Function(error) => error.labels(),
            Self::Reloc(error) => error.labels(),
            Self::Map(error) => error.labels(),
            Self::StructOps(error) => error.labels(),
            Self::License => vec![section("license")],
            Self::Version { .. } => vec![section("version")],
            _ => Vec::new(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::NotElf { .. } | Self::Class | Self::Machine { .. } => {
                "`clang -g -O2 -target bpf -c x.bpf.c -o x.bpf.o` makes a BPF object"
            }
            Self::NotRelocatable { .. } => "compile with `-c`, and do not link with the system's linker",
            Self::NoSymbols => "was it stripped? `llvm-strip -g` keeps what is needed, strip(1) does not",
            Self::Truncated { .. } | Self::Damaged { .. } => "build or copy the object again",
            Self::NoBtf { .. } => {
                "compile with `clang -g -target bpf`; to strip debug information, use `llvm-strip -g`"
            }
            Self::BadBtf { source, .. } => return source.help().map(Into::into),
            Self::Types { source, .. } => return source.help().map(Into::into),
            Self::NoSymbol { .. } => {
                "was it stripped? `llvm-strip -g` keeps what is needed, strip(1) does not"
            }
            Self::BtfEndian { .. }
            | Self::VariableOutside { .. }
            | Self::VariablesOverlap { .. }
            | Self::ExtRecord { .. } => "the object is damaged, or made by a faulty tool: build it again",
            Self::Function(error) => return error.help(),
            Self::Reloc(error) => return error.help(),
            Self::Map(error) => return error.help(),
            Self::StructOps(error) => return error.help(),
            Self::Version { .. } => {
                "declare it as a 32-bit integer, or leave it out: kernels since 5.0 ignore it"
            }
            Self::TooLarge { .. } | Self::License => return None,
        };
        Some(help.into())
    }
}

fn not_elf(len: usize, start: &[u8]) -> String {
    match start {
        [] => "the file is 0 bytes".into(),
        start => format!("the file of {len} bytes begins with `{}`", start.escape_ascii()),
    }
}

fn e_type_name(e_type: u16) -> String {
    match e_type {
        2 => "an executable".into(),
        3 => "a shared library or executable".into(),
        4 => "a core dump".into(),
        other => format!("an ELF file of type {other}"),
    }
}

fn machine_name(machine: u16) -> String {
    let name = match machine {
        3 => "x86",
        8 => "MIPS",
        20 => "PowerPC",
        21 => "64-bit PowerPC",
        22 => "S/390",
        40 => "ARM",
        43 => "SPARC",
        62 => "x86-64",
        183 => "AArch64",
        243 => "RISC-V",
        258 => "LoongArch",
        other => return format!("machine {other}"),
    };
    name.into()
}
