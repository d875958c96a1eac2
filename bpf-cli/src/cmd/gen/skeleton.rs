//! `bpf gen skeleton`: an object as Rust source, with its bytes.

use std::path::Path;

use bpf_loader::Object;
use bpf_loader::codegen::{Embed, Generated, Generator};
use serde_json::{Value, json};

use crate::cmd::{CommandError, Outcome};
use crate::out::Out;

pub(super) fn run(file: &Path, name: Option<&str>, output: Option<&Path>, out: &Out) -> Outcome {
    // Opened first: that says what is wrong with a file that is none.
    let object = Object::open(file)?;
    let bytes = std::fs::read(file).map_err(|source| {
        CommandError::new("E0951", format!("{} cannot be read", file.display())).source(source)
    })?;
    let generator = Generator::new().name(name.unwrap_or_else(|| object.name()));
    let made = generator.generate(&object, Embed::Bytes(&bytes))?;
    for notice in made.notices() {
        out.note(format!("notice[{}]: {notice}", notice.code()));
    }
    let Some(path) = output else {
        out.result(|| made.source().to_owned(), || value(&made));
        return Ok(());
    };
    let written = std::fs::write(path, made.source());
    written.map_err(|source| {
        CommandError::new("E0952", format!("{} cannot be written", path.display())).source(source)
    })?;
    if out.json() {
        out.result(String::new, || value(&made));
    }
    Ok(())
}

fn value(made: &Generated) -> Value {
    let notice = |notice: &bpf_loader::codegen::CodegenNotice| json!({ "code": notice.code(), "message": notice.to_string(), "help": notice.help() });
    json!({ "source": made.source(), "notices": made.notices().iter().map(notice).collect::<Vec<_>>() })
}
