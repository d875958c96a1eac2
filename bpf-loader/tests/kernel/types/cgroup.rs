//! A control group of the test's own.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bpf_loader::uapi::AttachType;
use bpf_loader::{LoadedObject, Program};
use bpf_sys::LinkCreate;

use crate::support::Failed;

/// A group, removed in the end. Programs are attached to it by links; who enters leaves again.
pub(super) struct Group {
    path: PathBuf,
    folder: File,
}

impl Group {
    pub(super) fn new() -> Result<Self, Failed> {
        let path = root()?.join(format!("bpf-loader-types-{}", std::process::id()));
        std::fs::create_dir(&path)?;
        let folder = File::open(&path).inspect_err(|_| drop(std::fs::remove_dir(&path)))?;
        Ok(Self { path, folder })
    }

    /// What the kernel and the programs call it.
    pub(super) fn id(&self) -> Result<u64, Failed> {
        Ok(self.folder.metadata()?.ino())
    }

    pub(super) fn folder(&self) -> &File {
        &self.folder
    }

    /// Attaches a program for as long as the link is held.
    pub(super) fn attach(&self, program: &Program, attach_type: AttachType) -> Result<OwnedFd, Failed> {
        Ok(LinkCreate::new(program.as_fd(), attach_type).target_fd(self.folder.as_fd()).create()?)
    }

    /// Moves this process into the group, does it, and moves it back to where it was.
    pub(super) fn within<T>(&self, body: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
        let before = home()?;
        std::fs::write(self.path.join("cgroup.procs"), "0")?;
        let outcome = body();
        std::fs::write(before.join("cgroup.procs"), "0")?;
        outcome
    }

    /// Attaches the program of that name, and does something in the group meanwhile.
    pub(super) fn with<T>(
        &self,
        loaded: &LoadedObject,
        program: &str,
        attach_type: AttachType,
        body: impl FnOnce() -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        let link = self.attach(loaded.program(program)?, attach_type)?;
        let outcome = self.within(body);
        drop(link);
        outcome
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.path);
    }
}

/// Where version 2 of the control groups is mounted.
fn root() -> Result<PathBuf, Failed> {
    let mounts = std::fs::read_to_string("/proc/self/mounts")?;
    let mut mounts = mounts.lines().map(|line| line.split(' ').skip(1));
    let found =
        mounts.find_map(|mut words| Some((words.next()?, words.next()?)).filter(|w| w.1 == "cgroup2"));
    let none = || Failed::no_place("no control groups of version 2 are mounted".into());
    Ok(PathBuf::from(found.ok_or_else(none)?.0))
}

/// The group that this process is in.
fn home() -> Result<PathBuf, Failed> {
    let groups = std::fs::read_to_string("/proc/self/cgroup")?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::/")).ok_or("it is in no group")?;
    Ok(root()?.join(Path::new(path)))
}
