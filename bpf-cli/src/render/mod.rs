//! How results look: messages like a compiler's, tables, JSON.

pub(crate) mod diagnostic;
pub(crate) mod event;
pub(crate) mod json;
pub(crate) mod struct_ops;
