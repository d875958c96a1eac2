//! Attaching what is loaded: one file per kind.

mod error;
mod kernel_type;
mod raw_tracepoint;
mod struct_ops;

pub use error::AttachError;

use bpf_sys::uapi::ProgramType;

use crate::link::Link;
use crate::program::Program;

impl Program {
    /// Attaches it to what its section names.
    ///
    /// # Errors
    /// [`AttachError::NoTarget`] where the section names nothing, or this kind cannot be attached so.
    #[doc(alias = "bpf_program__attach")]
    pub fn attach(&self) -> Result<Link, AttachError> {
        match (self.program_type(), self.target()) {
            (ProgramType::RAW_TRACEPOINT | ProgramType::RAW_TRACEPOINT_WRITABLE, Some(target)) => {
                self.attach_raw_tracepoint(target)
            }
            _ if self.attaches_itself() => self.attach_loaded_for(),
            _ => Err(self.no_target()),
        }
    }

    fn no_target(&self) -> AttachError {
        AttachError::NoTarget {
            program: self.name().to_owned(),
            section: self.section().to_owned(),
            program_type: self.program_type(),
        }
    }
}
