//! Loads into a kernel that is none, which counts the calls and refuses any of them: nothing stays open then, and the
//! error names the step.

use std::collections::HashMap;
use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bpf_sys::map::{MapCreate, MapFd};
use bpf_sys::prog::{LogSize, ProgLoad};
use bpf_sys::uapi::{AttachType, Command, MapType};
use bpf_sys::{MapMapping, SysError, errno};

use super::{LoadOptions, LoadedObject, Shape, Sys, SysRef, load_with};
use crate::diagnose::{Diagnostic, Place};
use crate::kernel::{Answer, Feature, Kernel, KernelBuilder};
use crate::object::Object;
use crate::plan::Plan;
use crate::struct_ops::State;

/// A kernel that takes everything but one call, and counts what it gave out.
#[derive(Debug, Default)]
struct Fake {
    /// Commands of bpf(2) by their names, and the other calls of the seam.
    calls: Mutex<Vec<&'static str>>,
    /// Which call to refuse, and how.
    refuse: Option<(usize, i32)>,
    /// Every program is refused, with a log of so many bytes that ends with its number; the first ones take the longest.
    verbose: Option<usize>,
    /// How many programs were refused so.
    refused: AtomicUsize,
    /// A feature that this kernel lacks: program loads are refused until the plan does without it.
    lacks: Option<Feature>,
    probes: AtomicUsize,
    /// Whether maps cannot be mapped into memory.
    refuse_mmap: bool,
    /// The owners of the BTF in this kernel, whose ids count from 1; `None` for what user space loaded.
    btf: Vec<Option<&'static str>>,
    /// The id of the BTF that was opened last.
    opened: AtomicUsize,
    /// How many program loads are still put off.
    put_off: AtomicUsize,
    /// What is pinned, by path, and the folders that were made.
    pins: Mutex<HashMap<PathBuf, Shape>>,
    folders: Mutex<Vec<PathBuf>>,
    /// The map that is created next, as it was asked for; what was opened last.
    created: Mutex<Option<Shape>>,
    /// Pinned by somebody else, just before it is pinned here.
    rival: Mutex<Option<Shape>>,
}

impl Fake {
    fn count(&self, command: Command) -> Result<(), SysError> {
        let name = command.name().and_then(|name| name.strip_prefix("BPF_")).unwrap();
        self.record(name).map_err(|errno| SysError::Kernel { command, errno })
    }

    fn count_other(&self, what: &'static str) -> Result<(), SysError> {
        self.record(what).map_err(|errno| SysError::Io { what, errno })
    }

    fn record(&self, name: &'static str) -> Result<(), i32> {
        let mut calls = self.calls.lock().unwrap();
        calls.push(name);
        match self.refuse {
            Some((at, errno)) if calls.len() - 1 == at => Err(errno),
            _ => Ok(()),
        }
    }

    /// A kernel that lacks something refuses until it was asked.
    fn old(&self, command: Command) -> Result<(), SysError> {
        match self.lacks {
            Some(_) if self.probes.load(Ordering::Relaxed) == 0 => {
                Err(SysError::Kernel { command, errno: errno::EINVAL })
            }
            _ => Ok(()),
        }
    }

    fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }
}

/// `lengths` of the fixture `socket/filter_maps`: 4 bytes to 16, 64 of them, without preallocation.
const HASH: Shape =
    Shape { map_type: MapType::HASH, key_size: 4, value_size: 16, max_entries: 64, flags: 1, extra: 0 };

fn descriptor() -> OwnedFd {
    std::fs::File::open("/dev/null").unwrap().into()
}

