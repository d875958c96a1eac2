//! What is left in the kernel by processes that are gone: pins, links, struct_ops, trace instances.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use bpf_btf::Label;
use bpf_sys::object::{ObjectKind, fd_by_id, get, ids, kind_of};
use bpf_sys::{SysError, errno};
use thiserror::Error;

use crate::diagnose::{Diagnostic, diagnostic};
use crate::doctor::mounts;
use crate::kernel::Kernel;
use crate::struct_ops::{LiveError, live};
use crate::tracefs;

/// Something in the kernel that no process holds which can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leftover {
    /// A pin on a bpffs.
    Pin {
        /// Where.
        path: PathBuf,
        /// What is pinned: `map`, `program`, `link`.
        kind: &'static str,
        /// Its id.
        id: u32,
        /// Its name in the kernel; empty for a link.
        name: String,
    },
    /// A link that is not pinned either.
    Link {
        /// Its id.
        id: u32,
        /// Its kind: `tracing`.
        kind: String,
        /// The id of its program, or 0.
        program: u32,
    },
    /// A struct_ops that is registered without a link, and so stays until it is unregistered.
    StructOps {
        /// The id of its map.
        id: u32,
        /// The name of its map.
        name: String,
        /// The kernel struct that it implements.
        ops: String,
    },
    /// A trace instance that [`TraceOutput`](crate::events::TraceOutput) made, of a process that was killed.
    TraceInstance {
        /// Its folder.
        path: PathBuf,
        /// The process.
        pid: u32,
    },
}

/// What is left, and what could not be looked at.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Leftovers {
    /// What is left: pins by path, then all else by id.
    pub found: Vec<Leftover>,
    /// What could not be looked at, in words, each with the reason.
    pub unseen: Vec<String>,
}

impl Leftover {
    /// What it is called for removing it: `pin:PATH`, `link:ID`, `struct_ops:ID`, `trace:PATH`.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Pin { path, .. } => format!("pin:{}", path.display()),
            Self::Link { id, .. } => format!("link:{id}"),
            Self::StructOps { id, .. } => format!("struct_ops:{id}"),
            Self::TraceInstance { path, .. } => format!("trace:{}", path.display()),
        }
    }

    /// Whether its name says that this library made it. Of all else only its owner knows whether it is still wanted.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::TraceInstance { .. })
    }

    /// Removes it: the pin's file, the instance; detaches the link, unregisters the struct_ops.
    ///
    /// # Errors
    /// [`LeftoverError`].
    pub fn remove(&self, kernel: &Kernel) -> Result<(), LeftoverError> {
        let io = |call| move |error: io::Error| Cause::Sys(crate::load::io(call, &error));
        let removed = match self {
            Self::Pin { path, .. } => fs::remove_file(path).map_err(io("unlink")),
            Self::TraceInstance { path, .. } => fs::remove_dir(path).map_err(io("rmdir")),
            Self::Link { id, .. } => fd_by_id(ObjectKind::Link, *id)
                .and_then(|link| bpf_sys::link::detach(link.as_fd()))
                .map_err(Cause::Sys),
            Self::StructOps { id, .. } => unregister(kernel, *id),
        };
        removed.map_err(|source| LeftoverError { key: self.key(), source: Box::new(source) })
    }
}

fn unregister(kernel: &Kernel, id: u32) -> Result<(), Cause> {
    match live(kernel)?.iter().find(|live| live.id == id) {
        Some(live) => Ok(live.unregister().map(drop)?),
        None => Ok(()),
    }
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin { kind, id, name, .. } if name.is_empty() => write!(f, "{kind} {id}"),
            Self::Pin { kind, id, name, .. } => write!(f, "{kind} {name} (id {id})"),
            Self::Link { kind, program: 0, .. } => write!(f, "{kind}, not pinned"),
            Self::Link { kind, program, .. } => write!(f, "{kind}, of program {program}, not pinned"),
            Self::StructOps { name, ops, .. } => write!(f, "{ops} {name}, registered without a link"),
            Self::TraceInstance { pid, .. } => write!(f, "trace instance of process {pid}, which is gone"),
        }
    }
}

/// Why something could not be removed. Code E0526.
#[derive(Debug, Error)]
#[error("{key} could not be removed")]
pub struct LeftoverError {
    /// What: [`Leftover::key`].
    pub key: String,
    source: Box<Cause>,
}

