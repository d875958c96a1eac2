//! What the fuzz targets do with an input, and how they change inputs: everything but libFuzzer itself, so that the
//! sweep of `cargo test` does the same on a stable compiler.
//!
//! A body is total and asserts more than that nothing panics: what it asserts is said where it stands. An input of two
//! halves begins with the length of the first ([`halves`]).

#![forbid(unsafe_code)]

mod btf;
mod core;
mod ext;
pub mod halves;
pub mod mutate;
mod object;
mod plan;
mod random;
mod saved;
mod split;
mod walk;

pub use random::Random;

/// How far an input came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It was refused as a whole.
    Door,
    /// It was opened, and everything was asked of it.
    Inside,
}

/// What inputs of a target are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A BTF blob.
    Btf,
    /// A `.BTF.ext` section.
    Ext,
    /// An object file.
    Elf,
    /// A saved kernel. Its digest need not be right: the body makes it so.
    Saved,
    /// Two BTF blobs, the second on the first.
    Split,
    /// An object file and the BTF of a kernel.
    ElfAndBtf,
}

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is that of its program and of the folder of its seeds.
    pub name: &'static str,
    /// What its inputs are like.
    pub shape: Shape,
    /// What it does with one; panics where something is wrong.
    pub body: fn(&[u8]) -> Reached,
}

/// All targets.
pub const TARGETS: [Target; 7] = [
    Target { name: "btf", shape: Shape::Btf, body: btf::body },
    Target { name: "btf_ext", shape: Shape::Ext, body: ext::body },
    Target { name: "split", shape: Shape::Split, body: split::body },
    Target { name: "object", shape: Shape::Elf, body: object::body },
    Target { name: "core", shape: Shape::ElfAndBtf, body: core::body },
    Target { name: "saved", shape: Shape::Saved, body: saved::body },
    Target { name: "plan", shape: Shape::ElfAndBtf, body: plan::body },
];

/// The target of that name.
///
/// # Panics
/// Where there is none: when it is compiled, if that is a constant.
#[must_use]
pub const fn named(name: &str) -> &'static Target {
    let targets: &'static [Target] = &TARGETS;
    let mut at = 0;
    while at < targets.len() {
        if same(targets[at].name.as_bytes(), name.as_bytes()) {
            return &targets[at];
        }
        at += 1;
    }
    panic!("no target of that name")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    a.len() == b.len()
}

impl Target {
    /// Changes the first `size` bytes of `data`, to at most `max`; answers how many there are then. `fallback` is what
    /// changes bytes of which nothing is known, with the same arguments and answer.
    pub fn mutate(
        &self,
        data: &mut [u8],
        size: usize,
        max: usize,
        seed: u32,
        fallback: &mut mutate::Fallback<'_>,
    ) -> usize {
        let mut changed = data.get(..size).unwrap_or_default().to_vec();
        mutate::Mutator::new(seed, max, fallback).input(self.shape, &mut changed);
        let size = changed.len().min(max).min(data.len());
        data[..size].copy_from_slice(&changed[..size]);
        size
    }
}
