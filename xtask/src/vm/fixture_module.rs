//! The kernel module of `fixtures/module/kernel`, built for a kernel with Debian's headers of just that release.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use object::{Object, ObjectSection};
use sha2::{Digest, Sha256};

use super::kernels::{Request, Version};
use super::packages::{Kernel, Store, files};
use super::tools::on_path;
use crate::error::Error;
use crate::workspace::Workspace;

/// Its name in the kernel.
pub(super) const NAME: &str = "bpf_fixture";
/// The first kernel whose interfaces its source is written for.
const SINCE: Version = Version(6, 12);
/// What a test is told where it is inserted; else it is told why not.
const INSERTED: &str = "inserted";

/// The module for one kernel: where it is, or why there is none.
#[derive(Debug, Clone)]
pub(super) struct FixtureModule(Result<PathBuf, String>);

impl FixtureModule {
    /// Builds it, or finds it built.
    pub(super) fn of(workspace: &Workspace, store: &Store, request: &Request, kernel: &Kernel) -> Self {
        if kernel.version < SINCE {
            return Self(Err(format!("it is written for Linux {SINCE} and later")));
        }
        let built = Build::new(workspace, store, kernel).and_then(|build| build.run(store, request, kernel));
        Self(built.map_err(|error| error.to_string()))
    }

    /// The file to insert.
    pub(super) fn path(&self) -> Option<&Path> {
        self.0.as_deref().ok()
    }

    /// What the tests are told of it.
    pub(super) fn word(&self) -> &str {
        self.0.as_ref().map_or_else(String::as_str, |_| INSERTED)
    }

    /// For the closing table.
    pub(super) fn remark(&self) -> String {
        match &self.0 {
            Ok(_) => "test module built".into(),
            Err(why) => format!("no test module: {why}"),
        }
    }
}

/// What one build is made of.
struct Build {
    sources: Vec<PathBuf>,
    /// Where the result is kept: another source or another pahole, another folder.
    folder: PathBuf,
}

impl Build {
    fn new(workspace: &Workspace, store: &Store, kernel: &Kernel) -> Result<Self, Error> {
        for (program, package) in [("make", "make"), ("pahole", "dwarves")] {
            if on_path(program).is_none() {
                return Err(none(format!("there is no {program} (package {package})")));
            }
        }
        let sources = files(&workspace.fixtures().join("module/kernel"));
        let version = Command::new("pahole").arg("--version").output().map_err(Error::spawn("pahole"))?;
        let mut hash = Sha256::new();
        for source in &sources {
            hash.update(fs::read(source).map_err(Error::file("read", source))?);
        }
        hash.update(version.stdout);
        let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { sources, folder: store.root().join("modules").join(format!("{}-{hash}", kernel.release)) })
    }

    fn run(&self, store: &Store, request: &Request, kernel: &Kernel) -> Result<PathBuf, Error> {
        let done = self.folder.join(format!("{NAME}.ko"));
        if done.is_file() {
            return Ok(done);
        }
        let started = Instant::now();
        let root = store.headers(request, kernel)?;
        let headers = root.join("usr/src").join(format!("linux-headers-{}", kernel.release));
        let vmlinux = headers.join("vmlinux");
        if !vmlinux.is_file() {
            return Err(none("its headers come without a vmlinux, whose BTF a module's continues".into()));
        }
        compiler(&headers)?;
        tools_run(&headers)?;
        move_headers(&root, &headers)?;
        let scratch = self.folder.with_extension(format!("partial-{}", std::process::id()));
        let built = self.build(&headers, &vmlinux, &scratch);
        if let Err(error) = built {
            let _ = fs::remove_dir_all(&scratch);
            return Err(error);
        }
        let _ = fs::remove_dir_all(&self.folder);
        fs::rename(&scratch, &self.folder).map_err(Error::file("rename", &scratch))?;
        println!("built the test module for {} in {:.1} s", kernel.release, started.elapsed().as_secs_f64());
        Ok(done)
    }

    /// The module, and beside it the BTF of both, whole: what `cargo xtask kernels --from` takes.
    fn build(&self, headers: &Path, vmlinux: &Path, scratch: &Path) -> Result<(), Error> {
        let _ = fs::remove_dir_all(scratch);
        fs::create_dir_all(scratch).map_err(Error::file("create", scratch))?;
        for source in &self.sources {
            let to = scratch.join(source.file_name().unwrap_or_default());
            fs::copy(source, &to).map_err(Error::file("copy", source))?;
        }
        let mut make = Command::new("make");
        make.arg("-C").arg(headers).arg(format!("M={}", scratch.display())).arg("modules");
        // What a make around this one, or a user, set is not for this.
        for name in ["MAKEFLAGS", "MAKELEVEL", "ARCH", "CROSS_COMPILE", "CC", "KBUILD_BUILD_TIMESTAMP"] {
            make.env_remove(name);
        }
        let output = make.output().map_err(Error::spawn("make"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let why = said.lines().find(|line| line.contains("rror")).unwrap_or("it does not say why");
            return Err(none(format!("it does not compile: {why}")));
        }
        for (from, to) in [(scratch.join(format!("{NAME}.ko")), NAME), (vmlinux.to_path_buf(), "vmlinux")] {
            let btf = btf(&from)?;
            let to = scratch.join(format!("{to}.btf"));
            fs::write(&to, btf).map_err(Error::file("write", &to))?;
        }
        Ok(())
    }
}

