//! Writing BTF: types built one by one or copied, changed in place, put into the other byte order, or rewritten for a
//! kernel that does not know all kinds.

mod add;
mod append;
pub(crate) mod blob;
mod builder;
mod check;
mod composite;
mod error;
mod ext;
mod parts;
mod patch;
mod patch_add;
mod sanitize;
mod strings;

pub use blob::in_order;
pub use builder::Builder;
pub use error::BuildError;
pub use parts::{Encoding, EnumValues, Field, FwdKind};
pub use patch::Patch;
pub use sanitize::{Extras, sanitize};
