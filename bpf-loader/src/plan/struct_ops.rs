//! struct_ops: the object's struct is matched with the kernel's, and its values are laid out as the kernel wants them.

use std::collections::{BTreeSet, HashMap};

use bpf_btf::matching::struct_ops::{
    MemberMatch, Mismatch, ValueStruct, Verdict, all_value_structs, compare, value_struct,
};
use bpf_btf::{Btf, Kind, TypeId, dump, essential_name};
use bpf_elf::{FunctionId, MapId, ProgramId, StructOpsId, StructOpsVar};

use crate::kernel::{Answer, Feature};
use crate::object::StructOpsSpec;
use crate::plan::error::{MemberMismatch, MemberProblem};
use crate::plan::{Context, KernelType, Notice, PlanError};

/// A struct_ops variable that is to become a map. Its value is complete but for the descriptors of its programs.
#[derive(Clone, Debug)]
pub struct PlanStructOps {
    /// Its id on the object.
    pub id: StructOpsId,
    /// Its name.
    pub name: String,
    /// Its map.
    pub map: MapId,
    /// Whether it is attached through a link.
    pub link: bool,
    /// The kernel struct that it implements.
    pub struct_type: KernelType,
    /// The kernel's type of the map's value, which holds state and reference count beside the struct.
    pub value_type: KernelType,
    /// Where the struct begins in the value, in bytes.
    pub data_offset: u32,
    /// The value in the kernel's layout; the places of programs are 0.
    pub image: Vec<u8>,
    /// The members of the object's struct, in its order.
    pub members: Vec<PlanMember>,
}

/// A member of a struct_ops variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanMember {
    /// Its name; a member of a nested struct has the outer one's before it, with a dot.
    pub name: String,
    /// Where it is in the kernel's struct, in bytes; `None` if the kernel has none such.
    pub kernel_offset: Option<u32>,
    /// Its bytes.
    pub size: u32,
    /// What it is set to.
    pub state: MemberState,
}

/// What a member of a struct_ops variable is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MemberState {
    /// Bytes, copied into the image.
    Data,
    /// A program.
    Callback(Callback),
    /// A callback without a program.
    Unset,
    /// The kernel has no such member; it is zero.
    Absent,
}

/// A program as a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The program.
    pub program: ProgramId,
    /// Which member of the kernel's struct, from 0.
    pub member: u32,
    /// The member's name.
    pub name: String,
}

impl PlanStructOps {
    /// Its callbacks.
    pub fn callbacks(&self) -> impl Iterator<Item = &Callback> {
        self.members.iter().filter_map(|member| match &member.state {
            MemberState::Callback(callback) => Some(callback),
            _ => None,
        })
    }

    /// The bytes of a data member in the image; none for a member that the kernel lacks.
    pub(crate) fn member_bytes(&self, member: &PlanMember) -> &[u8] {
        let start = member
            .kernel_offset
            .and_then(|at| self.data_offset.checked_add(at))
            .and_then(|at| usize::try_from(at).ok());
        let len = usize::try_from(member.size).unwrap_or(usize::MAX);
        start.and_then(|start| self.image.get(start..start.checked_add(len)?)).unwrap_or_default()
    }

    /// The members that this kernel does not have.
    pub fn absent(&self) -> impl Iterator<Item = &str> {
        self.members
            .iter()
            .filter(|member| member.state == MemberState::Absent)
            .map(|member| member.name.as_str())
    }

    /// Where each program's descriptor goes in the image, in bytes.
    #[cfg(all(feature = "syscalls", target_os = "linux"))]
    pub(crate) fn slots(&self) -> impl Iterator<Item = (usize, ProgramId)> + '_ {
        self.members.iter().filter_map(|member| match (&member.state, member.kernel_offset) {
            (MemberState::Callback(callback), Some(at)) => {
                Some((usize::try_from(self.data_offset.checked_add(at)?).ok()?, callback.program))
            }
            _ => None,
        })
    }
}

pub(crate) fn plan(cx: &mut Context<'_>) -> Vec<PlanStructOps> {
    let object = cx.object;
    let programs: HashMap<FunctionId, ProgramId> =
        object.file().programs().iter().map(|program| (program.function, program.id)).collect();
    let vars = object.file().struct_ops().iter().zip(object.struct_ops());
    let created = vars.filter(|(var, _)| object.map(var.map).is_some_and(|map| map.def().autocreate));
    created.filter_map(|(var, spec)| plan_one(cx, var, spec, &programs)).collect()
}

