//! Tests of the public interface, on blobs that a small writer makes: no object files, no kernel.
#![allow(clippy::cast_possible_truncation)] // numbers that the tests themselves choose

mod core;
mod core_types;
mod damage;
mod decl;
mod declarations;
mod ext;
mod minimize;
mod parse;
mod patch;
mod prototype;
mod struct_ops;
mod support;
