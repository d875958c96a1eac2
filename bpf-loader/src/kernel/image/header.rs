//! Kernels as boot loaders take them, by their headers: where in the file the kernel itself is.

use crate::kernel::image::ImageError;
use crate::kernel::image::elf::text;

/// An image for boot loaders.
pub(super) struct Image<'a> {
    pub(super) architecture: Option<&'static str>,
    /// Which kernel it is, in its own words.
    pub(super) banner: Option<String>,
    pub(super) payload: Result<Payload<'a>, ImageError>,
}

/// Where the kernel is.
pub(super) enum Payload<'a> {
    /// Compressed.
    Packed { bytes: &'a [u8], form: &'static str },
    /// All of it, as it lies in memory.
    Flat { form: &'static str },
}

/// The image that these bytes are.
pub(super) fn read(bytes: &[u8]) -> Option<Image<'_>> {
    bz_image(bytes).or_else(|| zboot(bytes)).or_else(|| flat(bytes))
}

/// Little-endian, as all of these headers are.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// x86: `arch/x86/boot/header.S`, `Documentation/arch/x86/boot.rst`. The payload has been told of since protocol 2.08,
/// which is Linux 2.6.26.
fn bz_image(bytes: &[u8]) -> Option<Image<'_>> {
    const FORM: &str = "bzImage";
    /// The size of a sector, in which the header counts.
    const SECTOR: u64 = 512;
    if bytes.get(0x202..)?.first_chunk() != Some(b"HdrS") || *bytes.get(0x1fe..0x200)? != [0x55, 0xaa] {
        return None;
    }
    let protocol = number(bytes, 0x206)? & 0xffff;
    // What is left out counts as 4.
    let sectors = match *bytes.get(0x1f1)? {
        0 => 4,
        sectors => u64::from(sectors),
    };
    let banner = usize::try_from(number(bytes, 0x20e)? & 0xffff).ok().filter(|at| *at != 0);
    let banner = banner.and_then(|at| text(bytes.get(at.checked_add(0x200)?..)?));
    // XLF_KERNEL_64, since protocol 2.12.
    let wide = protocol >= 0x20c && number(bytes, 0x236)? & 1 != 0;
    let (at, len) = (number(bytes, 0x248)?, number(bytes, 0x24c)?);
    let at = (sectors + 1) * SECTOR + u64::from(at);
    let payload = payload(bytes, FORM, at, len.into());
    (protocol >= 0x208).then(|| Image {
        architecture: Some(if wide { "x86_64" } else { "i686" }),
        banner,
        payload: payload.map(|bytes| Payload::Packed { bytes, form: FORM }),
    })
}

/// EFI on arm64, riscv and loongarch: `drivers/firmware/efi/libstub/zboot-header.S`, since 6.1.
fn zboot(bytes: &[u8]) -> Option<Image<'_>> {
    const FORM: &str = "zboot image";
    if bytes.get(..8)? != b"MZ\0\0zimg" {
        return None;
    }
    let payload = payload(bytes, FORM, number(bytes, 8)?.into(), number(bytes, 12)?.into());
    let payload = payload.map(|bytes| Payload::Packed { bytes, form: FORM });
    Some(Image { architecture: efi_machine(bytes), banner: None, payload })
}

/// arm64 and riscv: `arch/arm64/kernel/head.S`, `Documentation/arch/riscv/boot-image-header.rst`.
fn flat(bytes: &[u8]) -> Option<Image<'_>> {
    let (architecture, form) = match bytes.get(0x38..0x3c)? {
        b"ARM\x64" => ("aarch64", "arm64 Image"),
        b"RSC\x05" => ("riscv64", "riscv Image"),
        _ => return None,
    };
    Some(Image { architecture: Some(architecture), banner: None, payload: Ok(Payload::Flat { form }) })
}

/// What the header of a PE file says of its machine.
fn efi_machine(bytes: &[u8]) -> Option<&'static str> {
    let header = bytes.get(usize::try_from(number(bytes, 0x3c)?).ok()?..)?;
    match (header.get(..4)?, number(header, 4)? & 0xffff) {
        (b"PE\0\0", 0xaa64) => Some("aarch64"),
        (b"PE\0\0", 0x5064) => Some("riscv64"),
        (b"PE\0\0", 0x6264) => Some("loongarch64"),
        _ => None,
    }
}

fn payload<'a>(bytes: &'a [u8], form: &'static str, at: u64, len: u64) -> Result<&'a [u8], ImageError> {
    let range = || {
        let (start, len) = (usize::try_from(at).ok()?, usize::try_from(len).ok()?);
        bytes.get(start..start.checked_add(len)?)
    };
    range().ok_or(ImageError::Payload { form, at, len, have: bytes.len() as u64 })
}
