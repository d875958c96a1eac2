//! Live maps: handles that share one descriptor, and the globals that live in them.

mod error;
mod global;
mod typed;

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

use bpf_elf::MapId;
use bpf_sys::map::{MapFd, MapInfo};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_MMAPABLE, BPF_F_RDONLY_PROG};
use bpf_sys::{MapMapping, SysError, errno};

pub use error::MapError;
pub use global::{Access, Global};
pub use typed::{
    Array, ArrayOfMaps, BloomFilter, Data, Hash, HashOfMaps, Iter, LpmTrie, PerCpuArray, PerCpuHash,
    ProgArray, Queue, Stack,
};

use crate::load::SysRef;
use crate::plan::{Plan, PlanArena, PlanMap};

/// A map in the kernel. Clones share the descriptor; the map lives as long as any of them, any program that uses it, or
/// any pin.
#[derive(Clone)]
pub struct Map {
    inner: Arc<Inner>,
}

struct Inner {
    /// Nothing where it is of no object.
    id: Option<MapId>,
    object: String,
    name: String,
    map_type: MapType,
    fd: MapFd,
    /// A data section's bytes, or an arena, shared with the programs.
    mapping: Option<MapMapping>,
    /// Where in an arena its variables begin, in bytes.
    globals_at: u32,
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("name", &self.inner.name)
            .field("type", &self.inner.map_type)
            .field("mapped", &self.inner.mapping.is_some())
            .finish_non_exhaustive()
    }
}

/// Maps an arena, which it has to be before programs can use it, and writes the variables into a new one.
fn map_arena(
    map: &PlanMap,
    arena: PlanArena,
    fd: &MapFd,
    is_new: bool,
    sys: &SysRef,
) -> Result<MapMapping, SysError> {
    let len = usize::try_from(arena.len).unwrap_or(usize::MAX);
    let mapping = sys.map_arena(fd, len, map.extra)?;
    if let Some(contents) = map.contents.as_ref().filter(|_| is_new) {
        let at = usize::try_from(arena.globals_at).unwrap_or(usize::MAX);
        let outside = |_| SysError::Io { what: "writing into the arena", errno: errno::EINVAL };
        mapping.write(at, contents).map_err(outside)?;
    }
    Ok(mapping)
}

impl Map {
    pub(crate) fn new(
        plan: &Plan,
        map: &PlanMap,
        fd: MapFd,
        is_new: bool,
        sys: &SysRef,
    ) -> Result<Self, SysError> {
        let mapping = if let Some(arena) = map.arena {
            Some(map_arena(map, arena, &fd, is_new, sys)?)
        } else if map.contents.is_some() && map.flags & BPF_F_MMAPABLE != 0 {
            let len = usize::try_from(map.value_size).unwrap_or(usize::MAX);
            let writable = !map.freeze && map.flags & BPF_F_RDONLY_PROG == 0;
            Some(sys.map_mmap(&fd, len, writable)?)
        } else {
            None
        };
        let (object, name) = (plan.object().name().to_owned(), map.name.clone());
        let (id, map_type) = (Some(map.id), map.map_type);
        let globals_at = map.arena.map_or(0, |arena| arena.globals_at);
        Ok(Self { inner: Arc::new(Inner { id, object, name, map_type, fd, mapping, globals_at }) })
    }

    /// Opens what is pinned to a path: a map of another process, or of an object that is gone. It has the name that the
    /// kernel has for it.
    ///
    /// # Errors
    /// [`MapError::NotAMap`] for a pin of something else, [`MapError::Refused`].
    pub fn open_pinned(path: impl AsRef<Path>) -> Result<Self, MapError> {
        let path = path.as_ref();
        let refused = |source| MapError::pin("opening", path, source);
        Self::from_fd(bpf_sys::object::get(path).map_err(refused)?, path.display().to_string())
    }

    /// Takes a descriptor of a map that was got elsewhere; `origin` says where, in errors. It has the name that the
    /// kernel has for it.
    ///
    /// # Errors
    /// [`MapError::NotAMap`] for a descriptor of something else, [`MapError::Refused`].
    pub fn from_fd(fd: OwnedFd, origin: impl Into<String>) -> Result<Self, MapError> {
        let object = origin.into();
        let failed = |source| match source {
            SysError::WrongKind { .. } => MapError::NotAMap { origin: object.clone() },
            source => MapError::pin("asking about", Path::new(&object), source),
        };
        let fd = MapFd::from_fd(fd).map_err(failed)?;
        let info = fd.info().map_err(failed)?;
        let (name, map_type) = (info.name, info.map_type);
        Ok(Self {
            inner: Arc::new(Inner { id: None, object, name, map_type, fd, mapping: None, globals_at: 0 }),
        })
    }

    /// Its id on the object; `None` for one that was opened without.
    #[must_use]
    pub fn id(&self) -> Option<MapId> {
        self.inner.id
    }

    /// Its name on the object.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Its type.
    #[must_use]
    pub fn map_type(&self) -> MapType {
        self.inner.map_type
    }

    /// Bytes of a key.
    #[must_use]
    pub fn key_size(&self) -> usize {
        self.inner.fd.key_size()
    }

