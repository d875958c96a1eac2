//! BTF as text: C declarations for messages, definitions in C for headers, and one line a record for dumps.

pub mod c;
mod decl;
mod text;

pub(crate) use decl::clean;

pub use c::{C, TypeDecl, type_decl};
pub use decl::{declaration, member, prototype, type_name};
pub use text::{Raw, raw, raw_line};
