//! Kernels, as commands are given them.

use std::path::Path;

use bpf_loader::kernel::btf_file;
use bpf_loader::{Kernel, KernelError};

use crate::args::CoreBtf;

/// The kernel in a file, or the running one; with the types that were given for CO-RE.
pub(super) fn chosen(file: Option<&Path>, core: &CoreBtf) -> Result<Kernel, KernelError> {
    let kernel = file.map_or_else(|| Ok(Kernel::running()), Kernel::open)?;
    match &core.core_btf {
        Some(path) => kernel.with_core_btf(btf_file(path, None)?),
        None => Ok(kernel),
    }
}
