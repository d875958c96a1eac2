//! placeholder

use crate::object_file::ObjectFile;

pub(crate) fn object(object: &ObjectFile) -> String {
    format!("bpf object, {}-endian\n", object.endian)
}
