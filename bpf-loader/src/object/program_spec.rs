//! A program before it is loaded: what its section says, and what the user says instead.

use bpf_elf::{Program, ProgramId};

/// A program as it will be planned.
#[derive(Clone, Debug)]
pub struct ProgramSpec {
    id: ProgramId,
    name: String,
    autoload: bool,
}

impl ProgramSpec {
    pub(crate) fn new(program: &Program) -> Self {
        Self { id: program.id, name: program.name.clone(), autoload: program.autoload }
    }

    /// Its id: the same on the object, its plans and what is loaded from them.
    #[must_use]
    pub fn id(&self) -> ProgramId {
        self.id
    }

    /// Its name: that of the C function.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it will be loaded. A callback of a struct_ops variable is loaded when the variable is.
    #[must_use]
    pub fn autoload(&self) -> bool {
        self.autoload
    }

    /// Loads it, or leaves it out.
    pub fn set_autoload(&mut self, autoload: bool) -> &mut Self {
        self.autoload = autoload;
        self
    }
}
