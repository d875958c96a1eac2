//! An instruction of a plan: the number that it carries, and what that number stands for.

use std::sync::Arc;

use bpf_btf::TypeId;
use bpf_btf::core::Missing;
use bpf_elf::{FunctionId, InsnIndex, MapId};
use bpf_sys::uapi::Insn;

/// An instruction that is to be sent to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanInsn {
    /// Opcode, registers, offset, immediate. An immediate that `reference` stands for is 0 here.
    pub insn: Insn,
    /// What the immediate stands for.
    pub reference: Option<Ref>,
    /// The instruction of the resolved stream that this one came from. Line information follows it; an instruction
    /// that was put in later has none.
    pub origin: Option<InsnIndex>,
}

/// What an immediate stands for. It becomes a number when the program is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ref {
    /// A map's descriptor.
    Map(MapId),
    /// The address of a byte in a map's value: a global variable.
    MapValue {
        /// The map.
        map: MapId,
        /// Byte offset in its value.
        offset: u32,
    },
    /// The distance to a function placed in the same stream: a call, or a function's address.
    Function(FunctionId),
    /// The id of a type in the kernel's BTF.
    KernelType(TypeId),
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
    /// Where in the resolved stream.
    pub at: InsnIndex,
    /// The function that it is in.
    pub function: FunctionId,
    /// The instruction, counted from the start of that function.
    pub in_function: InsnIndex,
    /// What was looked for, and why it was not found.
    pub missing: Arc<Missing>,
}
