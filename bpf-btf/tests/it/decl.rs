//! Declarations as C.

use crate::support::{Builder, VOID};
use bpf_btf::{Kind, TypeId, dump};

struct Types {
    b: Builder,
    int: TypeId,
    sock: TypeId,
    callback: TypeId,
}

fn types() -> Types {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    let u32_ = b.typedef("u32", int);
    let sock = b.structure("sock", 4, &[("x", int, 0)]);
    let sk = b.ptr(sock);
    let callback = b.callback(VOID, &[("sk", sk), ("ack", u32_)]);
    Types { b, int, sock, callback }
}

#[track_caller]
fn check(build: impl FnOnce(&mut Types) -> TypeId, want: &str) {
    let mut types = types();
    let id = build(&mut types);
    assert_eq!(dump::declaration(&types.b.parse(), id, "x"), want);
}

#[test]
fn declarations() {
    check(|_| VOID, "void x");
    check(|t| t.int, "int x");
    check(|t| t.b.ptr(t.sock), "struct sock *x");
    check(|t| t.callback, "void (*x)(struct sock *sk, u32 ack)");
    check(|t| t.b.array(t.int, 16), "int x[16]");
    // int x[2][3]: an array of two arrays of three.
    check(
        |t| {
            let inner = t.b.array(t.int, 3);
            t.b.array(inner, 2)
        },
        "int x[2][3]",
    );
    check(|t| t.b.array(t.callback, 4), "void (*x[4])(struct sock *sk, u32 ack)");
    check(
        |t| {
            let a = t.b.array(t.int, 4);
            t.b.ptr(a)
        },
        "int (*x)[4]",
    );
    check(
        |t| {
            let p = t.b.ptr(t.callback);
            t.b.constant(p)
        },
        "void (**const x)(struct sock *sk, u32 ack)",
    );
    check(|t| t.b.callback(t.callback, &[]), "void (*(*x)(void))(struct sock *sk, u32 ack)");
    check(|t| t.b.prototype(t.int, &[("", t.callback)]), "int x(void (*)(struct sock *sk, u32 ack))");
    check(|t| t.b.prototype(t.int, &[("fmt", t.int), ("", VOID)]), "int x(int fmt, ...)");
    check(|t| t.b.prototype(t.int, &[("", VOID)]), "int x(void)");
}

#[test]
fn qualifiers_and_tags() {
    check(
        |t| {
            let c = t.b.constant(t.sock);
            t.b.ptr(c)
        },
        "const struct sock *x",
    );
    check(
        |t| {
            let p = t.b.ptr(t.sock);
            t.b.constant(p)
        },
        "struct sock *const x",
    );
    check(
        |t| {
            let p = t.b.ptr(t.int);
            let c = t.b.constant(p);
            t.b.ptr(c)
        },
        "int *const *x",
    );
    check(
        |t| {
            let c = t.b.constant(t.int);
            let v = t.b.reference(Kind::VOLATILE, "", c);
            t.b.ptr(v)
        },
        "volatile const int *x",
    );
    check(
        |t| {
            let a = t.b.array(t.int, 2);
            let c = t.b.constant(a);
            t.b.constant(c)
        },
        "const int x[2]",
    );
    check(
        |t| {
            let tag = t.b.reference(Kind::TYPE_TAG, "rcu", t.sock);
            t.b.ptr(tag)
        },
        "struct sock __rcu *x",
    );
}

#[test]
fn without_a_name() {
    let mut t = types();
    let pointer = t.b.ptr(t.sock);
    let array = t.b.array(pointer, 4);
    let function = t.b.prototype(t.int, &[("sk", pointer)]);
    let run = t.b.function("run", function, 1);
    let btf = t.b.parse();
    assert_eq!(dump::type_name(&btf, pointer), "struct sock *");
    assert_eq!(dump::type_name(&btf, array), "struct sock *[4]");
    assert_eq!(dump::type_name(&btf, t.callback), "void (*)(struct sock *sk, u32 ack)");
    assert_eq!(dump::prototype(&btf, function, "release"), "int release(struct sock *sk)");
    assert_eq!(dump::prototype(&btf, run, ""), "int run(struct sock *sk)");
}

#[test]
fn anonymous() {
    check(|t| t.b.structure("", 4, &[("counter", t.int, 0)]), "struct { int counter; } x");
    check(|t| t.b.structure("", 0, &[]), "struct {} x");
    check(
        |t| {
            let inner = t.b.union("", 4, &[("a", t.int, 0), ("b", t.int, 0)]);
            t.b.structure("", 4, &[("", inner, 0)])
        },
        "struct { union { int a; int b; }; } x",
    );
    check(|t| t.b.enumeration("", false, &[("NO", 0), ("YES", 1)]), "enum { NO, YES } x");
    check(|t| t.b.bitfields("", 4, &[("a", t.int, 0, 3)]), "struct { int a: 3; } x");
}

#[test]
fn damaged() {
    check(|_| TypeId(77), "<bad type [77]> x");
    check(|t| t.b.ptr(TypeId(77)), "<bad type [77]> *x");
    // A qualifier of itself.
    check(
        |t| {
            let next = t.b.constant(VOID);
            t.b.constant(TypeId(next.0 + 1))
        },
        "const <bad type [8]> x",
    );
    check(|t| t.b.structure("a\u{1b}[2J", 0, &[]), "struct a\u{fffd}[2J x");
    check(|t| t.b.reference(Kind::TYPEDEF, "", t.int), "<typedef without a name> x");
    check(|t| t.b.datasec(".bss", 0, &[]), "section .bss x");
    check(|t| t.b.decl_tag("tag", t.int, 0), "<tag tag> x");
}

/// What repeats itself, or has millions of parts, is cut.
#[test]
fn bounded() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    let name = "member_with_a_long_name";
    let members: Vec<_> = (0..10_000).map(|_| (name, int, 0)).collect();
    let many = b.structure("", 4, &members);
    // A function that takes itself, twice.
    let itself = TypeId(many.0 + 1);
    b.prototype(itself, &[("a", itself), ("b", itself)]);
    let deep = b.structure("", 8, &[("", TypeId(many.0 + 2), 0)]);
    let long = b.structure(&"n".repeat(100_000), 0, &[]);
    let btf = b.parse();
    let text = dump::type_name(&btf, many);
    assert!(text.len() < 300 && text.ends_with("; … }"), "{text}");
    for id in [itself, deep, long] {
        let text = dump::type_name(&btf, id);
        assert!(text.len() < 2100, "{}", text.len());
    }
}
