//! When an object's declaration of a function or variable fits the kernel's; and that what is kept of the kernel's to
//! answer that is enough.

use bpf_btf::core::{declarations_compatible, keep_shape};
use bpf_btf::minimize::{Keep, minimize};
use bpf_btf::{Btf, Kind, TypeId};

use crate::support::{Builder, VOID};

/// A type for the object and one for the kernel, each as the only parameter of a function.
#[track_caller]
fn check(local: fn(&mut Builder) -> TypeId, kernel: fn(&mut Builder) -> TypeId, want: bool) {
    let (mut a, mut b) = (Builder::default(), Builder::default());
    b.int("padding", 1, false); // so that ids differ
    let proto = |b: &mut Builder, of: fn(&mut Builder) -> TypeId| {
        let param = of(b);
        b.prototype(VOID, &[("p", param)])
    };
    let local = proto(&mut a, local);
    let theirs = proto(&mut b, kernel);
    let function = b.function("f", theirs, 1);
    let (a, b) = (a.parse(), b.parse());
    assert_eq!(declarations_compatible(&a, local, &b, theirs), Ok(want));

    let mut keep = Keep::new();
    keep_shape(&b, function, &mut keep).unwrap();
    let cut = Btf::parse(minimize(&b, &keep).unwrap()).unwrap();
    let function = cut.find("f", Kind::FUNC).unwrap();
    let theirs = cut.get(function).unwrap().target().unwrap();
    assert_eq!(declarations_compatible(&a, local, &cut, theirs), Ok(want), "against what was kept");
}

#[test]
fn kinds_all_the_way_down() {
    let int: fn(&mut Builder) -> TypeId = |b| b.int("int", 4, true);
    let long: fn(&mut Builder) -> TypeId = |b| b.int("unsigned long", 8, false);
    let to_int: fn(&mut Builder) -> TypeId = |b| {
        let int = b.int("int", 4, true);
        b.ptr(int)
    };
    let to_void: fn(&mut Builder) -> TypeId = |b| b.ptr(VOID);
    let to_struct: fn(&mut Builder) -> TypeId = |b| {
        let task = b.structure("task", 4, &[]);
        b.ptr(task)
    };
    let to_declared: fn(&mut Builder) -> TypeId = |b| {
        let task = b.forward("task", false);
        b.ptr(task)
    };
    let to_declared_union: fn(&mut Builder) -> TypeId = |b| {
        let task = b.forward("task", true);
        b.ptr(task)
    };
    for (local, kernel, want) in [
        (int, int, true),
        // Sizes and signs are for the verifier to look at.
        (int, long, true),
        (int, to_int, false),
        (to_int, to_void, false),
        (to_struct, to_struct, true),
        // A struct that is only declared stands for one that is defined.
        (to_declared, to_struct, true),
        (to_struct, to_declared, true),
        (to_declared, to_declared, true),
        (to_declared_union, to_struct, false),
        (to_declared, to_int, false),
    ] {
        check(local, kernel, want);
    }
}
