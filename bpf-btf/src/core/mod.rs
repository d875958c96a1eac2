//! CO-RE: one compiled program, many kernels. A relocation asks something of the kernel's version of a type; the answer
//! is a value for an instruction.
//!
//! [`Candidates::find`] looks a type of the object up in the kernel, [`CandidateSet::find`] many at once; [`resolve`] answers one relocation of it. The result
//! is data, a [`Fixup`]; who applies it checks the instruction first.

mod access;
mod candidates;
mod compatible;
mod error;
mod fixup;
mod follow;
mod kind;
mod needs;
mod resolve;
mod type_match;
mod value;

pub use access::AccessPath;
pub use candidates::{Candidate, CandidateSet, Candidates};
pub use compatible::declarations_compatible;
pub use error::{Ambiguity, CoreError};
pub use fixup::{Fixup, Missing, Outcome, Resize, Tried, WhyNot};
pub use kind::RelocKind;
pub use needs::{keep_shape, needs};
pub use resolve::{describe, resolve};
