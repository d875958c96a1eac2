//! CO-RE: one compiled program, many kernels. A relocation asks something of the kernel's version of a type; the answer
//! is a value for an instruction.

mod kind;

pub use kind::RelocKind;
