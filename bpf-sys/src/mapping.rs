//! Memory maps: of an array map's values, shared with the kernel; and of a file that never changes.

mod file;
mod map;

pub use file::FileMapping;
pub use map::{MapMapping, MappingError};
