//! `bpf show` and `bpf plan`: what an object is, and what it becomes.

use std::path::Path;

use bpf_loader::{Object, Plan};

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
    out.result(|| format!("{plan}{}", capabilities(&plan)), || plan.to_json());
    Ok(())
}

/// What loading it takes, after the plan itself.
fn capabilities(plan: &Plan) -> String {
    let needed = plan.needed_capabilities();
    let lines: Vec<String> = needed.iter().map(|needed| format!("  {needed}\n")).collect();
    if lines.is_empty() { String::new() } else { format!("\nneeds\n{}", lines.concat()) }
}
