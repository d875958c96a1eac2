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
            page_size: std::fs::read("/proc/self/auxv").ok().and_then(|auxv| page_size(&auxv)),
            possible_cpus: possible_cpus(),
        }
    }
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
    fn the_page_size_is_found_by_its_kind() {
        let auxv: Vec<u8> = [33_usize, 6, 6, 4096, 0, 0].iter().flat_map(|word| word.to_ne_bytes()).collect();
        assert_eq!(page_size(&auxv), Some(4096));
        assert_eq!(page_size(&auxv[..20]), None);
    }
}
