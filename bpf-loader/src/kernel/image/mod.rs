//! Files of kernels and modules in the forms that they come in: taken apart layer by layer, until there is BTF.

mod elf;
mod flat;
mod header;
mod packing;

#[cfg(test)]
mod tests;

use std::path::Path;

use thiserror::Error;

pub(super) use elf::Elf;

use crate::kernel::{KernelError, saved};
use crate::read::{self, Bytes};
use header::Payload;
use packing::Packing;

/// The most layers: a compressed file, an image in it, what is compressed in that, and one to spare.
const LAYERS: usize = 4;

/// Why a file of a kernel cannot be taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImageError {
    /// It is compressed in a way that is not read.
    #[error("it is compressed by {packing}, which is not read")]
    Unsupported {
        /// In which way.
        packing: &'static str,
        /// Whether the feature `decompress` of this crate reads it.
        by_feature: bool,
    },
    /// What is compressed in it cannot be unpacked.
    #[error("what it holds, compressed by {packing}, is damaged: {why}")]
    Damaged {
        /// In which way.
        packing: &'static str,
        /// What is wrong.
        why: String,
    },
    /// What is compressed in it is larger than any kernel.
    #[error("what it holds, compressed by {packing}, has more than {most} bytes")]
    TooLarge {
        /// In which way.
        packing: &'static str,
        /// The most that are unpacked.
        most: usize,
    },
    /// Its header says that the kernel is where the file has ended.
    #[error(
        "the header of the {form} says that the kernel is {len} bytes from {at:#x} on; the file has {have} bytes"
    )]
    Payload {
        /// What it is.
        form: &'static str,
        /// Where the kernel begins, in bytes from the start.
        at: u64,
        /// Its bytes.
        len: u64,
        /// Bytes of the file.
        have: u64,
    },
    /// It is compressed again and again.
    #[error("it is packed more than {most} times")]
    TooDeep {
        /// How often is still read.
        most: usize,
    },
}

impl ImageError {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "E0332",
            Self::Damaged { .. } => "E0333",
            Self::TooLarge { .. } => "E0334",
            Self::Payload { .. } => "E0335",
            Self::TooDeep { .. } => "E0336",
        }
    }

    pub(super) fn help(&self) -> Option<String> {
        Some(match self {
            Self::Unsupported { by_feature: true, .. } => {
                "unpack it first, or build bpf-loader with its feature `decompress`".into()
            }
            Self::Unsupported { .. } => "unpack it first".into(),
            Self::Damaged { .. } | Self::Payload { .. } => "copy it again; it may have been cut off".into(),
            Self::TooLarge { .. } | Self::TooDeep { .. } => return None,
        })
    }
}

/// What was found in a file.
pub(super) enum Found {
    /// A saved kernel.
    Saved(Bytes),
    /// Raw BTF.
    Btf { btf: Bytes, facts: Facts },
}

/// What a file says of its kernel beside its types.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// As `uname -m` gives it.
    pub(super) architecture: Option<&'static str>,
    /// `6.12.117+deb12-amd64 (who@where) #1 SMP Debian 6.12.117-1`, and what else stands there.
    pub(super) banner: Option<String>,
    /// The configuration that it was built with.
    pub(super) kconfig: Option<String>,
    /// It was BTF, of no file around it.
    pub(super) raw: bool,
    /// An ELF file that is no kernel, and what it is.
    pub(super) no_kernel: Option<&'static str>,
}

/// Reads a file and takes it apart.
pub(super) fn open(path: &Path) -> Result<Found, KernelError> {
    let bytes = read::large(path).map_err(|source| KernelError::read(path, &source))?;
    find(bytes).map_err(|error| error.of_file(path))
}

