//! Attaching what is loaded: one file per kind, and one for a whole object.

mod error;
mod object;
mod raw_tracepoint;
mod struct_ops;
mod tracepoint;

pub use error::AttachError;
pub use object::{Links, SkipReason, Skipped};

use bpf_sys::uapi::ProgramType;

use crate::link::Link;
use crate::program::Program;

/// How to attach a program.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct AttachOptions {
    cookie: Option<u64>,
}

impl AttachOptions {
    /// The defaults: no cookie.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number that the program gets by `bpf_get_attach_cookie`: at tracepoints since 5.15, at raw tracepoints since 6.10.
    pub fn cookie(mut self, cookie: u64) -> Self {
        self.cookie = Some(cookie);
        self
    }

    /// Attaches a program to what its section names.
    ///
    /// # Errors
    /// [`AttachError::NoTarget`] where the section names nothing; [`AttachError::NotYet`] for a kind that cannot be attached
    /// so; and as for the method of the kind.
    pub fn attach(&self, program: &Program) -> Result<Link, AttachError> {
        let name = || program.name().to_owned();
        let section = || program.section().to_owned();
        let program_type = program.program_type();
        let no_target = || AttachError::NoTarget { program: name(), section: section(), program_type };
        let target = program.target().filter(|_| program.attaches_itself()).ok_or_else(no_target)?;
        match Kind::of(program_type) {
            Some(Kind::RawTracepoint) => self.attach_raw_tracepoint(program, target),
            Some(Kind::Tracepoint) => {
                let (category, name) = target.split_once('/').ok_or_else(no_target)?;
                self.attach_tracepoint(program, category, name)
            }
            None => Err(AttachError::NotYet { program: name(), section: section(), program_type }),
        }
    }
}

/// The kinds that programs are attached by, each with its file.
#[derive(Clone, Copy, Debug)]
enum Kind {
    RawTracepoint,
    Tracepoint,
}

impl Kind {
    /// How programs of a type are attached; `None` for what this crate does not do yet.
    fn of(program_type: ProgramType) -> Option<Self> {
        match program_type {
            ProgramType::RAW_TRACEPOINT | ProgramType::RAW_TRACEPOINT_WRITABLE => Some(Self::RawTracepoint),
            ProgramType::TRACEPOINT => Some(Self::Tracepoint),
            _ => None,
        }
    }
}

impl Program {
    /// Attaches it to what its section names. With options: [`AttachOptions::attach`].
    ///
    /// # Errors
    /// As for [`AttachOptions::attach`].
    #[doc(alias = "bpf_program__attach")]
    pub fn attach(&self) -> Result<Link, AttachError> {
        AttachOptions::new().attach(self)
    }
}
