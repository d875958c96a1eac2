//! libbpf and bpftool: what they need, which they are, and how they are asked.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::facts::{Answered, Facts, Question, Refusal, SecAnswers};
use crate::error::Error;
use crate::outside::{self, said};
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
        let program = outside::build(workspace, "oracle", &target.join("build"))?;
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

    /// What libbpf answers to CO-RE relocations of types in one raw BTF about those in another; `None` if it gives no
    /// answer.
    pub(crate) fn core(
        &self,
        local: &Path,
        target: &Path,
        questions: &[Question],
        scratch: &Path,
    ) -> Result<Option<Vec<Answered>>, Error> {
        let file = scratch.join("questions.json");
        let json =
            serde_json::to_vec(questions).map_err(|source| Error::Json { path: file.clone(), source })?;
        std::fs::write(&file, json).map_err(Error::file("write", &file))?;
        let output = Command::new(&self.program)
            .arg("--core")
            .args([local, target, &file])
            .output()
            .map_err(Error::spawn("the oracle"))?;
        if !output.status.success() {
            return Ok(None);
        }
        let answers: Vec<Answered> =
            serde_json::from_slice(&output.stdout).map_err(|source| Error::Json { path: file, source })?;
        Ok((answers.len() == questions.len()).then_some(answers))
    }

    /// What libbpf takes names of sections for, and which it knows.
    pub(crate) fn sections(&self, names: &[String], scratch: &Path) -> Result<SecAnswers, Error> {
        let file = scratch.join("sections.json");
        let wrong = |source| Error::Json { path: file.clone(), source };
        std::fs::write(&file, serde_json::to_vec(names).map_err(wrong)?)
            .map_err(Error::file("write", &file))?;
        let output = Command::new(&self.program)
            .arg("--sec")
            .arg(&file)
            .output()
            .map_err(Error::spawn("the oracle"))?;
        serde_json::from_slice(&output.stdout).map_err(wrong)
    }

    /// What libbpf prints of a raw BTF, on its base if it is split, as C, and how many types it refuses; `None` if it does not open it.
    pub(crate) fn c(&self, file: &Path, base: Option<&Path>) -> Result<Option<(Vec<u8>, usize)>, Error> {
        let output = Command::new(&self.program)
            .arg("--c")
            .arg(file)
            .args(base)
            .output()
            .map_err(Error::spawn("the oracle"))?;
        let refused = String::from_utf8_lossy(&output.stderr).lines().count();
        Ok(output.status.success().then_some((output.stdout, refused)))
    }
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

/// What bpftool cuts a kernel's types down to for an object; or what it says where it does not.
pub(crate) fn bpftool_cut(kernel: &Path, object: &Path, to: &Path) -> Result<Result<Vec<u8>, String>, Error> {
    let _ = std::fs::remove_file(to);
    let output = Command::new("bpftool")
        .args(["gen", "min_core_btf"])
        .args([kernel, to, object])
        .output()
        .map_err(Error::spawn("bpftool"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or("nothing").replace(&*object.to_string_lossy(), "the object");
        return Ok(Err(format!("{last} ({})", output.status)));
    }
    std::fs::read(to).map(Ok).map_err(Error::file("read", to))
}
