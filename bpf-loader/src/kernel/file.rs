//! BTF out of any file that has some, for tools that look at types.

use std::path::Path;

use bpf_btf::{Btf, ParseError};

use crate::kernel::image::{self, Found};
use crate::kernel::{Kernel, KernelError};
use crate::read::Bytes;

/// The types in a file: raw BTF, a kernel image, the section `.BTF` of an ELF file (a BPF object, a kernel, a kernel
/// module), or those of a saved kernel; any of these compressed, as [`Kernel::open`] has it. BTF of a kernel module
/// continues that of its kernel, which is `base` then.
///
/// # Errors
/// [`KernelError`]: the file cannot be read, is something else (it says what), or does not hold together.
pub fn btf_file(path: impl AsRef<Path>, base: Option<&Btf>) -> Result<Btf, KernelError> {
    let path = path.as_ref();
    match image::open(path)? {
        Found::Saved(bytes) => {
            let kernel = Kernel::from_saved(bytes.as_ref()).map_err(|error| error.of_file(path))?;
            kernel.btf().cloned()
        }
        Found::Btf { btf, .. } => parse(path, btf, base),
    }
}

/// BTF that was found in a file.
pub(super) fn parse(path: &Path, btf: Bytes, base: Option<&Btf>) -> Result<Btf, KernelError> {
    let parsed = match base {
        None => Btf::parse(btf),
        Some(base) => Btf::parse_split(btf, base),
    };
    parsed.map_err(|source| match source {
        // Two bytes that BTF begins with may begin anything.
        ParseError::TooShort { .. } | ParseError::NotBtf { .. } => {
            KernelError::NotBtf { path: path.into(), what: "a file of a form that is not known".into() }
        }
        source => KernelError::Btf { path: path.into(), source },
    })
}
