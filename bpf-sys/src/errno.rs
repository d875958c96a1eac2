//! The error numbers that bpf(2) and its neighbours return: their numbers on this machine, names and texts.

macro_rules! numbers {
    ($($NAME:ident)*) => {
        $(
            #[doc = concat!("`", stringify!($NAME), "` of this machine.")]
            pub const $NAME: i32 = libc::$NAME;
        )*
    };
}

// Those that callers decide by; the table below has more.
numbers! {
    EPERM ENOENT ESRCH EINTR E2BIG EBADF EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST ENODEV EINVAL EMFILE ENOSPC EROFS
    ERANGE ENOSYS ENOLINK EOVERFLOW EOPNOTSUPP ESTALE
}

/// `ENOTSUPP`: a number that the kernel keeps to itself, and yet returns from bpf(2).
pub const ENOTSUPP: i32 = 524;

/// The kernel's name and a few words for an error number.
pub(crate) fn lookup(errno: i32) -> Option<(&'static str, &'static str)> {
    TABLE.iter().find(|row| row.0 == errno).map(|row| (row.1, row.2))
}

const TABLE: &[(i32, &str, &str)] = &[
    (libc::EPERM, "EPERM", "operation not permitted"),
    (libc::ENOENT, "ENOENT", "no such element, object or file"),
    (libc::ESRCH, "ESRCH", "no such function or process"),
    (libc::EINTR, "EINTR", "interrupted by a signal"),
    (libc::EIO, "EIO", "input/output error"),
    (libc::ENXIO, "ENXIO", "no such device or address"),
    (libc::E2BIG, "E2BIG", "too big, or a field that this kernel does not know"),
    (libc::EBADF, "EBADF", "not an open descriptor"),
    (libc::EAGAIN, "EAGAIN", "try again"),
    (libc::ENOMEM, "ENOMEM", "out of memory"),
    (libc::EACCES, "EACCES", "access denied"),
    (libc::EFAULT, "EFAULT", "bad address"),
    (libc::EBUSY, "EBUSY", "busy"),
    (libc::EEXIST, "EEXIST", "exists already"),
    (libc::EXDEV, "EXDEV", "crosses file systems"),
    (libc::ENODEV, "ENODEV", "no such device"),
    (libc::ENOTDIR, "ENOTDIR", "not a directory"),
    (libc::EISDIR, "EISDIR", "is a directory"),
    (libc::EINVAL, "EINVAL", "invalid argument"),
    (libc::ENFILE, "ENFILE", "too many open files in the system"),
    (libc::EMFILE, "EMFILE", "too many open files in the process"),
    (libc::ETXTBSY, "ETXTBSY", "in use as text"),
    (libc::EFBIG, "EFBIG", "file too big"),
    (libc::ENOSPC, "ENOSPC", "no space left"),
    (libc::EROFS, "EROFS", "read-only file system"),
    (libc::EMLINK, "EMLINK", "too many links"),
    (libc::EDOM, "EDOM", "out of its domain"),
    (libc::ERANGE, "ERANGE", "out of range"),
    (libc::EDEADLK, "EDEADLK", "would deadlock"),
    (libc::ENAMETOOLONG, "ENAMETOOLONG", "name too long"),
    (libc::ENOSYS, "ENOSYS", "this kernel has no such call"),
    (libc::ELOOP, "ELOOP", "too many levels"),
    (libc::ENOLINK, "ENOLINK", "the link is detached"),
    (libc::EPROTO, "EPROTO", "protocol error"),
    (libc::EBADMSG, "EBADMSG", "bad message"),
    (libc::EOVERFLOW, "EOVERFLOW", "value too large"),
    (libc::EPROTOTYPE, "EPROTOTYPE", "wrong protocol for the socket"),
    (libc::EOPNOTSUPP, "EOPNOTSUPP", "operation not supported"),
    (libc::ENETDOWN, "ENETDOWN", "network is down"),
    (libc::ENOBUFS, "ENOBUFS", "no buffer space"),
    (libc::ESTALE, "ESTALE", "what was referred to has changed"),
    (libc::EDQUOT, "EDQUOT", "quota exceeded"),
    (libc::ECANCELED, "ECANCELED", "cancelled"),
    (libc::ERESTART, "ERESTART", "interrupted, to be restarted"),
    (libc::EKEYREJECTED, "EKEYREJECTED", "signature rejected"),
    (libc::ENOKEY, "ENOKEY", "no such key"),
    (ENOTSUPP, "ENOTSUPP", "not supported by this kernel"),
];
