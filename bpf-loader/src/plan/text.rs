//! The text form of a plan: stable, names instead of ids and addresses. Snapshots hold it, `bpf plan` prints it.

use std::fmt::{self, Write};

use bpf_elf::{InsnIndex, SlotTarget};
use bpf_sys::uapi::flags;

use crate::object::{MapSpec, ProgramSpec};
use crate::plan::{
    AttachPoint, KernelType, MemberState, Plan, PlanExtern, PlanMap, PlanProgram, PlanStructOps, Ref, Value,
};

/// Flags of maps that plans can hold, by name.
const MAP_FLAGS: &[(u32, &str)] = &[
    (flags::BPF_F_NO_PREALLOC, "NO_PREALLOC"),
    (flags::BPF_F_NO_COMMON_LRU, "NO_COMMON_LRU"),
    (flags::BPF_F_NUMA_NODE, "NUMA_NODE"),
    (flags::BPF_F_RDONLY, "RDONLY"),
    (flags::BPF_F_WRONLY, "WRONLY"),
    (flags::BPF_F_STACK_BUILD_ID, "STACK_BUILD_ID"),
    (flags::BPF_F_ZERO_SEED, "ZERO_SEED"),
    (flags::BPF_F_RDONLY_PROG, "RDONLY_PROG"),
    (flags::BPF_F_WRONLY_PROG, "WRONLY_PROG"),
    (flags::BPF_F_CLONE, "CLONE"),
    (flags::BPF_F_MMAPABLE, "MMAPABLE"),
    (flags::BPF_F_PRESERVE_ELEMS, "PRESERVE_ELEMS"),
    (flags::BPF_F_INNER_MAP, "INNER_MAP"),
    (flags::BPF_F_LINK, "LINK"),
];

pub(crate) fn map_flags(bits: u32) -> Vec<String> {
    let known = MAP_FLAGS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| (*name).to_owned());
    let rest = MAP_FLAGS.iter().fold(bits, |rest, (bit, _)| rest & !bit);
    known.chain((rest != 0).then(|| format!("{rest:#x}"))).collect()
}

/// Where a type is defined, unless that is the kernel itself.
fn of(found: &KernelType) -> String {
    found.module.as_ref().map(|module| format!(" of module {module}")).unwrap_or_default()
}

/// What a map is like, in a line.
fn shape_text(f: &mut fmt::Formatter<'_>, map: &PlanMap) -> fmt::Result {
    write!(f, "{}", map.map_type)?;
    if map.kernel_name != map.name {
        write!(f, ", named {}", map.kernel_name)?;
    }
    write!(f, ", key {}, value {}, entries {}", map.key_size, map.value_size, map.max_entries)?;
    if map.flags != 0 {
        write!(f, ", {}", map_flags(map.flags).join("|"))?;
    }
    if let Some(node) = map.numa_node {
        write!(f, ", node {node}")?;
    }
    if map.ifindex != 0 {
        write!(f, ", device {}", map.ifindex)?;
    }
    if map.extra != 0 {
        write!(f, ", extra {:#x}", map.extra)?;
    }
    Ok(())
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let machine = self.data.kernel.machine();
        write!(f, "plan of {} for a {}-endian kernel", self.data.object.name(), machine.endian)?;
        write!(f, "{}", if self.data.used_btf { ", by its BTF" } else { "" })?;
        writeln!(f, "{}", if self.core_btf_hash().is_some() { ", CO-RE by other BTF" } else { "" })?;
        for (feature, steps) in self.assumptions() {
            writeln!(
                f,
                "assumes {} ({} {})",
                feature.name(),
                steps.len(),
                if steps.len() == 1 { "step" } else { "steps" }
            )?;
        }
        for notice in &self.data.notices {
            let places: Vec<String> = notice.labels().iter().map(ToString::to_string).collect();
            writeln!(f, "notice {}: {notice}\n  at {}", notice.code(), places.join(", "))?;
        }
        if let Some(btf) = self.btf() {
            writeln!(f, "\nBTF of {} types", btf.last_id())?;
            self.btf_lacks()
                .iter()
                .try_for_each(|feature| writeln!(f, "  rewritten for lack of {}", feature.name()))?;
        }
        for map in &self.data.maps {
            self.map_text(f, map)?;
        }
        for program in &self.data.programs {
            self.program_text(f, program)?;
        }
        self.data.struct_ops.iter().try_for_each(|ops| self.struct_ops_text(f, ops))
    }
}

