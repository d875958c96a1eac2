//! Sockets: the programs that filter what one receives, and that choose one of a group.
//!
//! # Safety
//!
//! setsockopt reads one `int` of ours, whose size it is given.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use crate::error::SysError;

/// Lets a program of type `SOCKET_FILTER` decide how much of each packet the socket gets; it replaces the filter that was
/// there. It stays until the socket is closed, or [`detach`].
///
/// # Errors
///
/// [`SysError::Io`]: `EINVAL` if the program has another type, `EPERM` if the filter is locked.
///
/// # Kernel
///
/// `SO_ATTACH_BPF`, since 3.19: `sk_attach_bpf` in `net/core/filter.c`.
#[doc(alias = "SO_ATTACH_BPF")]
pub fn attach(socket: BorrowedFd<'_>, prog: BorrowedFd<'_>) -> Result<(), SysError> {
    set(socket, libc::SO_ATTACH_BPF, prog.as_raw_fd(), "setsockopt(SO_ATTACH_BPF)")
}

/// Removes the filter of a socket.
///
/// # Errors
///
/// [`SysError::Io`]: `ENOENT` if it has none, `EPERM` if it is locked.
///
/// # Kernel
///
/// `SO_DETACH_BPF`, since 3.19.
#[doc(alias = "SO_DETACH_BPF")]
pub fn detach(socket: BorrowedFd<'_>) -> Result<(), SysError> {
    set(socket, libc::SO_DETACH_BPF, 0, "setsockopt(SO_DETACH_BPF)")
}

/// Lets a program of type `SK_REUSEPORT` or `SOCKET_FILTER` choose which socket of a group that shares a port
/// (`SO_REUSEPORT`) gets what arrives. One call is enough for the group.
///
/// # Errors
///
/// [`SysError::Io`]: `EINVAL` if the socket does not share its port, or the program has another type.
///
/// # Kernel
///
/// `SO_ATTACH_REUSEPORT_EBPF`, since 4.5; programs of type `SK_REUSEPORT` since 4.19: `sk_reuseport_attach_bpf` in
/// `net/core/filter.c`.
#[doc(alias = "SO_ATTACH_REUSEPORT_EBPF")]
pub fn attach_reuseport(socket: BorrowedFd<'_>, prog: BorrowedFd<'_>) -> Result<(), SysError> {
    set(socket, libc::SO_ATTACH_REUSEPORT_EBPF, prog.as_raw_fd(), "setsockopt(SO_ATTACH_REUSEPORT_EBPF)")
}

/// Sets an option of the socket level that is an `int`.
fn set(
    socket: BorrowedFd<'_>,
    option: libc::c_int,
    value: libc::c_int,
    what: &'static str,
) -> Result<(), SysError> {
    const LEN: libc::socklen_t = 4;
    const _: () = assert!(size_of::<libc::c_int>() == LEN as usize);
    // SAFETY: the kernel reads `LEN` bytes at `value`, which is that long.
    let done = unsafe {
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, option, std::ptr::from_ref(&value).cast(), LEN)
    };
    if done == 0 { Ok(()) } else { Err(SysError::last_os(what)) }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn refusals_are_told() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let file = std::fs::File::open("/dev/null").unwrap();
        let no_socket = attach(file.as_fd(), file.as_fd()).unwrap_err();
        assert!(no_socket.is(libc::ENOTSOCK) && no_socket.to_string().contains("SO_ATTACH_BPF"));
        assert!(attach(socket.as_fd(), file.as_fd()).unwrap_err().is(libc::EINVAL));
        assert!(attach_reuseport(socket.as_fd(), file.as_fd()).unwrap_err().is(libc::EINVAL));
        assert!(detach(socket.as_fd()).unwrap_err().is(libc::ENOENT));
    }
}
