//! What the kernel tells about a map.
//!
//! # Safety
//!
//! The one address in the struct stays null.

#![allow(unsafe_code)]

use std::os::fd::BorrowedFd;

use crate::attr;
use crate::cmd::info::{self, info};
use crate::error::SysError;
use crate::uapi::MapType;
use crate::user_ptr::UserPtr;

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