impl Plan {
    fn map_text(&self, f: &mut fmt::Formatter<'_>, map: &PlanMap) -> fmt::Result {
        write!(f, "\nmap {}: ", map.name)?;
        if let Some(copy) = map.copy {
            let program = self.data.object.program(copy.program).map_or("?", |spec| spec.name());
            write!(f, "for {program}, instance {}, ", copy.instance)?;
        }
        shape_text(f, map)?;
        writeln!(f)?;
        if let (Some((key, value)), Some(btf)) = (map.btf, self.btf()) {
            let types = [("key", key), ("value", value)].into_iter().filter(|(_, id)| id.0 != 0);
            for (what, id) in types {
                writeln!(f, "  {what} type: {}", bpf_btf::dump::type_name(btf, id))?;
            }
        }
        if let Some(value) = &map.kernel_value {
            writeln!(f, "  kernel value type: struct {}{}", value.name, of(value))?;
        }
        if let Some(inner) = &map.inner {
            f.write_str("  of maps: ")?;
            shape_text(f, inner)?;
            writeln!(f)?;
        }
        for (slot, target) in &map.slots {
            let name = match target {
                SlotTarget::Map(id) => self.data.object.map(*id).map(MapSpec::name),
                SlotTarget::Program(id) => self.data.object.program(*id).map(ProgramSpec::name),
                _ => None,
            };
            writeln!(f, "  [{slot}] = {}", name.unwrap_or("?"))?;
        }
        if let Some(program) = map.exclusive.and_then(|id| self.data.object.program(id)) {
            writeln!(f, "  for program {} only", program.name())?;
        }
        if let Some(path) = &map.pin {
            writeln!(f, "  pinned to {}", path.display())?;
        }
        if let Some(contents) = map.contents.as_ref().filter(|bytes| bytes.iter().any(|byte| *byte != 0)) {
            writeln!(f, "  contents: {}", hex(contents))?;
        }
        if let Some(arena) = map.arena {
            write!(f, "  {} bytes in memory", arena.len)?;
            if let Some(globals) = &map.contents {
                write!(f, ", variables of {} bytes at {}", globals.len(), arena.globals_at)?;
            }
            writeln!(f)?;
        }
        if map.freeze {
            writeln!(f, "  frozen once filled")?;
        }
        Ok(())
    }

    fn program_text(&self, f: &mut fmt::Formatter<'_>, program: &PlanProgram) -> fmt::Result {
        write!(f, "\nprogram {}", program.name)?;
        if self.is_one_of_several(program) {
            write!(f, ", instance {}", program.instance)?;
        }
        write!(f, ": {}", program.program_type)?;
        if program.kernel_name != program.name {
            write!(f, ", named {}", program.kernel_name)?;
        }
        match &program.attach {
            AttachPoint::None => {}
            AttachPoint::StructOps { ops, member, .. } => {
                write!(f, ", {} (member {member}){}", program.attach, of(ops))?;
            }
            AttachPoint::KernelType { target, .. } => write!(f, ", {}{}", program.attach, of(target))?,
            other => write!(f, ", {other}")?,
        }
        if program.flags != 0 {
            write!(f, ", flags {:#x}", program.flags)?;
        }
        writeln!(f, ", license {:?}", program.license)?;
        for table in &program.jump_tables {
            let targets: Vec<String> = table.targets.iter().map(ToString::to_string).collect();
            writeln!(f, "  jump table {}: {}", table.name, targets.join(" "))?;
        }
        for (index, at) in (0..program.insns.len()).zip(0..) {
            let at = InsnIndex(at);
            if program.functions.len() > 1
                && let Ok(found) = program.functions.binary_search_by_key(&at, |function| function.start)
                && let Some(function) = program.functions.get(found)
            {
                writeln!(f, " {}:", function.name)?;
            }
            writeln!(f, "  {:>4}: {}", at.0, self.insn_text(program, index))?;
        }
        Ok(())
    }

    /// Whether it has to be said which instance of a program it is.
    pub(crate) fn is_one_of_several(&self, program: &PlanProgram) -> bool {
        self.instances_of(program.id).is_some_and(|found| found.count > 1)
    }

