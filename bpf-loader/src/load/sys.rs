//! The seam between the loader and the kernel: every call that loading and attaching make goes through it, so that
//! tests can count the calls and refuse any of them.

use std::fmt;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use bpf_sys::link::LinkCreate;
use bpf_sys::map::{MapCreate, MapFd};
use bpf_sys::object::ObjectKind;
use bpf_sys::prog::{LogSize, ProgLoad};
use bpf_sys::uapi::{AttachType, Command};
use bpf_sys::{MapMapping, SysError, errno};

use crate::kernel::{Answer, Feature};
use crate::load::Shape;

const DUPLICATE: &str = "fcntl(F_DUPFD_CLOEXEC)";

pub(crate) trait Sys: fmt::Debug + Send + Sync {
    /// Called before each call of bpf(2); a test refuses it here.
    fn before(&self, _command: Command) -> Result<(), SysError> {
        Ok(())
    }

    /// As [`Self::before`], for the other calls that make something, by their names.
    fn before_other(&self, _what: &'static str) -> Result<(), SysError> {
        Ok(())
    }

    fn token_create(&self, bpffs: BorrowedFd<'_>) -> Result<OwnedFd, SysError> {
        self.before(Command::TOKEN_CREATE)?;
        bpf_sys::token::create(bpffs)
    }

    fn btf_load(&self, data: &[u8], token: Option<BorrowedFd<'_>>) -> Result<OwnedFd, SysError> {
        self.before(Command::BTF_LOAD)?;
        bpf_sys::btf::load(data, token)
    }

    /// The id of BTF in the kernel that follows another, and a descriptor of it.
    fn btf_next_id(&self, after: u32) -> Result<Option<u32>, SysError> {
        self.before(Command::BTF_GET_NEXT_ID)?;
        bpf_sys::object::next_id(ObjectKind::Btf, after)
    }

    fn btf_by_id(&self, id: u32) -> Result<OwnedFd, SysError> {
        self.before(Command::BTF_GET_FD_BY_ID)?;
        bpf_sys::object::fd_by_id(ObjectKind::Btf, id)
    }

    /// The module, or `vmlinux`, that BTF is of; `None` for what user space loaded.
    fn btf_owner(&self, btf: BorrowedFd<'_>) -> Result<Option<String>, SysError> {
        self.before(Command::OBJ_GET_INFO_BY_FD)?;
        let info = bpf_sys::btf::info(btf)?;
        Ok(info.kernel_btf.then_some(info.name))
    }

    fn map_create(&self, create: &MapCreate<'_>) -> Result<MapFd, SysError> {
        self.before(Command::MAP_CREATE)?;
        within_limit(|| create.create())
    }

    fn map_update(&self, map: &MapFd, key: &[u8], value: &[u8]) -> Result<(), SysError> {
        self.before(Command::MAP_UPDATE_ELEM)?;
        map.update(key, value, 0)
    }

    fn map_delete(&self, map: &MapFd, key: &[u8]) -> Result<(), SysError> {
        self.before(Command::MAP_DELETE_ELEM)?;
        map.delete(key)
    }

    fn map_freeze(&self, map: &MapFd) -> Result<(), SysError> {
        self.before(Command::MAP_FREEZE)?;
        map.freeze()
    }

    /// A map behind a descriptor, and what it is like.
    fn map_of(&self, fd: OwnedFd) -> Result<(MapFd, Shape), SysError> {
        self.before(Command::OBJ_GET_INFO_BY_FD)?;
        let map = MapFd::from_fd(fd)?;
        let info = map.info()?;
        let shape = Shape {
            map_type: info.map_type,
            key_size: info.key_size,
            value_size: info.value_size,
            max_entries: info.max_entries,
            flags: info.flags,
            extra: info.map_extra,
        };
        Ok((map, shape))
    }

