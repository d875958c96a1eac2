//! A whole file read into memory that came from the kernel in one piece.
//!
//! # Safety
//!
//! The memory is private and anonymous: nobody else can change it, whatever becomes of the file. It is zeroed by the
//! kernel, so all of it is initialised from the start.

#![allow(unsafe_code)]

use std::fs::File;
use std::io::{self, Read};
use std::ptr::NonNull;

use crate::error::SysError;

/// The bytes of a file, read at one time.
///
/// As good as a `Vec`, and made twice as fast where there are megabytes: the kernel hands out all of the memory at once,
/// in large pages if it has some, where a `Vec` that is new takes a page fault for every four kilobytes.
#[derive(Debug)]
pub struct FileBytes {
    address: NonNull<u8>,
    /// Bytes of the memory.
    mapped: usize,
    /// Bytes that were read.
    len: usize,
}

// SAFETY: the memory is ours alone, and unmapping it works from any thread.
unsafe impl Send for FileBytes {}
// SAFETY: as above; shared access only reads.
unsafe impl Sync for FileBytes {}

impl FileBytes {
    /// Reads a file that knows its length, from the beginning on.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongKind`] if it has no length, as devices and pipes, or grows while it is read; [`SysError::Io`] if
    /// it cannot be read, or there is no memory.
    pub fn read(file: &File) -> Result<Self, SysError> {
        let said = file.metadata().map_err(|error| SysError::io("fstat", &error))?.len();
        let mapped = usize::try_from(said).unwrap_or(0);
        if mapped == 0 {
            return Err(SysError::WrongKind { expected: "file of a known length" });
        }
        let mut bytes = Self::zeroed(mapped)?;
        let mut file = file;
        while let Some(free) = bytes.free().filter(|free| !free.is_empty()) {
            match file.read(free) {
                Ok(0) => return Ok(bytes),
                Ok(read) => bytes.len = bytes.len.saturating_add(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(SysError::io("read", &error)),
            }
        }
        match file.read(&mut [0]) {
            Ok(0) => Ok(bytes),
            Ok(_) => Err(SysError::WrongKind { expected: "file of a known length" }),
            Err(error) => Err(SysError::io("read", &error)),
        }
    }

    fn zeroed(mapped: usize) -> Result<Self, SysError> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping at an address of the kernel's choice disturbs no other memory.
        let address = unsafe { libc::mmap(std::ptr::null_mut(), mapped, protection, flags, -1, 0) };
        let Some(address) =
            NonNull::new(address.cast::<u8>()).filter(|at| at.as_ptr().cast() != libc::MAP_FAILED)
        else {
            return Err(SysError::last_os("mmap"));
        };
        let bytes = Self { address, mapped, len: 0 };
        // Both are advice: where the kernel does not take it, pages come one by one.
        for advice in [libc::MADV_HUGEPAGE, libc::MADV_POPULATE_WRITE] {
            // SAFETY: the memory is ours, and neither advice changes what is in it.
            unsafe { libc::madvise(bytes.address.as_ptr().cast(), mapped, advice) };
        }
        Ok(bytes)
    }

    /// What nothing was read into yet.
    fn free(&mut self) -> Option<&mut [u8]> {
        // SAFETY: `mapped` bytes are mapped readable and writable at `address` until drop, zeroed at first, and `self`
        // is borrowed for as long as the slice lives.
        let all = unsafe { std::slice::from_raw_parts_mut(self.address.as_ptr(), self.mapped) };
        all.get_mut(self.len..)
    }
}

impl AsRef<[u8]> for FileBytes {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: of the `mapped` bytes that are readable at `address` until drop, `len` is no more; nobody writes to
        // them while `self` is borrowed.
        unsafe { std::slice::from_raw_parts(self.address.as_ptr(), self.len) }
    }
}

impl Drop for FileBytes {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and every borrow of its memory borrowed `self`.
        unsafe { libc::munmap(self.address.as_ptr().cast(), self.mapped) };
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom};

    use super::*;

    #[test]
    fn whole_files() {
        let mut file = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
        let read = FileBytes::read(&file).unwrap();
        assert_eq!(read.as_ref(), include_bytes!("../lib.rs"));
        // From where the file stands; what is left is shorter than the memory.
        file.seek(SeekFrom::Start(10)).unwrap();
        assert_eq!(FileBytes::read(&file).unwrap().as_ref(), include_bytes!("../lib.rs").get(10..).unwrap());
    }

    #[test]
    fn what_has_no_length() {
        let zero = File::open("/dev/zero").unwrap();
        assert_eq!(
            FileBytes::read(&zero).unwrap_err(),
            SysError::WrongKind { expected: "file of a known length" }
        );
    }
}
