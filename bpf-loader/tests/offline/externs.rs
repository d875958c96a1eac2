//! What objects expect from elsewhere: values of a configuration that the test gives, symbols, functions, variables,
//! targets. What a kernel was cut to must plan the same.

use bpf_loader::kernel::{Machine, Symbols};
use bpf_loader::plan::{AttachPoint, Ref, Unresolved, Value};
use bpf_loader::{Kernel, Object, OpenOptions, Plan, PlanError, PlanFailed};

use crate::plans::outcome;
use crate::stored::stored;
use crate::support::{ORDERS, kernel, path};

const CONFIG: &str = "\
# A comment.
CONFIG_HZ=250
CONFIG_ILLEGAL_POINTER_VALUE=0xdead000000000000
CONFIG_NR_CPUS=8192
CONFIG_LOG_BUF_SHIFT=17
CONFIG_BPF_SYSCALL=y
CONFIG_BPF=y
CONFIG_IPV6=m
CONFIG_CC_VERSION_TEXT=\"gcc (Debian 12.2.0)\"
# CONFIG_ZZZ_NEVER_SET is not set
";

/// The kernel in miniature with that configuration.
fn configured(order: &str, text: &str) -> Kernel {
    let btf = kernel("recent", order).btf().unwrap().clone();
    let mut machine = Machine::unknown(btf.endian());
    machine.release = Some("6.12.48-1-generic".into());
    Kernel::builder().btf(btf).machine(machine).kconfig(text).build()
}

fn values(plan: &Plan) -> Vec<u8> {
    let map = plan.maps().iter().find(|map| map.name == ".kconfig").unwrap();
    // BPF_F_RDONLY_PROG and BPF_F_MMAPABLE.
    assert_eq!((map.flags, map.freeze, map.max_entries), (1 << 7 | 1 << 10, true, 1));
    map.contents.clone().unwrap()
}

/// In the map: 8 bytes of address; 4 each of HZ, IPV6, LINUX_ZZZ_UNKNOWN, ZZZ_NOBODY_ASKS; 2 of NR_CPUS; 1 each of BPF,
/// BPF_SYSCALL, LOG_BUF_SHIFT, ZZZ_NEVER_SET; 8 of text.
#[test]
fn a_configuration() {
    for order in ORDERS {
        let plan =
            Object::open(path("externs/kconfig", order)).unwrap().plan(&configured(order, CONFIG)).unwrap();
        let number =
            |bytes: &[u8]| if order == "eb" { bytes.iter().rev().copied().collect() } else { bytes.to_vec() };
        let want = [
            number(&0xdead_0000_0000_0000_u64.to_le_bytes()),
            number(&250_u32.to_le_bytes()),
            number(&2_u32.to_le_bytes()),
            vec![0; 8],
            number(&8192_u16.to_le_bytes()),
            vec![b'y', 1, 17, 0],
            b"gcc (De\0".to_vec(),
        ];
        assert_eq!(values(&plan), want.concat(), "{order}");
        // The kernel is told where each value is: the section's variables in order of places, none declared only.
        let btf = plan.btf().unwrap();
        let section = btf.get(btf.find(".kconfig", bpf_loader::btf::Kind::DATASEC).unwrap()).unwrap();
        let vars: Vec<(u32, u32, &str)> = section
            .section_vars()
            .map(|var| (var.offset, var.size, btf.get(var.type_id).unwrap().name().unwrap()))
            .collect();
        assert_eq!(section.size(), Some(38));
        assert_eq!(vars[..2], [(0, 8, "CONFIG_ILLEGAL_POINTER_VALUE"), (8, 4, "CONFIG_HZ")]);
        assert_eq!(vars.last(), Some(&(30, 8, "CONFIG_CC_VERSION_TEXT")));
        let [cut] = plan.notices() else { panic!("{:?}", plan.notices()) };
        let want =
            "`CONFIG_CC_VERSION_TEXT` is \"gcc (Debian 12.2.0)\", and is cut off: its variable has 8 bytes";
        assert_eq!((cut.code(), cut.to_string().as_str()), ("E0468", want), "{order}");
        assert_eq!(cut.help().as_deref(), Some("all of it takes 20 bytes"));
    }
}

