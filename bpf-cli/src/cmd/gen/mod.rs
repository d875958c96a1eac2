//! `bpf gen`: files for those who write BPF programs.

mod skeleton;

use crate::args::Gen;
use crate::cmd::Outcome;
use crate::out::Out;

pub(super) fn run(command: &Gen, out: &Out) -> Outcome {
    match command {
        Gen::Skeleton { file, name, output } => skeleton::run(file, name.as_deref(), output.as_deref(), out),
    }
}
