//! A program before it is loaded: what its section says, and what the user says instead.

use bpf_elf::{Program, ProgramId};

/// A program as it will be planned.
#[derive(Clone, Debug)]
pub struct ProgramSpec {
    id: ProgramId,
    name: String,
    autoload: bool,
    attach_target: Option<String>,
}

impl ProgramSpec {
    pub(crate) fn new(program: &Program) -> Self {
        let attach_target = program.def.as_ref().and_then(|def| def.target.clone());
        Self { id: program.id, name: program.name.clone(), autoload: program.autoload, attach_target }
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

    /// What it is to be attached to: the part of its section's name behind the first slash, or what was set instead.
    #[must_use]
    pub fn attach_target(&self) -> Option<&str> {
        self.attach_target.as_deref()
    }

    /// Names another target: of a program that is loaded for one thing of the kernel, the function, tracepoint, hook or
    /// iterator, which may be one of a module: `module:function`.
    #[doc(alias = "bpf_program__set_attach_target")]
    pub fn set_attach_target(&mut self, target: impl Into<String>) -> &mut Self {
        self.attach_target = Some(target.into());
        self
    }

    /// Loads it, or leaves it out.
    pub fn set_autoload(&mut self, autoload: bool) -> &mut Self {
        self.autoload = autoload;
        self
    }
}
