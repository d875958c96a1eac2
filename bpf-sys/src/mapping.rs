//! Memory maps: of an array map's values and of a ring buffer, shared with the kernel; and of a file that never changes;
//! and memory that a file is read into.

mod bytes;
mod file;
mod map;
mod ring;

pub use bytes::FileBytes;
pub use file::FileMapping;
pub use map::{MapMapping, MappingError};
pub use ring::{RingError, RingMapping, RingRecord};
