//! Why a file could not be opened, or an edit was refused.

use std::path::PathBuf;
use std::{fmt, io};

use bpf_btf::{Label, Place};
use bpf_elf::ElfError;
use thiserror::Error;

use crate::diagnose::diagnostic;

/// Why an object could not be opened. Codes E0301 to E0309, and those of the ELF layer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A directory stands where a file is wanted.
    #[error("{} is a directory, a BPF object file is wanted", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
    },
    /// The bytes are not a BPF object.
    #[error(transparent)]
    Elf(Box<InObject>),
}

/// What is wrong with an object file, and which file it is. Its text and its source are those of the finding.
#[derive(Debug)]
pub struct InObject {
    /// The object's name, or its path.
    pub object: String,
    /// What is wrong, and where.
    pub error: ElfError,
}

impl fmt::Display for InObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for InObject {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl OpenError {
    pub(crate) fn elf(object: String, error: ElfError) -> Self {
        Self::Elf(Box::new(InObject { object, error }))
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "E0301",
            Self::Directory { .. } => "E0302",
            Self::Elf(inner) => inner.error.code(),
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Read { path, .. } | Self::Directory { path } => {
                vec![Label::at(Place::Object(path.display().to_string()))]
            }
            Self::Elf(inner) => {
                let mut labels = vec![Label::at(Place::Object(inner.object.clone()))];
                labels.extend(inner.error.labels());
                labels
            }
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("check the path; `clang -g -O2 -target bpf -c x.bpf.c -o x.bpf.o` makes one".into())
            }
            Self::Read { source, .. } if source.kind() == io::ErrorKind::FileTooLarge => {
                Some(crate::read::TOO_LARGE.into())
            }
            Self::Read { .. } => None,
            Self::Directory { .. } => Some("name one .o file inside it".into()),
            Self::Elf(inner) => inner.error.help(),
        }
    }
}

/// Why an edit of a spec was refused. Codes E0311 to E0320, of instances E0341 to E0343.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpecError {
    /// Nothing has that name.
    #[error("there is no {kind} `{name}`")]
    NoSuch {
        /// What was looked for.
        kind: &'static str,
        /// The name.
        name: String,
        /// A name that is close.
        nearest: Option<String>,
    },
    /// A value has another size than the place it is to go to.
    #[error("`{name}` has {expected} bytes, the value has {found}")]
    Size {
        /// Variable or member.
        name: String,
        /// Its size in bytes.
        expected: usize,
        /// The value's size in bytes.
        found: usize,
    },
    /// The bytes of a variable are not in its section.
    #[error("`{name}` lies outside its section")]
    Outside {
        /// The variable.
        name: String,
    },
    /// A callback was to be set where there is none, or a scalar where there is a callback.
    #[error("member `{name}` is {found}, it cannot be set to {wanted}")]
    MemberKind {
        /// The member.
        name: String,
        /// What the member is.
        found: &'static str,
        /// What it was to be set to.
        wanted: &'static str,
    },
    /// A property of a map that is not the user's to say.
    #[error("{what} of map `{map}` cannot be set: {why}")]
    MapFixed {
        /// The map.
        map: String,
        /// The property.
        what: &'static str,
        /// What decides it instead.
        why: &'static str,
    },
    /// A value that a property of this map cannot have.
    #[error("{what} of map `{map}` cannot be {value}: {why}")]
    MapValue {
        /// The map.
        map: String,
        /// The property.
        what: &'static str,
        /// The value.
        value: String,
        /// Why not.
        why: String,
    },
    /// A program has instances already: how many is fixed once.
    #[error("program `{program}` has instances already")]
    HasInstances {
        /// The program.
        program: String,
    },
    /// Not a single instance.
    #[error("program `{program}` would have no instance at all")]
    NoInstances {
        /// The program.
        program: String,
    },
    /// Each instance was to have its own value of a variable that programs share because they can write to it.
    #[error("`{name}` is in {section}, and only a variable in .rodata can have a value for each instance")]
    NotReadOnly {
        /// The variable.
        name: String,
        /// Its section.
        section: String,
    },
}

impl SpecError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuch { .. } => "E0311",
            Self::Size { .. } => "E0312",
            Self::Outside { .. } => "E0313",
            Self::MemberKind { .. } => "E0314",
            Self::MapFixed { .. } => "E0315",
            Self::MapValue { .. } => "E0316",
            Self::HasInstances { .. } => "E0341",
            Self::NoInstances { .. } => "E0342",
            Self::NotReadOnly { .. } => "E0343",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::NoSuch { .. } => Vec::new(),
            Self::Size { name, .. } | Self::Outside { name } | Self::NotReadOnly { name, .. } => {
                vec![Label::item("variable", name.clone())]
            }
            Self::HasInstances { program } | Self::NoInstances { program } => {
                vec![Label::item("program", program.clone())]
            }
            Self::MemberKind { name, .. } => vec![Label::item("member", name.clone())],
            Self::MapFixed { map, .. } | Self::MapValue { map, .. } => vec![Label::item("map", map.clone())],
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoSuch { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
            Self::HasInstances { .. } => {
                Some("set them once, with Instances::keep_stream to add more after loading".into())
            }
            Self::NoInstances { .. } => {
                Some("leave the program out with ProgramSpec::set_autoload(false)".into())
            }
            Self::NotReadOnly { .. } => Some("declare it `const volatile`".into()),
            _ => None,
        }
    }
}

diagnostic!(OpenError, SpecError);