impl Sys for Fake {
    fn btf_load(&self, _: &[u8], _: Option<BorrowedFd<'_>>) -> Result<OwnedFd, SysError> {
        self.count(Command::BTF_LOAD).map(|()| descriptor())
    }
    fn btf_next_id(&self, after: u32) -> Result<Option<u32>, SysError> {
        self.count(Command::BTF_GET_NEXT_ID)?;
        Ok(Some(after + 1).filter(|id| *id as usize <= self.btf.len()))
    }
    fn btf_by_id(&self, id: u32) -> Result<OwnedFd, SysError> {
        self.count(Command::BTF_GET_FD_BY_ID)?;
        self.opened.store(id as usize, Ordering::Relaxed);
        Ok(descriptor())
    }
    fn btf_owner(&self, _: BorrowedFd<'_>) -> Result<Option<String>, SysError> {
        self.count(Command::OBJ_GET_INFO_BY_FD)?;
        Ok(self.btf[self.opened.load(Ordering::Relaxed) - 1].map(str::to_owned))
    }
    fn map_create(&self, create: &MapCreate<'_>) -> Result<MapFd, SysError> {
        self.count(Command::MAP_CREATE)?;
        self.old(Command::MAP_CREATE)?;
        create.stand_in()
    }
    fn pinned(&self, path: &Path) -> Result<Option<OwnedFd>, SysError> {
        self.count(Command::OBJ_GET)?;
        let found = self.pins.lock().unwrap().get(path).copied();
        if found.is_some() {
            *self.created.lock().unwrap() = found;
        }
        Ok(found.map(|_| descriptor()))
    }
    fn map_of(&self, _: OwnedFd) -> Result<(MapFd, Shape), SysError> {
        self.count(Command::OBJ_GET_INFO_BY_FD)?;
        let found = self.created.lock().unwrap().unwrap();
        let create =
            MapCreate::new(found.map_type, found.key_size, found.value_size, found.max_entries).stand_in()?;
        Ok((create, found))
    }
    fn pin(&self, path: &Path, _: BorrowedFd<'_>) -> Result<(), SysError> {
        self.count(Command::OBJ_PIN)?;
        let mut pins = self.pins.lock().unwrap();
        if let Some(rival) = self.rival.lock().unwrap().take() {
            pins.insert(path.to_owned(), rival);
        }
        if pins.contains_key(path) {
            return Err(SysError::Kernel { command: Command::OBJ_PIN, errno: errno::EEXIST });
        }
        pins.insert(path.to_owned(), HASH);
        Ok(())
    }
    fn unpin(&self, path: &Path) -> Result<(), SysError> {
        self.pins.lock().unwrap().remove(path).map(drop).ok_or(SysError::Io { what: "unlink", errno: 2 })
    }
    fn is_bpffs(&self, _: &Path) -> Result<bool, SysError> {
        Ok(true)
    }
    fn make_folder(&self, path: &Path) -> Result<bool, SysError> {
        self.count_other("mkdir")?;
        let mut folders = self.folders.lock().unwrap();
        let made = !folders.iter().any(|known| known == path);
        folders.extend(made.then(|| path.to_owned()));
        Ok(made)
    }
    fn remove_folder(&self, path: &Path) -> Result<(), SysError> {
        self.folders.lock().unwrap().retain(|known| known != path);
        Ok(())
    }
    fn map_update(&self, _: &MapFd, _: &[u8], _: &[u8]) -> Result<(), SysError> {
        self.count(Command::MAP_UPDATE_ELEM)
    }
    fn map_delete(&self, _: &MapFd, _: &[u8]) -> Result<(), SysError> {
        self.count(Command::MAP_DELETE_ELEM)
    }
    fn duplicate(&self, fd: BorrowedFd<'_>) -> Result<OwnedFd, SysError> {
        self.count_other("dup")?;
        Ok(fd.try_clone_to_owned().unwrap())
    }
    fn map_mmap(&self, map: &MapFd, len: usize, writable: bool) -> Result<MapMapping, SysError> {
        self.count_other("mmap")?;
        if self.refuse_mmap {
            return Err(SysError::Io { what: "mmap", errno: errno::ENOMEM });
        }
        MapMapping::new(map, len, writable)
    }
    fn map_freeze(&self, _: &MapFd) -> Result<(), SysError> {
        self.count(Command::MAP_FREEZE)
    }
    fn prog_load(&self, load: &ProgLoad<'_>) -> Result<OwnedFd, SysError> {
        let _ = load;
        self.count(Command::PROG_LOAD)?;
        if self.verbose.is_some() {
            let before = self.refused.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(std::time::Duration::from_millis(20_u64.saturating_sub(before as u64)));
            return Err(SysError::Kernel { command: Command::PROG_LOAD, errno: errno::EINVAL });
        }
        if self.put_off.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
        {
            return Err(SysError::Kernel { command: Command::PROG_LOAD, errno: errno::EAGAIN });
        }
        self.old(Command::PROG_LOAD)?;
        Ok(descriptor())
    }
    fn prog_load_with_log(
        &self,
        _: &ProgLoad<'_>,
        _: u32,
        log: &mut [u8],
    ) -> (Result<OwnedFd, SysError>, LogSize) {
        if let Some(len) = self.verbose {
            let mut size = LogSize::default();
            (size.written, size.true_size) = (len.min(log.len()), u32::try_from(len).ok());
            log[..size.written].fill(b'v');
            let errno = if len > log.len() { errno::ENOSPC } else { errno::EINVAL };
            return (Err(SysError::Kernel { command: Command::PROG_LOAD, errno }), size);
        }
        // Once refused, refused again, with a log.
        log[..4].copy_from_slice(b"no!\0");
        let mut size = LogSize::default();
        size.written = 3;
        (
            Err(SysError::Kernel {
                command: Command::PROG_LOAD,
                errno: self.refuse.map_or(errno::EINVAL, |(_, e)| e),
            }),
            size,
        )
    }
    fn prog_bind_map(&self, _: BorrowedFd<'_>, _: BorrowedFd<'_>) -> Result<(), SysError> {
        self.count(Command::PROG_BIND_MAP)
    }
    fn link_struct_ops(&self, _: BorrowedFd<'_>) -> Result<OwnedFd, SysError> {
        self.count(Command::LINK_CREATE).map(|()| descriptor())
    }
    fn link_create(&self, _: BorrowedFd<'_>, _: AttachType, _: u64) -> Result<OwnedFd, SysError> {
        self.count(Command::LINK_CREATE).map(|()| descriptor())
    }
    fn link_detach(&self, _: BorrowedFd<'_>) -> Result<(), SysError> {
        self.count(Command::LINK_DETACH)
    }
    fn raw_tracepoint_open(&self, _: Option<&CStr>, _: BorrowedFd<'_>, _: u64) -> Result<OwnedFd, SysError> {
        self.count(Command::RAW_TRACEPOINT_OPEN).map(|()| descriptor())
    }
    fn tracepoint_event(&self, _: u64) -> Result<OwnedFd, SysError> {
        Ok(descriptor())
    }
    fn link_event(&self, _: BorrowedFd<'_>, _: BorrowedFd<'_>, _: u64) -> Result<OwnedFd, SysError> {
        self.count(Command::LINK_CREATE)?;
        match self.lacks {
            Some(Feature::PerfLink) => {
                Err(SysError::Kernel { command: Command::LINK_CREATE, errno: errno::EINVAL })
            }
            _ => Ok(descriptor()),
        }
    }
    fn event_program(&self, _: BorrowedFd<'_>, _: BorrowedFd<'_>) -> Result<(), SysError> {
        Ok(())
    }
    fn probe(&self, feature: Feature) -> Result<Answer, SysError> {
        self.probes.fetch_add(1, Ordering::Relaxed);
        Ok(if self.lacks == Some(feature) { Answer::No } else { Answer::Yes })
    }
}

