//! Why a fact about a kernel cannot be had.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use bpf_btf::{Endian, Label, ParseError, Place, TypeError};
use thiserror::Error;

use crate::diagnose::diagnostic;
use crate::kernel::{ImageError, ModuleError, SavedError};

/// Why a fact about a kernel is not to be had. Codes E0321 to E0340.
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
    /// Nobody knows the configuration that the kernel was built with.
    #[error("the configuration of this kernel is not known{}", looked_in(looked))]
    NoKconfig {
        /// Where it would be.
        looked: Vec<PathBuf>,
    },
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: ReadError,
    },
    /// A file is not BTF, or damaged.
    #[error("{} does not hold a kernel's BTF", path.display())]
    Btf {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: ParseError,
    },
    /// The BTF of a module cannot be used.
    #[error("the BTF of module `{module}` cannot be used")]
    Module {
        /// The module.
        module: String,
        /// What is wrong.
        source: ModuleError,
    },
    /// A saved kernel is damaged, or of a newer form.
    #[error("{} cannot be read", shown(path.as_deref()))]
    Saved {
        /// The file, where it came from one.
        path: Option<PathBuf>,
        /// Where it stops making sense, in bytes.
        at: u64,
        /// What is wrong.
        source: SavedError,
    },
    /// The kernel's types do not hold together.
    #[error("this kernel's types cannot be followed")]
    Types(#[source] TypeError),
    /// What was cut from the kernel's BTF cannot be read back.
    #[error("the cut BTF does not hold together")]
    Cut {
        /// What is wrong.
        source: ParseError,
    },
    /// A file that was to hold types is something else.
    #[error("{} holds no BTF: it is {what}", path.display())]
    NotBtf {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: String,
    },
    /// A file that was to be a kernel has types, and is something else.
    #[error("{} is no kernel: it is {what}", path.display())]
    NotKernel {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A file that was to hold a kernel's symbols has none.
    #[error("{} holds no symbols", path.display())]
    NotSymbols {
        /// The file.
        path: PathBuf,
    },
    /// A file of a kernel cannot be taken apart.
    #[error("{} cannot be taken for a kernel", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: ImageError,
    },
    /// BTF that was given for CO-RE is of the other byte order.
    #[error("the BTF for CO-RE is {btf}-endian, the kernel is {kernel}-endian")]
    CoreEndian {
        /// The byte order of the kernel.
        kernel: Endian,
        /// That of the BTF.
        btf: Endian,
    },
}

fn looked_in(looked: &[PathBuf]) -> String {
    let shown: Vec<String> = looked.iter().map(|path| path.display().to_string()).collect();
    if shown.is_empty() { String::new() } else { format!(": there is no {}", shown.join(", no ")) }
}

fn shown(path: Option<&Path>) -> String {
    path.map_or("the saved kernel".into(), |path| path.display().to_string())
}

/// What the system says of a file that cannot be read, in a form that can be kept and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The kind of failure.
    pub kind: io::ErrorKind,
    /// The system's number for it.
    pub errno: Option<i32>,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.errno.map_or_else(|| self.kind.into(), io::Error::from_raw_os_error).fmt(f)
    }
}

impl std::error::Error for ReadError {}

