//! How the plan of what is loaded gets more instances.

use std::ops::Range;
use std::sync::Arc;

use bpf_elf::ProgramId;

use crate::object::Instances;
use crate::plan::instances::make;
use crate::plan::{Context, Plan, PlanFailed};

impl Plan {
    /// The same plan with more instances of a program whose stream was kept, their indexes, and how many of its maps were
    /// there before. `None` where the stream was not kept.
    pub(crate) fn with_more(
        &self,
        id: ProgramId,
        instances: &Instances,
    ) -> Option<Result<(Self, Range<u32>), PlanFailed>> {
        let known = self.instances_of(id)?;
        let base = known.kept.clone()?;
        let mut data = (*self.data).clone();
        let mut cx = Context::new(&self.data.object, &self.data.kernel);
        cx.externs = self.data.externs.iter().map(|found| (found.id, found.value.clone())).collect();
        let range = known.count..known.count.saturating_add(instances.count());
        let made = make(&mut cx, &base, instances, range.clone(), &mut data.maps);
        if !cx.errors.is_empty() {
            return Some(Err(PlanFailed::new(self.data.object.name(), cx.errors)));
        }
        let at = data.programs.partition_point(|program| program.id <= id);
        data.programs.splice(at..at, made.programs);
        data.modules.append(&mut cx.modules);
        data.notices.append(&mut cx.notices);
        if let Some(found) = data.instances.iter_mut().find(|found| found.program == id) {
            found.count = range.end;
            found.skipped.extend(made.skipped);
        }
        Some(Ok((Self { data: Arc::new(data) }, range)))
    }
}
