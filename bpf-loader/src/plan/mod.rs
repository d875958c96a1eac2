//! What will be sent to a kernel: a pure function of an object and a kernel. No descriptor and no address is in it:
//! references to maps and functions stay symbolic until they are loaded.
//!
//! The order: struct_ops kernel types (`struct_ops`), which programs to load and for what (`programs`, `target`), what
//! they expect from elsewhere (`externs`, `kconfig`), CO-RE (`core`), calls and subprograms (`code`), the object's BTF
//! with what is defined elsewhere (`own_btf`) and as the kernel takes it (`btf`), maps (`maps`), programs again, and what
//! differs between instances of one (`instances`).

mod arena;
mod arg_ctx;
pub(crate) mod btf;
mod capabilities;
mod code;
mod core;
mod error;
mod exception;
mod extern_error;
mod externs;
mod helpers;
mod insn;
mod instances;
mod json;
mod jump_tables;
mod kconfig;
pub(crate) mod known_types;
mod map_error;
mod map_limits;
mod map_rules;
mod maps;
mod notice;
mod own_btf;
mod programs;
mod struct_ops;
pub(crate) mod target;
mod text;
mod unguarded;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use bpf_btf::Btf;
use bpf_elf::{ExternId, FunctionId, InsnIndex, MapId, ProgramId, StructOpsId};

pub use arena::{ArenaError, ArenaProblem, PlanArena};
pub use capabilities::{Asker, NeededCapability};
pub use error::{MemberMismatch, MemberProblem, PlanError, PlanFailed, Site};
pub use exception::{ExceptionError, ExceptionProblem};
pub use extern_error::{ExternError, ExternProblem};
pub(crate) use externs::nearest_of;
pub use externs::{PlanExtern, Value};
pub use insn::{PlanInsn, Poison, Ref, Unresolved};
pub use instances::{
    EditInsn, EditStream, InsnLabel, InstanceError, InstanceProblem, MapCopy, PlanInstances,
};
pub use jump_tables::PlanJumpTable;
pub use map_error::MapPlanError;
pub use maps::{KernelType, PlanMap};
pub use notice::Notice;
pub use programs::{AttachPoint, PlacedFunction, PlanLine, PlanProgram};
pub use struct_ops::{Callback, MemberState, PlanMember, PlanStructOps};

use crate::kernel::{Answer, BtfHash, Feature, Kernel, KernelError};
use crate::object::Object;

/// What will be sent to a kernel, whole. Cheap to clone: clones share it.
#[derive(Clone, Debug)]
pub struct Plan {
    data: Arc<Data>,
}

#[derive(Clone, Debug)]
struct Data {
    object: Object,
    kernel: Kernel,
    used_btf: bool,
    modules: BTreeSet<String>,
    btf: btf::ObjectBtf,
    maps: Vec<PlanMap>,
    programs: Vec<PlanProgram>,
    instances: Vec<PlanInstances>,
    struct_ops: Vec<PlanStructOps>,
    externs: Vec<PlanExtern>,
    assumptions: BTreeMap<Feature, Vec<Step>>,
    notices: Vec<Notice>,
}

/// A call to the kernel that a plan stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Loading the object's BTF.
    Btf,
    /// Creating a map and filling it.
    Map(MapId),
    /// Loading a program, all of its instances.
    Program(ProgramId),
}

/// The most instructions of all programs together.
pub(crate) const MOST_INSNS: usize = 4 << 20;

/// The most missing names that are looked for among all of a kernel's.
const MOST_SUGGESTIONS: u32 = 64;

