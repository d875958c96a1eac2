//! Maps as they will be created: names that fit, BTF where the type takes it, what they hold at the start.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use bpf_btf::layout::{size_of, strip_modifiers};
use bpf_btf::matching::nearest;
use bpf_btf::{Btf, Kind, Type, TypeId};
use bpf_elf::{DataKind, MapDef, MapId, MapKind, ProgramId, SlotTarget};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_LINK, BPF_F_MMAPABLE, BPF_F_NUMA_NODE, BPF_OBJ_NAME_LEN};

use crate::kernel::Feature;
use crate::object::{MapSpec, ProgramSpec, Tail, is_outer};
use crate::plan::known_types;
use crate::plan::map_limits;
use crate::plan::map_rules::{self, Asked, Rule, Types};
use crate::plan::programs::Chosen;
use crate::plan::{Context, MapCopy, MapPlanError, Notice, PlanArena, PlanError, PlanStructOps, Step, arena};

/// A map that is to be created.
#[derive(Clone, Debug)]
pub struct PlanMap {
    /// Its id on the object.
    pub id: MapId,
    /// Its name on the object.
    pub name: String,
    /// Its name in the kernel, up to 15 bytes; empty for a kernel without names.
    pub kernel_name: String,
    /// Its type.
    pub map_type: MapType,
    /// Bytes of a key.
    pub key_size: u32,
    /// Bytes of a value.
    pub value_size: u32,
    /// The most entries it can hold.
    pub max_entries: u32,
    /// `BPF_F_*`.
    pub flags: u32,
    /// The NUMA node it is to live on.
    pub numa_node: Option<u32>,
    /// The index of the network device that it is offloaded to; 0 for none.
    pub ifindex: u32,
    /// Bits whose meaning depends on the type.
    pub extra: u64,
    /// Key and value types in the object's BTF, if the kernel is told of them.
    pub btf: Option<(TypeId, TypeId)>,
    /// The type of a struct_ops value in the kernel's BTF.
    pub kernel_value: Option<KernelType>,
    /// How it lies in memory, if it is an arena.
    pub arena: Option<PlanArena>,
    /// What the maps inside a map of maps are like. One such is created, shown to the kernel, and let go of.
    pub inner: Option<Box<PlanMap>>,
    /// What a data section holds before anything runs, or the variables of an arena.
    pub contents: Option<Vec<u8>>,
    /// Whether it is closed to writing from user space once it is filled.
    pub freeze: bool,
    /// What stands in it from the start: maps before programs are loaded, programs after.
    pub slots: Vec<(u32, SlotTarget)>,
    /// The one program that may use it.
    pub exclusive: Option<ProgramId>,
    /// Where it is pinned. What is pinned there already is used instead, if it is such a map.
    pub pin: Option<PathBuf>,
    /// The instance of a program that it is an own copy for. Such maps have ids that no map of the object has.
    pub copy: Option<MapCopy>,
}

/// A type of the kernel, by name and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelType {
    /// Its C name.
    pub name: String,
    /// Its id in the kernel's BTF, or in the module's.
    pub id: TypeId,
    /// The module that defines it; `None` for the kernel itself.
    pub module: Option<String>,
}

/// The maps to create, in the order of their ids. Which programs are loaded decides which slots are filled.
pub(crate) fn plan(
    cx: &mut Context<'_>,
    struct_ops: &[PlanStructOps],
    chosen: &[Chosen],
    with_btf: bool,
) -> Vec<PlanMap> {
    let object = cx.object;
    let created = object.maps().iter().filter(|spec| spec.def().autocreate);
    let loaded: HashSet<ProgramId> = chosen.iter().map(|chosen| chosen.id).collect();
    let mut maps: Vec<PlanMap> = Vec::new();
    let mut pins: HashMap<PathBuf, String> = HashMap::new();
    for spec in created {
        let Some(mut map) = plan_one(cx, spec, struct_ops, with_btf) else { continue };
        map.slots = slots(cx, spec.def(), &loaded);
        map.exclusive = exclusive(cx, spec, &loaded);
        map.pin = spec.pin_path(object.pin_root());
        if let Some(path) = map.pin.clone()
            && let Some(first) = pins.insert(path.clone(), map.name.clone())
        {
            refuse(cx, MapPlanError::SamePin { map: map.name.clone(), first, path });
        }
        maps.push(map);
    }
    maps
}

