#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod attach;
pub mod diagnose;
pub mod kernel;
pub mod link;
pub mod load;
pub mod map;
pub mod object;
pub mod plan;
pub mod program;
pub mod struct_ops;
pub mod verifier;

pub use attach::AttachError;
pub use diagnose::Diagnostic;
pub use kernel::{Answer, Feature, Kernel, KernelError};
pub use link::Link;
pub use load::{LoadError, LoadedObject};
pub use map::{Global, Map, MapError};
pub use object::{Object, OpenError, OpenOptions};
pub use plan::{Plan, PlanError, PlanFailed};
pub use program::Program;
pub use struct_ops::StructOps;

/// The BTF crate that this crate's API speaks of.
pub use bpf_btf as btf;
/// The ELF crate that this crate's API speaks of.
pub use bpf_elf as elf;
/// The kernel's numbers and names.
pub use bpf_sys::uapi;
/// The crate whose traits typed keys, values and globals implement.
pub use zerocopy;
