//! Memory maps: of an array map's values and of a ring buffer, shared with the kernel; and of a file that never changes.

mod file;
mod map;
mod ring;

pub use file::FileMapping;
pub use map::{MapMapping, MappingError};
pub use ring::{RingError, RingMapping, RingRecord};
