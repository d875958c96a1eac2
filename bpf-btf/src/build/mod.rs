//! Writing BTF. Today: small changes to a blob in place of a new one, as loading an object's BTF needs them.

mod patch;

pub use patch::Patch;
