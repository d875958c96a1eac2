//! Whether the running kernel has a type of maps: it is asked for the smallest that it could take.

use std::os::fd::AsFd;

use bpf_btf::Endian;
use bpf_btf::build::{BuildError, Builder, Encoding};
use bpf_sys::map::MapCreate;
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_MMAPABLE, BPF_F_NO_PREALLOC};
use bpf_sys::{SysError, errno};

use super::Probed;

/// Bytes of key and value, entries, flags.
type Smallest = (u32, u32, u32, u32);

/// The smallest that kernels take (libbpf's `probe_map_create`, and the rules of planning).
fn smallest(map: MapType) -> Smallest {
    match map {
        MapType::STACK_TRACE => (4, 8, 1, 0),
        MapType::LPM_TRIE => (8, 8, 1, BPF_F_NO_PREALLOC),
        MapType::CGROUP_STORAGE | MapType::PERCPU_CGROUP_STORAGE => (16, 8, 0, 0),
        MapType::QUEUE | MapType::STACK | MapType::BLOOM_FILTER => (0, 4, 1, 0),
        MapType::SK_STORAGE | MapType::INODE_STORAGE | MapType::TASK_STORAGE | MapType::CGRP_STORAGE => {
            (4, 4, 0, BPF_F_NO_PREALLOC)
        }
        // A power of two of pages, of any size that a page can have.
        MapType::RINGBUF | MapType::USER_RINGBUF => (0, 0, 64 << 10, 0),
        MapType::ARENA => (0, 0, 1, BPF_F_MMAPABLE),
        MapType::REUSEPORT_SOCKARRAY => (4, 8, 1, 0),
        MapType::INSN_ARRAY => (4, 16, 1, 0),
        MapType::RHASH => (4, 4, 1, BPF_F_NO_PREALLOC),
        _ => (4, 4, 1, 0),
    }
}

pub(super) fn ask(map: MapType) -> Probed {
    if map.name().is_none() {
        return Probed::unknown("this number is not known here");
    }
    let (key, value, entries, flags) = smallest(map);
    let create = MapCreate::new(map, key, value, entries).flags(flags);
    let outcome = match map {
        MapType::ARRAY_OF_MAPS | MapType::HASH_OF_MAPS => MapCreate::new(MapType::ARRAY, 4, 4, 1)
            .create()
            .and_then(|inner| create.inner_map(inner.as_fd()).create().map(drop)),
        MapType::SK_STORAGE | MapType::INODE_STORAGE | MapType::TASK_STORAGE | MapType::CGRP_STORAGE => {
            let Ok(int) = an_integer() else { return Probed::unknown("no BTF could be made for it") };
            bpf_sys::btf::load(&int, None).and_then(|btf| create.btf(btf.as_fd(), 1, 1).create().map(drop))
        }
        // No type of the kernel has the number 1 and is a struct_ops: a kernel that looks says so.
        MapType::STRUCT_OPS => create.vmlinux_value_type(1).create().map(drop),
        _ => create.create().map(drop),
    };
    match outcome {
        Ok(()) => Probed::yes(),
        Err(error) if map == MapType::STRUCT_OPS && error.is(errno::ENOTSUPP) => Probed::yes(),
        Err(error @ SysError::Kernel { .. }) if error.is(errno::EINVAL) || error.is(errno::E2BIG) => {
            Probed::no(error.to_string())
        }
        Err(error) => Probed::unknown(error.to_string()),
    }
}

/// BTF with an `int`, for key and value.
fn an_integer() -> Result<Vec<u8>, BuildError> {
    let mut btf = Builder::new(Endian::NATIVE);
    btf.add_int("int", 4, Encoding::Signed)?;
    btf.finish()
}
