//! Attaching what is loaded: one file per kind, and one for a whole object.

mod error;
mod kernel_type;
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

    /// A number that the program gets by `bpf_get_attach_cookie`: at tracepoints since 5.15, at functions and hooks since
    /// 5.19, at raw and typed tracepoints since 6.10. Iterators have none.
    pub fn cookie(mut self, cookie: u64) -> Self {
        self.cookie = Some(cookie);
        self
    }

    /// Attaches a program to what it was loaded for, or to what its section names.
    ///
    /// # Errors
    /// [`AttachError::NoTarget`] where the section names nothing; [`AttachError::NotYet`] for a kind that cannot be attached
    /// so; and as for the method of the kind.
    pub fn attach(&self, program: &Program) -> Result<Link, AttachError> {
        let kind = Kind::of(program);
        if let (Some(Kind::LoadedFor), true) = (kind, program.attaches_itself()) {
            return self.attach_loaded_for(program);
        }
        let no_target = || AttachError::no_target(program);
        let target = program.target().filter(|_| program.attaches_itself()).ok_or_else(no_target)?;
        match kind {
            Some(Kind::RawTracepoint) => self.attach_raw_tracepoint(program, target),
            Some(Kind::Tracepoint) => {
                let (category, name) = target.split_once('/').ok_or_else(no_target)?;
                self.attach_tracepoint(program, category, name)
            }
            _ => Err(AttachError::NotYet {
                program: program.name().to_owned(),
                section: program.section().to_owned(),
                program_type: program.program_type(),
            }),
        }
    }
}

/// The kinds that programs are attached by, each with its file.
#[derive(Clone, Copy, Debug)]
enum Kind {
    RawTracepoint,
    Tracepoint,
    /// What the program was loaded for.
    LoadedFor,
}

impl Kind {
    /// How a program is attached; `None` for what this crate does not do yet.
    fn of(program: &Program) -> Option<Self> {
        match program.program_type() {
            ProgramType::RAW_TRACEPOINT | ProgramType::RAW_TRACEPOINT_WRITABLE => Some(Self::RawTracepoint),
            ProgramType::TRACEPOINT => Some(Self::Tracepoint),
            _ => program.loaded_for().map(|_| Self::LoadedFor),
        }
    }
}

impl Program {
    /// Attaches it to what it was loaded for, or to what its section names. With options: [`AttachOptions::attach`].
    ///
    /// # Errors
    /// As for [`AttachOptions::attach`].
    #[doc(alias = "bpf_program__attach")]
    pub fn attach(&self) -> Result<Link, AttachError> {
        AttachOptions::new().attach(self)
    }
}
