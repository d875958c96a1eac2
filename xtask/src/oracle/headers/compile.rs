//! One source through clang, with one set of headers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clang::Clang;
use crate::error::Error;

/// A C source, and how it wants to be compiled.
pub(super) struct Source {
    /// `own/core.bpf.c for arm64, bpfeb`, `libbpf-rs/usdt.bpf.c`.
    pub(super) label: String,
    pub(super) file: PathBuf,
    pub(super) includes: Vec<PathBuf>,
    /// As in `__TARGET_ARCH_…`.
    pub(super) machine: &'static str,
    pub(super) target: &'static str,
    /// It is one of this repository: that it compiles is part of what is compared.
    pub(super) own: bool,
}

/// The compiler, and folders with both sets of headers.
pub(super) struct Compiler {
    pub(super) clang: Clang,
    pub(super) ours: PathBuf,
    pub(super) theirs: PathBuf,
    /// For what is made.
    pub(super) dir: PathBuf,
}

impl Compiler {
    /// The object, or the first error.
    pub(super) fn compile(&self, headers: &Path, source: &Source) -> Result<Result<Vec<u8>, String>, Error> {
        let to = self.dir.join("compiled.o");
        let output =
            self.command(headers, source).arg("-o").arg(&to).output().map_err(Error::spawn("clang"))?;
        if output.status.success() {
            return fs::read(&to).map(Ok).map_err(Error::file("read", &to));
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let error = said.lines().find_map(|line| Some(line.split_once("error: ")?.1.to_owned()));
        Ok(Err(error.unwrap_or_else(|| output.status.to_string())))
    }

    /// All that the compiler has to say.
    pub(super) fn errors(&self, headers: &Path, source: &Source) -> Result<String, Error> {
        let output = self
            .command(headers, source)
            .args(["-fsyntax-only", "-ferror-limit=0", "-fno-caret-diagnostics"])
            .output()
            .map_err(Error::spawn("clang"))?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn command(&self, headers: &Path, source: &Source) -> Command {
        let mut command = Command::new(&self.clang.program);
        command.args(["-g", "-O2", "-mcpu=v3", "-w", "-c"]);
        command.arg(format!("--target={}", source.target));
        command.arg(format!("-D__TARGET_ARCH_{}", source.machine));
        command.arg("-I").arg(headers);
        for folder in &source.includes {
            command.arg("-I").arg(folder);
        }
        // Where Debian has the kernel's interface for this machine.
        command.args(["-idirafter", "/usr/include/x86_64-linux-gnu"]);
        command.arg(&source.file);
        command
    }
}
