//! Programs as they will be loaded: which, with what type and attach point, and their final instructions.

use std::collections::{HashMap, HashSet};

use bpf_btf::matching::nearest;
use bpf_btf::{StrOffset, TypeId};
use bpf_elf::{FunctionId, InsnIndex, Program, ProgramId, SecDef};
use bpf_sys::uapi::flags::{BPF_F_SLEEPABLE, BPF_F_XDP_HAS_FRAGS};
use bpf_sys::uapi::{AttachType, ProgramType};

use crate::kernel::Feature;
use crate::object::{Instances, ProgramSpec};
use crate::plan::btf::ObjectBtf;
use crate::plan::code::{PROGRAM_MOST, Stream, assemble};
use crate::plan::core::Relocated;
use crate::plan::known_types;
use crate::plan::maps::fit;
use crate::plan::{
    Callback, Context, KernelType, Notice, PlanError, PlanInsn, PlanJumpTable, PlanStructOps, Poison, Ref,
    Step, Value, arg_ctx, helpers, instances, jump_tables, target,
};

/// A program that is to be loaded.
#[derive(Clone, Debug)]
pub struct PlanProgram {
    /// Its id on the object.
    pub id: ProgramId,
    /// Which of its instances; 0 where it has none set.
    pub instance: u32,
    /// Its name on the object.
    pub name: String,
    /// Its name in the kernel, up to 15 bytes; empty for a kernel without names.
    pub kernel_name: String,
    /// Its type.
    pub program_type: ProgramType,
    /// What it is going to be attached to, as far as the kernel wants to know that at loading.
    pub attach: AttachPoint,
    /// The name of what it is going to be attached to, where it is said.
    pub target: Option<String>,
    /// `BPF_F_*`.
    pub flags: u32,
    /// The network device that it is for, by index; 0 for none.
    pub ifindex: u32,
    /// What the verifier is to write down even where it refuses nothing.
    pub log_level: u32,
    /// Bytes to make room for at first for its log, where that was set.
    pub log_size: Option<u32>,
    /// Its license.
    pub license: String,
    /// The modules of whose functions it calls any: a call's offset is the place in this list, counted from 1.
    pub modules: Vec<String>,
    /// Its instructions, then those of every function that it calls.
    pub insns: Vec<PlanInsn>,
    /// The functions in the stream; the first is the program itself.
    pub functions: Vec<PlacedFunction>,
    /// The BTF of each function, if the kernel is told of it.
    pub func_info: Vec<(InsnIndex, TypeId)>,
    /// The source line of each instruction that begins one, if the kernel is told of it.
    pub lines: Vec<PlanLine>,
    /// What could not be resolved for this kernel.
    pub poisons: Vec<Poison>,
    /// The tables that its jumps choose from: each becomes a map of its own.
    pub jump_tables: Vec<PlanJumpTable>,
}

/// What a program is going to be attached to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttachPoint {
    /// Nothing that matters at loading.
    None,
    /// A kind of place.
    Type(AttachType),
    /// One thing of the kernel: a function, a tracepoint, a hook, an iterator.
    KernelType {
        /// How the program is attached to it.
        attach_type: AttachType,
        /// What it is, by its type in BTF: `btf_trace_sched_switch`.
        target: KernelType,
    },
    /// A member of a kernel struct.
    StructOps {
        /// The struct.
        ops: KernelType,
        /// Which of its members, from 0.
        member: u32,
        /// The member's name.
        name: String,
    },
}

/// A function's place in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedFunction {
    /// The function.
    pub function: FunctionId,
    /// Its name.
    pub name: String,
    /// Its first instruction in the stream.
    pub start: InsnIndex,
}

/// The source line that an instruction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// The instruction in the stream.
    pub insn: InsnIndex,
    /// File name, a string of the object's BTF.
    pub file: StrOffset,
    /// Text of the line, a string of the object's BTF.
    pub text: StrOffset,
    /// Line number from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u16,
}

/// A program that will be loaded, and as what.
pub(crate) struct Chosen {
    pub(crate) id: ProgramId,
    pub(crate) function: FunctionId,
    pub(crate) program_type: ProgramType,
    attach: AttachPoint,
    flags: u32,
}

