//! BTF, the BPF type format: parse it, look types up, match them, relocate by them (CO-RE), print them as C.
//!
//! The crate does no I/O: [`Btf::parse`] takes bytes from wherever they come (a `Vec<u8>`, an `Arc<[u8]>`, a memory
//! map) and keeps them. Nothing in a blob is trusted: every read is bounded, every walk has a depth, and what does not
//! hold together is an error that says where.
//!
//! Three levels: the raw records ([`Type`] and its accessors), the resolved view ([`layout`]: sizes, modifiers,
//! members), and what is done with them ([`matching`], [`core`], [`dump`], [`diff`], [`build`], [`minimize`]).
//!
//! What it does not do: read files, look at ELF, know the running kernel.
#![forbid(unsafe_code)]

mod btf;
pub mod build;
pub mod core;
mod cursor;
pub mod diff;
pub mod dump;
mod elements;
mod error;
mod ext;
mod header;
mod index;
mod kind;
mod label;
pub mod layout;
mod many;
pub mod matching;
pub mod minimize;
mod name_index;
mod names;
mod records;
mod sorted;
mod strings;
mod types;
mod validate;

/// Compiles what README.md shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use btf::Btf;
pub use cursor::Endian;
pub use error::{ParseError, TypeError};
pub use ext::{BtfExt, CoreRecord, ExtSection, FuncRecord, LineRecord};
pub use kind::Kind;
pub use label::{Label, Place};
pub use names::essential_name;
pub use types::{
    Array, Enumerator, IntEncoding, Linkage, Member, Param, SectionVar, StrOffset, Type, TypeId, VarLinkage,
};
