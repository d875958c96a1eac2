//! Instances of programs: one program of the file, loaded several times, each time with instructions, `.rodata` values or
//! a target of its own. They are made last, from what would be sent without them.

mod close;
mod error;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod more;
mod of_plan;
mod stream;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use bpf_elf::{MapId, ProgramId};
use bpf_sys::uapi::ProgramType;

pub use error::{InstanceError, InstanceProblem};
pub use stream::{EditInsn, EditStream, InsnLabel};

use crate::object::{Instances, Rewrite};
use crate::plan::code::PROGRAM_MOST;
use crate::plan::programs::number_modules;
use crate::plan::{
    AttachPoint, Context, MOST_INSNS, Notice, PlanError, PlanMap, PlanProgram, Ref, Value, target,
};

/// The instances of a program, as planned.
#[derive(Clone, Debug)]
pub struct PlanInstances {
    /// The program.
    pub program: ProgramId,
    /// How many there are, those that are left out included: their indexes are smaller.
    pub count: u32,
    /// Those that their function left out, in order.
    pub skipped: Vec<u32>,
    /// What they are made from, if it is kept so that more can be added once they are loaded.
    pub kept: Option<Arc<PlanProgram>>,
}

/// Which instance a map is a copy for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapCopy {
    /// The map that it is a copy of.
    pub of: MapId,
    /// The program.
    pub program: ProgramId,
    /// The index of its instance.
    pub instance: u32,
}

/// The programs with their instances, in order; the maps that instances have for themselves come behind all others.
pub(crate) fn plan(
    cx: &mut Context<'_>,
    programs: Vec<PlanProgram>,
    maps: &mut Vec<PlanMap>,
) -> (Vec<PlanProgram>, Vec<PlanInstances>) {
    let object = cx.object;
    let (mut out, mut all) = (Vec::with_capacity(programs.len()), Vec::new());
    for base in programs {
        match object.program(base.id).and_then(|spec| spec.instances()) {
            Some(instances) => {
                // It is counted once for each instance.
                cx.insns_left = cx.insns_left.saturating_add(base.insns.len());
                let kept = instances.keeps_stream().then(|| Arc::new(base.clone()));
                let range = 0..instances.count();
                let made = make(cx, &base, instances, range, maps);
                let skipped = made.skipped;
                if made.programs.is_empty() {
                    cx.notices.push(Notice::AllSkipped { program: base.name.clone() });
                }
                out.extend(made.programs);
                all.push(PlanInstances { program: base.id, count: instances.count(), skipped, kept });
            }
            None => out.push(base),
        }
    }
    (out, all)
}

/// Instances that were made.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) programs: Vec<PlanProgram>,
    pub(crate) skipped: Vec<u32>,
}

/// Makes the instances of `range` from what would be sent without them.
pub(crate) fn make(
    cx: &mut Context<'_>,
    base: &PlanProgram,
    instances: &Instances,
    range: Range<u32>,
    maps: &mut Vec<PlanMap>,
) -> Made {
    let mut made = Made::default();
    if base.program_type == ProgramType::STRUCT_OPS {
        cx.errors.push(failed(base, None, InstanceProblem::Callback));
        return made;
    }
    let mut used = BTreeSet::new();
    for index in range {
        let mut program = match rewritten(cx, base, instances, index) {
            Ok(Some(program)) => program,
            Ok(None) => {
                made.skipped.push(index);
                continue;
            }
            Err(problem) => {
                cx.errors.push(failed(base, Some(index), problem));
                continue;
            }
        };
        if program.insns.len() > PROGRAM_MOST {
            cx.errors.push(PlanError::TooLong { program: base.name.clone(), insns: program.insns.len() });
            return made;
        }
        let Some(left) = cx.insns_left.checked_sub(program.insns.len()) else {
            cx.errors.push(PlanError::TooMuch { program: base.name.clone(), most: MOST_INSNS });
            return made;
        };
        cx.insns_left = left;
        program.instance = index;
        if !for_target(cx, &mut program, instances) {
            continue;
        }
        used.append(&mut own_maps(cx, &mut program, instances, maps));
        made.programs.push(program);
    }
    for own in instances.own_values(cx.object) {
        if !made.programs.is_empty() && !used.contains(&own.map) {
            let (program, variable) = (base.name.clone(), own.name.to_owned());
            cx.notices.push(Notice::UnusedGlobal { program, variable });
        }
    }
    made
}

fn failed(base: &PlanProgram, instance: Option<u32>, problem: InstanceProblem) -> PlanError {
    PlanError::Instance(Box::new(InstanceError { program: base.name.clone(), instance, problem }))
}

