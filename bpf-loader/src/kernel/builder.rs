//! Puts a kernel together from what is known of it, given or in files.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use bpf_btf::{Btf, Endian};

use crate::kernel::image::{self, Facts, Found};
use crate::kernel::machine::version_code;
use crate::kernel::module::Known;
use crate::kernel::{Answer, Feature, Inner, Kernel, KernelError, Machine, Question, Symbols, file};

/// Puts a kernel together from what is known of it. Of what is given twice the last counts.
#[derive(Debug, Default)]
pub struct KernelBuilder {
    pub(super) btf: Option<Btf>,
    pub(super) core_btf: Option<Btf>,
    pub(super) modules: BTreeMap<String, Vec<u8>>,
    pub(super) module_files: BTreeMap<String, PathBuf>,
    pub(super) machine: Option<Machine>,
    pub(super) release: Option<String>,
    pub(super) known: HashMap<Feature, Answer>,
    pub(super) probed: BTreeMap<Question, Answer>,
    pub(super) kconfig: Option<String>,
    pub(super) symbols: Option<Symbols>,
}

impl KernelBuilder {
    /// Its vmlinux BTF.
    #[must_use]
    pub fn btf(mut self, btf: Btf) -> Self {
        self.btf = Some(btf);
        self
    }

    /// All that a file says of it, in any of the forms that [`Kernel::open`] takes.
    ///
    /// # Errors
    /// As [`Kernel::open`].
    pub fn file(self, path: impl AsRef<Path>) -> Result<Self, KernelError> {
        let path = path.as_ref();
        match image::open(path)? {
            Found::Saved(bytes) => self.saved(bytes.as_ref()).map_err(|error| error.of_file(path)),
            Found::Btf { facts: Facts { no_kernel: Some(what), .. }, .. } => {
                Err(KernelError::NotKernel { path: path.into(), what })
            }
            Found::Btf { btf, facts } => Ok(self.btf(file::parse(path, btf, None)?).facts(facts)),
        }
    }

    /// What stands in a kernel image beside its types.
    fn facts(mut self, facts: Facts) -> Self {
        if facts.raw {
            return self;
        }
        let endian = self.btf.as_ref().map_or(Endian::NATIVE, Btf::endian);
        let machine = self.machine.get_or_insert_with(|| Machine::unknown(endian));
        machine.architecture = facts.architecture.map(str::to_owned).or(machine.architecture.take());
        if let Some(banner) = &facts.banner {
            machine.release = banner.split(' ').next().map(str::to_owned);
            let ubuntu = banner
                .rsplit_once("(Ubuntu ")
                .map(|(_, rest)| format!("Ubuntu {}", rest.trim_end_matches(')')));
            machine.version_code = version_code(ubuntu.as_deref(), Some(banner), machine.release.as_deref());
        }
        self.kconfig = facts.kconfig.or(self.kconfig);
        self
    }

    /// The BTF of one of its modules, as `/sys/kernel/btf/NAME` has it: split, on the kernel's. It is parsed when
    /// something asks for it.
    #[must_use]
    pub fn module(mut self, name: impl Into<String>, btf: impl Into<Vec<u8>>) -> Self {
        let name = name.into();
        self.module_files.remove(&name);
        self.modules.insert(name, btf.into());
        self
    }

    /// One of its modules by its file: `NAME.ko`, compressed or not (`.ko.gz`, `.ko.xz`, `.ko.zst`), or its raw BTF.
    /// The name of the file up to its first dot is that of the module, with `_` for `-`. It is opened when something
    /// asks for it; what is wrong with it is said then.
    #[must_use]
    pub fn module_file(mut self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.split('.').next().unwrap_or_default().replace('-', "_");
        self.modules.remove(&name);
        self.module_files.insert(name, path);
        self
    }

