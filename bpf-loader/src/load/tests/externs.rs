//! What a load with functions, targets and values of the kernel asks of it: the BTF of a module is opened once, and the
//! descriptors and numbers are where the kernel looks for them.

use std::collections::HashMap;

use bpf_btf::{Btf, Kind};
use bpf_elf::InsnIndex;
use bpf_sys::uapi::Insn;

use super::*;
use crate::kernel::Symbols;
use crate::load::encode::{Dangling, encode};
use crate::load::{Types, symbols};
use crate::plan::{AttachPoint, PlanProgram, Ref, Value};

/// The stored 6.12, as if it ran.
fn stored() -> (Btf, KernelBuilder) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/kernels/stored");
    let btf = Kernel::open(root.join("x86_64-6.12.kernel")).unwrap().btf().unwrap().clone();
    (btf.clone(), Kernel::builder().btf(btf))
}

/// The BTF of a module that has `int zzz_no_such_kfunc(int, struct task_struct *)` and `bpf_fentry_tset1` of the same
/// prototype.
fn module(base: &Btf) -> Vec<u8> {
    let id = |name, kinds: &dyn Fn(Kind) -> bool| base.find_where(name, kinds).unwrap().0;
    let (int, task) = (id("int", &|kind| kind == Kind::INT), id("task_struct", &|kind| kind == Kind::STRUCT));
    let next = base.last_id().0 + 1;
    let strings_len = base.bytes().get(20..24).and_then(|word| word.try_into().ok()).map(u32::from_le_bytes);
    let strings_at = strings_len.unwrap();
    let strings = b"\0a\0zzz_no_such_kfunc\0bpf_fentry_tset1\0";
    let types: [u32; 16] = [
        // PTR, then a FUNC_PROTO of two parameters, then two FUNCs of it.
        0,
        2 << 24,
        task, //
        0,
        13 << 24 | 2,
        int,
        strings_at + 1,
        int,
        strings_at + 1,
        next, //
        strings_at + 3,
        12 << 24,
        next + 1, //
        strings_at + 21,
        12 << 24,
        next + 1,
    ];
    let types_len = 4 * 16;
    let mut blob = vec![0x9f, 0xeb, 1, 0];
    let head = [24, 0, types_len, types_len, u32::try_from(strings.len()).unwrap()];
    blob.extend(head.iter().chain(&types).flat_map(|word| word.to_le_bytes()));
    blob.extend(strings);
    blob
}

fn at(program: &PlanProgram, accept: impl Fn(&Insn) -> bool) -> Vec<usize> {
    let is = |found: &crate::plan::PlanInsn| {
        matches!(found.reference, Some(Ref::Extern(_))) && accept(&found.insn)
    };
    program.insns.iter().enumerate().filter(|(_, found)| is(found)).map(|(at, _)| at).collect()
}

