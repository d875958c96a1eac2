//! A planned program as the bytes that the kernel takes: references become descriptors and distances.

use std::collections::HashMap;
use std::os::fd::{AsFd, AsRawFd};

use bpf_elf::{FunctionId, InsnIndex, MapId};
use bpf_sys::map::MapFd;
use bpf_sys::uapi::Insn;
use sha2::{Digest, Sha256};

use crate::load::Types;
use crate::map::Map;
use crate::plan::{Plan, PlanProgram, Ref, Value};

/// A program in the form of the system call's arguments.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) insns: Vec<u8>,
    pub(crate) func_info: Vec<u8>,
    pub(crate) line_info: Vec<u8>,
}

/// Bytes of a `struct bpf_func_info`.
pub(crate) const FUNC_INFO_SIZE: u32 = 8;
/// Bytes of a `struct bpf_line_info`.
pub(crate) const LINE_INFO_SIZE: u32 = 16;

/// Why a stream of instructions cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dangling {
    /// The function that an instruction refers to is not in the stream.
    Function(InsnIndex),
    /// The map that an instruction refers to was not created.
    Map(InsnIndex),
    /// What an instruction refers to in the kernel was not found.
    Extern(InsnIndex),
}

/// Encodes a program for the running machine.
pub(super) fn encode(
    plan: &Plan,
    program: &PlanProgram,
    maps: &HashMap<MapId, Map>,
    tables: &[MapFd],
    types: Types<'_>,
) -> Result<Encoded, Dangling> {
    let starts: HashMap<FunctionId, i32> = program
        .functions
        .iter()
        .map(|function| (function.function, function.start.0.cast_signed()))
        .collect();
    let mut out = Encoded {
        insns: Vec::with_capacity(program.insns.len() * Insn::SIZE),
        func_info: Vec::new(),
        line_info: Vec::new(),
    };
    let mut upper = 0;
    for (at, insn) in (0_i32..).zip(&program.insns) {
        let index = InsnIndex(at.cast_unsigned());
        let fd = |map| maps.get(map).map(|map: &Map| map.as_fd().as_raw_fd()).ok_or(Dangling::Map(index));
        let mut raw = insn.insn;
        match &insn.reference {
            None | Some(Ref::Poison(_)) => {}
            Some(Ref::Map(map)) => (raw.imm, upper) = (fd(map)?, 0),
            Some(Ref::MapValue { map, offset }) => {
                let arena = plan.map(*map).and_then(|map| map.arena);
                let offset = offset.wrapping_add(arena.map_or(0, |arena| arena.globals_at));
                (raw.imm, upper) = (fd(map)?, offset.cast_signed());
            }
            Some(Ref::JumpTable(table)) => {
                let table = usize::try_from(*table).ok().and_then(|at| tables.get(at));
                (raw.imm, upper) = (table.ok_or(Dangling::Map(index))?.as_fd().as_raw_fd(), 0);
            }
            Some(Ref::Function(function)) => {
                let target = starts.get(function).ok_or(Dangling::Function(index))?;
                (raw.imm, upper) = (target - at - 1, 0);
            }
            Some(Ref::KernelType(id)) => (raw.imm, upper) = (id.0.cast_signed(), 0),
            Some(Ref::KernelSymbol(id)) => {
                let address = types.addresses.get(id).ok_or(Dangling::Extern(index))?;
                (raw.imm, upper) = halves(*address);
            }
            Some(Ref::Extern(id)) => match plan.extern_value(*id) {
                Some(Value::Type(found)) => {
                    let module = types.home(found);
                    if found.module.is_some() && module.is_none() {
                        return Err(Dangling::Extern(index));
                    }
                    // A call finds the module by its offset instead.
                    (raw.imm, upper) = (found.id.0.cast_signed(), module.map_or(0, |fd| fd.as_raw_fd()));
                }
                _ => return Err(Dangling::Extern(index)),
            },
            Some(Ref::Upper) => raw.imm = upper,
        }
        out.insns.extend(raw.to_ne_bytes());
    }
    for (start, type_id) in &program.func_info {
        out.func_info.extend([start.0, type_id.0].iter().flat_map(|word| word.to_ne_bytes()));
    }
    let mut last = None;
    for line in &program.lines {
        // The kernel takes one line for an instruction.
        if last.replace(line.insn) == Some(line.insn) {
            continue;
        }
        let packed = line.line << 10 | u32::from(line.column & 0x3ff);
        let words = [line.insn.0, line.file.0, line.text.0, packed];
        out.line_info.extend(words.iter().flat_map(|word| word.to_ne_bytes()));
    }
    Ok(out)
}

/// What tells a program from others to a map that is for it only: the SHA-256 of its instructions, with 0 for what stands
/// for a map (`bpf_prog_calc_tag` in `kernel/bpf/core.c`).
pub(super) fn hash(plan: &Plan, program: &PlanProgram, types: Types<'_>) -> Result<[u8; 32], Dangling> {
    let mut of_map = false;
    let mut program = program.clone();
    for insn in &mut program.insns {
        let upper = of_map && insn.reference == Some(Ref::Upper);
        of_map = matches!(insn.reference, Some(Ref::Map(_) | Ref::MapValue { .. } | Ref::JumpTable(_)));
        // The number of what is referred to is 0 in a plan.
        insn.reference = insn.reference.filter(|_| !of_map && !upper);
    }
    let encoded = encode(plan, &program, &HashMap::new(), &[], types)?;
    Ok(Sha256::digest(&encoded.insns).into())
}

/// The lower and the upper half.
fn halves(value: u64) -> (i32, i32) {
    let [a, b, c, d, e, f, g, h] = value.to_le_bytes();
    (i32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h]))
}
