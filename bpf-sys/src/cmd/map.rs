//! Maps: creating them, and the commands on one element.
//!
//! # Safety
//!
//! The kernel is told where a key and a value are, and not how long: it reads or writes as many bytes as the map's own
//! sizes say. [`MapFd`] therefore keeps those sizes beside the descriptor, and every buffer is checked against them.
//! The sizes are true for as long as the descriptor lives: a map's type and sizes never change, and the descriptor is
//! owned, so nobody can put another map behind its number. They come from the kernel ([`MapFd::from_fd`]) or from the
//! very numbers that the kernel has just created the map with ([`MapCreate::create`]), which it stores unchanged.
//!
//! How many bytes the kernel moves for one value is `bpf_map_value_size` in `kernel/bpf/syscall.c`:
//! [`ValueLayout`](crate::uapi::ValueLayout) by map type, for every type up to 7.2. A type that is not in the table
//! gets no element commands at all. With `BPF_F_CPU` or `BPF_F_ALL_CPUS` the kernel moves one CPU's value; a kernel that
//! does not know them may move all, so such a call goes through a buffer for all.

#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use super::info::{self, info};
use super::object::{self, ObjectKind};
use crate::attr::{self, MapCreateAttr, MapElemAttr};
use crate::cpu;
use crate::error::SysError;
use crate::syscall;
use crate::uapi::flags::{BPF_F_ALL_CPUS, BPF_F_CPU, BPF_F_TOKEN_FD, BPF_F_VTYPE_BTF_OBJ_FD};
use crate::uapi::{Command, MapType, ValueLayout};
use crate::user_ptr::UserPtr;

/// A map to be created.
///
/// # Kernel
///
/// `BPF_MAP_CREATE`, since 3.18: `map_create` in `kernel/bpf/syscall.c`.
#[derive(Clone, Copy, Debug)]
#[must_use]
#[doc(alias = "bpf_map_create")]
pub struct MapCreate<'a> {
    map_type: MapType,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    name: &'a str,
    flags: u32,
    inner_map: Option<BorrowedFd<'a>>,
    numa_node: u32,
    ifindex: u32,
    btf: Option<(BorrowedFd<'a>, u32, u32)>,
    vmlinux_value_type: u32,
    value_type_btf: Option<BorrowedFd<'a>>,
    extra: u64,
    token: Option<BorrowedFd<'a>>,
}

impl<'a> MapCreate<'a> {
    /// A map of this type; sizes in bytes. `value_size` is that of one CPU's value.
    pub const fn new(map_type: MapType, key_size: u32, value_size: u32, max_entries: u32) -> Self {
        Self {
            map_type,
            key_size,
            value_size,
            max_entries,
            name: "",
            flags: 0,
            inner_map: None,
            numa_node: 0,
            ifindex: 0,
            btf: None,
            vmlinux_value_type: 0,
            value_type_btf: None,
            extra: 0,
            token: None,
        }
    }

    /// The name that the kernel shows: cut to 15 bytes, with `_` for characters that it refuses. Since 4.15.
    pub const fn name(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// Flags such as [`BPF_F_MMAPABLE`](crate::uapi::flags::BPF_F_MMAPABLE).
    pub const fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    /// What the maps look like that a map of maps can hold. Since 4.12.
    pub const fn inner_map(mut self, map: BorrowedFd<'a>) -> Self {
        self.inner_map = Some(map);
        self
    }

    /// The NUMA node to take the memory from; needs [`BPF_F_NUMA_NODE`](crate::uapi::flags::BPF_F_NUMA_NODE). Since 4.14.
    pub const fn numa_node(mut self, node: u32) -> Self {
        self.numa_node = node;
        self
    }

    /// The network device that the map is offloaded to, by index. Since 4.16.
    pub const fn ifindex(mut self, ifindex: u32) -> Self {
        self.ifindex = ifindex;
        self
    }

    /// The types of key and value, by id in a BTF that was loaded. Since 4.18.
    pub const fn btf(mut self, btf: BorrowedFd<'a>, key_type: u32, value_type: u32) -> Self {
        self.btf = Some((btf, key_type, value_type));
        self
    }

    /// The type of a struct_ops map's value, by id in the kernel's BTF (or in [`Self::value_type_btf`]). Since 5.6.
    pub const fn vmlinux_value_type(mut self, value_type: u32) -> Self {
        self.vmlinux_value_type = value_type;
        self
    }

    /// The BTF of the module that defines a struct_ops type; the flag that goes with it is set too. Since 6.9.
    pub const fn value_type_btf(mut self, btf: BorrowedFd<'a>) -> Self {
        self.value_type_btf = Some(btf);
        self
    }

    /// What this depends on the map type: hash functions of a bloom filter, the address of an arena. Since 5.16.
    #[doc(alias = "map_extra")]
    pub const fn extra(mut self, extra: u64) -> Self {
        self.extra = extra;
        self
    }

    /// A BPF token to create the map with; the flag that goes with it is set too. Since 6.9.
    pub const fn token(mut self, token: BorrowedFd<'a>) -> Self {
        self.token = Some(token);
        self
    }

    /// Creates the map.
    ///
    /// # Errors
    ///
    /// [`SysError::Kernel`] if the kernel refuses; [`SysError::Io`] if the number of CPUs is unknown, which a per-CPU
    /// map needs; [`SysError::TooLong`] if one of its values would not fit into memory.
    pub fn create(&self) -> Result<MapFd, SysError> {
        let mut flags = self.flags;
        let mut number = |fd: Option<BorrowedFd<'_>>, flag| {
            flags |= if fd.is_some() { flag } else { 0 };
            fd.map_or(0, |fd| fd.as_raw_fd())
        };
        let value_type_btf_obj_fd = number(self.value_type_btf, BPF_F_VTYPE_BTF_OBJ_FD);
        let map_token_fd = number(self.token, BPF_F_TOKEN_FD);
        let inner_map_fd = number(self.inner_map, 0);
        let btf_fd = number(self.btf.map(|btf| btf.0), 0);
        let (btf_key_type_id, btf_value_type_id) = self.btf.map_or((0, 0), |btf| (btf.1, btf.2));
        let sizes = Sizes::of(self.map_type, self.key_size, self.value_size)?;
        let mut attr = MapCreateAttr {
            map_type: self.map_type.0,
            key_size: self.key_size,
            value_size: self.value_size,
            max_entries: self.max_entries,
            map_flags: flags,
            inner_map_fd,
            numa_node: self.numa_node,
            map_name: attr::object_name(self.name),
            map_ifindex: self.ifindex,
            btf_fd,
            btf_key_type_id,
            btf_value_type_id,
            btf_vmlinux_value_type_id: self.vmlinux_value_type,
            map_extra: self.extra,
            value_type_btf_obj_fd,
            map_token_fd,
            ..MapCreateAttr::default()
        };
        // SAFETY: the only address in the argument is null.
        let fd = unsafe { syscall::bpf_fd(Command::MAP_CREATE, &mut attr) }?;
        Ok(MapFd { fd, sizes })
    }
}

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
    /// [`SysError::Kernel`]: `EBUSY` if it is frozen, or mapped writable.
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

