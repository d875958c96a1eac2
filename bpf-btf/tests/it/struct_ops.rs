//! Members of a struct_ops table, the object's against the kernel's.

use std::fmt::Write as _;

use bpf_btf::matching::struct_ops::{
    MemberMatch, Verdict, all_value_structs, compare, state_name, value_struct,
};
use bpf_btf::{TypeError, TypeId};

use crate::support::{Builder, VOID};

/// One side: the last type that `build` makes is the table.
fn side(build: impl FnOnce(&mut Side) -> TypeId) -> (bpf_btf::Btf, TypeId) {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    let long = b.int("long", 8, true);
    let char_ = b.int("char", 1, true);
    let data = b.ptr(VOID);
    let hook = b.callback(VOID, &[("n", int)]);
    let mut side = Side { b, int, long, char: char_, data, hook };
    let table = build(&mut side);
    (side.b.parse(), table)
}

struct Side {
    b: Builder,
    int: TypeId,
    long: TypeId,
    char: TypeId,
    data: TypeId,
    hook: TypeId,
}

fn line(found: &MemberMatch) -> String {
    let MemberMatch { name, local_index, local_offset, size, verdict } = found;
    let mut line = format!("{name} #{local_index} {local_offset}+{size}: ");
    let _ = match verdict {
        Verdict::Data { kernel_offset } => write!(line, "data -> {kernel_offset}"),
        Verdict::Pointer { kernel_offset } => write!(line, "pointer -> {kernel_offset}"),
        Verdict::Callback { kernel_offset, kernel_member, signature, .. } => {
            let differs = signature.as_ref().map(|differs| format!(" ({differs})")).unwrap_or_default();
            write!(line, "callback -> {kernel_offset} #{kernel_member}{differs}")
        }
        Verdict::Absent => write!(line, "absent"),
        Verdict::Mismatch(why) => write!(line, "{why}"),
        _ => write!(line, "?"),
    };
    line
}

#[track_caller]
fn check(local: impl FnOnce(&mut Side) -> TypeId, kernel: impl FnOnce(&mut Side) -> TypeId, want: &[&str]) {
    let ((local, ours), (kernel, theirs)) = (side(local), side(kernel));
    let found = compare(&local, ours, &kernel, theirs).unwrap();
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), want);
}

fn table(s: &mut Side, size: u32, members: &[(&str, TypeId, u32)]) -> TypeId {
    s.b.structure("ops", size, members)
}

#[test]
fn by_name_in_any_order() {
    check(
        |s| {
            let (h, i) = (s.hook, s.int);
            table(s, 24, &[("init", h, 0), ("flags", i, 64), ("exit", h, 128)])
        },
        |s| {
            let (h, i) = (s.hook, s.int);
            table(s, 40, &[("flags", i, 0), ("exit", h, 64), ("more", i, 128), ("init", h, 192)])
        },
        &["init #0 0+8: callback -> 24 #3", "flags #1 8+4: data -> 0", "exit #2 16+8: callback -> 8 #1"],
    );
}

#[test]
fn kinds_sizes_and_what_is_absent() {
    check(
        |s| {
            let (h, i, l, d, c) = (s.hook, s.int, s.long, s.data, s.char);
            let name = s.b.array(c, 16);
            let members = [
                ("a", l, 0),
                ("b", i, 64),
                ("c", h, 128),
                ("d", d, 192),
                ("e", d, 256),
                ("name", name, 320),
                ("gone", i, 448),
            ];
            table(s, 64, &members)
        },
        |s| {
            let (h, i, d, c) = (s.hook, s.int, s.data, s.char);
            let name = s.b.array(c, 16);
            let typedef = s.b.typedef("cookie", d);
            let members = [
                ("a", i, 0),
                ("b", h, 64),
                ("c", d, 128),
                ("d", h, 192),
                ("e", typedef, 256),
                ("name", name, 320),
            ];
            table(s, 56, &members)
        },
        &[
            "a #0 0+8: 8 bytes in the object, 4 bytes in the kernel",
            "b #1 8+4: integer in the object, pointer in the kernel",
            "c #2 16+8: pointer to a function in the object, pointer to data in the kernel",
            "d #3 24+8: pointer to data in the object, pointer to a function in the kernel",
            "e #4 32+8: pointer -> 32",
            "name #5 40+16: data -> 40",
            "gone #6 56+4: absent",
        ],
    );
}

