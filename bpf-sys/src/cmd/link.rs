//! Links: attaching a program, or registering a struct_ops map, for as long as the link lives.
//!
//! # Safety
//!
//! The kernel reads a name from one of these commands, and in [`info`] writes one into a buffer whose length it is given.
//! In the part of `BPF_LINK_CREATE` that depends on the attach type there are numbers only; where a kernel takes one for
//! an address, it reads from there and does not write.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use super::info::{self, info};
use crate::attr::{self, IterCreateAttr, LinkCreateAttr, LinkDetachAttr, LinkUpdateAttr, RawTracepointAttr};
use crate::error::SysError;
use crate::syscall;
use crate::uapi::flags::BPF_F_REPLACE;
use crate::uapi::{AttachType, Command, LinkType};
use crate::user_ptr::UserPtr;

/// A link to be created.
///
/// # Kernel
///
/// `BPF_LINK_CREATE`, since 5.7: `link_create` in `kernel/bpf/syscall.c`.
#[derive(Clone, Copy, Debug)]
#[must_use]
#[doc(alias = "bpf_link_create")]
pub struct LinkCreate<'a> {
    what: BorrowedFd<'a>,
    attach_type: AttachType,
    target: Target<'a>,
    flags: u32,
    target_btf_id: u32,
    cookie: u64,
}

#[derive(Clone, Copy, Debug)]
enum Target<'a> {
    None,
    Fd(BorrowedFd<'a>),
    Device(u32),
}

impl<'a> LinkCreate<'a> {
    /// Attaches a program. For a struct_ops map see [`create_struct_ops`].
    pub const fn new(prog: BorrowedFd<'a>, attach_type: AttachType) -> Self {
        Self { what: prog, attach_type, target: Target::None, flags: 0, target_btf_id: 0, cookie: 0 }
    }

    /// What to attach to, by descriptor: a cgroup, network namespace, perf event, program.
    pub const fn target_fd(mut self, target: BorrowedFd<'a>) -> Self {
        self.target = Target::Fd(target);
        self
    }

    /// The network device to attach to, by index.
    pub const fn ifindex(mut self, ifindex: u32) -> Self {
        self.target = Target::Device(ifindex);
        self
    }

    /// Flags; what they mean depends on the attach type.
    pub const fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    /// The function of the target program that an extension or a tracing program is for, by BTF id. Since 5.10.
    pub const fn target_btf_id(mut self, id: u32) -> Self {
        self.target_btf_id = id;
        self
    }

    /// A number that the program gets by `bpf_get_attach_cookie`: for perf events since 5.15, for tracing since 5.19.
    pub const fn cookie(mut self, cookie: u64) -> Self {
        self.cookie = cookie;
        self
    }

    /// Creates the link. Closing the last descriptor of it detaches the program.
    ///
    /// # Errors
    ///
    /// [`SysError::Kernel`].
    pub fn create(&self) -> Result<OwnedFd, SysError> {
        let target_fd_or_ifindex = match self.target {
            Target::None => 0,
            Target::Fd(fd) => fd.as_raw_fd().cast_unsigned(),
            Target::Device(ifindex) => ifindex,
        };
        let mut attr = LinkCreateAttr {
            prog_or_map_fd: self.what.as_raw_fd(),
            target_fd_or_ifindex,
            attach_type: self.attach_type.0,
            flags: self.flags,
            form: self.form(),
            ..LinkCreateAttr::default()
        };
        // SAFETY: the argument holds no address that the kernel would write through.
        unsafe { syscall::bpf_fd(Command::LINK_CREATE, &mut attr) }
    }

    /// The words that depend on the attach type. A perf event's cookie is at the start; the others begin with the
    /// target's BTF id, and the cookie is at the next multiple of 8 bytes.
    fn form(&self) -> [u32; 12] {
        let mut form = [0; 12];
        let at = if self.attach_type == AttachType::PERF_EVENT {
            0
        } else {
            form[0] = self.target_btf_id;
            2
        };
        let bytes = self.cookie.to_ne_bytes();
        let [a, b, c, d, e, f, g, h] = bytes;
        form[at] = u32::from_ne_bytes([a, b, c, d]);
        form[at + 1] = u32::from_ne_bytes([e, f, g, h]);
        form
    }
}

