//! Plans for modules: their BTF is looked for in the kernel, and has to be that which was planned with.

use super::*;

/// A kernel with the module of the fixtures, taken for the one that runs.
fn kernel_with_module() -> Kernel {
    let stored = Kernel::open(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/kernels/stored/x86_64-6.12.kernel"),
    );
    let stored = stored.unwrap();
    let builder = Kernel::builder().btf(stored.btf().unwrap().clone());
    let module = stored.module("bpf_fixture").unwrap().btf().unwrap().bytes();
    builder.module("bpf_fixture", module).build_as_running()
}

/// What of the kernel's BTF is looked at: up to the module, which comes after the object's own.
#[test]
#[cfg(target_endian = "little")]
fn struct_ops_of_a_module() {
    let owners = [Some("vmlinux"), None, Some("another"), Some("bpf_fixture"), Some("later")];
    let look = "BTF_GET_NEXT_ID BTF_GET_FD_BY_ID OBJ_GET_INFO_BY_FD ".repeat(4);
    check_on(
        &kernel_with_module(),
        || Fake { btf: owners.to_vec(), ..Fake::default() },
        "module/ops_nolink",
        &format!("BTF_LOAD {look}MAP_CREATE PROG_LOAD PROG_LOAD"),
    );
}

#[test]
#[cfg(target_endian = "little")]
fn a_module_that_is_gone() {
    let _alone = alone();
    let kernel = kernel_with_module();
    let plan = Object::open(fixture("module/ops_nolink")).unwrap().plan(&kernel).unwrap();
    let before = descriptors();
    // One of that name that user space loaded is none.
    let owners = vec![Some("vmlinux"), None];
    let error = load(&plan, &kernel, Fake { btf: owners.clone(), ..Fake::default() }).1.unwrap_err();
    assert_eq!(error.to_string(), "this plan needs module `bpf_fixture`, which is not loaded");
    assert_eq!((error.code(), error.help().as_deref()), ("E0508", Some("load it: modprobe bpf_fixture")));
    // What goes away between being listed and being opened is passed over.
    let refuse = Some((2, errno::ENOENT));
    let owners = vec![None, Some("bpf_fixture")];
    let (fake, loaded) = load(&plan, &kernel, Fake { btf: owners, refuse, ..Fake::default() });
    assert!(loaded.is_ok(), "{:?}", fake.calls());
    drop(loaded);
    assert_eq!(descriptors(), before);
}

/// A kernel where the module is another, or is not there.
#[test]
#[cfg(target_endian = "little")]
fn a_plan_for_other_modules() {
    let planned_for = kernel_with_module();
    let plan = Object::open(fixture("module/ops_nolink")).unwrap().plan(&planned_for).unwrap();
    let btf = || Kernel::builder().btf(planned_for.btf().unwrap().clone());
    let mut other = planned_for.module("bpf_fixture").unwrap().btf().unwrap().bytes().to_vec();
    // The last letter of the last name.
    let at = other.len() - 2;
    other[at] ^= 1;
    for (kernel, code) in [
        (btf().build_as_running(), "E0508"),
        (btf().module("bpf_fixture", other).build_as_running(), "E0509"),
    ] {
        let (fake, outcome) = load(&plan, &kernel, Fake::default());
        assert_eq!(outcome.unwrap_err().code(), code);
        assert!(fake.calls().is_empty());
    }
}
