//! Runs the fuzz targets of `fuzz/` by cargo-fuzz, and says of each how far it came.

mod report;
mod seeds;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use fuzz_bodies::{TARGETS, Target};

use crate::error::Error;
use crate::workspace::Workspace;
use report::Report;

/// Bounds of one input: more is a defect.
const SECONDS: u32 = 10;
const MEGABYTES: u32 = 1024;
/// Of an input, in bytes: the largest seed with room to grow.
const LONGEST: u32 = 32 << 10;

/// What to run.
pub(crate) struct Options {
    /// Without any: all.
    pub(crate) target: Option<String>,
    /// Seconds for each.
    pub(crate) seconds: u32,
    /// Make the seeds from the fixtures, and run nothing.
    pub(crate) seeds: bool,
}

/// The names of the targets.
pub(crate) fn names() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.name).collect()
}

/// Where the committed seeds of a target are.
fn seeds_of(workspace: &Workspace, target: &Target) -> PathBuf {
    workspace.root().join("fuzz/seeds").join(target.name)
}

/// Runs one target or all, one after the other. The exit code says whether anything was found.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode, Error> {
    if options.seeds {
        return seeds::make(workspace).map(|()| ExitCode::SUCCESS);
    }
    tools()?;
    let home = workspace.metadata()?.target_directory.join("fuzz");
    build(workspace, &home)?;
    let wanted = |target: &&Target| options.target.as_deref().is_none_or(|name| name == target.name);
    let mut reports = Vec::new();
    for target in TARGETS.iter().filter(wanted) {
        println!("\n{}: {} seconds", target.name, options.seconds);
        reports.push(fuzz(workspace, &home, target, options.seconds)?);
    }
    println!();
    report::print(&reports);
    let clean = reports.iter().all(Report::is_clean);
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A nightly compiler and cargo-fuzz, or what to do about it.
fn tools() -> Result<(), Error> {
    let runs = |arguments: &[&str]| {
        let status =
            Command::new("rustup").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let needed: [(&[&str], &str, &str); 2] = [
        (
            &["run", "nightly", "rustc", "--version"],
            "a nightly compiler",
            "rustup toolchain install nightly --profile minimal",
        ),
        (
            &["run", "nightly", "cargo", "fuzz", "--version"],
            "cargo-fuzz",
            "cargo install --locked cargo-fuzz --version 0.13.2",
        ),
    ];
    let missing: Vec<_> = needed.iter().filter(|(arguments, ..)| !runs(arguments)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = |pick: fn(&(&[&str], &'static str, &'static str)) -> &'static str, between: &str| {
        missing.iter().map(|tool| pick(tool)).collect::<Vec<_>>().join(between)
    };
    Err(Error::NoTools {
        missing: list(|tool| tool.1, ", "),
        help: format!("to install: {}\n(libFuzzer also takes a C++ compiler)", list(|tool| tool.2, " && ")),
    })
}

/// Builds all targets. The crates have no unsafe code of their own, so the address sanitizer would only cost time.
fn build(workspace: &Workspace, home: &Path) -> Result<(), Error> {
    let mut cargo = cargo_fuzz(workspace, home);
    cargo.args(["build", "--fuzz-dir", "fuzz", "--sanitizer", "none"]);
    let status = cargo.status().map_err(Error::spawn("cargo fuzz build"))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Status { program: "cargo fuzz build".into(), status: status.to_string() })
}

fn cargo_fuzz(workspace: &Workspace, home: &Path) -> Command {
    let mut rustup = Command::new("rustup");
    rustup.args(["run", "nightly", "cargo", "fuzz"]).current_dir(workspace.root());
    // What this program was called with speaks of another compiler.
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTFLAGS", "RUSTUP_TOOLCHAIN"] {
        rustup.env_remove(name);
    }
    rustup.env("CARGO_TARGET_DIR", home);
    rustup
}

/// Runs one target. What it learns stays in the target folder, for the next time.
fn fuzz(workspace: &Workspace, home: &Path, target: &Target, seconds: u32) -> Result<Report, Error> {
    let corpus = home.join("corpus").join(target.name);
    let found = home.join("found").join(target.name);
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    }
    let mut cargo = cargo_fuzz(workspace, home);
    cargo.args(["run", "--fuzz-dir", "fuzz", "--sanitizer", "none", target.name]);
    cargo.args([&corpus, &seeds_of(workspace, target)]).arg("--");
    cargo.arg(format!("-max_total_time={seconds}"));
    cargo.args([format!("-timeout={SECONDS}"), format!("-rss_limit_mb={MEGABYTES}")]);
    cargo.arg(format!("-max_len={LONGEST}"));
    cargo.arg(format!("-artifact_prefix={}/", found.display()));
    cargo.stdin(Stdio::null()).stderr(Stdio::piped());
    let program = format!("the fuzz target {}", target.name);
    let mut child = cargo.spawn().map_err(Error::spawn(&program))?;
    let mut report = Report::new(target.name);
    for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).split(b'\n')) {
        let line = line.map_err(Error::spawn(&program))?;
        report.read(&String::from_utf8_lossy(&line));
    }
    report.ended(child.wait().map_err(Error::spawn(&program))?.success());
    Ok(report)
}
