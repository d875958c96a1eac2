//! The modules that a plan names: whether they are those that it was made for, and their BTF in the kernel.

use std::collections::HashMap;
use std::os::fd::{AsFd, OwnedFd};

use bpf_sys::errno;

use crate::diagnose::{Asked, Circumstances, Label, Place, likely_cause};
use crate::kernel::Kernel;
use crate::load::{LoadError, Stopped, Sys};
use crate::plan::{AttachPoint, Plan, Value};

/// The BTF of modules, by name.
pub(super) type Modules = HashMap<String, OwnedFd>;

/// Whether the modules of another kernel value are the same as those that the plan was made for.
pub(super) fn check(plan: &Plan, kernel: &Kernel) -> Result<(), LoadError> {
    for name in plan.modules() {
        let hash = |of: &Kernel| of.module(name).map(|module| module.btf_hash()).transpose();
        let (planned, running) = (hash(plan.kernel())?, hash(kernel)?);
        match running {
            None => return Err(LoadError::NoModule { module: name.to_owned() }),
            Some(running) if planned != Some(running) => {
                return Err(LoadError::OtherModule { module: name.to_owned() });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Finds the BTF of those modules that steps of the plan refer to; no call is made where none does.
pub(super) fn open(plan: &Plan, sys: &dyn Sys) -> Result<Modules, Stopped> {
    let callbacks = plan.struct_ops().iter().map(|ops| &ops.struct_type);
    let targets = plan.programs().iter().filter_map(|program| match &program.attach {
        AttachPoint::KernelType { target, .. } => Some(target),
        _ => None,
    });
    let externs = plan.externs().iter().filter_map(|found| match &found.value {
        Value::Type(found) => Some(found),
        _ => None,
    });
    let mut wanted: Vec<&str> =
        callbacks.chain(targets).chain(externs).filter_map(|found| found.module.as_deref()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Modules::new();
    let mut last = 0;
    while found.len() < wanted.len() {
        let refused = |source| {
            let refused = Box::new(likely_cause(Asked::Admin, &Circumstances::ALONE, &source));
            let place = vec![Label::at(Place::Object(plan.object().name().to_owned()))];
            let step = format!("looking for the BTF of module `{}`", wanted.join("`, `"));
            stopped(LoadError::Refused { step, place, refused, source })
        };
        // Ids only grow; whatever else came back would make this a loop.
        let Some(id) = sys.btf_next_id(last).map_err(refused)?.filter(|id| *id > last) else { break };
        last = id;
        let btf = match sys.btf_by_id(id) {
            Ok(btf) => btf,
            // It went away meanwhile.
            Err(error) if error.is(errno::ENOENT) => continue,
            Err(error) => return Err(refused(error)),
        };
        let owner = sys.btf_owner(btf.as_fd()).map_err(refused)?;
        if let Some(owner) = owner.filter(|owner| wanted.contains(&owner.as_str())) {
            found.insert(owner, btf);
        }
    }
    match wanted.into_iter().find(|name| !found.contains_key(*name)) {
        Some(gone) => Err(stopped(LoadError::NoModule { module: gone.to_owned() })),
        None => Ok(found),
    }
}

/// Nothing that was assumed has to do with it.
fn stopped(error: LoadError) -> Stopped {
    Stopped { steps: Vec::new(), error }
}
