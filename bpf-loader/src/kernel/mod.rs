//! What a kernel offers, as a value: the running one, or any other described by files.

mod builder;
mod core_btf;
mod error;
mod feature;
mod file;
mod image;
pub(crate) mod kconfig;
mod machine;
mod module;
mod needs;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod probe;
mod probes;
mod saved;
mod symbols;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, io};

use bpf_btf::{Btf, Endian, ParseError};
use sha2::{Digest, Sha256};

pub use builder::KernelBuilder;
pub use error::{KernelError, ReadError};
use feature::LookedUp;
pub use feature::{Answer, Feature};
pub use file::btf_file;
pub use image::ImageError;
pub(crate) use kconfig::values as kconfig_values;
pub use machine::Machine;
pub use module::{Module, ModuleError};
pub use needs::needs;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub(crate) use probe::probe;
pub use probes::{Probed, Question};
pub use saved::SavedError;
pub use symbols::{Symbol, Symbols};

/// A kernel that objects are planned for. Cheap to clone; clones share what was read.
///
/// It reads lazily, and only what an object needs. A fact once read stays as it is for the life of the value.
#[derive(Clone)]
pub struct Kernel {
    inner: Arc<Inner>,
    /// Other BTF for CO-RE.
    core: Option<Arc<core_btf::CoreBtf>>,
}

struct Inner {
    running: bool,
    endian: Endian,
    machine: OnceLock<Machine>,
    btf: OnceLock<Result<Btf, KernelError>>,
    /// How long reading it took.
    read_time: OnceLock<Duration>,
    hash: OnceLock<BtfHash>,
    modules: OnceLock<Vec<module::Known>>,
    /// The configuration that it was built with, the text of `/proc/config.gz`.
    kconfig: OnceLock<Result<String, KernelError>>,
    symbols: OnceLock<Result<Option<Symbols>, KernelError>>,
    /// Answers that were given or probed; they win over what BTF shows.
    known: Mutex<HashMap<Feature, Answer>>,
    /// What was asked for by kind, or given.
    probed: Mutex<BTreeMap<Question, Answer>>,
    /// What BTF was seen to show, so that each feature is looked for once.
    shown: Mutex<(HashMap<Feature, Answer>, LookedUp)>,
}

/// The SHA-256 of a kernel's BTF: which kernel a plan was made for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BtfHash([u8; 32]);

impl fmt::Display for BtfHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BtfHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BtfHash({self})")
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel")
            .field("running", &self.is_running())
            .field("machine", self.machine())
            .finish_non_exhaustive()
    }
}

