//! Jump tables of a program in the kernel: a map of instructions for each, filled and frozen before the program is loaded,
//! which keeps it.

use std::os::fd::AsFd;

use bpf_sys::SysError;
use bpf_sys::map::{MapCreate, MapFd};
use bpf_sys::uapi::MapType;

use crate::load::{Sys, Token};
use crate::plan::{PlanJumpTable, PlanProgram};

/// Bytes of a `struct bpf_insn_array_value`: the instruction's index as it is sent, and three numbers that are the
/// kernel's.
const VALUE_SIZE: u32 = 16;

/// The maps, in the order of the program's tables.
pub(super) fn create(
    program: &PlanProgram,
    token: Option<&Token>,
    sys: &dyn Sys,
) -> Result<Vec<MapFd>, SysError> {
    program.jump_tables.iter().map(|table| one(table, !program.kernel_name.is_empty(), token, sys)).collect()
}

fn one(table: &PlanJumpTable, named: bool, token: Option<&Token>, sys: &dyn Sys) -> Result<MapFd, SysError> {
    let entries = u32::try_from(table.targets.len()).unwrap_or(u32::MAX);
    let name = if named { ".jumptables" } else { "" };
    let mut create = MapCreate::new(MapType::INSN_ARRAY, 4, VALUE_SIZE, entries).name(name);
    if let Some(token) = token {
        create = create.token(token.as_fd());
    }
    let map = sys.map_create(&create)?;
    for (entry, target) in (0_u32..).zip(&table.targets) {
        let mut value = [0; VALUE_SIZE as usize];
        value[..4].copy_from_slice(&target.0.to_ne_bytes());
        sys.map_update(&map, &entry.to_ne_bytes(), &value)?;
    }
    sys.map_freeze(&map)?;
    Ok(map)
}
