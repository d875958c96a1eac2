//! `bpf gen`: files for those who write BPF programs.

mod headers;

use crate::args::Gen;
use crate::cmd::Outcome;
use crate::out::Out;

pub(super) fn run(command: &Gen, out: &Out) -> Outcome {
    match command {
        Gen::Headers { folder, force } => headers::run(folder, *force, out),
    }
}