/// Registers a struct_ops map that was created with [`BPF_F_LINK`](crate::uapi::flags::BPF_F_LINK) and filled. Closing
/// the last descriptor of the link unregisters it.
///
/// # Errors
///
/// [`SysError::Kernel`].
///
/// # Kernel
///
/// `BPF_LINK_CREATE` with `BPF_STRUCT_OPS`, since 6.4: `bpf_struct_ops_link_create` in `kernel/bpf/bpf_struct_ops.c`.
pub fn create_struct_ops(map: BorrowedFd<'_>) -> Result<OwnedFd, SysError> {
    LinkCreate::new(map, AttachType::STRUCT_OPS).create()
}

/// Opens an iterator for reading, by the link that its program is attached with. Each descriptor begins anew.
///
/// # Errors
///
/// [`SysError::Kernel`]: `EINVAL` if the link is not one of an iterator.
///
/// # Kernel
///
/// `BPF_ITER_CREATE`, since 5.8: `bpf_iter_new_fd` in `kernel/bpf/bpf_iter.c`.
#[doc(alias = "bpf_iter_create")]
pub fn create_iter(link: BorrowedFd<'_>) -> Result<OwnedFd, SysError> {
    let mut attr = IterCreateAttr { link_fd: link.as_raw_fd(), ..IterCreateAttr::default() };
    // SAFETY: there is no address in the argument; the command returns a new descriptor.
    unsafe { syscall::bpf_fd(Command::ITER_CREATE, &mut attr) }
}

/// Attaches a program to a raw tracepoint; `name` is `None` for a program that was loaded for one (`tp_btf`, or another
/// tracing program). `cookie` as for [`LinkCreate::cookie`].
///
/// # Errors
///
/// [`SysError::Kernel`]: `ENOENT` if there is no such tracepoint.
///
/// # Kernel
///
/// `BPF_RAW_TRACEPOINT_OPEN`, since 4.17; a cookie since 6.10.
#[doc(alias = "bpf_raw_tracepoint_open")]
pub fn raw_tracepoint_open(
    name: Option<&CStr>,
    prog: BorrowedFd<'_>,
    cookie: u64,
) -> Result<OwnedFd, SysError> {
    let mut attr = RawTracepointAttr {
        name: name.map_or(UserPtr::NULL, UserPtr::to_c_str),
        prog_fd: prog.as_raw_fd(),
        cookie,
        ..RawTracepointAttr::default()
    };
    // SAFETY: `name` is null or a NUL-terminated string; the command returns a new descriptor.
    unsafe { syscall::bpf_fd(Command::RAW_TRACEPOINT_OPEN, &mut attr) }
}

/// Replaces the program of a link. With `old`, only if that is the program now (the flag that goes with it is set too).
///
/// # Errors
///
/// [`SysError::Kernel`]: `EPERM` if `old` is another program, `ENOLINK` if the link is detached.
///
/// # Kernel
///
/// `BPF_LINK_UPDATE`, since 5.7.
#[doc(alias = "bpf_link_update")]
pub fn update(
    link: BorrowedFd<'_>,
    new: BorrowedFd<'_>,
    flags: u32,
    old: Option<BorrowedFd<'_>>,
) -> Result<(), SysError> {
    let mut attr = LinkUpdateAttr {
        link_fd: link.as_raw_fd(),
        new_fd: new.as_raw_fd(),
        flags: flags | if old.is_some() { BPF_F_REPLACE } else { 0 },
        old_fd: old.map_or(0, |old| old.as_raw_fd()),
        ..LinkUpdateAttr::default()
    };
    // SAFETY: there is no address in the argument.
    unsafe { syscall::bpf(Command::LINK_UPDATE, &mut attr) }.map(drop)
}

/// Replaces the map of a struct_ops link. With `old`, only if that is the map now.
///
/// # Errors
///
/// As for [`update`]; `EINVAL` if the new map is not ready to be registered.
///
/// # Kernel
///
/// As for [`update`], since 6.4.
pub fn update_map(
    link: BorrowedFd<'_>,
    new: BorrowedFd<'_>,
    old: Option<BorrowedFd<'_>>,
) -> Result<(), SysError> {
    update(link, new, 0, old)
}

