//! Facts about a machine that plans depend on.

use bpf_btf::Endian;

/// Facts about the machine that a kernel runs on. What is not known is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Machine {
    /// Byte order.
    pub endian: Endian,
    /// Architecture, by the name that `uname -m` gives: `x86_64`, `aarch64`, `s390x`.
    pub architecture: Option<String>,
    /// Kernel release, as `uname -r` gives it: `6.18.44`.
    pub release: Option<String>,
    /// Bytes of a page.
    pub page_size: Option<u32>,
    /// Number of processors that may ever come online.
    pub possible_cpus: Option<u32>,
}

impl Machine {
    /// A machine of which only the byte order is known.
    #[must_use]
    pub fn unknown(endian: Endian) -> Self {
        Self { endian, architecture: None, release: None, page_size: None, possible_cpus: None }
    }

    /// The machine that this process runs on.
    #[must_use]
    pub fn running() -> Self {
        let fact = |path| std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
        Self {
            endian: Endian::NATIVE,
            architecture: Some(std::env::consts::ARCH.to_owned()),
            release: fact("/proc/sys/kernel/osrelease"),
            page_size: None,
            possible_cpus: None,
        }
    }
}