/// Reads a file, and unpacks it where it is compressed.
pub(super) fn unpacked(path: &Path) -> Result<Bytes, KernelError> {
    let bytes = read::large(path).map_err(|source| KernelError::read(path, &source))?;
    let Some(packing) = Packing::of(bytes.as_ref()) else { return Ok(bytes) };
    let unpacked = packing.unpack(bytes.as_ref());
    unpacked.map(Bytes::Small).map_err(|source| KernelError::Image { path: path.into(), source })
}

/// What went wrong, without the name of the file.
#[derive(Debug)]
pub(super) enum FindError {
    Image(ImageError),
    /// It is something else.
    NotBtf(String),
}

impl FindError {
    pub(super) fn of_file(self, path: &Path) -> KernelError {
        match self {
            Self::Image(source) => KernelError::Image { path: path.into(), source },
            Self::NotBtf(what) => KernelError::NotBtf { path: path.into(), what },
        }
    }
}

/// Takes the bytes of a file apart. Of each layer only what the next one is in is kept.
pub(super) fn find(bytes: Bytes) -> Result<Found, FindError> {
    let mut bytes = bytes;
    let mut facts = Facts { raw: true, ..Facts::default() };
    let mut inside = None;
    for _ in 0..=LAYERS {
        let whole = bytes.as_ref();
        if whole.starts_with(saved::MAGIC) {
            return Ok(Found::Saved(bytes));
        }
        if is_btf(whole) {
            return Ok(Found::Btf { btf: bytes, facts });
        }
        facts.raw = false;
        if let Some(elf) = Elf::of(whole) {
            facts.learn(whole, elf.architecture());
            facts.no_kernel = elf.no_kernel();
            let section = elf.section(".BTF").map_err(FindError::NotBtf)?;
            let btf =
                section.ok_or_else(|| FindError::NotBtf("an ELF file without a section `.BTF`".into()))?;
            return Ok(Found::Btf { btf: Bytes::Small(btf.to_vec()), facts });
        }
        if let Some(packing) = Packing::of(whole) {
            bytes = Bytes::Small(packing.unpack(whole).map_err(FindError::Image)?);
            continue;
        }
        if let Some(image) = header::read(whole) {
            facts.architecture = facts.architecture.or(image.architecture);
            facts.banner = facts.banner.take().or(image.banner);
            let payload = image.payload.map_err(FindError::Image)?;
            match payload {
                Payload::Packed { bytes: payload, form } => {
                    let packing = Packing::of(payload).ok_or_else(|| {
                        FindError::NotBtf(format!(
                            "an image ({form}) whose kernel is compressed in a way that is not known"
                        ))
                    })?;
                    inside = Some(form);
                    bytes = Bytes::Small(packing.unpack(payload).map_err(FindError::Image)?);
                    continue;
                }
                Payload::Flat { form } => inside = Some(form),
            }
        }
        // Without sections BTF is looked for; in what is not known to be a kernel it would be found by chance.
        let Some(form) = inside else { return Err(FindError::NotBtf(looks_like(whole).into())) };
        facts.learn(whole, None);
        let btf =
            flat::btf(whole).ok_or_else(|| FindError::NotBtf(format!("an image ({form}) without BTF")))?;
        return Ok(Found::Btf { btf: Bytes::Small(btf.to_vec()), facts });
    }
    Err(FindError::Image(ImageError::TooDeep { most: LAYERS }))
}

/// Whether it begins as BTF does, of either byte order.
fn is_btf(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x9f, 0xeb]) || bytes.starts_with(&[0xeb, 0x9f])
}

/// What bytes that are no kernel are, where that can be seen.
fn looks_like(bytes: &[u8]) -> &'static str {
    const STARTS: [(&[u8], &str); 3] = [
        (b"!<arch>\n", "an archive (.a, .deb)"),
        (b"MZ", "an EFI program that is no kernel known"),
        (b"PK", "an archive (.zip)"),
    ];
    let known = STARTS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, what)| *what);
    let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
    let text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    known.unwrap_or(match head {
        [] => "an empty file",
        head if head.iter().all(text) => "text",
        _ => "a file of a form that is not known",
    })
}
