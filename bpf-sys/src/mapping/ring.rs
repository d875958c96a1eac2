//! A ring buffer map in memory, read from where its last reader stopped.
//!
//! # Safety
//!
//! A `BPF_MAP_TYPE_RINGBUF` map is mapped as the kernel lays it out: a page with the consumer's position, which alone may be
//! written from user space; a page with the producers' position; the data, twice, one image after the other, so that a
//! record that goes over the end can be read in one piece.
//!
//! **Bounds.** Nothing that stands in that memory is believed. Positions and lengths are loaded once, into registers, and
//! `walk` holds them against the size that the kernel gave for the map: a record that it lets through lies inside the two
//! images, whatever the numbers were.
//!
//! **Races.** Positions and headers are only ever accessed atomically. A header is loaded with *acquire*, which pairs with
//! the kernel's exchange of it when the record is committed, so its bytes are all there. Those bytes are handed out as a
//! plain `&[u8]`, and so must not change while that borrow lives. Who could change them?
//!
//! - The kernel writes to a committed record only when it reserves its place again, which it does not before the consumer's
//!   position has passed it (`__bpf_ringbuf_reserve`). That position is moved by [`RingRecord`]'s drop, when no borrow of
//!   the bytes can be left; *release* keeps our reads before it. In the one mode where the kernel does not wait
//!   (`BPF_F_RB_OVERWRITE`), [`RingMapping::new`] refuses.
//! - Programs cannot: the verifier takes the record from them when they submit it.
//! - Other processes cannot write to data pages: the kernel maps them read-only and takes away the right to change that
//!   (`ringbuf_map_mmap_kern`). The same is true of this process.
//! - Whoever can map the consumer's page for writing can move the position for us. In this process nobody can through this
//!   crate: a map has one `RingMapping` at a time, by the map's id. Another *process* that was given the map's descriptor,
//!   or may open any map (`CAP_SYS_ADMIN`), is trusted not to, just as one that may write to `/proc/PID/mem` is; a second
//!   reader would take records away in any case. One that does it all the same is found out at the next record
//!   ([`RingError::Moved`]), and nothing more is read then.

#![allow(unsafe_code)]

use std::collections::BTreeSet;
use std::ops::Deref;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicUsize, fence};
use std::sync::{Mutex, PoisonError};

use crate::cmd::map::{self, MapFd};
use crate::error::SysError;
use crate::os;
use crate::uapi::MapType;
use crate::uapi::flags::BPF_F_RB_OVERWRITE;

mod walk;

#[cfg(test)]
mod tests;

use walk::Found;
pub use walk::RingError;

/// A memory map of a ring buffer, for its one consumer. It keeps the map alive.
///
/// [`Self::look`] finds out how far the producers are, and [`Self::next`] takes the records up to there, one at a time.
///
/// # Kernel
///
/// Since 5.8: `kernel/bpf/ringbuf.c`. The process must be as wide as the kernel (no 32-bit process on a 64-bit kernel): a
/// position is an `unsigned long` of the kernel's.
#[derive(Debug)]
pub struct RingMapping {
    /// The consumer's page, readable and writable.
    head: Pages,
    /// The producers' page and the data, readable.
    tail: Pages,
    page: usize,
    /// Bytes of the ring, a power of two.
    size: usize,
    /// Where the consumer is; the same number stands in the consumer's page.
    consumer: usize,
    /// Where the producers were when last looked at.
    producer: usize,
    /// What somebody else wrote over the consumer's position.
    foreign: Option<usize>,
    _claim: Option<Claim>,
}

// SAFETY: it owns its mappings, which are the process's and not a thread's; every access to what others write is atomic.
unsafe impl Send for RingMapping {}