#[test]
fn a_signature_that_differs() {
    check(
        |s| {
            let l = s.long;
            let h = s.b.callback(VOID, &[("n", l)]);
            table(s, 8, &[("init", h, 0)])
        },
        |s| {
            let h = s.hook;
            table(s, 8, &[("init", h, 0)])
        },
        &["init #0 0+8: callback -> 0 #0 (parameter 1 is `long` in the object, `int` in the kernel)"],
    );
}

/// libbpf crashes on a bitfield that the kernel lacks; here it takes the bytes that it touches.
#[test]
fn bitfields() {
    let table = |s: &mut Side| {
        let i = s.int;
        s.b.bitfields("ops", 8, &[("low", i, 3, 3), ("across", i, 6, 20), ("whole", i, 32, 0)])
    };
    check(
        table,
        |s| s.b.structure("ops", 0, &[]),
        &["low #0 0+1: absent", "across #1 0+4: absent", "whole #2 4+4: absent"],
    );
    check(table, table, &["low #0 0+1: a bitfield", "across #1 0+4: a bitfield", "whole #2 4+4: data -> 4"]);
}

fn nested(second: fn(&Side) -> TypeId, name: &'static str) -> impl Fn(&mut Side) -> TypeId {
    move |s| {
        let (i, second, h) = (s.int, second(s), s.hook);
        let inner = s.b.structure("inner", 24, &[("x", i, 0), (name, second, 64), ("hook", h, 128)]);
        s.b.structure("ops", 32, &[("flags", i, 0), ("inner", inner, 64)])
    }
}

#[test]
fn a_struct_inside() {
    check(
        nested(|s| s.long, "y"),
        nested(|s| s.long, "y"),
        &[
            "flags #0 0+4: data -> 0",
            "inner.x #1 8+4: data -> 8",
            "inner.y #1 16+8: data -> 16",
            "inner.hook #1 24+8: pointer -> 24",
        ],
    );
    check(
        nested(|s| s.long, "y"),
        nested(|s| s.long, "z"),
        &["flags #0 0+4: data -> 0", "inner #1 8+24: its member y is not in the kernel"],
    );
    check(
        nested(|s| s.long, "y"),
        nested(|s| s.int, "y"),
        &[
            "flags #0 0+4: data -> 0",
            "inner #1 8+24: its member y: 8 bytes in the object, 4 bytes in the kernel",
        ],
    );
    check(
        |s| {
            let l = s.long;
            let inner = s.b.structure("", 8, &[("x", l, 0)]);
            table(s, 8, &[("inner", inner, 0)])
        },
        |s| {
            let l = s.long;
            let inner = s.b.structure("", 16, &[("x", l, 0)]);
            table(s, 16, &[("inner", inner, 0)])
        },
        &["inner #0 0+8: 8 bytes in the object, 16 bytes in the kernel"],
    );
}

#[test]
fn an_anonymous_struct_is_no_member() {
    check(
        |s| {
            let (l, h) = (s.long, s.hook);
            let inner = s.b.structure("", 16, &[("x", l, 0), ("init", h, 64)]);
            table(s, 24, &[("y", l, 0), ("", inner, 64)])
        },
        |s| {
            let (l, h) = (s.long, s.hook);
            table(s, 24, &[("x", l, 0), ("y", l, 64), ("init", h, 128)])
        },
        &["y #0 0+8: data -> 8", "x #1 8+8: data -> 0", "init #1 16+8: callback -> 16 #2"],
    );
}

#[test]
fn unions_and_arrays_of_structs_stay_as_they_are() {
    let with = |first: u32, second: u32, pointer: bool| {
        move |s: &mut Side| {
            let x = if pointer { s.data } else { s.long };
            let (l, pair) = (s.long, s.b.structure("pair", 16, &[("a", x, first), ("b", x, second)]));
            let pairs = s.b.array(pair, 2);
            let either = s.b.union("either", 16, &[("pair", pair, 0), ("l", l, 0)]);
            table(s, 48, &[("pairs", pairs, 0), ("either", either, 256)])
        }
    };
    check(
        with(0, 64, false),
        with(0, 64, false),
        &["pairs #0 0+32: data -> 0", "either #1 32+16: data -> 32"],
    );
    check(
        with(0, 64, true),
        with(0, 64, true),
        &["pairs #0 0+32: pointer -> 0", "either #1 32+16: pointer -> 32"],
    );
    check(
        with(0, 64, false),
        with(64, 0, false),
        &[
            "pairs #0 0+32: its member a: at byte 0 in the object, at byte 8 in the kernel",
            "either #1 32+16: its member pair.a: at byte 0 in the object, at byte 8 in the kernel",
        ],
    );
}

