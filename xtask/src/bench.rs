//! Measures how fast we are beside others. The package in `bench/` measures; here it is built and given something to
//! work on.

mod check;
mod inputs;

// What bench/ computes with is tested here: nobody tests the package itself without a C compiler.
#[cfg(test)]
#[path = "../../bench/src/report.rs"]
#[allow(dead_code, reason = "used in bench/")]
mod report;
#[cfg(test)]
#[path = "../../bench/src/stats.rs"]
#[allow(dead_code, reason = "used in bench/")]
mod stats;

use std::fs;
use std::process::{Command, ExitCode};

use crate::error::Error;
use crate::outside;
use crate::workspace::Workspace;

/// The names of the suites, as `bench/` has them.
pub(crate) const SUITES: [&str; 7] = [ITSELF, "open", "plan", "load", "maps", "btf", "check"];

/// The suite that compares contenders with themselves, to show the noise. Runs only when it is named.
const ITSELF: &str = "self";

/// Runs one suite or all but that one. The exit code says whether a case failed, not whether a ratio is what it should
/// be: that is for people, on a machine that is quiet.
pub(crate) fn run(
    workspace: &Workspace,
    suite: Option<&str>,
    case: Option<&str>,
    instructions: bool,
) -> Result<ExitCode, Error> {
    let target = workspace.metadata()?.target_directory;
    let dir = target.join("bench");
    let inputs = dir.join("inputs");
    match fs::remove_dir_all(&inputs) {
        // A case must not work on what an earlier run made.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::file("remove", &inputs)(error));
        }
        _ => {}
    }
    fs::create_dir_all(&inputs).map_err(Error::file("create", &inputs))?;
    let curves = suite.is_none_or(|suite| ["open", "plan"].contains(&suite));
    inputs::make(workspace, &inputs, curves)?;
    let program = outside::build(workspace, "bench", &dir.join("build"))?;
    let bpf = bpf(workspace, &target)?;
    let mut code = ExitCode::SUCCESS;
    let suites = SUITES.iter().filter(|name| suite.map_or(**name != ITSELF, |suite| suite == **name));
    for name in suites {
        println!("\n{name}");
        let out = dir.join(format!("{name}.json"));
        let mut command = Command::new(&program);
        command.arg(name).arg("--inputs").arg(&inputs).arg("--bpf").arg(&bpf).arg("--out").arg(&out);
        command.args(instructions.then_some("--instructions"));
        command.args(case.map(|case| ["--case", case]).into_iter().flatten());
        let status = command.status().map_err(Error::spawn("bench"))?;
        println!("{}", out.display());
        if !status.success() {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// The command line, as people get it.
fn bpf(workspace: &Workspace, target: &std::path::Path) -> Result<std::path::PathBuf, Error> {
    let status = workspace
        .cargo()
        .args(["build", "--release", "--locked", "--quiet", "--package", "bpf-cli"])
        .status()
        .map_err(Error::spawn("cargo build"))?;
    if !status.success() {
        return Err(Error::Status { program: "building bpf-cli".into(), status: status.to_string() });
    }
    Ok(target.join("release/bpf"))
}
