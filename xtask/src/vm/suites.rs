//! The kernel suites, built so that they run without anything else.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::test::output;
use crate::workspace::{Metadata, Workspace};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// A test binary, and what it calls.
pub(super) struct Suite {
    pub(super) package: String,
    pub(super) executable: PathBuf,
    /// Commands of the package. A test has their path compiled in, so that is where they have to be.
    pub(super) programs: Vec<PathBuf>,
    /// Those that the filter lets pass.
    pub(super) tests: Vec<String>,
}

/// Builds all of them.
pub(super) fn build(
    workspace: &Workspace,
    metadata: &Metadata,
    filter: &[String],
) -> Result<Vec<Suite>, Error> {
    let kernel_suites = metadata.kernel_suites();
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--no-run", "--quiet", "--target", TARGET, "--test", "kernel"]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    for suite in &kernel_suites {
        cargo.args(["--package", &suite.package]);
    }
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    cargo
        .env("RUSTFLAGS", format!("{flags} -C target-feature=+crt-static"))
        // They are in memory twice.
        .env("CARGO_PROFILE_TEST_DEBUG", "false")
        .env("CARGO_PROFILE_TEST_STRIP", "symbols")
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .stderr(Stdio::inherit());
    let output = cargo.output().map_err(Error::spawn("cargo test"))?;
    if !output.status.success() {
        return Err(Error::Status {
            program: "cargo test --no-run".into(),
            status: output.status.to_string(),
        });
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut suites = Vec::new();
    for suite in kernel_suites {
        let executable = suite.program(&messages).ok_or_else(|| Error::Status {
            program: "cargo test --no-run".into(),
            status: format!("no kernel suite of {} came out", suite.package),
        })?;
        let programs = suite.commands(&messages);
        let tests = list(&executable, filter)?;
        suites.push(Suite { package: suite.package, executable, programs, tests });
    }
    Ok(suites)
}

/// What a suite would run. This one can tell here as well.
fn list(executable: &Path, filter: &[String]) -> Result<Vec<String>, Error> {
    let program = executable.display().to_string();
    let output = Command::new(executable)
        .arg("--list")
        .args(filter)
        .output()
        .map_err(Error::spawn(program.clone()))?;
    if output.status.success() {
        Ok(output::listed(&String::from_utf8_lossy(&output.stdout)))
    } else {
        Err(Error::Status { program: format!("{program} --list"), status: output.status.to_string() })
    }
}

impl Suite {
    /// The line that runs it in the guest.
    pub(super) fn script(&self, filter: &[String]) -> String {
        let mut line = format!("suite {0} /tests/{0} --color never", self.package);
        for argument in filter {
            line.push_str(&format!(" '{}'", argument.replace('\'', r"'\''")));
        }
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_reaches_the_suite_as_it_is() {
        let suite = Suite {
            package: "a".into(),
            executable: PathBuf::new(),
            programs: Vec::new(),
            tests: Vec::new(),
        };
        assert_eq!(suite.script(&[]), "suite a /tests/a --color never\n");
        assert_eq!(
            suite.script(&["--exact".into(), "it's one".into()]),
            "suite a /tests/a --color never '--exact' 'it'\\''s one'\n"
        );
    }
}
