//! The list of small crates, and of ours.

use std::collections::BTreeSet;

use super::{CRATES, difference, lines, tree};
use crate::fixtures::Scratch;
use crate::workspace::Workspace;

/// The lines of a crate `a` with these files.
fn list(files: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let scratch = Scratch::new().unwrap();
    for (name, text) in files {
        let path = scratch.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let tree = tree::Tree::read("a", &scratch.path().join("lib.rs"))?;
    lines::of(&tree).map(|lines: BTreeSet<String>| lines.into_iter().collect())
}

fn check(source: &str, expected: &[&str]) {
    assert_eq!(list(&[("lib.rs", source)]).unwrap(), expected, "{source}");
}

/// That our own lists are current, a test of `tidy` checks.
#[test]
fn a_change_is_seen() {
    let scratch = Scratch::new().unwrap();
    let folder = scratch.path().join("bpf-btf/src");
    std::fs::create_dir_all(&folder).unwrap();
    let source = |text: &str| std::fs::write(folder.join("lib.rs"), text).unwrap();
    let list = scratch.path().join("bpf-btf/public-api.txt");
    source("pub fn stays() {} pub fn goes(n: u8) {}");
    std::fs::write(&list, "pub fn bpf_btf::goes(n: u8)\npub fn bpf_btf::stays()\n").unwrap();
    assert_eq!(difference(scratch.path(), "bpf-btf"), Vec::<String>::new());
    source("pub fn stays() {} pub fn goes(n: u16) {}");
    let head = "bpf-btf/public-api.txt is not what is public; to write it anew: cargo xtask tidy --bless";
    let lines = ["  - pub fn bpf_btf::goes(n: u8)", "  + pub fn bpf_btf::goes(n: u16)"];
    assert_eq!(difference(scratch.path(), "bpf-btf"), [&[head], &lines[..]].concat());
    std::fs::remove_file(&list).unwrap();
    assert_eq!(difference(scratch.path(), "bpf-btf").len(), 3);
    source("pub fn stays( {}");
    assert!(difference(scratch.path(), "bpf-btf")[0].contains("cannot be listed"));
}

/// What is known to be public, by name; of each crate something that only macros make, or none of them is looked into.
#[test]
fn lists_hold_what_is_known() {
    let root = Workspace::find().unwrap().root().to_path_buf();
    let known = [
        ("bpf-sys", "pub const bpf_sys::uapi::MapType::HASH: Self"),
        ("bpf-sys", "pub fn bpf_sys::uapi::MapType::name(self) -> Option<&'static str>"),
        ("bpf-btf", "pub const bpf_btf::core::RelocKind::TYPE_MATCHES: Self"),
        ("bpf-btf", "impl Clone for bpf_btf::Btf"),
        ("bpf-elf", "pub struct bpf_elf::MapId(pub u32)"),
        ("bpf-loader", "impl bpf_loader::diagnose::Diagnostic for bpf_loader::OpenError"),
        ("bpf-loader", "pub use bpf_btf as bpf_loader::btf"),
    ];
    for (crate_name, line) in known {
        assert!(CRATES.contains(&crate_name));
        let lines = super::public(&root, crate_name).unwrap();
        assert!(lines.contains(line), "{crate_name}: {line}");
    }
}

#[test]
fn what_cannot_be_named_is_left_out() {
    check(
        "struct Own; pub(crate) fn f() {} mod inner { pub struct Hidden; impl Hidden { pub fn g() {} } }
         #[cfg(test)] pub mod tests {} #[doc(hidden)] pub fn h() {} pub struct Seen { secret: u8 }
         impl Seen { fn own(&self) {} pub fn get(&self) -> u8 { self.secret } }
         impl From<Own> for Seen { fn from(_: Own) -> Self { Self { secret: 0 } } }",
        &["pub fn a::Seen::get(&self) -> u8", "pub struct a::Seen { .. }"],
    );
}

#[test]
fn what_is_brought_out_has_the_path_that_others_use() {
    let files = [
        (
            "lib.rs",
            "mod inner; pub mod open; pub use inner::{One, two as three}; pub use open::*; pub use other::Far;",
        ),
        (
            "inner.rs",
            "pub struct One(pub u8, u8); impl One { pub const LEN: usize = 1; } pub fn two(at: &mut [u8]) {}",
        ),
        (
            "open/mod.rs",
            "pub trait Say: Send { fn say<'a>(&'a self, to: &str) -> Option<&'a str>; fn twice(&self) {} }
            impl Say for crate::One { fn say<'a>(&'a self, _: &str) -> Option<&'a str> { None } }",
        ),
    ];
    let expected = [
        "impl a::open::Say for a::One",
        "pub const a::One::LEN: usize",
        "pub fn a::open::Say::say<'a>(&'a self, to: &str) -> Option<&'a str>",
        "pub fn a::open::Say::twice(&self) { .. }",
        "pub fn a::three(at: &mut [u8])",
        "pub mod a::open",
        "pub struct a::One(pub u8, _)",
        "pub trait a::open::Say: Send",
        "pub use a::open::Say as a::Say",
        "pub use other::Far as a::Far",
    ];
    assert_eq!(list(&files).unwrap(), expected);
}

#[test]
fn macros_are_expanded() {
    check(
        r"macro_rules! ids { ($($(#[$doc:meta])* $name:ident($number:ty) $(= $first:literal)?;)*) => {$(
            $(#[$doc])* #[derive(Clone)] pub struct $name(pub $number);
            $(impl $name { pub const FIRST: $number = $first; })?
          )*}; }
          ids! { /// One.
                 A(u32) = 1; B(Option<u8>); }",
        &[
            "impl Clone for a::A",
            "impl Clone for a::B",
            "pub const a::A::FIRST: u32",
            "pub struct a::A(pub u32)",
            "pub struct a::B(pub Option<u8>)",
        ],
    );
}

/// What is not understood stops the list, for a list with holes is worse than none.
#[test]
fn a_macro_that_is_not_known_is_a_finding() {
    assert_eq!(
        list(&[("lib.rs", "bitflags! { pub struct F: u8 {} }")]).unwrap_err(),
        "bitflags! in a: it is not defined in this crate"
    );
    let source = "macro_rules! m { (a) => {}; } m! { b }";
    assert_eq!(list(&[("lib.rs", source)]).unwrap_err(), "m! in a: no rule of it fits");
}

#[test]
fn enumerations_errors_and_conditions() {
    check(
        "#[derive(Debug, Error)] #[non_exhaustive] pub enum E { /// Doc.
            #[error(\"x\")] A, B(#[from] Io), C { #[source] why: Box<dyn Error + Send>, at: u32, }, }
         #[cfg(unix)] pub mod sys { pub fn open() {} }",
        &[
            "#[cfg(unix)] pub mod a::sys",
            "#[non_exhaustive] pub enum a::E",
            "impl Debug for a::E",
            "impl Display for a::E",
            "impl Error for a::E",
            "impl From<Io> for a::E",
            "pub a::E::A",
            "pub a::E::B(Io)",
            "pub a::E::C { why: Box<dyn Error + Send>, at: u32 }",
            "pub fn a::sys::open()",
            "pub mod a::sys",
        ],
    );
}
