//! The committed seeds of every fuzz target, as they are and with fixed changes, on a stable compiler.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fuzz_bodies::{Random, Reached, TARGETS, Target};

/// Changes of each seed.
const CHANGES: u32 = 150;
/// The most that a changed input has: room for what `mutate` adds.
const ROOM: usize = 4 << 10;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The seeds of a target by name: made from fixtures, and what once went wrong.
fn seeds(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join("seeds").join(target.name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// What `Cargo.toml` of the fuzz package says after `[[bin]]`.
fn programs() -> BTreeSet<String> {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let bins = manifest.split("[[bin]]").skip(1);
    let value = |bin: &str, key: &str| {
        let line = bin.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix("= "));
        line.unwrap_or_else(|| panic!("no {key} in {bin}")).trim_matches('"').to_owned()
    };
    bins.map(|bin| {
        let name = value(bin, "name");
        assert_eq!(value(bin, "path"), format!("fuzz_targets/{name}.rs"));
        name
    })
    .collect()
}

#[test]
fn every_target_is_known_here_and_has_seeds() {
    let names: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len(), "no two have the same name");
    assert_eq!(programs(), names);
    for target in &TARGETS {
        let text = fs::read_to_string(fuzz().join(format!("fuzz_targets/{}.rs", target.name))).unwrap();
        assert!(text.contains(&format!("bpf_fuzz::target!(\"{}\");", target.name)), "{text}");
        assert!(!seeds(target).is_empty(), "{} has no seeds", target.name);
    }
    let folders = fs::read_dir(fuzz().join("seeds")).unwrap();
    let folders: BTreeSet<String> =
        folders.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(folders, names);
}

/// Seeds get in, unless they are there because they once went wrong; many changed ones do too, or the changes are worth
/// nothing.
fn sweep(name: &str) {
    let target = fuzz_bodies::named(name);
    let (mut inside, mut refused) = (0_u32, 0_u32);
    for (seed, bytes) in seeds(target) {
        let reached = (target.body)(&bytes);
        assert!(reached == Reached::Inside || seed.starts_with("found-"), "{name}/{seed} is refused");
        for at in 0..32 {
            (target.body)(&bytes[..bytes.len() * at / 32]);
        }
        for change in 0..CHANGES {
            let mut changed = bytes.clone();
            changed.resize(bytes.len() + ROOM, 0);
            let mut random = Random::new(!change);
            let mut fallback = |data: &mut [u8], size: usize, max: usize| random.damage(data, size, max);
            let size = target.mutate(&mut changed, bytes.len(), bytes.len() + ROOM, change, &mut fallback);
            // What was found once and is refused now says nothing of the changes.
            match ((target.body)(&changed[..size]), reached) {
                (Reached::Inside, _) => inside += 1,
                (Reached::Door, Reached::Inside) => refused += 1,
                (Reached::Door, Reached::Door) => {}
            }
        }
    }
    assert!(inside > refused / 4 && refused > 0, "{name}: {inside} inside, {refused} refused");
}

#[test]
fn btf() {
    sweep("btf");
}

#[test]
fn btf_ext() {
    sweep("btf_ext");
}

#[test]
fn split() {
    sweep("split");
}

#[test]
fn object() {
    sweep("object");
}

#[test]
fn core() {
    sweep("core");
}

#[test]
fn saved() {
    sweep("saved");
}

#[test]
fn plan() {
    sweep("plan");
}
