//! A file of the kernel's in memory, such as `/sys/kernel/btf/vmlinux`.
//!
//! # Safety
//!
//! The bytes are handed out as `&[u8]`, so they must never change. Of the files on sysfs, those that can be mapped are
//! constants of the kernel's, such as its BTF, and the memory of devices. The latter can be written by their owner; so a
//! file is accepted only if it is on sysfs, nobody may write to it, and it was opened for reading alone. That any other
//! file does not change is what a caller has to promise.

#![allow(unsafe_code)]

use std::fs::File;
use std::ops::Deref;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::MetadataExt as _;
use std::ptr::NonNull;

use crate::error::SysError;
use crate::os;

/// A private, read-only memory map of a whole file.
#[derive(Debug)]
pub struct FileMapping {
    address: NonNull<u8>,
    len: usize,
}

// SAFETY: the memory never changes (see the module), and unmapping it works from any thread.
unsafe impl Send for FileMapping {}
// SAFETY: as above; shared access only reads.
unsafe impl Sync for FileMapping {}

impl FileMapping {
    /// Maps a constant file on sysfs, such as `/sys/kernel/btf/vmlinux`.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongKind`] if the file is not on sysfs, is empty, or anybody may write to it; [`SysError::Io`] if it
    /// cannot be mapped: read it then.
    ///
    /// # Kernel
    ///
    /// `/sys/kernel/btf/vmlinux` can be mapped since 6.16: `kernel/bpf/sysfs_btf.c`.
    pub fn sysfs(file: &File) -> Result<Self, SysError> {
        let metadata = file.metadata().map_err(|error| SysError::io("fstat", &error))?;
        let constant = os::file_system_of(file.as_fd())? == os::SYSFS_MAGIC
            && metadata.is_file()
            && metadata.mode() & 0o222 == 0
            && os::open_flags(file.as_fd())? & libc::O_ACCMODE == libc::O_RDONLY;
        if !constant || metadata.len() == 0 {
            return Err(SysError::WrongKind { expected: "constant file on sysfs" });
        }
        Self::whole(file, metadata.len())
    }

    /// Maps any file that nobody will change. Reading a file takes a copy of it, and no promise: do that, unless the
    /// copy is what is too slow.
    ///
    /// # Safety
    ///
    /// For as long as the mapping lives, nobody may write to the file: not this process, not another, not over a network.
    /// What is written shows in a `&[u8]`, of which everything is supposed never to change. Nor may anybody cut it
    /// short: the process that reads what is no longer there is killed by a SIGBUS.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongKind`] if the file is empty or has no length; [`SysError::Io`] if it cannot be mapped.
    pub unsafe fn unchanging(file: &File) -> Result<Self, SysError> {
        let len = file.metadata().map_err(|error| SysError::io("fstat", &error))?.len();
        Self::whole(file, len)
    }

    fn whole(file: &File, len: u64) -> Result<Self, SysError> {
        let len = usize::try_from(len).unwrap_or(0);
        if len == 0 {
            return Err(SysError::WrongKind { expected: "file of a known length" });
        }
        let fd = file.as_raw_fd();
        // SAFETY: a new mapping at an address of the kernel's choice disturbs no other memory.
        let address =
            unsafe { libc::mmap(std::ptr::null_mut(), len, libc::PROT_READ, libc::MAP_PRIVATE, fd, 0) };
        match NonNull::new(address.cast::<u8>()) {
            Some(address) if address.as_ptr().cast() != libc::MAP_FAILED => Ok(Self { address, len }),
            _ => Err(SysError::last_os("mmap")),
        }
    }
}

impl AsRef<[u8]> for FileMapping {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: `len` bytes are mapped readable at `address` until drop, the kernel having checked that the file is
        // that long; and they never change.
        unsafe { std::slice::from_raw_parts(self.address.as_ptr(), self.len) }
    }
}

impl Deref for FileMapping {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_ref()
    }
}

impl Drop for FileMapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and every borrow of its memory borrowed `self`.
        unsafe { libc::munmap(self.address.as_ptr().cast(), self.len) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_do_not_change() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs");
        let file = File::open(path).unwrap();
        // SAFETY: nobody changes the sources while they are tested.
        let mapped = unsafe { FileMapping::unchanging(&file) }.unwrap();
        assert_eq!(&*mapped, include_bytes!("../lib.rs"));
        assert_eq!(
            FileMapping::sysfs(&file).unwrap_err(),
            SysError::WrongKind { expected: "constant file on sysfs" }
        );
        let null = File::open("/dev/null").unwrap();
        // SAFETY: it has no bytes that could change.
        let refused = unsafe { FileMapping::unchanging(&null) }.unwrap_err();
        assert_eq!(refused, SysError::WrongKind { expected: "file of a known length" });
    }
}
