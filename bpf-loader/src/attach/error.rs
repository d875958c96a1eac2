//! Why something could not be attached or detached.

use std::path::PathBuf;

use bpf_btf::{Label, Place};
use bpf_sys::SysError;
use bpf_sys::uapi::ProgramType;
use thiserror::Error;

use crate::diagnose::{Asked, Refused, diagnostic, likely_cause};
use crate::struct_ops::State;

/// Why something could not be attached or detached. Codes E0601 to E0619.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AttachError {
    /// The kernel refused.
    #[error("{doing} was refused{}", refused.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default())]
    Refused {
        /// What was being done.
        doing: String,
        /// The likely cause, checked.
        refused: Box<Refused>,
        /// What the kernel said.
        source: SysError,
    },
    /// A program whose section does not say where to attach it.
    #[error("program `{program}` in SEC(\"{section}\") does not name what to attach to")]
    NoTarget {
        /// The program.
        program: String,
        /// Its section.
        section: String,
        /// Its type.
        program_type: ProgramType,
    },
    /// There is no such tracepoint.
    #[error("there is no tracepoint `{tracepoint}` in this kernel")]
    NoSuchTracepoint {
        /// The program.
        program: String,
        /// The name.
        tracepoint: String,
    },
    /// A struct_ops is registered already, or was: refused before the call.
    #[error("struct_ops `{variable}` cannot be attached: it is {state}")]
    State {
        /// The variable.
        variable: String,
        /// What it is.
        state: State,
    },
    /// There is no kernel link: the struct_ops was registered without one.
    #[error("{what} has no link that could be pinned")]
    NoLink {
        /// What is attached.
        what: String,
    },
    /// Pins can only be made on a bpffs.
    #[error("{} is not on a bpffs", path.display())]
    NotBpffs {
        /// The folder.
        path: PathBuf,
    },
}

impl AttachError {
    pub(crate) fn refused(doing: String, source: SysError) -> Self {
        let refused = Box::new(likely_cause(Asked::Btf, &[], &source));
        Self::Refused { doing, refused, source }
    }

    /// Says what to do about a refusal, where `help` knows it and nothing is said yet.
    pub(crate) fn advise(&mut self, help: impl FnOnce(&SysError) -> Option<String>) {
        if let Self::Refused { refused, source, .. } = self
            && refused.cause.is_none()
            && let Some(help) = help(source)
        {
            refused.help = Some(help);
        }
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "E0601",
            Self::NoTarget { .. } => "E0602",
            Self::NoSuchTracepoint { .. } => "E0603",
            Self::State { .. } => "E0604",
            Self::NoLink { .. } => "E0605",
            Self::NotBpffs { .. } => "E0606",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Refused { .. } | Self::NoLink { .. } => Vec::new(),
            Self::NoTarget { program, section, .. } => {
                vec![Label::section(section), Label::item("program", program)]
            }
            Self::NoSuchTracepoint { program, .. } => vec![Label::item("program", program)],
            Self::State { variable, .. } => vec![Label::item("variable", variable)],
            Self::NotBpffs { path } => vec![Label::at(Place::Object(path.display().to_string()))],
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Refused { refused, .. } => return refused.help.clone(),
            Self::NoTarget { program_type, .. } => match *program_type {
                ProgramType::STRUCT_OPS => "attach the struct_ops variable that names it".into(),
                ProgramType::RAW_TRACEPOINT => "name the tracepoint: SEC(\"raw_tp/sched_switch\")".into(),
                _ => "programs of this type are attached to something that only the caller knows".into(),
            },
            Self::NoSuchTracepoint { .. } => {
                "give the name without its category; /sys/kernel/tracing/available_events lists them".into()
            }
            Self::State { state: State::Registered, .. } => "detach it first".into(),
            Self::State { .. } => {
                "load the object again: without BPF_F_LINK a map can be registered once only".into()
            }
            Self::NoLink { .. } => "it stays registered without a pin, until it is detached".into(),
            Self::NotBpffs { .. } => "mount one: mount -t bpf bpf /sys/fs/bpf".into(),
        })
    }
}

diagnostic!(AttachError);
