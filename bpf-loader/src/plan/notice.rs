//! Odd but harmless findings of planning.

use std::fmt;

use bpf_btf::Label;
use bpf_btf::Place;

use crate::diagnose::diagnostic;
use crate::kernel::KernelError;
use crate::plan::{Site, Unresolved};

/// Something worth knowing that does not stop a plan. Codes E0450 to E0469, and of what is
/// missing those of the BTF layer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A member that this kernel lacks is left out; it was zero.
    MemberSkipped {
        /// The variable.
        variable: String,
        /// The kernel struct.
        ops: String,
        /// The member.
        member: String,
    },
    /// A callback's prototype is not the kernel's. The verifier decides whether that matters.
    Signature {
        /// The variable.
        variable: String,
        /// The member.
        member: String,
        /// The first difference, in a sentence.
        difference: String,
        /// The object's prototype.
        local: String,
        /// The kernel's prototype.
        kernel: String,
    },
    /// The BTF of a module cannot be used; what was not found in the kernel itself may be there.
    ModuleSkipped {
        /// Which module, and why.
        error: Box<KernelError>,
    },
    /// Something could not be resolved; it is harmless if the verifier can prove that it is never reached.
    Unresolved {
        /// The program; where several call the function, the first.
        program: String,
        /// The function that it is in.
        function: String,
        /// The instruction, counted from the start of that function.
        insn: u32,
        /// The source line.
        source: Option<Place>,
        /// What was looked for, and why it was not found.
        missing: Unresolved,
    },
    /// A parameter is tagged as the context of the program, and this kernel will not take it for that.
    NotAContext {
        /// The program.
        program: String,
        /// The function.
        function: String,
        /// Which of its parameters, from 0.
        param: u32,
        /// The struct that the kernel expects a pointer to.
        context: String,
    },
    /// An initial value of a map is left out, because what should stand there is.
    SlotEmpty {
        /// The map.
        map: String,
        /// The slot.
        slot: u32,
        /// What is left out: `map`, `program`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The kernel is not told of the types of a map that was given other sizes.
    TypesDropped {
        /// The map.
        map: String,
        /// What does not fit.
        why: String,
    },
    /// A program asks for the kernel's id of a type, and the types are not the kernel's own.
    CoreTypeId {
        /// The function that asks.
        function: String,
        /// The instruction, counted from the start of that function.
        insn: u32,
    },
    /// A variable has a value for each instance of a program, and the program does not use it.
    UnusedGlobal {
        /// The program.
        program: String,
        /// The variable.
        variable: String,
    },
    /// No instance of a program is left.
    AllSkipped {
        /// The program.
        program: String,
    },
    /// A text of the configuration is longer than the variable that takes it; what does not fit is cut off.
    TextCut {
        /// The option.
        name: String,
        /// Its value, in quotes.
        value: String,
        /// Bytes of the variable, with the NUL that ends what fits.
        bytes: usize,
        /// Where it is used first.
        site: Box<Site>,
    },
    /// Nobody knows the kernel's symbols; this one is looked for when loading.
    SymbolUnknown {
        /// The symbol.
        symbol: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MemberSkipped { ops, member, .. } => {
                write!(f, "{ops}.{member} does not exist in this kernel; it is zero, and is left out")
            }
            Self::Signature { variable, member, difference, .. } => {
                write!(
                    f,
                    "callback {variable}.{member} is declared differently than in the kernel: {difference}"
                )
            }
            Self::ModuleSkipped { error } => {
                // A notice has no cause of its own: what is wrong belongs into its text.
                write!(f, "{error}, and the module is passed over")?;
                let mut cause = std::error::Error::source(&**error);
                while let Some(found) = cause {
                    write!(f, ": {found}")?;
                    cause = found.source();
                }
                Ok(())
            }
            Self::NotAContext { function, param, context, .. } => {
                write!(
                    f,
                    "parameter {param} of `{function}` is tagged as the context, and this kernel takes only a \
                     `struct {context} *` for that"
                )
            }
            Self::SlotEmpty { map, slot, kind, name } => {
                write!(f, "slot {slot} of map `{map}` stays empty: {kind} `{name}` is left out")
            }
            Self::TypesDropped { map, why } => {
                write!(f, "the kernel is not told of the types of map `{map}`: {why}")
            }
            Self::CoreTypeId { function, .. } => {
                write!(
                    f,
                    "`{function}` asks for the kernel's id of a type, and gets that of the BTF given for CO-RE"
                )
            }
            Self::UnusedGlobal { program, variable } => write!(
                f,
                "`{variable}` has a value for each instance of `{program}`, which uses nothing of its section"
            ),
            Self::AllSkipped { program } => {
                write!(f, "every instance of program `{program}` is left out")
            }
            Self::TextCut { name, value, bytes, .. } => {
                write!(f, "`{name}` is {value}, and is cut off: its variable has {bytes} bytes")
            }
            Self::SymbolUnknown { symbol } => {
                write!(f, "the symbols of this kernel are not known; `{symbol}` is looked for when loading")
            }
            Self::Unresolved { missing, .. } => {
                write!(f, "{missing}; the program loads only if this is never reached")
            }
        }
    }
}

