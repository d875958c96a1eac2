//! BTF out of any file that has some, for tools that look at types.

use std::path::Path;

use bpf_btf::{Btf, ParseError};

use crate::kernel::{Kernel, KernelError, saved};
use crate::read::Bytes;

/// The types in a file: raw BTF, the section `.BTF` of an ELF file (a BPF object, a kernel image, a kernel module), or
/// those of a saved kernel. BTF of a kernel module continues that of its kernel, which is `base` then.
///
/// # Errors
/// [`KernelError`]: the file cannot be read, is something else (it says what), or does not hold together.
pub fn btf_file(path: impl AsRef<Path>, base: Option<&Btf>) -> Result<Btf, KernelError> {
    let path = path.as_ref();
    let read = crate::read::large(path).map_err(|source| KernelError::read(path, &source))?;
    let bytes = read.as_ref();
    if bytes.starts_with(saved::MAGIC) {
        let kernel = Kernel::from_saved(bytes).map_err(|error| error.of_file(path))?;
        return kernel.btf().cloned();
    }
    let other = |what: String| KernelError::NotBtf { path: path.into(), what };
    let blob = if bytes.starts_with(b"\x7fELF") {
        match bpf_elf::btf_section(bytes) {
            Ok(Some(section)) => Bytes::Small(section.to_vec()),
            Ok(None) => return Err(other("an ELF file without a section `.BTF`".into())),
            Err(error) => return Err(other(format!("an ELF file, and {error}"))),
        }
    } else {
        read
    };
    let looks = looks_like(blob.as_ref());
    let parsed = match base {
        None => Btf::parse(blob),
        Some(base) => Btf::parse_split(blob, base),
    };
    parsed.map_err(|source| match (&source, looks) {
        (ParseError::NotBtf { .. } | ParseError::TooShort { .. }, Some(looks)) => other(looks.into()),
        _ => KernelError::Btf { path: path.into(), source },
    })
}

/// What bytes that are no BTF are, where that can be seen.
fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    const STARTS: [(&[u8], &str); 5] = [
        (b"\xfd7zXZ", "a file compressed by xz"),
        (b"\x1f\x8b", "a file compressed by gzip"),
        (b"\x28\xb5\x2f\xfd", "a file compressed by zstd"),
        (b"BZh", "a file compressed by bzip2"),
        (b"!<arch>\n", "an archive (.a, .deb)"),
    ];
    let known = STARTS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, what)| *what);
    let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
    let text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    known.or(match head {
        [] => Some("an empty file"),
        head if head.iter().all(text) => Some("text"),
        _ => None,
    })
}
