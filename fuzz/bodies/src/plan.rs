//! Planning: the same object and kernel give the same plan, or the same refusal, each part of which explains itself;
//! for a kernel that was cut to what the object needs, the plan is that of the whole kernel, and so is that of instances whose
//! streams are given back as they came.

use std::error::Error;
use std::fmt::Write as _;

use bpf_btf::Btf;
use bpf_btf::core::RelocKind;
use bpf_loader::object::{Instances, OpenOptions, Rewrite};
use bpf_loader::uapi::ProgramType;
use bpf_loader::{Diagnostic, Kernel, Object, PlanError};

use crate::walk::without_ids;
use crate::{Reached, halves};

pub(crate) fn body(data: &[u8]) -> Reached {
    let (object, kernel) = halves::split(data);
    let object = match OpenOptions::new().name("fuzzed").parse(object) {
        Ok(object) => object,
        Err(error) => {
            explained(&error);
            return Reached::Door;
        }
    };
    let Ok(btf) = Btf::parse(kernel.to_vec()) else { return Reached::Door };
    // A value each time, for a kernel keeps what it has learned.
    let kernel = || Kernel::builder().btf(btf.clone()).build();
    let planned = outcome(&object, &kernel());
    assert_eq!(planned, outcome(&object, &kernel()));
    same_as_instances(&object, &kernel());
    // As libbpf does, a plan lets an id of a type be an offset in memory, where no reference stands for it. Text of types
    // without end is cut short, at another place where the ids in it have more digits.
    let ids_matter = id_as_offset(&object) || planned.as_ref().is_ok_and(|plan| plan.contains("<bad type"));
    if !ids_matter && let (Ok(plan), Ok(cut)) = (&planned, kernel().cut_to([&object])) {
        let other = outcome(&object, &cut);
        assert_eq!(Ok(without_ids(plan)), other.map(|other| without_ids(&other)));
    }
    Reached::Inside
}

/// Programs whose one instance is given back as it came are planned the same, or it is said what of the stream cannot be
/// edited.
fn same_as_instances(object: &Object, kernel: &Kernel) {
    let Ok(plain) = object.plan(kernel) else { return };
    let mut same = object.clone();
    for program in plain.programs().iter().filter(|found| found.program_type != ProgramType::STRUCT_OPS) {
        let instances = Instances::new(1).rewrite(|_, stream| Rewrite::Replace(stream));
        // Of several programs of one name the first has them.
        let _ = same.set_instances(&program.name, instances);
    }
    match same.plan(kernel) {
        Ok(again) => {
            assert_eq!(again.to_string(), plain.to_string());
            for (again, plain) in again.programs().iter().zip(plain.programs()) {
                assert_eq!((&again.insns, &again.poisons), (&plain.insns, &plain.poisons));
            }
        }
        Err(failed) => {
            let of_instance = |error: &PlanError| matches!(error, PlanError::Instance(_));
            assert!(failed.errors().iter().all(of_instance), "{failed:?}");
        }
    }
}

/// Whether a load or store is asked to have an id of the kernel's types for its offset.
fn id_as_offset(object: &Object) -> bool {
    // BPF_LDX, BPF_ST, BPF_STX.
    let accesses = |code: u8| matches!(code & 7, 1..=3);
    object.file().functions().iter().any(|function| {
        function.core.iter().filter(|reloc| reloc.record.kind == RelocKind::TYPE_ID_TARGET).any(|reloc| {
            let insn = usize::try_from(reloc.insn.0).ok().and_then(|at| function.insns.get(at));
            insn.is_some_and(|insn| accesses(insn.code))
        })
    })
}

/// The plan as text, or everything that stands against it.
fn outcome(object: &Object, kernel: &Kernel) -> Result<String, String> {
    match object.plan(kernel) {
        Ok(plan) => {
            let mut text = plan.to_string();
            assert!(!text.is_empty() && plan.to_json().is_object());
            plan.notices().iter().for_each(|notice| text += &explained(notice));
            Ok(text)
        }
        Err(failed) => {
            assert!(!failed.errors().is_empty());
            Err(failed.errors().iter().map(|error| explained(error)).collect())
        }
    }
}

fn explained(error: &dyn Diagnostic) -> String {
    assert!(error.code().starts_with('E'));
    let mut text = format!("{}: {error}\n{:?}\n{:?}\n", error.code(), error.labels(), error.help());
    let mut cause = error.as_error().and_then(Error::source);
    while let Some(found) = cause {
        let _ = writeln!(text, "{found}");
        cause = found.source();
    }
    text
}
