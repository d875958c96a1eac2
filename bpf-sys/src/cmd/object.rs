//! What all kinds of object share: walking their ids, getting a descriptor by id, and pinning.
//!
//! # Safety
//!
//! The only addresses in these commands are paths: NUL-terminated strings that outlive the call.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use crate::attr::{GetIdAttr, ObjPinAttr};
use crate::error::SysError;
use crate::os;
use crate::syscall;
use crate::uapi::Command;
use crate::user_ptr::UserPtr;

/// The kinds of object that have ids and descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A program.
    Program,
    /// A map.
    Map,
    /// Type information.
    Btf,
    /// A link.
    Link,
}

impl ObjectKind {
    fn next_id(self) -> Command {
        match self {
            Self::Program => Command::PROG_GET_NEXT_ID,
            Self::Map => Command::MAP_GET_NEXT_ID,
            Self::Btf => Command::BTF_GET_NEXT_ID,
            Self::Link => Command::LINK_GET_NEXT_ID,
        }
    }

    fn fd_by_id(self) -> Command {
        match self {
            Self::Program => Command::PROG_GET_FD_BY_ID,
            Self::Map => Command::MAP_GET_FD_BY_ID,
            Self::Btf => Command::BTF_GET_FD_BY_ID,
            Self::Link => Command::LINK_GET_FD_BY_ID,
        }
    }
}

/// What kind of object a descriptor is of, as its link in `/proc/self/fd` says. `None` if that does not tell.
pub fn kind_of(fd: BorrowedFd<'_>) -> Option<ObjectKind> {
    let link = std::fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).ok()?;
    // Older kernels write `bpf_link` and `[btf]`.
    let name: String = link.to_str()?.strip_prefix("anon_inode:")?.replace('_', "-");
    match name.trim_matches(['[', ']']) {
        "bpf-prog" => Some(ObjectKind::Program),
        "bpf-map" => Some(ObjectKind::Map),
        "btf" => Some(ObjectKind::Btf),
        "bpf-link" => Some(ObjectKind::Link),
        _ => None,
    }
}

/// The smallest id greater than `after`, or `None` if there is none. Ids start at 1.
///
/// # Errors
///
/// [`SysError::Kernel`]: `EPERM` without `CAP_SYS_ADMIN`.
///
/// # Kernel
///
/// `BPF_PROG_GET_NEXT_ID` and `BPF_MAP_GET_NEXT_ID` since 4.13, `BPF_BTF_GET_NEXT_ID` 5.4, `BPF_LINK_GET_NEXT_ID` 5.8.
#[doc(alias = "bpf_prog_get_next_id")]
#[doc(alias = "bpf_map_get_next_id")]
#[doc(alias = "bpf_btf_get_next_id")]
#[doc(alias = "bpf_link_get_next_id")]
pub fn next_id(kind: ObjectKind, after: u32) -> Result<Option<u32>, SysError> {
    if after >= i32::MAX.cast_unsigned() {
        // The kernel counts in an `int`, and refuses to look beyond.
        return Ok(None);
    }
    let mut attr = GetIdAttr { id: after, ..GetIdAttr::default() };
    // SAFETY: there is no address in the argument.
    match unsafe { syscall::bpf(kind.next_id(), &mut attr) } {
        Ok(_) => Ok(Some(attr.next_id)),
        Err(error) if error.is(libc::ENOENT) => Ok(None),
        Err(error) => Err(error),
    }
}

/// All ids of a kind, in ascending order. Ends after an error.
///
/// An object may be gone by the time its id is used, and another may take the id later.
pub fn ids(kind: ObjectKind) -> impl Iterator<Item = Result<u32, SysError>> + use<> {
    let mut after = Some(0);
    std::iter::from_fn(move || {
        let last = after.take()?;
        match next_id(kind, last) {
            // Ids only grow; whatever else came back would make this a loop.
            Ok(next) => {
                after = next.filter(|next| *next > last);
                after.map(Ok)
            }
            Err(error) => Some(Err(error)),
        }
    })
}

/// A descriptor of the object with this id.
///
/// # Errors
///
/// [`SysError::Kernel`]: `ENOENT` if there is none (any more), `EPERM` without `CAP_SYS_ADMIN`.
///
/// # Kernel
///
/// `BPF_PROG_GET_FD_BY_ID` and `BPF_MAP_GET_FD_BY_ID` since 4.13, `BPF_BTF_GET_FD_BY_ID` 4.18, `BPF_LINK_GET_FD_BY_ID` 5.8.
#[doc(alias = "bpf_prog_get_fd_by_id")]
#[doc(alias = "bpf_map_get_fd_by_id")]
#[doc(alias = "bpf_btf_get_fd_by_id")]
#[doc(alias = "bpf_link_get_fd_by_id")]
pub fn fd_by_id(kind: ObjectKind, id: u32) -> Result<OwnedFd, SysError> {
    let mut attr = GetIdAttr { id, ..GetIdAttr::default() };
    // SAFETY: there is no address in the argument, and each of the four commands returns a new descriptor.
    unsafe { syscall::bpf_fd(kind.fd_by_id(), &mut attr) }
}

/// Gives an object a name in a BPF file system, which keeps it alive. The file must not exist.
///
/// # Errors
///
/// [`SysError::Kernel`]: `EEXIST` if there is such a file, `EPERM` if the path is not on a BPF file system.
///
/// # Kernel
///
/// `BPF_OBJ_PIN`, since 4.4 for programs and maps, 5.7 for links.
#[doc(alias = "bpf_obj_pin")]
pub fn pin(path: impl AsRef<Path>, fd: BorrowedFd<'_>) -> Result<(), SysError> {
    let path = os::c_path(path.as_ref())?;
    let mut attr =
        ObjPinAttr { pathname: UserPtr::to_c_str(&path), bpf_fd: fd.as_raw_fd(), ..ObjPinAttr::default() };
    // SAFETY: `path` is a NUL-terminated string that lives until the end of this function.
    unsafe { syscall::bpf(Command::OBJ_PIN, &mut attr) }.map(drop)
}

/// A descriptor of a pinned object; [`kind_of`] tells of which kind.
///
/// # Errors
///
/// [`SysError::Kernel`]: `ENOENT` if there is no such file.
///
/// # Kernel
///
/// `BPF_OBJ_GET`, since 4.4.
#[doc(alias = "bpf_obj_get")]
pub fn get(path: impl AsRef<Path>) -> Result<OwnedFd, SysError> {
    let path = os::c_path(path.as_ref())?;
    let mut attr = ObjPinAttr { pathname: UserPtr::to_c_str(&path), ..ObjPinAttr::default() };
    // SAFETY: `path` is a NUL-terminated string that lives until the end of this function; the command returns a new
    // descriptor.
    unsafe { syscall::bpf_fd(Command::OBJ_GET, &mut attr) }
}
