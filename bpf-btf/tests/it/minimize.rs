//! Cut BTF: what stays, as raw text.

use bpf_btf::core::{Candidates, RelocKind, needs};
use bpf_btf::minimize::{Keep, minimize, minimize_split};
use bpf_btf::{Btf, CoreRecord, Endian, Kind, StrOffset, TypeId, dump};

use crate::core::answer;
use crate::support::{Builder, every_kind};

fn raw(btf: &Btf) -> String {
    btf.types().map(|found| dump::raw_line(&found) + "\n").collect()
}

fn cut(btf: &Btf, keep: &Keep) -> Btf {
    let bytes = minimize(btf, keep).unwrap();
    assert_eq!(bytes, minimize(btf, keep).unwrap(), "equal inputs, equal bytes");
    let cut = Btf::parse(bytes).unwrap();
    assert_eq!(cut.endian(), btf.endian());
    cut
}

/// Keeps what `choose` says of the blob that `build` makes, in both byte orders.
#[track_caller]
fn check(build: impl Fn(&mut Builder), choose: impl Fn(&Btf, &mut Keep), want: &str) {
    for endian in [Endian::Little, Endian::Big] {
        let mut b = Builder::new(endian);
        build(&mut b);
        let btf = b.parse();
        let mut keep = Keep::new();
        choose(&btf, &mut keep);
        assert_eq!(raw(&cut(&btf, &keep)).replace('\t', "  "), want.trim_start(), "{endian}");
    }
}

fn find(btf: &Btf, name: &str) -> TypeId {
    btf.find_where(name, |_| true).unwrap()
}

/// `struct task { int pid; struct mm *mm; struct pair pair; }` and what belongs to it.
fn task(b: &mut Builder) {
    let int = b.int("int", 4, true);
    b.int("long", 8, true);
    let mm = b.structure("mm", 4, &[("users", int, 0)]);
    let mm_ptr = b.ptr(mm);
    let pair = b.structure("pair", 8, &[("a", int, 0), ("b", int, 32)]);
    b.structure("task", 24, &[("pid", int, 0), ("mm", mm_ptr, 64), ("pair", pair, 128)]);
}

#[test]
fn nothing() {
    check(task, |_, _| {}, "");
    let mut keep = Keep::new();
    assert!(keep.is_empty());
    keep.layout(TypeId::VOID);
    check(task, |_, keep| keep.layout(TypeId::VOID), "");
}

#[test]
fn a_member_at_its_place() {
    check(
        task,
        |btf, keep| assert!(keep.path(btf, find(btf, "task"), "pair.b").unwrap()),
        "
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] STRUCT 'pair' size=8 vlen=1
  'b' type_id=1 bits_offset=32
[3] STRUCT 'task' size=24 vlen=1
  'pair' type_id=2 bits_offset=128
",
    );
}

#[test]
fn what_is_pointed_to_is_kept_by_name() {
    check(
        task,
        |btf, keep| assert!(keep.member(btf, find(btf, "task"), "mm").unwrap()),
        "
[1] FWD 'mm' fwd_kind=struct
[2] PTR '(anon)' type_id=1
[3] STRUCT 'task' size=24 vlen=1
  'mm' type_id=2 bits_offset=64
",
    );
}

/// A struct inside a struct keeps its size; with `whole`, its members too.
#[test]
fn members_by_value() {
    check(
        task,
        |btf, keep| keep.elements(find(btf, "task")),
        "
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] FWD 'mm' fwd_kind=struct
[3] PTR '(anon)' type_id=2
[4] STRUCT 'pair' size=8 vlen=0
[5] STRUCT 'task' size=24 vlen=3
  'pid' type_id=1 bits_offset=0
  'mm' type_id=3 bits_offset=64
  'pair' type_id=4 bits_offset=128
",
    );
    check(
        task,
        |btf, keep| keep.whole(btf, find(btf, "task")).unwrap(),
        "
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] FWD 'mm' fwd_kind=struct
[3] PTR '(anon)' type_id=2
[4] STRUCT 'pair' size=8 vlen=2
  'a' type_id=1 bits_offset=0
  'b' type_id=1 bits_offset=32
[5] STRUCT 'task' size=24 vlen=3
  'pid' type_id=1 bits_offset=0
  'mm' type_id=3 bits_offset=64
  'pair' type_id=4 bits_offset=128
",
    );
}

