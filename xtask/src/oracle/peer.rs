//! libbpf and bpftool: what they need, which they are, and how they are asked.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::facts::{Facts, Refusal};
use crate::error::Error;
use crate::workspace::Workspace;

/// The program that asks libbpf.
pub(crate) struct Libbpf {
    program: PathBuf,
    pub(crate) version: String,
}

/// The code of an answer that never came.
const DIED: &str = "libbpf died";

/// Whether libbpf gave no answer.
pub(crate) fn died(facts: &Facts) -> bool {
    facts.refused.as_ref().is_some_and(|refused| refused.code == DIED)
}

/// How long libbpf may take for one object.
const PATIENCE: Duration = Duration::from_secs(120);

impl Libbpf {
    /// Builds it.
    ///
    /// # Errors
    /// [`Error::NoTools`] where something is missing that building libbpf takes.
    pub(crate) fn build(workspace: &Workspace, target: &Path) -> Result<Self, Error> {
        let missing = missing();
        if !missing.is_empty() {
            return Err(Error::NoTools {
                missing: missing.join(", "),
                help: "libbpf is built from source; on Debian and Ubuntu: \
                       apt-get install gcc libelf-dev zlib1g-dev pkg-config make"
                    .into(),
            });
        }
        let dir = target.join("build");
        // Not from inside the workspace: its cargo configuration is not meant for a package that is no part of it.
        let status = workspace
            .cargo()
            .current_dir(std::env::temp_dir())
            .args(["build", "--release", "--locked", "--quiet", "--manifest-path"])
            .arg(workspace.root().join("oracle/Cargo.toml"))
            .arg("--target-dir")
            .arg(&dir)
            .status()
            .map_err(Error::spawn("cargo build"))?;
        if !status.success() {
            return Err(Error::Status { program: "building oracle/".into(), status: status.to_string() });
        }
        let program = dir.join("release/oracle");
        let version = said(Command::new(&program).arg("--version")).unwrap_or_default();
        Ok(Self { program, version })
    }

    /// What libbpf makes of an object. Each is asked about in a process of its own: a crash is an answer too.
    pub(crate) fn ask(&self, file: &Path, name: &str, kernel: bool, scratch: &Path) -> Result<Facts, Error> {
        let answer = scratch.join("answer.json");
        let stdout = File::create(&answer).map_err(Error::file("create", &answer))?;
        let mut command = Command::new(&self.program);
        command.arg(file).arg(name).args(kernel.then_some("--kernel"));
        let mut child =
            command.stdin(Stdio::null()).stdout(stdout).spawn().map_err(Error::spawn("the oracle"))?;
        let until = Instant::now() + PATIENCE;
        let status = loop {
            match child.try_wait().map_err(Error::spawn("the oracle"))? {
                Some(status) => break Some(status),
                None if Instant::now() > until => break None,
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        let gone = |text: String| Facts {
            refused: Some(Refusal { errno: None, code: DIED.into(), text }),
            ..Facts::default()
        };
        match status {
            None => {
                // It may have ended meanwhile.
                let _ = child.kill();
                let _ = child.wait();
                Ok(gone(format!("did not end in {} s", PATIENCE.as_secs())))
            }
            Some(status) if !status.success() => Ok(gone(format!("ended with {status}"))),
            Some(_) => {
                let text = std::fs::read(&answer).map_err(Error::file("read", &answer))?;
                serde_json::from_slice(&text).map_err(|source| Error::Json { path: answer, source })
            }
        }
    }

    /// What libbpf prints of a raw BTF as C, and how many types it refuses; `None` if it does not open it.
    pub(crate) fn c(&self, file: &Path) -> Result<Option<(Vec<u8>, usize)>, Error> {
        let output =
            Command::new(&self.program).arg("--c").arg(file).output().map_err(Error::spawn("the oracle"))?;
        let refused = String::from_utf8_lossy(&output.stderr).lines().count();
        Ok(output.status.success().then_some((output.stdout, refused)))
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

/// bpftool's version, if it is installed.
pub(crate) fn bpftool_version() -> Option<String> {
    let text = said(Command::new("bpftool").arg("version"))?;
    Some(text.lines().take(2).collect::<Vec<_>>().join(", "))
}

/// What bpftool prints of the types in a file; `None` if it refuses them.
pub(crate) fn bpftool_btf(file: &Path, format: &str) -> Result<Option<Vec<u8>>, Error> {
    let output = Command::new("bpftool")
        .args(["btf", "dump", "file"])
        .arg(file)
        .args(["format", format])
        .output()
        .map_err(Error::spawn("bpftool"))?;
    Ok(output.status.success().then_some(output.stdout))
}

/// What bpftool tells of the types in a file as JSON; `None` if it refuses them.
pub(crate) fn bpftool_btf_json(file: &Path) -> Result<Option<serde_json::Value>, Error> {
    let output = Command::new("bpftool")
        .args(["--json", "btf", "dump", "file"])
        .arg(file)
        .output()
        .map_err(Error::spawn("bpftool"))?;
    let value =
        serde_json::from_slice(&output.stdout).map_err(|source| Error::Json { path: file.into(), source });
    output.status.success().then_some(value).transpose()
}

/// What a program prints, if it runs and is content.
fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
