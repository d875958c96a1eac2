//! The maps of a plan in the kernel: created and filled, or taken from where they are already; pinned once they are whole.

use std::collections::HashMap;
use std::os::fd::{AsFd, AsRawFd, RawFd};

use bpf_elf::{MapId, SlotTarget};
use bpf_sys::map::{MapCreate, MapFd};
use bpf_sys::prog::ProgLoad;
use bpf_sys::uapi::{Insn, ProgramType};
use bpf_sys::{SysError, errno};

use crate::diagnose::Asked;
use crate::load::pins::Pins;
use crate::load::{
    LoadError, LoadOptions, MapLoadError, Programs, Stopped, Sys, SysRef, Token, Types, encode, programs,
    refused, reuse,
};
use crate::map::Map;
use crate::plan::{Plan, PlanMap, Step};

/// Creates all of them, or finds them. The pins that are made go away again unless they are kept.
pub(super) fn create(
    plan: &Plan,
    types: Types<'_>,
    options: &LoadOptions,
    sys: &SysRef,
) -> Result<(HashMap<MapId, Map>, Pins), Stopped> {
    reuse::check(plan, options).map_err(stopped)?;
    let mut maps = HashMap::with_capacity(plan.maps().len());
    let mut new = Vec::new();
    for map in plan.maps() {
        let (fd, is_new) = match reuse::find(plan, map, options, sys.as_ref()).map_err(stopped)? {
            Some(fd) => (fd, false),
            None => {
                new.push(map);
                (create_one(plan, map, types, sys.as_ref())?, true)
            }
        };
        let live = Map::new(plan, map, fd, is_new, sys)
            .map_err(|source| stop(plan, map, "mapping", None, source))?;
        maps.insert(map.id, live);
    }
    for map in plan.maps() {
        let target = |target: &SlotTarget| match target {
            SlotTarget::Map(id) => maps.get(id).map(|map: &Map| map.as_fd().as_raw_fd()),
            _ => None,
        };
        fill(plan, map, &maps, target, sys.as_ref())?;
    }
    let mut pins = Pins::new(sys);
    for map in new {
        if let (Some(path), Some(live)) = (&map.pin, maps.get(&map.id)) {
            pins.pin(plan, map, path, live.fd()).map_err(stopped)?;
        }
    }
    Ok((maps, pins))
}

/// Creates a map, whatever there is already.
pub(super) fn create_new(plan: &Plan, map: &PlanMap, types: Types<'_>, sys: &SysRef) -> Result<Map, Stopped> {
    let fd = create_one(plan, map, types, sys.as_ref())?;
    in_memory(plan, map, fd, true, sys)
}

fn in_memory(plan: &Plan, map: &PlanMap, fd: MapFd, is_new: bool, sys: &SysRef) -> Result<Map, Stopped> {
    Map::new(plan, map, fd, is_new, sys).map_err(|source| stop(plan, map, "mapping", None, source))
}

/// Puts programs into the slots that are to hold them from the start; of one with instances the first that was loaded. Where
/// all of them are left out the slot stays empty.
pub(super) fn fill_with_programs(
    plan: &Plan,
    maps: &HashMap<MapId, Map>,
    programs: &Programs,
    sys: &dyn Sys,
) -> Result<(), Stopped> {
    let target = |target: &SlotTarget| match target {
        SlotTarget::Program(id) => {
            let first = programs.range((*id, 0)..=(*id, u32::MAX)).next();
            first.map(|(_, program)| program.as_fd().as_raw_fd())
        }
        _ => None,
    };
    plan.maps().iter().try_for_each(|map| fill(plan, map, maps, target, sys))
}

/// Fills the slots of a map whose targets are there by now.
fn fill(
    plan: &Plan,
    map: &PlanMap,
    maps: &HashMap<MapId, Map>,
    target: impl Fn(&SlotTarget) -> Option<RawFd>,
    sys: &dyn Sys,
) -> Result<(), Stopped> {
    let Some(live) = maps.get(&map.id) else { return Ok(()) };
    for (slot, of) in &map.slots {
        let Some(fd) = target(of) else { continue };
        let filled = sys.map_update(live.fd(), &slot.to_ne_bytes(), &fd.to_ne_bytes());
        filled.map_err(|source| stop(plan, map, &format!("filling slot {slot} of"), None, source))?;
    }
    Ok(())
}