fn fixture(name: &str) -> PathBuf {
    let endian = if cfg!(target_endian = "big") { "eb" } else { "el" };
    let root = std::env::var_os("BPF_TEST_FIXTURES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures"), PathBuf::from);
    root.join(format!("{name}.{endian}.bpf.o"))
}

/// The kernel in miniature, taken for the one that runs.
fn kernel() -> Kernel {
    let btf = Object::open(fixture("kernels/recent")).unwrap().file().btf().unwrap().clone();
    Kernel::builder().btf(btf).build_as_running()
}

fn one_thread() -> LoadOptions {
    LoadOptions::new().threads(std::num::NonZero::<usize>::MIN)
}

/// Loads with the n-th call refused.
fn load(plan: &Plan, kernel: &Kernel, fake: Fake) -> (Arc<Fake>, Result<LoadedObject, super::LoadError>) {
    let fake = Arc::new(fake);
    let sys: SysRef = fake.clone();
    let outcome = load_with(plan, kernel, &one_thread(), &sys);
    (fake, outcome)
}

/// The open descriptors of this process that loading makes here: of /dev/null and of memory files named `map`.
fn descriptors() -> usize {
    let of = |link: &str| link == "/dev/null" || link.starts_with("/memfd:map");
    std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|link| of(&link.to_string_lossy()))
        .count()
}

/// Tests that look at the descriptors of the process, or change them, run one at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// How each call is refused.
const REFUSALS: [i32; 5] = [errno::EPERM, errno::ENOMEM, errno::EINVAL, errno::EAGAIN, errno::ENOSPC];

