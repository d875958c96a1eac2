//! `bpf btf`: tools for types of kernels, modules and objects.

mod diff;
mod dump;
mod minimize;
mod source;

use crate::args::BtfCommand;
use crate::cmd::Outcome;
use crate::out::Out;

pub(crate) fn run(command: &BtfCommand, out: &Out) -> Outcome {
    match command {
        BtfCommand::Dump { from, types, format, base, output } => {
            dump::run(from, types, *format, base.as_deref(), output.as_deref(), out)
        }
        BtfCommand::Diff { from, to, types, base } => diff::run(from, to, types, base.as_deref(), out),
        BtfCommand::Minimize { kernel, objects, output } => minimize::minimize(kernel, objects, output, out),
    }
}