#[test]
fn damaged_structs_are_refused() {
    let outside = |s: &mut Side| {
        let l = s.long;
        table(s, 8, &[("x", l, 32)])
    };
    let ((a, ours), (b, theirs)) = (side(outside), side(|s| s.b.structure("ops", 0, &[])));
    let error = compare(&a, ours, &b, theirs).unwrap_err();
    assert_eq!(error.to_string(), format!("member 0 of BTF type [{ours}] ends at byte 12, the type has 8"));
    assert_eq!(error.code(), "E0127");
    assert!(matches!(compare(&a, TypeId(1), &b, theirs), Err(TypeError::WrongKind { .. })));

    // A struct that contains itself.
    let itself = |s: &mut Side| {
        let next = TypeId(s.hook.0 + 1);
        table(s, 8, &[("x", next, 0)])
    };
    let ((a, ours), (b, theirs)) = (side(itself), side(itself));
    assert_eq!(compare(&a, ours, &b, theirs).unwrap_err().code(), "E0123");
}

/// A name may be as long as a blob, and all members may have it: no copies are made of that.
#[test]
fn long_names_are_not_copied_without_end() {
    let long = "x".repeat(100_000);
    let table_of = |members: u32| {
        let names: Vec<(&str, TypeId, u32)> =
            (0..members).map(|at| (long.as_str(), TypeId(1), at * 32)).collect();
        side(|s| table(s, members * 4, &names))
    };
    let (kernel, ops) = side(|s| table(s, 0, &[]));
    let compared = |members| {
        let (local, own) = table_of(members);
        compare(&local, own, &kernel, ops)
    };
    assert_eq!(compared(10).map(|found| found.len()), Ok(10));
    assert_eq!(compared(11).map(|found| found.len()).map_err(|error| error.code()), Err("E0128"));
}

/// The kernel's wrapper as it was up to 6.1, and as it is later.
fn kernel(b: &mut Builder, name: &str, common: bool) {
    let int = b.int("int", 4, true);
    let state = b.enumeration(
        "bpf_struct_ops_state",
        false,
        &[("BPF_STRUCT_OPS_STATE_INIT", 0), ("BPF_STRUCT_OPS_STATE_INUSE", 1)],
    );
    let atomic = b.structure("", 4, &[("counter", int, 0)]);
    let atomic = b.typedef("atomic_t", atomic);
    let refcount = b.structure("refcount_struct", 4, &[("refs", atomic, 0)]);
    let refcount = b.typedef("refcount_t", refcount);
    let table = b.structure(name, 24, &[("flags", int, 0)]);
    let wrapper = format!("bpf_struct_ops_{name}");
    if common {
        let common =
            b.structure("bpf_struct_ops_common_value", 8, &[("refcnt", refcount, 0), ("state", state, 32)]);
        b.structure(&wrapper, 128, &[("common", common, 0), ("data", table, 512)]);
    } else {
        b.structure(&wrapper, 128, &[("refcnt", refcount, 0), ("state", state, 32), ("data", table, 512)]);
    }
}

#[test]
fn value_structs() {
    for common in [false, true] {
        let mut b = Builder::default();
        kernel(&mut b, "tcp_ops", common);
        let btf = b.parse();
        let found = value_struct(&btf, "tcp_ops").unwrap();
        assert_eq!((found.value_size, found.data_offset), (128, 64));
        assert_eq!((found.refcount, found.state), (Some((0, 4)), Some((4, 4))));
        assert_eq!(btf.get(found.struct_type).unwrap().name(), Ok("tcp_ops"));
        assert_eq!(all_value_structs(&btf), [("tcp_ops".to_owned(), found)]);
        assert_eq!(value_struct(&btf, "common_value"), None);
        assert_eq!(value_struct(&btf, "udp_ops"), None);
        assert_eq!(state_name(&btf, 1).as_deref(), Some("INUSE"));
        assert_eq!(state_name(&btf, 9), None);
    }
}