#[derive(Debug, Error)]
enum Cause {
    #[error(transparent)]
    Sys(SysError),
    #[error(transparent)]
    Live(#[from] LiveError),
}

impl LeftoverError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "E0526"
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        vec![Label::item("leftover", &self.key)]
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match &*self.source {
            Cause::Sys(error) if error.is(errno::EPERM) || error.is(errno::EACCES) => {
                Some("run it as root".into())
            }
            Cause::Sys(error) if error.is(errno::EOPNOTSUPP) => {
                Some("links of this kind cannot be detached: it goes with what holds it".into())
            }
            Cause::Sys(_) => None,
            Cause::Live(error) => Diagnostic::help(error),
        }
    }
}

diagnostic!(LeftoverError);

/// Looks for what is left in the kernel. What cannot be looked at is said, and the rest is looked at.
#[must_use]
pub fn leftovers(kernel: &Kernel) -> Leftovers {
    let mut all = Leftovers::default();
    // Before anything is opened here.
    let held = held(&mut all);
    let pinned = pins(&held, &mut all);
    if let Err(error) = links(&held, &pinned, &mut all) {
        all.unseen.push(format!("links: {error}"));
    }
    match live(kernel) {
        Ok(live) => {
            let left = live.into_iter().filter(|live| !live.link && live.is_registered());
            let left = left.filter(|live| !held.contains(&(Kind::Map, live.id)));
            all.found.extend(left.map(|live| Leftover::StructOps {
                id: live.id,
                name: live.name,
                ops: live.ops,
            }));
        }
        Err(error) => all.unseen.push(format!("struct_ops: {error}")),
    }
    match tracefs::mounted() {
        Some(root) => instances(&root.join("instances"), &mut all),
        None => all.unseen.push("trace instances: tracefs is not mounted".into()),
    }
    all
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Map,
    Program,
    Link,
}

type Ids = HashSet<(Kind, u32)>;

