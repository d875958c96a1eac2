//! The crate's own rules, checked: unsafe code stands only in files that opt in and open with a `# Safety` paragraph, and
//! the facts know nothing of the calls.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with("//"))
}

#[test]
fn unsafe_code_opts_in_and_argues() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 20);
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        let opted_in = code(&text).any(|line| line == "#![allow(unsafe_code)]");
        let argues =
            text.lines().take_while(|line| line.starts_with("//!")).any(|line| line == "//! # Safety");
        let uses = code(&text).any(|line| line.contains("unsafe {") || line.contains("unsafe impl"));
        assert_eq!(opted_in, argues, "{}", path.display());
        assert_eq!(opted_in, uses, "{}", path.display());
    }
}

#[test]
fn facts_make_no_calls() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/uapi"), &mut found);
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        for word in ["libc", "std::fs", "std::process", "std::net", "unsafe ", "crate::cmd", "crate::syscall"]
        {
            assert!(!code(&text).any(|line| line.contains(word)), "{word} in {}", path.display());
        }
    }
}
