//! Instances of programs that are loaded: asked for by index, and more of them.

use std::ops::Range;
use std::os::fd::OwnedFd;

use bpf_btf::Label;
use bpf_elf::ProgramId;
use thiserror::Error;

use crate::diagnose::diagnostic;
use crate::kernel::Kernel;
use crate::load::programs::Means;
use crate::load::{LoadError, LoadedObject, SysRef, Token, Types, maps, modules, programs, symbols};
use crate::map::{Map, MapError};
use crate::object::Instances;
use crate::plan::{PlanMap, PlanProgram};
use crate::program::Program;

/// What adding to a loaded object takes.
#[derive(Debug)]
pub(super) struct More {
    pub(super) kernel: Kernel,
    pub(super) btf: Option<OwnedFd>,
    pub(super) means: Means,
    pub(super) token: Option<Token>,
    pub(super) sys: SysRef,
}

/// Why an instance of a program is not to be had. Codes E0701, E0713 to E0715.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InstanceAccess {
    /// There is no such program, or no such map.
    #[error(transparent)]
    NoSuch(#[from] MapError),
    /// It has fewer.
    #[error("program `{program}` has {count} {}, and no index {index}", if *count == 1 { "instance" } else { "instances" })]
    OutOfRange {
        /// The program.
        program: String,
        /// The index that was asked for.
        index: u32,
        /// How many there are, those that are left out included.
        count: u32,
    },
    /// Its function left it out.
    #[error("instance {index} of program `{program}` was left out by the function that makes them")]
    Skipped {
        /// The program.
        program: String,
        /// The index that was asked for.
        index: u32,
    },
    /// None can be added, since what they are made from was not kept.
    #[error("no instances can be added to program `{program}`: what they are made from was not kept")]
    NotKept {
        /// The program.
        program: String,
    },
}

impl InstanceAccess {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuch(error) => error.code(),
            Self::OutOfRange { .. } => "E0713",
            Self::Skipped { .. } => "E0714",
            Self::NotKept { .. } => "E0715",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::NoSuch(error) => error.labels(),
            Self::OutOfRange { program, index, .. } | Self::Skipped { program, index } => {
                vec![Label::item("program", program), Label::item("instance", index.to_string())]
            }
            Self::NotKept { program } => vec![Label::item("program", program)],
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoSuch(error) => error.help(),
            Self::OutOfRange { count, .. } => Some(match count.checked_sub(1) {
                Some(last) => format!("indexes go from 0 to {last}"),
                None => "there is none".into(),
            }),
            Self::Skipped { .. } => Some("Plan::skipped lists those that are left out".into()),
            Self::NotKept { .. } => {
                Some("set instances with Instances::keep_stream before planning, if only one".into())
            }
        }
    }
}

diagnostic!(InstanceAccess);

impl LoadedObject {
    /// An instance of a program, by its index. A program without instances is its own first.
    ///
    /// # Errors
    /// [`InstanceAccess::OutOfRange`] for an index that there is not; [`InstanceAccess::Skipped`] for one that was left out
    /// on purpose; [`InstanceAccess::NoSuch`] for a name that there is not.
    #[doc(alias = "bpf_program__nth_fd")]
    pub fn instance(&self, name: &str, index: u32) -> Result<&Program, InstanceAccess> {
        let id = self.id_of(name)?;
        if let Some(found) = self.programs.get(&(id, index)) {
            return Ok(found);
        }
        let program = name.to_owned();
        let count = self.plan.instances_of(id).map_or(1, |found| found.count);
        if index < count {
            return Err(InstanceAccess::Skipped { program, index });
        }
        Err(InstanceAccess::OutOfRange { program, index, count })
    }

    /// A map as an instance of a program sees it: its own copy of `.rodata` where it has one, or the one that all share.
    ///
    /// # Errors
    /// As for [`Self::instance`], of the program or of the map.
    pub fn instance_map(&self, name: &str, index: u32, map: &str) -> Result<&Map, InstanceAccess> {
        let (id, shared) = (self.instance(name, index)?.id(), self.map(map)?);
        let own = |found: &&PlanMap| {
            let copy = found.copy.filter(|copy| (copy.program, copy.instance) == (id, index));
            copy.is_some_and(|copy| Some(copy.of) == shared.id())
        };
        let own = self.plan.maps().iter().find(own).and_then(|found| self.maps.get(&found.id));
        Ok(own.unwrap_or(shared))
    }

    /// Loads more instances of a program, and says which indexes they have: they continue those that there are. The
    /// functions of `instances` get these indexes. All or none of them are loaded.
    ///
    /// # Errors
    /// [`InstanceAccess::NotKept`] where the program was planned without [`Instances::keep_stream`]; and as for loading.
    pub fn add_instances(&mut self, name: &str, instances: &Instances) -> Result<Range<u32>, LoadError> {
        let id = self.id_of(name).map_err(InstanceAccess::from)?;
        instances.check(self.plan.object(), name)?;
        let not_kept = || InstanceAccess::NotKept { program: name.to_owned() };
        let more = self.more.as_ref().ok_or_else(not_kept)?;
        let (plan, range) = self.plan.with_more(id, instances).ok_or_else(not_kept)??;
        let addresses = symbols::find(&plan, &more.kernel)?;
        let modules = modules::open(&plan, more.sys.as_ref()).map_err(|stopped| stopped.error)?;
        let types = Types {
            object: more.btf.as_ref(),
            modules: &modules,
            addresses: &addresses,
            token: more.token.as_ref(),
        };
        let mut all = self.maps.clone();
        for map in plan.maps().iter().filter(|map| !self.maps.contains_key(&map.id)) {
            let new = maps::create_new(&plan, map, types, &more.sys).map_err(|stopped| stopped.error)?;
            all.insert(map.id, new);
        }
        let new = |program: &&PlanProgram| program.id == id && range.contains(&program.instance);
        let new: Vec<&PlanProgram> = plan.programs().iter().filter(new).collect();
        let loaded = programs::load(&plan, &new, &all, types, more.means, &more.sys);
        let loaded = loaded.map_err(|stopped| stopped.error)?;
        programs::bind(&plan, &new, &all, &loaded, more.sys.as_ref());
        self.programs.extend(loaded);
        (self.plan, self.maps) = (plan, all);
        Ok(range)
    }

    fn id_of(&self, name: &str) -> Result<ProgramId, MapError> {
        let planned = || {
            self.plan.object().programs().iter().filter(|spec| {
                self.plan.program(spec.id()).is_some() || self.plan.instances_of(spec.id()).is_some()
            })
        };
        let found = planned().find(|spec| spec.name() == name);
        found
            .map(|spec| spec.id())
            .ok_or_else(|| MapError::no_such("program", name, planned().map(|spec| spec.name())))
    }
}