/// The instance's own instructions; `None` for one that is left out.
fn rewritten(
    cx: &Context<'_>,
    base: &PlanProgram,
    instances: &Instances,
    index: u32,
) -> Result<Option<PlanProgram>, InstanceProblem> {
    let Some(rewrite) = instances.rewriting() else { return Ok(Some(base.clone())) };
    let edited = match rewrite(index, EditStream::open(base)?) {
        Rewrite::Keep => return Ok(Some(base.clone())),
        Rewrite::Skip => return Ok(None),
        Rewrite::Replace(edited) => edited,
    };
    let mut program = checked(cx, base, edited)?;
    program.modules = number_modules(cx, &mut program.insns);
    Ok(Some(program))
}

/// A program with an edited stream.
fn checked(cx: &Context<'_>, base: &PlanProgram, edited: EditStream) -> Result<PlanProgram, InstanceProblem> {
    let object = cx.object;
    let known = |reference: &Ref| match reference {
        Ref::Map(map) | Ref::MapValue { map, .. } => {
            object.map(*map).filter(|spec| spec.def().autocreate).map(|_| ()).ok_or("a map")
        }
        Ref::Extern(id) => {
            let found = cx.externs.get(id).filter(|value| matches!(value, Value::Type(_)));
            found.map(|_| ()).ok_or("something of the kernel")
        }
        Ref::KernelSymbol(id) => {
            cx.externs.get(id).filter(|value| **value == Value::Symbol).map(|_| ()).ok_or("a symbol")
        }
        _ => Ok(()),
    };
    close::close(base, edited, &known)
}

/// The program that instructions of the user's are, in the place of those of the file.
pub(crate) fn set_insns(cx: &mut Context<'_>, base: &PlanProgram) -> Option<PlanProgram> {
    match EditStream::open(base).and_then(|stream| checked(cx, base, stream)) {
        Ok(program) => Some(program),
        Err(problem) => {
            cx.errors.push(failed(base, None, problem));
            None
        }
    }
}

/// Gives an instance its own target; `false` where that is not to be had.
fn for_target(cx: &mut Context<'_>, program: &mut PlanProgram, instances: &Instances) -> bool {
    let object = cx.object;
    let def = object.program(program.id).and_then(|spec| spec.def()).filter(|def| def.needs_btf_target);
    // Where others have targets of their own, and this one has not, its section's was not looked for yet.
    let of_section =
        || program.target.clone().filter(|_| def.is_some() && program.attach == AttachPoint::None);
    let target = instances.target_of(program.instance).or_else(of_section);
    let Some(target) = target else { return true };
    if let Some((found, def)) = object.file().program(program.id).zip(def) {
        match target::plan(cx, found, def, Some(&target)) {
            Some(attach) => program.attach = attach,
            None => return false,
        }
    }
    program.target = Some(target);
    true
}

/// Gives an instance copies of the maps that it has values of its own in, as far as it uses them; says which.
fn own_maps(
    cx: &Context<'_>,
    program: &mut PlanProgram,
    instances: &Instances,
    maps: &mut Vec<PlanMap>,
) -> BTreeSet<MapId> {
    let mut copies: BTreeMap<MapId, PlanMap> = BTreeMap::new();
    for own in instances.own_values(cx.object) {
        if !program.insns.iter().any(|insn| refers(insn.reference, own.map)) {
            continue;
        }
        let Some(original) = maps.iter().find(|map| map.id == own.map) else { continue };
        let copy = copies.entry(own.map).or_insert_with(|| original.clone());
        let place = copy.contents.as_mut().and_then(|contents| contents.get_mut(own.place.clone()));
        let value = (own.value)(program.instance);
        if let Some(place) = place.filter(|place| place.len() == value.len()) {
            place.copy_from_slice(&value);
        }
    }
    let used = copies.keys().copied().collect();
    for (of, mut copy) in copies {
        let declared = u32::try_from(cx.object.maps().len()).unwrap_or(u32::MAX);
        copy.id =
            maps.last().map_or(MapId(declared), |last| MapId(last.id.0.saturating_add(1).max(declared)));
        // There is one pin, and one program that a map can be for.
        (copy.pin, copy.exclusive) = (None, None);
        copy.copy = Some(MapCopy { of, program: program.id, instance: program.instance });
        for insn in program.insns.iter_mut().filter(|insn| refers(insn.reference, of)) {
            if let Some(Ref::Map(map) | Ref::MapValue { map, .. }) = &mut insn.reference {
                *map = copy.id;
            }
        }
        maps.push(copy);
    }
    used
}

fn refers(reference: Option<Ref>, to: MapId) -> bool {
    matches!(reference, Some(Ref::Map(map) | Ref::MapValue { map, .. }) if map == to)
}
