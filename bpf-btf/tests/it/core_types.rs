//! CO-RE: questions about whole types and about enumerators, and where candidates are looked for.

use bpf_btf::core::{Candidates, Outcome, RelocKind, describe, resolve};
use bpf_btf::{Btf, Endian, TypeId};

use crate::core::{Build, Case, Side, answer, task};
use crate::support::Builder;

const ALL: [RelocKind; 13] = {
    let mut all = [RelocKind(0); 13];
    let mut at = 0;
    while at < 13 {
        all[at] = RelocKind(at as u32);
        at += 1;
    }
    all
};

#[test]
fn whole_types() {
    let same = Case::new(task, "0", task);
    same.check(RelocKind::TYPE_EXISTS, "1 -> 1")
        .check(RelocKind::TYPE_MATCHES, "1 -> 1")
        .check(RelocKind::TYPE_SIZE, "16 -> 16")
        .check(RelocKind::TYPE_ID_LOCAL, "? -> 5")
        .check(RelocKind::TYPE_ID_TARGET, "? -> 6");
    let other = Case::new(task, "0", |s| {
        let int = s.int;
        s.ops("task", 4, &[("pid", int, 0)])
    });
    other
        .check(RelocKind::TYPE_EXISTS, "1 -> 1")
        .check(RelocKind::TYPE_MATCHES, "1 -> 0")
        .check(RelocKind::TYPE_SIZE, "16 -> 4");
    let gone = Case::new(task, "0", |s| s.ops("other", 0, &[]));
    gone.check(RelocKind::TYPE_EXISTS, "1 -> 0")
        .check(RelocKind::TYPE_SIZE, "16 -> 0")
        .check(RelocKind::TYPE_ID_TARGET, "? -> 0")
        .check(RelocKind::TYPE_ID_LOCAL, "? -> 5");
    Case::new(task, "1", task).check(
        RelocKind::TYPE_EXISTS,
        "E0142 CO-RE access `1` does not fit type [5]: `0` is needed for a whole type",
    );
}

/// `type_exists` looks at kinds only, `type_matches` at everything.
#[test]
fn the_two_rules_for_types() {
    let check = |local: Build, kernel: Build, exists: u32, matches: u32| {
        let case = Case::new(local, "0", kernel);
        case.check(RelocKind::TYPE_EXISTS, &format!("1 -> {exists}"));
        case.check(RelocKind::TYPE_MATCHES, &format!("1 -> {matches}"));
    };
    let int: Build = |s| {
        let int = s.int;
        s.b.typedef("t", int)
    };
    let long: Build = |s| {
        let long = s.long;
        s.b.typedef("t", long)
    };
    let uint: Build = |s| {
        let uint = s.uint;
        s.b.typedef("t", uint)
    };
    check(int, int, 1, 1);
    check(int, long, 1, 0);
    check(int, uint, 1, 0);
    let function: Build = |s| {
        let (int, task) = (s.int, s.b.forward("task", false));
        let task = s.b.ptr(task);
        let function = s.b.prototype(int, &[("task", task)]);
        s.b.typedef("t", function)
    };
    let full: Build = |s| {
        let (int, task) = (s.int, task(s));
        let task = s.b.ptr(task);
        let function = s.b.prototype(int, &[("task", task)]);
        s.b.typedef("t", function)
    };
    check(function, function, 1, 1);
    check(function, full, 0, 1);
    let enumeration: Build = |s| s.b.enumeration("t", false, &[("A", 0), ("B___x", 1)]);
    let more: Build = |s| s.b.enumeration("t", false, &[("Z", 0), ("B", 7), ("A", 8)]);
    check(enumeration, more, 1, 1);
    check(more, enumeration, 1, 0);
    // Only a struct that contains itself can have no end: an error, not a hang.
    let endless: Build = |s| {
        let next = TypeId(s.ulong.0 + 1);
        s.ops("t", 8, &[("t", next, 0)])
    };
    Case::new(endless, "0", |s| {
        let next = TypeId(s.ulong.0 + 1);
        s.ops("t", 8, &[("t", next, 0)])
    })
    .check(RelocKind::TYPE_MATCHES, "E0143 CO-RE relocation refers to types that do not hold together");
}

#[test]
fn enumerators() {
    let local: Build = |s| s.b.enumeration("state___x", true, &[("IDLE", 3), ("GONE___v2", -1)]);
    let kernel: Build = |s| s.b.enumeration64("state", &[("GONE", 1 << 40), ("IDLER", 1)]);
    Case::new(local, "1", kernel)
        .check(RelocKind::ENUMVAL_EXISTS, "1 -> 1")
        .check(RelocKind::ENUMVAL_VALUE, "18446744073709551615 -> 1099511627776");
    Case::new(local, "0", kernel).check(RelocKind::ENUMVAL_EXISTS, "1 -> 0").check(
        RelocKind::ENUMVAL_VALUE,
        "E0152 state::IDLE: no enumerator IDLE in the kernel's enum state; closest: IDLER",
    );
    // Kernels before 6.0 do not say that an enumeration is signed; the object does.
    let unsigned: Build = |s| s.b.enumeration("state", false, &[("GONE", -2)]);
    Case::new(local, "1", unsigned)
        .check(RelocKind::ENUMVAL_VALUE, "18446744073709551615 -> 18446744073709551614");
    Case::new(unsigned, "0", unsigned)
        .check(RelocKind::ENUMVAL_VALUE, &format!("? -> {}", u64::from(u32::MAX - 1)));
    Case::new(local, "2", kernel).check(
        RelocKind::ENUMVAL_VALUE,
        "E0142 CO-RE access `2` does not fit type [5]: it names an enumerator that is not there",
    );
}