/// What all steps of planning share.
pub(crate) struct Context<'a> {
    pub(crate) object: &'a Object,
    pub(crate) kernel: &'a Kernel,
    /// Whether the object needs the kernel's BTF. Only then is BTF evidence of a feature: what some other object made
    /// the shared kernel value read must not change this object's plan.
    pub(crate) needs_btf: bool,
    pub(crate) assumptions: BTreeMap<Feature, Vec<Step>>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) errors: Vec<PlanError>,
    /// The references that errors were reported for: one in a subprogram is met once for each program that calls it.
    pub(crate) reported: HashSet<(FunctionId, InsnIndex)>,
    /// The unresolved instructions that notices were given for, for the same reason.
    pub(crate) noticed: HashSet<(FunctionId, InsnIndex)>,
    /// How many more instructions may be planned: subprograms are copied, so a small file can ask for many.
    pub(crate) insns_left: usize,
    /// What has been found of the externs that are used.
    pub(crate) externs: BTreeMap<ExternId, Value>,
    /// The value of the map of configuration values.
    pub(crate) kconfig: Option<Vec<u8>>,
    /// What calls of externs that are not there are numbered, by their ids; made when there is one.
    pub(crate) poison_numbers: OnceCell<Vec<i32>>,
    /// The modules whose types the plan rests on.
    pub(crate) modules: BTreeSet<String>,
    /// How many more missing names are looked for among all of the kernel's: each takes milliseconds, and a file can name
    /// as many as it likes.
    pub(crate) suggestions_left: u32,
    /// The modules that can be looked into, once something is not in the kernel itself.
    opened: Option<Vec<(&'a str, &'a Btf)>>,
}

impl<'a> Context<'a> {
    fn new(object: &'a Object, kernel: &'a Kernel) -> Self {
        Self {
            object,
            kernel,
            needs_btf: needs_btf(object, kernel),
            assumptions: BTreeMap::new(),
            notices: Vec::new(),
            errors: Vec::new(),
            reported: HashSet::new(),
            noticed: HashSet::new(),
            insns_left: MOST_INSNS,
            externs: BTreeMap::new(),
            kconfig: None,
            poison_numbers: OnceCell::new(),
            modules: BTreeSet::new(),
            suggestions_left: MOST_SUGGESTIONS,
            opened: None,
        }
    }

    /// Whether to use a feature in the step `step`: yes unless the kernel is known not to have it. What is not known
    /// is assumed, and noted.
    pub(crate) fn uses(&mut self, feature: Feature, step: Step) -> bool {
        match self.answer(feature) {
            Answer::Yes => true,
            Answer::No => false,
            Answer::Unknown => {
                self.assumptions.entry(feature).or_default().push(step);
                true
            }
        }
    }

    pub(crate) fn answer(&self, feature: Feature) -> Answer {
        match self.kernel.feature(feature) {
            shown if self.needs_btf || !self.kernel.is_running() => shown,
            _ => self.kernel.known(feature),
        }
    }

    /// Whether another missing name may be looked for among all of the kernel's.
    pub(crate) fn may_suggest(&mut self) -> bool {
        let left = self.suggestions_left.checked_sub(1);
        self.suggestions_left = left.unwrap_or(0);
        left.is_some()
    }

    /// The kernel's BTF; a failure to read it is reported once.
    pub(crate) fn kernel_btf(&mut self) -> Option<&'a Btf> {
        match self.kernel.btf() {
            Ok(btf) => Some(btf),
            Err(error) => {
                self.kernel_error(error);
                None
            }
        }
    }

    /// A fact about the kernel that cannot be had; said once.
    pub(crate) fn kernel_error(&mut self, error: KernelError) {
        if !self.errors.iter().any(|seen| matches!(seen, PlanError::Kernel(known) if **known == error)) {
            self.errors.push(PlanError::Kernel(Box::new(error)));
        }
    }
}

impl<'a> Context<'a> {
    /// The kernel's modules, for what it has not itself. One whose BTF cannot be used is left out, with a notice.
    pub(crate) fn modules(&mut self) -> Vec<(&'a str, &'a Btf)> {
        if let Some(opened) = &self.opened {
            return opened.clone();
        }
        let mut opened = Vec::new();
        for module in self.kernel.modules() {
            match module.btf() {
                Ok(btf) => opened.push((module.name(), btf)),
                Err(error) => self.notices.push(Notice::ModuleSkipped { error: Box::new(error) }),
            }
        }
        self.opened.insert(opened).clone()
    }
}

