//! The JSON form of a plan: for programs. `version` rises when the meaning of a field changes.

use bpf_elf::SlotTarget;
use serde_json::{Value, json};

use crate::diagnose::Diagnostic;
use crate::object::{MapSpec, ProgramSpec};
use crate::plan::text::map_flags;
use crate::plan::{
    AttachPoint, KernelType, MemberState, Plan, PlanExtern, PlanMap, PlanProgram, PlanStructOps,
    Value as ExternValue,
};

/// The version of the JSON form.
const VERSION: u32 = 1;

impl Plan {
    /// The plan as JSON. Instructions are text, with names in place of what is not known before loading, and bytes.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let machine = self.data.kernel.machine();
        json!({
            "version": VERSION,
            "object": self.data.object.name(),
            "kernel": {
                "endian": machine.endian.name(),
                "release": machine.release,
                "architecture": machine.architecture,
                "btf_sha256": self.kernel_btf_hash().ok().flatten().map(|hash| hash.to_string()),
                "core_btf_sha256": self.core_btf_hash().map(|hash| hash.to_string()),
            },
            "assumptions": self.assumptions().map(|(feature, steps)| json!({
                "feature": feature.name(),
                "since": feature.since().map(|since| since.to_string()),
                "steps": steps.len(),
            })).collect::<Vec<_>>(),
            "capabilities": self.needed_capabilities().iter().map(|needed| json!({
                "name": needed.capability.name(),
                "asked_by": needed.asked_by.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "unless_anybody_may": needed.unless_anybody_may,
            })).collect::<Vec<_>>(),
            "notices": self.data.notices.iter().map(notice).collect::<Vec<_>>(),
            "btf": self.btf().map(|btf| json!({
                "types": btf.last_id().0,
                "lacks": self.btf_lacks().iter().map(|feature| feature.name()).collect::<Vec<_>>(),
            })),
            "maps": self.data.maps.iter().map(|map| self.map_json(map)).collect::<Vec<_>>(),
            "programs": self.data.programs.iter().map(|program| self.program_json(program)).collect::<Vec<_>>(),
            "externs": self.data.externs.iter().map(|found| self.extern_json(found)).collect::<Vec<_>>(),
            "struct_ops": self.data.struct_ops.iter().map(|ops| self.struct_ops_json(ops)).collect::<Vec<_>>(),
        })
    }

    fn map_json(&self, map: &PlanMap) -> Value {
        let target = |target: &SlotTarget| match target {
            SlotTarget::Map(id) => self.data.object.map(*id).map(MapSpec::name),
            SlotTarget::Program(id) => self.data.object.program(*id).map(ProgramSpec::name),
            _ => None,
        };
        let mut out = json!({
            "name": map.name,
            "kernel_name": map.kernel_name,
            "type": map.map_type.to_string(),
            "key_size": map.key_size,
            "value_size": map.value_size,
            "max_entries": map.max_entries,
            "flags": map_flags(map.flags),
            "numa_node": map.numa_node,
            "ifindex": map.ifindex,
            "extra": map.extra,
            "kernel_value": map.kernel_value.as_ref().map(|value| &value.name),
            "arena": map.arena.map(|arena| json!({ "len": arena.len, "globals_at": arena.globals_at })),
            "inner": map.inner.as_ref().map(|inner| self.map_json(inner)),
            "slots": map.slots.iter().map(|(slot, of)| json!({ "slot": slot, "holds": target(of) }))
                .collect::<Vec<_>>(),
            "exclusive": map.exclusive.and_then(|id| self.data.object.program(id)).map(ProgramSpec::name),
            "pin": map.pin.as_ref().map(|path| path.display().to_string()),
            "frozen": map.freeze,
        });
        if let Some(copy) = map.copy {
            out["instance"] = copy.instance.into();
        }
        out
    }

    fn program_json(&self, program: &PlanProgram) -> Value {
        let insn = |index| self.insn_text(program, index);
        let target = match &program.attach {
            AttachPoint::KernelType { target, .. } => Some(kernel_type(target)),
            _ => None,
        };
        let (struct_member, attach) = match &program.attach {
            AttachPoint::StructOps { member, .. } => (Some(member), Some(program.attach.to_string())),
            AttachPoint::None => (None, None),
            other => (None, Some(other.to_string())),
        };
        let mut out = json!({
            "name": program.name,
            "kernel_name": program.kernel_name,
            "type": program.program_type.to_string(),
            "attach": attach,
            "attach_target": target,
            "struct_member": struct_member,
            "flags": program.flags,
            "license": program.license,
            "modules": program.modules,
            "functions": program.functions.iter().map(|function| json!({
                "name": function.name,
                "start": function.start.0,
            })).collect::<Vec<_>>(),
            "jump_tables": program.jump_tables.iter().map(|table| json!({
                "name": table.name,
                "targets": table.targets.iter().map(|insn| insn.0).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "instructions": (0..program.insns.len()).map(insn).collect::<Vec<_>>(),
            "unresolved": program.poisons.iter().map(|poison| json!({
                "at": poison.at.0,
                "code": poison.missing.code(),
                "why": poison.missing.to_string(),
                "nearest": poison.missing.nearest(),
            })).collect::<Vec<_>>(),
        });
        if self.is_one_of_several(program) {
            out["instance"] = program.instance.into();
        }
        out
    }

    fn extern_json(&self, found: &PlanExtern) -> Value {
        let (kind, kernel) = match &found.value {
            ExternValue::MapValue { .. } => ("option", None),
            ExternValue::Symbol => ("symbol", None),
            ExternValue::Type(found) => ("type", Some(kernel_type(found))),
            ExternValue::Missing => ("missing", None),
        };
        json!({ "name": found.name, "is": kind, "kernel": kernel })
    }

    fn struct_ops_json(&self, ops: &PlanStructOps) -> Value {
        let member = |member: &crate::plan::PlanMember| {
            let (state, program) = match &member.state {
                MemberState::Data => ("data", None),
                MemberState::Callback(callback) => {
                    ("set", self.data.object.program(callback.program).map(|spec| spec.name()))
                }
                MemberState::Unset => ("unset", None),
                MemberState::Absent => ("absent", None),
            };
            json!({ "name": member.name, "state": state, "program": program, "kernel_offset": member.kernel_offset })
        };
        json!({
            "name": ops.name,
            "struct": ops.struct_type.name,
            "module": ops.struct_type.module,
            "link": ops.link,
            "value_size": ops.image.len(),
            "data_offset": ops.data_offset,
            "members": ops.members.iter().map(member).collect::<Vec<_>>(),
        })
    }
}

fn kernel_type(found: &KernelType) -> Value {
    json!({ "name": found.name, "module": found.module })
}

fn notice(notice: &crate::plan::Notice) -> Value {
    json!({
        "code": notice.code(),
        "message": notice.to_string(),
        "labels": Diagnostic::labels(notice).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "help": Diagnostic::help(notice),
    })
}
