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
    match cmd::run(&args.command, &out) {
        Ok(()) if out.finish() => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(failure) => {
            out.failure(failure.as_ref());
            ExitCode::FAILURE
        }
    }
}