/// Through an anonymous member only what was asked for stays; an anonymous struct under a name is its members.
#[test]
fn anonymous_members() {
    let build = |b: &mut Builder| {
        let int = b.int("int", 4, true);
        let inner = b.structure("", 8, &[("x", int, 0), ("y", int, 32)]);
        let union = b.union("", 8, &[("", inner, 0), ("z", int, 0)]);
        let named = b.structure("", 4, &[("p", int, 0)]);
        b.structure("outer", 16, &[("", union, 0), ("named", named, 64)]);
    };
    check(
        build,
        |btf, keep| {
            let outer = find(btf, "outer");
            assert!(keep.member(btf, outer, "named").unwrap());
            assert!(!keep.member(btf, outer, "nothing").unwrap());
            assert!(!keep.member(btf, outer, "").unwrap());
        },
        "
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] STRUCT '(anon)' size=4 vlen=1
  'p' type_id=1 bits_offset=0
[3] STRUCT 'outer' size=16 vlen=1
  'named' type_id=2 bits_offset=64
",
    );
    check(
        build,
        |btf, keep| assert!(keep.path(btf, find(btf, "outer"), "y").unwrap()),
        "
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] STRUCT '(anon)' size=8 vlen=1
  'y' type_id=1 bits_offset=32
[3] UNION '(anon)' size=8 vlen=1
  '(anon)' type_id=2 bits_offset=0
[4] STRUCT 'outer' size=16 vlen=1
  '(anon)' type_id=3 bits_offset=0
",
    );
}

#[test]
fn enumerators_and_bitfields() {
    check(
        |b| {
            let uint = b.int("unsigned int", 4, false);
            let state = b.enumeration("state", true, &[("GONE", -1), ("INIT", 0)]);
            b.enumeration64("wide", &[("A", 1), ("BIG", 0x1_2345_6789)]);
            b.bitfields("flags", 8, &[("a", uint, 0, 3), ("b", state, 3, 7)]);
        },
        |btf, keep| {
            keep.element(find(btf, "wide"), 1);
            keep.element(find(btf, "flags"), 1);
        },
        "
[1] ENUM 'state' encoding=SIGNED size=4 vlen=0
[2] ENUM64 'wide' encoding=UNSIGNED size=8 vlen=1
  'BIG' val=4886718345ULL
[3] STRUCT 'flags' size=8 vlen=1
  'b' type_id=1 bits_offset=3 bitfield_size=7
",
    );
}

/// An array without elements has as many as there is room for where it is the last member; it must not become that.
#[test]
fn an_empty_array_does_not_become_the_last_member() {
    check(
        |b| {
            let int = b.int("int", 4, true);
            let empty = b.array(int, 0);
            b.structure("s", 8, &[("a", int, 0), ("marker", empty, 32), ("b", int, 32), ("c", empty, 64)]);
        },
        |btf, keep| keep.element(find(btf, "s"), 1),
        "
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] ARRAY '(anon)' type_id=1 index_type_id=1 nr_elems=0
[3] STRUCT 's' size=8 vlen=2
  'marker' type_id=2 bits_offset=32
  'c' type_id=2 bits_offset=64
",
    );
}

/// Kept whole, a blob with every kind says the same of every record, each name once.
#[test]
fn everything() {
    for endian in [Endian::Little, Endian::Big] {
        let btf = every_kind(endian).parse();
        let mut keep = Keep::new();
        btf.types().for_each(|found| keep.elements(found.id()));
        let whole = cut(&btf, &keep);
        assert_eq!(raw(&whole), raw(&btf));
        assert!(whole.bytes().len() <= btf.bytes().len());
    }
}

/// A tag on a member follows it to its new place.
#[test]
fn tags_follow() {
    check(
        |b| {
            let int = b.int("int", 4, true);
            let outer = b.structure("s", 12, &[("a", int, 0), ("b", int, 32), ("c", int, 64)]);
            b.decl_tag("tag", outer, 2);
        },
        |btf, keep| {
            keep.element(find(btf, "s"), 1);
            keep.layout(find(btf, "tag"));
        },
        "
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] STRUCT 's' size=12 vlen=2
  'b' type_id=1 bits_offset=32
  'c' type_id=1 bits_offset=64
[3] DECL_TAG 'tag' type_id=2 component_idx=1
",
    );
}

/// Split BTF is cut together with its base.
#[test]
fn split() {
    let base = {
        let mut b = Builder::default();
        task(&mut b);
        b.parse()
    };
    let mut b = Builder::on(&base);
    let task = base.find("task", Kind::STRUCT).unwrap();
    let ptr = b.ptr(task);
    b.structure("owner", 8, &[("task", ptr, 0)]);
    let split = Btf::parse_split(b.bytes(), &base).unwrap();
    let mut keep = Keep::new();
    keep.elements(split.find("owner", Kind::STRUCT).unwrap());
    let names: Vec<String> = cut(&split, &keep)
        .types()
        .map(|found| format!("{} {}", found.kind(), found.name().unwrap()))
        .collect();
    assert_eq!(names, ["FWD task", "PTR ", "STRUCT owner"]);
}