    /// All modules in a folder and those below it, as in `/lib/modules/RELEASE`: each file named `.ko`, compressed or
    /// not. None of them is opened by it. Links are not followed.
    ///
    /// # Errors
    /// [`KernelError::Read`]: a folder cannot be listed.
    pub fn module_folder(mut self, path: impl AsRef<Path>) -> Result<Self, KernelError> {
        let mut open = vec![path.as_ref().to_owned()];
        while let Some(folder) = open.pop() {
            let failed = |error: std::io::Error| KernelError::read(&folder, &error);
            for entry in std::fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let kind = entry.file_type().map_err(failed)?;
                let name = entry.file_name();
                if kind.is_dir() {
                    open.push(entry.path());
                } else if kind.is_file() && is_module(&name.to_string_lossy()) {
                    self = self.module_file(entry.path());
                }
            }
        }
        Ok(self)
    }

    /// Its machine facts.
    #[must_use]
    pub fn machine(mut self, machine: Machine) -> Self {
        self.machine = Some(machine);
        self
    }

    /// Its release, as `uname -r` gives it, whatever its machine facts or its file say.
    #[must_use]
    pub fn release(mut self, release: impl Into<String>) -> Self {
        self.release = Some(release.into());
        self
    }

    /// What it answers to a feature, whatever its BTF shows.
    #[must_use]
    pub fn feature(mut self, feature: Feature, answer: Answer) -> Self {
        self.known.insert(feature, answer);
        self
    }

    /// What it answers to a question, so that it is not asked.
    #[must_use]
    pub fn probed(mut self, question: Question, answer: Answer) -> Self {
        match question {
            Question::Feature(feature) => drop(self.known.insert(feature, answer)),
            question => drop(self.probed.insert(question, answer)),
        }
        self
    }

    /// The kernel, taken for the one that runs: for tests against a stand-in.
    #[cfg(test)]
    pub(crate) fn build_as_running(self) -> Kernel {
        self.finish(true)
    }

    /// The kernel. Without BTF, plans that need it fail with an error that says so.
    #[must_use]
    pub fn build(self) -> Kernel {
        self.finish(false)
    }

    fn finish(self, running: bool) -> Kernel {
        let endian = self.btf.as_ref().map_or(Endian::NATIVE, Btf::endian);
        let mut machine = self.machine.unwrap_or_else(|| Machine::unknown(endian));
        if self.release.is_some() {
            (machine.release, machine.version_code) = (self.release, None);
        }
        let mut modules = Known::given(self.modules);
        modules.extend(Known::in_files(self.module_files));
        modules.sort_by(|one, other| one.name().cmp(other.name()));
        let btf = OnceLock::from(self.btf.ok_or(KernelError::NoBtfGiven));
        let kernel = Kernel::new(Inner {
            running,
            endian: machine.endian,
            machine: machine.into(),
            btf,
            read_time: OnceLock::new(),
            hash: OnceLock::new(),
            modules: OnceLock::from(modules),
            kconfig: OnceLock::from(self.kconfig.ok_or(KernelError::NoKconfig { looked: Vec::new() })),
            symbols: OnceLock::from(Ok(self.symbols)),
            known: Mutex::new(self.known),
            probed: Mutex::new(self.probed),
            shown: Mutex::default(),
        });
        // Of the other byte order it is of no use; who gives it has checked.
        let core = self.core_btf.and_then(|core| kernel.with_core_btf(core).ok());
        core.unwrap_or(kernel)
    }
}

fn is_module(name: &str) -> bool {
    let name = [".gz", ".xz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    name.ends_with(".ko")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_modules() {
        for name in ["a.ko", "a.ko.gz", "a.ko.xz", "a.ko.zst"] {
            assert!(is_module(name), "{name}");
        }
        for name in ["a.ko.gz.xz", "ko", "modules.dep", "a.o", "a.ko.debug"] {
            assert!(!is_module(name), "{name}");
        }
    }

    #[test]
    fn the_file_of_a_module_names_it() {
        let kernel = Kernel::builder()
            .module("nf_nat", vec![])
            .module_file("x/nf-nat.ko.xz")
            .module_file("y/a.ko")
            .build();
        let names: Vec<&str> = kernel.modules().map(|module| module.name()).collect();
        assert_eq!(names, ["a", "nf_nat"]);
        // The file came last, and is not there.
        let error = kernel.module("nf_nat").unwrap().btf().unwrap_err();
        assert_eq!(error.code(), "E0327");
    }

    #[test]
    fn the_release_tells_the_version() {
        let machine = Machine { version_code: Some(0x06_0c_01), ..Machine::unknown(Endian::Little) };
        let kernel = Kernel::builder().machine(machine).release("6.1.5-x").build();
        assert_eq!(kernel.machine().version(), Some(0x06_01_05));
    }
}
