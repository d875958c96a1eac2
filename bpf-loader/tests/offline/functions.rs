//! Functions of programs: what is called when they throw, tagged contexts, helpers that old kernels lack.

use bpf_btf::{Btf, Kind, TypeId};
use bpf_loader::plan::{PlanError, PlanProgram};
use bpf_loader::{Answer, Feature, Kernel, Object, Plan};

use crate::stored::stored;
use crate::support::{ORDERS, path};

fn plan(name: &str, order: &str, kernel: &Kernel) -> Plan {
    Object::open(path(name, order)).unwrap().plan(kernel).unwrap()
}

fn program<'a>(plan: &'a Plan, name: &str) -> &'a PlanProgram {
    plan.programs().iter().find(|program| program.name == name).unwrap()
}

/// `caught` and what it calls stand behind everything that `throws` calls; a program without a tag has neither.
#[test]
fn what_catches_comes_last() {
    for (order, kernel) in ORDERS.into_iter().zip(["x86_64-6.12", "s390x-6.12"]) {
        let plan = plan("functions/throws", order, &stored(kernel));
        let names = |name| -> Vec<(String, u32)> {
            let placed = program(&plan, name).functions.iter();
            placed.map(|placed| (placed.name.clone(), placed.start.0)).collect()
        };
        let want = [("throws", 0), ("check", 3), ("caught", 8), ("plus_64", 10)];
        assert_eq!(names("throws"), want.map(|(name, at)| (name.to_owned(), at)), "{kernel}");
        assert_eq!(names("plain"), [("plain".to_owned(), 0)], "{kernel}");
    }
}

/// All five in one run, each with the program, in both byte orders; before there were tags nothing can be thrown.
#[test]
fn what_cannot_catch() {
    for (order, kernel) in ORDERS.into_iter().zip(["x86_64-6.12", "s390x-6.12"]) {
        let object = Object::open(path("functions/throws_wrong", order)).unwrap();
        let failed = object.plan(&stored(kernel)).unwrap_err();
        let found = failed.errors().iter().map(|error| match error {
            PlanError::Exception(error) => (error.program.as_str(), error.problem.to_string()),
            other => panic!("{other}"),
        });
        let want = [
            ("absent", "there is no function `cought` in .text to be called when it throws"),
            ("is_static", "`inside`, to be called when it throws, is static, and has to be global"),
            ("unnamed", "the tag `exception_callback:` names no function"),
            ("two", "it names both `caught` and `unseen` to be called when it throws"),
            ("is_hidden", "`unseen`, to be called when it throws, is hidden, and has to be global"),
        ];
        assert!(found.eq(want.map(|(program, why)| (program, why.to_owned()))), "{kernel}: {failed:?}");
        assert!(failed.errors().iter().all(|error| error.code() == "E0435" && error.help().is_some()));
    }
    let object = Object::open(path("functions/throws_wrong", "el")).unwrap();
    assert!(object.plan(&stored("x86_64-5.10")).is_ok());
}

/// Equal objects fail with equal words: of names that are equally close the first is suggested, each time.
#[test]
fn suggestions_do_not_depend_on_chance() {
    let object = Object::open(path("functions/throws_near", "el")).unwrap();
    for _ in 0..32 {
        let failed = object.plan(&stored("x86_64-6.12")).unwrap_err();
        let [error] = failed.errors() else { panic!("{failed:?}") };
        assert_eq!(error.help().as_deref(), Some("did you mean `caught_1`?"));
    }
}

/// The name of the struct that a function's `index`-th parameter points to.
fn points_to(btf: &Btf, function: TypeId, index: usize) -> String {
    let proto = btf.get(btf.get(function).unwrap().target().unwrap()).unwrap();
    let pointer = btf.get(proto.params().nth(index).unwrap().type_id).unwrap();
    assert_eq!(pointer.kind(), Kind::PTR);
    match pointer.target().unwrap() {
        TypeId::VOID => "void".to_owned(),
        target => btf.get(target).unwrap().name().unwrap().to_owned(),
    }
}

