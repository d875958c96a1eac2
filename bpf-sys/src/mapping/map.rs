//! The values of an array map, or an arena, in memory, shared with programs and other processes.
//!
//! # Safety
//!
//! Anyone may change the memory at any time, so no reference to plain data in it is ever made: every access is a relaxed
//! atomic one, of a word where it is aligned and of single bytes elsewhere. Atomic accesses of different sizes to the
//! same memory cannot be avoided, since programs use both; on the machines that run BPF they are ordinary loads and stores.
//!
//! Only array maps and arenas are mapped. Their memory is there for as long as a mapping is, and has no gaps: the kernel
//! refuses a mapping that is longer than the values, and gives an arena a page when it is touched, or ends the process. Nothing is written through a mapping that is not writable, and from one only
//! loads of at most a word are made, which are plain loads.

#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering::Relaxed};

use crate::cmd::map::MapFd;
use crate::error::SysError;
use crate::uapi::MapType;

/// A memory map of an array map or an arena that was created with
/// [`BPF_F_MMAPABLE`](crate::uapi::flags::BPF_F_MMAPABLE).
///
/// Of an array, values lie one after the other, each rounded up to 8 bytes. It keeps the map alive, and its address never changes.
/// A read or write of several bytes is not one step: others may see, or have made, a part of it.
#[derive(Debug)]
pub struct MapMapping {
    address: NonNull<u8>,
    len: usize,
    writable: bool,
}

// SAFETY: every access is atomic, and unmapping works from any thread.
unsafe impl Send for MapMapping {}
// SAFETY: as above.
unsafe impl Sync for MapMapping {}

/// A refused access to a [`MapMapping`]; nothing was read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The access goes beyond the end.
    #[error("{len} bytes at {offset} go beyond the mapping's {size}")]
    OutOfBounds {
        /// Where the access begins, in bytes.
        offset: usize,
        /// Its length, in bytes.
        len: usize,
        /// The length of the mapping, in bytes.
        size: usize,
    },
    /// An atomic access is not aligned to its size.
    #[error("offset {offset} is not a multiple of {align}")]
    Misaligned {
        /// Where the access begins, in bytes.
        offset: usize,
        /// What that must be a multiple of.
        align: usize,
    },
    /// The mapping is read-only.
    #[error("the mapping is read-only")]
    ReadOnly,
}

impl MappingError {
    /// A stable code for this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfBounds { .. } => "E0009",
            Self::Misaligned { .. } => "E0010",
            Self::ReadOnly => "E0011",
        }
    }
}

impl MapMapping {
    /// Maps the first `len` bytes of an array map's values.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongMapType`] if it is not an array map; [`SysError::Io`]: `EINVAL` if `len` is 0 or too long, or the
    /// map cannot be mapped (`ENOTSUPP`), `EPERM` if it is frozen and `writable` is asked for.
    ///
    /// # Kernel
    ///
    /// Since 5.5: `array_map_mmap` in `kernel/bpf/arraymap.c`.
    pub fn new(map: &MapFd, len: usize, writable: bool) -> Result<Self, SysError> {
        if map.map_type() != MapType::ARRAY {
            return Err(SysError::WrongMapType { map_type: map.map_type(), what: "mapped into memory" });
        }
        let access = libc::PROT_READ | if writable { libc::PROT_WRITE } else { 0 };
        let fd = map.as_fd().as_raw_fd();
        // SAFETY: a new mapping at an address of the kernel's choice disturbs no other memory.
        let address = unsafe { libc::mmap(std::ptr::null_mut(), len, access, libc::MAP_SHARED, fd, 0) };
        match NonNull::new(address.cast::<u8>()) {
            Some(address) if address.as_ptr().cast() != libc::MAP_FAILED => {
                Ok(Self { address, len, writable })
            }
            _ => Err(SysError::last_os("mmap")),
        }
    }