/// Which programs to load. The callbacks of a struct_ops variable are loaded if the variable is; all others if they
/// are to be.
pub(crate) fn choose(cx: &mut Context<'_>, struct_ops: &[PlanStructOps]) -> Vec<Chosen> {
    let object = cx.object;
    let callbacks = callbacks(cx, struct_ops);
    let named: HashSet<FunctionId> = object.struct_ops().iter().flat_map(|spec| spec.callbacks()).collect();
    let mut chosen = Vec::new();
    for (program, spec) in object.file().programs().iter().zip(object.programs()) {
        let sleepable = spec.def().is_some_and(|def| def.sleepable);
        let more = spec.def().map_or(0, |def| def.program_flags) | spec.flags();
        let mut flags = more | if sleepable { BPF_F_SLEEPABLE } else { 0 };
        if let Some(attach) = callbacks.get(&program.id) {
            let (program_type, attach) = (ProgramType::STRUCT_OPS, attach.clone());
            chosen.push(Chosen { id: program.id, function: program.function, program_type, attach, flags });
            continue;
        }
        if named.contains(&program.function) || !spec.autoload() {
            // A callback of a variable that is left out goes with it.
            continue;
        }
        let Some(def) = spec.def() else {
            cx.errors.push(PlanError::Section {
                program: program.name.clone(),
                section: program.section.clone(),
                nearest: nearest_section(&program.section),
            });
            continue;
        };
        if def.program_type == ProgramType::STRUCT_OPS {
            // Cleared by the user: nothing asks for it any more. Never named at all: a mistake in the file.
            if !program.struct_ops {
                cx.errors.push(PlanError::Unreferenced { program: program.name.clone() });
            }
            continue;
        }
        if known_types::lacks_programs(cx.kernel, def.program_type) {
            let (program, program_type) = (program.name.clone(), def.program_type);
            // What else it lacks is said too.
            cx.errors.push(PlanError::NoProgramType { program, program_type });
        }
        flags |= if def.xdp_frags { BPF_F_XDP_HAS_FRAGS } else { 0 };
        let Some(attach) = attach_point(cx, program, spec, def) else { continue };
        chosen.push(Chosen {
            id: program.id,
            function: program.function,
            program_type: def.program_type,
            attach,
            flags,
        });
    }
    chosen
}

fn nearest_section(section: &str) -> Option<String> {
    let (head, tail) = section.split_once('/').map_or((section, None), |(head, tail)| (head, Some(tail)));
    let found = nearest(head, bpf_elf::sec_name::names())?;
    Some(tail.map_or(found.clone(), |tail| format!("{found}/{tail}")))
}

/// The attach point of each callback; a program that is two different callbacks cannot be loaded.
fn callbacks(cx: &mut Context<'_>, struct_ops: &[PlanStructOps]) -> HashMap<ProgramId, AttachPoint> {
    let mut points: HashMap<ProgramId, AttachPoint> = HashMap::new();
    for (ops, Callback { program, member, name }) in
        struct_ops.iter().flat_map(|ops| ops.callbacks().map(move |callback| (ops, callback)))
    {
        let point =
            AttachPoint::StructOps { ops: ops.struct_type.clone(), member: *member, name: name.clone() };
        match points.get(program) {
            Some(first) if *first != point => {
                let program = cx.object.program(*program).map_or("?", |spec| spec.name()).to_owned();
                let error =
                    PlanError::Shared { program, first: first.to_string(), second: point.to_string() };
                cx.errors.push(error);
            }
            _ => {
                points.insert(*program, point);
            }
        }
    }
    points
}

impl std::fmt::Display for AttachPoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Type(attach) => attach.fmt(f),
            Self::KernelType { attach_type, target } => write!(f, "{attach_type} {}", target.name),
            Self::StructOps { ops, name, .. } => write!(f, "{}.{name}", ops.name),
        }
    }
}

fn attach_point(
    cx: &mut Context<'_>,
    program: &Program,
    spec: &ProgramSpec,
    def: &SecDef,
) -> Option<AttachPoint> {
    if def.needs_btf_target && spec.instances().is_some_and(Instances::has_targets) {
        // Each has its own, found when it is made.
        return Some(AttachPoint::None);
    }
    if def.needs_btf_target {
        return target::plan(cx, program, def, spec.attach_target());
    }
    Some(match def.attach_type {
        Some(attach) => {
            let optional = def.attach_type_optional;
            if !optional || cx.uses(Feature::ExpectedAttachType, Step::Program(program.id)) {
                AttachPoint::Type(attach)
            } else {
                AttachPoint::None
            }
        }
        None => AttachPoint::None,
    })
}

/// The chosen programs with their final instructions.
pub(crate) fn plan(
    cx: &mut Context<'_>,
    chosen: &[Chosen],
    exception_callbacks: &HashMap<FunctionId, FunctionId>,
    functions: &HashMap<FunctionId, Relocated>,
    btf: &ObjectBtf,
) -> Vec<PlanProgram> {
    let one = |chosen: &Chosen| {
        let callback = exception_callbacks.get(&chosen.function).copied();
        plan_one(cx, chosen, callback, functions, btf)
    };
    chosen.iter().filter_map(one).collect()
}

