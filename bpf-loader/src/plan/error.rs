//! Why an object cannot be resolved against a kernel. All of it is found in one run.

use std::fmt;

use bpf_btf::core::CoreError;
use bpf_btf::{Endian, Label, Place, TypeError};
use bpf_elf::{Function, InsnIndex};
use bpf_sys::uapi::ProgramType;
use thiserror::Error;

use crate::diagnose::{Diagnostic, diagnostic};
use crate::kernel::KernelError;
use crate::object::Object;
use crate::plan::{ArenaError, ExceptionError, ExternError, InstanceError, MapPlanError};

/// Everything about an object that cannot be resolved against a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFailed {
    object: String,
    errors: Vec<PlanError>,
}

impl PlanFailed {
    pub(crate) fn new(object: &str, errors: Vec<PlanError>) -> Self {
        Self { object: object.to_owned(), errors }
    }

    /// The findings, in the order of the file within each step of planning.
    #[must_use]
    pub fn errors(&self) -> &[PlanError] {
        &self.errors
    }
}

impl fmt::Display for PlanFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors.as_slice() {
            [one] => one.fmt(f),
            many => {
                write!(f, "{} things in `{}` do not resolve against this kernel", many.len(), self.object)
            }
        }
    }
}

impl std::error::Error for PlanFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.errors.as_slice() {
            [one] => one.source(),
            _ => None,
        }
    }
}

impl Diagnostic for PlanFailed {
    fn code(&self) -> &'static str {
        match self.errors.as_slice() {
            [one] => one.code(),
            _ => "E0400",
        }
    }

    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }

    fn labels(&self) -> Vec<Label> {
        let object = Label::at(Place::Object(self.object.clone()));
        match self.errors.as_slice() {
            [one] => std::iter::once(object).chain(one.labels()).collect(),
            _ => vec![object],
        }
    }

    fn help(&self) -> Option<String> {
        match self.errors.as_slice() {
            [one] => one.help(),
            _ => None,
        }
    }

    fn related(&self) -> Vec<&dyn Diagnostic> {
        match self.errors.as_slice() {
            [_] => Vec::new(),
            many => many.iter().map(|error| error as &dyn Diagnostic).collect(),
        }
    }
}

/// A place in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    section: String,
    function: String,
    insn: InsnIndex,
    source: Option<Place>,
}

impl Site {
    pub(crate) fn insn(object: &Object, function: &Function, at: InsnIndex) -> Self {
        let source = object.file().source_line(function, at).map(|line| Place::Source {
            file: line.file.to_owned(),
            line: line.line,
            text: line.text.to_owned(),
        });
        Self { section: function.section_name.clone(), function: function.name.clone(), insn: at, source }
    }

    pub(crate) fn labels(&self) -> Vec<Label> {
        let mut labels = vec![
            Label::section(&self.section),
            Label::item("function", &self.function),
            Label::at(Place::Insn(self.insn.0)),
        ];
        labels.extend(self.source.clone().map(Label::at));
        labels
    }
}

fn of_module(module: Option<&(String, bool)>) -> String {
    match module {
        Some((module, true)) => format!(" in module `{module}`"),
        Some((module, false)) => format!(": it has no module `{module}`"),
        None => String::new(),
    }
}

