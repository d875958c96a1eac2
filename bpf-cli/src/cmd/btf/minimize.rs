//! `bpf btf minimize`: as much of a kernel's types as objects need.

use std::path::{Path, PathBuf};

use bpf_loader::{Kernel, KernelError, Object};
use serde_json::json;

use super::source::RUNNING;
use crate::cmd::{CommandError, Outcome};
use crate::out::Out;

pub(super) fn minimize(kernel: &Path, objects: &[PathBuf], output: &Path, out: &Out) -> Outcome {
    let objects: Vec<Object> = objects.iter().map(Object::open).collect::<Result<_, _>>()?;
    let kernel = if kernel == Path::new(RUNNING) { Kernel::running() } else { Kernel::open(kernel)? };
    let endian = kernel.btf()?.endian();
    if let Some(other) = objects.iter().find(|object| object.file().endian() != endian) {
        let message =
            format!("`{}` is {}-endian, the kernel is {endian}-endian", other.name(), other.file().endian());
        return Err(CommandError::new("E0909", message)
            .help("give objects that can run on this kernel")
            .into());
    }
    let cut = kernel.cut_to(&objects)?;
    let bytes = cut.btf()?.bytes();
    std::fs::write(output, bytes).map_err(|source| {
        CommandError::new("E0906", format!("{} cannot be written", output.display())).source(source)
    })?;
    let size = |kernel: &Kernel| {
        let btf = kernel.btf()?;
        Ok::<_, KernelError>((btf.last_id().0, btf.bytes().len()))
    };
    let ((types, len), (whole_types, whole_len)) = (size(&cut)?, size(&kernel)?);
    out.result(
        || format!("{}: {types} types of {whole_types}, {len} bytes of {whole_len}", output.display()),
        || {
            json!({
                "file": output.display().to_string(),
                "types": types,
                "bytes": len,
                "whole": { "types": whole_types, "bytes": whole_len },
            })
        },
    );
    Ok(())
}
