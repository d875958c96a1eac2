//! What can go wrong: a refused call, or a request that this crate refuses before the call.

use std::fmt;
use std::io;

use crate::errno;
use crate::uapi::{Command, KernelVersion, MapType};

/// A failed operation. Small and `Copy`; the likely cause of a refusal is for the layers above to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SysError {
    /// The kernel refused the command.
    #[error("{}: {}", CommandName(*command), ErrnoText(*errno))]
    Kernel {
        /// The command of bpf(2).
        command: Command,
        /// The error number, positive.
        errno: i32,
    },
    /// A buffer is not as long as the kernel will assume, so the call was not made.
    #[error("{}: {what} of {found} bytes, expected {expected}", CommandName(*command))]
    WrongLength {
        /// The command of bpf(2).
        command: Command,
        /// What the buffer is for, such as "key".
        what: &'static str,
        /// The length it must have, in bytes.
        expected: usize,
        /// The length it has, in bytes.
        found: usize,
    },
    /// Something is longer than the kernel's interface can say, or than this crate accepts from it.
    #[error("{}: {what} too long ({found})", CommandName(*command))]
    TooLong {
        /// The command of bpf(2).
        command: Command,
        /// What is too long.
        what: &'static str,
        /// Its length, in bytes or elements.
        found: usize,
    },
    /// The map has a type that this crate does not know, so neither the size of its values in user space.
    #[error("the size of a value is unknown for {map_type}")]
    UnknownLayout {
        /// The type of the map.
        map_type: MapType,
    },
    /// The map's type cannot be used in this way.
    #[error("a map of type {map_type} cannot be {what}")]
    WrongMapType {
        /// The type of the map.
        map_type: MapType,
        /// What was to be done with it.
        what: &'static str,
    },
    /// The descriptor is not what the operation needs.
    #[error("the descriptor is not a {expected}")]
    WrongKind {
        /// What it should have been.
        expected: &'static str,
    },
    /// On this kernel the call would not be safe, so it was not made.
    #[error("{}: this needs Linux {needs} or later", CommandName(*command))]
    TooOld {
        /// The command of bpf(2).
        command: Command,
        /// The first kernel that would do.
        needs: KernelVersion,
    },
    /// This process uses it already, and nobody else may meanwhile.
    #[error("this process reads the {what} already")]
    InUse {
        /// What is used.
        what: &'static str,
    },
    /// A call other than bpf(2) failed.
    #[error("{what}: {}", ErrnoText(*errno))]
    Io {
        /// The call, or the file that it was about.
        what: &'static str,
        /// The error number, positive; 0 if the contents, not the call, were at fault.
        errno: i32,
    },
}

const _: () = assert!(size_of::<SysError>() <= 40);

impl SysError {
    pub(crate) fn io(what: &'static str, error: &io::Error) -> Self {
        Self::Io { what, errno: error.raw_os_error().unwrap_or(0) }
    }

    /// What the thread's `errno` says about the call named `what` that just failed.
    pub(crate) fn last_os(what: &'static str) -> Self {
        Self::io(what, &io::Error::last_os_error())
    }

    /// The command of bpf(2) that failed or was not made, if it was about one.
    pub fn command(&self) -> Option<Command> {
        match *self {
            Self::Kernel { command, .. }
            | Self::WrongLength { command, .. }
            | Self::TooLong { command, .. }
            | Self::TooOld { command, .. } => Some(command),
            Self::UnknownLayout { .. }
            | Self::WrongMapType { .. }
            | Self::WrongKind { .. }
            | Self::InUse { .. }
            | Self::Io { .. } => None,
        }
    }

    /// The error number that the kernel returned, positive, or `None` if the call was not made.
    pub fn errno(&self) -> Option<i32> {
        match *self {
            Self::Kernel { errno, .. } => Some(errno),
            Self::Io { errno, .. } => Some(errno).filter(|errno| *errno != 0),
            _ => None,
        }
    }

    /// Whether the kernel returned this error number, such as [`EPERM`](crate::errno::EPERM).
    pub fn is(&self, errno: i32) -> bool {
        self.errno() == Some(errno)
    }

