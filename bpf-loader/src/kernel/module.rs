//! The modules of a kernel that have BTF of their own, each opened when something asks for it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bpf_btf::{Btf, ParseError};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::kernel::image::{self, Elf};
use crate::kernel::{BtfHash, Kernel, KernelError, ReadError};

/// Where the running kernel shows its BTF and that of its modules.
const SYSFS: &str = "/sys/kernel/btf";
const VMLINUX: &str = "vmlinux";

/// A module of a kernel. Its BTF continues the kernel's.
#[derive(Clone, Copy)]
pub struct Module<'a> {
    kernel: &'a Kernel,
    known: &'a Known,
}

/// What is known of a module.
pub(super) struct Known {
    name: String,
    bytes: Bytes,
    btf: OnceLock<Result<Btf, KernelError>>,
    hash: OnceLock<BtfHash>,
}

/// Where its BTF is.
enum Bytes {
    File(PathBuf),
    Given(Vec<u8>),
}

/// What is wrong with a module's BTF.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ModuleError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Read(#[source] ReadError),
    /// It is damaged, or continues other BTF.
    #[error("it does not hold together")]
    Parse(#[source] ParseError),
    /// The kernel's own is not to be had.
    #[error("it continues the kernel's, which is not to be had")]
    Base(#[source] Box<KernelError>),
    /// Its file is something else.
    #[error("its file is no module with BTF")]
    File(#[source] Box<KernelError>),
    /// It was built apart from its kernel (`.BTF.base`, since 6.11): its types continue a part of the kernel's that only
    /// the kernel puts in place.
    #[error("it was built apart from its kernel, and continues a cut copy of the kernel's")]
    Distilled,
}

impl fmt::Debug for Module<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("name", &self.name()).finish_non_exhaustive()
    }
}

impl<'a> Module<'a> {
    /// Its name, as in `/sys/module`.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.known.name
    }

    /// Its BTF, split, on the kernel's; read at the first call.
    ///
    /// # Errors
    /// [`KernelError::Module`]: it cannot be read, or is damaged. The other modules are as good as before.
    ///
    /// # Kernel
    /// Since 5.11, with `CONFIG_DEBUG_INFO_BTF_MODULES` (`kernel/bpf/btf.c`).
    pub fn btf(&self) -> Result<&'a Btf, KernelError> {
        self.known.btf.get_or_init(|| self.open()).as_ref().map_err(Clone::clone)
    }

    /// The hash of its own BTF.
    ///
    /// # Errors
    /// As [`Self::btf`].
    pub fn btf_hash(&self) -> Result<BtfHash, KernelError> {
        let btf = self.btf()?;
        Ok(*self.known.hash.get_or_init(|| BtfHash(Sha256::digest(btf.bytes()).into())))
    }

    fn open(&self) -> Result<Btf, KernelError> {
        let failed = |source| KernelError::Module { module: self.name().to_owned(), source };
        let base = self.kernel.btf().map_err(|error| failed(ModuleError::Base(Box::new(error))))?;
        let bytes = match &self.known.bytes {
            Bytes::Given(bytes) => bytes.clone(),
            Bytes::File(path) => from_file(path).map_err(failed)?,
        };
        Btf::parse_split(bytes, base).map_err(|source| failed(ModuleError::Parse(source)))
    }
}

/// The BTF in a module's file, or in what the kernel shows of it.
fn from_file(path: &Path) -> Result<Vec<u8>, ModuleError> {
    let unpacked = image::unpacked(path).map_err(|error| match error {
        KernelError::Read { source, .. } => ModuleError::Read(source),
        KernelError::NoBtf { .. } => {
            ModuleError::Read(ReadError { kind: io::ErrorKind::NotFound, errno: None })
        }
        other => ModuleError::File(Box::new(other)),
    })?;
    let bytes = unpacked.as_ref();
    let Some(elf) = Elf::of(bytes) else { return Ok(bytes.to_vec()) };
    let section = |name| {
        elf.section(name)
            .map_err(|what| ModuleError::File(Box::new(KernelError::NotBtf { path: path.into(), what })))
    };
    if section(".BTF.base")?.is_some() {
        return Err(ModuleError::Distilled);
    }
    let none = || KernelError::NotBtf { path: path.into(), what: "a module without BTF".into() };
    section(".BTF")?.map(<[u8]>::to_vec).ok_or_else(|| ModuleError::File(Box::new(none())))
}

impl Known {
    fn new(name: String, bytes: Bytes) -> Self {
        Self { name, bytes, btf: OnceLock::new(), hash: OnceLock::new() }
    }

    /// Those that are described by their bytes.
    pub(super) fn given(modules: impl IntoIterator<Item = (String, Vec<u8>)>) -> Vec<Self> {
        modules.into_iter().map(|(name, bytes)| Self::new(name, Bytes::Given(bytes))).collect()
    }

    /// Those that are described by their files.
    pub(super) fn in_files(modules: impl IntoIterator<Item = (String, PathBuf)>) -> Vec<Self> {
        modules.into_iter().map(|(name, path)| Self::new(name, Bytes::File(path))).collect()
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Those of the running kernel, by name. Where sysfs is not to be had, there are none.
    fn running() -> Vec<Self> {
        Self::in_folder(Path::new(SYSFS))
    }

    fn in_folder(folder: &Path) -> Vec<Self> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut found: Vec<Self> = entries
            .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
            .filter(|(name, _)| name != VMLINUX)
            .map(|(name, path)| Self::new(name, Bytes::File(path)))
            .collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    }
}

impl Kernel {
    /// Its modules that have BTF, in order of their names. Of the running kernel those that are there at the first
    /// call; none of them is opened by it.
    pub fn modules(&self) -> impl Iterator<Item = Module<'_>> {
        let known = self.inner.modules.get_or_init(Known::running);
        known.iter().map(|known| Module { kernel: self, known })
    }

    /// The module of that name, if it has BTF.
    #[must_use]
    pub fn module(&self, name: &str) -> Option<Module<'_>> {
        self.modules().find(|module| module.name() == name)
    }
}

#[cfg(test)]
#[path = "module_tests.rs"]
mod tests;
