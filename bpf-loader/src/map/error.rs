//! Why something asked of what is loaded could not be done.

use std::path::{Path, PathBuf};

use bpf_btf::matching::nearest;
use bpf_btf::{Label, Place};
use bpf_sys::uapi::MapType;
use bpf_sys::{MappingError, SysError};
use thiserror::Error;

use crate::diagnose::diagnostic;

/// Why something asked of a loaded object, a map or a global could not be done. Codes E0701 to E0721.
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
    /// A pin that was to be removed is not one of it.
    #[error("{kind} `{name}` is not what is pinned to {}", path.display())]
    NotPinned {
        /// What it is: `map`, `program`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// The path.
        path: PathBuf,
    },
    /// It was to be pinned where there are no pins.
    #[error("{kind} `{name}` cannot be pinned to {}, which is not on a bpffs", path.display())]
    NotOnBpffs {
        /// What it is: `map`, `program`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Its object.
        object: String,
        /// The path.
        path: PathBuf,
        /// What the kernel said.
        source: Box<SysError>,
    },
    /// The variable cannot be written alone, or not at all.
    #[error("global variable `{name}` {why}")]
    NotWritable {
        /// The variable.
        name: String,
        /// Why.
        why: &'static str,
    },
    /// A truth value that is none.
    #[error("global variable `{name}` is a bool, and {byte} stands there")]
    NotBool {
        /// The variable.
        name: String,
        /// What stands there.
        byte: u8,
    },
    /// A typed handle is for other types of maps.
    #[error("map `{name}` is of the type {found}, and this is a handle of {}", one_of(wanted))]
    WrongType {
        /// The map.
        name: String,
        /// Its object.
        object: String,
        /// Its type.
        found: MapType,
        /// The handle's types.
        wanted: &'static [MapType],
    },
    /// A Rust type is not as long as the map's keys or values.
    #[error("a {what} of map `{name}` has {expected} bytes, and `{of}` makes {found}")]
    ElementSize {
        /// The map.
        name: String,
        /// Its object.
        object: String,
        /// What it is for: `key` or `value`.
        what: &'static str,
        /// The Rust type.
        of: &'static str,
        /// Bytes in the map. Of one processor, where each has a value.
        expected: usize,
        /// Bytes of the Rust type, for a key of a trie with the length of the prefix.
        found: usize,
    },
    /// There has to be a value for each possible processor.
    #[error(
        "an element of map `{name}` has {expected} values, one for each possible processor, and not {found}"
    )]
    Processors {
        /// The map.
        name: String,
        /// Its object.
        object: String,
        /// Possible processors.
        expected: usize,
        /// Values that were given.
        found: usize,
    },
    /// Keys and values are not as many.
    #[error("map `{name}`: {keys} keys and {values} values")]
    Lengths {
        /// The map.
        name: String,
        /// Its object.
        object: String,
        /// Keys that were given.
        keys: usize,
        /// Values that were given.
        values: usize,
    },
    /// Something was done to some of many elements.
    #[error("{doing} map `{name}` failed after {done} of {of} elements")]
    Batch {
        /// What was being done.
        doing: &'static str,
        /// The map.
        name: String,
        /// Its object.
        object: String,
        /// Elements that it was done to.
        done: usize,
        /// Elements that there were.
        of: usize,
        /// What the kernel says.
        source: Box<SysError>,
    },
}

fn one_of(types: &[MapType]) -> String {
    let names: Vec<String> = types.iter().map(ToString::to_string).collect();
    names.join(" or ")
}

impl MapError {
    /// Something asked of a map that has no name yet.
    pub(crate) fn pin(doing: &'static str, path: &Path, source: SysError) -> Self {
        let name = path.display().to_string();
        Self::Refused { doing, kind: "map", object: name.clone(), name, source }
    }

    /// A refused pin, by its cause where that is the file system. What cannot be asked about is not the cause.
    pub(crate) fn pinning(
        kind: &'static str,
        name: &str,
        object: &str,
        path: &Path,
        source: SysError,
    ) -> Self {
        let (name, object) = (name.to_owned(), object.to_owned());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match bpf_sys::is_bpffs(folder) {
            Ok(false) => {
                Self::NotOnBpffs { kind, name, object, path: path.to_owned(), source: Box::new(source) }
            }
            _ => Self::Refused { doing: "pinning", kind, name, object, source },
        }
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
            Self::WrongType { .. } => "E0716",
            Self::ElementSize { .. } => "E0717",
            Self::Processors { .. } => "E0718",
            Self::Lengths { .. } => "E0719",
            Self::Batch { .. } => "E0720",
            Self::NotOnBpffs { .. } => "E0721",
            Self::NotPinned { .. } => "E0706",
            Self::NotAMap { .. } => "E0707",
            Self::NotBool { .. } => "E1014",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::NoSuch { .. } => Vec::new(),
            Self::NotAMap { origin } => vec![Label::at(Place::Object(origin.clone()))],
            Self::NotPinned { kind, name, .. } => vec![Label::item(kind, name)],
            Self::Refused { kind, name, object, .. } | Self::NotOnBpffs { kind, name, object, .. } => {
                vec![Label::at(Place::Object(object.clone())), Label::item(kind, name)]
            }
            Self::WrongType { name, object, .. }
            | Self::ElementSize { name, object, .. }
            | Self::Processors { name, object, .. }
            | Self::Lengths { name, object, .. }
            | Self::Batch { name, object, .. } => {
                vec![Label::at(Place::Object(object.clone())), Label::item("map", name)]
            }
            Self::Mapping { name, .. }
            | Self::Size { name, .. }
            | Self::NotWritable { name, .. }
            | Self::NotBool { name, .. } => vec![Label::item("variable", name)],
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoSuch { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
            Self::Refused { source, .. } => source.help().map(Into::into),
            Self::NotOnBpffs { path, .. } => Some(crate::load::mount_one(path)),
            Self::Batch { source, .. } => source.help().map(Into::into),
            Self::WrongType { .. } => {
                Some("`bpf_loader::map` has a table of handles and types of maps".into())
            }
            Self::Processors { .. } => Some("`bpf_sys::possible_cpus` counts them".into()),
            Self::NotBool { .. } => {
                Some("a program wrote it through a pointer of another type; read it as Bool".into())
            }
            Self::NotWritable { .. } => Some("set it before loading, through Object::global_mut()".into()),
            _ => None,
        }
    }
}

diagnostic!(MapError);
