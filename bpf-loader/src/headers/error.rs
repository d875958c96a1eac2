//! Why headers were not written.

use std::io;
use std::path::PathBuf;

use bpf_btf::{Label, Place};
use thiserror::Error;

use crate::diagnose::diagnostic;

/// Why headers were not written. Codes E1031 to E1035.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HeadersError {
    /// There are files of these names that are something else. Nothing was written.
    #[error("{} not one of these headers, and would be overwritten", which(paths))]
    Foreign {
        /// All of them.
        paths: Vec<PathBuf>,
    },
    /// What is there cannot be read.
    #[error("{} is there and cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder cannot be made.
    #[error("the folder {} cannot be made", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

fn which(paths: &[PathBuf]) -> String {
    match paths {
        [one] => format!("{} is", one.display()),
        [first, rest @ ..] => format!("{} and {} more are", first.display(), rest.len()),
        [] => "a file is".into(),
    }
}

impl HeadersError {
    /// A code that stays the same from release to release.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Foreign { .. } => "E1031",
            Self::Read { .. } => "E1032",
            Self::Folder { .. } => "E1033",
            Self::Write { .. } => "E1034",
        }
    }

    /// The files it is about.
    pub fn labels(&self) -> Vec<Label> {
        let paths = match self {
            Self::Foreign { paths } => paths.as_slice(),
            Self::Read { path, .. } | Self::Folder { path, .. } | Self::Write { path, .. } => {
                std::slice::from_ref(path)
            }
        };
        let label =
            |path: &PathBuf| Label::at(Place::Item { kind: "file", name: path.display().to_string() });
        paths.iter().map(label).collect()
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Foreign { .. } => Some(
                "write them to a folder of their own and give the compiler that, or overwrite what is there (`--force`, \
                 `WriteOptions::force`)",
            ),
            _ => None,
        }
    }
}

diagnostic!(HeadersError);