    /// Maps a whole arena of `len` bytes, at the address that its `map_extra` names, or for 0 where the kernel likes.
    /// Programs that use the arena can be loaded from then on, and every other mapping of it is at the same address.
    ///
    /// A page is there once it is touched. Where the kernel has no memory for it, or the arena was created with
    /// [`BPF_F_SEGV_ON_FAULT`](crate::uapi::flags::BPF_F_SEGV_ON_FAULT) and no program has allocated it, touching it ends
    /// the process with `SIGSEGV`.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongMapType`] if it is not an arena; [`SysError::Io`]: `EEXIST` if something else is at that address,
    /// `E2BIG` for more than 4 GiB, `EBUSY` if it is mapped elsewhere already.
    ///
    /// # Kernel
    ///
    /// Since 6.9: `arena_map_mmap` in `kernel/bpf/arena.c`.
    pub fn arena(map: &MapFd, len: usize, address: u64) -> Result<Self, SysError> {
        if map.map_type() != MapType::ARENA {
            return Err(SysError::WrongMapType { map_type: map.map_type(), what: "mapped as an arena" });
        }
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let fixed = if address == 0 { 0 } else { libc::MAP_FIXED_NOREPLACE };
        let wrong = || SysError::Io { what: "mmap", errno: libc::EINVAL };
        let wanted = std::ptr::without_provenance_mut(usize::try_from(address).map_err(|_| wrong())?);
        let fd = map.as_fd().as_raw_fd();
        // SAFETY: a new mapping that takes the place of no other: at an address of the kernel's choice, or at one that
        // is free.
        let address = unsafe { libc::mmap(wanted, len, access, libc::MAP_SHARED | fixed, fd, 0) };
        match NonNull::new(address.cast::<u8>()) {
            Some(address) if address.as_ptr().cast() != libc::MAP_FAILED => {
                Ok(Self { address, len, writable: true })
            }
            _ => Err(SysError::last_os("mmap")),
        }
    }

    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never: an empty mapping cannot be made.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether it can be written.
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    /// Copies bytes out. May tear.
    ///
    /// # Errors
    ///
    /// [`MappingError::OutOfBounds`].
    pub fn read(&self, offset: usize, into: &mut [u8]) -> Result<(), MappingError> {
        self.check(offset, into.len())?;
        let (head, words) = split(offset, into.len());
        let (first, rest) = into.split_at_mut(head);
        let (chunks, last) = rest.as_chunks_mut::<WORD>();
        debug_assert_eq!(chunks.len(), words);
        let mut at = offset;
        for byte in first {
            *byte = self.byte(at).load(Relaxed);
            at += 1;
        }
        for chunk in chunks {
            *chunk = self.word(at).load(Relaxed).to_ne_bytes();
            at += WORD;
        }
        for byte in last {
            *byte = self.byte(at).load(Relaxed);
            at += 1;
        }
        Ok(())
    }

    /// Copies bytes in. May tear.
    ///
    /// # Errors
    ///
    /// [`MappingError::OutOfBounds`], [`MappingError::ReadOnly`].
    pub fn write(&self, offset: usize, from: &[u8]) -> Result<(), MappingError> {
        self.check_writable()?;
        self.check(offset, from.len())?;
        let (head, words) = split(offset, from.len());
        let (first, rest) = from.split_at(head);
        let (chunks, last) = rest.as_chunks::<WORD>();
        debug_assert_eq!(chunks.len(), words);
        let mut at = offset;
        for byte in first {
            self.byte(at).store(*byte, Relaxed);
            at += 1;
        }
        for chunk in chunks {
            self.word(at).store(usize::from_ne_bytes(*chunk), Relaxed);
            at += WORD;
        }
        for byte in last {
            self.byte(at).store(*byte, Relaxed);
            at += 1;
        }
        Ok(())
    }

    /// Loads a 32-bit number in one step.
    ///
    /// # Errors
    ///
    /// [`MappingError::OutOfBounds`], [`MappingError::Misaligned`].
    pub fn load_u32(&self, offset: usize) -> Result<u32, MappingError> {
        Ok(self.u32(offset)?.load(Relaxed))
    }

    /// Stores a 32-bit number in one step.
    ///
    /// # Errors
    ///
    /// As for [`Self::load_u32`]; [`MappingError::ReadOnly`].
    pub fn store_u32(&self, offset: usize, value: u32) -> Result<(), MappingError> {
        self.check_writable()?;
        self.u32(offset)?.store(value, Relaxed);
        Ok(())
    }

    /// Adds to a 32-bit number in one step, and answers what it was before.
    ///
    /// # Errors
    ///
    /// As for [`Self::store_u32`].
    pub fn fetch_add_u32(&self, offset: usize, value: u32) -> Result<u32, MappingError> {
        self.check_writable()?;
        Ok(self.u32(offset)?.fetch_add(value, Relaxed))
    }

    fn check_writable(&self) -> Result<(), MappingError> {
        if self.writable { Ok(()) } else { Err(MappingError::ReadOnly) }
    }

