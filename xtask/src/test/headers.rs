//! Every macro of the headers for BPF programs, compiled for every machine and both byte orders, without a warning.

use std::path::Path;
use std::process::Command;

use bpf_loader::elf::ObjectFile;
use bpf_loader::headers::WriteOptions;

use super::tally::Suite;
use crate::clang::{self, Clang};
use crate::error::Error;
use crate::oracle::headers::{MACHINES, own_files};
use crate::workspace::Workspace;

const NAME: &str = "headers compiled";

/// One test for each source, machine and byte order; `out` is for what is made.
pub(super) fn check(workspace: &Workspace, out: &Path) -> Suite {
    super::heading(NAME);
    let clang = match clang::find(None) {
        Ok(clang) => clang,
        Err(error) => {
            println!("{error}");
            return Suite::not_run(NAME, &[NAME.into()], &error.to_string());
        }
    };
    match all(workspace, &clang, out) {
        Ok((count, failed)) if failed.is_empty() && count > 0 => {
            println!("{count} compiled");
            Suite::ran(NAME, count)
        }
        Ok((_, failed)) => {
            failed.iter().for_each(|line| println!("{line}"));
            Suite::broken(NAME, failed.first().map_or("there are no sources", String::as_str))
        }
        Err(error) => {
            println!("{error}");
            Suite::broken(NAME, &error.to_string())
        }
    }
}

/// How many there were, and what is wrong with which.
fn all(workspace: &Workspace, clang: &Clang, out: &Path) -> Result<(usize, Vec<String>), Error> {
    let headers = out.join("include");
    WriteOptions::new().force(true).write(&headers).map_err(|error| Error::Headers(error.to_string()))?;
    let own = workspace.root().join("bpf-loader/tests/headers");
    let (mut count, mut failed) = (0, Vec::new());
    for file in own_files(&own)? {
        for machine in MACHINES {
            for target in ["bpfel", "bpfeb"] {
                count += 1;
                let object = out.join("headers.o");
                let mut command = Command::new(&clang.program);
                command.args([
                    "-g",
                    "-O2",
                    "-mcpu=v3",
                    "-Wall",
                    "-Wextra",
                    "-Wno-unused-parameter",
                    "-Werror",
                    "-c",
                ]);
                command.arg(format!("--target={target}")).arg(format!("-D__TARGET_ARCH_{machine}"));
                command.arg("-I").arg(&headers).arg("-I").arg(&own).arg(&file).arg("-o").arg(&object);
                let output = command.output().map_err(Error::spawn("clang"))?;
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                let problem = if output.status.success() {
                    let bytes = std::fs::read(&object).map_err(Error::file("read", &object))?;
                    ObjectFile::parse(&bytes).err().map(|error| error.to_string())
                } else {
                    Some(said.lines().next().unwrap_or("clang fails").to_owned())
                };
                failed
                    .extend(problem.map(|why| format!("{} for {machine}, {target}: {why}", file.display())));
            }
        }
    }
    Ok((count, failed))
}