    /// One instruction, with names in place of what is not known before loading.
    pub(crate) fn insn_text(&self, program: &PlanProgram, index: usize) -> String {
        let Some(insn) = program.insns.get(index) else { return String::new() };
        let before = index.checked_sub(1).and_then(|before| program.insns.get(before));
        if before.is_some_and(|before| before.insn.is_ld_imm64()) {
            return "     (upper half)".to_owned();
        }
        let map = |id| self.map(id).map_or("?", |map| &map.name);
        let dst = insn.insn.dst;
        match insn.reference {
            None if insn.insn.is_ld_imm64() => {
                let upper = program.insns.get(index + 1).map_or(0, |upper| upper.insn.imm);
                let value = u64::from(upper.cast_unsigned()) << 32 | u64::from(insn.insn.imm.cast_unsigned());
                format!("({:02x}) r{dst} = {value:#x}", insn.insn.code)
            }
            None => insn.insn.to_string(),
            Some(Ref::Map(id)) => format!("({:02x}) r{dst} = map {}", insn.insn.code, map(id)),
            Some(Ref::MapValue { map: id, offset }) => {
                format!("({:02x}) r{dst} = &{}{}", insn.insn.code, map(id), self.place(id, offset))
            }
            Some(Ref::JumpTable(index)) => {
                let table = usize::try_from(index).ok().and_then(|index| program.jump_tables.get(index));
                let name = table.map_or("?", |table| &table.name);
                format!("({:02x}) r{dst} = jump table {name}", insn.insn.code)
            }
            Some(Ref::Function(id)) => {
                let name =
                    self.data.object.file().function(id).map_or("?", |function| function.name.as_str());
                if insn.insn.is_ld_imm64() {
                    format!("({:02x}) r{dst} = &{name}", insn.insn.code)
                } else {
                    format!("({:02x}) call {name}", insn.insn.code)
                }
            }
            Some(Ref::KernelType(id)) => {
                let name = self.data.kernel.btf().map(|btf| bpf_btf::dump::type_name(btf, id));
                format!("({:02x}) r{dst} = kernel's id of {}", insn.insn.code, name.unwrap_or_default())
            }
            Some(Ref::KernelSymbol(id)) => {
                format!("({:02x}) r{dst} = address of kernel symbol {}", insn.insn.code, self.extern_name(id))
            }
            Some(Ref::Extern(id)) => {
                let name = match self.extern_value(id) {
                    Some(Value::Type(found)) => format!("{}{}", found.name, of(found)),
                    _ => self.extern_name(id).to_owned(),
                };
                if insn.insn.is_ld_imm64() {
                    format!("({:02x}) r{dst} = &kernel {name}", insn.insn.code)
                } else {
                    format!("({:02x}) call kernel {name}", insn.insn.code)
                }
            }
            Some(Ref::Poison(index)) => {
                let poison = usize::try_from(index).ok().and_then(|index| program.poisons.get(index));
                poison.map_or("unresolved".to_owned(), |poison| {
                    format!("unresolved: {}", poison.missing.path())
                })
            }
            Some(Ref::Upper) => "     (upper half)".to_owned(),
        }
    }

    fn extern_name(&self, id: bpf_elf::ExternId) -> &str {
        let found = self.data.object.file().extern_by_id(id);
        found.map_or("?", |found| &found.name)
    }

    /// A byte of a data section, by the variable that it belongs to.
    fn place(&self, map: bpf_elf::MapId, offset: u32) -> String {
        let map = self.map(map).and_then(|found| found.copy).map_or(map, |copy| copy.of);
        match self.data.object.file().global_at(map, offset) {
            Some((global, 0)) => format!("[{}]", global.name),
            Some((global, inside)) => format!("[{} + {inside}]", global.name),
            None => {
                let value = |found: &&PlanExtern| found.value == Value::MapValue { map, offset };
                match self.externs().iter().find(value) {
                    Some(found) => format!("[{}]", found.name),
                    None => format!(" + {offset}"),
                }
            }
        }
    }

    fn struct_ops_text(&self, f: &mut fmt::Formatter<'_>, ops: &PlanStructOps) -> fmt::Result {
        let how = if ops.link { "attached by a link" } else { "attached by filling its map" };
        writeln!(
            f,
            "\nstruct_ops {}: struct {}{}, {how}, data at {}",
            ops.name,
            ops.struct_type.name,
            of(&ops.struct_type),
            ops.data_offset
        )?;
        for member in &ops.members {
            let at = member.kernel_offset.map_or("-".to_owned(), |at| at.to_string());
            let state = match &member.state {
                MemberState::Data => self.value(ops.member_bytes(member)),
                MemberState::Callback(callback) => {
                    let name = self.data.object.program(callback.program).map_or("?", |spec| spec.name());
                    format!("program {name} (member {})", callback.member)
                }
                MemberState::Unset => "unset".to_owned(),
                MemberState::Absent => "not in this kernel".to_owned(),
            };
            writeln!(f, "  {at:>5} {}: {state}", member.name)?;
        }
        Ok(())
    }
}

impl Plan {
    /// A member's value: a number in the kernel's byte order where it has the size of one.
    fn value(&self, bytes: &[u8]) -> String {
        let push = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        match (bytes.len(), self.data.kernel.endian()) {
            (1 | 2 | 4 | 8, bpf_btf::Endian::Little) => bytes.iter().rev().fold(0, push).to_string(),
            (1 | 2 | 4 | 8, bpf_btf::Endian::Big) => bytes.iter().fold(0, push).to_string(),
            _ => hex(bytes),
        }
    }
}

/// Bytes as text where they are text, else in hexadecimal with runs of zeros shortened.
fn hex(bytes: &[u8]) -> String {
    let text = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(&[][..], |last| bytes.get(..=last).unwrap_or_default());
    if text.is_empty() {
        return format!("0 ({} bytes)", bytes.len());
    }
    if text.len() > 2 && text.iter().all(|byte| (0x20..0x7f).contains(byte)) {
        return format!("{:?} ({} bytes)", String::from_utf8_lossy(text), bytes.len());
    }
    const SHOWN: usize = 64;
    let mut out = String::new();
    for byte in bytes.iter().take(SHOWN) {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
    }
    if bytes.len() > SHOWN {
        let _ = write!(out, "… ({} bytes)", bytes.len());
    }
    out
}
