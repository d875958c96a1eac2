//! CO-RE by other BTF than the kernel's own.

use bpf_loader::plan::{AttachPoint, Notice, Ref};
use bpf_loader::{Kernel, Object, Plan};

use crate::stored::{TASK, numbers, stored};
use crate::support::path;

fn object(name: &str) -> Object {
    Object::open(path(name, "el")).unwrap()
}

/// A kernel without BTF of its own, with that of another for CO-RE.
fn without_own(of: &Kernel) -> Kernel {
    let kernel = Kernel::builder().machine(of.machine().clone()).build();
    kernel.with_core_btf(of.btf().unwrap().clone()).unwrap()
}

/// The instructions of a plan as they are sent, without what stands for ids.
fn insns(plan: &Plan) -> Vec<Vec<String>> {
    let of = |insns: &[bpf_loader::plan::PlanInsn]| insns.iter().map(|insn| insn.insn.to_string()).collect();
    plan.programs().iter().map(|program| of(&program.insns)).collect()
}

#[test]
fn a_kernel_without_btf_is_planned_for_by_that_of_another() {
    for (name, _, [pid, tgid, comm]) in TASK.into_iter().filter(|(name, ..)| !name.starts_with("s390x")) {
        let (whole, object) = (stored(name), object("core/fields"));
        // As a file that `bpf btf minimize` writes.
        let cut = whole.cut_to([&object]).unwrap();
        let kernel = without_own(&cut);
        assert!(kernel.btf().is_err());
        let (plan, own) = (object.plan(&kernel).unwrap(), object.plan(&whole).unwrap());
        assert_eq!(insns(&plan), insns(&own), "{name}");
        let found: Vec<i32> =
            numbers(&plan, "read_fields").into_iter().filter(|number| *number > 1000).collect();
        assert_eq!(found[..4], [pid / 8, tgid / 8, comm / 8, comm / 8 + 2], "{name}");
        // Nothing of the kernel's own is in it, and what was used instead is named.
        assert_eq!(plan.kernel_btf_hash().unwrap(), None);
        assert_eq!(plan.core_btf_hash(), Some(cut.btf_hash().unwrap()));
        assert_eq!(own.core_btf_hash(), None);
        assert!(plan.to_string().lines().next().unwrap().ends_with("kernel, CO-RE by other BTF"));
    }
}

#[test]
fn it_wins_over_the_kernels_own() {
    let (old, new) = (stored("x86_64-6.1"), stored("x86_64-6.12"));
    let both = new.with_core_btf(old.btf().unwrap().clone()).unwrap();
    let object = object("core/fields");
    let [by_old, by_new, by_both] = [&old, &new, &both].map(|kernel| insns(&object.plan(kernel).unwrap()));
    assert_eq!(by_both, by_old);
    assert_ne!(by_both, by_new);
}

/// Targets of programs, functions and struct_ops are found in the kernel itself.
#[test]
fn ids_come_from_the_kernels_own() {
    let (old, new) = (stored("x86_64-6.1"), stored("x86_64-6.12"));
    let both = new.with_core_btf(old.btf().unwrap().clone()).unwrap();
    let targets = |kernel: &Kernel| -> Vec<(String, u32)> {
        let plan = object("targets/tp_btf").plan(kernel).unwrap();
        assert!(plan.kernel_btf_hash().unwrap() == Some(kernel.btf_hash().unwrap()));
        let target = |point: &AttachPoint| match point {
            AttachPoint::KernelType { target, .. } => Some((target.name.clone(), target.id.0)),
            _ => None,
        };
        plan.programs().iter().filter_map(|program| target(&program.attach)).collect()
    };
    assert!(!targets(&new).is_empty());
    assert_ne!(targets(&old), targets(&new), "else the next line shows nothing");
    assert_eq!(targets(&both), targets(&new));

    let ops = |kernel: &Kernel| object("struct_ops/cong").plan(kernel).unwrap().struct_ops()[0].clone();
    assert_eq!(ops(&both).struct_type, ops(&new).struct_type);
    assert_eq!(ops(&both).value_type, ops(&new).value_type);
    // Without any of its own there is nothing to find these in.
    let refused = object("struct_ops/cong").plan(&without_own(&new)).unwrap_err();
    assert_eq!(refused.errors()[0].code(), "E0322");
}

/// An id of other BTF is a number, and a notice says what it is worth.
#[test]
fn an_id_of_a_type_is_that_of_the_given_btf() {
    let whole = stored("x86_64-6.12");
    let plan = object("core/kinds").plan(&without_own(&whole)).unwrap();
    let id = whole.btf().unwrap().find("task_struct", bpf_loader::btf::Kind::STRUCT).unwrap();
    let insns = || plan.programs().iter().flat_map(|program| &program.insns);
    // An immediate of 64 bits.
    assert!(insns().any(|insn| insn.insn.code == 0x18 && insn.insn.imm == id.0.cast_signed()));
    assert!(!insns().any(|insn| matches!(insn.reference, Some(Ref::KernelType(_)))));
    let said: Vec<&str> = plan.notices().iter().map(Notice::code).filter(|code| *code == "E0331").collect();
    assert_eq!(said, ["E0331"]);
}

#[test]
fn the_other_byte_order_is_refused() {
    let big = stored("s390x-6.12").btf().unwrap().clone();
    let error = stored("x86_64-6.12").with_core_btf(big).unwrap_err();
    assert_eq!(error.code(), "E0330");
    assert_eq!(error.to_string(), "the BTF for CO-RE is big-endian, the kernel is little-endian");
}

#[test]
fn it_is_saved_and_cut_with_the_kernel() {
    let (old, new) = (stored("x86_64-6.1"), stored("x86_64-6.12"));
    let both = new.with_core_btf(old.btf().unwrap().clone()).unwrap();
    let objects = ["core/fields", "core/kinds", "struct_ops/cong"].map(object);
    let saved = both.save().unwrap();
    let back = Kernel::from_saved(&saved).unwrap();
    assert_eq!(back.core_btf_hash(), both.core_btf_hash());
    assert_eq!(back.save().unwrap(), saved);
    let cut = both.cut_to(&objects).unwrap();
    let core = |kernel: &Kernel| kernel.core_btf().unwrap().bytes().len();
    assert!(core(&cut) < core(&both));
    for object in &objects[..1] {
        let [before, after] = [&both, &cut].map(|kernel| object.plan(kernel).unwrap());
        assert_eq!(before.to_string(), after.to_string());
    }
    let [before, after] = [&both, &cut].map(|kernel| insns(&objects[2].plan(kernel).unwrap()));
    assert_eq!(before, after);
}