impl Plan {
    pub(crate) fn of(object: &Object, kernel: &Kernel) -> Result<Self, PlanFailed> {
        let mut cx = Context::new(object, kernel);
        let plan = Self::build(&mut cx);
        match plan {
            Some(plan) if cx.errors.is_empty() => Ok(plan),
            _ => Err(PlanFailed::new(object.name(), cx.errors)),
        }
    }

    fn build(cx: &mut Context<'_>) -> Option<Self> {
        let (object, kernel) = (cx.object, cx.kernel);
        let (wants, has) = (object.file().endian(), kernel.endian());
        if wants != has {
            cx.errors.push(PlanError::Endian { object: wants, kernel: has });
            return None;
        }
        if cx.needs_btf {
            cx.kernel_btf()?;
        }
        let struct_ops = struct_ops::plan(cx);
        let chosen = programs::choose(cx, &struct_ops);
        let callbacks = exception::callbacks(cx, &chosen);
        // Of a program whose instructions were set nothing in the file counts.
        let of_file =
            |chosen: &&programs::Chosen| object.program(chosen.id).is_some_and(|spec| spec.insns().is_none());
        let mains = chosen.iter().filter(of_file).map(|chosen| chosen.function);
        let roots = mains.chain(callbacks.values().copied());
        let reachable = core::reachable(object, roots);
        externs::plan(cx, &reachable);
        let functions = core::relocate(cx, &reachable);
        let btf = btf::plan(cx, &chosen);
        let mut maps = maps::plan(cx, &struct_ops, &chosen, btf.btf.is_some());
        let programs = programs::plan(cx, &chosen, &callbacks, &functions, &btf);
        let (programs, instances) = instances::plan(cx, programs, &mut maps);
        let externs = std::mem::take(&mut cx.externs).into_iter().map(|(id, value)| {
            let name = object.file().extern_by_id(id);
            PlanExtern { id, name: name.map(|found| found.name.clone()).unwrap_or_default(), value }
        });
        let data = Data {
            object: object.clone(),
            kernel: kernel.clone(),
            used_btf: cx.needs_btf,
            modules: std::mem::take(&mut cx.modules),
            btf,
            maps,
            programs,
            instances,
            struct_ops,
            externs: externs.collect(),
            assumptions: std::mem::take(&mut cx.assumptions),
            notices: std::mem::take(&mut cx.notices),
        };
        Some(Self { data: Arc::new(data) })
    }

