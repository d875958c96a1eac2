//! Why a build.rs has no skeleton.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use bpf_btf::{Label, Place};
use thiserror::Error;

use crate::codegen::CodegenError;
use crate::diagnose::{Diagnostic, diagnostic};
use crate::kernel::KernelError;
use crate::object::OpenError;

/// Why no skeleton was built. Codes E1005 to E1009, and those of what it is made of.
///
/// Cargo shows errors of a build.rs in their `Debug` form, so that is for people: text, causes, and what to do.
#[derive(Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Nothing to build was named.
    #[error("there is nothing to make a skeleton from")]
    NoInput,
    /// Not in a build.rs, and no folder was named.
    #[error("there is no folder to write to: OUT_DIR is not set")]
    NoOutDir,
    /// No clang compiles for BPF here.
    #[error("no clang was found that compiles for BPF{}", tried.iter().map(|why| format!("; {why}")).collect::<String>())]
    NoClang {
        /// What was looked at, and what is wrong with it.
        tried: Vec<String>,
    },
    /// Clang refused the source.
    #[error("{} refuses {} ({status}):\n{said}", clang.display(), path.display())]
    Clang {
        /// The compiler.
        clang: PathBuf,
        /// The source.
        path: PathBuf,
        /// How it ended.
        status: String,
        /// What it said.
        said: String,
    },
    /// A file cannot be read or written.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The types for `vmlinux.h` are not to be had.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// It is no BPF object.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// No skeleton can be made of it.
    #[error(transparent)]
    Codegen(#[from] CodegenError),
}

impl BuildError {
    pub(super) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { doing, path, source }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Kernel(error) => Some(error),
            Self::Open(error) => Some(error),
            Self::Codegen(error) => Some(error),
            _ => None,
        }
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoInput => "E1005",
            Self::NoOutDir => "E1006",
            Self::NoClang { .. } => "E1007",
            Self::Clang { .. } => "E1008",
            Self::File { .. } => "E1009",
            other => other.inner().map_or("E1005", Diagnostic::code),
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Clang { path, .. } | Self::File { path, .. } => {
                vec![Label::at(Place::Object(path.display().to_string()))]
            }
            other => other.inner().map(Diagnostic::labels).unwrap_or_default(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoInput => Some("name a C source by SkeletonBuilder::source, or an object by ::object".into()),
            Self::NoOutDir => Some("call it from a build.rs, or name a folder by SkeletonBuilder::out_dir".into()),
            Self::NoClang { .. } => Some(
                "install clang 15 or newer (Debian, Ubuntu: apt-get install clang), name one by the variable CLANG, or give an \
                 object that is compiled already to SkeletonBuilder::object; Apple's clang cannot compile for BPF, LLVM's can"
                    .into(),
            ),
            Self::Clang { said, .. } if said.contains("'vmlinux.h' file not found") => Some(
                "the running kernel does not show its types (/sys/kernel/btf/vmlinux): give those of another to \
                 SkeletonBuilder::vmlinux"
                    .into(),
            ),
            other => other.inner().and_then(Diagnostic::help),
        }
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {self}", self.code())?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, "\n  because: {error}")?;
            cause = error.source();
        }
        for label in self.labels() {
            write!(f, "\n  in {label}")?;
        }
        self.help().map_or(Ok(()), |help| write!(f, "\n  help: {help}"))
    }
}

diagnostic!(BuildError);
