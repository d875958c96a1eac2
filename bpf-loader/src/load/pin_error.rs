//! Why what is loaded could not be pinned.

use std::path::{Path, PathBuf};

use bpf_btf::{Label, Place};
use bpf_sys::SysError;
use thiserror::Error;

use crate::diagnose::diagnostic;
use crate::load::MapLoadError;

/// Why maps and programs that are loaded could not be pinned. Code E0541, and those of maps.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PinError {
    /// A map.
    #[error(transparent)]
    Map(#[from] MapLoadError),
    /// A program cannot be pinned.
    #[error("program `{program}` cannot be pinned to {}{}", path.display(), not_on(*bpffs))]
    Program {
        /// The program.
        program: String,
        /// The object.
        object: String,
        /// The path.
        path: PathBuf,
        /// Whether the path is on a file system that takes pins.
        bpffs: bool,
        /// What the system said.
        source: SysError,
    },
}

/// What is said of a path that is not on a bpffs.
pub(crate) fn not_on(bpffs: bool) -> &'static str {
    if bpffs { "" } else { ", which is not on a bpffs" }
}

/// What to do about such a path.
pub(crate) fn mount_one(path: &Path) -> String {
    let folder = path.parent().unwrap_or(Path::new("/sys/fs/bpf"));
    format!("mount one there (mount -t bpf bpf {}), or pin elsewhere", folder.display())
}

impl PinError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Map(error) => error.code(),
            Self::Program { .. } => "E0541",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Map(error) => error.labels(),
            Self::Program { program, object, .. } => {
                vec![Label::at(Place::Object(object.clone())), Label::item("program", program)]
            }
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Map(error) => error.help(),
            Self::Program { path, bpffs: false, .. } => Some(mount_one(path)),
            Self::Program { source, .. } => source.help().map(Into::into),
        }
    }
}

diagnostic!(PinError);
