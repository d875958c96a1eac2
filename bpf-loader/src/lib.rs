#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod attach;
#[cfg(feature = "codegen")]
pub mod build_script;
#[cfg(feature = "codegen")]
pub mod codegen;
pub mod diagnose;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod doctor;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod events;
#[cfg(feature = "headers")]
pub mod headers;
pub mod kernel;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod link;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod load;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod map;
pub mod object;
pub mod plan;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod program;
mod read;
pub mod skeleton;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod struct_ops;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod tracefs;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod verifier;

#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use attach::{AttachError, AttachOptions, Links};
#[cfg(feature = "codegen")]
pub use build_script::SkeletonBuilder;
pub use diagnose::Diagnostic;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use events::{EventError, RingBuffer};
pub use kernel::{Answer, Feature, Kernel, KernelError};
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use link::Link;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use load::{LoadError, LoadedObject};
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use map::{Global, Map, MapError};
pub use object::{Object, OpenError, OpenOptions};
pub use plan::{Plan, PlanError, PlanFailed};
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use program::Program;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use struct_ops::StructOps;

/// The BTF crate that this crate's API speaks of.
pub use bpf_btf as btf;
/// The ELF crate that this crate's API speaks of.
pub use bpf_elf as elf;
/// The kernel's numbers and names.
pub use bpf_sys::uapi;
/// The crate whose traits typed keys, values and globals implement.
pub use zerocopy;

/// Puts the skeleton here that a build.rs made of that name: a module of the name. In a crate with such a build.rs:
///
/// ```text
/// bpf_loader::include_skeleton!("app");
/// ```
#[macro_export]
macro_rules! include_skeleton {
    ($name:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $name, ".skel.rs"));
    };
}
