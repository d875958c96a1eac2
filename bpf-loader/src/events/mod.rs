//! What programs send to user space: records of ring buffers, lines of trace output.

mod error;
mod ring;
mod trace;

pub use error::EventError;
pub use ring::{Record, RingBuffer};
pub use trace::{TraceLine, TraceOutput};