/// Why one thing in an object does not resolve. Codes E0401 to E0449, and those of the layers below.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The kernel's types are not to be had.
    #[error(transparent)]
    Kernel(Box<KernelError>),
    /// The object is of the other byte order.
    #[error("the object is {object}-endian, the kernel is {kernel}-endian")]
    Endian {
        /// The object's.
        object: Endian,
        /// The kernel's.
        kernel: Endian,
    },
    /// A program in a section whose name says nothing.
    #[error("program `{program}`: SEC(\"{section}\") names no program type")]
    Section {
        /// The program.
        program: String,
        /// Its section.
        section: String,
        /// A section name that is close.
        nearest: Option<String>,
    },
    /// Something that this version does not do yet.
    #[error("{what} {name}: {not_yet} is not supported yet")]
    NotYet {
        /// What kind of thing.
        what: &'static str,
        /// Its name, in quotes.
        name: String,
        /// What it needs.
        not_yet: String,
    },
    /// Something defined outside the object that cannot be had.
    #[error(transparent)]
    Extern(Box<ExternError>),
    /// What a program names to be called when it throws cannot be.
    #[error("program `{}`: {}", _0.program, _0.problem)]
    Exception(Box<ExceptionError>),
    /// An arena that cannot hold its variables.
    #[error(transparent)]
    Arena(Box<ArenaError>),
    /// A program that jumps by a table, for a kernel where nothing can.
    #[error("program `{program}` jumps by table `{table}`, and this kernel has no maps of type insn_array")]
    JumpTables {
        /// The program.
        program: String,
        /// Its first table.
        table: String,
    },
    /// An instance of a program, or the instructions that were set for one, cannot be sent.
    #[error(transparent)]
    Instance(Box<InstanceError>),
    /// A program that is loaded for one thing of the kernel, and nothing says which.
    #[error("program `{program}`: SEC(\"{section}\") does not name what it is for")]
    NoTarget {
        /// The program.
        program: String,
        /// Its section.
        section: String,
    },
    /// What a program is loaded for is not in the kernel.
    #[error("program `{program}`: this kernel has no {what} `{target}`{}", of_module(module.as_ref()))]
    NoSuchTarget {
        /// The program.
        program: String,
        /// Its section.
        section: String,
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        target: String,
        /// The module that it should be of, and whether there is such a module.
        module: Option<(String, bool)>,
        /// A name that is close.
        nearest: Option<String>,
    },
    /// The kernel has no programs of that type.
    #[error("program `{program}`: this kernel has no programs of type {program_type}")]
    NoProgramType {
        /// The program.
        program: String,
        /// Its type.
        program_type: ProgramType,
    },
    /// A program that extends another one.
    #[error("program `{program}` replaces a function of another program, which has to be loaded before")]
    NeedsProgram {
        /// The program.
        program: String,
        /// The function that it replaces.
        function: String,
    },
    /// A CO-RE relocation makes no sense, whatever the kernel.
    #[error("{error}")]
    Core {
        /// The instruction.
        site: Box<Site>,
        /// What is wrong with it. Its text is this error's text.
        error: Box<CoreError>,
    },
    /// An instruction cannot take the answer to its CO-RE relocation.
    #[error("an instruction does not fit its CO-RE relocation: {why}")]
    CoreInsn {
        /// The instruction.
        site: Box<Site>,
        /// Why not.
        why: String,
    },
    /// The kernel does not know such operations.
    #[error("this kernel has no struct_ops `{ops}`")]
    NoSuchOps {
        /// The variable.
        variable: String,
        /// The kernel struct that it means.
        ops: String,
        /// The operations that this kernel has.
        known: Vec<String>,
        /// Whether it has the struct itself, without a way to register one.
        only_struct: bool,
    },
    /// The kernel knows no struct_ops at all, or none with a link.
    #[error("`{variable}` needs {}, which this kernel does not have", feature.name())]
    Feature {
        /// The variable.
        variable: String,
        /// What is missing.
        feature: crate::kernel::Feature,
    },
    /// A member of a struct_ops variable has no place in this kernel.
    #[error("{}.{}: {}", _0.ops, _0.member, _0.problem)]
    Member(Box<MemberMismatch>),
    /// A callback that nothing calls.
    #[error("struct_ops program `{program}` is in no struct_ops variable")]
    Unreferenced {
        /// The program.
        program: String,
    },
    /// One program in two places that differ.
    #[error("program `{program}` is both {first} and {second}: a program can be loaded for one member only")]
    Shared {
        /// The program.
        program: String,
        /// `struct.member`.
        first: String,
        /// `struct.member`.
        second: String,
    },
    /// A member refers to a function that is no program.
    #[error("{member} refers to a function that is no program")]
    NotAProgram {
        /// `variable.member`.
        member: String,
    },
    /// BTF, of the object or of the kernel, does not hold together.
    #[error("the types of `{of}` cannot be followed")]
    Types {
        /// What was being looked at.
        of: String,
        /// What is wrong.
        source: TypeError,
    },
    /// The programs of an object are too much together: each has subprograms of its own.
    #[error(
        "program `{program}` takes the object over {most} instructions, subprograms counted in each program"
    )]
    TooMuch {
        /// The first program that is too much.
        program: String,
        /// The most instructions of all programs together.
        most: usize,
    },
    /// A program that is longer than any kernel takes.
    #[error("program `{program}` has {insns} instructions or more with its subprograms")]
    TooLong {
        /// The program.
        program: String,
        /// How many instructions it has.
        insns: usize,
    },
    /// A map that cannot be planned as it is defined.
    #[error(transparent)]
    Map(Box<MapPlanError>),
}

