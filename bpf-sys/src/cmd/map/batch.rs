//! The commands on many elements at once.
//!
//! # Safety
//!
//! The kernel reads or writes `count` keys and `count` values, each of the sizes that [`MapFd`] keeps, and a position
//! of [`BatchCursor::size`] bytes. The number is taken from the buffers: so many whole keys as there are, and the values
//! must be just as many. Flags that make the kernel move one CPU's values (`BPF_F_CPU`, `BPF_F_ALL_CPUS`) are refused.

#![allow(unsafe_code)]

use std::os::fd::AsRawFd;

use super::{MapFd, check_length};
use crate::attr::MapBatchAttr;
use crate::errno;
use crate::error::SysError;
use crate::syscall;
use crate::uapi::Command;
use crate::uapi::flags::BPF_F_LOCK;
use crate::user_ptr::UserPtr;

/// How far a walk over a map has come. It belongs to the map that it was begun on.
#[derive(Clone, Debug, Default)]
pub struct BatchCursor {
    /// Empty before the first call.
    position: Vec<u8>,
}

impl BatchCursor {
    /// Before the first element.
    #[must_use]
    pub const fn new() -> Self {
        Self { position: Vec::new() }
    }

    /// Bytes of a position: the number of a bucket in hash maps, a key in all others.
    const fn size(map: &MapFd) -> usize {
        if map.sizes.key > 4 { map.sizes.key } else { 4 }
    }
}

/// What one call brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Elements that were read: the first so many of the buffers.
    pub count: usize,
    /// Whether these were the last.
    pub end: bool,
}

/// A batch that was not done as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("after {done} elements")]
pub struct BatchStopped {
    /// Elements that were done before.
    pub done: usize,
    /// Why it stopped.
    pub source: SysError,
}

/// What is done to elements.
#[derive(Clone, Copy)]
enum Write<'a> {
    Update(&'a [u8]),
    Delete,
}

impl MapFd {
    /// Reads the next elements into `keys` and `values`, which have room for the same number of whole keys and values.
    ///
    /// Elements that come or go meanwhile may be missing; in a hash map none comes twice. Without room nothing is read. `flags` is 0 or `BPF_F_LOCK`.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongLength`], [`SysError::UnknownLayout`], or [`SysError::WrongMapType`] for maps without keys, before
    /// the call; [`SysError::Kernel`]: `ENOSPC` if there is
    /// not room enough for all elements of one bucket of a hash map (the same cursor can be used again with larger
    /// buffers), `EINVAL` on kernels without the command, `ENOTSUPP` for types of maps without it.
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_LOOKUP_BATCH`, since 5.6 for hash maps and arrays, 5.13 for LPM tries and per-CPU arrays, 5.19 for maps
    /// of maps.
    #[doc(alias = "bpf_map_lookup_batch")]
    pub fn lookup_batch(
        &self,
        cursor: &mut BatchCursor,
        keys: &mut [u8],
        values: &mut [u8],
        flags: u64,
    ) -> Result<Batch, SysError> {
        self.read_batch(Command::MAP_LOOKUP_BATCH, cursor, keys, values, flags)
    }

    /// As [`Self::lookup_batch`], and removes what it reads. Hash maps only.
    ///
    /// # Errors
    ///
    /// As for [`Self::lookup_batch`].
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_LOOKUP_AND_DELETE_BATCH`, since 5.6.
    #[doc(alias = "bpf_map_lookup_and_delete_batch")]
    pub fn lookup_and_delete_batch(
        &self,
        cursor: &mut BatchCursor,
        keys: &mut [u8],
        values: &mut [u8],
        flags: u64,
    ) -> Result<Batch, SysError> {
        self.read_batch(Command::MAP_LOOKUP_AND_DELETE_BATCH, cursor, keys, values, flags)
    }

