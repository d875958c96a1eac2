//! Executing a plan: BTF, maps, programs in parallel, struct_ops values. All or nothing.

mod encode;
mod error;
mod instances;
mod jump_tables;
mod map_error;
mod maps;
mod modules;
mod pin_error;
mod pins;
mod programs;
mod reuse;
mod symbols;
mod sys;
mod token;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::num::NonZero;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

use bpf_elf::{ExternKind, MapId, MapKind, ObjectFile, StructOpsId};
use bpf_sys::SysError;

pub use error::{LoadError, ProgramError, ProgramsFailed};
pub use instances::InstanceAccess;
pub use map_error::{Difference, MapLoadError, Origin};
use modules::Modules;
pub use pin_error::PinError;
pub(crate) use pin_error::mount_one;
use programs::{Means, Programs};
use reuse::Given;
pub(crate) use reuse::Shape;
use symbols::Addresses;
pub(crate) use sys::{RealSys, Sys, SysRef, io};
pub use token::{Token, TokenError};

use crate::diagnose::{Asked, Circumstances, Label, Place, likely_cause};
use crate::kernel::{Answer, Feature, Kernel};
use crate::map::{Global, Map, MapError};
use crate::plan::{KernelType, Plan, PlanProgram, Step};
use crate::program::Program;
use crate::struct_ops::StructOps;

/// How to load a plan.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    means: Means,
    reuse: Vec<(String, Given)>,
    token: token::Wanted,
}

impl LoadOptions {
    /// The defaults: as many threads as there are processors for this process.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many programs may be loaded at the same time; 1 for one after the other.
    #[must_use]
    pub fn threads(mut self, threads: NonZero<usize>) -> Self {
        self.means.threads = Some(threads);
        self
    }

    /// How many bytes the verifier's logs of all programs together may take; 256 MiB if nothing is set. Programs that are
    /// loaded with a log, because they were refused or because it was asked for, share them evenly, on however many
    /// threads they are loaded: of 200 that are refused, each has 1.28 MiB. One log has at most 64 MiB. Of a log that is
    /// longer, kernels since 6.4 keep the end, which says why, and older ones the beginning;
    /// [`Report::truncated`](crate::verifier::Report::truncated) says that it is not whole.
    #[must_use]
    pub fn log_memory(mut self, bytes: usize) -> Self {
        self.means.log_memory = Some(bytes);
        self
    }

    /// Uses a map that is there already, of another object for example, in place of a new one. It has to be such a map as
    /// the plan's; what it holds stays, and what a pin holds is not looked at.
    #[doc(alias = "bpf_map__reuse_fd")]
    #[must_use]
    pub fn reuse_map(mut self, name: impl Into<String>, map: &Map) -> Self {
        self.reuse.push((name.into(), Given::Map(map.clone())));
        self
    }

    /// As [`Self::reuse_map`], by a descriptor that was got elsewhere.
    #[doc(alias = "bpf_map__reuse_fd")]
    #[must_use]
    pub fn reuse_fd(mut self, name: impl Into<String>, fd: OwnedFd) -> Self {
        self.reuse.push((name.into(), Given::Fd(Arc::new(fd))));
        self
    }

    /// Loads with this BPF token. Without any of [`Self::token`], [`Self::token_path`] and [`Self::without_token`], the
    /// environment's `LIBBPF_BPF_TOKEN_PATH` is taken for a path; and where that is not set, a process in a user namespace
    /// that is refused for want of permission tries again with a token of a bpffs that delegates.
    #[must_use]
    pub fn token(mut self, token: &Token) -> Self {
        self.token = token::Wanted::Given(token.clone());
        self
    }

    /// Loads with a BPF token that is created from a bpffs when it is loaded; an empty path stands for no token.
    ///
    /// # Kernel
    /// Since 6.9.
    #[doc(alias = "bpf_token_path")]
    #[must_use]
    pub fn token_path(mut self, bpffs: impl AsRef<Path>) -> Self {
        self.token = token::Wanted::from_path(bpffs.as_ref());
        self
    }

    /// Loads without a BPF token, whatever the environment says.
    #[must_use]
    pub fn without_token(mut self) -> Self {
        self.token = token::Wanted::None;
        self
    }