/// What the user gives comes first, and is enough where it has everything that must be there.
#[test]
fn a_configuration_of_the_users_own() {
    let open = |text: &str| OpenOptions::new().kconfig(text).open(path("externs/kconfig", "el")).unwrap();
    let hz = |plan: Plan| values(&plan)[8..12].to_vec();
    let plan = open("CONFIG_HZ=1000").plan(&configured("el", CONFIG)).unwrap();
    assert_eq!(hz(plan), 1000_u32.to_le_bytes());
    let failed = open("CONFIG_IPV6=y").plan(&configured("el", "CONFIG_BPF=y")).unwrap_err();
    assert_eq!(codes(&failed), ["E0441"]);
    // Weak values are asked of the kernel too, and that this one cannot tell is an error as with libbpf.
    let failed = open("CONFIG_HZ=1000").plan(&kernel("recent", "el")).unwrap_err();
    assert_eq!(codes(&failed), ["E0328"]);
}

#[test]
fn a_configuration_that_does_not_fit() {
    let text = outcome(
        &path("externs/kconfig_bad", "el"),
        &configured("el", &CONFIG.replace("CONFIG_HZ=250", "CONFIG_HZ=1000")),
    );
    insta::assert_snapshot!("externs.kconfig_bad.configured", text);
}

/// `LINUX_KERNEL_VERSION` is 16 bits of the first number, 8 of each other: 6.12 is 0x060c00, 5.10 0x050a00. 5.10 has no
/// `BPF_FUNC_get_attach_cookie` (5.15); all have FUNC `__x64_sys_bpf`, `__arm64_sys_bpf` or `__s390x_sys_bpf`.
#[test]
fn facts_of_stored_kernels() {
    for (name, order, version, cookie) in [
        ("x86_64-5.10", "el", 0x05_0a_00_u32, 0),
        ("x86_64-6.1", "el", 0x06_01_00, 1),
        ("x86_64-7.2", "el", 0x07_02_00, 1),
        ("aarch64-6.12", "el", 0x06_0c_00, 1),
        ("s390x-6.12", "eb", 0x06_0c_00, 1),
    ] {
        let plan = Object::open(path("externs/kernel_facts", order)).unwrap().plan(&stored(name)).unwrap();
        let bytes = if order == "eb" { version.to_be_bytes() } else { version.to_le_bytes() };
        assert_eq!(values(&plan), [&bytes[..], &[cookie, 1]].concat(), "{name}");
        assert_eq!(plan.assumptions().count(), 0, "{name}");
    }
}

fn codes(failed: &PlanFailed) -> Vec<&'static str> {
    failed.errors().iter().map(|error| error.code()).collect()
}

/// FUNC 'bpf_task_from_pid' and 'bpf_task_release' are in every stored kernel from 6.12 on, and not in 5.10 and 6.1.
#[test]
fn functions_by_hand() {
    for (name, order) in [("x86_64-6.12", "el"), ("x86_64-7.2", "el"), ("s390x-6.12", "eb")] {
        let plan = Object::open(path("externs/kfunc", order)).unwrap().plan(&stored(name)).unwrap();
        let [program] = plan.programs() else { panic!() };
        let called: Vec<(&str, u8, i16)> = program
            .insns
            .iter()
            .filter_map(|planned| match planned.reference {
                Some(Ref::Extern(id)) => match plan.extern_value(id) {
                    Some(Value::Type(found)) => {
                        Some((found.name.as_str(), planned.insn.src, planned.insn.off))
                    }
                    other => panic!("{other:?}"),
                },
                _ => None,
            })
            .collect();
        // BPF_PSEUDO_KFUNC_CALL is 2; the flavor is no part of the name.
        assert_eq!(called, [("bpf_task_from_pid", 2, 0), ("bpf_task_release", 2, 0)], "{name}");
        let kernel = plan.kernel().btf().unwrap();
        for found in plan.externs() {
            let Value::Type(found) = &found.value else { panic!() };
            let of_kernel = kernel.get(found.id).unwrap();
            assert_eq!(
                (of_kernel.kind(), of_kernel.name()),
                (bpf_loader::btf::Kind::FUNC, Ok(found.name.as_str()))
            );
        }
        assert!(program.modules.is_empty());
    }
    // `bpf_fixture_add` is in the module that is stored with this kernel; modules are counted from 1.
    let plan =
        Object::open(path("externs/module_kfunc", "el")).unwrap().plan(&stored("x86_64-6.12")).unwrap();
    let [program] = plan.programs() else { panic!() };
    let call = program.insns.iter().find(|planned| planned.insn.is_call()).unwrap();
    assert_eq!(
        (program.modules.as_slice(), call.insn.src, call.insn.off),
        (&["bpf_fixture".to_owned()][..], 2, 1)
    );
    // Programs that are run on demand came with Linux 5.14.
    for (name, want) in
        [("x86_64-5.10", &["E0430", "E0441", "E0441"][..]), ("x86_64-6.1", &["E0441", "E0441"])]
    {
        let failed = Object::open(path("externs/kfunc", "el")).unwrap().plan(&stored(name)).unwrap_err();
        assert_eq!(codes(&failed), want, "{name}");
    }
}

