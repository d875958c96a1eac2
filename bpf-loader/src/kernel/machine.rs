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
    /// The version that programs see as `LINUX_KERNEL_VERSION`: 16 bits for the first number and 8 for each of the
    /// others. Distributions put it elsewhere than in the release.
    pub version_code: Option<u32>,
    /// Bytes of a page.
    pub page_size: Option<u32>,
    /// Number of processors that may ever come online.
    pub possible_cpus: Option<u32>,
}

impl Machine {
    /// A machine of which only the byte order is known.
    #[must_use]
    pub fn unknown(endian: Endian) -> Self {
        Self {
            endian,
            architecture: None,
            release: None,
            version_code: None,
            page_size: None,
            possible_cpus: None,
        }
    }

    /// The version that programs see as `LINUX_KERNEL_VERSION`, as far as it is known: else that of the release.
    pub(crate) fn version(&self) -> Option<u32> {
        self.version_code.or_else(|| version_code(None, None, self.release.as_deref()))
    }

    /// The machine that this process runs on.
    #[must_use]
    pub fn running() -> Self {
        let fact = |path| std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
        let release = fact("/proc/sys/kernel/osrelease");
        let ubuntu = fact("/proc/version_signature");
        let version = fact("/proc/sys/kernel/version");
        Self {
            endian: Endian::NATIVE,
            architecture: Some(std::env::consts::ARCH.to_owned()),
            version_code: version_code(ubuntu.as_deref(), version.as_deref(), release.as_deref()),
            release,
            page_size: std::fs::read("/proc/self/auxv").ok().and_then(|auxv| page_size(&auxv)),
            possible_cpus: possible_cpus(),
        }
    }
}

/// Where each distribution says which version its kernel is: Ubuntu at the end of `/proc/version_signature`, Debian in
/// the version (`#1 SMP Debian 6.1.106-3`), others in the release.
pub(super) fn version_code(
    ubuntu: Option<&str>,
    version: Option<&str>,
    release: Option<&str>,
) -> Option<u32> {
    let ubuntu = ubuntu.and_then(|text| text.split_ascii_whitespace().nth(2));
    let debian = version.and_then(|text| text.split_once("Debian ").map(|(_, rest)| rest));
    [ubuntu, debian, release].into_iter().flatten().find_map(code)
}

/// `6.1.106-3` as a number. A third number that is left out is 0; of one over 255 that is what fits.
fn code(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let mut numbers = text.get(..end)?.split('.').map(str::parse::<u32>);
    let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let patch = numbers.next().and_then(Result::ok).unwrap_or(0);
    (major <= 0xffff && minor <= 0xff).then(|| major << 16 | minor << 8 | patch.min(255))
}

#[cfg(all(feature = "syscalls", target_os = "linux"))]
fn possible_cpus() -> Option<u32> {
    bpf_sys::possible_cpus().ok()
}

#[cfg(not(all(feature = "syscalls", target_os = "linux")))]
fn possible_cpus() -> Option<u32> {
    None
}

/// `AT_PAGESZ` of the values that the kernel gives a process: pairs of words, kind and value.
fn page_size(auxv: &[u8]) -> Option<u32> {
    const AT_PAGESZ: usize = 6;
    const WORD: usize = size_of::<usize>();
    let word =
        |pair: &[u8], at| pair.get(at..)?.first_chunk::<WORD>().map(|word| usize::from_ne_bytes(*word));
    let found = auxv.chunks_exact(2 * WORD).find(|pair| word(pair, 0) == Some(AT_PAGESZ))?;
    u32::try_from(word(found, WORD)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (ubuntu, version, release, want) in [
            (None, Some("#1 SMP PREEMPT_DYNAMIC"), Some("6.18.44-fc"), Some(0x06_12_2c)),
            (None, Some("#1 SMP Debian 6.1.106-3 (2024-08-26)"), Some("6.1.0-25-amd64"), Some(0x06_01_6a)),
            (
                Some("Ubuntu 5.4.0-12.15-generic 5.4.8"),
                Some("#15"),
                Some("5.4.0-12-generic"),
                Some(0x05_04_08),
            ),
            (None, None, Some("6.12"), Some(0x06_0c_00)),
            (None, None, Some("4.9.337"), Some(0x04_09_ff)),
            (None, Some("Debian unstable"), Some("7.2.0-rc1"), Some(0x07_02_00)),
            (None, None, Some("x"), None),
            (None, None, None, None),
        ] {
            assert_eq!(version_code(ubuntu, version, release), want, "{release:?}");
        }
    }

    #[test]
    fn the_page_size_is_found_by_its_kind() {
        let auxv: Vec<u8> = [33_usize, 6, 6, 4096, 0, 0].iter().flat_map(|word| word.to_ne_bytes()).collect();
        assert_eq!(page_size(&auxv), Some(4096));
        assert_eq!(page_size(&auxv[..20]), None);
    }
}
