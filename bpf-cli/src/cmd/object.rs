//! `bpf show` and `bpf plan`: what an object is, and what it becomes.

use std::path::Path;

use bpf_loader::{Kernel, Object};

use crate::cmd::Outcome;
use crate::out::Out;
use crate::render::json;

pub(crate) fn show(file: &Path, out: &Out) -> Outcome {
    let object = Object::open(file)?;
    out.result(|| object.file().dump(), || json::object(&object));
    Ok(())
}

pub(crate) fn plan(file: &Path, kernel: Option<&Path>, out: &Out) -> Outcome {
    let object = Object::open(file)?;
    let kernel = match kernel {
        Some(path) => Kernel::open(path)?,
        None => Kernel::running(),
    };
    let plan = object.plan(&kernel)?;
    out.result(|| plan.to_string(), || plan.to_json());
    Ok(())
}