#[test]
fn functions_of_a_module() {
    let _alone = alone();
    let (base, builder) = stored();
    let kernel = builder.module("zzz", module(&base)).build_as_running();
    let plan = Object::open(fixture("externs/kfunc_weak")).unwrap().plan(&kernel).unwrap();
    let [program] = plan.programs() else { panic!() };
    assert_eq!(program.modules, ["zzz"]);
    assert_eq!(plan.modules().collect::<Vec<_>>(), ["zzz"]);
    // Its own calls are by place in the list, from 1; those of the kernel by 0.
    let calls = at(program, |insn| insn.is_call());
    let offsets: Vec<i16> = calls.iter().map(|at| program.insns[*at].insn.off).collect();
    assert_eq!(offsets, [1, 0, 0]);

    // Encoded: ids, and beside the load of an address the descriptor of the module.
    let null = descriptor();
    let raw = std::os::fd::AsRawFd::as_raw_fd(&null);
    let modules = HashMap::from([("zzz".to_owned(), null)]);
    let addresses = HashMap::new();
    let types = Types { object: None, modules: &modules, addresses: &addresses, token: None };
    let maps = load(&plan, &kernel, Fake { btf: vec![Some("vmlinux"), Some("zzz")], ..Fake::default() })
        .1
        .unwrap()
        .maps;
    let encoded = encode(&plan, program, &maps, &[], types).unwrap();
    let word = |at: usize, from: usize| {
        encoded.insns.get(at * 8 + from..)?.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes))
    };
    let first = at(program, |insn| insn.is_ld_imm64())[0];
    let id = i32::try_from(base.last_id().0 + 3).unwrap();
    assert_eq!((word(first, 4), word(first + 1, 4)), (Some(id), Some(raw)), "the address of the module's");
    assert_eq!(word(calls[0], 4), Some(id));
    let release = base.find("bpf_task_release", Kind::FUNC).unwrap().0.cast_signed();
    assert_eq!(word(calls[2], 4), Some(release));

    // Without the module, the instruction is said to dangle.
    let gone = HashMap::new();
    let types = Types { object: None, modules: &gone, addresses: &addresses, token: None };
    let error = encode(&plan, program, &maps, &[], types).unwrap_err();
    assert_eq!(error, Dangling::Extern(InsnIndex(u32::try_from(first).unwrap())));
}

#[test]
fn a_target_in_a_module() {
    let (base, builder) = stored();
    let kernel = builder.module("zzz", module(&base)).build_as_running();
    let mut object = Object::open(fixture("targets/trampoline")).unwrap();
    for name in ["on_exit", "on_return"] {
        object.program_mut(name).unwrap().set_autoload(false);
    }
    let home = |object: &Object| match &object.plan(&kernel)?.programs()[0].attach {
        AttachPoint::KernelType { target, .. } => Ok(target.module.clone()),
        other => panic!("{other}"),
    };
    for (target, want) in [
        ("bpf_fentry_test1", None),
        ("vmlinux:bpf_fentry_test1", None),
        ("bpf_fentry_tset1", Some("zzz")),
        ("zzz:bpf_fentry_tset1", Some("zzz")),
    ] {
        object.program_mut("on_entry").unwrap().set_attach_target(target);
        assert_eq!(home(&object).unwrap().as_deref(), want, "{target}");
    }
    // What begins like a module's name, a function of the other, and of none.
    for target in
        ["zz:bpf_fentry_tset1", "zzz:bpf_fentry_test1", "vmlinux:bpf_fentry_tset1", "v:bpf_fentry_test1"]
    {
        object.program_mut("on_entry").unwrap().set_attach_target(target);
        let failed: crate::plan::PlanFailed = home(&object).unwrap_err();
        let codes: Vec<&str> = failed.errors().iter().map(|error| error.code()).collect();
        assert_eq!(codes, ["E0446"], "{target}");
    }
}

/// The module's BTF is looked for once, whatever refers to it: of two ids the second is its.
#[test]
fn the_calls() {
    let _alone = alone();
    let (base, builder) = stored();
    let kernel = builder.module("zzz", module(&base)).kconfig("CONFIG_HZ=100\n").build_as_running();
    for (name, owners, expected) in [
        (
            "externs/kernel_facts",
            vec![],
            "BTF_LOAD MAP_CREATE mmap MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap PROG_LOAD",
        ),
        (
            "externs/kconfig",
            vec![],
            "BTF_LOAD MAP_CREATE mmap MAP_CREATE MAP_UPDATE_ELEM MAP_FREEZE mmap PROG_LOAD",
        ),
        (
            "externs/kfunc_weak",
            vec![Some("vmlinux"), Some("zzz"), Some("other")],
            "BTF_LOAD BTF_GET_NEXT_ID BTF_GET_FD_BY_ID OBJ_GET_INFO_BY_FD \
             BTF_GET_NEXT_ID BTF_GET_FD_BY_ID OBJ_GET_INFO_BY_FD MAP_CREATE MAP_UPDATE_ELEM mmap MAP_CREATE mmap \
             PROG_LOAD",
        ),
        ("targets/trampoline", vec![], "BTF_LOAD MAP_CREATE mmap PROG_LOAD PROG_LOAD PROG_LOAD"),
    ] {
        let mut object = Object::open(fixture(name)).unwrap();
        if name == "externs/kernel_facts" {
            object = crate::object::OpenOptions::new().open(fixture(name)).unwrap();
        }
        let kernel = match name {
            "externs/kernel_facts" => {
                let (_, builder) = stored();
                let mut machine = crate::kernel::Machine::unknown(bpf_btf::Endian::NATIVE);
                machine.release = Some("6.12.3".into());
                builder.machine(machine).build_as_running()
            }
            _ => kernel.clone(),
        };
        let plan = object.plan(&kernel).unwrap();
        let (fake, loaded) = load(&plan, &kernel, Fake { btf: owners, ..Fake::default() });
        let loaded = loaded.unwrap();
        assert_eq!(fake.calls().join(" "), expected, "{name}");
        drop(loaded);
    }
}

