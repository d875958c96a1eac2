//! Calls and subprograms: which functions a program takes along, and where each stands in its stream.

use std::collections::HashMap;

use bpf_elf::{Extern, ExternKind, Function, FunctionId, InsnIndex, MapId, RelocTarget};
use bpf_sys::uapi::flags;

use crate::plan::core::{Relocated, poison_call};
use crate::plan::externs::poison_number;
use crate::plan::programs::PlacedFunction;
use crate::plan::{
    Context, ExternError, ExternProblem, MOST_INSNS, PlanError, PlanInsn, PlanJumpTable, Poison, Ref, Site,
    Unresolved, Value, jump_tables,
};

/// A program with all the functions that it needs, references still symbolic.
#[derive(Default)]
pub(crate) struct Stream {
    pub(crate) insns: Vec<PlanInsn>,
    pub(crate) functions: Vec<PlacedFunction>,
    pub(crate) poisons: Vec<Poison>,
    pub(crate) jump_tables: Vec<PlanJumpTable>,
    /// Where the tables of each function begin among all.
    pub(crate) table_starts: Vec<(InsnIndex, u32)>,
}

/// The most instructions that a kernel takes for one program (`BPF_COMPLEXITY_LIMIT_INSNS`, `include/linux/bpf.h`).
pub(crate) const PROGRAM_MOST: usize = 1_000_000;

/// Puts a program's function and everything that it calls into one stream, in libbpf's order: a function is appended
/// when the first reference to it is met, and its own references are followed before the caller's next one. What is to
/// be called when the program throws comes last.
pub(crate) fn assemble(
    cx: &mut Context<'_>,
    main: FunctionId,
    exception_callback: Option<FunctionId>,
    functions: &HashMap<FunctionId, Relocated>,
) -> Option<Stream> {
    let mut stream = Stream::default();
    let mut placed = HashMap::new();
    for first in std::iter::once(main).chain(exception_callback) {
        if !placed.contains_key(&first) {
            append_all(cx, first, functions, &mut stream, &mut placed)?;
        }
    }
    resolve(cx, &mut stream);
    Some(stream)
}

