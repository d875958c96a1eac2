//! What btf-rs is asked to do.

use std::path::Path;

use ::btf_rs::{Backend, Btf, Type};

use crate::case::Done;

/// The id of a struct in the types of a file that is mapped.
pub(crate) fn find_struct(path: &Path, name: &str) -> Result<Done, String> {
    let btf = Btf::from_file_with_backend(path, Backend::Mmap).map_err(|error| error.to_string())?;
    let ids = btf.resolve_ids_by_name(name).map_err(|error| error.to_string())?;
    let is_struct = |id: &u32| matches!(btf.resolve_type_by_id(*id), Ok(Type::Struct(_)));
    let id = ids.into_iter().find(is_struct).unwrap_or(0);
    Done::new((id.into(), 0), btf)
}