fn plan_one(
    cx: &mut Context<'_>,
    chosen: &Chosen,
    exception_callback: Option<FunctionId>,
    functions: &HashMap<FunctionId, Relocated>,
    btf: &ObjectBtf,
) -> Option<PlanProgram> {
    let object = cx.object;
    let spec = object.program(chosen.id)?;
    let step = Step::Program(chosen.id);
    let set = spec.insns().map(<[PlanInsn]>::to_vec);
    let own_insns = set.is_some();
    let Stream { mut insns, functions, poisons, jump_tables, .. } = match set {
        Some(insns) => alone(cx, chosen.function, insns)?,
        None => assemble(cx, chosen.function, exception_callback, functions)?,
    };
    jump_tables::check(cx, step, spec.name(), &jump_tables);
    helpers::replace(cx, step, &mut insns);
    let modules = number_modules(cx, &mut insns);
    let named = cx.uses(Feature::Names, step);
    notice(cx, spec.name(), &poisons);
    let (mut func_info, mut lines) =
        if btf.btf.is_some() { debug_info(cx, &functions) } else { Default::default() };
    if own_insns {
        lines.clear();
        // The kernel would look for the function in the stream.
        func_info.retain(|_| exception_callback.is_none());
    }
    if let Some(context) = arg_ctx::context(chosen.program_type) {
        for (_, declared) in &mut func_info {
            *declared = *btf.declarations.get(&(context, *declared)).unwrap_or(declared);
        }
    }
    let program = PlanProgram {
        id: chosen.id,
        instance: 0,
        name: spec.name().to_owned(),
        kernel_name: if named { fit(spec.name()) } else { String::new() },
        program_type: chosen.program_type,
        attach: chosen.attach.clone(),
        target: spec.attach_target().map(str::to_owned),
        flags: chosen.flags,
        ifindex: spec.ifindex(),
        log_level: spec.log_level(),
        log_size: spec.log_size(),
        license: object.file().license().unwrap_or_default().to_owned(),
        modules,
        insns,
        functions,
        func_info,
        lines,
        poisons,
        jump_tables,
    };
    if own_insns { instances::set_insns(cx, &program) } else { Some(program) }
}

/// The stream of a program whose instructions the user has set.
fn alone(cx: &mut Context<'_>, main: FunctionId, insns: Vec<PlanInsn>) -> Option<Stream> {
    let name = cx.object.file().function(main)?.name.clone();
    let count = insns.len();
    if count > PROGRAM_MOST {
        cx.errors.push(PlanError::TooLong { program: name, insns: count });
        return None;
    }
    let functions = vec![PlacedFunction { function: main, name, start: InsnIndex(0) }];
    Some(Stream { insns, functions, ..Stream::default() })
}

/// Gives each module a number, from 1, in calls of its functions.
pub(crate) fn number_modules(cx: &Context<'_>, insns: &mut [PlanInsn]) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    for planned in insns.iter_mut().filter(|planned| planned.insn.is_call()) {
        let Some(Ref::Extern(id)) = planned.reference else { continue };
        let Some(Value::Type(KernelType { module: Some(module), .. })) = cx.externs.get(&id) else {
            continue;
        };
        let at = modules.iter().position(|known| known == module).unwrap_or_else(|| {
            modules.push(module.clone());
            modules.len() - 1
        });
        planned.insn.off = i16::try_from(at.saturating_add(1)).unwrap_or(i16::MAX);
    }
    modules
}

fn notice(cx: &mut Context<'_>, program: &str, poisons: &[Poison]) {
    let file = cx.object.file();
    for poison in poisons {
        if !cx.noticed.insert((poison.function, poison.in_function)) {
            continue;
        }
        let Some(function) = file.function(poison.function) else { continue };
        let line = file.source_line(function, poison.in_function);
        cx.notices.push(Notice::Unresolved {
            program: program.to_owned(),
            function: function.name.clone(),
            insn: poison.in_function.0,
            source: line.map(|line| bpf_btf::Place::Source {
                file: line.file.to_owned(),
                line: line.line,
                text: line.text.to_owned(),
            }),
            missing: poison.missing.clone(),
        });
    }
}

/// Functions and lines of everything in a stream. The kernel takes function information for all functions or none.
fn debug_info(cx: &Context<'_>, placed: &[PlacedFunction]) -> (Vec<(InsnIndex, TypeId)>, Vec<PlanLine>) {
    let file = cx.object.file();
    let found = placed.iter().filter_map(|placed| Some((placed.start, file.function(placed.function)?)));
    let funcs: Option<Vec<_>> =
        found.clone().map(|(start, function)| Some((start, function.type_id?))).collect();
    let Some(funcs) = funcs.filter(|funcs| funcs.len() == placed.len()) else {
        return Default::default();
    };
    let lines = found.flat_map(|(start, function)| {
        function.lines.iter().map(move |line| PlanLine {
            insn: InsnIndex(start.0.saturating_add(line.insn.0)),
            file: line.file,
            text: line.text,
            line: line.line,
            column: line.column,
        })
    });
    (funcs, lines.collect())
}
