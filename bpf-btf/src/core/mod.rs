//! CO-RE: one compiled program, many kernels. A relocation asks something of the kernel's version of a type; the answer
//! is a value for an instruction.

mod access;
mod candidates;
mod error;
mod fixup;
mod kind;

pub use access::AccessPath;
pub use candidates::{Candidate, Candidates};
pub use error::CoreError;
pub use fixup::{Fixup, Missing, Outcome, Resize, Tried, WhyNot};
pub use kind::RelocKind;

use crate::btf::Btf;
use crate::ext::CoreRecord;

/// Answers one relocation.
///
/// # Errors
/// [`CoreError`] where the relocation itself makes no sense, or where two candidates give different answers. That the
/// kernel lacks what is asked for is an answer: [`Outcome::Missing`].
pub fn resolve(local: &Btf, record: &CoreRecord, candidates: &Candidates) -> Result<Fixup, CoreError> {
    let _ = (local, candidates);
    Err(CoreError::Unsupported { kind: record.kind })
}

/// What a relocation refers to, as text for dumps: `task_struct.se.vruntime`.
#[must_use]
pub fn describe(local: &Btf, record: &CoreRecord) -> String {
    let _ = local;
    format!("[{}]", record.type_id)
}
