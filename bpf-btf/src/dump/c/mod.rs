//! Whole definitions in C: what a header needs of a BTF, in an order that compiles.
//!
//! A pipeline: `order.rs` says which definitions a type needs before it, `emit.rs` writes them with the forward
//! declarations that they miss, `decl.rs` writes one declaration, `layout.rs` what has to be said so that a compiler
//! lays it out as it was, `names.rs` keeps names apart that C would confuse. The text is that of libbpf's `btf_dump`.

mod decl;
mod emit;
mod kfuncs;
mod layout;
mod names;
mod options;
mod order;
mod out;
mod printer;
mod records;
mod sort;

pub use options::{C, Order, TypeDecl, Written, type_decl};
