//! Maps as they will be created: names that fit, BTF where the type takes it, what they hold at the start.

use bpf_btf::TypeId;
use bpf_elf::{DataKind, MapDef, MapId, MapKind};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_LINK, BPF_F_MMAPABLE, BPF_OBJ_NAME_LEN};

use crate::kernel::{Feature, Machine};
use crate::object::MapSpec;
use crate::plan::{Context, MapCopy, PlanArena, PlanError, PlanStructOps, Step, arena};

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
    /// Bits whose meaning depends on the type.
    pub extra: u64,
    /// Key and value types in the object's BTF, if the kernel is told of them.
    pub btf: Option<(TypeId, TypeId)>,
    /// The type of a struct_ops value in the kernel's BTF.
    pub kernel_value: Option<KernelType>,
    /// How it lies in memory, if it is an arena.
    pub arena: Option<PlanArena>,
    /// What a data section holds before anything runs, or the variables of an arena.
    pub contents: Option<Vec<u8>>,
    /// Whether it is closed to writing from user space once it is filled.
    pub freeze: bool,
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

/// The types that refuse to be told of BTF.
const WITHOUT_BTF: &[MapType] = &[
    MapType::PERF_EVENT_ARRAY,
    MapType::CGROUP_ARRAY,
    MapType::STACK_TRACE,
    MapType::ARRAY_OF_MAPS,
    MapType::HASH_OF_MAPS,
    MapType::DEVMAP,
    MapType::DEVMAP_HASH,
    MapType::CPUMAP,
    MapType::XSKMAP,
    MapType::SOCKMAP,
    MapType::SOCKHASH,
    MapType::QUEUE,
    MapType::STACK,
    MapType::ARENA,
];

/// The types that the kernel refuses without a key, a value or a number of entries.
const NEEDS_ALL: &[MapType] = &[
    MapType::HASH,
    MapType::ARRAY,
    MapType::PERCPU_HASH,
    MapType::PERCPU_ARRAY,
    MapType::LRU_HASH,
    MapType::LRU_PERCPU_HASH,
];

pub(crate) fn plan(cx: &mut Context<'_>, struct_ops: &[PlanStructOps], with_btf: bool) -> Vec<PlanMap> {
    let object = cx.object;
    let created = object.maps().iter().filter(|spec| spec.def().autocreate);
    created.filter_map(|spec| plan_one(cx, spec, struct_ops, with_btf)).collect()
}

fn plan_one(
    cx: &mut Context<'_>,
    spec: &MapSpec,
    struct_ops: &[PlanStructOps],
    with_btf: bool,
) -> Option<PlanMap> {
    let def = spec.def();
    let step = Step::Map(spec.id());
    if let Some(not_yet) = not_yet(def) {
        let name = format!("`{}`", def.name);
        cx.errors.push(PlanError::NotYet { what: "map", name, not_yet: not_yet.to_owned() });
        return None;
    }
    if let Some(why) = refusal(def) {
        cx.errors.push(PlanError::Map { map: def.name.clone(), why });
        return None;
    }
    let named = cx.uses(Feature::Names, step);
    let mut map = PlanMap {
        id: def.id,
        name: def.name.clone(),
        kernel_name: if named { kernel_name(cx.object.name(), def) } else { String::new() },
        map_type: def.map_type,
        key_size: def.key_size,
        value_size: def.value_size,
        max_entries: entries(def.map_type, def.max_entries, cx.kernel.machine()),
        flags: def.flags,
        numa_node: def.numa_node,
        extra: def.extra,
        btf: None,
        kernel_value: None,
        arena: None,
        contents: spec.contents().map(<[u8]>::to_vec),
        freeze: false,
        copy: None,
    };
    let types = (def.key_type.unwrap_or_default(), def.value_type.unwrap_or_default());
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
            needs_global_data(cx, &mut map, step);
        }
        MapKind::Kconfig => {
            map.contents = cx.kconfig.take();
            map.freeze = true;
            map.btf = def.value_type.filter(|_| with_btf).map(|datasec| (TypeId::VOID, datasec));
            needs_global_data(cx, &mut map, step);
        }
        _ => {
            if def.map_type == MapType::ARENA {
                map.arena = Some(arena::plan(cx, spec, page_size(cx.kernel.machine()))?);
            }
            let described = types != (TypeId::VOID, TypeId::VOID) && !WITHOUT_BTF.contains(&def.map_type);
            map.btf = (with_btf && described).then_some(types);
        }
    }
    Some(map)
}

