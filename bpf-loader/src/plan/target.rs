//! What a program is loaded for: one function, tracepoint, hook or iterator, found in the kernel's types by its name.

use bpf_btf::matching::nearest;
use bpf_btf::{Btf, Kind, TypeId};
use bpf_elf::{Program, SecDef};
use bpf_sys::uapi::{AttachType, ProgramType};

use crate::plan::{AttachPoint, Context, PlanError};

/// How the kernel calls what programs of some attach types are for.
struct Named {
    attach_type: AttachType,
    prefix: &'static str,
    kind: Kind,
    what: &'static str,
}

// All others are functions by their own names.
const NAMED: &[Named] = &[
    Named {
        attach_type: AttachType::TRACE_RAW_TP,
        prefix: "btf_trace_",
        kind: Kind::TYPEDEF,
        what: "tracepoint",
    },
    Named { attach_type: AttachType::LSM_MAC, prefix: "bpf_lsm_", kind: Kind::FUNC, what: "hook" },
    Named { attach_type: AttachType::LSM_CGROUP, prefix: "bpf_lsm_", kind: Kind::FUNC, what: "hook" },
    Named { attach_type: AttachType::TRACE_ITER, prefix: "bpf_iter_", kind: Kind::FUNC, what: "iterator" },
];
const FUNCTION: Named =
    Named { attach_type: AttachType(u32::MAX), prefix: "", kind: Kind::FUNC, what: "function" };

fn named(attach_type: AttachType) -> &'static Named {
    NAMED.iter().find(|row| row.attach_type == attach_type).unwrap_or(&FUNCTION)
}

/// A name that may say which module it is of, before a colon: that module's alone, or the kernel's own for `vmlinux`.
pub(crate) struct Wanted<'t> {
    name: String,
    module: Option<&'t str>,
    row: &'static Named,
}

impl<'t> Wanted<'t> {
    pub(crate) fn new(attach_type: AttachType, target: &'t str) -> Self {
        let row = named(attach_type);
        let (module, name) = match target.split_once(':') {
            Some((module, name)) => (Some(module), name),
            None => (None, target),
        };
        Self { name: format!("{}{name}", row.prefix), module, row }
    }

    pub(crate) fn in_kernel(&self, btf: &Btf) -> Option<TypeId> {
        let asked = self.module.is_none_or(|module| module == "vmlinux");
        btf.find(&self.name, self.row.kind).filter(|_| asked)
    }

    pub(crate) fn in_module(&self, module: &str, btf: &Btf) -> Option<TypeId> {
        let asked = self.module.is_none_or(|wanted| wanted == module);
        if asked { btf.find_own(&self.name, self.row.kind) } else { None }
    }

    /// What has a name that is close, with its place: the first such type, and how it is called in a section's name.
    pub(crate) fn nearest(&self, btf: &Btf) -> Option<(TypeId, String)> {
        let names = btf.types().filter(|found| found.kind() == self.row.kind);
        let names = names.filter_map(|found| found.name().ok());
        let found = nearest(&self.name, names.filter(|name| name.starts_with(self.row.prefix)))?;
        let short = found.strip_prefix(self.row.prefix).unwrap_or(&found).to_owned();
        Some((btf.find(&found, self.row.kind)?, short))
    }
}

/// The attach point of a program that is loaded for one thing of the kernel. `None` where that was reported.
pub(crate) fn plan(
    cx: &mut Context<'_>,
    program: &Program,
    def: &SecDef,
    target: Option<&str>,
) -> Option<AttachPoint> {
    let name = || program.name.clone();
    if def.program_type == ProgramType::EXT {
        let function = target.unwrap_or_default().to_owned();
        cx.errors.push(PlanError::NeedsProgram { program: name(), function });
        return None;
    }
    let attach_type = def.attach_type.unwrap_or_default();
    let Some(target) = target.filter(|target| !target.is_empty()) else {
        let section = program.section.clone();
        cx.errors.push(PlanError::NoTarget { program: name(), section });
        return None;
    };
    let wanted = Wanted::new(attach_type, target);
    let kernel = cx.kernel_btf()?;
    if let Some(id) = wanted.in_kernel(kernel) {
        let target = cx.type_of(None, &wanted.name, id);
        return Some(AttachPoint::KernelType { attach_type, target });
    }
    let modules = cx.modules();
    if let Some((module, id)) =
        modules.iter().find_map(|(name, btf)| Some((*name, wanted.in_module(name, btf)?)))
    {
        let target = cx.type_of(Some(module), &wanted.name, id);
        return Some(AttachPoint::KernelType { attach_type, target });
    }
    let nearest = cx.may_suggest().then(|| wanted.nearest(kernel)).flatten();
    cx.errors.push(PlanError::NoSuchTarget {
        program: name(),
        section: program.section.clone(),
        what: wanted.row.what,
        target: target.to_owned(),
        module: wanted.module.filter(|module| *module != "vmlinux").map(|module| {
            let known = modules.iter().any(|(name, _)| name == &module);
            (module.to_owned(), known)
        }),
        nearest: nearest.map(|(_, name)| name),
    });
    None
}