    /// What is pinned to a path; `None` if nothing is.
    fn pinned(&self, path: &Path) -> Result<Option<OwnedFd>, SysError> {
        self.before(Command::OBJ_GET)?;
        match bpf_sys::object::get(path) {
            Ok(fd) => Ok(Some(fd)),
            Err(error) if error.is(errno::ENOENT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn pin(&self, path: &Path, fd: BorrowedFd<'_>) -> Result<(), SysError> {
        self.before(Command::OBJ_PIN)?;
        bpf_sys::object::pin(path, fd)
    }

    fn unpin(&self, path: &Path) -> Result<(), SysError> {
        std::fs::remove_file(path).map_err(|error| io("unlink", &error))
    }

    fn is_bpffs(&self, path: &Path) -> Result<bool, SysError> {
        bpf_sys::is_bpffs(path)
    }

    /// Makes a folder that only its owner can enter; false if it is there.
    fn make_folder(&self, path: &Path) -> Result<bool, SysError> {
        self.before_other("mkdir")?;
        match std::fs::DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(io("mkdir", &error)),
        }
    }

    fn remove_folder(&self, path: &Path) -> Result<(), SysError> {
        std::fs::remove_dir(path).map_err(|error| io("rmdir", &error))
    }

    /// Another descriptor of what a caller holds.
    fn duplicate(&self, fd: BorrowedFd<'_>) -> Result<OwnedFd, SysError> {
        self.before_other(DUPLICATE)?;
        fd.try_clone_to_owned().map_err(|error| io(DUPLICATE, &error))
    }

    fn map_mmap(&self, map: &MapFd, len: usize, writable: bool) -> Result<MapMapping, SysError> {
        self.before_other("mmap")?;
        MapMapping::new(map, len, writable)
    }

    fn map_arena(&self, map: &MapFd, len: usize, address: u64) -> Result<MapMapping, SysError> {
        self.before_other("mmap")?;
        MapMapping::arena(map, len, address)
    }

    fn prog_load(&self, load: &ProgLoad<'_>) -> Result<OwnedFd, SysError> {
        self.before(Command::PROG_LOAD)?;
        within_limit(|| load.load())
    }

    fn prog_load_with_log(
        &self,
        load: &ProgLoad<'_>,
        level: u32,
        log: &mut [u8],
    ) -> (Result<OwnedFd, SysError>, LogSize) {
        if let Err(error) = self.before(Command::PROG_LOAD) {
            return (Err(error), LogSize::default());
        }
        load.load_with_log(level, log)
    }

    fn prog_bind_map(&self, prog: BorrowedFd<'_>, map: BorrowedFd<'_>) -> Result<(), SysError> {
        self.before(Command::PROG_BIND_MAP)?;
        bpf_sys::prog::bind_map(prog, map)
    }

    fn link_struct_ops(&self, map: BorrowedFd<'_>) -> Result<OwnedFd, SysError> {
        self.before(Command::LINK_CREATE)?;
        bpf_sys::link::create_struct_ops(map)
    }

    fn link_detach(&self, link: BorrowedFd<'_>) -> Result<(), SysError> {
        self.before(Command::LINK_DETACH)?;
        bpf_sys::link::detach(link)
    }

    /// Attaches a program to what it was loaded for.
    fn link_create(
        &self,
        prog: BorrowedFd<'_>,
        attach_type: AttachType,
        cookie: u64,
    ) -> Result<OwnedFd, SysError> {
        self.before(Command::LINK_CREATE)?;
        LinkCreate::new(prog, attach_type).cookie(cookie).create()
    }

    /// Without a name, for a program that was loaded for a tracepoint, or for a function.
    fn raw_tracepoint_open(
        &self,
        name: Option<&std::ffi::CStr>,
        prog: BorrowedFd<'_>,
        cookie: u64,
    ) -> Result<OwnedFd, SysError> {
        self.before(Command::RAW_TRACEPOINT_OPEN)?;
        bpf_sys::link::raw_tracepoint_open(name, prog, cookie)
    }

    fn tracepoint_event(&self, id: u64) -> Result<OwnedFd, SysError> {
        bpf_sys::perf::open_tracepoint(id)
    }

    fn link_event(
        &self,
        prog: BorrowedFd<'_>,
        event: BorrowedFd<'_>,
        cookie: u64,
    ) -> Result<OwnedFd, SysError> {
        self.before(Command::LINK_CREATE)?;
        LinkCreate::new(prog, AttachType::PERF_EVENT).target_fd(event).cookie(cookie).create()
    }

    fn event_program(&self, event: BorrowedFd<'_>, prog: BorrowedFd<'_>) -> Result<(), SysError> {
        bpf_sys::perf::set_bpf(event, prog)
    }

    fn probe(&self, feature: Feature) -> Result<Answer, SysError> {
        crate::kernel::probe(feature)
    }
}

/// A refusal of a call that is not bpf(2).
pub(crate) fn io(what: &'static str, error: &std::io::Error) -> SysError {
    SysError::Io { what, errno: error.raw_os_error().unwrap_or(0) }
}

/// A call whose memory old kernels count against a limit; refused for that, it is made once more with a higher one.
fn within_limit<T>(call: impl Fn() -> Result<T, SysError>) -> Result<T, SysError> {
    match call() {
        Err(error) if error.is(errno::EPERM) && bpf_sys::raise_memlock_limit() => call(),
        outcome => outcome,
    }
}

/// The running kernel.
#[derive(Debug)]
pub(crate) struct RealSys;

impl Sys for RealSys {}

pub(crate) type SysRef = Arc<dyn Sys>;