impl Kernel {
    fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), core: None }
    }

    /// The kernel that this process runs on. Reads nothing yet.
    #[must_use]
    pub fn running() -> Self {
        Self::new(Inner {
            running: true,
            endian: Endian::NATIVE,
            machine: OnceLock::new(),
            btf: OnceLock::new(),
            read_time: OnceLock::new(),
            hash: OnceLock::new(),
            modules: OnceLock::new(),
            kconfig: OnceLock::new(),
            symbols: OnceLock::new(),
            known: Mutex::default(),
            probed: Mutex::default(),
            shown: Mutex::default(),
        })
    }

    /// Puts together a kernel other than the running one.
    #[must_use]
    pub fn builder() -> KernelBuilder {
        KernelBuilder::default()
    }

    /// A kernel known by a file. The first bytes tell what it is:
    ///
    /// | form | what is known of it |
    /// |---|---|
    /// | a saved kernel ([`Self::save`]) | all that was saved |
    /// | raw vmlinux BTF, as `/sys/kernel/btf/vmlinux` | its types and byte order |
    /// | an ELF file with a section `.BTF`: `vmlinux` | and architecture, release, version, built-in configuration |
    /// | x86 `bzImage`; arm64, riscv and loongarch zboot; arm64 and riscv `Image` | the same |
    /// | any of these, compressed | the same |
    ///
    /// Files and images may be compressed by gzip; with the feature `decompress` also by xz, lzma, zstd and the old form
    /// of lz4. Those compressed by bzip2 and lzo are refused by name. At most 256 MiB are read and unpacked.
    ///
    /// # Errors
    /// [`KernelError`]: the file cannot be read, is something else, is damaged, or has no BTF.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KernelError> {
        Self::builder().file(path).map(KernelBuilder::build)
    }

    /// Whether this is the kernel that the process runs on: the only one that can be loaded into.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.inner.running
    }

    /// Architecture, byte order, page size, processors, release; of the running kernel read at the first call.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        self.inner.machine.get_or_init(Machine::running)
    }

    /// Its byte order, for which nothing has to be read.
    pub(crate) fn endian(&self) -> Endian {
        self.inner.endian
    }

    /// Its vmlinux BTF; read at the first call.
    ///
    /// # Errors
    /// [`KernelError`]: it has none, or it cannot be read.
    pub fn btf(&self) -> Result<&Btf, KernelError> {
        let read = || {
            let start = Instant::now();
            let read = read_running_btf();
            let _ = self.inner.read_time.set(start.elapsed());
            read
        };
        self.inner.btf.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// How long reading the running kernel's BTF took, which the first that needs it waits for; `None` if nobody did yet,
    /// or the kernel is another one.
    #[must_use]
    pub fn read_time(&self) -> Option<Duration> {
        self.inner.read_time.get().copied()
    }

    /// The hash of its BTF, which a plan names.
    ///
    /// # Errors
    /// As [`Self::btf`].
    pub fn btf_hash(&self) -> Result<BtfHash, KernelError> {
        let btf = self.btf()?;
        Ok(*self.inner.hash.get_or_init(|| BtfHash(Sha256::digest(btf.bytes()).into())))
    }

    /// The same kernel, not taken for the running one any more, with other BTF, configuration and symbols.
    fn with(
        &self,
        btf: Btf,
        modules: BTreeMap<String, Vec<u8>>,
        kconfig: Option<String>,
        symbols: Option<Symbols>,
    ) -> Self {
        let known = self.inner.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let machine = Some(self.machine().clone());
        KernelBuilder {
            btf: Some(btf),
            modules,
            machine,
            known,
            probed: self.probed().into_iter().collect(),
            kconfig,
            symbols,
            ..KernelBuilder::default()
        }
        .build()
    }

    /// What it answers to a feature, from what was given, probed, or shown by BTF that has been read already. Never
    /// makes a system call.
    #[must_use]
    pub fn feature(&self, feature: Feature) -> Answer {
        match (self.known(feature), self.inner.btf.get()) {
            (Answer::Unknown, Some(Ok(btf))) => {
                let mut shown = self.inner.shown.lock().unwrap_or_else(PoisonError::into_inner);
                let (shown, looked_up) = &mut *shown;
                *shown.entry(feature).or_insert_with(|| feature.evidence(btf, looked_up))
            }
            (known, _) => known,
        }
    }

    /// What was given or probed, BTF left aside.
    pub(crate) fn known(&self, feature: Feature) -> Answer {
        let known = self.inner.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&feature).copied().unwrap_or(Answer::Unknown)
    }

    /// What was learned by probing stays learned.
    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    pub(crate) fn learn(&self, feature: Feature, answer: Answer) {
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner).insert(feature, answer);
    }

    /// Whether both are one value, so that what was planned for one holds for the other without comparing hashes.
    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

const RUNNING_BTF: &str = "/sys/kernel/btf/vmlinux";

/// The running kernel's BTF: mapped where the kernel allows it (since 6.16), else read. What the kernel says of itself
/// is not looked through before it is used.
#[cfg(all(feature = "syscalls", target_os = "linux"))]
fn running_btf(path: &Path) -> io::Result<Result<Btf, ParseError>> {
    let file = std::fs::File::open(path)?;
    match bpf_sys::FileMapping::sysfs(&file) {
        Ok(mapped) => Ok(Btf::lazy(mapped)),
        Err(_) => crate::read::large(path).map(Btf::lazy),
    }
}

/// The running kernel's BTF, read.
#[cfg(not(all(feature = "syscalls", target_os = "linux")))]
fn running_btf(path: &Path) -> io::Result<Result<Btf, ParseError>> {
    std::fs::read(path).map(Btf::lazy)
}

fn read_running_btf() -> Result<Btf, KernelError> {
    let path = Path::new(RUNNING_BTF);
    let parsed = running_btf(path).map_err(|source| KernelError::read(path, &source))?;
    parsed.map_err(|source| KernelError::Btf { path: path.into(), source })
}
