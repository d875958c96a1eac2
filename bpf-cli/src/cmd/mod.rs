//! The commands: a file per noun.

mod btf;
mod check;
mod demo;
mod doctor;
mod feature;
mod r#gen;
mod kernel;
mod object;
mod run;
mod struct_ops;

use std::fmt;
use std::path::Path;

use bpf_loader::Diagnostic;
use bpf_loader::diagnose::{Label, Place};

use crate::args::Command;
use crate::out::Out;

/// What a command can fail with.
pub(crate) trait Failure: Diagnostic + fmt::Debug {}

impl<T: Diagnostic + fmt::Debug> Failure for T {}

impl<'a, T: Failure + 'a> From<T> for Box<dyn Failure + 'a> {
    fn from(failure: T) -> Self {
        Box::new(failure)
    }
}

pub(crate) type Outcome = Result<(), Box<dyn Failure>>;

pub(crate) fn run(command: &Command, out: &Out) -> Outcome {
    match command {
        Command::Demo => demo::run(out),
        Command::Doctor(args) => doctor::run(args, out),
        Command::Show { file } => object::show(file, out),
        Command::Plan { file, kernel, core } => object::plan(file, kernel.as_deref(), core, out),
        Command::Check(args) => check::run(args, out),
        Command::Kernel(command) => kernel::run(command, out),
        Command::Feature { helpers } => feature::run(*helpers, out),
        Command::Run(args) => run::run(args, out),
        Command::Btf(command) => btf::run(command, out),
        Command::StructOps(command) => struct_ops::run(command, out),
        Command::Gen(command) => r#gen::run(command, out),
    }
}

/// Several things that a command was given and that cannot be used, each by itself. Code E0924, unless it is one.
#[derive(Debug)]
pub(crate) struct Unusable(pub(crate) Vec<Box<dyn Failure + Send>>);

impl Unusable {
    fn one(&self) -> Option<&(dyn Failure + Send)> {
        match self.0.as_slice() {
            [one] => Some(&**one),
            _ => None,
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.one() {
            Some(one) => fmt::Display::fmt(one, f),
            None => write!(f, "{} files cannot be used", self.0.len()),
        }
    }
}

impl Diagnostic for Unusable {
    fn code(&self) -> &'static str {
        self.one().map_or("E0924", |one| one.code())
    }

    fn labels(&self) -> Vec<Label> {
        self.one().map(|one| one.labels()).unwrap_or_default()
    }

    fn help(&self) -> Option<String> {
        self.one().and_then(|one| one.help())
    }

    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.one().and_then(|one| one.as_error())
    }

    fn related(&self) -> Vec<&dyn Diagnostic> {
        match self.one() {
            Some(one) => one.related(),
            None => self.0.iter().map(|one| &**one as &dyn Diagnostic).collect(),
        }
    }
}

/// A failure of a command itself, beside those of the library. Codes E0901 to E0919, E0921 to E0941, E0951 and E0952.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
    pub(crate) labels: Vec<Label>,
}

impl CommandError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, source: None, labels: Vec::new() }
    }

    /// Says which file it is about, and what in it.
    pub(crate) fn at(mut self, file: &Path, item: Option<Label>) -> Self {
        self.labels = vec![Label::at(Place::Object(file.display().to_string()))];
        self.labels.extend(item);
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CommandError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as _)
    }
}

impl Diagnostic for CommandError {
    fn code(&self) -> &'static str {
        self.code
    }

    fn labels(&self) -> Vec<Label> {
        self.labels.clone()
    }

    fn help(&self) -> Option<String> {
        self.help.clone()
    }

    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }
}
