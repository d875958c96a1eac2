//! What is measured: the same work, by us and by a peer.

use std::any::Any;
use std::path::PathBuf;
use std::process::Command;

use crate::env::Env;

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// This project.
    Ours,
    /// The other.
    Peer,
}

impl Side {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Ours, Self::Peer].into_iter().find(|side| side.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Peer => "peer",
        }
    }
}

/// Work that is ready to be done: everything that is not to be measured has happened.
pub(crate) type Work = Box<dyn FnMut() -> Result<Done, String>>;

/// Work that was done.
pub(crate) struct Done {
    /// What both sides have to agree on, so that nothing is compared that is not the same.
    pub(crate) answer: u64,
    /// What the work made. Cold work is measured with all of it still there, warm work with letting go of it.
    pub(crate) _made: Box<dyn Any>,
}

impl Done {
    pub(crate) fn new(answer: u64, made: impl Any) -> Result<Self, String> {
        Ok(Self { answer, _made: Box::new(made) })
    }
}

/// Gets work ready.
pub(crate) type Prepare = fn(&Env) -> Result<Work, String>;

/// A process, and what it wrote as a number.
pub(crate) struct Process {
    /// What is run.
    pub(crate) command: Command,
    /// Where it writes; where there is no such place its standard output goes to a file.
    pub(crate) writes: Option<PathBuf>,
    /// Reads a number from the output that both sides have to agree on.
    pub(crate) answer: Box<dyn Fn(&[u8]) -> u64>,
}

/// How work is measured.
#[derive(Clone, Copy)]
pub(crate) enum How {
    /// The first time in a fresh process; starting the process does not count.
    Cold { ours: Prepare, peer: Prepare },
    /// Again and again in this process.
    Warm { ours: Prepare, peer: Prepare },
    /// A process from start to end, writing to a file.
    Process { ours: fn(&Env) -> Process, peer: fn(&Env) -> Process },
}

/// A line of the table.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) how: How,
    /// The ratio, peer to ours, that is aimed at.
    pub(crate) wanted: Option<f64>,
}

/// What came of a case.
pub(crate) enum Outcome {
    Measured(Figures),
    /// A side could not do it, or the two did not do the same.
    Failed(String),
    /// It cannot be measured on this machine.
    NotRun(String),
}

/// Medians.
pub(crate) struct Figures {
    pub(crate) ours_ns: u64,
    pub(crate) peer_ns: u64,
    /// Private memory after the work, in KiB, of cold cases.
    pub(crate) private_kib: Option<(u64, u64)>,
    /// Instructions of the work alone.
    pub(crate) instructions: Option<(u64, u64)>,
}

impl Figures {
    pub(crate) fn ratio(&self) -> f64 {
        self.peer_ns as f64 / self.ours_ns.max(1) as f64
    }
}