/// The compiler that the headers ask for has to be here.
fn compiler(headers: &Path) -> Result<(), Error> {
    let path = headers.join(".kernelvariables");
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let Some((prefix, name)) = named_compiler(&text) else { return Ok(()) };
    match on_path(&format!("{prefix}{name}")) {
        Some(_) => Ok(()),
        None => {
            Err(none(format!("there is no {prefix}{name}, the compiler of that kernel (package {name})")))
        }
    }
}

/// The programs that come with the headers were linked for the release that they are from.
fn tools_run(headers: &Path) -> Result<(), Error> {
    let program = headers.join("tools/bpf/resolve_btfids/resolve_btfids");
    let output = Command::new(&program).arg("--help").output().map_err(Error::spawn("resolve_btfids"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    match said.lines().find(|line| line.contains("not found") || line.contains("error while loading")) {
        Some(line) => {
            // `PROGRAM: LIBRARY: version `GLIBC_2.38' not found (required by PROGRAM)`
            let why = line.split(" (required by").next().unwrap_or(line);
            let why = why.split_once(": ").map_or(why, |(_, why)| why);
            Err(none(format!("the tools of its headers do not run here: {why}")))
        }
        None => Ok(()),
    }
}

/// Of `override CROSS_COMPILE = x86_64-linux-gnu-` and `CC = … $(CROSS_COMPILE)gcc-12`.
fn named_compiler(variables: &str) -> Option<(&str, &str)> {
    let value = |name: &str| {
        variables
            .lines()
            .find_map(|line| line.trim_start_matches("override ").strip_prefix(name)?.split_once('='))
    };
    let (_, prefix) = value("CROSS_COMPILE ")?;
    let (_, compiler) = value("CC ")?;
    Some((prefix.trim(), compiler.rsplit(')').next()?.trim()))
}

/// The headers' Makefile names where they would be installed.
fn move_headers(root: &Path, headers: &Path) -> Result<(), Error> {
    let path = headers.join("Makefile");
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let moved = moved(&text, root);
    if moved == text { Ok(()) } else { fs::write(&path, moved).map_err(Error::file("write", &path)) }
}

/// Of lines `include …/usr/src/…` and, in later ones, `KBUILD_OUTPUT=/usr/src/…`.
fn moved(makefile: &str, root: &Path) -> String {
    let line = |line: &str| {
        let end =
            ["include ", "KBUILD_OUTPUT="].into_iter().find(|start| line.starts_with(start)).map(str::len);
        let parts = end.and_then(|end| line.split_at_checked(end));
        match parts.and_then(|(start, path)| Some((start, path.rsplit_once("/usr/src/")?.1))) {
            Some((start, below)) => format!("{start}{}/usr/src/{below}\n", root.display()),
            None => format!("{line}\n"),
        }
    };
    makefile.lines().map(line).collect()
}

/// The section `.BTF` of a file.
fn btf(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = fs::read(path).map_err(Error::file("read", path))?;
    let file = object::File::parse(&*bytes).ok();
    let section = file.as_ref().and_then(|file| file.section_by_name(".BTF"));
    match section.and_then(|section| section.data().ok()) {
        Some(data) if !data.is_empty() => Ok(data.to_vec()),
        _ => Err(none(format!("no BTF came out: {} has no section .BTF", path.display()))),
    }
}

fn none(why: String) -> Error {
    Error::NoKernel(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_of_a_kernel() {
        let variables = "\
override ARCH = x86
CCACHE = ccache
CC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-12
override CROSS_COMPILE = x86_64-linux-gnu-
";
        assert_eq!(named_compiler(variables), Some(("x86_64-linux-gnu-", "gcc-12")));
        assert_eq!(named_compiler("CC = gcc\n"), None);
    }

    #[test]
    fn headers_are_moved_again_and_again() {
        let check = |start: &str, rest: &str| {
            let first = moved(&format!("{start}/usr/src/{rest}\nother"), Path::new("/a/b"));
            assert_eq!(first, format!("{start}/a/b/usr/src/{rest}\nother\n"));
            assert_eq!(moved(&first, Path::new("/c")), format!("{start}/c/usr/src/{rest}\nother\n"));
        };
        check("include ", "linux-headers-6.12-common/Makefile");
        check("KBUILD_OUTPUT=", "linux-headers-7.3-cloud-amd64");
    }
}
