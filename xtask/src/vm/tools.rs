//! The programs that this takes, and installing those that are missing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use object::read::elf::{ElfFile64, ProgramHeader};
use object::{Endianness, elf};

use super::qemu;
use crate::error::Error;
use crate::{apt, machine};

/// A program, and the package that has it.
const NEEDED: [(&str, &str); 4] =
    [(qemu::PROGRAM, "qemu-system-x86"), ("xz", "xz-utils"), ("apt-get", "apt"), ("dpkg-deb", "dpkg")];
/// What the test module is built with; where any of it is missing, that module is left out.
const OF_MODULE: [(&str, &str); 3] = [("pahole", "dwarves"), ("make", "make"), ("gcc", "gcc")];

/// Sees to it that all are here, and gives the path of a busybox that needs no libraries.
pub(super) fn find(install: bool) -> Result<PathBuf, Error> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(Error::NoKernel(
            "the guests run what this machine builds: that takes Linux on x86-64".into(),
        ));
    }
    let may = (install || env::var_os("CI").is_some()) && machine::is_root() && machine::is_debian_like();
    let absent = |program: &str| on_path(program).is_none();
    let mut missing = missing();
    missing.extend(OF_MODULE.iter().filter(|(program, _)| absent(program)).map(|(_, package)| *package));
    if !missing.is_empty() && may {
        // The lists may be too old, or there may be none.
        let _ = apt::get(&["-qq", "update"]);
        let install = ["-qq", "install", "--yes", "--no-install-recommends"];
        let installed = apt::get(&install.into_iter().chain(missing).collect::<Vec<_>>());
        if !self::missing().is_empty() {
            installed?;
        }
    }
    let missing = self::missing();
    match static_busybox() {
        Some(busybox) if missing.is_empty() => Ok(busybox),
        _ => Err(Error::NoTools {
            missing: missing.join(", "),
            help: format!(
                "to install: apt-get install --no-install-recommends {}, or as root: cargo xtask vm --install",
                missing.join(" ")
            ),
        }),
    }
}

/// The packages to install.
fn missing() -> Vec<&'static str> {
    let programs =
        NEEDED.iter().filter(|(program, _)| on_path(program).is_none()).map(|(_, package)| *package);
    programs.chain(static_busybox().is_none().then_some("busybox-static")).collect()
}

pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// In a guest there is nothing that a dynamic one could be linked with.
fn static_busybox() -> Option<PathBuf> {
    on_path("busybox").filter(|path| needs_no_libraries(path))
}

fn needs_no_libraries(path: &Path) -> bool {
    let Ok(bytes) = fs::read(path) else { return false };
    let Ok(file) = ElfFile64::<Endianness>::parse(&*bytes) else { return false };
    file.elf_program_headers().iter().all(|header| header.p_type(file.endian()) != elf::PT_INTERP)
}
