//! Finding a clang that compiles for BPF, and calling it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::BuildError;

/// The names that are looked for on `PATH`, beside `clang` itself: numbers, the newest first.
const NUMBERS: std::ops::RangeInclusive<u32> = 11..=24;

/// Architectures as Rust and as BPF sources call them (`__TARGET_ARCH_x86`).
const ARCHITECTURES: &[(&str, &str)] = &[
    ("x86_64", "x86"),
    ("x86", "x86"),
    ("aarch64", "arm64"),
    ("arm", "arm"),
    ("s390x", "s390"),
    ("riscv64", "riscv"),
    ("powerpc64", "powerpc"),
    ("loongarch64", "loongarch"),
    ("mips64", "mips"),
    ("sparc64", "sparc"),
];

/// A clang: the one that was named, or one that can be found.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, BuildError> {
    let from_env = || env::var_os("CLANG").filter(|name| !name.is_empty()).map(PathBuf::from);
    if let Some(program) = named.map(Path::to_owned).or_else(from_env) {
        return match usable(&program) {
            Ok(()) => Ok(program),
            Err(why) => Err(BuildError::NoClang { tried: vec![format!("{} {why}", program.display())] }),
        };
    }
    let numbered = NUMBERS.rev().map(|number| format!("clang-{number}"));
    let mut tried = Vec::new();
    for name in std::iter::once("clang".to_owned()).chain(numbered) {
        if !on_path(&name) {
            continue;
        }
        match usable(Path::new(&name)) {
            Ok(()) => return Ok(name.into()),
            Err(why) => tried.push(format!("{name} {why}")),
        }
    }
    Err(BuildError::NoClang { tried })
}

fn on_path(name: &str) -> bool {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(name).is_file())
}

/// Whether it runs, and has the target.
fn usable(program: &Path) -> Result<(), String> {
    let output = Command::new(program).arg("--print-targets").output();
    let output = output.map_err(|error| format!("cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let has_bpf =
        text.lines().filter_map(|line| line.split_whitespace().next()).any(|target| target == "bpfel");
    if output.status.success() && has_bpf { Ok(()) } else { Err("has no BPF target".into()) }
}

/// Compiles a source; gives clang's warnings. What it read beside the source is added to `seen`.
pub(super) fn compile(
    clang: &Path,
    source: &Path,
    object: &Path,
    folder: &Path,
    more: &[OsString],
    seen: &mut Vec<PathBuf>,
) -> Result<String, BuildError> {
    let depends = folder.join("clang.d");
    let beside = source.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut command = Command::new(clang);
    command.args(["-target", target(), "-g", "-O2", "-mcpu=v3", "-Wall", "-fno-color-diagnostics"]);
    command.args(architecture());
    command.arg("-I").arg(beside).arg("-I").arg(folder);
    command.args(["-MD", "-MF"]).arg(&depends);
    command.args(more).arg("-c").arg(source).arg("-o").arg(object);
    let output = command.output().map_err(BuildError::file("run", clang))?;
    let said = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
    if !output.status.success() {
        let status = output.status.to_string();
        return Err(BuildError::Clang { clang: clang.into(), path: source.into(), status, said });
    }
    if let Ok(text) = std::fs::read_to_string(&depends) {
        seen.extend(dependencies(&text).filter(|path| path != source && !path.starts_with(folder)));
    }
    Ok(said)
}

/// Of the target that cargo builds for, or of this machine.
fn target() -> &'static str {
    let endian = env::var("CARGO_CFG_TARGET_ENDIAN");
    let little = endian.map_or(cfg!(target_endian = "little"), |endian| endian == "little");
    if little { "bpfel" } else { "bpfeb" }
}

fn architecture() -> Option<String> {
    let name = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_else(|_| env::consts::ARCH.to_owned());
    let found = ARCHITECTURES.iter().find(|(rust, _)| *rust == name);
    found.map(|(_, bpf)| format!("-D__TARGET_ARCH_{bpf}"))
}

/// The files that a rule for make names behind its colon. A space in a name is escaped.
fn dependencies(rule: &str) -> impl Iterator<Item = PathBuf> {
    let (_, files) = rule.split_once(": ").unwrap_or_default();
    let files = files.replace("\\\n", " ").replace("\\ ", "\0");
    let files: Vec<PathBuf> =
        files.split_whitespace().map(|file| OsStr::new(&file.replace('\0', " ")).into()).collect();
    files.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        let found: Vec<PathBuf> = dependencies("a.o: src/a.c \\\n  src/my\\ file.h b.h\n").collect();
        assert_eq!(found, ["src/a.c", "src/my file.h", "b.h"].map(PathBuf::from));
        assert_eq!(dependencies("").count(), 0);
    }

    #[test]
    fn what_is_no_clang() {
        let error = find(Some(Path::new("/nowhere/clang"))).unwrap_err();
        assert_eq!(error.code(), "E1007");
        let text = format!("{error:?}");
        assert!(
            text.contains("/nowhere/clang cannot be run") && text.contains("apt-get install clang"),
            "{text}"
        );
    }
}
