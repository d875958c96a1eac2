//! Why a plan could not be loaded. Nothing of it stays in the kernel then.

use std::fmt;

use bpf_btf::{Label, Place};
use bpf_sys::{SysError, errno};
use thiserror::Error;

use crate::diagnose::{Attachment, Diagnostic, Refused};
use crate::kernel::KernelError;
use crate::load::{InstanceAccess, MapLoadError, TokenError};
use crate::map::MapError;
use crate::object::SpecError;
use crate::plan::{Plan, PlanFailed, PlanProgram};
use crate::verifier::Report;

/// Why an object could not be loaded. Codes E0501 to E0525, and those of planning.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// It does not resolve against the kernel.
    #[error(transparent)]
    Plan(#[from] PlanFailed),
    /// There is no such program, or no such variable.
    #[error(transparent)]
    Spec(Box<SpecError>),
    /// What was loaded does not fit the skeleton: it is in the kernel no more.
    #[error(transparent)]
    Skeleton(Box<MapError>),
    /// No instances can be added to the program.
    #[error(transparent)]
    Instances(Box<InstanceAccess>),
    /// The kernel's types are not to be had.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// There is no BPF token where one was asked for.
    #[error(transparent)]
    Token(Box<TokenError>),
    /// The plan was made for a kernel that is not running here.
    #[error("this plan is for a kernel that is not running here")]
    NotRunning,
    /// The plan was made for another kernel.
    #[error("this plan is for another kernel: its BTF is {planned}, the running kernel's is {running}")]
    OtherKernel {
        /// The hash that the plan names.
        planned: String,
        /// The hash of what is running.
        running: String,
    },
    /// A module that the plan was made with is not there.
    #[error("this plan needs module `{module}`, which is not loaded")]
    NoModule {
        /// The module.
        module: String,
    },
    /// A module that the plan was made with is another one.
    #[error("this plan is for another build of module `{module}`")]
    OtherModule {
        /// The module.
        module: String,
    },
    /// The plan refers to symbols of the kernel, and it shows none.
    #[error("this kernel does not show its symbols")]
    NoSymbols,
    /// The plan refers to symbols of the kernel, and their addresses are hidden from this process.
    #[error("the addresses of this kernel's symbols are hidden from this process")]
    AddressesHidden,
    /// A symbol that the plan refers to is not in the kernel that runs, or several have its name.
    #[error("the running kernel has no symbol `{symbol}`, or several of that name")]
    Symbol {
        /// The symbol.
        symbol: String,
    },
    /// The kernel refused BTF or a map.
    #[error("{step} was refused{}", cause(refused))]
    Refused {
        /// What was being done: `creating map `x``.
        step: String,
        /// Where: the object, and the map if it is about one.
        place: Vec<Label>,
        /// The likely cause, checked.
        refused: Box<Refused>,
        /// What the kernel said.
        source: SysError,
    },
    /// A map cannot be pinned, or not be taken from where it is already.
    #[error(transparent)]
    Map(Box<MapLoadError>),
    /// The kernel refused programs: all that it refused, in the order of the file.
    #[error(transparent)]
    Programs(ProgramsFailed),
    /// An instruction refers to something that is not there.
    #[error("program `{program}`: instruction {at} refers to {what}")]
    Dangling {
        /// The program.
        program: String,
        /// The instruction, in the stream that was to be sent.
        at: u32,
        /// What is not there.
        what: &'static str,
    },
}

impl From<TokenError> for LoadError {
    fn from(error: TokenError) -> Self {
        Self::Token(Box::new(error))
    }
}

impl From<SpecError> for LoadError {
    fn from(error: SpecError) -> Self {
        Self::Spec(Box::new(error))
    }
}

impl From<MapError> for LoadError {
    fn from(error: MapError) -> Self {
        Self::Skeleton(Box::new(error))
    }
}

impl From<InstanceAccess> for LoadError {
    fn from(error: InstanceAccess) -> Self {
        Self::Instances(Box::new(error))
    }
}

fn cause(refused: &Refused) -> String {
    refused.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default()
}

/// The programs that the kernel refused.
#[derive(Debug)]
pub struct ProgramsFailed {
    pub(crate) object: String,
    pub(crate) errors: Vec<ProgramError>,
}

impl ProgramsFailed {
    /// The refused programs, in the order of the file.
    #[must_use]
    pub fn errors(&self) -> &[ProgramError] {
        &self.errors
    }

    /// The cause that all of them share, if it is not in the programs: then it is one failure, and said once.
    fn shared_cause(&self) -> Option<&Refused> {
        let (first, rest) = self.errors.split_first()?;
        let same = rest.iter().all(|error| error.report.is_none() && error.refused == first.refused);
        Some(&*first.refused).filter(|refused| refused.cause.is_some() && same && first.report.is_none())
    }
}

impl fmt::Display for ProgramsFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.errors.as_slice(), self.shared_cause()) {
            ([one], _) => one.fmt(f),
            (many, shared) => {
                write!(f, "the kernel refused {} programs of `{}`", many.len(), self.object)?;
                shared
                    .iter()
                    .filter_map(|refused| refused.cause.as_ref())
                    .try_for_each(|cause| write!(f, ": {cause}"))
            }
        }
    }
}

impl std::error::Error for ProgramsFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.errors.as_slice() {
            [one] => one.source(),
            [first, ..] if self.shared_cause().is_some() => first.source(),
            _ => None,
        }
    }
}

/// Why the kernel refused a program.
#[derive(Debug, Error)]
pub struct ProgramError {
    /// The program's name.
    pub program: String,
    /// Which of its instances, where it has several.
    pub instance: Option<u32>,
    /// What of it was refused, if not the program itself: `a jump table`.
    pub part: Option<&'static str>,
    /// What the verifier said, as far as it said anything.
    pub report: Option<Box<Report>>,
    /// The likely cause where the verifier said nothing, checked.
    pub refused: Box<Refused>,
    /// What the kernel said.
    pub source: SysError,
}