    /// The name of the error number, such as `EPERM`; also of those that only the kernel names.
    pub fn errno_name(&self) -> Option<&'static str> {
        errno::lookup(self.errno()?).map(|(name, _)| name)
    }

    /// A stable code for this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Kernel { .. } => "E0001",
            Self::WrongLength { .. } => "E0002",
            Self::TooLong { .. } => "E0003",
            Self::UnknownLayout { .. } => "E0004",
            Self::WrongMapType { .. } => "E0005",
            Self::WrongKind { .. } => "E0006",
            Self::TooOld { .. } => "E0007",
            Self::Io { .. } => "E0008",
            Self::InUse { .. } => "E0012",
        }
    }

    /// What to do about it, where the error alone tells.
    pub fn help(&self) -> Option<&'static str> {
        match *self {
            Self::Kernel { errno, .. } => match errno {
                libc::EPERM => {
                    Some("the process needs CAP_BPF, and for most programs CAP_PERFMON or CAP_NET_ADMIN")
                }
                libc::E2BIG => Some("a newer kernel may know the field that this one does not"),
                libc::ENOSYS => Some("the kernel was built without CONFIG_BPF_SYSCALL"),
                libc::EMFILE => Some("raise the limit of open files (RLIMIT_NOFILE)"),
                libc::EAGAIN => Some("make the same call again"),
                _ => None,
            },
            Self::WrongLength { .. } => {
                Some("a per-CPU map has one value, rounded up to 8 bytes, for every possible CPU")
            }
            Self::UnknownLayout { .. } => Some("a newer version of this crate may know the map type"),
            Self::WrongMapType { what: "mapped into memory", .. } => {
                Some("use an array map created with BPF_F_MMAPABLE")
            }
            Self::WrongMapType { .. } => Some("use a map of type ringbuf, without BPF_F_RB_OVERWRITE"),
            Self::InUse { .. } => Some("use the reader that there is, or drop it first"),
            _ => None,
        }
    }
}

impl From<SysError> for io::Error {
    /// The kind is that of the error number; the error itself stays inside, text and all.
    fn from(error: SysError) -> Self {
        let kind = match error.errno() {
            Some(errno) => Self::from_raw_os_error(errno).kind(),
            None => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}

struct CommandName(Command);

impl fmt::Display for CommandName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.name() {
            Some(name) => f.write_str(name),
            None => self.0.fmt(f),
        }
    }
}

struct ErrnoText(i32);

impl fmt::Display for ErrnoText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match errno::lookup(self.0) {
            Some((name, text)) => write!(f, "{text} ({name})"),
            None if self.0 == 0 => f.write_str("the contents make no sense"),
            None => write!(f, "error {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: SysError, text: &str) {
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn texts() {
        let refused = |errno| SysError::Kernel { command: Command::MAP_CREATE, errno };
        check(refused(libc::EPERM), "BPF_MAP_CREATE: operation not permitted (EPERM)");
        check(refused(524), "BPF_MAP_CREATE: not supported by this kernel (ENOTSUPP)");
        check(refused(9999), "BPF_MAP_CREATE: error 9999");
        let command = Command::MAP_LOOKUP_ELEM;
        let error = SysError::WrongLength { command, what: "key", expected: 4, found: 3 };
        check(error, "BPF_MAP_LOOKUP_ELEM: key of 3 bytes, expected 4");
        check(
            SysError::UnknownLayout { map_type: MapType(99) },
            "the size of a value is unknown for map type 99",
        );
    }

    #[test]
    fn numbers() {
        let error = SysError::Kernel { command: Command::PROG_LOAD, errno: libc::EACCES };
        assert_eq!((error.errno(), error.errno_name()), (Some(libc::EACCES), Some("EACCES")));
        assert!(error.is(libc::EACCES) && !error.is(libc::EPERM));
        let io = io::Error::from(error);
        assert_eq!(io.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(io.to_string(), error.to_string());
    }
}
