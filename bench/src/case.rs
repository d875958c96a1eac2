//! What is measured: the same work, by us and by a peer.

use std::any::Any;
use std::path::PathBuf;
use std::process::Command;

use crate::env::Env;
use crate::stats::Answer;

/// Work that is ready to be done: everything that is not to be measured has happened.
pub(crate) type Work = Box<dyn FnMut() -> Result<Done, String>>;

/// Work that was done.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    /// What the work made. Cold work is measured with all of it still there, warm work with letting go of it.
    pub(crate) _made: Box<dyn Any>,
}

impl Done {
    pub(crate) fn new(answer: Answer, made: impl Any) -> Result<Self, String> {
        Ok(Self { answer, _made: Box::new(made) })
    }
}

/// What a relocated program answers: how many instructions it has, and the sum of what they hold, which is where the
/// results of field relocations end up.
pub(crate) fn immediates(insns: impl Iterator<Item = i32>) -> Answer {
    insns.fold((0, 0_u64), |(count, sum), imm| {
        (count + 1, u64::wrapping_add(sum, i64::from(imm).cast_unsigned()))
    })
}

/// Gets work ready.
pub(crate) type Prepare = fn(&Env) -> Result<Work, String>;

/// A process, and what it wrote as an answer.
pub(crate) struct Process {
    /// What is run.
    pub(crate) command: Command,
    /// Where it writes; where there is no such place its standard output goes to a file.
    pub(crate) writes: Option<PathBuf>,
    /// Reads from the output what both sides have to agree on.
    pub(crate) answer: Box<dyn Fn(&[u8]) -> Answer>,
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
    /// Not at all, and why: what a side cannot do, or not yet.
    No(&'static str),
}

/// What a case takes that a machine may not have. A case that lacks something is listed, with what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A file among the inputs: some are made with clang, or from the kernel's BTF.
    Input(&'static str),
    /// `/sys/kernel/btf/vmlinux`.
    KernelBtf,
    /// To create maps, and to load BTF and programs.
    Privileges,
    Bpftool,
    /// A command of ours.
    Bpf(&'static [&'static str]),
}

/// A line of the table.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) how: How,
    /// The ratio, peer to ours, that is aimed at.
    pub(crate) wanted: Option<f64>,
    pub(crate) needs: &'static [Need],
    /// Whether what the kernel takes is shown apart.
    pub(crate) kernel: bool,
}

/// Work on objects that have ever more of something, `STEM10.o` to `STEM10000.o`: how long it takes for each.
pub(crate) struct Curve {
    /// What is done.
    pub(crate) name: &'static str,
    /// What there is more of: the beginning of the objects' names.
    pub(crate) of: &'static str,
    pub(crate) work: fn(&Env, &str) -> Result<Work, String>,
}

impl Case {
    /// With what it takes.
    pub(crate) const fn needs(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }

    /// With what the kernel takes for bpf(2) shown apart.
    pub(crate) const fn kernel_apart(self) -> Self {
        Self { kernel: true, ..self }
    }
}
