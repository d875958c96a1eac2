//! The same for real: the seam of the running kernel with any call refused. Afterwards no descriptor, no pin and nothing
//! that was made in the kernel is there.

use std::time::{Duration, Instant};

use bpf_sys::object::{ObjectKind, ids};
use bpf_sys::{Capabilities, Capability};

use super::*;
use crate::load::RealSys;

/// How often a program is loaded that the kernel puts off.
const ATTEMPTS: usize = 5;

/// The running kernel, but for one call. What is made in it is kept in mind.
#[derive(Debug, Default)]
struct Refusing {
    refuse: Option<(usize, i32)>,
    calls: Mutex<Vec<&'static str>>,
    made: Mutex<Vec<(ObjectKind, u32)>>,
}

impl Refusing {
    fn record(&self, name: &'static str) -> Result<(), i32> {
        let mut calls = self.calls.lock().unwrap();
        calls.push(name);
        let at = calls.len() - 1;
        let Some((first, errno)) = self.refuse else { return Ok(()) };
        // What is put off is tried again, and put off again.
        let attempts = if (name, errno) == ("PROG_LOAD", errno::EAGAIN) { ATTEMPTS } else { 1 };
        if (first..first + attempts).contains(&at) { Err(errno) } else { Ok(()) }
    }

    fn made(&self, kind: ObjectKind, id: Result<u32, SysError>) {
        self.made.lock().unwrap().push((kind, id.unwrap()));
    }
}

impl Sys for Refusing {
    fn before(&self, command: Command) -> Result<(), SysError> {
        let name = command.name().and_then(|name| name.strip_prefix("BPF_")).unwrap();
        self.record(name).map_err(|errno| SysError::Kernel { command, errno })
    }
    fn before_other(&self, what: &'static str) -> Result<(), SysError> {
        self.record(what).map_err(|errno| SysError::Io { what, errno })
    }
    fn btf_load(&self, data: &[u8], token: Option<BorrowedFd<'_>>) -> Result<OwnedFd, SysError> {
        self.before(Command::BTF_LOAD)?;
        let fd = RealSys.btf_load(data, token)?;
        self.made(ObjectKind::Btf, bpf_sys::btf::info(fd.as_fd()).map(|info| info.id));
        Ok(fd)
    }
    fn map_create(&self, create: &MapCreate<'_>) -> Result<MapFd, SysError> {
        self.before(Command::MAP_CREATE)?;
        let map = RealSys.map_create(create)?;
        self.made(ObjectKind::Map, map.info().map(|info| info.id));
        Ok(map)
    }
    fn prog_load(&self, load: &ProgLoad<'_>) -> Result<OwnedFd, SysError> {
        self.before(Command::PROG_LOAD)?;
        let fd = RealSys.prog_load(load)?;
        self.made(ObjectKind::Program, bpf_sys::prog::info(fd.as_fd()).map(|info| info.id));
        Ok(fd)
    }
    fn prog_load_with_log(
        &self,
        load: &ProgLoad<'_>,
        level: u32,
        log: &mut [u8],
    ) -> (Result<OwnedFd, SysError>, LogSize) {
        match self.refuse {
            // Only a program that was refused comes here.
            Some((_, errno)) => {
                (Err(SysError::Kernel { command: Command::PROG_LOAD, errno }), LogSize::default())
            }
            None => RealSys.prog_load_with_log(load, level, log),
        }
    }
}

/// What the whole process has open, by what it leads to.
fn open_files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/proc/self/fd").unwrap();
    let mut links: Vec<PathBuf> =
        entries.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok()).collect();
    // That of the folder itself.
    links.retain(|link| !link.ends_with("fd"));
    links.sort();
    links
}

/// Every file of a folder, with those inside.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found.extend(path.is_dir().then(|| files(&path)).into_iter().flatten());
        found.push(path);
    }
    found.sort();
    found
}

/// A bpffs of the test's own.
struct Bpffs(PathBuf);

