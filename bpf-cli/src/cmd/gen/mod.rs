//! `bpf gen`: files for those who write BPF programs.

mod headers;
mod skeleton;

use crate::args::Gen;
use crate::cmd::Outcome;
use crate::out::Out;

pub(super) fn run(command: &Gen, out: &Out) -> Outcome {
    match command {
        Gen::Headers { folder, force } => headers::run(folder, *force, out),
        Gen::Skeleton { file, name, output } => skeleton::run(file, name.as_deref(), output.as_deref(), out),
    }
}