impl Notice {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MemberSkipped { .. } => "E0450",
            Self::Signature { .. } => "E0451",
            Self::ModuleSkipped { .. } => "E0452",
            Self::Unresolved { missing, .. } => missing.code(),
            Self::SymbolUnknown { .. } => "E0454",
            Self::CoreTypeId { .. } => "E0331",
            Self::NotAContext { .. } => "E0455",
            Self::SlotEmpty { .. } => "E0456",
            Self::TypesDropped { .. } => "E0457",
            Self::UnusedGlobal { .. } => "E0458",
            Self::AllSkipped { .. } => "E0459",
            Self::TextCut { .. } => "E0468",
        }
    }

    /// Where, from the outside in.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::MemberSkipped { variable, member, .. } => {
                vec![Label::item("variable", variable), Label::item("member", member)]
            }
            Self::Signature { variable, member, local, kernel, .. } => vec![
                Label::item("variable", variable),
                Label::item("member", member),
                Label::at(Place::Item { kind: "declaration", name: local.clone() }),
                Label::new(Place::Kernel, kernel.clone()),
            ],
            Self::ModuleSkipped { error } => error.labels(),
            Self::NotAContext { program, function, .. } => {
                vec![Label::item("program", program), Label::item("function", function)]
            }
            Self::SlotEmpty { map, .. } | Self::TypesDropped { map, .. } => vec![Label::item("map", map)],
            Self::CoreTypeId { function, insn } => {
                vec![Label::item("function", function), Label::at(Place::Insn(*insn))]
            }
            Self::UnusedGlobal { program, variable } => {
                vec![Label::item("program", program), Label::item("variable", variable)]
            }
            Self::AllSkipped { program } => vec![Label::item("program", program)],
            Self::TextCut { site, .. } => site.labels(),
            Self::SymbolUnknown { symbol } => vec![Label::item("symbol", symbol)],
            Self::Unresolved { program, function, insn, source, .. } => {
                let mut labels = vec![Label::item("program", program)];
                if function != program {
                    labels.push(Label::item("function", function));
                }
                labels.push(Label::at(Place::Insn(*insn)));
                labels.extend(source.clone().map(Label::at));
                labels
            }
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unresolved { missing, .. } => Some(missing.help().to_owned()),
            Self::TextCut { value, .. } => {
                // Without its quotes, and with a NUL.
                Some(format!("all of it takes {} bytes", value.len().saturating_sub(1)))
            }
            Self::ModuleSkipped { error } => error.help(),
            Self::CoreTypeId { .. } => {
                Some("it means that type to the kernel only where both number their types alike".into())
            }
            _ => None,
        }
    }
}

diagnostic!(notice Notice);
