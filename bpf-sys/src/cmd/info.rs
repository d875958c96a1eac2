//! `BPF_OBJ_GET_INFO_BY_FD`, as the kinds of object share it.
//!
//! # Safety
//!
//! The kernel writes at most `info_len` bytes of the struct, and through addresses inside it at most as many elements
//! as the count beside each says. The structs are `repr(C)` without padding and made of integers and addresses only,
//! so whatever the kernel writes is a valid value.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use crate::attr::InfoAttr;
use crate::error::SysError;
use crate::syscall;
use crate::uapi::Command;
use crate::user_ptr::UserPtr;

/// A struct that the kernel fills: `repr(C)`, integers and [`UserPtr`]s only, no padding.
pub(in crate::cmd) trait Info: Default {
    /// Its length in bytes.
    const SIZE: u32;
}

macro_rules! info {
    ($(#[$meta:meta])* $Name:ident<$a:lifetime> [$size:literal] { $($field:ident: $ty:ty = $offset:literal,)* }) => {
        $(#[$meta])*
        #[derive(Default)]
        #[repr(C)]
        pub(in crate::cmd) struct $Name<$a> {
            $($field: $ty,)*
            _borrow: std::marker::PhantomData<&$a ()>,
        }

        impl $crate::cmd::info::Info for $Name<'_> {
            const SIZE: u32 = $size;
        }

        const _: () = {
            $(assert!(std::mem::offset_of!($Name<'static>, $field) == $offset, stringify!($field));)*
            assert!(size_of::<$Name<'static>>() == $size);
            $Name::<'static>::NO_PADDING
        };

        impl<$a> $Name<$a> {
            const NO_PADDING: () = assert!(size_of::<Self>() == 0 $(+ size_of::<$ty>())*);
        }
    };
}

pub(in crate::cmd) use info;

/// Asks the kernel to fill `info`; fields that it does not know keep their value.
///
/// # Safety
///
/// Each address in `info` must be null, or valid for writing as many elements as the count beside it says.
pub(in crate::cmd) unsafe fn fill<I: Info>(fd: BorrowedFd<'_>, info: &mut I) -> Result<(), SysError> {
    let mut attr = InfoAttr {
        bpf_fd: fd.as_raw_fd(),
        info_len: I::SIZE,
        info: UserPtr::to_value(info),
        ..InfoAttr::default()
    };
    // SAFETY: `attr.info` is an exclusive borrow of `info_len` bytes; the caller vouches for the addresses inside.
    unsafe { syscall::bpf(Command::OBJ_GET_INFO_BY_FD, &mut attr) }.map(drop)
}
