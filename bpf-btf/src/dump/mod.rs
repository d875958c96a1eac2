//! BTF as text: C declarations for messages, and one line a record for dumps.

mod decl;
mod text;

pub(crate) use decl::clean;

pub use decl::{declaration, member, prototype, type_name};
pub use text::{Raw, raw, raw_line};
