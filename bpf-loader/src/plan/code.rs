//! Calls and subprograms: which functions a program takes along, and where each stands in its stream.

use std::collections::HashMap;

use bpf_elf::{Function, FunctionId, InsnIndex, RelocTarget};

use crate::object::Object;
use crate::plan::core::Relocated;
use crate::plan::programs::PlacedFunction;
use crate::plan::{Context, MOST_INSNS, PlanError, PlanInsn, Poison, Ref};

/// A program with all the functions that it needs, references still symbolic.
pub(crate) struct Stream {
    pub(crate) insns: Vec<PlanInsn>,
    pub(crate) functions: Vec<PlacedFunction>,
    pub(crate) poisons: Vec<Poison>,
}

/// The most instructions that a kernel takes for one program (`BPF_COMPLEXITY_LIMIT_INSNS`, `include/linux/bpf.h`).
const PROGRAM_MOST: usize = 1_000_000;

/// Puts a program's function and everything that it calls into one stream, in libbpf's order: a function is appended
/// when the first reference to it is met, and its own references are followed before the caller's next one.
pub(crate) fn assemble(
    cx: &mut Context<'_>,
    main: FunctionId,
    functions: &HashMap<FunctionId, Relocated>,
) -> Option<Stream> {
    let mut stream = Stream { insns: Vec::new(), functions: Vec::new(), poisons: Vec::new() };
    let mut placed = HashMap::new();
    append(cx, main, functions, &mut stream, &mut placed)?;
    // The functions on the way to the one being read, each with the reference that is next. No recursion: the depth is
    // the file's choice.
    let mut path = vec![(main, 0)];
    while let Some((id, next)) = path.last_mut() {
        let Some(reloc) = cx.object.file().function(*id).and_then(|function| function.relocs.get(*next))
        else {
            path.pop();
            continue;
        };
        *next += 1;
        let target = match reloc.target {
            RelocTarget::Call(target) | RelocTarget::FunctionPointer(target)
                if !placed.contains_key(&target) =>
            {
                target
            }
            _ => continue,
        };
        append(cx, target, functions, &mut stream, &mut placed)?;
        path.push((target, 0));
    }
    resolve(cx, &mut stream, &placed);
    Some(stream)
}

fn append(
    cx: &mut Context<'_>,
    id: FunctionId,
    functions: &HashMap<FunctionId, Relocated>,
    stream: &mut Stream,
    placed: &mut HashMap<FunctionId, InsnIndex>,
) -> Option<()> {
    let (function, relocated) = (cx.object.file().function(id)?, functions.get(&id)?);
    let len = stream.insns.len().saturating_add(relocated.insns.len());
    let program = || stream.functions.first().map_or(&function.name, |main| &main.name).clone();
    if len > PROGRAM_MOST {
        cx.errors.push(PlanError::TooLong { program: program(), insns: len });
        return None;
    }
    let Some(left) = cx.insns_left.checked_sub(relocated.insns.len()) else {
        // Said once: all that follow are over the limit too.
        if !cx.errors.iter().any(|error| matches!(error, PlanError::TooMuch { .. })) {
            cx.errors.push(PlanError::TooMuch { program: program(), most: MOST_INSNS });
        }
        return None;
    };
    cx.insns_left = left;
    let start = InsnIndex(u32::try_from(stream.insns.len()).ok()?);
    placed.insert(id, start);
    stream.functions.push(PlacedFunction { function: id, name: function.name.clone(), start });
    let offset = u32::try_from(stream.poisons.len()).ok()?;
    for (at, insn) in (start.0..).zip(&relocated.insns) {
        let reference = match insn.reference {
            Some(Ref::Poison(index)) => Some(Ref::Poison(index + offset)),
            other => other,
        };
        stream.insns.push(PlanInsn { reference, origin: Some(InsnIndex(at)), ..*insn });
    }
    stream.poisons.extend(
        relocated
            .poisons
            .iter()
            .map(|poison| Poison { at: InsnIndex(start.0 + poison.in_function.0), ..poison.clone() }),
    );
    Some(())
}

/// Writes what each relocation refers to into the stream.
fn resolve(cx: &mut Context<'_>, stream: &mut Stream, placed: &HashMap<FunctionId, InsnIndex>) {
    let mut errors = Vec::new();
    for (id, start) in placed {
        let Some(function) = cx.object.file().function(*id) else { continue };
        for reloc in &function.relocs {
            let at = usize::try_from(start.0 + reloc.at.0).unwrap_or(usize::MAX);
            match reference(cx.object, function, reloc) {
                Ok(reference) => set(&mut stream.insns, at, reference),
                Err(error) if cx.reported.insert((*id, reloc.at)) => errors.push((*start, error)),
                Err(_) => {}
            }
        }
    }
    errors.sort_by_key(|(start, _)| *start);
    cx.errors.extend(errors.into_iter().map(|(_, error)| *error));
}

fn set(insns: &mut [PlanInsn], at: usize, reference: Ref) {
    let Some(insn) = insns.get_mut(at) else { return };
    if matches!(insn.reference, Some(Ref::Poison(_))) {
        return;
    }
    insn.reference = Some(reference);
    insn.insn.imm = 0;
    insn.insn.src = match reference {
        Ref::Map(_) => bpf_sys::uapi::flags::BPF_PSEUDO_MAP_FD,
        Ref::MapValue { .. } => bpf_sys::uapi::flags::BPF_PSEUDO_MAP_VALUE,
        Ref::Function(_) if insn.insn.is_ld_imm64() => bpf_sys::uapi::flags::BPF_PSEUDO_FUNC,
        _ => insn.insn.src,
    };
    if insn.insn.is_ld_imm64()
        && let Some(upper) = insns.get_mut(at + 1)
    {
        upper.reference = Some(Ref::Upper);
        upper.insn.imm = 0;
    }
}

fn reference(
    object: &Object,
    function: &Function,
    reloc: &bpf_elf::InsnReloc,
) -> Result<Ref, Box<PlanError>> {
    let (reference, map) = match &reloc.target {
        RelocTarget::Map(map) => (Ref::Map(*map), Some(*map)),
        RelocTarget::MapValue { map, offset } => (Ref::MapValue { map: *map, offset: *offset }, Some(*map)),
        RelocTarget::Call(target) | RelocTarget::FunctionPointer(target) => (Ref::Function(*target), None),
        RelocTarget::Extern(id) => {
            let name = object.file().externs().iter().find(|e| e.id == *id).map_or("?", |e| e.name.as_str());
            return Err(Box::new(PlanError::extern_unsupported(object, function, reloc.at, name)));
        }
        _ => {
            return Err(Box::new(PlanError::extern_unsupported(
                object,
                function,
                reloc.at,
                "an unknown reference",
            )));
        }
    };
    if let Some(spec) = map.and_then(|map| object.map(map))
        && !spec.def().autocreate
    {
        return Err(Box::new(PlanError::map_left_out(object, function, reloc.at, spec.name())));
    }
    Ok(reference)
}
