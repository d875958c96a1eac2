//! What this machine and this process allow, and what of ours is left in the kernel.

mod examine;
mod facts;
mod leftovers;
pub(crate) mod mounts;
mod options;

pub use bpf_sys::Capabilities;
pub use examine::{Finding, Topic, examine};
pub use facts::{BtfFile, Configured, Facts};
pub use leftovers::{Leftover, LeftoverError, Leftovers, leftovers};
pub use mounts::Mount;
