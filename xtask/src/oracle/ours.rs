//! What our loader makes of an object, as facts.

use bpf_loader::btf::Endian;
use bpf_loader::elf::{MapDef, MapKind};
use bpf_loader::kernel::Symbols;
use bpf_loader::load::LoadError;
use bpf_loader::plan::{AttachPoint, KernelType, PlanMap, PlanProgram, Ref, Value};
use bpf_loader::{Diagnostic, Kernel, Object, OpenOptions, Plan, PlanFailed};

use super::facts::{
    Digest, Facts, Line, Map, Means, Program, Refusal, SIZED, Sent, SentMap, Shape, Slot, insn,
};

/// Opens an object; with a kernel it is planned for it and loaded. A panic is a refusal, and will be a difference.
pub(crate) fn ask(bytes: &[u8], name: &str, kernel: Option<&Kernel>) -> Facts {
    let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ask_object(bytes, name, kernel)));
    asked.unwrap_or_else(|_| Facts {
        refused: Some(Refusal { errno: None, code: "panic".into(), text: "it panicked".into() }),
        ..Facts::default()
    })
}

fn ask_object(bytes: &[u8], name: &str, kernel: Option<&Kernel>) -> Facts {
    let mut object = match OpenOptions::new().name(name).parse(bytes) {
        Ok(object) => object,
        Err(error) => return Facts { refused: Some(refusal(&error)), ..Facts::default() },
    };
    let mut facts = opened(&object);
    if let Some(kernel) = kernel {
        let left_open = |map: &&bpf_loader::object::MapSpec| {
            map.def().max_entries == 0 && SIZED.contains(&map.def().map_type.0)
        };
        let names: Vec<String> =
            object.maps().iter().filter(left_open).map(|map| map.name().to_owned()).collect();
        for name in names {
            // A map of the file takes any number.
            let _ = object.map_mut(&name).and_then(|map| map.set_max_entries(1));
        }
        // Nothing is pinned on either side.
        let pinned = object.maps().iter().filter(|map| map.def().pin_by_name);
        for name in pinned.map(|map| map.name().to_owned()).collect::<Vec<_>>() {
            let _ = object.map_mut(&name).map(|map| map.set_pin_path(None));
        }
        load(&object, kernel, &mut facts);
    }
    facts
}

fn opened(object: &Object) -> Facts {
    let file = object.file();
    let program = |program: &bpf_loader::elf::Program| {
        let def = program.def.as_ref();
        Program {
            name: program.name.clone(),
            section: program.section.trim_start_matches('?').to_owned(),
            program_type: def.map_or(0, |def| def.program_type.0),
            attach_type: def.and_then(|def| def.attach_type).map_or(0, |attach| attach.0),
            autoload: program.autoload,
            sent: None,
            refused: None,
        }
    };
    // With externs the types are final only when those are resolved.
    let types = file.btf().filter(|_| file.endian() == Endian::NATIVE && file.externs().is_empty());
    Facts {
        refused: None,
        programs: file.programs().iter().map(program).collect(),
        maps: file.maps().iter().map(map).collect(),
        btf: types.map(|btf| Digest::of(btf.bytes())),
    }
}

fn map(def: &MapDef) -> Map {
    let data = match &def.kind {
        MapKind::Data(section) => Some(section),
        _ => None,
    };
    Map {
        name: def.name.clone(),
        data: data.is_some() || def.kind == MapKind::Kconfig,
        shape: shape(def),
        numa_node: def.numa_node.unwrap_or(0),
        pinned: def.pin_by_name,
        autocreate: def.autocreate,
        inner: def.inner.as_deref().map(shape),
        contents: match &def.kind {
            // Nothing stands in it before the configuration is known.
            MapKind::Kconfig => Some(Digest::of(&vec![0; usize::try_from(def.value_size).unwrap_or(0)])),
            _ => data.map(|section| Digest::of(&section.bytes)),
        },
        sent: None,
    }
}