/// A call of what is not there is one that no kernel takes: 2002000000 and the place among the externs by name, which is
/// bpf_rcu_read_lock, bpf_task_from_pid, bpf_task_release, zzz_no_such_kfunc.
#[test]
fn functions_that_may_be_missing() {
    for (name, missing) in [("x86_64-6.12", vec![3, 0]), ("x86_64-6.1", vec![3, 0, 1, 2])] {
        let plan = Object::open(path("externs/kfunc_weak", "el")).unwrap().plan(&stored(name)).unwrap();
        let [program] = plan.programs() else { panic!() };
        let numbers: Vec<i32> = program
            .poisons
            .iter()
            .map(|poison| program.insns[poison.at.0 as usize].insn.imm - 2_002_000_000)
            .collect();
        assert_eq!(numbers, missing, "{name}");
        for poison in &program.poisons {
            assert!(matches!(&poison.missing, Unresolved::Function { .. }));
            // Its address is 0.
            let at =
                program.insns[..poison.at.0 as usize].iter().rposition(|planned| planned.insn.is_ld_imm64());
            assert!(at.is_some());
        }
        assert_eq!(plan.notices().len(), missing.len());
        assert!(plan.notices().iter().all(|notice| notice.code() == "E0453"));
    }
}

/// Variables of the kernel are integers in the object's own BTF, functions are behind a placeholder.
#[test]
fn the_object_s_types() {
    use bpf_loader::btf::{Kind, Linkage, VarLinkage};
    for (name, order) in [("x86_64-6.12", "el"), ("s390x-6.12", "eb")] {
        let object = Object::open(path("externs/kfunc_weak", order)).unwrap();
        let plan = object.plan(&stored(name)).unwrap();
        let (before, btf) = (object.file().btf().unwrap(), plan.btf().unwrap());
        assert_eq!(btf.last_id().0, before.last_id().0 + 1);
        let dummy = btf.get(btf.last_id()).unwrap();
        assert_eq!((dummy.name(), dummy.var_linkage()), (Ok("dummy_ksym"), Some(VarLinkage::Global)));
        let section = btf.get(btf.find(".ksyms", Kind::DATASEC).unwrap()).unwrap();
        let places: Vec<_> = section.section_vars().map(|var| (var.type_id, var.offset, var.size)).collect();
        assert_eq!(section.size(), Some(16));
        assert_eq!(places, [0, 4, 8, 12].map(|at| (btf.last_id(), at, 4)));
        let function = btf.get(btf.find("zzz_no_such_kfunc", Kind::FUNC).unwrap()).unwrap();
        assert_eq!(function.linkage(), Some(Linkage::Global));
        let proto = btf.get(function.target().unwrap()).unwrap();
        assert!(proto.params().all(|param| param.name() == Ok("dummy_ksym")));

        let plan = Object::open(path("externs/variable", order)).unwrap().plan(&stored(name)).unwrap();
        let btf = plan.btf().unwrap();
        let variable = btf.get(btf.find("runqueues", Kind::VAR).unwrap()).unwrap();
        let target = btf.get(variable.target().unwrap()).unwrap();
        assert_eq!((target.kind(), target.size()), (Kind::INT, Some(4)));
        assert!(btf.find("dummy_ksym", Kind::VAR).is_none());
    }
}