    /// Sets the values of all `keys`, in their order. `flags` is 0 or `BPF_F_LOCK`.
    ///
    /// # Errors
    ///
    /// [`BatchStopped`] with how many were set, and why the next was not, as for [`Self::lookup_batch`] and
    /// [`Self::update`].
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_UPDATE_BATCH`, since 5.6.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn update_batch(&self, keys: &[u8], values: &[u8], flags: u64) -> Result<(), BatchStopped> {
        self.write_batch(Command::MAP_UPDATE_BATCH, keys, Write::Update(values), flags)
    }

    /// Removes all `keys`, in their order. `flags` is 0 or `BPF_F_LOCK`.
    ///
    /// # Errors
    ///
    /// [`BatchStopped`] with how many were removed, and why the next was not: `ENOENT` if it was not there.
    ///
    /// # Kernel
    ///
    /// `BPF_MAP_DELETE_BATCH`, since 5.6.
    #[doc(alias = "bpf_map_delete_batch")]
    pub fn delete_batch(&self, keys: &[u8], flags: u64) -> Result<(), BatchStopped> {
        self.write_batch(Command::MAP_DELETE_BATCH, keys, Write::Delete, flags)
    }

    fn read_batch(
        &self,
        command: Command,
        cursor: &mut BatchCursor,
        keys: &mut [u8],
        values: &mut [u8],
        flags: u64,
    ) -> Result<Batch, SysError> {
        let room = self.batch(command, keys.len(), flags)?;
        self.check_values(command, room, values.len())?;
        if room == 0 {
            return Ok(Batch { count: 0, end: false });
        }
        let size = BatchCursor::size(self);
        if !cursor.position.is_empty() {
            check_length(command, "cursor", size, cursor.position.len())?;
        }
        let mut next = vec![0; size];
        let mut attr = MapBatchAttr {
            in_batch: UserPtr::to(&cursor.position),
            out_batch: UserPtr::to_mut(&mut next),
            keys: UserPtr::to_mut(keys),
            values: UserPtr::to_mut(values),
            count: room,
            map_fd: self.fd.as_raw_fd(),
            elem_flags: flags,
            ..MapBatchAttr::default()
        };
        // SAFETY: `keys` and `values` have room for `count` keys and values, as checked; the old position is null or, as the
        // new one is, as long as the largest that the kernel moves.
        let result = unsafe { syscall::bpf(command, &mut attr) };
        // What the kernel says is believed as far as it can be true.
        let count = attr.count.min(room) as usize;
        let end = match result {
            Ok(_) => false,
            Err(error) if error.is(errno::ENOENT) => true,
            Err(error) => return Err(error),
        };
        cursor.position = next;
        Ok(Batch { count, end })
    }

    fn write_batch(
        &self,
        command: Command,
        keys: &[u8],
        write: Write<'_>,
        flags: u64,
    ) -> Result<(), BatchStopped> {
        let refused = |source| BatchStopped { done: 0, source };
        let count = self.batch(command, keys.len(), flags).map_err(refused)?;
        if count == 0 {
            return Ok(());
        }
        let values = match write {
            Write::Update(values) => {
                self.check_values(command, count, values.len()).map_err(refused)?;
                UserPtr::to(values)
            }
            Write::Delete => UserPtr::NULL,
        };
        let mut attr = MapBatchAttr {
            keys: UserPtr::to(keys),
            values,
            count,
            map_fd: self.fd.as_raw_fd(),
            elem_flags: flags,
            ..MapBatchAttr::default()
        };
        // SAFETY: `keys` holds `count` keys, and `values` is null or holds as many values: the kernel reads no more.
        unsafe { syscall::bpf(command, &mut attr) }.map(drop).map_err(|source| {
            // A call that is refused before the first element leaves the number as it was.
            let done = if attr.count < count { attr.count as usize } else { 0 };
            BatchStopped { done, source }
        })
    }

    /// The number of keys in so many bytes.
    fn batch(&self, command: Command, bytes: usize, flags: u64) -> Result<u32, SysError> {
        if flags & !BPF_F_LOCK != 0 {
            return Err(SysError::Kernel { command, errno: errno::EINVAL });
        }
        let Some(count) = bytes.checked_div(self.sizes.key) else {
            return Err(SysError::WrongMapType { map_type: self.sizes.map_type, what: "used in batches" });
        };
        check_length(command, "keys", count.saturating_mul(self.sizes.key), bytes)?;
        u32::try_from(count).map_err(|_| SysError::TooLong { command, what: "batch", found: count })
    }

    fn check_values(&self, command: Command, count: u32, found: usize) -> Result<(), SysError> {
        let Some(value) = self.sizes.value else {
            return Err(SysError::UnknownLayout { map_type: self.sizes.map_type });
        };
        let expected = value.checked_mul(count as usize);
        let expected = expected.ok_or(SysError::TooLong { command, what: "batch", found: count as usize })?;
        check_length(command, "values", expected, found)
    }
}