fn plan_one(
    cx: &mut Context<'_>,
    spec: &MapSpec,
    struct_ops: &[PlanStructOps],
    with_btf: bool,
) -> Option<PlanMap> {
    let def = spec.def();
    let step = Step::Map(spec.id());
    let named = cx.uses(Feature::Names, step);
    let mut map = shape(cx, def, named, with_btf)?;
    map.ifindex = spec.ifindex();
    map.contents = spec.contents().map(<[u8]>::to_vec);
    match &def.kind {
        MapKind::StructOps(id) => {
            let ops = struct_ops.get(struct_ops.binary_search_by_key(id, |ops| ops.id).ok()?)?;
            map.value_size = u32::try_from(ops.image.len()).ok()?;
            map.kernel_value = Some(ops.value_type.clone());
            map.flags = map.flags & !BPF_F_LINK | if ops.link { BPF_F_LINK } else { 0 };
            map.btf = with_btf.then_some((TypeId::VOID, TypeId::VOID));
        }
        MapKind::Data(section) => {
            map.freeze = section.kind == DataKind::Rodata;
            map.btf = section.btf_type.filter(|_| with_btf).map(|datasec| (TypeId::VOID, datasec));
            if spec.is_resized() && map.btf.is_some() && resized_tail(spec).is_none() {
                map.btf = None;
                let why = format!("its {} bytes do not end with whole elements of an array", map.value_size);
                cx.notices.push(Notice::TypesDropped { map: map.name.clone(), why });
            }
            needs_global_data(cx, &mut map, step);
        }
        MapKind::Kconfig => {
            map.contents = cx.kconfig.take();
            map.freeze = true;
            map.btf = def.value_type.filter(|_| with_btf).map(|datasec| (TypeId::VOID, datasec));
            needs_global_data(cx, &mut map, step);
        }
        _ if def.map_type == MapType::ARENA => {
            map.arena = Some(arena::plan(cx, spec, map_rules::page_size(cx.kernel.machine()))?);
        }
        _ => {}
    }
    Some(map)
}

/// What a data section that was resized ends with, where its type can follow.
pub(crate) fn resized_tail(spec: &MapSpec) -> Option<(&Tail, u32)> {
    let tail = spec.tail().filter(|_| spec.is_resized())?;
    Some((tail, tail.elements(spec.def().value_size)?))
}

/// A map as its definition has it, and what is inside of it.
fn shape(cx: &mut Context<'_>, def: &MapDef, named: bool, with_btf: bool) -> Option<PlanMap> {
    let max_entries = map_rules::entries(def.map_type, def.max_entries, cx.kernel.machine());
    let asked = Asked {
        map_type: def.map_type,
        key_size: def.key_size,
        value_size: def.value_size,
        max_entries,
        flags: def.flags,
    };
    let absent = known_types::lacks_maps(cx.kernel, def.map_type);
    let absent = absent.then(|| {
        let since = def.map_type.since().map(|since| format!("; Linux {since} is the first that has"));
        format!("this kernel has no maps of type {}{}", def.map_type, since.unwrap_or_default())
    });
    let flags = def.flags | if def.numa_node.is_some() { BPF_F_NUMA_NODE } else { 0 };
    let over = map_limits::refusal(def.map_type, def.value_size, max_entries, def.extra, flags);
    if let Some(why) = map_rules::refusal(asked).or(over).or(absent) {
        refuse(cx, MapPlanError::Refused { map: def.name.clone(), why });
        return None;
    }
    let inner = match &def.inner {
        Some(inner) if is_outer(def.map_type) => Some(Box::new(shape(cx, inner, named, with_btf)?)),
        None if is_outer(def.map_type) => {
            refuse(cx, MapPlanError::NoInner { map: def.name.clone() });
            return None;
        }
        _ => None,
    };
    Some(PlanMap {
        id: def.id,
        name: def.name.clone(),
        kernel_name: if named { kernel_name(cx.object.name(), def) } else { String::new() },
        map_type: def.map_type,
        key_size: def.key_size,
        value_size: def.value_size,
        max_entries,
        flags: def.flags,
        numa_node: def.numa_node,
        ifindex: 0,
        extra: def.extra,
        btf: if with_btf { types(cx, def) } else { None },
        kernel_value: None,
        arena: None,
        inner,
        contents: None,
        freeze: false,
        slots: Vec::new(),
        exclusive: None,
        pin: None,
        copy: None,
    })
}

