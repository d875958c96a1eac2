//! Whether what an object declares fits what a kernel has, and if not, why not: as data, for messages.

mod nearest;
pub mod prototype;
pub mod struct_ops;

pub use nearest::{closest, nearest};