    /// The object that this was planned from, as it was then.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.data.object
    }

    /// The kernel that this was planned for.
    #[must_use]
    pub fn kernel(&self) -> &Kernel {
        &self.data.kernel
    }

    /// The hash of the kernel's BTF, if the plan depends on it: only a kernel with the same can load it.
    ///
    /// # Errors
    /// [`KernelError`], where the BTF that was read before cannot be read any more.
    pub fn kernel_btf_hash(&self) -> Result<Option<BtfHash>, KernelError> {
        if self.data.used_btf { self.data.kernel.btf_hash().map(Some) } else { Ok(None) }
    }

    /// The hash of the BTF that CO-RE relocations were resolved by, where that is not the
    /// [kernel's own](Kernel::with_core_btf).
    #[must_use]
    pub fn core_btf_hash(&self) -> Option<BtfHash> {
        self.data.kernel.core_btf_hash().filter(|_| relocates(&self.data.object))
    }

    /// The modules whose types the plan depends on, in order of names: only a kernel where they are the same can load
    /// it.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.data.modules.iter().map(String::as_str)
    }

    /// The object's BTF as it will be loaded; `None` if there is none, or the kernel takes none. What the kernel does
    /// not know in it was made into something older, each type under the id that it has in the object.
    #[must_use]
    pub fn btf(&self) -> Option<&Btf> {
        self.data.btf.btf.as_ref()
    }

    /// What of the object's BTF the kernel does not know, so that [`Self::btf`] does without it.
    #[must_use]
    pub fn btf_lacks(&self) -> &[Feature] {
        &self.data.btf.lacks
    }

    /// The maps to create, in that order.
    #[must_use]
    pub fn maps(&self) -> &[PlanMap] {
        &self.data.maps
    }

    /// The programs to load, in the order of the file; the instances of one in the order of their indexes.
    #[must_use]
    pub fn programs(&self) -> &[PlanProgram] {
        &self.data.programs
    }

    /// The struct_ops values to fill in once their programs are loaded.
    #[must_use]
    pub fn struct_ops(&self) -> &[PlanStructOps] {
        &self.data.struct_ops
    }

    /// What the object uses and does not define, found in the kernel, in the order of the file. What only programs use
    /// that are not to be loaded is not looked for.
    #[must_use]
    pub fn externs(&self) -> &[PlanExtern] {
        &self.data.externs
    }

    /// What an extern is in the kernel; `None` if nothing that is loaded uses it.
    #[must_use]
    pub fn extern_value(&self, id: ExternId) -> Option<&Value> {
        let externs = &self.data.externs;
        let at = externs.binary_search_by_key(&id, |found| found.id).ok()?;
        externs.get(at).map(|found| &found.value)
    }

    /// A map of the plan; `None` if it is not to be created.
    #[must_use]
    pub fn map(&self, id: MapId) -> Option<&PlanMap> {
        self.data.maps.binary_search_by_key(&id, |map| map.id).ok().and_then(|at| self.data.maps.get(at))
    }

    /// A program of the plan, the first of its instances; `None` if it is not to be loaded.
    #[must_use]
    pub fn program(&self, id: ProgramId) -> Option<&PlanProgram> {
        let programs = &self.data.programs;
        let at = programs.partition_point(|program| program.id < id);
        programs.get(at).filter(|program| program.id == id)
    }

    /// A struct_ops variable of the plan; `None` if it is not to be created.
    #[must_use]
    pub fn struct_ops_variable(&self, id: StructOpsId) -> Option<&PlanStructOps> {
        self.data
            .struct_ops
            .binary_search_by_key(&id, |var| var.id)
            .ok()
            .and_then(|at| self.data.struct_ops.get(at))
    }

    /// What was taken for granted because nothing tells: each feature with the steps that rest on it. When the kernel
    /// refuses such a step, the loader probes the feature and plans again.
    pub fn assumptions(&self) -> impl Iterator<Item = (Feature, &[Step])> {
        self.data.assumptions.iter().map(|(feature, steps)| (*feature, steps.as_slice()))
    }

    /// The features that a step rests on.
    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    pub(crate) fn assumed_by(&self, step: Step) -> impl Iterator<Item = Feature> + '_ {
        self.data
            .assumptions
            .iter()
            .filter(move |(_, steps)| steps.contains(&step))
            .map(|(feature, _)| *feature)
    }

    /// Odd but harmless findings.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.data.notices
    }
}

/// Whether anything in the object asks for the kernel's own types.
fn needs_btf(object: &Object, kernel: &Kernel) -> bool {
    let file = object.file();
    kernel.core_btf().is_none() && relocates(object)
        || externs::needs_btf(object)
        || object
            .programs()
            .iter()
            .any(|spec| spec.autoload() && spec.def().is_some_and(|def| def.needs_btf_target))
        || file.struct_ops().iter().any(|var| object.map(var.map).is_some_and(|map| map.def().autocreate))
}

/// Whether the object has CO-RE relocations.
fn relocates(object: &Object) -> bool {
    object.file().functions().iter().any(|function| !function.core.is_empty())
}