/// A forward declaration that is asked for is none that cutting made: here there is only the struct.
#[test]
fn no_forward_declaration_that_was_not_there() {
    let mut b = Builder::default();
    task(&mut b);
    let kernel = b.parse();
    let mut b = Builder::default();
    let root = b.forward("mm", false);
    let access = StrOffset(b.string("0"));
    let local = b.parse();
    let record = CoreRecord { offset: 0, type_id: root, access, kind: RelocKind::TYPE_EXISTS };
    let candidates = Candidates::find(&local, root, &[&kernel]).unwrap();
    let mut keep = Keep::new();
    assert!(keep.path(&kernel, find(&kernel, "task"), "mm").unwrap());
    assert!(raw(&cut(&kernel, &keep)).contains("FWD 'mm'"));
    needs(&local, &record, &candidates, &mut keep).unwrap();
    assert!(raw(&cut(&kernel, &keep)).contains("STRUCT 'mm' size=4 vlen=0"));
    assert_eq!(answer(&local, &record, &cut(&kernel, &keep)), "1 -> 0");
}

#[test]
fn references_that_lead_nowhere() {
    let mut b = Builder::default();
    let bad = b.ptr(TypeId(99));
    let btf = b.parse();
    let mut keep = Keep::new();
    keep.layout(bad);
    assert_eq!(minimize(&btf, &keep).unwrap_err().code(), "E0121");
    assert_eq!(keep.whole(&btf, TypeId(5)).unwrap_err().code(), "E0121");
    assert_eq!(keep.member(&btf, bad, "x").unwrap_err().code(), "E0125");
}

/// A kernel and two modules are cut together and stay apart: what both modules use of the kernel is in the kernel, once.
#[test]
fn modules_stay_apart() {
    for endian in [Endian::Little, Endian::Big] {
        let mut b = Builder::new(endian);
        task(&mut b);
        let base = b.parse();
        let [pair, long] = ["pair", "long"].map(|name| find(&base, name));
        let module = |name: &str, of: TypeId, field: &str| {
            let mut b = Builder::on(&base);
            b.structure("unused", 8, &[("x", of, 0)]);
            let own = b.structure("own", 16, &[(field, of, 0), ("b", long, 64)]);
            b.ptr(own);
            b.typedef(name, own);
            Btf::parse_split(b.bytes(), &base).unwrap()
        };
        let modules = [module("one", pair, "users"), module("two", long, "only_here")];
        let mut of_base = Keep::new();
        of_base.layout(find(&base, "int"));
        let mut keeps = modules.iter().map(|btf| {
            let mut keep = Keep::new();
            keep.elements(find(btf, "own"));
            keep.layout(btf.last_id());
            (btf, keep)
        });
        let splits: Vec<(&Btf, Keep)> = keeps.by_ref().collect();
        let (base_bytes, cut) = minimize_split(&base, &of_base, &splits).unwrap();
        let cut_base = Btf::parse(base_bytes).unwrap();
        assert_eq!(
            raw(&cut_base),
            "\
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] INT 'long' size=8 bits_offset=0 nr_bits=64 encoding=SIGNED
[3] STRUCT 'pair' size=8 vlen=0
",
            "{endian}"
        );
        let wanted = [("one", 3, "users"), ("two", 2, "only_here")];
        for ((name, of, field), bytes) in wanted.into_iter().zip(&cut) {
            let found = Btf::parse_split(bytes.clone(), &cut_base).unwrap();
            assert_eq!(
                raw(&found).replace('\t', "  "),
                format!(
                    "\
[4] STRUCT 'own' size=16 vlen=2
  '{field}' type_id={of} bits_offset=0
  'b' type_id=2 bits_offset=64
[5] TYPEDEF '{name}' type_id=4
"
                ),
                "{endian}"
            );
            // Names that the base has are not written again.
            let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(holds("own\0") && !holds("long\0") && !holds("unused\0"));
        }
    }
    let mut b = Builder::new(Endian::Little);
    task(&mut b);
    let base = b.parse();
    let mut keep = Keep::new();
    keep.layout(find(&base, "int"));
    // What is no split BTF has nothing to be apart from.
    assert!(minimize_split(&base, &keep, &[(&base, keep.clone())]).is_err());
    let (alone, none) = minimize_split(&base, &keep, &[]).unwrap();
    assert_eq!((alone, none.len()), (minimize(&base, &keep).unwrap(), 0));
}