fn shape(def: &MapDef) -> Shape {
    Shape {
        map_type: def.map_type.0,
        key_size: def.key_size,
        value_size: def.value_size,
        max_entries: def.max_entries,
        flags: def.flags,
        extra: def.extra,
        key_type: def.key_type.unwrap_or_default().0,
        value_type: def.value_type.unwrap_or_default().0,
    }
}

/// The whole object; where that cannot be planned, each program in an object without the others, since what stops one
/// need not stop another.
fn load(object: &Object, kernel: &Kernel, facts: &mut Facts) {
    let failed = match object.plan(kernel) {
        Ok(plan) => {
            send(&plan, kernel, facts);
            return;
        }
        Err(failed) => failed,
    };
    for at in 0..facts.programs.len() {
        let Some(program) = object.file().programs().get(at).filter(|program| program.autoload) else {
            continue;
        };
        let alone = if program.struct_ops { None } else { Some(only(object, &program.name)) };
        match alone.as_ref().map(|alone| alone.plan(kernel)) {
            Some(Ok(plan)) => send(&plan, kernel, facts),
            Some(Err(failed)) => refuse(facts, at, &failed),
            None => refuse(facts, at, &failed),
        }
    }
}

fn refuse(facts: &mut Facts, at: usize, failed: &PlanFailed) {
    let first = failed.errors().iter().find(|error| super::compare::is_not_yet(error.code()));
    let error = first.or(failed.errors().first());
    if let (Some(program), Some(error)) = (facts.programs.get_mut(at), error) {
        program.refused = Some(refusal(error));
    }
}

/// The object with nothing to load but that program. No struct_ops variable then, or its callbacks would be loaded.
fn only(object: &Object, name: &str) -> Object {
    let mut alone = object.clone();
    let programs: Vec<String> = object.programs().iter().map(|spec| spec.name().to_owned()).collect();
    for other in programs.iter().filter(|other| *other != name) {
        if let Ok(spec) = alone.program_mut(other) {
            spec.set_autoload(false);
        }
    }
    let variables: Vec<String> = object.struct_ops().iter().map(|spec| spec.name().to_owned()).collect();
    for variable in variables {
        if let Ok(spec) = alone.map_mut(&variable) {
            spec.set_autocreate(false);
        }
    }
    alone
}

/// What a plan sends, and what the kernel answers.
fn send(plan: &Plan, kernel: &Kernel, facts: &mut Facts) {
    let loaded = plan.load(kernel);
    // Where the kernel lacks something, the plan that was loaded in the end is another one.
    let plan = loaded.as_ref().map_or(plan, |loaded| loaded.plan());
    for planned in plan.programs() {
        let Some(program) = facts.programs.get_mut(usize::try_from(planned.id.0).unwrap_or(usize::MAX))
        else {
            continue;
        };
        let mut sent = sent(plan, planned);
        match &loaded {
            Ok(_) => sent.asked = true,
            Err(LoadError::Programs(failed)) => {
                sent.asked = true;
                let error = failed.errors().iter().find(|error| error.program == planned.name);
                sent.answer = error.map(|error| Refusal { errno: error.source.errno(), ..refusal(error) });
            }
            Err(LoadError::Refused { source, .. }) => {
                let error = loaded.as_ref().err().map(|error| refusal(error)).unwrap_or_default();
                program.refused = Some(Refusal { errno: source.errno(), ..error });
            }
            Err(error) => program.refused = Some(refusal(error)),
        }
        program.sent = Some(sent);
    }
    let types = plan.btf().filter(|btf| btf.endian() == Endian::NATIVE);
    facts.btf = types.map(|btf| Digest::of(btf.bytes()));
    for planned in plan.maps() {
        if let Some(map) = facts.maps.get_mut(usize::try_from(planned.id.0).unwrap_or(usize::MAX)) {
            map.sent = Some(sent_map(planned));
        }
    }
}

