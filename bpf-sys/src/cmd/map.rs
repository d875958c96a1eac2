//! Maps: creating them, and the commands on one element.
//!
//! # Safety
//!
//! The kernel is told where a key and a value are, and not how long: it reads or writes as many bytes as the map's own
//! sizes say. [`MapFd`] therefore keeps those sizes beside the descriptor, and every buffer is checked against them.
//! The sizes are true for as long as the descriptor lives: a map's type and sizes never change, and the descriptor is
//! owned, so nobody can put another map behind its number. They come from the kernel ([`MapFd::from_fd`]) or from the
//! very numbers that the kernel has just created the map with ([`MapCreate::create`]), which it stores unchanged. A
//! descriptor that is not of a map is refused where `/proc` tells, and otherwise makes every command fail.
//!
//! How many bytes the kernel moves for one value is `bpf_map_value_size` in `kernel/bpf/syscall.c`:
//! [`ValueLayout`] by map type, for every type up to 7.2. A type that is not in the table
//! gets no element commands at all. With `BPF_F_CPU` or `BPF_F_ALL_CPUS` the kernel moves one CPU's value; a kernel that
//! does not know them may move all, so such a call goes through a buffer for all.

#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use super::object::{self, ObjectKind};
use crate::attr::MapElemAttr;
use crate::cpu;
use crate::error::SysError;
use crate::syscall;
use crate::uapi::flags::{BPF_F_ALL_CPUS, BPF_F_CPU};
use crate::uapi::{Command, MapType, ValueLayout};
use crate::user_ptr::UserPtr;

mod batch;
mod create;
mod info;
mod stand_in;

pub use batch::{Batch, BatchCursor, BatchStopped};
pub use create::MapCreate;
pub use info::{MapInfo, info};

/// A descriptor of a map, with the sizes that its element commands need.
#[derive(Debug)]
pub struct MapFd {
    fd: OwnedFd,
    sizes: Sizes,
}

/// What decides how many bytes the kernel moves.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    map_type: MapType,
    key: usize,
    /// In user space; `None` for a type without known layout.
    value: Option<usize>,
    /// For one CPU: what `BPF_F_CPU` moves.
    one_value: usize,
}

impl Sizes {
    fn of(map_type: MapType, key_size: u32, value_size: u32) -> Result<Self, SysError> {
        let one_value = value_size as usize;
        let too_long = SysError::TooLong { command: Command::MAP_CREATE, what: "value", found: one_value };
        let value = match map_type.value_layout() {
            None => None,
            Some(layout) => {
                let cpus = if layout == ValueLayout::PerCpu { cpu::possible_cpus()? } else { 1 };
                Some(layout.user_size(value_size, cpus).ok_or(too_long)?)
            }
        };
        Ok(Self { map_type, key: key_size as usize, value, one_value })
    }
}

impl MapFd {
    /// Takes a descriptor of a map that was got elsewhere, and asks the kernel for the map's sizes.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongKind`] if it is not a map, [`SysError::Kernel`] if the kernel does not tell, and as for
    /// [`MapCreate::create`].
    ///
    /// # Kernel
    ///
    /// `BPF_OBJ_GET_INFO_BY_FD`, since 4.13.
    pub fn from_fd(fd: OwnedFd) -> Result<Self, SysError> {
        if object::kind_of(fd.as_fd()).is_some_and(|kind| kind != ObjectKind::Map) {
            return Err(SysError::WrongKind { expected: "map" });
        }
        let info = info(fd.as_fd())?;
        let sizes = Sizes::of(info.map_type, info.key_size, info.value_size)?;
        Ok(Self { fd, sizes })
    }

    /// The map's type.
    pub fn map_type(&self) -> MapType {
        self.sizes.map_type
    }

    /// The length of a key, in bytes. 0 for maps without keys.
    pub fn key_size(&self) -> usize {
        self.sizes.key
    }