/// The types of key and value, where the kernel takes them. That it is not told of some is told here instead.
fn types(cx: &mut Context<'_>, def: &MapDef) -> Option<(TypeId, TypeId)> {
    let takes = Rule::of(def.map_type).map_or(Types::Both, |rule| rule.types);
    let (key, value) = (def.key_type.unwrap_or_default(), def.value_type.unwrap_or_default());
    if value == TypeId::VOID
        || takes == Types::None
        || !matches!(def.kind, MapKind::Declared { .. } | MapKind::Legacy { .. })
    {
        return None;
    }
    let btf = cx.object.file().btf()?;
    match types_refused(btf, def, (key, value), takes) {
        None => Some((key, value)),
        Some(why) => {
            cx.notices.push(Notice::TypesDropped { map: def.name.clone(), why });
            None
        }
    }
}

/// Why the kernel would refuse a map for its types.
fn types_refused(btf: &Btf, def: &MapDef, types: (TypeId, TypeId), takes: Types) -> Option<String> {
    for (what, type_id, size) in [("key", types.0, def.key_size), ("value", types.1, def.value_size)] {
        let declared = if type_id == TypeId::VOID { size } else { size_of(btf, type_id).unwrap_or(0) };
        if declared != size {
            let name = bpf_btf::dump::type_name(btf, type_id);
            return Some(format!("its {what} has {size} bytes, and `{name}` has {declared}"));
        }
    }
    let key = strip_modifiers(btf, types.0).ok().filter(|_| types.0 != TypeId::VOID);
    let word = |found: &Type<'_>| found.int().is_some_and(|int| int.bits == 32);
    match (takes, key) {
        (Types::Value, None) => None,
        (Types::Value, Some(_)) => Some("its keys have no bytes, and a type".to_owned()),
        (_, None) => Some("its keys have a size, and no type".to_owned()),
        (Types::Index, Some(key)) if !word(&key) => {
            Some("its key is not declared as an integer of 32 bits".into())
        }
        (Types::Prefix, Some(key)) if key.kind() != Kind::STRUCT => {
            Some("its key is not declared as a struct".to_owned())
        }
        _ => None,
    }
}

/// What stands in it from the start. What is left out leaves its slot empty, and that is harmless: a program has to ask
/// whether it found a map, and a tail call to nothing goes on behind the call.
fn slots(cx: &mut Context<'_>, def: &MapDef, loaded: &HashSet<ProgramId>) -> Vec<(u32, SlotTarget)> {
    let object = cx.object;
    let wrong = |slot| {
        if def.map_type == MapType::HASH_OF_MAPS {
            let why = format!("is a key of 4 bytes, and this map's have {}", def.key_size);
            (def.key_size != 4).then_some(why)
        } else {
            (slot >= def.max_entries)
                .then(|| format!("lies beyond max_entries, which is {}", def.max_entries))
        }
    };
    let mut filled = Vec::with_capacity(def.slots.len());
    for (slot, target) in &def.slots {
        if let Some(why) = wrong(*slot) {
            refuse(cx, MapPlanError::Slot { map: def.name.clone(), slot: *slot, why });
            continue;
        }
        let (kind, name, there) = match target {
            SlotTarget::Map(id) => {
                let spec = object.map(*id);
                ("map", spec.map(MapSpec::name), spec.is_some_and(|spec| spec.def().autocreate))
            }
            SlotTarget::Program(id) => {
                ("program", object.program(*id).map(ProgramSpec::name), loaded.contains(id))
            }
            _ => ("target", None, false),
        };
        if there {
            filled.push((*slot, *target));
        } else {
            let (map, name) = (def.name.clone(), name.unwrap_or("?").to_owned());
            cx.notices.push(Notice::SlotEmpty { map, slot: *slot, kind, name });
        }
    }
    filled
}

