//! Every target on every seed and on fixed mutations of it. What only finds new paths is left to the fuzzer; what is
//! checked is the same.

use std::path::Path;

use super::{bodies, seeds, summary};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Mutations of each seed; with fewer seeds there are more of each.
const MUTATIONS: usize = 6_000;

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }

    /// Values that lengths and offsets go wrong at.
    fn word(&mut self) -> u32 {
        match self.below(6) {
            0 => 0,
            1 => u32::MAX,
            2 => 0x7fff_ffff,
            3 => 0x0100_0000,
            _ => u32::try_from(self.below(1 << 16)).unwrap(),
        }
    }
}

/// One change: a bit, a byte, a number, a cut, a piece put elsewhere.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len());
    let Some(byte) = bytes.get_mut(at) else { return };
    match random.below(8) {
        0..3 => *byte ^= 1 << random.below(8),
        3 => *byte = u8::try_from(random.below(256)).unwrap(),
        4 | 5 => {
            let (word, at) = (random.word(), at & !3);
            let word = if random.below(2) == 0 { word.to_le_bytes() } else { word.to_be_bytes() };
            if let Some(place) = bytes.get_mut(at..at + 4) {
                place.copy_from_slice(&word);
            }
        }
        6 => {
            let from = random.below(bytes.len());
            let length = random.below(64).min(bytes.len() - from).min(bytes.len() - at);
            bytes.copy_within(from..from + length, at);
        }
        _ => bytes.truncate(at),
    }
}

fn sweep(target: &str) {
    let seeds = seeds::of(root(), target).unwrap();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for (_, bytes) in &seeds {
        bodies::run(target, bytes);
        for _ in 0..(MUTATIONS / seeds.len()).max(8) {
            let mut changed = bytes.clone();
            for _ in 0..=random.below(4) {
                mutate(&mut changed, &mut random);
            }
            bodies::run(target, &changed);
        }
    }
}

#[test]
fn btf() {
    sweep("btf");
}

#[test]
fn btf_split() {
    sweep("btf_split");
}

#[test]
fn btf_ext() {
    sweep("btf_ext");
}

#[test]
fn object() {
    sweep("object");
}

#[test]
fn plan() {
    sweep("plan");
}

#[test]
fn saved_kernel() {
    sweep("saved_kernel");
}

/// A target that is swept here and has no program, or the other way round, would be half a target.
#[test]
fn every_target_has_a_program_and_is_swept() {
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let programs: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""))
        .collect();
    assert_eq!(programs, super::names());
    let swept = include_str!("tests.rs");
    for name in super::names() {
        assert!(swept.contains(&format!("\n    sweep(\"{name}\");\n")), "{name} is not swept");
        let program = root().join(format!("fuzz/fuzz_targets/{name}.rs"));
        let program = std::fs::read_to_string(&program).unwrap();
        assert!(program.contains(&format!("bodies::run(\"{name}\", data)")), "{name} runs something else");
    }
}

/// The seeds must get past the front door, or the mutations of them show nothing.
#[test]
fn seeds_are_taken() {
    for (target, taken) in [
        ("btf", (|bytes| bpf_btf::Btf::parse(bytes.to_vec()).is_ok()) as fn(&[u8]) -> bool),
        ("btf_ext", |bytes| bpf_btf::BtfExt::parse(bytes).is_ok()),
        ("object", |bytes| bpf_elf::ObjectFile::parse(bytes).is_ok()),
        ("saved_kernel", |bytes| bpf_loader::Kernel::from_saved(bytes).is_ok()),
        ("plan", |bytes| {
            bodies::halves(bytes).is_some_and(|(object, _)| bpf_elf::ObjectFile::parse(object).is_ok())
        }),
    ] {
        let seeds = seeds::of(root(), target).unwrap();
        let good = seeds.iter().filter(|(_, bytes)| taken(bytes)).count();
        assert!(good * 10 > seeds.len() * 8, "{target}: {good} of {} seeds are taken", seeds.len());
    }
}

#[test]
fn what_the_fuzzer_says_is_understood() {
    let fine = "#2\tINITED cov: 5 ft: 6\n#9\tDONE   cov: 15 ft: 26 corp: 3/9b\nDone 9 runs in 1 second(s)\n";
    let line = summary(fine, true);
    assert_eq!(
        (line.text.as_str(), line.found),
        ("Done 9 runs in 1 second(s); cov: 15 ft: 26 corp: 3/9b", false)
    );
    let bad = "thread 'x' panicked at a.rs:1\nartifact_prefix='x'; Test unit written to x/crash-1\nSUMMARY: deadly\n";
    let line = summary(bad, false);
    assert!(line.found && line.text.contains("crash-1") && line.text.contains("a.rs:1"), "{}", line.text);
    assert!(summary("error: no such command", false).text.starts_with("did not run"));
}
