//! The rules of the house, checked: layers, unsafe, the pure zone, a line of purpose on every file, paths that exist,
//! lists of what is public.
//!
//! Each rule reads text and answers with findings, a line each. `cargo xtask tidy` prints them; a test runs them too.

use std::fs;
use std::path::{Path, PathBuf};

/// A crate, and the crates of this workspace that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("bpf-sys", &[]),
    ("bpf-btf", &[]),
    ("bpf-elf", &["bpf-btf", "bpf-sys"]),
    ("bpf-loader", &["bpf-btf", "bpf-elf", "bpf-sys"]),
    ("bpf-cli", &["bpf-loader"]),
];

/// The parts of bpf-loader that decide and do nothing: what they must not name, and the one file that may.
const PURE: &[&str] =
    &["bpf-loader/src/object", "bpf-loader/src/plan", "bpf-loader/src/verifier", "bpf-loader/src/codegen"];
const IMPURE: &[(&str, &[&str])] = &[
    ("bpf_sys::", &["bpf_sys::uapi"]),
    ("std::fs", &[]),
    ("std::process", &[]),
    ("std::env", &[]),
    ("std::net", &[]),
];
/// Opening a file by its path is the one thing that an object does with the world.
const MAY_READ: &str = "bpf-loader/src/object/mod.rs";

/// Documents whose paths must exist.
const DOCUMENTS: &[&str] =
    &["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "fixtures/README.md", "fuzz/README.md"];

/// Everything that is out of order, a line each.
pub(crate) fn findings(root: &Path) -> Vec<String> {
    let sources = sources(root);
    let mut found = Vec::new();
    found.extend(LAYERS.iter().flat_map(|(crate_name, may)| layer(root, crate_name, may)));
    found.extend(unsafe_roots(root));
    for path in &sources {
        let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let text = fs::read_to_string(path).unwrap_or_default();
        found.extend(purpose(&name, &text));
        if PURE.iter().any(|zone| name.starts_with(&format!("{zone}/"))) {
            found.extend(purity(&name, &text));
        }
    }
    found.extend(DOCUMENTS.iter().flat_map(|document| paths(root, document)));
    found.extend(crate::api::findings(root));
    if sources.is_empty() {
        found.push("no source file was found: nothing was checked".to_owned());
    }
    found
}

/// The Rust files of the crates, tests included.
fn sources(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = LAYERS.iter().map(|(name, _)| root.join(name)).collect();
    open.extend(["xtask", "fuzz"].map(|folder| root.join(folder)));
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && entry.file_name() != "target" {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The crates of this workspace that a manifest's `[dependencies]` name, each allowed or not.
fn layer(root: &Path, crate_name: &str, may: &[&str]) -> Vec<String> {
    let manifest = fs::read_to_string(root.join(crate_name).join("Cargo.toml")).unwrap_or_default();
    if manifest.is_empty() {
        return vec![format!("{crate_name}/Cargo.toml cannot be read")];
    }
    let used = used_crates(&manifest);
    let wrong = used.iter().filter(|used| !may.contains(&used.as_str()));
    wrong.map(|used| format!("{crate_name} uses {used}, which stands above it or beside it")).collect()
}

fn used_crates(manifest: &str) -> Vec<String> {
    let section =
        manifest.split("\n[").find(|section| section.trim_start_matches('[').starts_with("dependencies]"));
    let names = section.into_iter().flat_map(str::lines).filter_map(|line| {
        line.split(['.', '=', ' ']).next().filter(|name| name.starts_with("bpf-")).map(str::to_owned)
    });
    names.collect()
}

/// Only bpf-sys may have unsafe code, and there only in files that say so.
fn unsafe_roots(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (crate_name, _) in LAYERS.iter().chain(&[("xtask", &[][..]), ("fuzz/bodies", &[][..])]) {
        let wanted =
            if *crate_name == "bpf-sys" { "#![deny(unsafe_code)]" } else { "#![forbid(unsafe_code)]" };
        let roots = ["src/lib.rs", "src/main.rs"].map(|file| root.join(crate_name).join(file));
        let text = roots.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        if !text.contains(wanted) {
            found.push(format!("{crate_name} does not say {wanted}"));
        }
    }
    found
}

/// Each file opens with what it is for.
fn purpose(name: &str, text: &str) -> Option<String> {
    if text.starts_with("// @generated") {
        return None;
    }
    let says = text.starts_with("//! ") || text.starts_with("#![doc = include_str!");
    (!says).then(|| format!("{name} does not open with a line that says what it is for"))
}

/// The pure zone names nothing that does anything.
fn purity(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for (word, except) in IMPURE {
            let reads = *word == "std::fs" && name == MAY_READ;
            let rest = except.iter().fold(line.to_owned(), |line, allowed| line.replace(allowed, ""));
            if rest.contains(word) && !reads {
                found.push(format!("{name}:{number} names {word} in the part that only decides"));
            }
        }
    }
    found
}

/// Paths in backquotes that begin in the root of the workspace.
fn paths(root: &Path, document: &str) -> Vec<String> {
    let Ok(text) = fs::read_to_string(root.join(document)) else {
        return vec![format!("{document} cannot be read")];
    };
    let quoted = text.split('`').skip(1).step_by(2).filter(|quoted| is_path(quoted));
    let missing = quoted.filter(|quoted| !root.join(quoted).exists());
    missing.map(|quoted| format!("{document} names {quoted}, which does not exist")).collect()
}

fn is_path(quoted: &str) -> bool {
    let ours = LAYERS.iter().map(|(name, _)| *name).chain(["xtask", "fixtures", "fuzz", ".ci"]);
    let plain = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    plain && ours.into_iter().any(|name| quoted.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn the_house_is_in_order() {
        assert_eq!(findings(Workspace::find().unwrap().root()), Vec::<String>::new());
    }

    #[test]
    fn layers_are_read_from_manifests() {
        let manifest = "[package]\nname = \"x\"\n\n[dependencies]\nbpf-btf.workspace = true\nbpf-sys = { path = \"..\" }\n\
                        object = \"1\"\n\n[dev-dependencies]\nbpf-cli = \"1\"\n";
        assert_eq!(used_crates(manifest), ["bpf-btf", "bpf-sys"]);
    }

    #[test]
    fn purity_is_checked_by_line() {
        let text = "//! A file.\nuse bpf_sys::uapi::Insn;\n// std::fs is only spoken of\nlet x = bpf_sys::map::info(fd);\n";
        assert_eq!(
            purity("bpf-loader/src/plan/x.rs", text),
            ["bpf-loader/src/plan/x.rs:4 names bpf_sys:: in the part that only decides"]
        );
        assert_eq!(purity(MAY_READ, "std::fs::read(path)"), Vec::<String>::new());
        assert_eq!(purity("bpf-loader/src/object/x.rs", "std::fs::read(path)").len(), 1);
    }

    #[test]
    fn a_file_without_purpose_is_found() {
        assert_eq!(purpose("a.rs", "//! Why.\n"), None);
        assert!(purpose("a.rs", "use std::fs;\n").is_some());
    }

    #[test]
    fn paths_are_told_from_other_words() {
        assert!(is_path("bpf-sys/src/attr.rs") && is_path("fixtures/README.md"));
        assert!(
            !is_path("bpf-sys")
                && !is_path("cargo xtask test")
                && !is_path("bpf_sys::uapi")
                && !is_path("x/y.rs")
        );
    }
}