/// A member of a struct_ops variable that has no place in this kernel, with both declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberMismatch {
    /// The variable.
    pub variable: String,
    /// The kernel struct.
    pub ops: String,
    /// The member.
    pub member: String,
    /// What does not fit.
    pub problem: MemberProblem,
    /// How the object declares it.
    pub local: String,
    /// How the kernel declares it; or what the kernel has instead.
    pub kernel: String,
    /// What the member is set to, where that is a program.
    pub program: Option<String>,
}

/// What does not fit about a member of a struct_ops variable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MemberProblem {
    /// The kernel has no such member, and it is set.
    #[error("this kernel has no such member, and it is set")]
    Absent,
    /// The sizes differ.
    #[error("{local} bytes in the object, {kernel} in the kernel")]
    Size {
        /// Bytes in the object.
        local: u32,
        /// Bytes in the kernel.
        kernel: u32,
    },
    /// The kinds differ.
    #[error("{local} in the object, {kernel} in the kernel")]
    Kind {
        /// A word for the object's.
        local: String,
        /// A word for the kernel's.
        kernel: String,
    },
    /// Anything else that the comparison says.
    #[error("{0}")]
    Other(String),
    /// A pointer to data that is not NULL.
    #[error("a pointer to data can only be NULL")]
    DataPointer,
}

