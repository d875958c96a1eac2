//! When two prototypes agree.

use bpf_btf::matching::prototype::compare;
use bpf_btf::{Kind, TypeError, TypeId};

use crate::support::{Builder, VOID};

/// Builds one prototype for the object and one for the kernel; `want` is the difference, empty for none.
#[track_caller]
fn check(
    local: impl FnOnce(&mut Builder) -> TypeId,
    kernel: impl FnOnce(&mut Builder) -> TypeId,
    want: &str,
) {
    let (mut a, mut b) = (Builder::default(), Builder::default());
    b.int("padding", 1, false); // so that ids differ
    let (local, kernel) = (local(&mut a), kernel(&mut b));
    let found = compare(&a.parse(), local, &b.parse(), kernel).unwrap();
    assert_eq!(found.map(|difference| difference.to_string()).unwrap_or_default(), want);
}

/// `void f(<type>)`.
fn taking(b: &mut Builder, param: TypeId) -> TypeId {
    b.prototype(VOID, &[("p", param)])
}

fn int_returning(b: &mut Builder) -> TypeId {
    let int = b.int("int", 4, true);
    b.prototype(int, &[])
}

fn pointer_to(b: &mut Builder, kind: Kind, name: &str) -> TypeId {
    let target = match kind {
        Kind::FWD => b.forward(name, false),
        Kind::ENUM => b.enumeration(name, false, &[]),
        _ => b.structure(name, 0, &[]),
    };
    let pointer = b.ptr(target);
    taking(b, pointer)
}

#[test]
fn returns_and_arity() {
    check(int_returning, int_returning, "");
    check(int_returning, |b| b.prototype(VOID, &[]), "returns `int` in the object, `void` in the kernel");
    check(
        |b| {
            let int = b.int("int", 4, true);
            taking(b, int)
        },
        |b| b.prototype(VOID, &[]),
        "1 parameter in the object, 0 in the kernel",
    );
}

#[test]
fn integers_by_size() {
    let of = |name: &'static str, size, signed| {
        move |b: &mut Builder| {
            let int = b.int(name, size, signed);
            taking(b, int)
        }
    };
    check(of("int", 4, true), of("unsigned int", 4, false), "");
    check(
        of("int", 4, true),
        of("long", 8, true),
        "parameter 1 is `int` in the object, `long` in the kernel",
    );
    let typedefed = |b: &mut Builder| {
        let int = b.int("int", 4, true);
        let constant = b.constant(int);
        let name = b.typedef("s32", constant);
        taking(b, name)
    };
    check(typedefed, of("int", 4, true), "");
}

#[test]
fn pointers_by_what_they_point_to() {
    let to = |kind, name| move |b: &mut Builder| pointer_to(b, kind, name);
    check(to(Kind::STRUCT, "sock"), to(Kind::STRUCT, "sock"), "");
    check(to(Kind::STRUCT, "sock___mine"), to(Kind::STRUCT, "sock"), "");
    check(to(Kind::FWD, "sock"), to(Kind::STRUCT, "sock"), "");
    check(
        to(Kind::STRUCT, "sock"),
        to(Kind::STRUCT, "sk_buff"),
        "parameter 1 is `struct sock *` in the object, `struct sk_buff *` in the kernel",
    );
    check(
        to(Kind::STRUCT, "sock"),
        to(Kind::ENUM, "sock"),
        "parameter 1 is `struct sock *` in the object, `enum sock *` in the kernel",
    );
    let void = |b: &mut Builder| {
        let pointer = b.ptr(VOID);
        taking(b, pointer)
    };
    check(void, to(Kind::STRUCT, "sock"), "");
    let number = |b: &mut Builder| {
        let long = b.int("long", 8, true);
        taking(b, long)
    };
    check(number, void, "parameter 1 is `long` in the object, `void *` in the kernel");
}

#[test]
fn functions_and_arrays_inside() {
    let with = |size| {
        move |b: &mut Builder| {
            let int = b.int("int", size, true);
            let callback = b.callback(int, &[("x", int)]);
            taking(b, callback)
        }
    };
    check(with(4), with(4), "");
    check(with(4), with(8), "parameter 1 is `int (*)(int x)` in the object, `int (*)(int x)` in the kernel");
    let array = |len| {
        move |b: &mut Builder| {
            let int = b.int("int", 4, true);
            let array = b.array(int, len);
            let pointer = b.ptr(array);
            taking(b, pointer)
        }
    };
    check(array(2), array(2), "");
    check(array(2), array(3), "parameter 1 is `int (*)[2]` in the object, `int (*)[3]` in the kernel");
}

#[test]
fn what_is_no_prototype_or_has_no_end() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    // A function that takes two pointers to itself: 2^32 pairs without a bound.
    let pointer = TypeId(int.0 + 2);
    let endless = b.prototype(VOID, &[("a", pointer), ("b", pointer)]);
    assert_eq!(b.ptr(endless), pointer);
    let btf = b.parse();
    assert!(matches!(compare(&btf, int, &btf, int), Err(TypeError::WrongKind { .. })));
    assert!(matches!(compare(&btf, endless, &btf, endless), Err(TypeError::TooDeep { .. })));
}
