//! Runs everything that can be tested on this machine, and says what could not run and why.

mod headers;
pub(crate) mod kernel;
pub(crate) mod output;
mod snapshots;
mod tally;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use crate::clang::{self, Clang};
use crate::error::Error;
use crate::fixtures::{self, Scratch};
use crate::machine;
use crate::workspace::{KernelSuite, Workspace};
use kernel::Outcomes;
use output::Counts;
use tally::{Suite, Tally};

/// Tells the kernel suites that they may touch the kernel.
const MAY_TOUCH_KERNEL: &str = "BPF_TEST_KERNEL";
/// Runs the tests that are ignored, and no others.
const IGNORED: &str = "--ignored";
/// Tells them to take the objects from there instead of `fixtures/`.
const FIXTURES_DIR: &str = "BPF_TEST_FIXTURES";

/// All steps, then the closing list. The exit code says whether anything failed.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode, Error> {
    let started = Instant::now();
    let metadata = workspace.metadata()?;
    let built = build(workspace)?;
    let mut suites: Vec<Listed> =
        metadata.kernel_suites().into_iter().map(|suite| Listed::of(suite, &built)).collect();
    suites.extend(metadata.kernel_suites().into_iter().filter_map(|suite| Listed::units(suite, &built)));

    let mut tally = Tally::default();
    let scratch = Scratch::new()?;
    let references = scratch.path().join("snapshot-references");
    let plain = plain(workspace, &suites, &references)?;
    let all_passed = plain.failed() == 0;
    tally.add(plain);
    tally.add(snapshots::check(workspace, &metadata.target_directory, &references, all_passed)?);
    let objects = scratch.path().join("objects");
    let (check, rebuilt) = fixtures_check(workspace, &objects);
    tally.add(check);
    tally.add(headers::check(workspace, scratch.path()));

    let possible = machine::kernel_tests_possible();
    for Listed { suite, arguments, tests } in &suites {
        let name = match arguments {
            [] => format!("kernel tests of {}", suite.package),
            _ => format!("unit tests of {} that touch the kernel", suite.package),
        };
        tally.add(match (tests, &possible) {
            (Err(why), _) => Suite::broken(&name, why),
            (Ok((_, tests)), Err(reason)) => Suite::not_run(&name, tests, reason),
            (Ok((program, tests)), Ok(())) => {
                heading(&name);
                let mut command = Command::new(program);
                command.args(*arguments).current_dir(suite.folder());
                kernel(command, &name, tests, rebuilt.then_some(&objects))?
            }
        });
    }

    heading("what ran, and what could not");
    print!("{}", tally.closing(started.elapsed()));
    Ok(if tally.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `cargo test --workspace`. The kernel suites are in it and ignore all their tests; those count elsewhere. No
/// snapshot is written: here they are compared, and those that were looked at are noted in `references`.
fn plain(workspace: &Workspace, kernel_suites: &[Listed], references: &Path) -> Result<Suite, Error> {
    const NAME: &str = "cargo test";
    heading("cargo test --workspace");
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("INSTA_UPDATE", "no")
        .env(snapshots::REFERENCES_FILE, references)
        .env_remove(MAY_TOUCH_KERNEL);
    let mut counts = Counts::default();
    let success = stream(cargo, "cargo test", |line| counts.read(line))?;

    let mut elsewhere: HashMap<&str, usize> = HashMap::new();
    for (_, tests) in kernel_suites.iter().filter_map(|listed| listed.tests.as_ref().ok()) {
        for test in tests {
            *elsewhere.entry(test).or_default() += 1;
        }
    }
    Ok(counts.into_suite(NAME, success, elsewhere))
}

/// Rebuilds and compares the fixtures. True if they were rebuilt by another clang, and are in `out` to be tested.
fn fixtures_check(workspace: &Workspace, out: &Path) -> (Suite, bool) {
    const NAME: &str = "fixtures rebuilt and compared";
    heading("cargo xtask fixtures --check");
    let clang = match clang::find(fixtures::recorded_clang(workspace).as_deref()) {
        Ok(clang) => clang,
        Err(error) => {
            println!("{error}");
            let reason = match error {
                Error::NoClang { tried, .. } => format!("no clang {} or newer ({tried})", clang::OLDEST),
                other => other.to_string(),
            };
            return (Suite::not_run(NAME, &[NAME.into()], &reason), false);
        }
    };
    let result = fixtures::check(workspace, &clang).and_then(|checked| {
        checked.print();
        rebuild_for_tests(workspace, &clang, &checked, out)
    });
    match result {
        Ok(rebuilt) => (Suite::ran(NAME, 1), rebuilt),
        Err(error) => {
            println!("{error}");
            (Suite::broken(NAME, &error.to_string()), false)
        }
    }
}

/// Objects by another clang have other instructions: those are what the kernel should see.
fn rebuild_for_tests(
    workspace: &Workspace,
    clang: &Clang,
    checked: &fixtures::Checked,
    out: &Path,
) -> Result<bool, Error> {
    if checked.is_by_another_clang() {
        fixtures::build_into(workspace, clang, out)?;
    }
    Ok(checked.is_by_another_clang())
}

/// Builds all tests, as they will be run; what cargo says of it. Whether that succeeds is for `plain` to tell.
fn build(workspace: &Workspace) -> Result<String, Error> {
    heading("building the tests");
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--workspace", "--no-run", "--message-format=json-render-diagnostics"])
        .stderr(Stdio::inherit());
    let output = cargo.output().map_err(Error::spawn("cargo test --no-run"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A kernel suite with its program and the names of its tests, or why there is no telling.
struct Listed {
    suite: KernelSuite,
    /// What its program is called with.
    arguments: &'static [&'static str],
    tests: Result<(PathBuf, Vec<String>), String>,
}

impl Listed {
    fn of(suite: KernelSuite, built: &str) -> Self {
        let tests = match suite.program(built) {
            Some(program) => list(&program, &[]).map(|tests| (program, tests)),
            None => Err("it was not built: see above".into()),
        };
        Self { suite, arguments: &[], tests }
    }

    /// The unit tests of its package that touch the kernel: they need what is private to the crate, and are ignored
    /// unless they are asked for. `None` where there are none.
    fn units(suite: KernelSuite, built: &str) -> Option<Self> {
        let program = suite.units(built)?;
        let tests = list(&program, &[IGNORED]).map(|tests| (program, tests));
        let none = tests.as_ref().is_ok_and(|(_, tests)| tests.is_empty());
        // They count what the process has open.
        (!none).then_some(Self { suite, arguments: &[IGNORED, "--test-threads=1"], tests })
    }
}

fn list(program: &Path, arguments: &[&str]) -> Result<Vec<String>, String> {
    let output = Command::new(program)
        .arg("--list")
        .args(arguments)
        .env_remove(MAY_TOUCH_KERNEL)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("it cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("its tests cannot be listed: it ends with {}", output.status));
    }
    Ok(output::listed(&String::from_utf8_lossy(&output.stdout)))
}

/// Runs a kernel suite, and takes its word for each test.
fn kernel(
    mut suite: Command,
    name: &str,
    tests: &[String],
    rebuilt: Option<&PathBuf>,
) -> Result<Suite, Error> {
    suite.env(MAY_TOUCH_KERNEL, "1").env("INSTA_UPDATE", "no");
    match rebuilt {
        Some(dir) => suite.env(FIXTURES_DIR, dir),
        None => suite.env_remove(FIXTURES_DIR),
    };
    let mut outcomes = Outcomes::default();
    let success = stream(suite, name, |line| outcomes.read(line))?;
    Ok(outcomes.into_suite(name, tests, success))
}

/// Runs a command, showing its output as it comes; each line of it is also given to `look`. True if it succeeded.
fn stream(mut command: Command, name: &str, mut look: impl FnMut(&str)) -> Result<bool, Error> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(Error::spawn(name))?;
    if let Some(stdout) = child.stdout.take() {
        let mut lines = BufReader::new(stdout);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).map_err(Error::spawn(name))? > 0 {
            let text = String::from_utf8_lossy(&line);
            print!("{text}");
            look(text.trim_end());
            line.clear();
        }
    }
    Ok(child.wait().map_err(Error::spawn(name))?.success())
}

fn heading(text: &str) {
    println!("\n== {text}");
}