impl KernelError {
    pub(crate) fn read(path: &Path, source: &io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound if path.starts_with("/sys/kernel/btf") => {
                Self::NoBtf { path: path.into() }
            }
            kind => {
                Self::Read { path: path.into(), source: ReadError { kind, errno: source.raw_os_error() } }
            }
        }
    }

    /// Where a saved kernel came from.
    pub(crate) fn of_file(self, file: &Path) -> Self {
        match self {
            Self::Saved { at, source, .. } => Self::Saved { path: Some(file.into()), at, source },
            other => other,
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
            Self::Saved { .. } => "E0325",
            Self::Types(source) => source.code(),
            Self::Cut { .. } => "E0326",
            Self::Module { .. } => "E0327",
            Self::NoKconfig { .. } => "E0328",
            Self::NotBtf { .. } => "E0329",
            Self::CoreEndian { .. } => "E0330",
            Self::NotSymbols { .. } => "E0337",
            Self::NotKernel { .. } => "E0338",
            Self::Image { source, .. } => source.code(),
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::NoBtfGiven | Self::NoKconfig { .. } | Self::CoreEndian { .. } => {
                vec![Label::at(Place::Kernel)]
            }
            Self::NoBtf { path }
            | Self::Read { path, .. }
            | Self::NotBtf { path, .. }
            | Self::Image { path, .. }
            | Self::NotSymbols { path }
            | Self::NotKernel { path, .. } => {
                vec![Label::at(Place::Object(path.display().to_string()))]
            }
            Self::Btf { path, source } => {
                let mut labels = vec![Label::at(Place::Object(path.display().to_string()))];
                labels.extend(source.labels());
                labels
            }
            Self::Saved { path, at, .. } => {
                let file = path.iter().map(|path| Label::at(Place::Object(path.display().to_string())));
                file.chain([Label::offset(*at)]).collect()
            }
            Self::Types(source) => {
                let mut labels = vec![Label::at(Place::Kernel)];
                labels.extend(source.labels());
                labels
            }
            Self::Cut { source } => source.labels(),
            Self::Module { module, source } => {
                let mut labels = vec![Label::item("module", module)];
                match source {
                    ModuleError::Parse(error) => labels.extend(error.labels()),
                    ModuleError::Base(error) => labels.extend(error.labels()),
                    ModuleError::File(error) => labels.extend(error.labels()),
                    ModuleError::Read(_) | ModuleError::Distilled => {}
                }
                labels
            }
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::NoBtf { .. } => {
                "a kernel built with CONFIG_DEBUG_INFO_BTF=y has it; in a container, mount sysfs".into()
            }
            Self::NoBtfGiven => "give the kernel's vmlinux BTF, a copy of /sys/kernel/btf/vmlinux".into(),
            Self::NoKconfig { looked } if looked.is_empty() => {
                "give the text of its /proc/config.gz or /boot/config-RELEASE with it".into()
            }
            Self::NoKconfig { .. } => {
                "a kernel built with CONFIG_IKCONFIG_PROC=y shows it (after `modprobe configs` where that is m); or \
                 give the values with OpenOptions::kconfig"
                    .into()
            }
            Self::Read { source, .. } if source.kind == io::ErrorKind::NotFound => "check the path".into(),
            Self::Read { source, .. } if source.kind == io::ErrorKind::FileTooLarge => {
                crate::read::TOO_LARGE.into()
            }
            Self::Read { .. } => return None,
            Self::Btf { .. } => {
                "a raw copy of a kernel's /sys/kernel/btf/vmlinux is wanted, or a saved kernel".into()
            }
            Self::Saved {
                source: SavedError::Version { .. } | SavedError::UnknownSection { .. }, ..
            } => "it was saved by a newer version: use that, or save it again".into(),
            Self::Saved { .. } => "save it again, or copy it again".into(),
            Self::NotKernel { .. } => {
                "give its raw BTF (as in /sys/kernel/btf), its image (vmlinuz, vmlinux), or a saved kernel".into()
            }
            Self::NotSymbols { .. } => {
                "lines of an address, a letter and a name are wanted, as in /proc/kallsyms and System.map; Debian has the \
                 latter in the package linux-image-RELEASE-dbg".into()
            }
            Self::Image { source, .. } => return source.help(),
            Self::CoreEndian { .. } => "give the BTF of a kernel for this machine".into(),
            Self::Types(source) => return source.help().map(Into::into),
            Self::Cut { .. } => return None,
            Self::Module { source: ModuleError::Parse(_), .. } => {
                "a module's BTF fits the kernel that the module was built for: load the module again, or build it again"
                    .into()
            }
            Self::Module { source: ModuleError::Base(error) | ModuleError::File(error), .. } => return error.help(),
            Self::Module { source: ModuleError::Distilled, .. } => {
                "where the module is loaded, /sys/kernel/btf has its BTF for that kernel: give that".into()
            }
            Self::Module { .. } => "the module may have been removed just now; then there is nothing to do".into(),
            Self::NotBtf { what, .. } if what.contains("ELF") => {
                "compile with debug information (clang -g), or build the kernel with CONFIG_DEBUG_INFO_BTF=y"
                    .into()
            }
            Self::NotBtf { .. } => {
                "give raw BTF (as in /sys/kernel/btf), a kernel image (vmlinuz), an ELF file with a section .BTF, or a \
                 saved kernel"
                    .into()
            }
        })
    }
}

diagnostic!(KernelError);