    /// The length of a value as user space sees it, in bytes: all CPUs together for a per-CPU map. 0 for maps without
    /// values, and for types that this crate does not know.
    pub fn value_size(&self) -> usize {
        self.sizes.value.unwrap_or(0)
    }

    /// The length of one value in bytes: of one CPU in a per-CPU map, as the map was created.
    pub fn one_value_size(&self) -> usize {
        self.sizes.one_value
    }

    /// Another descriptor of the same map.
    ///
    /// # Errors
    ///
    /// [`SysError::Io`] if there are too many descriptors.
    pub fn try_clone(&self) -> Result<Self, SysError> {
        let fd = self.fd.try_clone().map_err(|error| SysError::io("fcntl(F_DUPFD_CLOEXEC)", &error))?;
        Ok(Self { fd, sizes: self.sizes })
    }

    /// Reads the value of `key` into `value`. For a queue, stack or bloom filter the key is empty; a bloom filter
    /// tests what is in `value`.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongLength`] or [`SysError::UnknownLayout`] before the call; [`SysError::Kernel`], with `ENOENT` if
    /// there is no such element.
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_LOOKUP_ELEM`, since 3.18.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, key: &[u8], value: &mut [u8], flags: u64) -> Result<(), SysError> {
        self.read_element(Command::MAP_LOOKUP_ELEM, key, value, flags)
    }

    /// Reads the value of `key` into `value`, and removes the element in the same step.
    ///
    /// # Errors
    ///
    /// As for [`Self::lookup`].
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_LOOKUP_AND_DELETE_ELEM`, since 4.20 for queues and stacks, 5.14 for hash maps.
    #[doc(alias = "bpf_map_lookup_and_delete_elem")]
    pub fn lookup_and_delete(&self, key: &[u8], value: &mut [u8], flags: u64) -> Result<(), SysError> {
        self.read_element(Command::MAP_LOOKUP_AND_DELETE_ELEM, key, value, flags)
    }