/// What the descriptors of all processes are of.
fn held(all: &mut Leftovers) -> Ids {
    let mut held = Ids::new();
    let mut hidden = 0_usize;
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes.filter(|entry| entry.file_name().to_str().is_some_and(is_number)) {
        match fs::read_dir(process.path().join("fdinfo")) {
            Ok(files) => {
                let texts = files.flatten().filter_map(|file| fs::read_to_string(file.path()).ok());
                held.extend(texts.filter_map(|text| object_of(&text)));
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => hidden += 1,
            Err(_) => {}
        }
    }
    if hidden > 0 {
        let hidden = if hidden == 1 {
            "1 process holds: it is".into()
        } else {
            format!("{hidden} processes hold: they are")
        };
        all.unseen.push(format!("what {hidden} not open to this user"));
    }
    held
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a descriptor is of, by the text of its `fdinfo`. That of a link names its program too.
fn object_of(text: &str) -> Option<(Kind, u32)> {
    let id = |title: &str| {
        text.lines().find_map(|line| line.strip_prefix(title)).and_then(|id| id.trim().parse::<u32>().ok())
    };
    let titles = [("link_id:", Kind::Link), ("map_id:", Kind::Map), ("prog_id:", Kind::Program)];
    titles.into_iter().find_map(|(title, kind)| Some((kind, id(title)?)))
}

/// How deep folders of a bpffs are looked into, and how many files are looked at.
const DEEPEST: usize = 16;
const MOST_PINS: usize = 1 << 16;

/// Looks at all pins; answers what is pinned, held or not.
fn pins(held: &Ids, all: &mut Leftovers) -> Ids {
    let mounts = mounts::parse(&fs::read_to_string("/proc/self/mountinfo").unwrap_or_default());
    let mut paths = Vec::new();
    for mount in mounts.iter().filter(|mount| mount.kind == "bpf") {
        if let Err(error) = files(&mount.point, DEEPEST, &mut paths) {
            all.unseen.push(format!("pins in {}: {error}", mount.point.display()));
        }
    }
    paths.sort();
    paths.dedup();
    let mut pinned = Ids::new();
    for path in paths {
        let Some((kind, id, name)) = get(&path).ok().and_then(|fd| described(fd.as_fd())) else { continue };
        pinned.insert((kind, id));
        if !held.contains(&(kind, id)) {
            let kind = match kind {
                Kind::Map => "map",
                Kind::Program => "program",
                Kind::Link => "link",
            };
            all.found.push(Leftover::Pin { path, kind, id, name });
        }
    }
    pinned
}

fn files(folder: &Path, deep: usize, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_file() && paths.len() < MOST_PINS {
            paths.push(entry.path());
        } else if kind.is_dir() && deep > 0 {
            files(&entry.path(), deep - 1, paths)?;
        }
    }
    Ok(())
}

fn described(fd: std::os::fd::BorrowedFd<'_>) -> Option<(Kind, u32, String)> {
    match kind_of(fd)? {
        ObjectKind::Map => bpf_sys::map::info(fd).ok().map(|info| (Kind::Map, info.id, info.name)),
        ObjectKind::Program => bpf_sys::prog::info(fd).ok().map(|info| (Kind::Program, info.id, info.name)),
        ObjectKind::Link => bpf_sys::link::info(fd).ok().map(|info| (Kind::Link, info.id, String::new())),
        ObjectKind::Btf => None,
    }
}

/// Links that neither a process nor a pin holds.
fn links(held: &Ids, pinned: &Ids, all: &mut Leftovers) -> Result<(), SysError> {
    for id in ids(ObjectKind::Link) {
        let id = match id {
            // A kernel without links.
            Err(error) if error.is(errno::EINVAL) => return Ok(()),
            id => id?,
        };
        if held.contains(&(Kind::Link, id)) || pinned.contains(&(Kind::Link, id)) {
            continue;
        }
        let info = match fd_by_id(ObjectKind::Link, id) {
            Err(error) if error.is(errno::ENOENT) => continue,
            link => bpf_sys::link::info(link?.as_fd())?,
        };
        all.found.push(Leftover::Link { id, kind: info.link_type.to_string(), program: info.prog_id });
    }
    Ok(())
}

/// Trace instances named as ours, of processes that are gone.
fn instances(folder: &Path, all: &mut Leftovers) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return all.unseen.push(format!("trace instances in {}: {error}", folder.display())),
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| Some((owner(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    found.retain(|(pid, _)| !Path::new("/proc").join(pid.to_string()).exists());
    found.sort();
    all.found.extend(found.into_iter().map(|(pid, path)| Leftover::TraceInstance { path, pid }));
}

/// The process in the name of an instance: `bpf_PID_N`.
fn owner(name: &str) -> Option<u32> {
    let (pid, number) = name.strip_prefix("bpf_")?.split_once('_')?;
    number.parse::<u32>().ok()?;
    pid.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors() {
        let map = "pos:\t0\nflags:\t02000002\nmap_type:\t1\nmap_id:\t7\nfrozen:\t0\n";
        assert_eq!(object_of(map), Some((Kind::Map, 7)));
        assert_eq!(
            object_of("link_type:\ttracing\nlink_id:\t3\nprog_tag:\tx\nprog_id:\t5\n"),
            Some((Kind::Link, 3))
        );
        assert_eq!(object_of("prog_type:\t1\nprog_id:\t5\n"), Some((Kind::Program, 5)));
        assert_eq!(object_of("pos:\t0\nmap_id:\tx\n"), None);
    }

    #[test]
    fn instances_of_processes_that_are_gone() {
        let root = std::env::temp_dir().join(format!("bpf-loader-instances-{}", std::process::id()));
        let here = format!("bpf_{}_0", std::process::id());
        for name in ["bpf_4294967295_3", &here, "bpf_x_1", "other", "bpf_4294967295_"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        let mut all = Leftovers::default();
        instances(&root, &mut all);
        let keys: Vec<String> = all.found.iter().map(Leftover::key).collect();
        let wanted = format!("trace:{}", root.join("bpf_4294967295_3").display());
        assert!(all.found.iter().all(Leftover::is_ours));
        let removed = all.found.iter().try_for_each(|left| left.remove(&Kernel::running()));
        let again =
            all.found.iter().try_for_each(|left| left.remove(&Kernel::running())).map_err(|e| e.code());
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(keys, [wanted]);
        assert!(removed.is_ok() && again == Err("E0526"));
    }
}
