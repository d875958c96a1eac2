//! Runs the unit tests under the address and the thread sanitizer, which see what a test cannot: reads beyond an end, races.

use std::process::{Command, ExitCode, Stdio};

use clap::ValueEnum;

use crate::error::Error;
use crate::workspace::Workspace;

/// Packages with unsafe code, threads, or bytes that are not to be believed.
const PACKAGES: [&str; 4] = ["bpf-sys", "bpf-btf", "bpf-elf", "bpf-loader"];
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sanitizer {
    /// Memory that is not there, or not there any more; leaks.
    Address,
    /// Races. The standard library is built for it too, which takes its sources.
    Thread,
}

impl Sanitizer {
    fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Thread => "thread",
        }
    }
}

/// Runs one, or both one after the other. The exit code says whether anything was found.
pub(crate) fn run(
    workspace: &Workspace,
    only: Option<Sanitizer>,
    filter: Option<&str>,
) -> Result<ExitCode, Error> {
    tools(only)?;
    let home = workspace.metadata()?.target_directory;
    let mut clean = true;
    for sanitizer in [Sanitizer::Address, Sanitizer::Thread] {
        if only.is_some_and(|only| only != sanitizer) {
            continue;
        }
        println!("\n== unit tests under the {} sanitizer", sanitizer.name());
        let mut cargo = Command::new("rustup");
        cargo
            .args(["run", "nightly", "cargo", "test", "--lib", "--target", TARGET])
            .current_dir(workspace.root());
        // What this program was called with speaks of another compiler.
        for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
            cargo.env_remove(name);
        }
        for package in PACKAGES {
            cargo.args(["--package", package]);
        }
        if sanitizer == Sanitizer::Thread {
            cargo.arg("-Zbuild-std");
        }
        cargo
            .args(filter)
            .env("RUSTFLAGS", format!("-Zsanitizer={}", sanitizer.name()))
            .env("CARGO_TARGET_DIR", home.join("sanitize").join(sanitizer.name()))
            .env("INSTA_UPDATE", "no");
        clean &= cargo.status().map_err(Error::spawn("cargo test"))?.success();
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A nightly compiler, for threads with the sources of the standard library; or what to do about it.
fn tools(only: Option<Sanitizer>) -> Result<(), Error> {
    let print = |what: &str| {
        let mut rustc = Command::new("rustup");
        rustc.args(["run", "nightly", "rustc", "--print", what]).stderr(Stdio::null());
        rustc.output().ok().filter(|output| output.status.success())
    };
    let missing = |missing: &str, help: &str| Error::NoTools { missing: missing.into(), help: help.into() };
    let Some(sysroot) = print("sysroot") else {
        let help = "to install: rustup toolchain install nightly --profile minimal --component rust-src";
        return Err(missing("a nightly compiler", help));
    };
    let sysroot = String::from_utf8_lossy(&sysroot.stdout).trim().to_owned();
    let sources = std::path::Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock");
    if only != Some(Sanitizer::Address) && !sources.is_file() {
        let help = "to install: rustup component add rust-src --toolchain nightly\n(without: cargo xtask sanitize address)";
        return Err(missing("the sources of the standard library", help));
    }
    Ok(())
}
