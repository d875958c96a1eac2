//! `cargo xtask fuzz`: the fuzz targets of `fuzz/`, run one after the other with what nightly and cargo-fuzz give. The
//! same bodies run on seeds and fixed mutations in a plain test.

#[path = "fuzz/bodies.rs"]
mod bodies;
mod seeds;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::error::Error;
use crate::outside::said;
use crate::workspace::Workspace;

/// The names of the targets.
pub(crate) fn names() -> Vec<&'static str> {
    bodies::TARGETS.iter().map(|(name, _)| *name).collect()
}

/// Runs one target or all, each for so many seconds. The exit code says whether one of them found something.
pub(crate) fn run(workspace: &Workspace, target: Option<&str>, seconds: u32) -> Result<ExitCode, Error> {
    ready()?;
    let dir = workspace.metadata()?.target_directory.join("fuzz");
    let mut code = ExitCode::SUCCESS;
    for name in names().into_iter().filter(|name| target.is_none_or(|target| target == *name)) {
        let line = one(workspace, name, seconds, &dir)?;
        println!("{name}: {}", line.text);
        if line.found {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// Whether there is what it takes.
fn ready() -> Result<(), Error> {
    let runs = |arguments: &[&str]| said(Command::new("cargo").args(arguments)).is_some();
    let mut missing = Vec::new();
    if !runs(&["+nightly", "--version"]) {
        missing.push("a nightly toolchain (rustup toolchain install nightly)");
    }
    if !runs(&["fuzz", "--version"]) {
        missing.push("cargo-fuzz (cargo install --locked cargo-fuzz)");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let help = "the sweep of seeds and fixed mutations needs neither: cargo test -p xtask fuzz".into();
    Err(Error::NoTools { missing: missing.join(", "), help })
}

/// What came of a target.
struct Line {
    text: String,
    found: bool,
}

fn one(workspace: &Workspace, name: &str, seconds: u32, dir: &Path) -> Result<Line, Error> {
    let (corpus, artifacts) = (dir.join("corpus").join(name), dir.join("artifacts").join(name));
    for path in [&corpus, &artifacts] {
        fs::create_dir_all(path).map_err(Error::file("create", path))?;
    }
    for (seed, bytes) in seeds::of(workspace.root(), name)? {
        let path = corpus.join(seed.replace(['/', ' '], "-"));
        fs::write(&path, bytes).map_err(Error::file("write", &path))?;
    }
    let output = Command::new("cargo")
        .args(["+nightly", "fuzz", "run", "--fuzz-dir"])
        .arg(workspace.root().join("fuzz"))
        .arg("--target-dir")
        .arg(dir.join("build"))
        .arg(name)
        .arg(&corpus)
        .arg("--")
        .args([&format!("-max_total_time={seconds}"), "-rss_limit_mb=2048", "-timeout=20", "-max_len=200000"])
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .stdin(Stdio::null())
        .output()
        .map_err(Error::spawn("cargo fuzz"))?;
    Ok(summary(&String::from_utf8_lossy(&output.stderr), output.status.success()))
}

/// The last figures that libFuzzer printed, and the input that it stopped at.
fn summary(said: &str, content: bool) -> Line {
    let last = |mark: &str| said.lines().rev().find(|line| line.contains(mark)).unwrap_or_default().trim();
    if content {
        let (runs, figures) = (last("Done "), last("cov: "));
        let figures = figures.find("cov: ").and_then(|at| figures.get(at..)).unwrap_or_default();
        return Line { text: format!("{runs}; {figures}"), found: false };
    }
    let (panic, written) = (last("panicked at"), last("Test unit written to"));
    if written.is_empty() {
        let end: Vec<&str> = said.lines().rev().take(12).collect();
        let end: Vec<&str> = end.into_iter().rev().collect();
        return Line { text: format!("did not run:\n{}", end.join("\n")), found: true };
    }
    Line { text: format!("FOUND SOMETHING: {panic}\n  {written}\n  {}", last("SUMMARY")), found: true }
}