/// What an error says of the step that made a call: one of these.
fn says(call: &str) -> &'static [&'static str] {
    match call {
        "BTF_LOAD" => &["loading BTF"],
        "BTF_GET_NEXT_ID" | "BTF_GET_FD_BY_ID" => &["looking for the BTF of module `"],
        "OBJ_GET" => &["what is pinned at"],
        "OBJ_GET_INFO_BY_FD" => &["looking for the BTF of module `", "what is pinned at", "what was given"],
        "MAP_CREATE" => {
            &["creating map `", "creating what is to stand in map `", ": a jump table was refused"]
        }
        "MAP_UPDATE_ELEM" => &["filling map `", "filling slot ", ": a jump table was refused"],
        "MAP_FREEZE" => &["freezing map `", ": a jump table was refused"],
        "mmap" => &["mapping map `"],
        "dup" => &["what was given"],
        "OBJ_PIN" | "mkdir" => &["cannot be pinned to"],
        "PROG_LOAD" => &["program `"],
        other => panic!("no step is known to make the call {other}"),
    }
}

/// The calls of a load, in order; then each of them is refused, in five ways.
fn check(name: &str, expected: &str) {
    check_on(&kernel(), Fake::default, name, expected);
}

fn check_on(kernel: &Kernel, fake: impl Fn() -> Fake, name: &str, expected: &str) {
    let plan = Object::open(fixture(name)).unwrap().plan(kernel).unwrap();
    check_plan(&plan, kernel, one_thread, fake, expected);
}

fn check_plan(
    plan: &Plan,
    kernel: &Kernel,
    options: fn() -> LoadOptions,
    fake: impl Fn() -> Fake,
    expected: &str,
) {
    let _alone = alone();
    let load = |fake: Fake| {
        let fake = Arc::new(fake);
        (fake.clone(), load_with(plan, kernel, &options(), &(fake as SysRef)))
    };
    let before = descriptors();
    let (counted, loaded) = load(fake());
    let loaded = loaded.unwrap();
    let calls = counted.calls();
    assert_eq!(calls.join(" "), expected);
    drop(loaded);
    assert_eq!(descriptors(), before, "descriptors after a load that went well");

    let tables = plan.programs().iter().flat_map(|program| &program.jump_tables);
    let tables: usize = tables.map(|table| table.targets.len() + 2).sum();
    for (at, call) in calls.iter().enumerate() {
        for errno in REFUSALS {
            let what = format!("call {at}, {call}, refused by {errno}");
            let (counted, outcome) = load(Fake { refuse: Some((at, errno)), ..fake() });
            if (*call, errno) == ("PROG_LOAD", errno::EAGAIN) {
                // Put off, and tried again.
                drop(outcome.unwrap());
                assert_eq!(counted.calls().len(), calls.len() + 1, "{what}");
                assert_eq!(descriptors(), before, "{what}: descriptors");
                continue;
            }
            if *call == "PROG_BIND_MAP" {
                // Nothing depends on it.
                drop(outcome.unwrap());
                assert_eq!(descriptors(), before, "{what}: descriptors");
                continue;
            }
            let error = outcome.expect_err("it was refused");
            // Programs that are independent of a refused one are loaded all the same, and its jump tables are made again for
            // its log; nothing else is done any more.
            let last = calls.iter().skip(at).take_while(|next| ["PROG_LOAD", *call].contains(next)).count();
            assert!((at + 1..=at + last + tables).contains(&counted.calls().len()), "{what}");
            check_error(&error, call, &what);
            assert_eq!(*counted.folders.lock().unwrap(), fake().folders.into_inner().unwrap(), "{what}");
            assert_eq!(*counted.pins.lock().unwrap(), fake().pins.into_inner().unwrap(), "{what}");
            drop(error);
            assert_eq!(descriptors(), before, "{what}: descriptors");
        }
    }
}

/// It has a code, says where and which step it was, and the kernel's answer is its cause.
fn check_error(error: &super::LoadError, call: &str, what: &str) {
    let text = error.to_string();
    assert!(says(call).iter().any(|step| text.contains(step)), "{what}: {text}");
    let codes = ["E0503", "E0504", "E0516", "E0517"];
    assert!(codes.contains(&error.code()), "{what}: {} {text}", error.code());
    let labels = error.labels();
    assert!(!labels.is_empty(), "{what}: {text} says not where");
    let of_map = text.contains("map `");
    let named = labels.iter().any(|label| matches!(label.place, Place::Item { kind: "map", .. }));
    assert_eq!(named, of_map, "{what}: {text}: {labels:?}");
    assert!(std::error::Error::source(error).is_some(), "{what}: {text}");
}

mod all_or_nothing;
mod assumptions;
mod attaching;
mod calls;
#[cfg(target_endian = "little")]
mod externs;
mod instances;
mod maps;
#[cfg(target_endian = "little")]
mod modules;
mod real;
mod threads;