/// Links by the newer command, and by the older one where that is refused.
#[test]
fn attaching_to_what_was_loaded_for() {
    let _alone = alone();
    let (_, builder) = stored();
    let kernel = builder.build_as_running();
    let plan = Object::open(fixture("targets/tp_btf")).unwrap().plan(&kernel).unwrap();
    let loading = {
        let (fake, loaded) = load(&plan, &kernel, Fake::default());
        let loaded = loaded.unwrap();
        let before = fake.calls().len();
        let link = loaded.program("on_sys_enter").unwrap().attach().unwrap();
        assert_eq!(link.what(), "program `on_sys_enter` at trace_raw_tp btf_trace_sys_enter");
        assert_eq!(fake.calls()[before..], ["LINK_CREATE"]);
        before
    };
    let (fake, loaded) =
        load(&plan, &kernel, Fake { refuse: Some((loading, errno::EINVAL)), ..Fake::default() });
    let _link = loaded.unwrap().program("on_sys_enter").unwrap().attach().unwrap();
    assert_eq!(fake.calls()[loading..], ["LINK_CREATE", "RAW_TRACEPOINT_OPEN"]);
    let (_, loaded) = load(&plan, &kernel, Fake { refuse: Some((loading, errno::EPERM)), ..Fake::default() });
    let error = loaded.unwrap().program("on_sys_enter").unwrap().attach().unwrap_err();
    assert_eq!(error.code(), "E0601");
}

#[test]
fn addresses_of_symbols() {
    let plan = |text: Option<&str>| {
        let (_, mut builder) = stored();
        if let Some(text) = text {
            builder = builder.symbols(Symbols::parse(text));
        }
        let kernel = builder.build_as_running();
        let plan = Object::open(fixture("externs/symbol")).unwrap().plan(&kernel);
        plan.map(|plan| (plan, kernel))
    };
    let code = |text| {
        let (plan, kernel) = plan(text).unwrap();
        symbols::find(&plan, &kernel).map_err(|error| error.code())
    };
    let text = "ffffffff81000000 T _text\nffffffff81234560 T schedule\n";
    let (planned, kernel) = plan(Some(text)).unwrap();
    let found = symbols::find(&planned, &kernel).unwrap();
    // The weak one is not there: its address is a number of the plan already.
    assert_eq!(found.values().copied().collect::<Vec<_>>(), [0xffff_ffff_8123_4560]);
    let missing = planned.externs().iter().find(|found| found.name == "zzz_no_such_symbol").unwrap();
    assert_eq!(missing.value, Value::Missing);
    assert_eq!(code(None), Err("E0510"));
    assert_eq!(code(Some("0 T schedule\n")), Err("E0511"));
    let codes = |text| -> Vec<&str> {
        plan(Some(text)).unwrap_err().errors().iter().map(|error| error.code()).collect()
    };
    assert_eq!(codes("10 T scheduled\n"), ["E0441"]);
    assert_eq!(codes("10 t schedule\n20 t schedule\n"), ["E0443"]);
}