/// By its name nobody sees that a typedef is of an enumeration.
#[test]
fn enumerators_behind_typedefs() {
    let state: Build = |s| {
        let state = s.b.enumeration("", false, &[("IDLE", 3), ("GONE", 4)]);
        s.b.typedef("state_t", state)
    };
    let other: Build = |s| {
        let state = s.b.enumeration("", false, &[("IDLER", 3)]);
        s.b.typedef("state_t", state)
    };
    let case = Case::new(state, "0", other);
    case.check(
        RelocKind::ENUMVAL_VALUE,
        "E0152 state_t::IDLE: no enumerator IDLE in the kernel's state_t; closest: IDLER",
    );
    assert!(help(&case, RelocKind::ENUMVAL_VALUE).contains("bpf_core_enum_value_exists()"));
}

fn help(case: &Case, kind: RelocKind) -> &'static str {
    let candidates = Candidates::find(&case.local, case.root, &[&case.kernel]).unwrap();
    match resolve(&case.local, &case.record(kind), &candidates).unwrap().outcome {
        Outcome::Missing(missing) => missing.help(),
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn modules_only_where_vmlinux_has_none() {
    let (mut object, mut vmlinux) = (Side::new(Endian::Little, false), Side::new(Endian::Little, true));
    let root = task(&mut object);
    let without = vmlinux.b.parse();
    let in_vmlinux = task(&mut vmlinux);
    let with = vmlinux.b.parse();
    let module = |base: &Btf| {
        let mut b = Builder::on(base);
        let id = b.structure("task", 32, &[]);
        (Btf::parse_split(b.bytes(), base).unwrap(), id)
    };
    let local = object.b.parse();
    let find = |targets: &[&Btf]| {
        let found = Candidates::find(&local, root, targets).unwrap();
        found.as_slice().iter().map(|candidate| candidate.id).collect::<Vec<_>>()
    };
    let (first, own) = module(&without);
    assert_eq!(find(&[&without, &first]), [own]);
    let (first, own) = module(&with);
    assert_eq!(find(&[&with, &first]), [in_vmlinux]);
    assert_eq!(find(&[&first]), [in_vmlinux, own]);
    assert_eq!(find(&[]), []);
}

/// Every kind has a name, and none is refused for a type that fits it.
#[test]
fn all_thirteen_kinds() {
    let field = Case::new(task, "0:0", task);
    let whole = Case::new(task, "0", task);
    let state: Build = |s| s.b.enumeration("state", false, &[("A", 1)]);
    let value = Case::new(state, "0", state);
    for kind in ALL {
        let case = match kind.0 {
            0..=5 => &field,
            10 | 11 => &value,
            _ => &whole,
        };
        let text = answer(&case.local, &case.record(kind), &case.kernel);
        assert!(text.contains(" -> "), "{kind}: {text}");
        assert!(kind.name().is_some());
    }
    assert_eq!(describe(&value.local, &value.record(RelocKind::ENUMVAL_VALUE)), "state::A");
    assert_eq!(describe(&whole.local, &whole.record(RelocKind::TYPE_SIZE)), "task");
}

/// Parameters nest to 32 levels, each with pointers and results of its own; pointers stand 31 in a row before what they
/// point to.
#[test]
fn how_deep_types_are_followed() {
    fn calls(s: &mut Side, levels: u32) -> TypeId {
        let mut at = s.int;
        for _ in 0..levels {
            at = s.b.callback(s.int, &[("f", at)]);
        }
        s.b.typedef("t", at)
    }
    fn pointers(s: &mut Side, levels: u32) -> TypeId {
        let at = (0..levels).fold(s.int, |at, _| s.b.ptr(at));
        s.b.typedef("t", at)
    }
    let check = |both: Build, exists: &str, matches: &str| {
        let case = Case::new(both, "0", both);
        case.check(RelocKind::TYPE_EXISTS, exists).check(RelocKind::TYPE_MATCHES, matches);
    };
    let fine = "1 -> 1";
    let too_deep = "E0143 CO-RE relocation refers to types that do not hold together";
    check(|s| calls(s, 20), fine, fine);
    // The innermost parameter is no call any more, and there the two rules count from different ends.
    check(|s| calls(s, 31), fine, fine);
    check(|s| calls(s, 32), fine, too_deep);
    check(|s| calls(s, 33), too_deep, too_deep);
    check(|s| pointers(s, 31), fine, fine);
    check(|s| pointers(s, 32), too_deep, too_deep);
}