/// Appends a function, and what it refers to and is not placed yet.
fn append_all(
    cx: &mut Context<'_>,
    first: FunctionId,
    functions: &HashMap<FunctionId, Relocated>,
    stream: &mut Stream,
    placed: &mut HashMap<FunctionId, InsnIndex>,
) -> Option<()> {
    append(cx, first, functions, stream, placed)?;
    // The functions on the way to the one being read, each with the reference that is next. No recursion: the depth is
    // the file's choice.
    let mut path = vec![(first, 0)];
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
        append(cx, target, functions, stream, placed)?;
        path.push((target, 0));
    }
    Some(())
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
    // A jump table is copied as code is, and may be longer.
    let entries = function.jump_tables.iter().map(|table| table.targets.len()).sum();
    let Some(left) = cx.insns_left.checked_sub(relocated.insns.len().saturating_add(entries)) else {
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
fn resolve(cx: &mut Context<'_>, stream: &mut Stream) {
    let placed: Vec<_> = stream.functions.iter().map(|placed| (placed.function, placed.start)).collect();
    for (id, start) in placed {
        let Some(function) = cx.object.file().function(id) else { continue };
        for reloc in &function.relocs {
            let at = InsnIndex(start.0 + reloc.at.0);
            if let RelocTarget::JumpTable(table) = reloc.target {
                let found = jump_tables::reference(stream, function, start, table);
                found.into_iter().for_each(|reference| set(&mut stream.insns, at, reference));
                continue;
            }
            match reference(cx, function, reloc) {
                Ok(Target::Reference(reference)) => set(&mut stream.insns, at, reference),
                Ok(Target::Zero) => zero(&mut stream.insns, at),
                Ok(Target::NoFunction(found)) => no_function(cx, stream, at, (id, reloc.at), found),
                Ok(Target::NoMap(map)) => no_map(cx, stream, at, (id, reloc.at), map),
                Ok(Target::Reported) => {}
                Err(error) if cx.reported.insert((id, reloc.at)) => cx.errors.push(*error),
                Err(_) => {}
            }
        }
    }
}

fn slot(insns: &mut [PlanInsn], at: InsnIndex) -> Option<&mut [PlanInsn]> {
    let rest = insns.get_mut(usize::try_from(at.0).ok()?..)?;
    rest.first().filter(|insn| !matches!(insn.reference, Some(Ref::Poison(_))))?;
    Some(rest)
}

fn set(insns: &mut [PlanInsn], at: InsnIndex, reference: Ref) {
    let Some([first, rest @ ..]) = slot(insns, at) else { return };
    let wide = first.insn.is_ld_imm64();
    first.reference = Some(reference);
    first.insn.imm = 0;
    first.insn.src = match reference {
        Ref::Map(_) => flags::BPF_PSEUDO_MAP_FD,
        Ref::MapValue { .. } | Ref::JumpTable(_) => flags::BPF_PSEUDO_MAP_VALUE,
        Ref::Function(_) if wide => flags::BPF_PSEUDO_FUNC,
        Ref::KernelSymbol(_) => 0,
        Ref::Extern(_) if wide => flags::BPF_PSEUDO_BTF_ID,
        Ref::Extern(_) => flags::BPF_PSEUDO_KFUNC_CALL,
        _ => first.insn.src,
    };
    if let Some(upper) = rest.first_mut().filter(|_| wide) {
        upper.reference = Some(Ref::Upper);
        upper.insn.imm = 0;
    }
}

/// The address of what is not there.
fn zero(insns: &mut [PlanInsn], at: InsnIndex) {
    let Some([first, upper, ..]) = slot(insns, at) else { return };
    (first.insn.imm, first.insn.src, upper.insn.imm) = (0, 0, 0);
}

/// A call of what is not there: it must not be reached.
fn no_function(
    cx: &Context<'_>,
    stream: &mut Stream,
    at: InsnIndex,
    (function, in_function): (FunctionId, InsnIndex),
    found: &Extern,
) {
    let index = u32::try_from(stream.poisons.len()).unwrap_or(u32::MAX);
    let Some([call, ..]) = slot(&mut stream.insns, at) else { return };
    call.insn = poison_call(poison_number(cx, found.id));
    call.reference = Some(Ref::Poison(index));
    let missing = Unresolved::Function { name: found.name.clone() };
    stream.poisons.push(Poison { at, function, in_function, missing });
}

/// The helper number of the first map's poison. Each map has its own: its place among the object's maps, as in libbpf.
const MAP_POISON: u32 = 2_001_000_000;

/// The address of a map that is not there, or of something in it: it must not be reached. Both halves become calls.
fn no_map(
    cx: &Context<'_>,
    stream: &mut Stream,
    at: InsnIndex,
    (function, in_function): (FunctionId, InsnIndex),
    map: MapId,
) {
    let index = u32::try_from(stream.poisons.len()).unwrap_or(u32::MAX);
    let Some([first, upper, ..]) = slot(&mut stream.insns, at) else { return };
    let number = i32::try_from(MAP_POISON.saturating_add(map.0)).unwrap_or(i32::MAX);
    for half in [first, upper] {
        half.insn = poison_call(number);
        half.reference = Some(Ref::Poison(index));
    }
    let name = cx.object.map(map).map_or("?", |spec| spec.name()).to_owned();
    stream.poisons.push(Poison { at, function, in_function, missing: Unresolved::Map { name } });
}

/// What is to stand in the place of a relocation.
enum Target<'a> {
    Reference(Ref),
    Zero,
    NoFunction(&'a Extern),
    NoMap(MapId),
    /// Nothing: that it cannot be had was said before.
    Reported,
}

fn reference<'a>(
    cx: &Context<'a>,
    function: &Function,
    reloc: &bpf_elf::InsnReloc,
) -> Result<Target<'a>, Box<PlanError>> {
    let object = cx.object;
    let (reference, map) = match &reloc.target {
        RelocTarget::Map(map) => (Ref::Map(*map), Some(*map)),
        RelocTarget::MapValue { map, offset } => (Ref::MapValue { map: *map, offset: *offset }, Some(*map)),
        RelocTarget::Call(target) | RelocTarget::FunctionPointer(target) => (Ref::Function(*target), None),
        RelocTarget::Extern(id) => {
            let found = object.file().extern_by_id(*id);
            let Some((found, value)) = found.zip(cx.externs.get(id)) else { return Ok(Target::Reported) };
            let call = usize::try_from(reloc.at.0).ok().and_then(|at| function.insns.get(at));
            let call = call.is_some_and(|insn| insn.is_call());
            if call && found.kind != ExternKind::Function {
                let site = Site::insn(object, function, reloc.at);
                let problem = ExternProblem::NotAFunction;
                let error = ExternError { name: found.name.clone(), site, problem };
                return Err(Box::new(PlanError::Extern(Box::new(error))));
            }
            match value {
                Value::MapValue { map, offset } => (Ref::MapValue { map: *map, offset: *offset }, Some(*map)),
                Value::Symbol => (Ref::KernelSymbol(*id), None),
                Value::Type(_) => (Ref::Extern(*id), None),
                Value::Missing if call => return Ok(Target::NoFunction(found)),
                Value::Missing => return Ok(Target::Zero),
            }
        }
        _ => {
            let (what, name) = ("function", format!("`{}`", function.name));
            let not_yet = "a reference of a kind that is not known".to_owned();
            return Err(Box::new(PlanError::NotYet { what, name, not_yet }));
        }
    };
    if let Some(spec) = map.and_then(|map| object.map(map))
        && !spec.def().autocreate
    {
        return Ok(Target::NoMap(spec.id()));
    }
    Ok(Target::Reference(reference))
}