    fn check(&self, offset: usize, len: usize) -> Result<(), MappingError> {
        match offset.checked_add(len) {
            Some(end) if end <= self.len => Ok(()),
            _ => Err(MappingError::OutOfBounds { offset, len, size: self.len }),
        }
    }

    fn check_aligned(&self, offset: usize, size: usize) -> Result<(), MappingError> {
        self.check(offset, size)?;
        if offset.is_multiple_of(size) {
            Ok(())
        } else {
            Err(MappingError::Misaligned { offset, align: size })
        }
    }

    fn byte(&self, offset: usize) -> &AtomicU8 {
        debug_assert!(offset < self.len);
        // SAFETY: the callers have checked that the byte is inside the mapping.
        let address = unsafe { self.address.as_ptr().add(offset) };
        // SAFETY: it is mapped until drop, a byte is always aligned, and every access of ours is atomic.
        unsafe { AtomicU8::from_ptr(address) }
    }

    fn word(&self, offset: usize) -> &AtomicUsize {
        debug_assert!(offset + WORD <= self.len && offset.is_multiple_of(WORD));
        // SAFETY: the callers have checked that the word is inside the mapping.
        let address = unsafe { self.address.as_ptr().add(offset) };
        // SAFETY: it is mapped until drop; `split` made the offset a multiple of a word, and the mapping begins at a
        // page; every access of ours is atomic.
        unsafe { AtomicUsize::from_ptr(address.cast()) }
    }

    fn u32(&self, offset: usize) -> Result<&AtomicU32, MappingError> {
        self.check_aligned(offset, 4)?;
        // SAFETY: the four bytes are inside the mapping, as just checked.
        let address = unsafe { self.address.as_ptr().add(offset) };
        // SAFETY: it is mapped until drop; the offset is a multiple of 4, and the mapping begins at a page; every access
        // of ours is atomic.
        Ok(unsafe { AtomicU32::from_ptr(address.cast()) })
    }
}

// A 64-bit machine loads 64 bits in one step, also from read-only memory.
#[cfg(target_pointer_width = "64")]
impl MapMapping {
    /// Loads a 64-bit number in one step. On 64-bit machines only.
    ///
    /// # Errors
    ///
    /// [`MappingError::OutOfBounds`], [`MappingError::Misaligned`].
    pub fn load_u64(&self, offset: usize) -> Result<u64, MappingError> {
        Ok(self.u64(offset)?.load(Relaxed))
    }

    /// Stores a 64-bit number in one step. On 64-bit machines only.
    ///
    /// # Errors
    ///
    /// As for [`Self::load_u64`]; [`MappingError::ReadOnly`].
    pub fn store_u64(&self, offset: usize, value: u64) -> Result<(), MappingError> {
        self.check_writable()?;
        self.u64(offset)?.store(value, Relaxed);
        Ok(())
    }

    /// Adds to a 64-bit number in one step, and answers what it was before. On 64-bit machines only.
    ///
    /// # Errors
    ///
    /// As for [`Self::store_u64`].
    pub fn fetch_add_u64(&self, offset: usize, value: u64) -> Result<u64, MappingError> {
        self.check_writable()?;
        Ok(self.u64(offset)?.fetch_add(value, Relaxed))
    }

    fn u64(&self, offset: usize) -> Result<&std::sync::atomic::AtomicU64, MappingError> {
        self.check_aligned(offset, 8)?;
        // SAFETY: the eight bytes are inside the mapping, as just checked.
        let address = unsafe { self.address.as_ptr().add(offset) };
        // SAFETY: it is mapped until drop; the offset is a multiple of 8, and the mapping begins at a page; every access
        // of ours is atomic.
        Ok(unsafe { std::sync::atomic::AtomicU64::from_ptr(address.cast()) })
    }
}

impl Drop for MapMapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and no reference into it outlives a method.
        unsafe { libc::munmap(self.address.as_ptr().cast(), self.len) };
    }
}

const WORD: usize = size_of::<usize>();

/// How many single bytes come before the first whole word of a range, and how many whole words follow them.
fn split(offset: usize, len: usize) -> (usize, usize) {
    let head = (offset.next_multiple_of(WORD) - offset).min(len);
    (head, (len - head) / WORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_split_at_words() {
        assert_eq!(split(0, 3 * WORD + 1), (0, 3));
        assert_eq!(split(WORD - 1, 2), (1, 0));
        assert_eq!(split(1, 2), (2, 0));
        assert_eq!(split(1, 2 * WORD), (WORD - 1, 1));
        assert_eq!(split(5, 0), (0, 0));
    }
}
