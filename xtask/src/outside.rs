//! Building the packages that stand outside the workspace because they build libbpf from its C sources.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::workspace::Workspace;

/// Builds the program of the package in a folder of the root, named like the folder.
///
/// # Errors
/// [`Error::NoTools`] where something is missing that building libbpf takes.
pub(crate) fn build(workspace: &Workspace, name: &str, target: &Path) -> Result<PathBuf, Error> {
    let missing = missing();
    if !missing.is_empty() {
        return Err(Error::NoTools {
            missing: missing.join(", "),
            help: "libbpf is built from source; on Debian and Ubuntu: \
                   apt-get install gcc libelf-dev zlib1g-dev pkg-config make"
                .into(),
        });
    }
    // Not from inside the workspace: its cargo configuration is not meant for a package that is no part of it.
    let status = workspace
        .cargo()
        .current_dir(std::env::temp_dir())
        .args(["build", "--release", "--locked", "--quiet", "--manifest-path"])
        .arg(workspace.root().join(name).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .status()
        .map_err(Error::spawn("cargo build"))?;
    if status.success() {
        Ok(target.join("release").join(name))
    } else {
        Err(Error::Status { program: format!("building {name}/"), status: status.to_string() })
    }
}

/// What building libbpf takes and is not here.
fn missing() -> Vec<&'static str> {
    let runs = |program: &str, arg: &str| said(Command::new(program).arg(arg)).is_some();
    let header = |name: &str| {
        ["/usr/include", "/usr/local/include"].iter().any(|dir| Path::new(dir).join(name).is_file())
    };
    [
        (runs("gcc", "--version") || runs("cc", "--version"), "gcc"),
        (runs("make", "--version"), "make"),
        (runs("pkg-config", "--version"), "pkg-config"),
        (header("libelf.h") && header("gelf.h"), "libelf-dev"),
        (header("zlib.h"), "zlib1g-dev"),
    ]
    .into_iter()
    .filter(|(here, _)| !here)
    .map(|(_, package)| package)
    .collect()
}

/// What a program prints, if it runs and is content.
pub(crate) fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
