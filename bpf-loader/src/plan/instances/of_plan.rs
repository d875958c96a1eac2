//! What a plan says of instances.

use bpf_elf::ProgramId;

use crate::plan::instances::PlanInstances;
use crate::plan::{Plan, PlanProgram};

impl Plan {
    /// An instance of a program by its index; `None` if it is not to be loaded. What has no instances is its own first.
    #[must_use]
    pub fn instance(&self, id: ProgramId, index: u32) -> Option<&PlanProgram> {
        let programs = &self.data.programs;
        let at = programs.partition_point(|program| (program.id, program.instance) < (id, index));
        programs.get(at).filter(|program| (program.id, program.instance) == (id, index))
    }

    /// The programs that have instances: how many, which are left out.
    #[must_use]
    pub fn instances(&self) -> &[PlanInstances] {
        &self.data.instances
    }

    /// The instances of one program; `None` where none were set.
    #[must_use]
    pub fn instances_of(&self, id: ProgramId) -> Option<&PlanInstances> {
        self.data.instances.iter().find(|found| found.program == id)
    }

    /// The instances of a program that its function left out; none where it has no instances.
    #[must_use]
    pub fn skipped(&self, id: ProgramId) -> &[u32] {
        self.instances_of(id).map(|found| found.skipped.as_slice()).unwrap_or_default()
    }

    /// What the instances of a program are made from, where it is kept: `Instances::keep_stream`.
    #[must_use]
    pub fn kept(&self, id: ProgramId) -> Option<&PlanProgram> {
        self.instances_of(id).and_then(|found| found.kept.as_deref())
    }
}
