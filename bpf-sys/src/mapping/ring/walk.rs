//! What lies at the consumer's position of a ring buffer: decided from numbers alone, so that any numbers can be tried.
//!
//! # Kernel
//!
//! `struct bpf_ringbuf_hdr` and `__bpf_ringbuf_reserve` in `kernel/bpf/ringbuf.c`, flags in `include/uapi/linux/bpf.h`.

/// Bytes before each record: its length with two flags, and a page offset that only the kernel uses.
pub(super) const HEADER: usize = 8;
/// Records begin at multiples of this.
pub(super) const ALIGN: usize = 8;
/// The record is being written.
pub(super) const BUSY: u32 = 1 << 31;
/// The record was given up: nobody is to see it.
pub(super) const DISCARD: u32 = 1 << 30;

/// A ring buffer whose positions or lengths make no sense, or that somebody else reads too. Nothing was read beyond its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// The positions cannot both be right.
    #[error(
        "the producer is at {producer:#x} and the consumer at {consumer:#x} of a ring of {size:#x} bytes"
    )]
    Positions {
        /// Where the consumer is, in bytes since the map was created.
        consumer: usize,
        /// Where the producers are, in bytes since the map was created.
        producer: usize,
        /// The size of the ring, in bytes.
        size: usize,
    },
    /// A record is longer than what was produced.
    #[error("the record at {position:#x} claims {len} bytes, and {available} are there with its header")]
    Length {
        /// Where the record begins, in bytes since the map was created.
        position: usize,
        /// The length in its header, in bytes.
        len: usize,
        /// How much lies between consumer and producers, in bytes.
        available: usize,
    },
    /// Somebody else moved the consumer's position: records were lost, or overwritten while they were read.
    #[error(
        "the consumer's position is {found:#x}, and this reader left it at {left:#x}: somebody else reads too"
    )]
    Moved {
        /// Where this reader left it.
        left: usize,
        /// Where it is.
        found: usize,
    },
}

impl RingError {
    /// A stable code for this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Positions { .. } => "E0013",
            Self::Length { .. } => "E0014",
            Self::Moved { .. } => "E0015",
        }
    }
}

/// What a header says. `next` is the position after the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Busy,
    Discarded { next: usize },
    Record { offset: usize, len: usize, next: usize },
}

/// How many bytes lie between the positions: at most the size, and a multiple of [`ALIGN`], as the consumer's position is.
/// Positions count on for ever and wrap with their type.
pub(super) fn available(consumer: usize, producer: usize, size: usize) -> Result<usize, RingError> {
    let available = producer.wrapping_sub(consumer);
    if available > size || !consumer.is_multiple_of(ALIGN) || !producer.is_multiple_of(ALIGN) {
        return Err(RingError::Positions { consumer, producer, size });
    }
    Ok(available)
}

/// What `header`, the word at `consumer`, says. `size` is a power of two, `available` what [`available`] answered and not 0.
///
/// A record that is found begins in the ring and ends before `available` bytes are used up, so it ends before the ring's
/// second image in memory does.
pub(super) fn look(consumer: usize, available: usize, size: usize, header: u32) -> Result<Found, RingError> {
    if header & BUSY != 0 {
        return Ok(Found::Busy);
    }
    let len = (header & !(BUSY | DISCARD)) as usize;
    // 2^30 + 15 at most: no overflow.
    let whole = (HEADER + len).next_multiple_of(ALIGN);
    if whole > available {
        return Err(RingError::Length { position: consumer, len, available });
    }
    let next = consumer.wrapping_add(whole);
    if header & DISCARD != 0 {
        return Ok(Found::Discarded { next });
    }
    Ok(Found::Record { offset: (consumer & (size - 1)) + HEADER, len, next })
}