    /// Loads a plan into the running kernel.
    ///
    /// # Errors
    /// [`LoadError`]; nothing of it stays in the kernel then, and no pin.
    pub fn load(&self, plan: &Plan, kernel: &Kernel) -> Result<LoadedObject, LoadError> {
        load_with(plan, kernel, self, &(Arc::new(RealSys) as SysRef))
    }
}

impl Plan {
    /// Loads it into the running kernel. When the kernel refuses a step that rests on assumptions, those are probed,
    /// and it is planned again: [`LoadedObject::plan`] shows what was sent in the end.
    ///
    /// # Errors
    /// [`LoadError`]; nothing of it stays in the kernel then.
    pub fn load(&self, kernel: &Kernel) -> Result<LoadedObject, LoadError> {
        LoadOptions::new().load(self, kernel)
    }
}

/// What is in the kernel now. Dropping it lets go of everything that nothing else holds: links, clones of its maps and
/// programs, and pins keep theirs.
#[derive(Debug)]
pub struct LoadedObject {
    plan: Plan,
    maps: HashMap<MapId, Map>,
    programs: Programs,
    struct_ops: HashMap<StructOpsId, StructOps>,
    /// What adding to it takes, if it was asked for.
    more: Option<instances::More>,
}

impl LoadedObject {
    /// The plan that was sent: where an old kernel refused an assumption, not the one that loading began with.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A map, by name. Data sections are maps too: `.bss`.
    ///
    /// # Errors
    /// [`MapError::NoSuch`].
    pub fn map(&self, name: &str) -> Result<&Map, MapError> {
        let found =
            self.plan.maps().iter().find(|map| map.name == name).and_then(|map| self.maps.get(&map.id));
        found.ok_or_else(|| {
            MapError::no_such("map", name, self.plan.maps().iter().map(|map| map.name.as_str()))
        })
    }

    /// A map, by the id that it has on the object.
    #[must_use]
    pub fn map_by_id(&self, id: MapId) -> Option<&Map> {
        self.maps.get(&id)
    }

    /// The maps, in the order of the plan.
    pub fn maps(&self) -> impl Iterator<Item = &Map> {
        self.plan.maps().iter().filter_map(|map| self.maps.get(&map.id))
    }

    /// A program, by name; the first that was loaded of its instances.
    ///
    /// # Errors
    /// [`MapError::NoSuch`].
    pub fn program(&self, name: &str) -> Result<&Program, MapError> {
        let programs = self.plan.programs();
        let found = programs.iter().find(|program| program.name == name);
        let found = found.and_then(|found| self.programs.get(&(found.id, found.instance)));
        found.ok_or_else(|| MapError::no_such("program", name, programs.iter().map(|p| p.name.as_str())))
    }

