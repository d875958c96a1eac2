//! What the process may do: its effective capabilities. And where it may pin: whether a path is on a BPF file system.

use std::io;
use std::path::Path;

use crate::error::SysError;
use crate::os;
pub use crate::uapi::Capability;

/// A set of capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(u64);

impl Capabilities {
    /// The set with these bits, as `/proc/PID/status` shows it.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The set in a line of the text of `/proc/PID/status`: `CapEff`, `CapPrm`, `CapBnd`.
    pub fn in_status(status: &str, line: &str) -> Option<Self> {
        let named = status.lines().filter_map(|text| text.split_once(':'));
        let hex = named.filter(|(name, _)| *name == line).map(|(_, hex)| hex).next()?;
        u64::from_str_radix(hex.trim(), 16).ok().map(Self)
    }

    /// The effective capabilities of this process, from `/proc/self/status`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or has no `CapEff` line.
    pub fn effective() -> io::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        Self::in_status(&status, "CapEff")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let status = "Name:\tx\nCapEff:\t0000008000001000\nCapBnd:\t1\n";
        let set = Capabilities::in_status(status, "CapEff").unwrap();
        let has: Vec<_> = Capability::ALL.iter().filter(|c| set.has(**c)).map(|c| c.name()).collect();
        assert_eq!(has, ["CAP_BPF", "CAP_NET_ADMIN"]);
        assert_eq!(Capabilities::in_status(status, "CapBnd"), Some(Capabilities::from_bits(1)));
        assert_eq!(Capabilities::in_status(status, "CapPrm"), None);
        assert_eq!(Capabilities::in_status("CapEff:\tzz", "CapEff"), None);
        assert!(Capabilities::effective().is_ok());
    }
}
