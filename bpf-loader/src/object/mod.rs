//! What a file says, and what may be changed of it before it is planned for a kernel.

mod error;
mod global;
mod inner_map;
mod instances;
mod map_spec;
mod program_spec;
mod struct_ops_spec;
mod tail;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bpf_btf::matching::nearest;
use bpf_elf::{MapId, ObjectFile, ParseOptions, ProgramId, SecHandlers};

pub use error::{InObject, OpenError, SpecError};
pub use global::GlobalMut;
pub use inner_map::InnerMap;
pub use instances::{Instances, Rewrite};
pub use map_spec::MapSpec;
pub(crate) use map_spec::is_outer;
pub use program_spec::ProgramSpec;
pub use struct_ops_spec::StructOpsSpec;
pub(crate) use tail::Tail;

use crate::kernel::Kernel;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
use crate::load::{LoadError, LoadedObject};
use crate::plan::{Plan, PlanFailed};

/// A BPF object as its file has it, with specs that can be edited. No privileges, no system calls, any OS.
#[derive(Clone, Debug)]
pub struct Object {
    name: String,
    file: Arc<ObjectFile>,
    programs: Vec<ProgramSpec>,
    maps: Vec<MapSpec>,
    struct_ops: Vec<StructOpsSpec>,
    kconfig: Option<String>,
    pin_root: PathBuf,
}

/// Where maps are pinned by their names unless another folder is given.
const PIN_ROOT: &str = "/sys/fs/bpf";

/// How to open an object.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    name: Option<String>,
    kconfig: Option<String>,
    parse: ParseOptions,
    pin_root: Option<PathBuf>,
}

impl OpenOptions {
    /// The defaults: the object is named after its file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the object. Its data maps are named after it, up to 15 bytes with their section's name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Names the object where nothing has named it yet.
    #[must_use]
    pub fn or_name(mut self, name: &str) -> Self {
        self.name.get_or_insert_with(|| name.to_owned());
        self
    }

    /// Values of the configuration, as lines of `CONFIG_NAME=value`: for the object's `__kconfig` variables they win
    /// over what the kernel was built with.
    #[must_use]
    pub fn kconfig(mut self, text: impl Into<String>) -> Self {
        self.kconfig = Some(text.into());
        self
    }

    /// SEC() names of the user's own, for this object.
    #[must_use]
    #[doc(alias = "libbpf_register_prog_handler")]
    pub fn sec_handlers(mut self, handlers: SecHandlers) -> Self {
        self.parse = self.parse.sec_handlers(handlers);
        self
    }

    /// The folder, on a bpffs, of maps that are pinned by their names; `/sys/fs/bpf` by default.
    #[doc(alias = "pin_root_path")]
    #[must_use]
    pub fn pin_root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.pin_root = Some(folder.into());
        self
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`OpenError`]: the file cannot be read, or is no BPF object.
    pub fn open(mut self, path: impl AsRef<Path>) -> Result<Object, OpenError> {
        let path = path.as_ref();
        let read = |source| OpenError::Read { path: path.into(), source };
        if std::fs::metadata(path).map_err(read)?.is_dir() {
            return Err(OpenError::Directory { path: path.into() });
        }
        let bytes = crate::read::whole(path).map_err(read)?;
        let shown = path.display().to_string();
        let name = self.name.take().unwrap_or_else(|| name_of(path));
        Object::build(name, self, &bytes).map_err(|error| OpenError::elf(shown, error))
    }

    /// Opens bytes that are in memory already.
    ///
    /// # Errors
    /// [`OpenError::Elf`].
    pub fn parse(mut self, bytes: &[u8]) -> Result<Object, OpenError> {
        let name = self.name.take().unwrap_or_else(|| "object".to_owned());
        Object::build(name.clone(), self, bytes).map_err(|error| OpenError::elf(name, error))
    }
}

/// The part of a file name before its first dot.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').find(|part| !part.is_empty()).unwrap_or("object").to_owned()
}