impl RingMapping {
    /// Maps a ring buffer, to be read on from where its last reader stopped.
    ///
    /// # Errors
    ///
    /// [`SysError::WrongMapType`] if it is not a ring buffer (a ring buffer for user space as producer is another type), or
    /// one that overwrites what was not read; [`SysError::InUse`] if this process has mapped it already; [`SysError::Io`]
    /// if it cannot be mapped.
    pub fn new(map: &MapFd) -> Result<Self, SysError> {
        let info = map::info(map.as_fd())?;
        if info.map_type != MapType::RINGBUF {
            return Err(SysError::WrongMapType { map_type: info.map_type, what: "read as a ring buffer" });
        }
        if info.flags & BPF_F_RB_OVERWRITE != 0 {
            let what = "read as it is written, since BPF_F_RB_OVERWRITE lets records change meanwhile";
            return Err(SysError::WrongMapType { map_type: info.map_type, what });
        }
        let claim = Claim::new(info.id).ok_or(SysError::InUse { what: "ring buffer" })?;
        Self::map(map.as_fd(), info.max_entries as usize, Some(claim))
    }

    /// Maps what is laid out like a ring buffer of `size` bytes.
    fn map(fd: BorrowedFd<'_>, size: usize, claim: Option<Claim>) -> Result<Self, SysError> {
        let page = os::page_size()?;
        let nonsense = SysError::Io { what: "size of the ring buffer", errno: 0 };
        if !size.is_power_of_two() || !size.is_multiple_of(page) {
            return Err(nonsense);
        }
        let tail = size.checked_mul(2).and_then(|both| both.checked_add(page)).ok_or(nonsense)?;
        let head = Pages::map(fd, 0, page, libc::PROT_READ | libc::PROT_WRITE)?;
        let tail = Pages::map(fd, page, tail, libc::PROT_READ)?;
        let (consumer, producer, foreign) = (0, 0, None);
        let mut ring = Self { head, tail, page, size, consumer, producer, foreign, _claim: claim };
        ring.consumer = ring.consumer_word().load(Acquire);
        ring.producer = ring.consumer;
        Ok(ring)
    }

    /// The size of the ring, in bytes.
    #[allow(clippy::len_without_is_empty)]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Where the consumer is, in bytes since the map was created; wraps.
    pub fn consumer_position(&self) -> usize {
        self.consumer
    }

    /// Where the producers are now, in bytes since the map was created; wraps. What lies between the two positions was
    /// reserved: written, given up, or being written.
    pub fn producer_position(&self) -> usize {
        self.producer_word().load(Acquire)
    }

    /// Looks how far the producers are, which is how far [`Self::next`] goes; answers the bytes that lie before them,
    /// headers included.
    ///
    /// When it answers 0, or `next` finds nothing after it, then the next record to be committed wakes whoever waits for
    /// the map's descriptor: a producer wakes if it sees that the consumer has come to its record, and either it sees so or
    /// this sees the record, because the consumer's position was out before.
    ///
    /// # Errors
    ///
    /// [`RingError`].
    pub fn look(&mut self) -> Result<usize, RingError> {
        self.alone()?;
        // Between our store of the consumer's position and the loads that follow: a producer has the like between its
        // store of the header and its load of our position. Without it both could miss the other's store.
        fence(SeqCst);
        let producer = self.producer_word().load(Acquire);
        let available = walk::available(self.consumer, producer, self.size)?;
        self.producer = producer;
        Ok(available)
    }

