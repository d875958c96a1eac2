#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod uapi;

#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod attr;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod caps;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod cmd;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod cpu;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod epoll;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod errno;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod error;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod mapping;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod memlock;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod os;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod perf;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub mod socket;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod syscall;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod user_ptr;

#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use self::{
    caps::{Capabilities, Capability, is_bpffs},
    cmd::{
        btf::{self, BtfInfo},
        link::{self, LinkCreate, LinkDetails, LinkInfo},
        map::{self, MapCreate, MapFd, MapInfo},
        object::{self, ObjectKind},
        prog::{self, LogSize, ProgInfo, ProgLoad, TestRun, TestRunOutput},
        token,
    },
    cpu::possible_cpus,
    epoll::Epoll,
    error::SysError,
    mapping::{FileBytes, FileMapping, MapMapping, MappingError, RingError, RingMapping, RingRecord},
    memlock::raise_memlock_limit,
    os::{kernel_version, open_nonblocking, open_process},
};