/// Detaches what a link attached. The link stays, and does nothing any more.
///
/// # Errors
///
/// [`SysError::Kernel`]: `EOPNOTSUPP` if links of this type cannot be detached so.
///
/// # Kernel
///
/// `BPF_LINK_DETACH`, since 5.9.
#[doc(alias = "bpf_link_detach")]
pub fn detach(link: BorrowedFd<'_>) -> Result<(), SysError> {
    let mut attr = LinkDetachAttr { link_fd: link.as_raw_fd(), ..LinkDetachAttr::default() };
    // SAFETY: there is no address in the argument.
    unsafe { syscall::bpf(Command::LINK_DETACH, &mut attr) }.map(drop)
}

/// What the kernel tells about a link.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_link_info")]
pub struct LinkInfo {
    /// The id.
    pub id: u32,
    /// The program's id; 0 for a link of a map.
    pub prog_id: u32,
    /// The type.
    pub link_type: LinkType,
    /// What depends on the type.
    pub details: LinkDetails,
}

/// What the kernel tells about a link of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkDetails {
    /// Of a raw tracepoint.
    RawTracepoint {
        /// The tracepoint.
        name: String,
    },
    /// Of a struct_ops map.
    StructOps {
        /// The map's id; 0 after the link was detached.
        map_id: u32,
    },
    /// Of a type that this crate does not decode.
    Unknown,
}

/// What the kernel tells about a link.
///
/// # Errors
///
/// [`SysError::Kernel`].
///
/// # Kernel
///
/// `BPF_OBJ_GET_INFO_BY_FD`, since 5.8 for links.
#[doc(alias = "bpf_link_get_info_by_fd")]
pub fn info(link: BorrowedFd<'_>) -> Result<LinkInfo, SysError> {
    let mut raw = RawLinkInfo::default();
    // SAFETY: all of the struct is zero, so whichever part of it the kernel takes for an address is null.
    unsafe { info::fill(link, &mut raw) }?;
    let link_type = LinkType(raw.link_type);
    let details = match link_type {
        LinkType::RAW_TRACEPOINT => LinkDetails::RawTracepoint { name: tracepoint_name(link)? },
        LinkType::STRUCT_OPS => LinkDetails::StructOps { map_id: raw.words[0] },
        _ => LinkDetails::Unknown,
    };
    Ok(LinkInfo { id: raw.id, prog_id: raw.prog_id, link_type, details })
}

/// Room for a tracepoint's name with its NUL: it is part of a kernel symbol, and those have 511 characters at most.
const MAX_NAME: u32 = 512;

/// The name of the tracepoint of a raw tracepoint link.
fn tracepoint_name(link: BorrowedFd<'_>) -> Result<String, SysError> {
    let mut name = [0; MAX_NAME as usize];
    let tp_name_len = MAX_NAME;
    let mut raw = RawTracepointInfo {
        tp_name: UserPtr::to_mut(&mut name),
        tp_name_len,
        ..RawTracepointInfo::default()
    };
    // SAFETY: the link is one of a raw tracepoint, as its caller found, and a link's type never changes; for those the
    // kernel writes at most `tp_name_len` bytes to `tp_name`, which is a buffer of that length.
    unsafe { info::fill(link, &mut raw) }?;
    Ok(attr::fixed_text(&name))
}

info! {
    /// `struct bpf_link_info`, as of 7.2, with the union at its end as words.
    RawLinkInfo<'a> [64] {
        link_type: u32 = 0,
        id: u32 = 4,
        prog_id: u32 = 8,
        hole: u32 = 12,
        words: [u32; 12] = 16,
    }
}

info! {
    /// `struct bpf_link_info`, as far as a raw tracepoint uses it.
    RawTracepointInfo<'a> [40] {
        link_type: u32 = 0,
        id: u32 = 4,
        prog_id: u32 = 8,
        hole: u32 = 12,
        tp_name: UserPtr<'a> = 16,
        tp_name_len: u32 = 24,
        hole2: u32 = 28,
        cookie: u64 = 32,
    }
}
