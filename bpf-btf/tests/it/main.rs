//! Tests of the public interface, on blobs that a small writer makes: no object files, no kernel.
#![allow(clippy::cast_possible_truncation)] // numbers that the tests themselves choose

mod build;
mod c;
mod c_damage;
mod core;
mod core_types;
mod damage;
mod decl;
mod declarations;
mod diff;
mod ext;
mod generate;
mod lazy;
mod lookup;
mod minimize;
mod parse;
mod patch;
mod prototype;
mod records;
mod struct_ops;
mod support;
mod validate;
