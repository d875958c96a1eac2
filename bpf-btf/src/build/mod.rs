//! Writing BTF. Today: small changes to a blob in place of a new one, as loading an object's BTF needs them.

mod patch;
#[cfg(test)]
mod patch_tests;

pub use patch::Patch;
