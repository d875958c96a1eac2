//! Memory maps: of an array map's values, shared with the kernel; and of a file that never changes; and memory that a file is
//! read into.

mod bytes;
mod file;
mod map;

pub use bytes::FileBytes;
pub use file::FileMapping;
pub use map::{MapMapping, MappingError};
