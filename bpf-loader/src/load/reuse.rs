//! Maps that are in the kernel already: given by the caller, or pinned. Whether such a map is the plan's.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use bpf_btf::matching::nearest;
use bpf_sys::SysError;
use bpf_sys::map::MapFd;
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{
    BPF_F_NO_COMMON_LRU, BPF_F_RDONLY, BPF_F_RDONLY_PROG, BPF_F_VTYPE_BTF_OBJ_FD, BPF_F_WRONLY,
};

use crate::load::{Difference, LoadOptions, MapLoadError, Origin, Sys};
use crate::map::Map;
use crate::plan::{Plan, PlanMap};

/// A map that was handed over for one of the plan.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Map(Map),
    Fd(Arc<OwnedFd>),
}

/// What two maps have to have in common to stand for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) map_type: MapType,
    pub(crate) key_size: u32,
    pub(crate) value_size: u32,
    pub(crate) max_entries: u32,
    pub(crate) flags: u32,
    pub(crate) extra: u64,
}

/// The map to use in place of a new one, if there is any.
pub(super) fn find(
    plan: &Plan,
    map: &PlanMap,
    options: &LoadOptions,
    sys: &dyn Sys,
) -> Result<Option<MapFd>, MapLoadError> {
    let object = || plan.object().name().to_owned();
    let given = options.reuse.iter().rev().find(|(name, _)| *name == map.name).map(|(_, given)| given);
    let origin = match (given, &map.pin) {
        (Some(_), _) => Origin::Given,
        (None, Some(path)) => Origin::Pin(path.clone()),
        (None, None) => return Ok(None),
    };
    let failed = |source| match source {
        SysError::WrongKind { .. } => {
            MapLoadError::NotAMap { map: map.name.clone(), object: object(), origin: origin.clone() }
        }
        source => MapLoadError::Unreadable {
            map: map.name.clone(),
            object: object(),
            origin: origin.clone(),
            source,
        },
    };
    let fd = match (given, &map.pin) {
        (Some(Given::Map(given)), _) => sys.duplicate(given.as_fd()),
        (Some(Given::Fd(given)), _) => sys.duplicate(given.as_fd()),
        (None, Some(path)) => match sys.pinned(path) {
            Ok(None) => return Ok(None),
            Ok(Some(fd)) => Ok(fd),
            Err(error) => Err(error),
        },
        (None, None) => return Ok(None),
    };
    let (fd, found) = fd.and_then(|fd| sys.map_of(fd)).map_err(failed)?;
    let differences = differences(map, found, plan.kernel().machine().possible_cpus);
    if differences.is_empty() {
        return Ok(Some(fd));
    }
    Err(MapLoadError::Incompatible { map: map.name.clone(), object: object(), origin, differences })
}

/// Maps are given for maps of the plan only.
pub(super) fn check(plan: &Plan, options: &LoadOptions) -> Result<(), MapLoadError> {
    let names = || plan.maps().iter().map(|map| map.name.as_str());
    match options.reuse.iter().find(|(name, _)| !names().any(|known| known == name)) {
        Some((name, _)) => Err(MapLoadError::NoSuch { map: name.clone(), nearest: nearest(name, names()) }),
        None => Ok(()),
    }
}

/// In what a map in the kernel differs from a planned one. What the kernel itself changes is no difference.
fn differences(map: &PlanMap, found: Shape, cpus: Option<u32>) -> Vec<Difference> {
    let mut out = Vec::new();
    let mut compare = |property, wanted: String, found: String| {
        if wanted != found {
            out.push(Difference { property, wanted, found });
        }
    };
    let number = |number: u32| number.to_string();
    compare("type", map.map_type.to_string(), found.map_type.to_string());
    compare("key size", number(map.key_size), number(found.key_size));
    compare("value size", number(map.value_size), number(found.value_size));
    if !same_entries(map, found.max_entries, cpus) {
        compare("max_entries", number(map.max_entries), number(found.max_entries));
    }
    let flags = |flags| format!("{:#x}", kept_flags(map.map_type, flags));
    compare("map_flags", flags(map.flags), flags(found.flags));
    compare("map_extra", format!("{:#x}", map.extra), format!("{:#x}", found.extra));
    out
}

/// The flags that tell maps apart. Those of a descriptor are not kept with the map (`bpf_map_flags_retain_permanent`);
/// that a module defines the value is told by its type; and a map of devices is always read-only to programs, which is
/// not asked for.
fn kept_flags(map_type: MapType, flags: u32) -> u32 {
    let devices = [MapType::DEVMAP, MapType::DEVMAP_HASH].contains(&map_type);
    let dropped = BPF_F_RDONLY | BPF_F_WRONLY | BPF_F_VTYPE_BTF_OBJ_FD;
    flags & !dropped & !if devices { BPF_F_RDONLY_PROG } else { 0 }
}

/// An LRU map with a list for each processor has a whole number of entries for each (`htab_map_alloc`).
fn same_entries(map: &PlanMap, found: u32, cpus: Option<u32>) -> bool {
    let lru = [MapType::LRU_HASH, MapType::LRU_PERCPU_HASH].contains(&map.map_type);
    if !lru || map.flags & BPF_F_NO_COMMON_LRU == 0 {
        return map.max_entries == found;
    }
    let rounded = cpus.and_then(|cpus| map.max_entries.checked_next_multiple_of(cpus));
    found == map.max_entries || Some(found) == rounded
}

#[cfg(test)]
#[path = "reuse_tests.rs"]
mod tests;