/// Where a table is defined.
struct Home<'a> {
    module: Option<&'a str>,
    btf: &'a Btf,
    value: ValueStruct,
}

/// The kernel itself comes first; only what it does not have is looked for in modules.
fn find<'a>(cx: &mut Context<'a>, vmlinux: &'a Btf, ops: &str) -> Option<Home<'a>> {
    if let Some(value) = value_struct(vmlinux, ops) {
        return Some(Home { module: None, btf: vmlinux, value });
    }
    cx.modules().into_iter().find_map(|(module, btf)| {
        value_struct(btf, ops).map(|value| Home { module: Some(module), btf, value })
    })
}

fn plan_one(
    cx: &mut Context<'_>,
    var: &StructOpsVar,
    spec: &StructOpsSpec,
    programs: &HashMap<FunctionId, ProgramId>,
) -> Option<PlanStructOps> {
    let vmlinux = cx.kernel_btf()?;
    let local = cx.object.file().btf()?;
    let ops = essential_name(&var.type_name);
    if spec.link() && cx.answer(Feature::StructOpsLink) == Answer::No {
        cx.errors.push(PlanError::Feature { variable: var.name.clone(), feature: Feature::StructOpsLink });
    }
    let Some(Home { module, btf: kernel, value }) = find(cx, vmlinux, ops) else {
        let modules = cx.modules();
        let all = [vmlinux].into_iter().chain(modules.into_iter().map(|(_, module)| module));
        let known: BTreeSet<String> = all.flat_map(all_value_structs).map(|(name, _)| name).collect();
        cx.errors.push(PlanError::NoSuchOps {
            variable: var.name.clone(),
            ops: ops.to_owned(),
            known: known.into_iter().collect(),
            only_struct: vmlinux.find(ops, Kind::STRUCT).is_some(),
        });
        return None;
    };
    if let Some(module) = module {
        if cx.answer(Feature::StructOpsModule) == Answer::No {
            let feature = Feature::StructOpsModule;
            cx.errors.push(PlanError::Feature { variable: var.name.clone(), feature });
        }
        cx.modules.insert(module.to_owned());
    }
    let matches = match compare(local, var.type_id, kernel, value.struct_type) {
        Ok(matches) => matches,
        Err(source) => {
            cx.errors.push(PlanError::Types { of: ops.to_owned(), source });
            return None;
        }
    };
    let mut image = vec![0; usize::try_from(value.value_size).ok()?];
    let mut filler = Filler { cx, var, spec, programs, local, kernel, value: &value, ops };
    let members = matches.into_iter().filter_map(|member| filler.member(&member, &mut image)).collect();
    let module = module.map(str::to_owned);
    let named = |name: &str, id| KernelType { name: name.to_owned(), id, module: module.clone() };
    Some(PlanStructOps {
        id: var.id,
        name: var.name.clone(),
        map: var.map,
        link: spec.link(),
        struct_type: named(ops, value.struct_type),
        value_type: named(&format!("bpf_struct_ops_{ops}"), value.value_type),
        data_offset: value.data_offset,
        image,
        members,
    })
}

/// Puts members into a kernel image, and what does not fit into the list of errors.
struct Filler<'a, 'c> {
    cx: &'a mut Context<'c>,
    var: &'a StructOpsVar,
    spec: &'a StructOpsSpec,
    programs: &'a HashMap<FunctionId, ProgramId>,
    local: &'a Btf,
    kernel: &'a Btf,
    value: &'a ValueStruct,
    ops: &'a str,
}