/// TYPEDEF 'btf_trace_sys_enter', FUNC 'bpf_lsm_file_open', 'bpf_iter_task', 'bpf_fentry_test1' of each kernel.
#[test]
fn targets_by_hand() {
    use bpf_loader::btf::Kind;
    for (fixture, want) in [
        ("targets/tp_btf", vec![("btf_trace_sys_enter", Kind::TYPEDEF, "trace_raw_tp")]),
        ("targets/lsm", vec![("bpf_lsm_file_open", Kind::FUNC, "lsm_mac")]),
        ("targets/iter", vec![("bpf_iter_task", Kind::FUNC, "trace_iter")]),
        (
            "targets/trampoline",
            vec![
                ("bpf_fentry_test1", Kind::FUNC, "trace_fentry"),
                ("bpf_fentry_test1", Kind::FUNC, "trace_fexit"),
                ("bpf_modify_return_test", Kind::FUNC, "modify_return"),
            ],
        ),
    ] {
        for name in ["x86_64-5.10", "x86_64-6.18", "aarch64-6.12"] {
            let plan = Object::open(path(fixture, "el")).unwrap().plan(&stored(name)).unwrap();
            let kernel = plan.kernel().btf().unwrap();
            let found: Vec<(&str, Kind, String)> = plan
                .programs()
                .iter()
                .map(|program| match &program.attach {
                    AttachPoint::KernelType { attach_type, target } => {
                        let of_kernel = kernel.get(target.id).unwrap();
                        assert_eq!((of_kernel.name(), &target.module), (Ok(target.name.as_str()), &None));
                        (target.name.as_str(), of_kernel.kind(), attach_type.to_string())
                    }
                    other => panic!("{other}"),
                })
                .collect();
            let want: Vec<(&str, Kind, String)> =
                want.iter().map(|(name, kind, attach)| (*name, *kind, (*attach).to_owned())).collect();
            assert_eq!(found, want, "{fixture} on {name}");
        }
    }
}

#[test]
fn another_target() {
    let mut object = Object::open(path("targets/unknown", "el")).unwrap();
    let names: Vec<String> = object.programs().iter().map(|program| program.name().to_owned()).collect();
    for name in names.iter().filter(|name| *name != "nothing") {
        object.program_mut(name).unwrap().set_autoload(false);
    }
    let kernel = stored("x86_64-6.12");
    assert_eq!(codes(&object.plan(&kernel).unwrap_err()), ["E0447"]);
    object.program_mut("nothing").unwrap().set_attach_target("bpf_fentry_test1");
    let plan = object.plan(&kernel).unwrap();
    assert_eq!(plan.programs()[0].attach.to_string(), "trace_fentry bpf_fentry_test1");
}

/// A kernel with a configuration and symbols, cut down to an object and saved, plans it the same.
#[test]
fn cut_and_saved() {
    for name in ["kconfig", "kconfig_bad", "symbol", "missing_symbol"] {
        let symbols = Symbols::parse("10 T schedule\n20 T _text\n30 t zzz_other\n40 T shed\n");
        let whole = {
            let btf = kernel("recent", "el").btf().unwrap().clone();
            Kernel::builder().btf(btf).kconfig(CONFIG).symbols(symbols).build()
        };
        let file = path(&format!("externs/{name}"), "el");
        let object = Object::open(&file).unwrap();
        let cut = whole.cut_to([&object]).unwrap();
        let saved = cut.save().unwrap();
        let read = Kernel::from_saved(&saved).unwrap();
        assert_eq!(outcome(&file, &read), outcome(&file, &whole), "{name}");
        assert_eq!(read.save().unwrap(), saved);
        // What nobody asks for is not known there.
        let kept = read.symbols().unwrap().map_or(0, |symbols| symbols.iter().count());
        let lines = read.kconfig().map_or(0, |text| text.lines().count());
        assert!(kept <= 1 && lines < CONFIG.lines().count(), "{name}: {kept} symbols, {lines} lines");
    }
}

/// A file can name as many as it likes that are not there; not all are compared with all names of the kernel.
#[test]
fn many_missing_names() {
    use bpf_loader::plan::ExternProblem;
    let known: String = (0..200).map(|at| format!("{at:x} T symbol_{at}\n")).collect();
    let object = Object::open(path("externs/many", "el")).unwrap();
    let kernel = Kernel::builder().symbols(Symbols::parse(&known)).build();
    let failed = object.plan(&kernel).unwrap_err();
    let nearest: Vec<bool> = failed
        .errors()
        .iter()
        .map(|error| match error {
            PlanError::Extern(error) => match &error.problem {
                ExternProblem::Missing { nearest, .. } => nearest.is_some(),
                other => panic!("{other}"),
            },
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(nearest.len(), 70);
    assert_eq!(nearest.iter().filter(|nearest| **nearest).count(), 64);
}
