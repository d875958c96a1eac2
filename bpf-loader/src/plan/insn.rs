//! An instruction of a plan: the number that it carries, and what that number stands for.

use std::fmt;
use std::sync::Arc;

use bpf_btf::TypeId;
use bpf_btf::core::Missing;
use bpf_elf::{ExternId, FunctionId, InsnIndex, MapId};
use bpf_sys::uapi::Insn;

/// An instruction that is to be sent to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanInsn {
    /// Opcode, registers, offset, immediate. An immediate that `reference` stands for is 0 here.
    pub insn: Insn,
    /// What the immediate stands for.
    pub reference: Option<Ref>,
    /// The instruction of the resolved stream that this one came from: the same, unless the program was edited for an
    /// instance. An instruction that was put in later has none.
    pub origin: Option<InsnIndex>,
}

impl From<Insn> for PlanInsn {
    /// An instruction that is complete as it is.
    fn from(insn: Insn) -> Self {
        Self { insn, reference: None, origin: None }
    }
}

/// What an immediate stands for. It becomes a number when the program is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ref {
    /// A map's descriptor.
    Map(MapId),
    /// The address of a byte in a map's value, or in an arena: a global variable.
    MapValue {
        /// The map.
        map: MapId,
        /// Byte offset in its value, or from the first of the arena's variables.
        offset: u32,
    },
    /// The descriptor of the map that a jump table becomes: an index into
    /// [`crate::plan::PlanProgram::jump_tables`].
    JumpTable(u32),
    /// The distance to a function placed in the same stream: a call, or a function's address.
    Function(FunctionId),
    /// The id of a type in the kernel's BTF.
    KernelType(TypeId),
    /// The address of a symbol of the kernel, by the name of an extern.
    KernelSymbol(ExternId),
    /// A function of the kernel to call, or the BTF of a variable or function of it: what the plan's
    /// [`extern_value`](crate::plan::Plan::extern_value) says of an extern.
    Extern(ExternId),
    /// Nothing: the instruction could not be resolved for this kernel and must not be reached. The number is an index
    /// into [`crate::plan::PlanProgram::poisons`].
    Poison(u32),
    /// The second half of a 16-byte instruction whose first half carries the reference.
    Upper,
}

/// The helper number that marks an instruction which must not be reached; libbpf's too, so that its users recognise it
/// in a log (`0xbad2310`).
pub(crate) const POISON_CALL: i32 = 195_896_080;

/// An instruction that could not be resolved for this kernel. Loading works as long as the verifier can prove that it
/// is never reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poison {
    /// Where in the stream.
    pub at: InsnIndex,
    /// The function that it is in.
    pub function: FunctionId,
    /// The instruction, counted from the start of that function.
    pub in_function: InsnIndex,
    /// What was looked for, and why it was not found.
    pub missing: Unresolved,
}

/// What could not be resolved for this kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unresolved {
    /// A field, type or enumerator that a CO-RE relocation asks for.
    Core(Arc<Missing>),
    /// A function that may be missing.
    Function {
        /// Its name.
        name: String,
    },
    /// A map that is not to be created.
    Map {
        /// Its name.
        name: String,
    },
}

impl Unresolved {
    /// What was looked for.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Core(missing) => &missing.path,
            Self::Function { name } | Self::Map { name } => name,
        }
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Core(missing) => missing.code(),
            Self::Function { .. } => "E0453",
            Self::Map { .. } => "E0424",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &str {
        match self {
            Self::Core(missing) => missing.help(),
            Self::Function { .. } => "ask for it with bpf_ksym_exists() before the call",
            Self::Map { .. } => {
                "create it (MapSpec::set_autocreate), or leave out the program (ProgramSpec::set_autoload)"
            }
        }
    }

    /// A name that is close, where one is known.
    #[must_use]
    pub fn nearest(&self) -> Option<&str> {
        match self {
            Self::Core(missing) => missing.nearest.as_deref(),
            Self::Function { .. } | Self::Map { .. } => None,
        }
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(missing) => missing.fmt(f),
            Self::Function { name } => {
                write!(f, "this kernel has no function `{name}`, or declares it differently")
            }
            Self::Map { name } => write!(f, "map `{name}` is used here and is not to be created"),
        }
    }
}
