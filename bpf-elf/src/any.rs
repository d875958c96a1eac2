//! The types in any ELF file: a BPF object, a kernel image, a kernel module, of either width and byte order.

use object::{CompressionFormat, Object as _, ObjectSection as _};

use crate::error::ElfError;

/// The bytes of the section `.BTF`; `None` if the file has none.
///
/// For a BPF object that is to be loaded there is [`ObjectFile::parse`](crate::ObjectFile::parse), which also lays out what
/// the compiler left open in them.
///
/// # Errors
/// [`ElfError::NotElf`], [`ElfError::Damaged`].
pub fn btf_section(bytes: &[u8]) -> Result<Option<&[u8]>, ElfError> {
    section(bytes, ".BTF")
}

/// The bytes of the first section of that name; `None` if the file has none.
///
/// # Errors
/// [`ElfError::NotElf`], [`ElfError::Damaged`].
pub fn section<'a>(bytes: &'a [u8], name: &str) -> Result<Option<&'a [u8]>, ElfError> {
    if !bytes.starts_with(b"\x7fELF") {
        let start = bytes.iter().take(4).copied().collect();
        return Err(ElfError::NotElf { len: bytes.len(), start });
    }
    let damaged = |error: object::Error| ElfError::Damaged { what: error.to_string() };
    let file = object::File::parse(bytes).map_err(damaged)?;
    let Some(section) = file.section_by_name(name) else { return Ok(None) };
    if section.compressed_file_range().map_err(damaged)?.format != CompressionFormat::None {
        return Err(ElfError::Damaged { what: format!("section `{name}` is compressed") });
    }
    section.data().map(Some).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_in_objects_of_both_byte_orders() {
        for order in ["el", "eb"] {
            let name = format!("../fixtures/socket/minimal.{order}.bpf.o");
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            let bytes = std::fs::read(path).unwrap();
            let btf = bpf_btf::Btf::parse(btf_section(&bytes).unwrap().unwrap().to_vec()).unwrap();
            assert!(btf.find("seven", bpf_btf::Kind::FUNC).is_some());
            for len in 0..bytes.len() {
                if let Ok(Some(section)) = btf_section(&bytes[..len]) {
                    assert!(section.len() < len);
                }
            }
        }
        assert_eq!(btf_section(b"\x9f\xeb\x01").unwrap_err().code(), "E0201");
    }
}
