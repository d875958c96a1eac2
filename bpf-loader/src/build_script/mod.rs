//! For a build.rs: from a C source or an object to a skeleton in `OUT_DIR`.

mod clang;
mod error;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bpf_btf::Btf;
use bpf_btf::dump::C;

pub use error::BuildError;

use crate::codegen::{Embed, Generator};
use crate::kernel::{Kernel, btf_file};
use crate::object::OpenOptions;

/// Makes a skeleton in a build.rs: from a C source, which it compiles by clang, or from an object that is there.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), bpf_loader::build_script::BuildError> {
///     bpf_loader::SkeletonBuilder::new().source("src/bpf/app.bpf.c").build().map(drop)
/// }
/// ```
///
/// The program has the skeleton by `bpf_loader::include_skeleton!("app");`, as a module `app`.
#[derive(Clone, Debug)]
#[must_use]
pub struct SkeletonBuilder {
    input: Option<Input>,
    name: Option<String>,
    out_dir: Option<PathBuf>,
    clang: Option<PathBuf>,
    clang_args: Vec<OsString>,
    vmlinux: Vmlinux,
    cargo: bool,
}

/// What it is made from.
#[derive(Clone, Debug)]
enum Input {
    Source(PathBuf),
    Object(PathBuf),
}

/// Where `vmlinux.h` comes from.
#[derive(Clone, Debug)]
enum Vmlinux {
    /// From the running kernel, if its types can be read.
    Running,
    /// From a file.
    File(PathBuf),
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Built {
    /// The source of the skeleton: `OUT_DIR/NAME.skel.rs`.
    pub skeleton: PathBuf,
    /// The object: `OUT_DIR/NAME.bpf.o`.
    pub object: PathBuf,
    /// What clang warned of, as it said it.
    pub warnings: String,
}

impl Default for SkeletonBuilder {
    fn default() -> Self {
        Self {
            input: None,
            name: None,
            out_dir: None,
            clang: None,
            clang_args: Vec::new(),
            vmlinux: Vmlinux::Running,
            cargo: true,
        }
    }
}

impl SkeletonBuilder {
    /// One that does not know yet what to build.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles a C source. It finds headers beside it, `vmlinux.h`, and what `clang_args` name.
    pub fn source(mut self, path: impl Into<PathBuf>) -> Self {
        self.input = Some(Input::Source(path.into()));
        self
    }

    /// Takes an object that is compiled already. No clang is needed then.
    pub fn object(mut self, path: impl Into<PathBuf>) -> Self {
        self.input = Some(Input::Object(path.into()));
        self
    }

    /// Names the skeleton; after its file, without what follows the first dot, unless this is called.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Writes into this folder, and not into `OUT_DIR`.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// The clang to use. Otherwise it is that of the variable `CLANG`, or the first on `PATH` of `clang`, `clang-22` and older
    /// ones that can compile for BPF.
    pub fn clang(mut self, program: impl Into<PathBuf>) -> Self {
        self.clang = Some(program.into());
        self
    }

    /// More arguments for clang, behind those that it gets anyway: `-g -O2 -mcpu=v3`, target, include folders and
    /// `-D__TARGET_ARCH_`.
    pub fn clang_args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.clang_args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Makes `vmlinux.h` from the types in a file: raw BTF, a kernel, a saved kernel. Otherwise it is made from the running
    /// kernel, if that shows its types.
    pub fn vmlinux(mut self, btf: impl Into<PathBuf>) -> Self {
        self.vmlinux = Vmlinux::File(btf.into());
        self
    }

    /// Whether to tell cargo, by lines on standard output, when to run again, and what clang warned of. It is told, unless
    /// this says otherwise.
    pub fn cargo(mut self, tell: bool) -> Self {
        self.cargo = tell;
        self
    }

    /// Builds it.
    ///
    /// # Errors
    /// [`BuildError`], whose `Debug` form, which is what cargo shows, says what to do.
    pub fn build(self) -> Result<Built, BuildError> {
        let input = self.input.as_ref().ok_or(BuildError::NoInput)?;
        let in_out_dir = self.out_dir.is_none();
        let folder = self.out_dir.clone().or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        let folder = folder.ok_or(BuildError::NoOutDir)?;
        fs::create_dir_all(&folder).map_err(BuildError::file("create", &folder))?;
        let (Input::Source(path) | Input::Object(path)) = input;
        let name = self.name.clone().unwrap_or_else(|| stem(path));
        let object = folder.join(format!("{name}.bpf.o"));
        let mut seen = vec![path.clone()];
        let warnings = match input {
            Input::Source(source) => {
                self.vmlinux_of(&folder, &mut seen)?;
                let clang = clang::find(self.clang.as_deref())?;
                clang::compile(&clang, source, &object, &folder, &self.clang_args, &mut seen)?
            }
            Input::Object(from) => {
                fs::copy(from, &object).map_err(BuildError::file("copy", from))?;
                String::new()
            }
        };
        let opened = OpenOptions::new().name(&name).open(&object)?;
        let path;
        let embed = if in_out_dir {
            path = format!("{name}.bpf.o");
            Embed::OutDir(&path)
        } else {
            let absolute = std::path::absolute(&object).map_err(BuildError::file("find", &object))?;
            path = absolute.display().to_string();
            Embed::File(&path)
        };
        let made = Generator::new().name(&name).generate(&opened, embed)?;
        let skeleton = folder.join(format!("{name}.skel.rs"));
        write(&skeleton, made.source().as_bytes())?;
        if self.cargo {
            let notices = made.notices().iter().map(ToString::to_string);
            tell(&seen, warnings.lines().map(str::to_owned).chain(notices));
        }
        Ok(Built { skeleton, object, warnings })
    }

    /// Writes `vmlinux.h`, where there are types for it.
    fn vmlinux_of(&self, folder: &Path, seen: &mut Vec<PathBuf>) -> Result<(), BuildError> {
        let running;
        let given;
        let btf: &Btf = match &self.vmlinux {
            Vmlinux::File(path) => {
                seen.push(path.clone());
                given = btf_file(path, None)?;
                &given
            }
            // Without types no source can ask for them: clang says so.
            Vmlinux::Running => {
                running = Kernel::running();
                let Ok(btf) = running.btf() else { return Ok(()) };
                btf
            }
        };
        let mut text = Vec::new();
        let header = C::new(btf).guard("__VMLINUX_H__").preserve_access_index(true).kfuncs(true);
        let path = folder.join("vmlinux.h");
        header.write_all(&mut text).map_err(BuildError::file("write", &path))?;
        write(&path, &text)
    }
}

/// Writes a file, unless it holds that already.
fn write(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).map_err(BuildError::file("write", path))
}

/// The part of a file name before its first dot.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// Lines for cargo. Who reads them may be gone: nothing is lost then.
fn tell(seen: &[PathBuf], warnings: impl Iterator<Item = String>) {
    let mut lines = String::new();
    for path in seen {
        let _ = writeln!(lines, "cargo::rerun-if-changed={}", path.display());
    }
    lines.push_str("cargo::rerun-if-env-changed=CLANG\n");
    for warning in warnings {
        let _ = writeln!(lines, "cargo::warning={warning}");
    }
    let _ = std::io::stdout().write_all(lines.as_bytes());
}