/// What the kernel tells about a map. A field that the kernel does not know is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_map_info")]
pub struct MapInfo {
    /// The type.
    pub map_type: MapType,
    /// The id.
    pub id: u32,
    /// The length of a key, in bytes.
    pub key_size: u32,
    /// The length of a value, in bytes; of one CPU's in a per-CPU map.
    pub value_size: u32,
    /// How many elements it can hold, or how many bytes.
    pub max_entries: u32,
    /// The flags it was created with.
    pub flags: u32,
    /// The name, at most 15 bytes.
    pub name: String,
    /// The network device it is offloaded to.
    pub ifindex: u32,
    /// The kernel type of a struct_ops map's value.
    pub btf_vmlinux_value_type_id: u32,
    /// The network namespace of an offloaded map: its device.
    pub netns_dev: u64,
    /// The network namespace of an offloaded map: its inode.
    pub netns_ino: u64,
    /// The id of the BTF that describes key and value.
    pub btf_id: u32,
    /// The type of the key.
    pub btf_key_type_id: u32,
    /// The type of the value.
    pub btf_value_type_id: u32,
    /// The id of the kernel BTF that defines a struct_ops type.
    pub btf_vmlinux_id: u32,
    /// What this depends on the map type.
    pub map_extra: u64,
}

/// What the kernel tells about a map.
///
/// # Errors
///
/// [`SysError::Kernel`].
///
/// # Kernel
///
/// `BPF_OBJ_GET_INFO_BY_FD`, since 4.13.
#[doc(alias = "bpf_map_get_info_by_fd")]
pub fn info(map: BorrowedFd<'_>) -> Result<MapInfo, SysError> {
    let mut raw = RawMapInfo::default();
    // SAFETY: the only address in the struct is null.
    unsafe { info::fill(map, &mut raw) }?;
    Ok(MapInfo {
        map_type: MapType(raw.map_type),
        id: raw.id,
        key_size: raw.key_size,
        value_size: raw.value_size,
        max_entries: raw.max_entries,
        flags: raw.map_flags,
        name: attr::fixed_text(&raw.name),
        ifindex: raw.ifindex,
        btf_vmlinux_value_type_id: raw.btf_vmlinux_value_type_id,
        netns_dev: raw.netns_dev,
        netns_ino: raw.netns_ino,
        btf_id: raw.btf_id,
        btf_key_type_id: raw.btf_key_type_id,
        btf_value_type_id: raw.btf_value_type_id,
        btf_vmlinux_id: raw.btf_vmlinux_id,
        map_extra: raw.map_extra,
    })
}

info! {
    /// `struct bpf_map_info`, as of 7.2.
    RawMapInfo<'a> [104] {
        map_type: u32 = 0,
        id: u32 = 4,
        key_size: u32 = 8,
        value_size: u32 = 12,
        max_entries: u32 = 16,
        map_flags: u32 = 20,
        name: [u8; 16] = 24,
        ifindex: u32 = 40,
        btf_vmlinux_value_type_id: u32 = 44,
        netns_dev: u64 = 48,
        netns_ino: u64 = 56,
        btf_id: u32 = 64,
        btf_key_type_id: u32 = 68,
        btf_value_type_id: u32 = 72,
        btf_vmlinux_id: u32 = 76,
        map_extra: u64 = 80,
        hash: UserPtr<'a> = 88,
        hash_size: u32 = 96,
        hole: u32 = 100,
    }
}

fn check_length(command: Command, what: &'static str, expected: usize, found: usize) -> Result<(), SysError> {
    if expected == found { Ok(()) } else { Err(SysError::WrongLength { command, what, expected, found }) }
}
