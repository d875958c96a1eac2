//! BTF as text: C declarations for messages, definitions in C for headers, and records for dumps, as lines or as JSON.

pub mod c;
mod decl;
mod form;
mod json;
mod record;
mod text;

pub(crate) use decl::clean;

pub use c::{C, Order, TypeDecl, Written, type_decl};
pub use decl::{declaration, member, prototype, type_name};
pub use json::{write_json, write_json_types};
pub use text::{Raw, raw, raw_line, write_raw, write_raw_types};