    /// The programs, in the order of the file; the instances of one in the order of their indexes.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        self.programs.values()
    }

    /// A struct_ops variable, by name.
    ///
    /// # Errors
    /// [`MapError::NoSuch`].
    pub fn struct_ops(&self, name: &str) -> Result<&StructOps, MapError> {
        let vars = self.plan.struct_ops();
        let found = vars.iter().find(|var| var.name == name).and_then(|var| self.struct_ops.get(&var.id));
        found.ok_or_else(|| {
            MapError::no_such("struct_ops variable", name, vars.iter().map(|v| v.name.as_str()))
        })
    }

    /// The struct_ops variables, in the order of the file.
    pub fn struct_ops_variables(&self) -> impl Iterator<Item = &StructOps> {
        self.plan.struct_ops().iter().filter_map(|var| self.struct_ops.get(&var.id))
    }

    /// A global variable, by name; also a value of the kernel's configuration (`__kconfig`) that a program uses.
    ///
    /// # Errors
    /// [`MapError::NoSuch`].
    pub fn global(&self, name: &str) -> Result<Global, MapError> {
        let file = self.plan.object().file();
        let found = file.global_named(name).and_then(|global| Some((global, self.maps.get(&global.map)?)));
        if let Some((global, map)) = found {
            return Ok(self.global_of(global, map));
        }
        self.configured(name).ok_or_else(|| {
            let names = file.globals().iter().map(|global| global.name.as_str());
            MapError::no_such("global variable", name, names.chain(configurable(file)))
        })
    }

    /// The global variable that begins at that byte of a data section or, by its map's name, of an arena's variables: static
    /// variables of several functions can share a name.
    ///
    /// # Errors
    /// [`MapError::NoSuch`].
    pub fn global_at(&self, map: &str, offset: u32) -> Result<Global, MapError> {
        let map = self.map(map)?;
        let found = map.id().and_then(|id| crate::object::global_at(self.plan.object().file(), id, offset));
        let name = || format!("{}+{offset}", map.name());
        let missing = || MapError::NoSuch { kind: "global variable", name: name(), nearest: None };
        found.map(|global| self.global_of(global, map)).ok_or_else(missing)
    }

    fn global_of(&self, global: &bpf_elf::Global, map: &Map) -> Global {
        let spec = self.plan.object().map(global.map);
        let size = spec.map_or(global.size, |spec| spec.global_size(global));
        Global::new(&global.name, global.offset, size, map.clone())
    }

    /// A value of the kernel's configuration that the object asks for, by the name of its `__kconfig` variable.
    ///
    /// # Errors
    /// [`MapError::NoSuch`].
    pub fn kconfig_value(&self, name: &str) -> Result<Global, MapError> {
        let names = || configurable(self.plan.object().file());
        self.configured(name).ok_or_else(|| MapError::no_such("configuration value", name, names()))
    }

    /// Where a value of the configuration stands.
    fn configured(&self, name: &str) -> Option<Global> {
        let file = self.plan.object().file();
        let found = file.externs().iter().find(|found| found.name == name)?;
        let ExternKind::Kconfig { offset, size, .. } = found.kind else { return None };
        let map = file.maps().iter().find(|map| map.kind == MapKind::Kconfig)?;
        Some(Global::new(name, offset, size, self.maps.get(&map.id)?.clone()))
    }
}

/// A step that the kernel refused.
struct Stopped {
    /// The steps whose assumptions may be wrong.
    steps: Vec<Step>,
    error: LoadError,
}

/// How often what somebody else pinned meanwhile is looked at.
const RACES: u32 = 3;

pub(crate) fn load_with(
    plan: &Plan,
    kernel: &Kernel,
    options: &LoadOptions,
    sys: &SysRef,
) -> Result<LoadedObject, LoadError> {
    check_kernel(plan, kernel)?;
    let mut plan = plan.clone();
    let mut races = 0;
    let wanted = options.token.with_environment();
    let mut token = wanted.first(sys.as_ref())?;
    loop {
        match execute(&plan, kernel, options, token.as_ref(), sys) {
            Ok(loaded) => return Ok(loaded),
            // Somebody else was faster: that map is to be used then.
            Err(Stopped { error: LoadError::Map(error), .. }) if error.is_race() && races < RACES => {
                races += 1;
            }
            Err(Stopped { error, .. })
                if token.is_none() && {
                    token = wanted.after(&error, sys.as_ref());
                    token.is_some()
                } => {}
            Err(Stopped { steps, error }) => match replan(&plan, kernel, &steps, sys.as_ref()) {
                Some(again) => plan = again?,
                None => return Err(error),
            },
        }
    }
}

/// A plan that depends on a kernel's types can only be loaded into that kernel.
fn check_kernel(plan: &Plan, kernel: &Kernel) -> Result<(), LoadError> {
    if !kernel.is_running() {
        return Err(LoadError::NotRunning);
    }
    if plan.kernel().is_same(kernel) {
        return Ok(());
    }
    if let Some(planned) = plan.kernel_btf_hash()? {
        let running = kernel.btf_hash()?;
        if planned != running {
            return Err(LoadError::OtherKernel {
                planned: planned.to_string(),
                running: running.to_string(),
            });
        }
    }
    modules::check(plan, kernel)
}

/// Probes what the refused steps assumed. Where the kernel turns out to lack something, the object is planned again;
/// that ends, because each time round at least one more answer is known. `None` where every assumption holds, or the
/// probes cannot tell.
fn replan(plan: &Plan, kernel: &Kernel, steps: &[Step], sys: &dyn Sys) -> Option<Result<Plan, LoadError>> {
    let mut assumed: Vec<Feature> = steps.iter().flat_map(|step| plan.assumed_by(*step)).collect();
    assumed.sort_unstable();
    assumed.dedup();
    let mut lacking = false;
    for feature in assumed {
        match sys.probe(feature) {
            Ok(answer) => {
                tracing::debug!(feature = feature.name(), ?answer, "probed");
                kernel.learn(feature, answer);
                lacking |= answer == Answer::No;
            }
            // An inconclusive probe says nothing; the refusal itself is what the user has to see.
            Err(error) => tracing::debug!(feature = feature.name(), %error, "probe is inconclusive"),
        }
    }
    lacking.then(|| plan.object().plan(&kernel.with_core_of(plan.kernel())).map_err(LoadError::from))
}