    /// The next record, or `None` if there is none before the position last looked at, or it is still being written.
    /// Records that were discarded are passed over.
    ///
    /// # Errors
    ///
    /// [`RingError`].
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<RingRecord<'_>>, RingError> {
        loop {
            self.alone()?;
            let available = self.producer.wrapping_sub(self.consumer);
            if available == 0 {
                return Ok(None);
            }
            let header = self.header().load(Acquire);
            match walk::look(self.consumer, available, self.size, header)? {
                Found::Busy => return Ok(None),
                Found::Discarded { next } => self.move_to(next),
                Found::Record { offset, len, next } => {
                    return Ok(Some(RingRecord { ring: self, offset, len, next }));
                }
            }
        }
    }

    /// Fails if somebody else has moved the consumer's position.
    fn alone(&mut self) -> Result<(), RingError> {
        let found = self.consumer_word().load(Relaxed);
        if found != self.consumer && self.foreign.is_none() {
            self.foreign = Some(found);
        }
        match self.foreign {
            Some(found) => Err(RingError::Moved { left: self.consumer, found }),
            None => Ok(()),
        }
    }

    /// Gives everything before `next` back to the producers.
    fn move_to(&mut self, next: usize) {
        if self.alone().is_ok() {
            self.consumer_word().store(next, Release);
            self.consumer = next;
        }
    }

    fn consumer_word(&self) -> &AtomicUsize {
        // SAFETY: the head is a page that is readable and writable until drop, and pages are aligned for any word; every
        // access to this word is atomic, the kernel's too.
        unsafe { AtomicUsize::from_ptr(self.head.address.as_ptr().cast()) }
    }

    fn producer_word(&self) -> &AtomicUsize {
        // SAFETY: the tail begins with the producers' page, readable until drop and aligned; it is only ever loaded from,
        // in one word, which is a plain load. Every access to this word is atomic, the kernel's too.
        unsafe { AtomicUsize::from_ptr(self.tail.address.as_ptr().cast()) }
    }

    /// The first word of the header at the consumer's position.
    fn header(&self) -> &AtomicU32 {
        let offset = self.page + (self.consumer & (self.size - 1));
        // SAFETY: the tail is a page and twice `size` bytes long, and the offset is less than a page and `size`.
        let address = unsafe { self.tail.address.as_ptr().add(offset) };
        // SAFETY: it is mapped until drop; `walk::available` has let through only positions that are multiples of 8, the
        // page and the size are too, so 4 bytes from there are inside the tail, and aligned. It is only loaded from, in one
        // word; the kernel changes it atomically once it is reachable.
        unsafe { AtomicU32::from_ptr(address.cast()) }
    }
}

/// A record of a ring buffer. When it is dropped, its place goes back to the producers.
#[derive(Debug)]
pub struct RingRecord<'a> {
    ring: &'a mut RingMapping,
    /// From the begin of the data, in bytes.
    offset: usize,
    len: usize,
    next: usize,
}

impl RingRecord<'_> {
    /// What the program wrote. The first byte is aligned to 8 bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `walk::look` has seen to it that the record ends before the second image does: `offset` plus `len` is at
        // most twice the size, and the tail is a page longer.
        let first = unsafe { self.ring.tail.address.as_ptr().add(self.ring.page + self.offset) };
        // SAFETY: as above, `len` bytes from there are mapped readable until the ring is dropped, which it cannot be while
        // this borrows it. Nobody writes to them before the consumer's position moves (see the module), which only this
        // value's drop does, after every borrow of it has ended.
        unsafe { std::slice::from_raw_parts(first, self.len) }
    }
}

impl Deref for RingRecord<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes()
    }
}

impl Drop for RingRecord<'_> {
    fn drop(&mut self) {
        self.ring.move_to(self.next);
    }
}

/// A part of a map in memory, unmapped when dropped.
#[derive(Debug)]
struct Pages {
    address: NonNull<u8>,
    len: usize,
}

impl Pages {
    fn map(fd: BorrowedFd<'_>, offset: usize, len: usize, access: i32) -> Result<Self, SysError> {
        let offset =
            libc::off_t::try_from(offset).map_err(|_| SysError::Io { what: "mmap", errno: libc::EINVAL })?;
        let fd = fd.as_raw_fd();
        // SAFETY: a new mapping at an address of the kernel's choice disturbs no other memory.
        let address = unsafe { libc::mmap(std::ptr::null_mut(), len, access, libc::MAP_SHARED, fd, offset) };
        match NonNull::new(address.cast::<u8>()) {
            Some(address) if address.as_ptr().cast() != libc::MAP_FAILED => Ok(Self { address, len }),
            _ => Err(SysError::last_os("mmap")),
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and every reference into it borrowed its owner.
        unsafe { libc::munmap(self.address.as_ptr().cast(), self.len) };
    }
}

/// The ids of the ring buffers that this process reads. An id is not given again while its map lives, and a mapping keeps
/// it alive.
static READ_HERE: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// The right to be the one that reads a ring buffer in this process.
#[derive(Debug)]
struct Claim(u32);

impl Claim {
    fn new(id: u32) -> Option<Self> {
        let new = READ_HERE.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        // Made only where it is ours: dropping one gives the id back.
        new.then(|| Self(id))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        READ_HERE.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}
