//! Why events cannot be read.

use std::path::PathBuf;

use bpf_btf::{Label, Place};
use bpf_sys::uapi::MapType;
use bpf_sys::{RingError, SysError, errno};
use thiserror::Error;

use crate::diagnose::diagnostic;

/// Why events cannot be read. Codes E0801 to E0819.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// The map is of a type that is not read so.
    #[error("map `{map}` of type {map_type} is not a ring buffer")]
    WrongMapType {
        /// The map.
        map: String,
        /// Its type.
        map_type: MapType,
    },
    /// The ring buffer cannot be read: mapped into memory, or waited for.
    #[error("{doing} ring buffer `{map}` failed")]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// The map.
        map: String,
        /// What the kernel, or the check before the call, says.
        source: SysError,
    },
    /// What stands in the ring buffer makes no sense, or somebody else reads it too. It cannot be read on.
    #[error("ring buffer `{map}` cannot be read on")]
    Damaged {
        /// The map.
        map: String,
        /// What is wrong.
        source: RingError,
    },
    /// Waiting failed.
    #[error("waiting for events failed")]
    Wait {
        /// What the kernel says.
        source: SysError,
    },
    /// What shows trace output is not mounted.
    #[error("trace output cannot be read: no tracefs is mounted")]
    NoTracefs,
    /// A file of tracefs cannot be used.
    #[error("trace output cannot be read: {doing} {} failed", path.display())]
    Trace {
        /// What was being done: `reading`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the kernel says.
        source: SysError,
    },
}

impl EventError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongMapType { .. } => "E0801",
            Self::Refused { .. } => "E0802",
            Self::Damaged { .. } => "E0803",
            Self::Wait { .. } => "E0804",
            Self::NoTracefs => "E0805",
            Self::Trace { .. } => "E0806",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::WrongMapType { map, .. } | Self::Refused { map, .. } | Self::Damaged { map, .. } => {
                vec![Label::item("map", map)]
            }
            Self::Trace { path, .. } => vec![Label::at(Place::Object(path.display().to_string()))],
            Self::Wait { .. } | Self::NoTracefs => Vec::new(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::WrongMapType { map_type, .. } => Some(match *map_type {
                MapType::PERF_EVENT_ARRAY => {
                    "perf event arrays cannot be read yet; send the events through a map of type ringbuf".into()
                }
                MapType::USER_RINGBUF => {
                    "a user_ringbuf goes the other way, from this process to programs; use a map of type ringbuf".into()
                }
                _ => "records are read from maps of type ringbuf; others have keys and values: Map::lookup".into(),
            }),
            Self::Refused { source, .. } => source.help().map(Into::into),
            Self::Damaged { source: RingError::Moved { .. }, .. } => {
                Some("let one process read it, or give each a ring buffer of its own".into())
            }
            Self::NoTracefs => Some("mount it: mount -t tracefs tracefs /sys/kernel/tracing".into()),
            Self::Trace { source, .. } if source.is(errno::EACCES) || source.is(errno::EPERM) => {
                Some("only root may use tracefs, unless it was mounted for others (gid=, mode=)".into())
            }
            Self::Damaged { .. } | Self::Wait { .. } | Self::Trace { .. } => None,
        }
    }
}

diagnostic!(EventError);