fn execute(
    plan: &Plan,
    kernel: &Kernel,
    options: &LoadOptions,
    token: Option<&Token>,
    sys: &SysRef,
) -> Result<LoadedObject, Stopped> {
    let addresses = symbols::find(plan, kernel).map_err(|error| Stopped { steps: Vec::new(), error })?;
    let btf = load_btf(plan, token, sys.as_ref())?;
    let modules = modules::open(plan, sys.as_ref())?;
    let types = Types { object: btf.as_ref(), modules: &modules, addresses: &addresses, token };
    let (maps, pins) = maps::create(plan, types, options, sys)?;
    let all: Vec<&PlanProgram> = plan.programs().iter().collect();
    let programs = programs::load(plan, &all, &maps, types, options.means, sys)?;
    programs::bind(plan, &all, &maps, &programs, sys.as_ref());
    maps::fill_with_programs(plan, &maps, &programs, sys.as_ref())?;
    let mut struct_ops = HashMap::with_capacity(plan.struct_ops().len());
    for ops in plan.struct_ops() {
        if let Some(map) = maps.get(&ops.map) {
            struct_ops.insert(
                ops.id,
                StructOps::new(ops, map.clone(), &programs, plan.kernel().clone(), sys.clone()),
            );
        }
    }
    pins.keep();
    let kept = plan.instances().iter().any(|instances| instances.kept.is_some());
    let more = kept.then(|| instances::More {
        kernel: kernel.clone(),
        btf,
        token: token.cloned(),
        means: options.means,
        sys: sys.clone(),
    });
    Ok(LoadedObject { plan: plan.clone(), maps, programs, struct_ops, more })
}

fn refused(
    plan: &Plan,
    step: Step,
    text: String,
    one: Asked,
    token: Option<&Token>,
    source: SysError,
) -> Stopped {
    let needed = plan.needed_capabilities();
    let circumstances = Circumstances { needed: &needed, token: token.is_some(), log: "" };
    let refused = Box::new(likely_cause(one, &circumstances, &source));
    let mut place = vec![Label::at(Place::Object(plan.object().name().to_owned()))];
    if let Step::Map(id) = step {
        place.extend(plan.map(id).map(|map| Label::item("map", map.name.as_str())));
    }
    Stopped { steps: vec![step], error: LoadError::Refused { step: text, place, refused, source } }
}

fn load_btf(plan: &Plan, token: Option<&Token>, sys: &dyn Sys) -> Result<Option<OwnedFd>, Stopped> {
    let Some(btf) = plan.btf() else { return Ok(None) };
    let loaded = sys.btf_load(btf.bytes(), token.map(AsFd::as_fd));
    let text = || "loading BTF".into();
    loaded.map(Some).map_err(|source| refused(plan, Step::Btf, text(), Asked::Btf, token, source))
}

/// The BTF and the symbols that maps and programs refer to, in the kernel.
#[derive(Clone, Copy)]
struct Types<'a> {
    object: Option<&'a OwnedFd>,
    modules: &'a Modules,
    addresses: &'a Addresses,
    token: Option<&'a Token>,
}

impl<'a> Types<'a> {
    /// Of a module, by its name.
    fn module(&self, name: &str) -> Option<BorrowedFd<'a>> {
        self.modules.get(name).map(AsFd::as_fd)
    }

    /// Of the module that defines a type of the kernel, if it is one's.
    fn home(&self, of: &KernelType) -> Option<BorrowedFd<'a>> {
        self.module(of.module.as_ref()?)
    }
}

/// The names of all values of the configuration that an object asks for.
fn configurable(file: &ObjectFile) -> impl Iterator<Item = &str> {
    let values = file.externs().iter().filter(|found| matches!(found.kind, ExternKind::Kconfig { .. }));
    values.map(|found| found.name.as_str())
}
