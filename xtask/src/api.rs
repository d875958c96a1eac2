//! `public-api.txt` of each crate: a line for every public item, so that a change of what others build on is seen.
//!
//! The list is made from the sources by `syn`, not by the compiler: it needs nothing but cargo, is the same with every
//! toolchain and on every system, and costs no build. Paths are full; types in signatures stand as they are written. What
//! our own `macro_rules!` make is expanded; a macro that cannot be is a finding, and never left out in silence.

mod expand;
mod items;
mod lines;
mod print;
mod resolve;
mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The crates that others can build on.
pub(crate) const CRATES: [&str; 4] = ["bpf-sys", "bpf-btf", "bpf-elf", "bpf-loader"];

const FILE: &str = "public-api.txt";
/// Lines of a difference that are shown.
const SHOWN: usize = 12;

/// What is public in a crate, sorted; or why that cannot be told.
fn public(root: &Path, crate_name: &str) -> Result<BTreeSet<String>, String> {
    let tree = tree::Tree::read(&crate_name.replace('-', "_"), &root.join(crate_name).join("src/lib.rs"))?;
    lines::of(&tree)
}

/// Where the committed lists and the sources differ, a line each.
pub(crate) fn findings(root: &Path) -> Vec<String> {
    CRATES.iter().flat_map(|crate_name| difference(root, crate_name)).collect()
}

/// Writes the lists anew.
pub(crate) fn bless(root: &Path) -> Result<(), Error> {
    for crate_name in CRATES {
        let path = file(root, crate_name);
        let failed = |what| Error::Source { path: path.clone(), what };
        let text = text(&public(root, crate_name).map_err(failed)?);
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
            continue;
        }
        fs::write(&path, text).map_err(Error::file("write", &path))?;
        println!("{crate_name}/{FILE} is written anew");
    }
    Ok(())
}

fn file(root: &Path, crate_name: &str) -> PathBuf {
    root.join(crate_name).join(FILE)
}

fn text(lines: &BTreeSet<String>) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn difference(root: &Path, crate_name: &str) -> Vec<String> {
    let is = match public(root, crate_name) {
        Ok(lines) => lines,
        Err(why) => return vec![format!("{crate_name}: its public items cannot be listed: {why}")],
    };
    let known = fs::read_to_string(file(root, crate_name)).unwrap_or_default();
    if known == text(&is) {
        return Vec::new();
    }
    let was: BTreeSet<String> = known.lines().map(str::to_owned).collect();
    let gone = was.difference(&is).map(|line| format!("  - {line}"));
    let new = is.difference(&was).map(|line| format!("  + {line}"));
    let changes: Vec<String> = gone.chain(new).collect();
    let more = changes.len().saturating_sub(SHOWN);
    let head =
        format!("{crate_name}/{FILE} is not what is public; to write it anew: cargo xtask tidy --bless");
    let rest = (more > 0).then(|| format!("  and {more} lines more"));
    std::iter::once(head).chain(changes.into_iter().take(SHOWN)).chain(rest).collect()
}

#[cfg(test)]
#[path = "api/tests.rs"]
mod tests;