impl Object {
    /// Opens a file with the default options.
    ///
    /// # Errors
    /// [`OpenError`]: the file cannot be read, or is no BPF object.
    #[doc(alias = "bpf_object__open")]
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        OpenOptions::new().open(path)
    }

    fn build(name: String, options: OpenOptions, bytes: &[u8]) -> Result<Self, bpf_elf::ElfError> {
        let file = Arc::new(options.parse.parse(bytes)?);
        Ok(Self {
            name,
            programs: file.programs().iter().map(ProgramSpec::new).collect(),
            maps: file.maps().iter().map(|def| MapSpec::new(def, &file)).collect(),
            struct_ops: file.struct_ops().iter().map(|var| StructOpsSpec::new(var, &file)).collect(),
            file,
            kconfig: options.kconfig,
            pin_root: options.pin_root.unwrap_or_else(|| PIN_ROOT.into()),
        })
    }

    /// The values of the configuration that were given with it.
    #[must_use]
    pub fn kconfig(&self) -> Option<&str> {
        self.kconfig.as_deref()
    }

    /// The folder of maps that are pinned by their names.
    #[must_use]
    pub fn pin_root(&self) -> &Path {
        &self.pin_root
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file, as it was read.
    #[must_use]
    pub fn file(&self) -> &ObjectFile {
        &self.file
    }

    /// The programs, in the order of the file: `programs()[id]` for an id of this object.
    #[must_use]
    pub fn programs(&self) -> &[ProgramSpec] {
        &self.programs
    }

    /// The maps: those declared, then data sections, then struct_ops variables.
    #[must_use]
    pub fn maps(&self) -> &[MapSpec] {
        &self.maps
    }

    /// The struct_ops variables.
    #[must_use]
    pub fn struct_ops(&self) -> &[StructOpsSpec] {
        &self.struct_ops
    }

    /// A program by its id.
    #[must_use]
    pub fn program(&self, id: ProgramId) -> Option<&ProgramSpec> {
        self.programs.get(usize::try_from(id.0).ok()?)
    }

    /// A map by its id.
    #[must_use]
    pub fn map(&self, id: MapId) -> Option<&MapSpec> {
        self.maps.get(usize::try_from(id.0).ok()?)
    }

    /// A program's spec, to edit, by name.
    ///
    /// # Errors
    /// [`SpecError::NoSuch`] with the nearest name.
    pub fn program_mut(&mut self, name: &str) -> Result<&mut ProgramSpec, SpecError> {
        named(&mut self.programs, "program", name, ProgramSpec::name)
    }

    /// A map's spec, to edit, by name. Data sections are maps too: `.rodata`.
    ///
    /// # Errors
    /// [`SpecError::NoSuch`] with the nearest name.
    pub fn map_mut(&mut self, name: &str) -> Result<&mut MapSpec, SpecError> {
        named(&mut self.maps, "map", name, MapSpec::name)
    }

    /// A struct_ops variable's spec, to edit, by name.
    ///
    /// # Errors
    /// [`SpecError::NoSuch`] with the nearest name.
    pub fn struct_ops_mut(&mut self, name: &str) -> Result<&mut StructOpsSpec, SpecError> {
        named(&mut self.struct_ops, "struct_ops variable", name, StructOpsSpec::name)
    }

    /// A global variable of any data section, to set before loading, by name.
    ///
    /// # Errors
    /// [`SpecError::NoSuch`] with the nearest name.
    pub fn global_mut(&mut self, name: &str) -> Result<GlobalMut<'_>, SpecError> {
        let Some(global) = self.file.global_named(name) else {
            return Err(missing(
                "global variable",
                name,
                self.file.globals().iter().map(|g| g.name.as_str()),
            ));
        };
        let map = usize::try_from(global.map.0).ok().and_then(|at| self.maps.get_mut(at));
        let map = map.ok_or_else(|| missing("global variable", name, std::iter::empty()))?;
        Ok(GlobalMut::new(global, map))
    }

    /// The global variable that begins at that byte of a data section or, by its map's name, of an arena's variables, to set
    /// before loading: static variables of several functions can share a name.
    ///
    /// # Errors
    /// [`SpecError::NoSuch`].
    pub fn global_at_mut(&mut self, map: &str, offset: u32) -> Result<GlobalMut<'_>, SpecError> {
        let at = self.maps.iter().position(|spec| spec.name() == map);
        let found = at.and_then(|at| {
            let global = global_at(&self.file, self.maps.get(at)?.id(), offset)?;
            Some((global, self.maps.get_mut(at)?))
        });
        let (global, map) = found.ok_or_else(|| no_global_at(map, offset))?;
        Ok(GlobalMut::new(global, map))
    }

    /// Loads a program several times, each time with a difference. Asked for by index once loaded:
    /// `LoadedObject::instance`.
    ///
    /// # Errors
    /// [`SpecError::NoSuch`] with the nearest name; [`SpecError::HasInstances`] where they were set before;
    /// [`SpecError::NoInstances`] for none; [`SpecError::NotReadOnly`] for values of a variable that is not in `.rodata`,
    /// [`SpecError::Size`] for values of another size.
    #[doc(alias = "bpf_program__set_prep")]
    pub fn set_instances(&mut self, program: &str, instances: Instances) -> Result<&mut Self, SpecError> {
        if self.program_mut(program)?.instances().is_some() {
            return Err(SpecError::HasInstances { program: program.to_owned() });
        }
        instances.check(self, program)?;
        self.program_mut(program)?.set_instances(instances);
        Ok(self)
    }

    /// Resolves everything against a kernel: what would be sent to it. A pure function, no privileges.
    ///
    /// # Errors
    /// [`PlanFailed`] with everything that cannot be resolved, not only the first.
    pub fn plan(&self, kernel: &Kernel) -> Result<Plan, PlanFailed> {
        Plan::of(self, kernel)
    }

    /// Plans for the running kernel and loads there.
    ///
    /// # Errors
    /// [`LoadError`]; nothing stays in the kernel then.
    #[doc(alias = "bpf_object__load")]
    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    pub fn load(&self) -> Result<LoadedObject, LoadError> {
        let kernel = Kernel::running();
        self.plan(&kernel)?.load(&kernel)
    }
}

/// The variable that begins at that byte of a map's.
pub(crate) fn global_at(file: &ObjectFile, map: MapId, offset: u32) -> Option<&bpf_elf::Global> {
    file.global_at(map, offset).and_then(|(global, inside)| (inside == 0).then_some(global))
}

fn no_global_at(map: &str, offset: u32) -> SpecError {
    SpecError::NoSuch { kind: "global variable", name: format!("{map}+{offset}"), nearest: None }
}

/// The spec of that name. Near ones are looked for only where there is none.
fn named<'a, T>(
    specs: &'a mut [T],
    kind: &'static str,
    name: &str,
    name_of: impl Fn(&T) -> &str,
) -> Result<&'a mut T, SpecError> {
    match specs.iter().position(|spec| name_of(spec) == name) {
        Some(at) => Ok(&mut specs[at]),
        None => Err(missing(kind, name, specs.iter().map(name_of))),
    }
}

fn missing<'a>(kind: &'static str, name: &str, among: impl Iterator<Item = &'a str>) -> SpecError {
    SpecError::NoSuch { kind, name: name.to_owned(), nearest: nearest(name, among) }
}
