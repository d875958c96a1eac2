//! What a task can stop with.

use std::io;
use std::path::{Path, PathBuf};

/// Why a task stopped. The cause is `source()` and not part of the text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot {action} {}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },

    #[error("cannot run {program}")]
    Spawn { program: String, source: io::Error },

    #[error("{program} failed ({status})")]
    Status { program: String, status: String },

    #[error("no clang 15 or newer with a BPF target: {tried}\n{help}")]
    NoClang { tried: String, help: String },

    #[error("{}: {what}", path.display())]
    Source { path: PathBuf, what: String },

    #[error("{} of {total} objects do not compile:\n{}", failures.len(), failures.join("\n"))]
    Compile { failures: Vec<String>, total: usize },

    #[error("the fixtures differ from what clang makes of their sources:\n  {}\nto rebuild: cargo xtask fixtures", differences.join("\n  "))]
    Differ { differences: Vec<String> },

    #[error("the stored kernels are not what they should be:\n  {}\nto cut them again: cargo xtask kernels --from DIR", differences.join("\n  "))]
    Kernels { differences: Vec<String> },

    #[error("{} is not what is expected there", path.display())]
    Json { path: PathBuf, source: serde_json::Error },

    /// Why the headers for BPF programs cannot be written.
    #[error("{0}")]
    Headers(String),

    #[error("cargo metadata answers something unexpected")]
    Metadata(#[source] serde_json::Error),

    /// Why there is none.
    #[error("{0}")]
    NoKernel(String),

    #[error("missing: {missing}\n{help}")]
    NoTools { missing: String, help: String },

    #[error("no workspace found: {0}")]
    NoWorkspace(String),
}

impl Error {
    /// A closure for `map_err`, naming what was done to which file.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { action, path, source }
    }

    /// A closure for `map_err`, naming the program that could not be started.
    pub(crate) fn spawn(program: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let program = program.into();
        move |source| Self::Spawn { program, source }
    }
}
