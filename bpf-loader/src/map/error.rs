//! Why something asked of what is loaded could not be done.

use std::path::{Path, PathBuf};

use bpf_btf::matching::nearest;
use bpf_btf::{Label, Place};
use bpf_sys::{MappingError, SysError};
use thiserror::Error;

use crate::diagnose::diagnostic;

/// Why something asked of a loaded object, a map or a global could not be done. Codes E0701 to E0709.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MapError {
    /// Nothing that was loaded has that name.
    #[error("no {kind} `{name}` is loaded")]
    NoSuch {
        /// What was looked for.
        kind: &'static str,
        /// The name.
        name: String,
        /// A name that is close.
        nearest: Option<String>,
    },
    /// The kernel refused, or the lengths do not fit.
    #[error("{doing} `{name}` failed")]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// What it was done to: `map`, `program`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Its object.
        object: String,
        /// What the kernel, or the check before the call, says.
        source: SysError,
    },
    /// The memory map does not allow it.
    #[error("global variable `{name}` cannot be accessed")]
    Mapping {
        /// The variable.
        name: String,
        /// Why.
        source: MappingError,
    },
    /// A value has another size than the variable.
    #[error("global variable `{name}` has {expected} bytes, the value has {found}")]
    Size {
        /// The variable.
        name: String,
        /// Its size in bytes.
        expected: usize,
        /// The value's size in bytes.
        found: usize,
    },
    /// What is pinned, or was handed over, is no map.
    #[error("{origin} is no map")]
    NotAMap {
        /// Where it comes from: a path.
        origin: String,
    },
    /// A pin that was to be removed is not one of this map.
    #[error("map `{name}` is not what is pinned to {}", path.display())]
    NotPinned {
        /// The map.
        name: String,
        /// The path.
        path: PathBuf,
    },
    /// The variable cannot be written alone, or not at all.
    #[error("global variable `{name}` {why}")]
    NotWritable {
        /// The variable.
        name: String,
        /// Why.
        why: &'static str,
    },
}

impl MapError {
    /// Something asked of a map that has no name yet.
    pub(crate) fn pin(doing: &'static str, path: &Path, source: SysError) -> Self {
        let name = path.display().to_string();
        Self::Refused { doing, kind: "map", object: name.clone(), name, source }
    }

    pub(crate) fn no_such<'a>(kind: &'static str, name: &str, among: impl Iterator<Item = &'a str>) -> Self {
        Self::NoSuch { kind, name: name.to_owned(), nearest: nearest(name, among) }
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuch { .. } => "E0701",
            Self::Refused { .. } => "E0702",
            Self::Mapping { .. } => "E0703",
            Self::Size { .. } => "E0704",
            Self::NotWritable { .. } => "E0705",
            Self::NotPinned { .. } => "E0706",
            Self::NotAMap { .. } => "E0707",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::NoSuch { .. } => Vec::new(),
            Self::NotAMap { origin } => vec![Label::at(Place::Object(origin.clone()))],
            Self::NotPinned { name, .. } => vec![Label::item("map", name)],
            Self::Refused { kind, name, object, .. } => {
                vec![Label::at(Place::Object(object.clone())), Label::item(kind, name)]
            }
            Self::Mapping { name, .. } | Self::Size { name, .. } | Self::NotWritable { name, .. } => {
                vec![Label::item("variable", name)]
            }
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoSuch { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
            Self::Refused { source, .. } => source.help().map(Into::into),
            Self::NotWritable { .. } => Some("set it before loading, through Object::global_mut()".into()),
            _ => None,
        }
    }
}

diagnostic!(MapError);
