//! Why something could not be attached or detached.

use std::path::PathBuf;

use bpf_btf::{Label, Place};
use bpf_sys::uapi::ProgramType;
use bpf_sys::{SysError, errno};
use thiserror::Error;

use crate::diagnose::{Asked, Circumstances, Refused, diagnostic, likely_cause};
use crate::kernel::Feature;
use crate::program::Program;
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
    /// It was left out when its object was loaded.
    #[error("{kind} `{name}` is not loaded, so it cannot be attached")]
    NotLoaded {
        /// What it is: `program`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// There is no such tracepoint.
    #[error("there is no tracepoint `{tracepoint}` in this kernel")]
    NoSuchTracepoint {
        /// The program.
        program: String,
        /// The name, with its category if it was asked for with one.
        tracepoint: String,
        /// Names that are close, in the form that was asked for.
        nearest: Vec<String>,
    },
    /// What tells the numbers of tracepoints is not mounted.
    #[error("tracepoint `{tracepoint}` cannot be looked up: no tracefs is mounted")]
    NoTracefs {
        /// The program.
        program: String,
        /// The tracepoint, with its category.
        tracepoint: String,
    },
    /// What tells the numbers of tracepoints cannot be read.
    #[error("tracepoint `{tracepoint}` cannot be looked up: {} cannot be read", path.display())]
    Tracefs {
        /// The program.
        program: String,
        /// The tracepoint, with its category.
        tracepoint: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: SysError,
    },
    /// Programs of this kind are not attached by this crate yet.
    #[error("program `{program}` in SEC(\"{section}\") is of a kind that cannot be attached yet")]
    NotYet {
        /// The program.
        program: String,
        /// Its section.
        section: String,
        /// Its type.
        program_type: ProgramType,
    },
    /// What was asked for needs something that this kernel does not have.
    #[error("{what} needs {}, which this kernel does not have", feature.name())]
    Needs {
        /// What was asked for.
        what: String,
        /// What it needs.
        feature: Feature,
    },
    /// No kernel gives a program of this kind a cookie.
    #[error("{what} cannot have a cookie")]
    NoCookie {
        /// What was to be attached.
        what: String,
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
    pub(crate) fn no_target(program: &Program) -> Self {
        Self::NoTarget {
            program: program.name().to_owned(),
            section: program.section().to_owned(),
            program_type: program.program_type(),
        }
    }

    pub(crate) fn refused(doing: String, source: SysError) -> Self {
        Self::refused_as(Asked::Btf, doing, source)
    }

    pub(crate) fn refused_as(asked: Asked, doing: String, source: SysError) -> Self {
        let refused = Box::new(likely_cause(asked, &Circumstances::ALONE, &source));
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
            Self::NoTracefs { .. } => "E0607",
            Self::Tracefs { .. } => "E0608",
            Self::NotYet { .. } => "E0609",
            Self::Needs { .. } => "E0610",
            Self::NoCookie { .. } => "E0611",
            Self::NotLoaded { .. } => "E1015",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Refused { .. } | Self::NoLink { .. } | Self::Needs { .. } | Self::NoCookie { .. } => {
                Vec::new()
            }
            Self::NoTarget { program, section, .. } | Self::NotYet { program, section, .. } => {
                vec![Label::section(section), Label::item("program", program)]
            }
            Self::NoSuchTracepoint { program, .. }
            | Self::NoTracefs { program, .. }
            | Self::Tracefs { program, .. } => vec![Label::item("program", program)],
            Self::NotLoaded { kind, name } => vec![Label::item(kind, name)],
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
                ProgramType::TRACEPOINT => {
                    "name the tracepoint with its category: SEC(\"tracepoint/sched/sched_switch\")".into()
                }
                _ => "programs of this type are attached to something that only the caller knows".into(),
            },
            Self::NoSuchTracepoint { nearest, .. } if !nearest.is_empty() => {
                format!("did you mean {}?", quoted(nearest))
            }
            Self::NoSuchTracepoint { tracepoint, .. } => {
                let form = if tracepoint.contains('/') { "as category/name" } else { "without its category" };
                format!("give the name {form}; available_events on a tracefs lists them")
            }
            Self::NoTracefs { .. } => "mount it: mount -t tracefs tracefs /sys/kernel/tracing".into(),
            Self::Tracefs { source, .. } if source.is(errno::EACCES) || source.is(errno::EPERM) => {
                "only root may read tracefs, unless it was mounted for others (gid=, mode=)".into()
            }
            Self::Tracefs { .. } => return None,
            Self::NotYet { program_type, .. } => {
                format!("programs of type {program_type} can be loaded, pinned and attached by other means")
            }
            Self::NotLoaded { .. } => {
                "have it loaded: ProgramSpec::set_autoload, or MapSpec::set_autocreate for a struct_ops variable".into()
            }
            Self::Needs { feature, .. } => {
                let since = feature.since().map(|since| format!("that came with Linux {since}"));
                return since;
            }
            Self::NoCookie { .. } => {
                "attach it without one; what it is to know can stand in a global variable or a map".into()
            }
            Self::State { state: State::Registered, .. } => "detach it first".into(),
            Self::State { .. } => {
                "load the object again: without BPF_F_LINK a map can be registered once only".into()
            }
            Self::NoLink { .. } => {
                "a struct_ops stays registered without a pin, until it is detached; a program at a perf \
                                    event of a kernel before 5.15 stays as long as its process"
                    .into()
            }
            Self::NotBpffs { .. } => "mount one: mount -t bpf bpf /sys/fs/bpf".into(),
        })
    }
}

/// Names in a sentence.
fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

diagnostic!(AttachError);