    /// Sets the value of `key`; `flags` is `BPF_ANY`, `BPF_NOEXIST` or `BPF_EXIST`, and more on newer kernels.
    ///
    /// With `BPF_F_CPU` or `BPF_F_ALL_CPUS`, `value` is one CPU's value.
    ///
    /// # Errors
    ///
    /// As for [`Self::lookup`]; `E2BIG` if the map is full.
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_UPDATE_ELEM`, since 3.18.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), SysError> {
        let command = Command::MAP_UPDATE_ELEM;
        self.check_key(command, key)?;
        let all = self.check_value(command, value.len(), flags)?;
        let mut padded = Vec::new();
        let value = if value.len() == all {
            value
        } else {
            padded.extend_from_slice(value);
            padded.resize(all, 0);
            &padded
        };
        let mut attr = self.element(key, UserPtr::to(value), flags);
        // SAFETY: `key` and `value` are at least as long as what the kernel reads from them, as checked above.
        unsafe { syscall::bpf(command, &mut attr) }.map(drop)
    }

    /// Removes the element of `key`.
    ///
    /// # Errors
    ///
    /// As for [`Self::lookup`].
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_DELETE_ELEM`, since 3.18.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, key: &[u8]) -> Result<(), SysError> {
        self.check_key(Command::MAP_DELETE_ELEM, key)?;
        let mut attr = self.element(key, UserPtr::NULL, 0);
        // SAFETY: `key` is as long as what the kernel reads from it; the other address is null.
        unsafe { syscall::bpf(Command::MAP_DELETE_ELEM, &mut attr) }.map(drop)
    }

    /// Puts the key that follows `key` into `next`, or the first key for `None`. `false` if there is none.
    ///
    /// A key that is not in the map (any more) counts as one before the first, in a hash map: a walk over a map that
    /// changes may start again, so it needs a bound.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongLength`], or [`SysError::Kernel`].
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_GET_NEXT_KEY`, since 3.18; without a key since 4.12.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn next_key(&self, key: Option<&[u8]>, next: &mut [u8]) -> Result<bool, SysError> {
        let command = Command::MAP_GET_NEXT_KEY;
        if let Some(key) = key {
            self.check_key(command, key)?;
        }
        check_length(command, "next key", self.sizes.key, next.len())?;
        let mut attr = self.element(key.unwrap_or_default(), UserPtr::to_mut(next), 0);
        // SAFETY: `key` is null or as long as what the kernel reads from it, `next` as what it writes: a key each.
        match unsafe { syscall::bpf(command, &mut attr) } {
            Ok(_) => Ok(true),
            Err(error) if error.is(libc::ENOENT) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes the map read-only for system calls, for ever. Programs write it as before.
    ///
    /// # Errors
    ///
    /// [`SysError::Kernel`]: `EPERM` if it is frozen already, `EBUSY` if it is mapped writable.
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_FREEZE`, since 5.2.
    #[doc(alias = "bpf_map_freeze")]
    pub fn freeze(&self) -> Result<(), SysError> {
        let mut attr = MapElemAttr { map_fd: self.fd.as_raw_fd(), ..MapElemAttr::default() };
        // SAFETY: all addresses in the argument are null.
        unsafe { syscall::bpf(Command::MAP_FREEZE, &mut attr) }.map(drop)
    }

    /// What the kernel tells about the map.
    ///
    /// # Errors
    ///
    /// [`SysError::Kernel`].
    ///
    /// # Kernel
    ///
    /// `BPF_OBJ_GET_INFO_BY_FD`, since 4.13.
    pub fn info(&self) -> Result<MapInfo, SysError> {
        info(self.fd.as_fd())
    }

    fn read_element(
        &self,
        command: Command,
        key: &[u8],
        value: &mut [u8],
        flags: u64,
    ) -> Result<(), SysError> {
        self.check_key(command, key)?;
        let all = self.check_value(command, value.len(), flags)?;
        let mut larger = Vec::new();
        let buffer = if value.len() == all {
            &mut *value
        } else {
            larger.resize(all, 0);
            &mut *larger
        };
        let mut attr = self.element(key, UserPtr::to_mut(buffer), flags);
        // SAFETY: `key` is as long as what the kernel reads from it, and `buffer` as the most that it writes to a value.
        unsafe { syscall::bpf(command, &mut attr) }?;
        if let Some(read) = larger.get(..value.len()).filter(|_| !larger.is_empty()) {
            value.copy_from_slice(read);
        }
        Ok(())
    }

    fn element<'a>(&self, key: &'a [u8], value: UserPtr<'a>, flags: u64) -> MapElemAttr<'a> {
        MapElemAttr {
            map_fd: self.fd.as_raw_fd(),
            key: UserPtr::to(key),
            value_or_next_key: value,
            flags,
            ..MapElemAttr::default()
        }
    }

    fn check_key(&self, command: Command, key: &[u8]) -> Result<(), SysError> {
        check_length(command, "key", self.sizes.key, key.len())
    }

    /// Checks a value's length; answers the most bytes that any kernel moves for it.
    fn check_value(&self, command: Command, found: usize, flags: u64) -> Result<usize, SysError> {
        let Some(all) = self.sizes.value else {
            return Err(SysError::UnknownLayout { map_type: self.sizes.map_type });
        };
        let one_cpu = flags & (BPF_F_CPU | BPF_F_ALL_CPUS) != 0;
        let expected = if one_cpu { self.sizes.one_value } else { all };
        check_length(command, "value", expected, found)?;
        Ok(all.max(expected))
    }
}

impl AsFd for MapFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl From<MapFd> for OwnedFd {
    fn from(map: MapFd) -> Self {
        map.fd
    }
}

fn check_length(command: Command, what: &'static str, expected: usize, found: usize) -> Result<(), SysError> {
    if expected == found { Ok(()) } else { Err(SysError::WrongLength { command, what, expected, found }) }
}
