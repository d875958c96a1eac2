//! Every call of a load and of attaching, refused in turn: nothing stays open, and the error names the step.

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
    calls: Mutex<Vec<Command>>,
    /// Which call to refuse, and how.
    refuse: Option<(usize, i32)>,
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
        let mut calls = self.calls.lock().unwrap();
        calls.push(command);
        match self.refuse {
            Some((at, errno)) if calls.len() - 1 == at => Err(SysError::Kernel { command, errno }),
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

    fn calls(&self) -> Vec<Command> {
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
        *self.created.lock().unwrap() = found;
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
    fn map_mmap(&self, map: &MapFd, len: usize, writable: bool) -> Result<MapMapping, SysError> {
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
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../fixtures/{name}.{endian}.bpf.o"))
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

/// The calls of a load and of attaching every struct_ops, in order; then each of them is refused, in four ways.
fn check(name: &str, expected: &str) {
    check_on(&kernel(), Fake::default, name, expected);
}

fn check_on(kernel: &Kernel, fake: impl Fn() -> Fake, name: &str, expected: &str) {
    let _alone = alone();
    let plan = Object::open(fixture(name)).unwrap().plan(kernel).unwrap();
    let before = descriptors();
    let (counted, loaded) = load(&plan, kernel, fake());
    let loaded = loaded.unwrap();
    let calls = counted.calls();
    let text: Vec<&str> = calls.iter().filter_map(|call| call.name()?.strip_prefix("BPF_")).collect();
    assert_eq!(text.join(" "), expected, "{name}");
    drop(loaded);
    assert_eq!(descriptors(), before, "{name}: descriptors after a load that went well");

    for at in 0..calls.len() {
        for errno in [errno::EPERM, errno::ENOMEM, errno::EINVAL, errno::ENOSPC] {
            let (counted, outcome) = load(&plan, kernel, Fake { refuse: Some((at, errno)), ..fake() });
            let error = outcome.expect_err("it was refused");
            assert!(counted.calls().len() >= at);
            assert!(matches!(error.code(), "E0503" | "E0504"), "{name}, call {at}: {} {error}", error.code());
            assert!(!error.labels().is_empty(), "{name}, call {at}: {error} says not where");
            let of_map = error.to_string().contains(" map `");
            let labels = error.labels();
            let named = labels.iter().any(|label| matches!(label.place, Place::Item { kind: "map", .. }));
            assert_eq!(named, of_map, "{name}, call {at}: {error}: {labels:?}");
            assert!(!error.to_string().is_empty() && std::error::Error::source(&error).is_some());
            drop(error);
            assert_eq!(descriptors(), before, "{name}: descriptors after call {at} was refused");
        }
    }
}

#[test]
fn minimal() {
    check("socket/minimal", "BTF_LOAD PROG_LOAD");
}

#[test]
fn without_btf() {
    check("socket/no_btf", "PROG_LOAD");
}

#[test]
fn maps_and_globals() {
    check(
        "socket/filter_maps",
        "BTF_LOAD MAP_CREATE MAP_CREATE MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE MAP_CREATE PROG_LOAD",
    );
}

/// A map for each table, filled and frozen before the program is loaded, and let go of then.
#[test]
fn jump_tables() {
    check(
        "jump/table",
        "BTF_LOAD MAP_CREATE MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_FREEZE MAP_CREATE \
         MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_FREEZE PROG_LOAD",
    );
}

#[test]
fn congestion_control() {
    check(
        "struct_ops/cong",
        "BTF_LOAD MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE MAP_CREATE MAP_UPDATE_ELEM MAP_CREATE MAP_CREATE \
         PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD",
    );
}

/// A kernel with the module of the fixtures, taken for the one that runs.
fn kernel_with_module() -> Kernel {
    let stored = Kernel::open(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/kernels/stored/x86_64-6.12.kernel"),
    );
    let stored = stored.unwrap();
    let builder = Kernel::builder().btf(stored.btf().unwrap().clone());
    let module = stored.module("bpf_fixture").unwrap().btf().unwrap().bytes();
    builder.module("bpf_fixture", module).build_as_running()
}

/// What of the kernel's BTF is looked at: up to the module, which comes after the object's own.
#[test]
#[cfg(target_endian = "little")]
fn struct_ops_of_a_module() {
    let owners = [Some("vmlinux"), None, Some("another"), Some("bpf_fixture"), Some("later")];
    let look = "BTF_GET_NEXT_ID BTF_GET_FD_BY_ID OBJ_GET_INFO_BY_FD ".repeat(4);
    check_on(
        &kernel_with_module(),
        || Fake { btf: owners.to_vec(), ..Fake::default() },
        "module/ops_nolink",
        &format!("BTF_LOAD {look}MAP_CREATE PROG_LOAD PROG_LOAD"),
    );
}

#[test]
#[cfg(target_endian = "little")]
fn a_module_that_is_gone() {
    let _alone = alone();
    let kernel = kernel_with_module();
    let plan = Object::open(fixture("module/ops_nolink")).unwrap().plan(&kernel).unwrap();
    let before = descriptors();
    // One of that name that user space loaded is none.
    let owners = vec![Some("vmlinux"), None];
    let error = load(&plan, &kernel, Fake { btf: owners.clone(), ..Fake::default() }).1.unwrap_err();
    assert_eq!(error.to_string(), "this plan needs module `bpf_fixture`, which is not loaded");
    assert_eq!((error.code(), error.help().as_deref()), ("E0508", Some("load it: modprobe bpf_fixture")));
    // What goes away between being listed and being opened is passed over.
    let refuse = Some((2, errno::ENOENT));
    let owners = vec![None, Some("bpf_fixture")];
    let (fake, loaded) = load(&plan, &kernel, Fake { btf: owners, refuse, ..Fake::default() });
    assert!(loaded.is_ok(), "{:?}", fake.calls());
    drop(loaded);
    assert_eq!(descriptors(), before);
}

/// A kernel where the module is another, or is not there.
#[test]
#[cfg(target_endian = "little")]
fn a_plan_for_other_modules() {
    let planned_for = kernel_with_module();
    let plan = Object::open(fixture("module/ops_nolink")).unwrap().plan(&planned_for).unwrap();
    let btf = || Kernel::builder().btf(planned_for.btf().unwrap().clone());
    let mut other = planned_for.module("bpf_fixture").unwrap().btf().unwrap().bytes().to_vec();
    // The last letter of the last name.
    let at = other.len() - 2;
    other[at] ^= 1;
    for (kernel, code) in [
        (btf().build_as_running(), "E0508"),
        (btf().module("bpf_fixture", other).build_as_running(), "E0509"),
    ] {
        let (fake, outcome) = load(&plan, &kernel, Fake::default());
        assert_eq!(outcome.unwrap_err().code(), code);
        assert!(fake.calls().is_empty());
    }
}

#[test]
fn attaching_is_undone() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    for (name, loads, attach) in [
        ("struct_ops/cong", 15, &["MAP_UPDATE_ELEM", "LINK_CREATE", "LINK_DETACH"][..]),
        ("struct_ops/cong_nolink", 0, &["MAP_UPDATE_ELEM", "MAP_DELETE_ELEM"]),
    ] {
        let plan = Object::open(fixture(name)).unwrap().plan(&kernel).unwrap();
        let (fake, loaded) = load(&plan, &kernel, Fake::default());
        let loaded = loaded.unwrap();
        let done = fake.calls().len();
        assert!(loads == 0 || done == loads);
        let ops = loaded.struct_ops_variables().next().unwrap();
        let link = ops.attach().unwrap();
        assert_eq!(ops.attach().map(drop).unwrap_err().code(), "E0604");
        link.detach().unwrap();
        let calls: Vec<_> =
            fake.calls()[done..].iter().filter_map(|call| call.name()?.strip_prefix("BPF_")).collect();
        assert_eq!(calls, attach, "{name}: a refused second attach makes no call");

        // The last call before it is registered is refused: it is not registered, and can be tried again.
        let at = done + attach.len() - 2;
        let (_, loaded) = load(&plan, &kernel, Fake { refuse: Some((at, errno::EINVAL)), ..Fake::default() });
        let loaded = loaded.unwrap();
        let ops = loaded.struct_ops_variables().next().unwrap();
        assert!(ops.attach().is_err());
        assert_ne!(ops.state(), State::Registered);
        drop(ops.attach().unwrap());
    }
    assert_eq!(descriptors(), before);
}

#[test]
fn a_refused_memory_map_undoes_the_load() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let plan = Object::open(fixture("socket/filter_maps")).unwrap().plan(&kernel).unwrap();
    let (_, outcome) = load(&plan, &kernel, Fake { refuse_mmap: true, ..Fake::default() });
    let error = outcome.expect_err("it was refused");
    assert_eq!(
        (error.code(), error.to_string().contains("mapping map `.rodata`")),
        ("E0503", true),
        "{error}"
    );
    drop(error);
    assert_eq!(descriptors(), before);
}

#[test]
fn a_detach_that_is_refused_gives_the_link_back() {
    let _alone = alone();
    let kernel = kernel();
    let plan = Object::open(fixture("struct_ops/cong_nolink")).unwrap().plan(&kernel).unwrap();
    let (fake, loaded) = load(&plan, &kernel, Fake::default());
    let at = fake.calls().len() + 1;
    drop(loaded);
    let (_, loaded) = load(&plan, &kernel, Fake { refuse: Some((at, errno::EPERM)), ..Fake::default() });
    let loaded = loaded.unwrap();
    let ops = loaded.struct_ops_variables().next().unwrap();
    let failed = ops.attach().unwrap().detach().unwrap_err();
    assert_eq!(ops.state(), State::Registered);
    failed.link.detach().unwrap();
    assert_eq!(ops.state(), State::Unregistered);
}

#[test]
fn a_link_without_the_detach_command_is_closed() {
    let _alone = alone();
    let (kernel, before) = (kernel(), descriptors());
    let plan = Object::open(fixture("tracing/raw_tp")).unwrap().plan(&kernel).unwrap();
    let done = load(&plan, &kernel, Fake::default()).0.calls().len();
    let refuse = Some((done + 1, errno::EOPNOTSUPP));
    let (_, loaded) = load(&plan, &kernel, Fake { refuse, ..Fake::default() });
    let loaded = loaded.unwrap();
    let link = loaded.programs().next().unwrap().attach().unwrap();
    let attached = descriptors();
    link.detach().unwrap();
    assert_eq!(descriptors() + 1, attached);
    drop(loaded);
    assert_eq!(descriptors(), before);
}

#[test]
fn a_wrong_assumption_is_probed_once_and_planned_away() {
    let _alone = alone();
    // A program whose plan rests on names, on a kernel without them.
    let bare = Kernel::builder().build_as_running();
    let plan = Object::open(fixture("socket/minimal")).unwrap().plan(&bare).unwrap();
    assert!(plan.assumptions().any(|(feature, _)| feature == Feature::Names));
    let (fake, loaded) = load(&plan, &bare, Fake { lacks: Some(Feature::Names), ..Fake::default() });
    let loaded = loaded.unwrap();
    assert_eq!(loaded.plan().programs()[0].kernel_name, "");
    assert_eq!(plan.programs()[0].kernel_name, "seven");
    assert!(loaded.plan().assumptions().all(|(feature, _)| feature != Feature::Names));
    assert!(fake.probes.load(Ordering::Relaxed) >= 1);
}

#[test]
fn a_wrong_assumption_of_a_map_is_planned_away_too() {
    let bare = Kernel::builder().build_as_running();
    let plan = Object::open(fixture("socket/filter_maps")).unwrap().plan(&bare).unwrap();
    let _alone = alone();
    let (fake, loaded) = load(&plan, &bare, Fake { lacks: Some(Feature::Names), ..Fake::default() });
    assert!(loaded.unwrap().plan().maps().iter().all(|map| map.kernel_name.is_empty()));
    // The refused map, then everything again.
    assert_eq!(fake.calls().iter().filter(|call| **call == Command::MAP_CREATE).count(), 5);
}

#[test]
fn a_load_that_is_put_off_is_tried_five_times() {
    let kernel = kernel();
    let plan = Object::open(fixture("socket/minimal")).unwrap().plan(&kernel).unwrap();
    let _alone = alone();
    for (times, loads) in [(4, true), (5, false)] {
        let (fake, outcome) =
            load(&plan, &kernel, Fake { put_off: AtomicUsize::new(times), ..Fake::default() });
        assert_eq!(outcome.is_ok(), loads, "{times} times");
        assert_eq!(fake.calls().iter().filter(|call| **call == Command::PROG_LOAD).count(), 5);
    }
}

#[test]
fn a_tracepoint_without_links_is_attached_all_the_same() {
    use crate::attach::AttachOptions;
    let _alone = alone();
    let before = descriptors();
    // Nothing is known of this kernel: a link is tried, and the kernel asked once if it refuses.
    for (lacks, probes) in [(None, 0), (Some(Feature::PerfLink), 1)] {
        let bare = Kernel::builder().build_as_running();
        let plan = Object::open(fixture("ring/printk")).unwrap().plan(&bare).unwrap();
        let fake = Arc::new(Fake { lacks, probes: AtomicUsize::new(1), ..Fake::default() });
        let loaded = load_with(&plan, &bare, &one_thread(), &(fake.clone() as SysRef)).unwrap();
        let program = loaded.program("on_exec").unwrap();
        let attach = |options: AttachOptions| options.attach_event(program, "a/b", 1);
        let link = attach(AttachOptions::new()).unwrap();
        assert_eq!(link.fd().is_some(), lacks.is_none());
        let with_cookie = attach(AttachOptions::new().cookie(7)).map(drop).map_err(|error| error.code());
        assert_eq!(with_cookie, if lacks.is_none() { Ok(()) } else { Err("E0610") });
        assert_eq!(fake.probes.load(Ordering::Relaxed), 1 + probes);
        if lacks.is_some() {
            assert_eq!(link.pin("/nowhere").unwrap_err().code(), "E0605");
        }
        link.detach().unwrap();
    }
    assert_eq!(descriptors(), before);
}

#[test]
fn handles_are_shared() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn sent<T: Send + Sync + 'static>() {}
    shared::<crate::Map>();
    shared::<crate::Program>();
    shared::<crate::StructOps>();
    shared::<crate::Global>();
    shared::<Kernel>();
    shared::<Plan>();
    sent::<crate::Link>();
    sent::<crate::Links>();
    sent::<LoadedObject>();
    let _ = descriptor().as_fd();
}

#[path = "map_tests.rs"]
mod maps;

#[path = "extern_tests.rs"]
#[cfg(target_endian = "little")]
mod externs;

#[path = "instance_tests.rs"]
mod instances;
