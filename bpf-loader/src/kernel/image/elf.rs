//! ELF files of kernels and modules: which machine they are for, and what stands in them for all to find.

use memchr::memmem;

use crate::kernel::image::Facts;
use crate::kernel::kconfig;

/// Machines by their number in ELF: 64 bits little-endian, 64 bits big-endian, 32 bits. Names as `uname -m` gives them;
/// numbers as in `include/uapi/linux/elf-em.h`.
const MACHINES: &[(u16, [Option<&str>; 3])] = &[
    (3, [None, None, Some("i686")]),
    (21, [Some("ppc64le"), Some("ppc64"), None]),
    (22, [None, Some("s390x"), None]),
    (40, [None, None, Some("armv7l")]),
    (62, [Some("x86_64"), None, None]),
    (183, [Some("aarch64"), Some("aarch64_be"), None]),
    (243, [Some("riscv64"), None, Some("riscv32")]),
    (258, [Some("loongarch64"), None, None]),
];

/// An ELF file.
pub(in crate::kernel) struct Elf<'a> {
    bytes: &'a [u8],
}

impl<'a> Elf<'a> {
    pub(in crate::kernel) fn of(bytes: &'a [u8]) -> Option<Self> {
        bytes.starts_with(b"\x7fELF").then_some(Self { bytes })
    }

    /// A section by name; why it cannot be had, as the end of a sentence.
    pub(in crate::kernel) fn section(&self, name: &str) -> Result<Option<&'a [u8]>, String> {
        bpf_elf::section(self.bytes, name).map_err(|error| format!("an ELF file, and {error}"))
    }

    /// What it is, where it is to be linked before anything runs: kernels are not.
    pub(super) fn no_kernel(&self) -> Option<&'static str> {
        const ET_REL: u16 = 1;
        const EM_BPF: u16 = 247;
        match (self.number(16)?, self.number(18)?) {
            (_, EM_BPF) => Some("a BPF object"),
            (ET_REL, _) => Some("a kernel module, whose types continue those of its kernel"),
            _ => None,
        }
    }

    /// Of the header, in the file's byte order.
    fn number(&self, at: usize) -> Option<u16> {
        let big = *self.bytes.get(5)? == 2;
        let number = self.bytes.get(at..)?.first_chunk::<2>()?;
        Some(if big { u16::from_be_bytes(*number) } else { u16::from_le_bytes(*number) })
    }

    pub(super) fn architecture(&self) -> Option<&'static str> {
        let wide = *self.bytes.get(4)? == 2;
        let big = *self.bytes.get(5)? == 2;
        let number = self.number(18)?;
        let [little_64, big_64, narrow] = MACHINES.iter().find(|(machine, _)| *machine == number)?.1;
        match (wide, big) {
            (true, false) => little_64,
            (true, true) => big_64,
            (false, _) => narrow,
        }
    }
}

impl Facts {
    /// What stands in a kernel's memory: its banner, and its configuration where that was built in.
    pub(super) fn learn(&mut self, kernel: &[u8], architecture: Option<&'static str>) {
        self.architecture = self.architecture.or(architecture);
        if self.banner.is_none() {
            self.banner = banner(kernel);
        }
        self.kconfig = ikconfig(kernel);
    }
}

/// `linux_banner` of `init/version.c`, after `Linux version `.
fn banner(kernel: &[u8]) -> Option<String> {
    const START: &[u8] = b"Linux version ";
    let starts = memmem::find_iter(kernel, START).filter_map(|at| kernel.get(at..)?.get(START.len()..));
    starts.filter(|rest| rest.first().is_some_and(u8::is_ascii_digit)).find_map(text)
}

/// Printable text up to its end, which is near.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let near = bytes.get(..bytes.len().min(512))?;
    let end = near.iter().position(|byte| matches!(byte, 0 | b'\n'))?;
    let text = near.get(..end)?;
    let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    text.iter().all(printable).then(|| String::from_utf8_lossy(text).into_owned())
}

/// The configuration of a kernel with `CONFIG_IKCONFIG` (`kernel/configs.c`).
fn ikconfig(kernel: &[u8]) -> Option<String> {
    let (start, end) = (b"IKCFG_ST\x1f\x8b\x08", b"IKCFG_ED");
    let packed = kernel.get(memmem::find(kernel, start)?..)?.get(8..)?;
    kconfig::text(packed.get(..memmem::find(packed, end)?)?).ok()
}