fn stopped(error: MapLoadError) -> Stopped {
    Stopped { steps: Vec::new(), error: LoadError::Map(Box::new(error)) }
}

fn stop(plan: &Plan, map: &PlanMap, what: &str, token: Option<&Token>, source: SysError) -> Stopped {
    let what = format!("{what} map `{}`", map.name);
    refused(plan, Step::Map(map.id), what, Asked::from(map), token, source)
}

/// Creates a map and puts into it what it holds from the start, programs and other maps apart.
fn create_one(plan: &Plan, map: &PlanMap, types: Types<'_>, sys: &dyn Sys) -> Result<MapFd, Stopped> {
    let exclusive = exclusive(plan, map, types)?;
    let inner = map.inner.as_deref().map(|inner| call(inner, types, None, None, sys)).transpose();
    let inner =
        inner.map_err(|source| stop(plan, map, "creating what is to stand in", types.token, source))?;
    let fd = call(map, types, inner.as_ref(), exclusive.as_ref(), sys);
    let fd = fd.map_err(|source| stop(plan, map, "creating", types.token, source))?;
    let contents = map.contents.as_deref().filter(|_| map.arena.is_none());
    if let Some(contents) = contents.filter(|contents| contents.iter().any(|byte| *byte != 0)) {
        sys.map_update(&fd, &0_u32.to_ne_bytes(), contents)
            .map_err(|source| stop(plan, map, "filling", types.token, source))?;
    }
    if map.freeze {
        sys.map_freeze(&fd).map_err(|source| stop(plan, map, "freezing", types.token, source))?;
    }
    Ok(fd)
}

/// The hash of the one program that may use a map.
fn exclusive(plan: &Plan, map: &PlanMap, types: Types<'_>) -> Result<Option<[u8; 32]>, Stopped> {
    let Some(program) = map.exclusive.and_then(|id| plan.program(id)) else { return Ok(None) };
    match encode::hash(plan, program, types) {
        Ok(hash) => Ok(Some(hash)),
        Err(dangling) => Err(Stopped { steps: Vec::new(), error: programs::dangle(program, &dangling) }),
    }
}

fn call(
    map: &PlanMap,
    types: Types<'_>,
    inner: Option<&MapFd>,
    exclusive: Option<&[u8; 32]>,
    sys: &dyn Sys,
) -> Result<MapFd, SysError> {
    let mut create = MapCreate::new(map.map_type, map.key_size, map.value_size, map.max_entries)
        .name(&map.kernel_name)
        .flags(map.flags)
        .ifindex(map.ifindex)
        .extra(map.extra);
    if let Some(node) = map.numa_node {
        create = create.numa_node(node);
    }
    if let Some(inner) = inner {
        create = create.inner_map(inner.as_fd());
    }
    if let Some(hash) = exclusive {
        create = create.exclusive(hash);
    }
    if let Some(token) = types.token {
        create = create.token(token.as_fd());
    }
    if let (Some((key, value)), Some(btf)) = (map.btf, types.object) {
        create = create.btf(btf.as_fd(), key.0, value.0);
    }
    if let Some(value) = &map.kernel_value {
        create = create.vmlinux_value_type(value.id.0);
        if let Some(module) = types.home(value) {
            create = create.value_type_btf(module);
        }
    }
    match sys.map_create(&create) {
        Err(error) if map.kernel_value.is_some() && error.is(errno::ENOTSUPP) => {
            read_kernel_types(types, sys);
            sys.map_create(&create)
        }
        created => created,
    }
}

/// Makes the kernel read its own types. Old ones (seen: 5.10) do so for the first program that is loaded after they
/// were started, and until then take no map with a value of theirs.
fn read_kernel_types(types: Types<'_>, sys: &dyn Sys) {
    let nothing: Vec<u8> =
        [Insn::mov64_imm(0, 0), Insn::exit()].iter().flat_map(|insn| insn.to_ne_bytes()).collect();
    // Refused or not, the types are read first; what comes of it the map's creation will tell.
    let mut load = ProgLoad::new(ProgramType::SOCKET_FILTER, &nothing, c"GPL");
    if let Some(token) = types.token {
        load = load.token(token.as_fd());
    }
    let _ = sys.prog_load(&load);
}
