//! Why a map could not be taken from where it is already, or not be pinned.

use std::fmt;
use std::path::{Path, PathBuf};

use bpf_btf::{Label, Place};
use bpf_sys::{SysError, errno};
use thiserror::Error;

use crate::diagnose::diagnostic;
use crate::load::pin_error::{mount_one, not_on};

/// Where a map was taken from that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A pin.
    Pin(PathBuf),
    /// The program that loads handed it over.
    Given,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin(path) => write!(f, "what is pinned at {}", path.display()),
            Self::Given => f.write_str("what was given for it"),
        }
    }
}

/// A property in which a map that is there already differs from the plan's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The property: `value size`.
    pub property: &'static str,
    /// What the plan has.
    pub wanted: String,
    /// What the map in the kernel has.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} instead of {}", self.property, self.found, self.wanted)
    }
}

/// Why a map of a plan could not be pinned, or not be taken from where it is already. Codes E0513 to E0517.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MapLoadError {
    /// A map was given for one that the plan does not have.
    #[error("a map is given for `{map}`, and the plan has no map of that name")]
    NoSuch {
        /// The name.
        map: String,
        /// A name that is close.
        nearest: Option<String>,
    },
    /// The map that is there is another one.
    #[error("map `{map}`: {origin} is another map: {}", list(differences))]
    Incompatible {
        /// The map.
        map: String,
        /// The object.
        object: String,
        /// Where it was taken from.
        origin: Origin,
        /// In what they differ; never empty.
        differences: Vec<Difference>,
    },
    /// What is there is no map.
    #[error("map `{map}`: {origin} is no map")]
    NotAMap {
        /// The map.
        map: String,
        /// The object.
        object: String,
        /// Where it was taken from.
        origin: Origin,
    },
    /// What is there cannot be opened, or not be asked about.
    #[error("map `{map}`: {origin} cannot be used")]
    Unreadable {
        /// The map.
        map: String,
        /// The object.
        object: String,
        /// Where it was to be taken from.
        origin: Origin,
        /// What the kernel said.
        source: SysError,
    },
    /// It cannot be pinned.
    #[error("map `{map}` cannot be pinned to {}{}", path.display(), not_on(*bpffs))]
    Pin {
        /// The map.
        map: String,
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

/// Whether no bpffs can have a file of that name (`bpf_lookup` in `kernel/bpf/inode.c`).
fn has_dot(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains('.'))
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl MapLoadError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuch { .. } => "E0513",
            Self::Incompatible { .. } => "E0514",
            Self::NotAMap { .. } => "E0515",
            Self::Unreadable { .. } => "E0516",
            Self::Pin { .. } => "E0517",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::NoSuch { map, .. } => vec![Label::item("map", map)],
            Self::Incompatible { map, object, .. }
            | Self::NotAMap { map, object, .. }
            | Self::Unreadable { map, object, .. }
            | Self::Pin { map, object, .. } => {
                vec![Label::at(Place::Object(object.clone())), Label::item("map", map)]
            }
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoSuch { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
            Self::Incompatible { origin: Origin::Pin(path), .. }
            | Self::NotAMap { origin: Origin::Pin(path), .. } => Some(format!(
                "remove {} if nothing needs it any more, or pin this map elsewhere (MapSpec::set_pin_path)",
                path.display()
            )),
            Self::Incompatible { .. } => Some("make the map's spec agree with it before planning".into()),
            Self::Pin { path, bpffs: false, .. } => Some(mount_one(path)),
            Self::Pin { path, .. } | Self::Unreadable { origin: Origin::Pin(path), .. } if has_dot(path) => {
                Some("names on a bpffs have no dots: choose another, with `_` for each".into())
            }
            Self::Unreadable { source, .. } | Self::Pin { source, .. } => source.help().map(Into::into),
            _ => None,
        }
    }

    /// Whether somebody else pinned something there meanwhile.
    pub(crate) fn is_race(&self) -> bool {
        matches!(self, Self::Pin { source, .. } if source.is(errno::EEXIST))
    }
}

diagnostic!(MapLoadError);