impl Filler<'_, '_> {
    fn member(&mut self, found: &MemberMatch, image: &mut [u8]) -> Option<PlanMember> {
        let bytes = self.bytes(found);
        let callback = self.spec.callback_at(found.local_offset);
        let zero = callback.is_none() && bytes.iter().all(|byte| *byte == 0);
        let plan = |kernel_offset, state| {
            Some(PlanMember { name: found.name.clone(), kernel_offset, size: found.size, state })
        };
        match &found.verdict {
            Verdict::Data { kernel_offset } => {
                self.copy(image, *kernel_offset, bytes);
                plan(Some(*kernel_offset), MemberState::Data)
            }
            Verdict::Callback { kernel_offset, kernel_member, local_proto, kernel_proto, signature } => {
                let Some(function) = callback else { return plan(Some(*kernel_offset), MemberState::Unset) };
                let Some(program) = self.programs.get(&function) else {
                    let member = format!("{}.{}", self.var.name, found.name);
                    self.cx.errors.push(PlanError::NotAProgram { member });
                    return None;
                };
                if let Some(difference) = signature {
                    self.cx.notices.push(Notice::Signature {
                        variable: self.var.name.clone(),
                        member: found.name.clone(),
                        difference: difference.to_string(),
                        local: dump::prototype(self.local, *local_proto, &found.name),
                        kernel: dump::prototype(self.kernel, *kernel_proto, &found.name),
                    });
                }
                let callback =
                    Callback { program: *program, member: *kernel_member, name: found.name.clone() };
                plan(Some(*kernel_offset), MemberState::Callback(callback))
            }
            Verdict::Absent if zero => {
                self.cx.notices.push(Notice::MemberSkipped {
                    variable: self.var.name.clone(),
                    ops: self.ops.to_owned(),
                    member: found.name.clone(),
                });
                plan(None, MemberState::Absent)
            }
            Verdict::Absent => self.refuse(found, MemberProblem::Absent),
            Verdict::Pointer { kernel_offset } if zero => plan(Some(*kernel_offset), MemberState::Data),
            Verdict::Pointer { .. } => self.refuse(found, MemberProblem::DataPointer),
            Verdict::Mismatch(Mismatch::Size { local, kernel }) => {
                self.refuse(found, MemberProblem::Size { local: *local, kernel: *kernel })
            }
            Verdict::Mismatch(Mismatch::Kind { local, kernel }) => {
                let word = |kind: &Kind| kind.word().to_owned();
                self.refuse(found, MemberProblem::Kind { local: word(local), kernel: word(kernel) })
            }
            Verdict::Mismatch(other) => self.refuse(found, MemberProblem::Other(other.to_string())),
            _ => self.refuse(found, MemberProblem::Other("it cannot be compared with the kernel's".into())),
        }
    }

    fn bytes(&self, found: &MemberMatch) -> &[u8] {
        let start = usize::try_from(found.local_offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(found.size).unwrap_or(usize::MAX));
        self.spec.image().get(start..end).unwrap_or_default()
    }

    fn copy(&self, image: &mut [u8], kernel_offset: u32, bytes: &[u8]) {
        let start = self.value.data_offset.checked_add(kernel_offset).and_then(|at| usize::try_from(at).ok());
        let place = start.and_then(|start| image.get_mut(start..start.checked_add(bytes.len())?));
        if let Some(place) = place {
            place.copy_from_slice(bytes);
        }
    }

    fn refuse(&mut self, found: &MemberMatch, problem: MemberProblem) -> Option<PlanMember> {
        let kernel = match declaration(self.kernel, self.value.struct_type, &found.name) {
            Some(declaration) => declaration,
            None => format!("struct {} has: {}", self.ops, self.kernel_members()),
        };
        let callback =
            self.spec.callback_at(found.local_offset).and_then(|function| self.programs.get(&function));
        self.cx.errors.push(PlanError::Member(Box::new(MemberMismatch {
            variable: self.var.name.clone(),
            ops: self.ops.to_owned(),
            member: found.name.clone(),
            problem,
            local: declaration(self.local, self.var.type_id, &found.name).unwrap_or_default(),
            kernel,
            program: callback.and_then(|id| self.cx.object.program(*id)).map(|spec| spec.name().to_owned()),
        })));
        None
    }

    fn kernel_members(&self) -> String {
        let Ok(found) = self.kernel.get(self.value.struct_type) else { return String::new() };
        let names: Vec<&str> =
            found.members().filter_map(|member| member.name().ok()).filter(|name| !name.is_empty()).collect();
        names.join(", ")
    }
}

/// A member's declaration, by a name that may lead into nested structs.
fn declaration(btf: &Btf, of: TypeId, name: &str) -> Option<String> {
    let mut of = of;
    let mut parts = name.split('.').peekable();
    loop {
        let member = bpf_btf::layout::strip_modifiers(btf, of).ok()?.member(parts.next()?)?;
        if parts.peek().is_none() {
            return Some(dump::member(btf, &member));
        }
        of = member.type_id;
    }
}
