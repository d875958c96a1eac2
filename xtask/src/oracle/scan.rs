//! Finds BPF objects in the bytes of any file: alone, in an archive, or inside an executable that carries them.

use object::elf::{ELFMAG, EM_BPF, FileHeader64};
use object::endian::Endianness;
use object::read::elf::{FileHeader, SectionHeader};

/// The objects in a file, in their order. An object's end is that of what its section table names.
pub(crate) fn objects(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memmem::find(rest, &ELFMAG)) {
        let start = at + next;
        let rest = bytes.get(start..).unwrap_or_default();
        match object_at(rest) {
            Some(object) => {
                found.push(object);
                at = start + object.len().max(1);
            }
            None => at = start + 1,
        }
    }
    found
}

/// The object that these bytes begin with, if it is a whole one.
fn object_at(bytes: &[u8]) -> Option<&[u8]> {
    let header = FileHeader64::<Endianness>::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    if header.e_machine(endian) != EM_BPF {
        return None;
    }
    let table_size = u64::from(header.e_shnum(endian)) * u64::from(header.e_shentsize(endian));
    let mut end = header.e_shoff(endian).checked_add(table_size)?;
    for section in header.section_headers(endian, bytes).ok()? {
        if let Some((offset, size)) = section.file_range(endian) {
            end = end.max(offset.checked_add(size)?);
        }
    }
    bytes.get(..usize::try_from(end).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> Vec<u8> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name);
        std::fs::read(path).unwrap()
    }

    #[test]
    fn both_byte_orders_inside_something_else() {
        let (little, big) = (fixture("socket/filter.el.bpf.o"), fixture("socket/filter.eb.bpf.o"));
        let mut file = b"\x7fELF no, only its beginning \x7fEL".to_vec();
        file.extend(&little);
        file.extend([7; 100]);
        file.extend(&big);
        file.extend(b"the rest");
        assert_eq!(objects(&file), [&little[..], &big[..]]);
    }

    #[test]
    fn a_piece_of_an_object_is_none() {
        let whole = fixture("socket/filter.el.bpf.o");
        assert!(objects(&whole[..whole.len() - 1]).is_empty());
        assert!(objects(&whole[..64]).is_empty());
        assert!(objects(b"").is_empty());
    }

    #[test]
    fn other_machines_are_passed_over() {
        assert!(objects(&fixture("bad/wrong_machine.x86_64.o")).is_empty());
    }
}
