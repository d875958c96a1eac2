//! `bpf gen headers`: the headers that BPF programs in C include.

use std::path::Path;

use bpf_loader::headers::{WriteOptions, Written};
use serde_json::{Value, json};

use crate::cmd::Outcome;
use crate::out::Out;

pub(super) fn run(folder: &Path, force: bool, out: &Out) -> Outcome {
    let written = WriteOptions::new().force(force).write(folder)?;
    out.result(|| text(folder, &written), || as_json(folder, &written));
    Ok(())
}

fn word(written: Written) -> &'static str {
    match written {
        Written::New => "new",
        Written::Replaced => "replaced",
        Written::Unchanged => "unchanged",
        _ => "written",
    }
}

fn text(folder: &Path, written: &[(&'static str, Written)]) -> String {
    let lines =
        written.iter().map(|(name, what)| format!("{:<10} {}", word(*what), folder.join(name).display()));
    lines.collect::<Vec<_>>().join("\n")
}

fn as_json(folder: &Path, written: &[(&'static str, Written)]) -> Value {
    let files = written.iter().map(
        |(name, what)| json!({ "path": folder.join(name).display().to_string(), "written": word(*what) }),
    );
    json!({ "files": files.collect::<Vec<_>>() })
}
