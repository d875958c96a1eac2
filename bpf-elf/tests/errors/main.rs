//! What is said of objects that are wrong: one line, or one small object, for each case.

mod code;
#[path = "../common/mod.rs"]
mod common;
mod container;
mod maps;
mod struct_ops;
mod types;

use bpf_elf::ObjectFile;
use common::Elf;

/// Code and text, and what must be in the help.
#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    match ObjectFile::parse(bytes) {
        Ok(_) => panic!("opened, expected: {expected}"),
        Err(error) => {
            assert_eq!(format!("{} {error}", error.code()), expected);
            let mut cause = std::error::Error::source(&error);
            while let Some(found) = cause {
                assert!(!error.to_string().contains(&found.to_string()), "the cause is told twice: {found}");
                cause = found.source();
            }
        }
    }
}

#[track_caller]
fn check_help(bytes: &[u8], expected: &str) {
    let error = ObjectFile::parse(bytes).expect_err("an error");
    assert!(error.help().unwrap_or_default().contains(expected), "{error}: {:?}", error.help());
}

fn changed(fixture: &str, change: impl FnOnce(&mut Elf)) -> Vec<u8> {
    let mut elf = Elf::of(fixture);
    change(&mut elf);
    elf.bytes
}