impl ProgramError {
    pub(super) fn new(plan: &Plan, program: &PlanProgram, refused: Box<Refused>, source: SysError) -> Self {
        let instance = plan.is_one_of_several(program).then_some(program.instance);
        Self { program: program.name.clone(), instance, part: None, report: None, refused, source }
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "program `{}`", self.program)?;
        if let Some(index) = self.instance {
            write!(f, ", instance {index},")?;
        }
        if let Some(part) = self.part {
            write!(f, ": {part}")?;
        }
        f.write_str(" was refused")?;
        match (&self.report, &self.refused.cause) {
            (Some(report), _) if report.unresolved.is_some() => write!(f, ": {}", report.reason),
            (Some(report), _) => write!(f, " by the verifier: {}", report.reason),
            (None, Some(cause)) => write!(f, ": {cause}"),
            (None, None) => Ok(()),
        }
    }
}

impl Diagnostic for ProgramError {
    fn code(&self) -> &'static str {
        match &self.report {
            Some(report) => report.unresolved.as_ref().map_or("E0504", |missing| missing.code()),
            None => "E0503",
        }
    }

    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }

    fn labels(&self) -> Vec<Label> {
        let mut labels = vec![Label::item("program", &self.program)];
        labels.extend(self.instance.map(|index| Label::item("instance", index.to_string())));
        labels.extend(self.report.iter().flat_map(|report| report.labels()));
        labels
    }

    fn help(&self) -> Option<String> {
        let unresolved = self.report.as_ref().and_then(|report| report.unresolved.as_ref());
        unresolved.map(|missing| missing.help().to_owned()).or_else(|| self.refused.help.clone())
    }

    fn attachment(&self) -> Option<Attachment<'_>> {
        self.report.as_ref().map(|report| Attachment { title: "verifier log", text: &report.log })
    }
}

impl LoadError {
    /// Whether the kernel refused something for want of permission.
    pub(crate) fn is_permission(&self) -> bool {
        match self {
            Self::Refused { source, .. } => source.is(errno::EPERM),
            Self::Programs(failed) => failed.errors.iter().any(|error| error.source.is(errno::EPERM)),
            _ => false,
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Plan(failed) => Some(failed),
            Self::Kernel(error) => Some(error),
            Self::Map(error) => Some(&**error),
            Self::Token(error) => Some(&**error),
            Self::Spec(error) => Some(&**error),
            Self::Instances(error) => Some(&**error),
            Self::Skeleton(error) => Some(&**error),
            Self::Programs(failed) if failed.errors.len() == 1 => {
                failed.errors.first().map(|error| error as _)
            }
            _ => None,
        }
    }
}

impl Diagnostic for LoadError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRunning => "E0501",
            Self::OtherKernel { .. } => "E0502",
            Self::Refused { .. } => "E0503",
            Self::Programs(failed) if failed.errors.len() != 1 => "E0506",
            Self::Dangling { .. } => "E0507",
            Self::NoModule { .. } => "E0508",
            Self::OtherModule { .. } => "E0509",
            Self::NoSymbols => "E0510",
            Self::AddressesHidden => "E0511",
            Self::Symbol { .. } => "E0512",
            other => other.inner().map_or("E0500", Diagnostic::code),
        }
    }

    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }

    fn labels(&self) -> Vec<Label> {
        match self {
            Self::Programs(failed) => {
                let mut labels = vec![Label::at(Place::Object(failed.object.clone()))];
                labels.extend(self.inner().map(Diagnostic::labels).unwrap_or_default());
                labels
            }
            Self::Refused { place, .. } => place.clone(),
            Self::NoModule { module } | Self::OtherModule { module } => vec![Label::item("module", module)],
            Self::NoSymbols | Self::AddressesHidden => vec![Label::at(Place::Kernel)],
            Self::Symbol { symbol } => vec![Label::item("symbol", symbol)],
            Self::Dangling { program, at, .. } => {
                vec![Label::item("program", program), Label::at(Place::Insn(*at))]
            }
            other => other.inner().map(Diagnostic::labels).unwrap_or_default(),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::NotRunning | Self::OtherKernel { .. } => Some("plan the object for this kernel".into()),
            Self::NoModule { module } => Some(format!("load it: modprobe {module}")),
            Self::OtherModule { .. } => Some("plan the object for the modules that are loaded now".into()),
            Self::NoSymbols => {
                Some("a kernel built with CONFIG_KALLSYMS=y shows them, where /proc is mounted".into())
            }
            Self::AddressesHidden => {
                Some("CAP_SYSLOG shows them, unless the sysctl kernel.kptr_restrict is 2".into())
            }
            Self::Symbol { .. } => Some("declare it __weak if the program can do without it".into()),
            Self::Refused { refused, .. } => refused.help.clone(),
            Self::Programs(failed) if failed.shared_cause().is_some() => {
                failed.shared_cause().and_then(|refused| refused.help.clone())
            }
            other => other.inner().and_then(Diagnostic::help),
        }
    }

    fn related(&self) -> Vec<&dyn Diagnostic> {
        match self {
            Self::Plan(failed) => failed.related(),
            Self::Programs(failed) if failed.errors.len() > 1 && failed.shared_cause().is_none() => {
                failed.errors.iter().map(|error| error as &dyn Diagnostic).collect()
            }
            _ => Vec::new(),
        }
    }

    fn attachment(&self) -> Option<Attachment<'_>> {
        self.inner().and_then(Diagnostic::attachment)
    }
}
