//! Creating a map.
//!
//! # Safety
//!
//! The one address in this command is that of a hash, which is borrowed for as long as the argument lives.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use super::{MapFd, Sizes};
use crate::attr::{self, MapCreateAttr};
use crate::error::SysError;
use crate::syscall;
use crate::uapi::flags::{BPF_F_TOKEN_FD, BPF_F_VTYPE_BTF_OBJ_FD};
use crate::uapi::{Command, MapType};
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
    exclusive: Option<&'a [u8; 32]>,
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
            exclusive: None,
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

    /// The one program that may use the map, by the SHA-256 of its instructions with the map descriptors in them set to 0.
    /// Since 6.18.
    #[doc(alias = "excl_prog_hash")]
    pub const fn exclusive(mut self, program: &'a [u8; 32]) -> Self {
        self.exclusive = Some(program);
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
        let sizes = self.sizes()?;
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
            excl_prog_hash: self.exclusive.map_or(UserPtr::NULL, |hash| UserPtr::to(hash)),
            excl_prog_hash_size: self.exclusive.map_or(0, |_| 32),
            ..MapCreateAttr::default()
        };
        // SAFETY: the only address in the argument is null, or that of 32 bytes, as long as the size beside it says.
        let fd = unsafe { syscall::bpf_fd(Command::MAP_CREATE, &mut attr) }?;
        Ok(MapFd { fd, sizes })
    }

    pub(super) fn sizes(&self) -> Result<Sizes, SysError> {
        Sizes::of(self.map_type, self.key_size, self.value_size)
    }
}
