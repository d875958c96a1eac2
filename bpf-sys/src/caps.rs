//! What the process may do: its effective capabilities. And where it may pin: whether a path is on a BPF file system.

use std::fmt;
use std::io;
use std::path::Path;

use crate::error::SysError;
use crate::os;

/// A capability that some command asks for.
///
/// # Kernel
///
/// `include/uapi/linux/capability.h`; `CAP_BPF` and `CAP_PERFMON` exist since 5.8, before that it was `CAP_SYS_ADMIN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Loading programs and creating maps.
    Bpf,
    /// Programs that look into the kernel: tracing.
    Perfmon,
    /// Programs that change network traffic.
    NetAdmin,
    /// Everything of the others and more.
    SysAdmin,
    /// Raising limits: locked memory counts against one before 5.11.
    SysResource,
}

impl Capability {
    /// Those that this crate knows.
    pub const ALL: &'static [Self] =
        &[Self::Bpf, Self::Perfmon, Self::NetAdmin, Self::SysAdmin, Self::SysResource];

    /// The kernel's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bpf => "CAP_BPF",
            Self::Perfmon => "CAP_PERFMON",
            Self::NetAdmin => "CAP_NET_ADMIN",
            Self::SysAdmin => "CAP_SYS_ADMIN",
            Self::SysResource => "CAP_SYS_RESOURCE",
        }
    }

    /// The kernel's number: the bit in a capability set.
    pub const fn number(self) -> u32 {
        match self {
            Self::Bpf => 39,
            Self::Perfmon => 38,
            Self::NetAdmin => 12,
            Self::SysAdmin => 21,
            Self::SysResource => 24,
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities(u64);

impl Capabilities {
    /// The effective capabilities of this process, from `/proc/self/status`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or has no `CapEff` line.
    pub fn effective() -> io::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let bits = parse_status(&status);
        bits.map(Self)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "/proc/self/status has no CapEff"))
    }

    /// Whether the capability is in the set. It may count in the process's own user namespace only.
    pub const fn has(self, capability: Capability) -> bool {
        self.0 >> capability.number() & 1 == 1
    }
}

/// Whether a path is on a BPF file system, where objects can be pinned.
///
/// # Errors
///
/// [`SysError::Io`] if the path does not exist, cannot be reached, or has a NUL in it.
///
/// # Kernel
///
/// The file system is there since 4.4 (`kernel/bpf/inode.c`).
#[doc(alias = "BPF_FS_MAGIC")]
pub fn is_bpffs(path: impl AsRef<Path>) -> Result<bool, SysError> {
    let path = os::c_path(path.as_ref())?;
    Ok(os::file_system_at(&path)? == os::BPF_FS_MAGIC)
}

fn parse_status(status: &str) -> Option<u64> {
    let hex = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    u64::from_str_radix(hex.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let set = Capabilities(parse_status("Name:\tx\nCapEff:\t0000008000001000\nCapBnd:\t1\n").unwrap());
        let has: Vec<_> = Capability::ALL.iter().filter(|c| set.has(**c)).map(|c| c.name()).collect();
        assert_eq!(has, ["CAP_BPF", "CAP_NET_ADMIN"]);
        assert_eq!(parse_status("CapEff:\tzz"), None);
        assert!(Capabilities::effective().is_ok());
    }
}