impl Bpffs {
    fn mount() -> Self {
        let folder = std::env::temp_dir().join(format!("bpf-loader-refused-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let status = std::process::Command::new("mount").args(["-t", "bpf", "bpf"]).arg(&folder).status();
        assert!(status.unwrap().success(), "a bpffs is mounted at {}", folder.display());
        Self(folder)
    }
}

impl Drop for Bpffs {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// Waits until none of it is in the kernel. Lists ids, and opens nothing: a program array that is opened while it is let
/// go of stays for ever.
fn gone(refusing: &Refusing, what: &str) {
    let made = refusing.made.lock().unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let kinds = [ObjectKind::Btf, ObjectKind::Map, ObjectKind::Program];
        let there: Vec<(ObjectKind, u32)> =
            kinds.into_iter().flat_map(|kind| ids(kind).flatten().map(move |id| (kind, id))).collect();
        let left: Vec<_> = made.iter().filter(|made| there.contains(made)).collect();
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: left in the kernel: {left:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Every call of a load is refused in turn, in five ways. `pin` says which maps are pinned, each in a folder of its own.
fn check(name: &str, pin: &[&str], calls: &str) {
    assert!(
        std::env::var_os("BPF_TEST_KERNEL").is_some_and(|value| value == "1"),
        "needs BPF_TEST_KERNEL=1, and the leave that it gives to change the running kernel"
    );
    assert!(Capabilities::effective().unwrap().has(Capability::SysAdmin), "needs CAP_SYS_ADMIN");
    let _alone = alone();
    let bpffs = Bpffs::mount();
    let kernel = Kernel::running();
    let mut object = Object::open(fixture(name)).unwrap();
    for map in pin {
        let path = bpffs.0.join(format!("of_{}", map.replace('.', "_"))).join("pin");
        object.map_mut(map).unwrap().set_pin_path(Some(&path));
    }
    let plan = object.plan(&kernel).unwrap();
    let load = |refuse| {
        let refusing = Arc::new(Refusing { refuse, ..Refusing::default() });
        (refusing.clone(), load_with(&plan, &kernel, &one_thread(), &(refusing as SysRef)))
    };
    let (open, pins) = (open_files(), files(&bpffs.0));
    let (counted, loaded) = load(None);
    drop(loaded.unwrap());
    assert_eq!(counted.calls.lock().unwrap().join(" "), calls);
    let remove_pins = || {
        for map in pin {
            let folder = bpffs.0.join(format!("of_{}", map.replace('.', "_")));
            std::fs::remove_file(folder.join("pin")).unwrap();
            std::fs::remove_dir(folder).unwrap();
        }
    };
    remove_pins();
    gone(&counted, "nothing was refused");
    assert_eq!((open_files(), files(&bpffs.0)), (open.clone(), pins.clone()), "nothing was refused");

    for (at, call) in calls.split(' ').enumerate() {
        for errno in REFUSALS {
            let what = format!("call {at}, {call}, refused by {errno}");
            let (refusing, outcome) = load(Some((at, errno)));
            match outcome.map(drop) {
                // Nothing depends on it: the load goes well, pins and all.
                Ok(()) => {
                    assert_eq!(call, "PROG_BIND_MAP", "{what}: it was loaded");
                    remove_pins();
                }
                Err(error) => check_error(&error, call, &what),
            }
            assert_eq!(open_files(), open, "{what}");
            assert_eq!(files(&bpffs.0), pins, "{what}");
            gone(&refusing, &what);
        }
    }
}

#[test]
#[ignore = "BPF_TEST_KERNEL=1 is not set"]
fn struct_ops_with_pins() {
    check(
        "struct_ops/cong",
        &[".rodata", ".data", ".bss"],
        "BTF_LOAD OBJ_GET MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap OBJ_GET MAP_CREATE MAP_UPDATE_ELEM mmap OBJ_GET \
         MAP_CREATE mmap MAP_CREATE mkdir OBJ_PIN mkdir OBJ_PIN mkdir OBJ_PIN PROG_LOAD PROG_LOAD PROG_LOAD PROG_LOAD \
         PROG_LOAD PROG_LOAD PROG_LOAD PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP PROG_BIND_MAP",
    );
}

#[test]
#[ignore = "BPF_TEST_KERNEL=1 is not set"]
fn nested_maps_with_pins() {
    check(
        "maps/nested",
        &["first", "by_index", "by_key", "tails"],
        "BTF_LOAD OBJ_GET MAP_CREATE OBJ_GET MAP_CREATE MAP_CREATE MAP_CREATE OBJ_GET MAP_CREATE MAP_CREATE OBJ_GET \
         MAP_CREATE MAP_UPDATE_ELEM MAP_UPDATE_ELEM MAP_UPDATE_ELEM mkdir OBJ_PIN mkdir OBJ_PIN mkdir OBJ_PIN mkdir OBJ_PIN \
         PROG_LOAD PROG_LOAD PROG_LOAD MAP_UPDATE_ELEM",
    );
}