    /// Bytes of a value as it is read and written: of all possible processors together in a per-CPU map.
    #[must_use]
    pub fn value_size(&self) -> usize {
        self.inner.fd.value_size()
    }

    pub(crate) fn fd(&self) -> &MapFd {
        &self.inner.fd
    }

    /// The name of its object.
    pub(crate) fn object(&self) -> &str {
        &self.inner.object
    }

    pub(crate) fn mapping(&self) -> Option<&MapMapping> {
        self.inner.mapping.as_ref()
    }

    pub(crate) fn globals_at(&self) -> u32 {
        self.inner.globals_at
    }

    pub(crate) fn error(&self, doing: &'static str, source: SysError) -> MapError {
        let (name, object) = (self.inner.name.clone(), self.inner.object.clone());
        MapError::Refused { doing, kind: "map", name, object, source }
    }

    /// The value of a key; `None` if the map has none.
    ///
    /// # Errors
    /// [`MapError::Refused`], also where the key has the wrong length.
    #[doc(alias = "bpf_map__lookup_elem")]
    pub fn lookup(&self, key: &[u8]) -> Result<Option<Vec<u8>>, MapError> {
        let mut value = vec![0; self.value_size()];
        match self.inner.fd.lookup(key, &mut value, 0) {
            Ok(()) => Ok(Some(value)),
            Err(error) if error.is(errno::ENOENT) => Ok(None),
            Err(error) => Err(self.error("reading", error)),
        }
    }

    /// Sets the value of a key. `flags` is one of `BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST`, with `BPF_F_LOCK`.
    ///
    /// # Errors
    /// [`MapError::Refused`], also where key or value have the wrong length.
    #[doc(alias = "bpf_map__update_elem")]
    pub fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), MapError> {
        self.inner.fd.update(key, value, flags).map_err(|error| self.error("updating", error))
    }

    /// Removes a key; false if the map has none such.
    ///
    /// # Errors
    /// [`MapError::Refused`], also where the key has the wrong length.
    #[doc(alias = "bpf_map__delete_elem")]
    pub fn delete(&self, key: &[u8]) -> Result<bool, MapError> {
        match self.inner.fd.delete(key) {
            Ok(()) => Ok(true),
            Err(error) if error.is(errno::ENOENT) => Ok(false),
            Err(error) => Err(self.error("deleting from", error)),
        }
    }

    /// The keys. What is added or removed meanwhile may or may not be among them; a key that is removed right after it
    /// was returned makes the kernel begin again, so keys can come twice, and with a writer that is fast enough the
    /// iteration need not end: take as many as you can use.
    ///
    /// # Errors
    /// Each item: [`MapError::Refused`].
    pub fn keys(&self) -> impl Iterator<Item = Result<Vec<u8>, MapError>> + '_ {
        let mut last: Option<Vec<u8>> = None;
        let mut done = false;
        std::iter::from_fn(move || {
            if done {
                return None;
            }
            let mut next = vec![0; self.key_size()];
            match self.inner.fd.next_key(last.as_deref(), &mut next) {
                Ok(true) => {
                    last = Some(next.clone());
                    Some(Ok(next))
                }
                Ok(false) => {
                    done = true;
                    None
                }
                Err(error) => {
                    done = true;
                    Some(Err(self.error("iterating over", error)))
                }
            }
        })
    }

    /// What the kernel says of it.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn info(&self) -> Result<MapInfo, MapError> {
        self.inner.fd.info().map_err(|error| self.error("asking about", error))
    }

    /// Pins it to a path on a bpffs, so that it outlives this process.
    ///
    /// # Errors
    /// [`MapError::NotOnBpffs`], [`MapError::Refused`].
    #[doc(alias = "bpf_map__pin")]
    pub fn pin(&self, path: impl AsRef<Path>) -> Result<(), MapError> {
        let (path, inner) = (path.as_ref(), &self.inner);
        let failed = |error| MapError::pinning("map", &inner.name, &inner.object, path, error);
        bpf_sys::object::pin(path, self.as_fd()).map_err(failed)
    }

    /// Removes a pin of it. What is pinned there and is another map stays.
    ///
    /// # Errors
    /// [`MapError::NotPinned`] where something else is pinned, [`MapError::Refused`].
    #[doc(alias = "bpf_map__unpin")]
    pub fn unpin(&self, path: impl AsRef<Path>) -> Result<(), MapError> {
        let path = path.as_ref();
        let failed = |source| self.error("unpinning", source);
        let there = bpf_sys::object::get(path).and_then(MapFd::from_fd).and_then(|fd| fd.info());
        let there = match there {
            Ok(info) => Some(info.id),
            Err(SysError::WrongKind { .. }) => None,
            Err(error) => return Err(failed(error)),
        };
        if there != Some(self.info()?.id) {
            return Err(MapError::NotPinned {
                kind: "map",
                name: self.inner.name.clone(),
                path: path.to_owned(),
            });
        }
        std::fs::remove_file(path).map_err(|error| failed(crate::load::io("unlink", &error)))
    }
}

impl AsFd for Map {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.fd.as_fd()
    }
}