/// The one program that may use it.
fn exclusive(cx: &mut Context<'_>, spec: &MapSpec, loaded: &HashSet<ProgramId>) -> Option<ProgramId> {
    let program = spec.exclusive()?;
    let programs = cx.object.programs();
    let found = programs.iter().find(|found| found.name() == program).map(ProgramSpec::id);
    let loaded = found.filter(|id| loaded.contains(id));
    let (why, help) = if found.is_none() {
        let nearest = nearest(program, programs.iter().map(ProgramSpec::name));
        ("there is none of that name".to_owned(), nearest.map(|nearest| format!("did you mean `{nearest}`?")))
    } else if loaded.is_none() {
        ("it is not to be loaded".to_owned(), None)
    } else if loaded.and_then(|id| cx.object.program(id)).is_some_and(|spec| spec.instances().is_some()) {
        ("it has instances, and each is a program of its own".to_owned(), None)
    } else if !cx.uses(Feature::ExclusiveMaps, Step::Map(spec.id())) {
        ("this kernel has no such maps".to_owned(), Some("Linux 6.18 is the first that has".to_owned()))
    } else {
        return loaded;
    };
    let (map, program) = (spec.name().to_owned(), program.to_owned());
    refuse(cx, MapPlanError::Exclusive { map, program, why, help });
    None
}

fn refuse(cx: &mut Context<'_>, error: MapPlanError) {
    cx.errors.push(PlanError::Map(Box::new(error)));
}

/// What is needed to put a section into a map.
fn needs_global_data(cx: &mut Context<'_>, map: &mut PlanMap, step: Step) {
    if map.flags & BPF_F_MMAPABLE != 0 && !cx.uses(Feature::ArrayMmap, step) {
        map.flags &= !BPF_F_MMAPABLE;
    }
    if !cx.uses(Feature::GlobalData, step) {
        let why = "global variables need Linux 5.2".to_owned();
        refuse(cx, MapPlanError::Refused { map: map.name.clone(), why });
    }
}

/// The name that the kernel is told. Data sections are named after the object too, so that they can be told apart; a
/// section with a name of its own (`.data.x`) has enough in itself.
fn kernel_name(object: &str, def: &MapDef) -> String {
    let room = BPF_OBJ_NAME_LEN - 1;
    let full = match &def.kind {
        MapKind::Data(_) | MapKind::Kconfig if def.name.matches('.').count() < 2 => {
            let prefix = room.saturating_sub(def.name.len().max(7));
            object.chars().take(prefix).chain(def.name.chars()).collect()
        }
        _ => def.name.clone(),
    };
    fit(&full)
}

/// A name that the kernel takes: up to 15 bytes, of letters, digits, `_` and `.`.
pub(crate) fn fit(name: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '.' { c } else { '_' };
    name.chars().map(allowed).take(BPF_OBJ_NAME_LEN - 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit() {
        for (name, want) in [
            ("short", "short"),
            ("a_name_of_twenty_xxx", "a_name_of_twent"),
            ("a-b c", "a_b_c"),
            ("naïve", "na_ve"),
        ] {
            assert_eq!(fit(name), want);
        }
    }
}