/// Linux 6.8 is the first that knows the tag. Before, `first_byte` takes a `struct __sk_buff *` in the socket filter, and
/// `shorter` a `struct xdp_md *` in the XDP program; `named` is declared as any kernel takes it.
#[test]
fn tagged_contexts() {
    for (kernel, changed) in
        [("x86_64-5.10", true), ("x86_64-6.1", true), ("x86_64-6.12", false), ("aarch64-6.12", false)]
    {
        let plan = plan("functions/arg_ctx", "el", &stored(kernel));
        let (btf, own) = (plan.btf().unwrap(), plan.object().file().btf().unwrap());
        for (name, function, index, context) in [
            ("filter", "first_byte", 0, "__sk_buff"),
            ("filter", "named", 0, "__sk_buff"),
            ("pass", "shorter", 1, "xdp_md"),
        ] {
            let program = program(&plan, name);
            let at = program.functions.iter().position(|placed| placed.name == function).unwrap();
            let (start, declared) = program.func_info[at];
            assert_eq!(start, program.functions[at].start);
            assert_eq!(btf.get(declared).unwrap().name(), Ok(function), "{kernel}");
            let want = if changed || function == "named" { context } else { "void" };
            assert_eq!(points_to(btf, declared, index), want, "{kernel}: {function}");
            assert_eq!(declared > own.last_id(), changed && function != "named", "{kernel}: {function}");
        }
        // The other parameter of each stays what it was.
        let grown = if changed { 10 } else { 0 };
        assert_eq!(
            btf.last_id().0 - own.last_id().0,
            grown,
            "{kernel}: struct, pointer, prototype, function, tag; twice"
        );
    }
}

/// A kernel that does not know the tag looks at the name of the struct that a parameter points to, behind typedefs: what
/// is declared by `bpf_user_pt_regs_t` has to point to a struct of the name that it expects.
#[test]
fn registers_by_their_typedef() {
    for (kernel, changed) in [("x86_64-5.10", true), ("x86_64-6.1", true), ("x86_64-6.12", false)] {
        let plan = plan("functions/arg_ctx_regs", "el", &stored(kernel));
        for (name, context) in [("probe", "bpf_user_pt_regs_t"), ("sample", "bpf_perf_event_data")] {
            let (btf, program) = (plan.btf().unwrap(), program(&plan, name));
            let at = program.functions.iter().position(|placed| placed.name == "registers").unwrap();
            let (_, declared) = program.func_info[at];
            let want = if changed { context } else { "bpf_user_pt_regs_t" };
            assert_eq!(points_to(btf, declared, 0), want, "{kernel}: {name}");
            let proto = btf.get(btf.get(declared).unwrap().target().unwrap()).unwrap();
            let target = btf.get(proto.params().next().unwrap().type_id).unwrap().target().unwrap();
            let kind = if changed { Kind::STRUCT } else { Kind::TYPEDEF };
            assert_eq!(btf.get(target).unwrap().kind(), kind, "{kernel}: {name}");
        }
        assert_eq!(plan.notices(), [], "{kernel}");
    }
}

/// The numbers are those of `enum bpf_func_id`: 4 and 45 read any memory, 112 to 115 came in Linux 5.5.
#[test]
fn older_helpers() {
    for (answer, want) in [
        (Answer::Yes, [4, 113, 112, 115, 114]),
        (Answer::Unknown, [4, 113, 112, 115, 114]),
        (Answer::No, [4, 4, 4, 45, 45]),
    ] {
        let kernel = Kernel::builder().btf(stored("x86_64-6.12").btf().unwrap().clone());
        let kernel = match answer {
            Answer::Unknown => Kernel::builder().build(),
            answer => kernel.feature(Feature::ProbeReadKernel, answer).build(),
        };
        let plan = plan("functions/probe_read", "el", &kernel);
        let calls = program(&plan, "reads").insns.iter().filter(|planned| planned.insn.is_helper_call());
        assert!(calls.map(|planned| planned.insn.imm).eq(want), "{answer:?}");
        // One assumption, of the one program that calls any.
        let assumed = plan.assumptions().find(|(feature, _)| *feature == Feature::ProbeReadKernel);
        assert_eq!(
            assumed.map_or(0, |(_, steps)| steps.len()),
            usize::from(answer == Answer::Unknown),
            "{answer:?}"
        );
    }
}