impl PlanError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Kernel(error) => error.code(),
            Self::Endian { .. } => "E0401",
            Self::Section { .. } => "E0402",
            Self::NotYet { .. } => "E0403",
            Self::Extern(error) => error.code(),
            Self::Exception(_) => "E0435",
            Self::Arena(error) => error.code(),
            Self::JumpTables { .. } => "E0463",
            Self::Instance(error) => error.code(),
            Self::NoSuchTarget { .. } => "E0446",
            Self::NoTarget { .. } | Self::NeedsProgram { .. } => "E0447",
            Self::NoProgramType { .. } => "E0430",
            Self::Core { error, .. } => error.code(),
            Self::CoreInsn { .. } => "E0406",
            Self::NoSuchOps { .. } => "E0407",
            Self::Feature { .. } => "E0408",
            Self::Member(found) => match &found.problem {
                MemberProblem::Absent => "E0411",
                MemberProblem::Size { .. } => "E0412",
                MemberProblem::Kind { .. } => "E0413",
                MemberProblem::DataPointer => "E0414",
                MemberProblem::Other(_) => "E0415",
            },
            Self::Unreferenced { .. } => "E0421",
            Self::Shared { .. } => "E0422",
            Self::NotAProgram { .. } => "E0423",
            Self::Types { source, .. } => source.code(),
            Self::Map(error) => error.code(),
            Self::TooLong { .. } => "E0432",
            Self::TooMuch { .. } => "E0433",
        }
    }

    /// Where, from the outside in.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Kernel(error) => error.labels(),
            Self::Endian { .. } => vec![Label::at(Place::Kernel)],
            Self::Section { program, section, .. } => {
                vec![Label::section(section), Label::item("program", program)]
            }
            Self::NotYet { what, name, .. } => vec![Label::item(what, name.trim_matches('`'))],
            Self::Extern(error) => error.labels(),
            Self::Exception(error) => error.labels(),
            Self::Arena(error) => error.labels(),
            Self::JumpTables { program, .. } => vec![Label::item("program", program)],
            Self::Instance(error) => error.labels(),
            Self::NoTarget { program, section } | Self::NoSuchTarget { program, section, .. } => {
                vec![Label::section(section), Label::item("program", program)]
            }
            Self::NeedsProgram { program, .. } | Self::NoProgramType { program, .. } => {
                vec![Label::item("program", program)]
            }
            Self::CoreInsn { site, .. } => site.labels(),
            Self::Core { site, error } => {
                let mut labels = site.labels();
                labels.extend(error.labels());
                labels
            }
            Self::NoSuchOps { variable, .. } | Self::Feature { variable, .. } => {
                vec![Label::item("variable", variable)]
            }
            Self::Member(found) => {
                let MemberMismatch { variable, member, local, kernel, program, .. } = &**found;
                let mut labels = vec![Label::item("variable", variable), Label::item("member", member)];
                let object = Place::Item { kind: "declaration", name: local.clone() };
                let set =
                    program.as_ref().map_or(String::new(), |program| format!("set to program `{program}`"));
                labels.push(Label::new(object, set));
                labels.push(Label::new(Place::Kernel, kernel.clone()));
                labels
            }
            Self::Unreferenced { program }
            | Self::Shared { program, .. }
            | Self::TooLong { program, .. }
            | Self::TooMuch { program, .. } => vec![Label::item("program", program)],
            Self::NotAProgram { member } => vec![Label::item("member", member)],
            Self::Types { of, source } => {
                let mut labels = vec![Label::item("type", of)];
                labels.extend(source.labels());
                labels
            }
            Self::Map(error) => error.labels(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Kernel(error) => return error.help(),
            Self::Endian { kernel: Endian::Little, .. } => "compile with -target bpfel".into(),
            Self::Endian { kernel: Endian::Big, .. } => "compile with -target bpfeb".into(),
            Self::Section { nearest: Some(nearest), .. } => format!("did you mean SEC(\"{nearest}\")?"),
            Self::Section { .. } => {
                "name the program type in SEC(), or leave the program out with set_autoload(false)".into()
            }
            Self::Core { error, .. } => return error.help().map(Into::into),
            Self::Extern(error) => return error.help(),
            Self::Exception(error) => error.help(),
            Self::Arena(error) => error.help(),
            Self::JumpTables { .. } => {
                "Linux 6.19 is the first with insn_array; compile with -fno-jump-tables".into()
            }
            Self::Instance(error) => error.help(),
            Self::NoTarget { .. } => {
                "name it behind a slash, or call ProgramSpec::set_attach_target before planning".into()
            }
            Self::NoSuchTarget { module: Some((module, false)), .. } => {
                format!("there is no module `{module}` with BTF in this kernel: load it first")
            }
            Self::NoSuchTarget { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::NoSuchTarget { .. } => {
                "leave the program out with ProgramSpec::set_autoload(false), or name another target with \
                 ProgramSpec::set_attach_target"
                    .into()
            }
            Self::NoProgramType { program_type, .. } => match program_type.since() {
                Some(since) => format!("Linux {since} is the first that has"),
                None => return None,
            },
            Self::NeedsProgram { .. } => {
                "extending programs is not supported yet: leave it out with ProgramSpec::set_autoload(false)"
                    .into()
            }
            Self::NoSuchOps { only_struct: true, ops, .. } => {
                format!("this kernel has `struct {ops}`, but takes no implementation of it from BPF")
            }
            Self::NoSuchOps { known, .. } if known.is_empty() => {
                "this kernel takes no struct_ops at all".into()
            }
            Self::NoSuchOps { known, .. } => format!("this kernel takes: {}", known.join(", ")),
            Self::Feature { feature: crate::kernel::Feature::StructOpsLink, .. } => {
                "Linux 6.4 is the first with struct_ops links; put the variable into SEC(\".struct_ops\")"
                    .into()
            }
            Self::Feature { feature: crate::kernel::Feature::StructOpsModule, .. } => {
                "Linux 6.9 is the first where a module's struct can be implemented".into()
            }
            Self::Member(found) => match found.problem {
                MemberProblem::Absent => "leave the member zero to load without it on this kernel".into(),
                MemberProblem::DataPointer => "set it to NULL".into(),
                _ => "declare the member as the kernel does".into(),
            },
            Self::Unreferenced { .. } => {
                "name it in a variable in SEC(\".struct_ops.link\"), or leave it out with set_autoload(false)"
                    .into()
            }
            Self::Map(error) => return error.help(),
            Self::TooLong { .. } => "a kernel takes up to 1,000,000 instructions for a program".into(),
            Self::TooMuch { .. } => "leave out some with set_autoload(false), or split the object".into(),
            Self::Shared { .. } => "make a second program for the second member".into(),
            _ => return None,
        })
    }
}

diagnostic!(PlanError);