fn sent_map(planned: &PlanMap) -> SentMap {
    let (key_type, value_type) = planned.btf.unwrap_or_default();
    SentMap {
        name: planned.kernel_name.clone(),
        shape: Shape {
            map_type: planned.map_type.0,
            key_size: planned.key_size,
            value_size: planned.value_size,
            max_entries: planned.max_entries,
            flags: planned.flags,
            extra: planned.extra,
            key_type: key_type.0,
            value_type: value_type.0,
        },
        kernel_value: planned.kernel_value.as_ref().map(|value| value.name.clone()),
    }
}

fn sent(plan: &Plan, program: &PlanProgram) -> Sent {
    let (attach_type, attach_btf) = match &program.attach {
        AttachPoint::Type(attach) => (attach.0, None),
        AttachPoint::KernelType { attach_type, target } => (attach_type.0, Some(home(target))),
        AttachPoint::StructOps { ops, member, .. } => (*member, Some(home(ops))),
        _ => (0, None),
    };
    let text = |offset| plan.btf().and_then(|btf| btf.string(offset).ok()).unwrap_or_default().to_owned();
    let function = |id| {
        let found = plan.btf().and_then(|btf| btf.get(id).ok()).and_then(|found| found.name().ok());
        found.unwrap_or_default().to_owned()
    };
    Sent {
        name: program.kernel_name.clone(),
        program_type: program.program_type.0,
        attach_type,
        attach_btf,
        flags: program.flags,
        license: program.license.clone(),
        insns: insns(plan, program),
        functions: program.func_info.iter().map(|(at, id)| (at.0, function(*id))).collect(),
        lines: program
            .lines
            .iter()
            .map(|line| Line {
                insn: line.insn.0,
                file: text(line.file),
                text: text(line.text),
                line: line.line,
                column: line.column.into(),
            })
            .collect(),
        answer: None,
        asked: false,
    }
}

/// A type by its name, and whether it is a module's.
fn home(found: &KernelType) -> String {
    let place = if found.module.is_some() { "module: " } else { "" };
    format!("{place}{}", found.name)
}

fn insns(plan: &Plan, program: &PlanProgram) -> Vec<String> {
    let map = |id| plan.map(id).map_or("?", |map| map.name.as_str()).to_owned();
    let extern_name = |id| {
        let found = plan.externs().iter().find(|found| found.id == id);
        let name = found.map_or("?", |found| found.name.as_str());
        // Several may be at one address: the first by name stands for all.
        let symbols = plan.kernel().symbols().ok().flatten();
        let address = symbols.and_then(|symbols| symbols.find(name)).map(|found| found.address);
        let first = symbols.into_iter().flat_map(Symbols::iter).find(|other| Some(other.address) == address);
        first.map_or(name, |first| first.name).to_owned()
    };
    let mut number = false;
    let line = |planned: &bpf_loader::plan::PlanInsn| {
        let mut raw = planned.insn;
        if let Some(Ref::KernelType(id)) = planned.reference {
            raw.imm = id.0.cast_signed();
        }
        // The id of a type is a number for libbpf, in both halves.
        let upper = if number { Means::Number } else { Means::Upper };
        number = matches!(planned.reference, Some(Ref::KernelType(_)));
        let means = match planned.reference {
            Some(Ref::Map(id)) => Means::Map(map(id)),
            Some(Ref::MapValue { map: id, offset }) => Means::MapValue(map(id), offset),
            Some(Ref::Function(id)) => {
                let placed = program.functions.iter().find(|placed| placed.function == id);
                Means::Insn(placed.map_or(u32::MAX, |placed| placed.start.0))
            }
            Some(Ref::KernelSymbol(id)) => Means::Address(extern_name(id)),
            Some(Ref::Extern(id)) => match plan.extern_value(id) {
                Some(Value::Type(found)) => Means::Kernel(found.name.clone()),
                _ => Means::Kernel("?".to_owned()),
            },
            Some(Ref::Upper) => upper,
            _ => Means::Number,
        };
        insn(Slot { code: raw.code, dst: raw.dst, src: raw.src, off: raw.off, imm: raw.imm }, &means)
    };
    program.insns.iter().map(line).collect()
}

fn refusal(error: &dyn Diagnostic) -> Refusal {
    Refusal { errno: None, code: error.code().to_owned(), text: error.to_string() }
}
