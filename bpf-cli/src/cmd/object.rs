//! `bpf show` and `bpf plan`: what an object is, and what it becomes.

use std::path::Path;

use bpf_loader::Object;

use crate::args::CoreBtf;
use crate::cmd::{Outcome, kernel};
use crate::out::Out;
use crate::render::json;

pub(crate) fn show(file: &Path, out: &Out) -> Outcome {
    let object = Object::open(file)?;
    out.result(|| object.file().dump(), || json::object(&object));
    Ok(())
}

pub(crate) fn plan(file: &Path, kernel: Option<&Path>, core: &CoreBtf, out: &Out) -> Outcome {
    let object = Object::open(file)?;
    let plan = object.plan(&kernel::chosen(kernel, core)?)?;
    out.result(|| plan.to_string(), || plan.to_json());
    Ok(())
}