/// What is needed to put a section into a map.
fn needs_global_data(cx: &mut Context<'_>, map: &mut PlanMap, step: Step) {
    if map.flags & BPF_F_MMAPABLE != 0 && !cx.uses(Feature::ArrayMmap, step) {
        map.flags &= !BPF_F_MMAPABLE;
    }
    if !cx.uses(Feature::GlobalData, step) {
        let why = "global variables need Linux 5.2".to_owned();
        cx.errors.push(PlanError::Map { map: map.name.clone(), why });
    }
}

/// What a definition asks for that is not done yet. Without it the map would be another one.
fn not_yet(def: &MapDef) -> Option<&'static str> {
    if def.inner.is_some() || [MapType::ARRAY_OF_MAPS, MapType::HASH_OF_MAPS].contains(&def.map_type) {
        Some("a map of maps")
    } else if !def.slots.is_empty() {
        Some("a program array with initial values")
    } else if def.pin_by_name {
        Some("a map that is pinned by its name")
    } else {
        None
    }
}

/// How many entries to ask for: an array of perf events that leaves it open has one for each processor; a ring buffer
/// has a power of two of pages.
fn entries(map_type: MapType, asked: u32, machine: &Machine) -> u32 {
    match map_type {
        MapType::PERF_EVENT_ARRAY if asked == 0 => machine.possible_cpus.unwrap_or(0),
        MapType::RINGBUF | MapType::USER_RINGBUF => whole_pages(asked, page_size(machine)),
        _ => asked,
    }
}

/// Bytes of a page where nobody says.
const SMALLEST_PAGE: u32 = 4096;

fn page_size(machine: &Machine) -> u32 {
    machine.page_size.unwrap_or(SMALLEST_PAGE)
}

/// Rounded up to a power of two of pages. 0 stays for the kernel to refuse, as does what is too much to be rounded.
fn whole_pages(bytes: u32, page: u32) -> u32 {
    let pages = bytes.div_ceil(page.max(1)).checked_next_power_of_two();
    match pages.and_then(|pages| pages.checked_mul(page)) {
        Some(rounded) if bytes != 0 => rounded,
        _ => bytes,
    }
}

/// What the kernel would refuse without saying why.
fn refusal(def: &MapDef) -> Option<String> {
    if def.map_type.0 == 0 {
        return Some("its type is not set".into());
    }
    if !NEEDS_ALL.contains(&def.map_type) {
        return None;
    }
    let unset =
        [("key size", def.key_size), ("value size", def.value_size), ("max_entries", def.max_entries)];
    let (what, _) = unset.into_iter().find(|(_, value)| *value == 0)?;
    Some(format!("{what} is 0 or unset; a map of type {} needs it", def.map_type))
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
    fn ring_buffers_are_powers_of_two_of_pages() {
        for (bytes, page, want) in [
            (0, 4096, 0),
            (1, 4096, 4096),
            (4096, 4096, 4096),
            (5000, 4096, 8192),
            (12288, 4096, 16384),
            (4096, 65536, 65536),
            (0x8000_0000, 4096, 0x8000_0000),
            (0x8000_0001, 4096, 0x8000_0001),
        ] {
            assert_eq!(whole_pages(bytes, page), want, "{bytes} bytes in pages of {page}");
        }
    }

    #[test]
    fn entries_left_open() {
        let two = Machine { possible_cpus: Some(2), ..Machine::unknown(bpf_btf::Endian::Little) };
        assert_eq!(entries(MapType::PERF_EVENT_ARRAY, 0, &two), 2);
        assert_eq!(entries(MapType::PERF_EVENT_ARRAY, 8, &two), 8);
        assert_eq!(entries(MapType::ARRAY, 0, &two), 0);
        assert_eq!(entries(MapType::RINGBUF, 5000, &two), 8192);
    }

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
