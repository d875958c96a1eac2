//! Damaged files: every fixture cut off at every byte, and with bits turned. A value or an error, never a panic.

mod common;

use std::collections::BTreeSet;

use bpf_elf::ObjectFile;

/// Opens, and asks everything of what opens.
fn open(bytes: &[u8]) -> bool {
    match ObjectFile::parse(bytes) {
        Ok(object) => {
            assert!(object.dump().len() < 4 << 20);
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(error.code().starts_with('E'));
            let _ = (error.labels(), error.help());
            false
        }
    }
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }
}

#[test]
fn cut_off_at_every_byte() {
    for (name, bytes) in common::objects() {
        for len in lengths(&bytes) {
            let opened = open(&bytes[..len]);
            assert!(!opened || len == bytes.len(), "{name}: opened with {len} of {} bytes", bytes.len());
        }
    }
}

/// Every length of a small file; of a large one, where a section begins or ends, and 2,000 places over all of it.
fn lengths(bytes: &[u8]) -> BTreeSet<usize> {
    if bytes.len() <= 64 << 10 {
        return (0..=bytes.len()).collect();
    }
    let elf = common::Elf { bytes: bytes.to_vec() };
    let edges = elf.headers().flat_map(|at| {
        let (start, size) = (elf.u64(at + common::SH_OFFSET), elf.u64(at + common::SH_SIZE));
        [at, start, start + size]
    });
    let near = edges.flat_map(|at| [at.saturating_sub(1), at, at + 1]);
    let spread = (0..2000).map(|part| bytes.len() * part / 2000);
    near.chain(spread).filter(|at| *at <= bytes.len()).collect()
}

#[test]
fn bits_turned() {
    for (index, (_, bytes)) in common::objects().into_iter().enumerate() {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 ^ u64::try_from(index).unwrap());
        let mut damaged = bytes.clone();
        for _ in 0..1000 {
            // One to four bits of one byte, or of a few.
            let count = 1 + numbers.below(4);
            let places: Vec<usize> = (0..count).map(|_| numbers.below(bytes.len())).collect();
            for at in &places {
                damaged[*at] ^= 1 << numbers.below(8);
            }
            open(&damaged);
            for at in places {
                damaged[at] = bytes[at];
            }
        }
    }
}

/// The tables matter more than the debug information around them: each of their bytes, set to values that hurt.
#[test]
fn tables_overwritten() {
    const TABLES: [&str; 12] = [
        ".symtab",
        ".BTF",
        ".BTF.ext",
        ".maps",
        ".struct_ops.link",
        ".rel.maps",
        ".rel.text",
        ".rel.struct_ops.link",
        "maps",
        ".jumptables",
        ".rel.jumptables",
        ".relsocket",
    ];
    for name in [
        "struct_ops/cong.el",
        "own/maps.el",
        "own/code.el",
        "tracing/raw_tp.el",
        "own/externs.el",
        "maps/legacy.el",
        "jump/table.el",
    ] {
        let elf = common::Elf::of(name);
        let names: Vec<usize> = elf.headers().collect();
        let mut ranges = vec![(0, 64)];
        ranges.extend(names.iter().map(|at| (*at, 64)));
        for table in TABLES {
            if let Some(at) = elf.find_header(table) {
                ranges.push((elf.u64(at + common::SH_OFFSET), elf.u64(at + common::SH_SIZE)));
            }
        }
        let mut damaged = elf.bytes.clone();
        for (start, len) in ranges {
            for at in start..start + len {
                for value in [0, 0x7f, 0xff] {
                    damaged[at] = value;
                    open(&damaged);
                }
                damaged[at] = elf.bytes[at];
            }
        }
    }
}
