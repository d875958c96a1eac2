//! The fixtures, and a hand-made view of an ELF file to damage them with.
#![allow(dead_code, clippy::cast_possible_truncation, reason = "each test binary uses its part")]

pub(crate) mod build;

use std::fs;
use std::path::{Path, PathBuf};

use bpf_elf::{ElfError, ObjectFile};

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// Our own objects, for what no fixture of the workspace needs.
pub(crate) fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/objects")
}

/// Every object below `fixtures/` and of our own: its name there without the ending, sorted, and its bytes.
pub(crate) fn objects() -> Vec<(String, Vec<u8>)> {
    let mut found = below(&fixtures());
    assert!(found.len() >= 10, "there are no fixtures in {}", fixtures().display());
    found.extend(below(&own()).into_iter().map(|(name, bytes)| (format!("own/{name}"), bytes)));
    found
}

fn below(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("fixtures can be read") {
            let path = entry.expect("fixtures can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "o") {
                let name = path.strip_prefix(root).expect("below the root").with_extension("");
                let name = name.to_str().expect("plain names").replace('\\', "/");
                found.push((name, fs::read(&path).expect("fixtures can be read")));
            }
        }
    }
    found.sort();
    found
}

/// One object by theme, name and target: `struct_ops/cong.el`, `own/maps.el`.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    let path = match name.strip_prefix("own/") {
        Some(name) => own().join(format!("{name}.bpf.o")),
        None => fixtures().join(format!("{name}.bpf.o")),
    };
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One fixture by its path.
pub(crate) fn bytes_at(path: &str) -> Vec<u8> {
    fs::read(fixtures().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn open(name: &str) -> ObjectFile {
    ObjectFile::parse(&bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// An error as the snapshots have it: code, text, causes, help.
pub(crate) fn explain(error: &ElfError) -> String {
    let mut text = format!("error {}: {error}\n", error.code());
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        text += &format!("because {found}\n");
        cause = found.source();
    }
    for label in error.labels() {
        text += &format!("at {label}\n");
    }
    if let Some(help) = error.help() {
        text += &format!("help: {help}\n");
    }
    text
}

/// A little-endian ELF file whose tables can be changed by name.
pub(crate) struct Elf {
    pub(crate) bytes: Vec<u8>,
}

/// Fields of a section header, by offset.
pub(crate) const SH_TYPE: usize = 4;
pub(crate) const SH_FLAGS: usize = 8;
pub(crate) const SH_OFFSET: usize = 24;
pub(crate) const SH_SIZE: usize = 32;
pub(crate) const SH_LINK: usize = 40;
pub(crate) const SH_INFO: usize = 44;
pub(crate) const SH_ENTSIZE: usize = 56;
/// Fields of a symbol, by offset.
pub(crate) const ST_NAME: usize = 0;
pub(crate) const ST_INFO: usize = 4;
pub(crate) const ST_OTHER: usize = 5;
pub(crate) const ST_SHNDX: usize = 6;
pub(crate) const ST_VALUE: usize = 8;
pub(crate) const ST_SIZE: usize = 16;
/// Fields of a relocation, by offset.
pub(crate) const R_OFFSET: usize = 0;
pub(crate) const R_TYPE: usize = 8;
pub(crate) const R_SYMBOL: usize = 12;

impl Elf {
    pub(crate) fn of(fixture: &str) -> Self {
        Self { bytes: bytes(fixture) }
    }

    pub(crate) fn u16(&self, at: usize) -> usize {
        usize::from(u16::from_le_bytes(self.bytes[at..at + 2].try_into().unwrap()))
    }

    pub(crate) fn u32(&self, at: usize) -> usize {
        usize::try_from(u32::from_le_bytes(self.bytes[at..at + 4].try_into().unwrap())).unwrap()
    }

    pub(crate) fn u64(&self, at: usize) -> usize {
        usize::try_from(u64::from_le_bytes(self.bytes[at..at + 8].try_into().unwrap())).unwrap()
    }

    pub(crate) fn put(&mut self, at: usize, bytes: &[u8]) -> &mut Self {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn text(&self, at: usize) -> &str {
        let end = self.bytes[at..].iter().position(|byte| *byte == 0).unwrap();
        std::str::from_utf8(&self.bytes[at..at + end]).unwrap()
    }

    /// Where each section header is.
    pub(crate) fn headers(&self) -> impl Iterator<Item = usize> + '_ {
        let (start, count) = (self.u64(40), self.u16(60));
        (0..count).map(move |index| start + index * 64)
    }

    /// Where the header of a section is.
    pub(crate) fn header(&self, name: &str) -> usize {
        self.find_header(name).unwrap_or_else(|| panic!("no section {name}"))
    }

    pub(crate) fn find_header(&self, name: &str) -> Option<usize> {
        let names = self.headers().nth(self.u16(62)).unwrap();
        let names = self.u64(names + SH_OFFSET);
        self.headers().find(|at| self.text(names + self.u32(*at)) == name)
    }

    /// Where the bytes of a section are.
    pub(crate) fn section(&self, name: &str) -> usize {
        self.u64(self.header(name) + SH_OFFSET)
    }

    /// Where a symbol is.
    pub(crate) fn symbol(&self, name: &str) -> usize {
        let table = self.header(".symtab");
        let (start, size) = (self.u64(table + SH_OFFSET), self.u64(table + SH_SIZE));
        let strings = self.headers().nth(self.u32(table + SH_LINK)).unwrap();
        let strings = self.u64(strings + SH_OFFSET);
        let mut symbols = (start..start + size).step_by(24);
        symbols
            .find(|at| self.text(strings + self.u32(*at)) == name)
            .unwrap_or_else(|| panic!("no symbol {name}"))
    }

    /// The number of a symbol.
    pub(crate) fn symbol_index(&self, name: &str) -> u32 {
        u32::try_from((self.symbol(name) - self.section(".symtab")) / 24).unwrap()
    }
}
