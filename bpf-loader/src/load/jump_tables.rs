//! Jump tables of a program in the kernel: a map of instructions for each, filled and frozen before the program is loaded,
//! which keeps it.

use std::collections::HashMap;

use bpf_elf::InsnIndex;
use bpf_sys::map::{MapCreate, MapFd};
use bpf_sys::uapi::MapType;
use bpf_sys::{SysError, errno};

use crate::load::Sys;
use crate::plan::{PlanInsn, PlanJumpTable, PlanProgram};

/// Bytes of a `struct bpf_insn_array_value`: the instruction's index as it is sent, and three numbers that are the
/// kernel's.
const VALUE_SIZE: u32 = 16;

/// The maps, in the order of the program's tables.
pub(super) fn create(
    program: &PlanProgram,
    stream: &[PlanInsn],
    sys: &dyn Sys,
) -> Result<Vec<MapFd>, SysError> {
    if program.jump_tables.is_empty() {
        return Ok(Vec::new());
    }
    let mut places = HashMap::with_capacity(stream.len());
    for (at, insn) in (0_u32..).zip(stream) {
        insn.origin.into_iter().for_each(|origin| _ = places.entry(origin).or_insert(at));
    }
    program
        .jump_tables
        .iter()
        .map(|table| one(table, &places, !program.kernel_name.is_empty(), sys))
        .collect()
}

fn one(
    table: &PlanJumpTable,
    places: &HashMap<InsnIndex, u32>,
    named: bool,
    sys: &dyn Sys,
) -> Result<MapFd, SysError> {
    let entries = u32::try_from(table.targets.len()).unwrap_or(u32::MAX);
    let name = if named { ".jumptables" } else { "" };
    let map = sys.map_create(&MapCreate::new(MapType::INSN_ARRAY, 4, VALUE_SIZE, entries).name(name))?;
    for (entry, target) in (0_u32..).zip(&table.targets) {
        let gone = SysError::Io { what: "writing a jump table", errno: errno::EINVAL };
        let place = places.get(target).ok_or(gone)?;
        let mut value = [0; VALUE_SIZE as usize];
        value[..4].copy_from_slice(&place.to_ne_bytes());
        sys.map_update(&map, &entry.to_ne_bytes(), &value)?;
    }
    sys.map_freeze(&map)?;
    Ok(map)
}
