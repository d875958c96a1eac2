//! Why a fact about a kernel cannot be had.

use std::io;
use std::path::{Path, PathBuf};

use bpf_btf::{Label, ParseError, Place};
use thiserror::Error;

use crate::diagnose::diagnostic;

/// Why a kernel's BTF is not to be had. Codes E0321 to E0329.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KernelError {
    /// The running kernel has no BTF, or its sysfs is not mounted.
    #[error("this kernel shows no BTF: {} does not exist", path.display())]
    NoBtf {
        /// Where it would be.
        path: PathBuf,
    },
    /// The kernel was described without BTF.
    #[error("nothing is known of this kernel's types: it was described without BTF")]
    NoBtfGiven,
    /// A file cannot be read.
    #[error("{} cannot be read: {}", path.display(), io::Error::from(*kind))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        kind: io::ErrorKind,
    },
    /// A file is not BTF, or damaged.
    #[error("{} does not hold a kernel's BTF", path.display())]
    Btf {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: ParseError,
    },
}

impl KernelError {
    pub(crate) fn read(path: &Path, source: &io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound if path.starts_with("/sys/kernel/btf") => Self::NoBtf { path: path.into() },
            kind => Self::Read { path: path.into(), kind },
        }
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoBtf { .. } => "E0321",
            Self::NoBtfGiven => "E0322",
            Self::Read { .. } => "E0323",
            Self::Btf { .. } => "E0324",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::NoBtfGiven => vec![Label::at(Place::Kernel)],
            Self::NoBtf { path } | Self::Read { path, .. } => vec![Label::at(Place::Object(path.display().to_string()))],
            Self::Btf { path, source } => {
                let mut labels = vec![Label::at(Place::Object(path.display().to_string()))];
                labels.extend(source.labels());
                labels
            }
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::NoBtf { .. } => "a kernel built with CONFIG_DEBUG_INFO_BTF=y has it; in a container, mount sysfs".into(),
            Self::NoBtfGiven => "give the kernel's vmlinux BTF, a copy of /sys/kernel/btf/vmlinux".into(),
            Self::Read { .. } => return None,
            Self::Btf { .. } => "a raw copy of a kernel's /sys/kernel/btf/vmlinux is wanted".into(),
        })
    }
}

diagnostic!(KernelError);
