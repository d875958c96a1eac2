//! Facts of the kernel's user-space interface: numbers, names and first versions. No I/O, any operating system.
//!
//! The source of every number is `include/uapi/linux/bpf.h`, up to Linux 7.2. The types are plain numbers with names:
//! a value that a newer kernel brings survives a round trip, it only has no name here yet.

mod attach_type;
mod capability;
mod command;
pub mod flags;
mod helper;
pub mod insn;
mod link_type;
mod map_type;
mod program_type;
mod prototype;
mod table;
#[cfg(test)]
mod table_tests;
mod value_layout;
mod version;

pub use attach_type::AttachType;
pub use capability::Capability;
pub use command::Command;
pub use helper::Helper;
pub use insn::Insn;
pub use link_type::LinkType;
pub use map_type::MapType;
pub use program_type::ProgramType;
pub use prototype::{Parameter, Prototype};
pub use value_layout::ValueLayout;
pub use version::KernelVersion;
