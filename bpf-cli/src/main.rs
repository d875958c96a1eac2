//! The `bpf` command: shows what BPF objects contain, plans them for any kernel, loads and watches them.
#![forbid(unsafe_code)]

mod args;
mod cmd;
mod demo;
mod out;
mod render;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let out = out::Out::new(args.json, args.color);
    // `diff`, `check` and their like keep 1 for what differs.
    let trouble = if args.command.compares() { ExitCode::from(2) } else { ExitCode::FAILURE };
    match cmd::run(&args.command, &out) {
        Ok(()) if !out.finish() => trouble,
        Ok(()) if out.differs() => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out.failure(failure.as_ref());
            trouble
        }
    }
}
