//! What changed between two BTFs, as text: each case small enough to be read beside what it says.

use bpf_btf::build::{Builder, Encoding, EnumValues, Field};
use bpf_btf::diff::{self, Change, Fate};
use bpf_btf::{Btf, Endian, Kind, Linkage, TypeId};

use crate::generate::{Random, random};

const INT: TypeId = TypeId(1);
const LONG: TypeId = TypeId(2);

/// A BTF with `int` and `long`, and what is added to it; byte orders do not matter.
fn btf(endian: Endian, add: impl FnOnce(&mut Builder)) -> Btf {
    let mut builder = Builder::new(endian);
    builder.add_int("int", 4, Encoding::Signed).unwrap();
    builder.add_int("long", 8, Encoding::Signed).unwrap();
    add(&mut builder);
    Btf::parse(builder.finish().unwrap()).unwrap()
}

fn check(old: impl FnOnce(&mut Builder), new: impl FnOnce(&mut Builder), want: &str) {
    let (old, new) = (btf(Endian::Little, old), btf(Endian::Big, new));
    assert_eq!(diff::all(&old, &new).to_string(), want);
}

fn fields<'a>(names: &[&'a str]) -> Vec<Field<'a>> {
    names.iter().zip(0..).map(|(name, at)| Field::new(name, INT, at * 32)).collect()
}

#[test]
fn members() {
    check(
        |b| {
            b.add_struct("s", 12, &fields(&["a", "gone", "c"])).unwrap();
        },
        |b| {
            let list = [Field::new("a", INT, 0), Field::new("new", LONG, 64), Field::new("c", LONG, 128)];
            b.add_struct("s", 24, &list).unwrap();
        },
        "! struct s: 12 -> 24 bytes\n  - int gone at 4\n  + long new at 8\n  - int c at 8\n  + long c at 16\n",
    );
    // One that comes in front moves all others, which is said once.
    check(
        |b| {
            b.add_struct("s", 20, &fields(&["a", "b", "c", "d", "e"])).unwrap();
        },
        |b| {
            b.add_struct("s", 24, &fields(&["new", "a", "b", "c", "d", "e"])).unwrap();
        },
        "! struct s: 20 -> 24 bytes\n  + int new at 0\n    a … e: 5 members move by +4\n",
    );
    check(
        |b| {
            b.add_struct("s", 4, &[Field::new("f", INT, 3).bits(2)]).unwrap();
        },
        |b| {
            let list = [Field::new("f", INT, 5).bits(2), Field::new("g", INT, 7).bits(1)];
            b.add_struct("s", 4, &list).unwrap();
        },
        "! struct s\n    int f: 2: 0:3 -> 0:5\n  + int g: 1 at 0:7\n",
    );
}

#[test]
fn numbers_are_told_once() {
    // As between 6.1 and 6.2, when the kernel's `char` lost its sign.
    let named = |encoding| {
        move |b: &mut Builder| {
            let char = b.add_int("char", 1, encoding).unwrap();
            let name = b.add_array(char, INT, 16).unwrap();
            b.add_struct("s", 16, &[Field::new("name", name, 0)]).unwrap();
        }
    };
    check(
        named(Encoding::Signed),
        named(Encoding::Unsigned),
        "! integer char\n  - 1 byte, 8 bits, signed\n  + 1 byte, 8 bits, unsigned\n",
    );
}

#[test]
fn anonymous_members_are_looked_through() {
    let nested = |b: &mut Builder, first: TypeId| {
        let inner = b.add_union("", 8, &[Field::new("x", first, 0), Field::new("y", LONG, 0)]).unwrap();
        b.add_struct("s", 16, &[Field::new("a", LONG, 0), Field::new("", inner, 64)]).unwrap();
    };
    let flat = |b: &mut Builder| {
        b.add_struct("s", 16, &[Field::new("a", LONG, 0), Field::new("x", INT, 64)]).unwrap();
    };
    check(|b| nested(b, INT), |b| nested(b, INT), "");
    check(|b| nested(b, INT), |b| nested(b, LONG), "! struct s\n  - int x at 8\n  + long x at 8\n");
    check(|b| nested(b, INT), flat, "! struct s\n  - long y at 8\n");
}

#[test]
fn everything_else() {
    check(
        |b| {
            b.add_enum("e", 4, EnumValues::Unsigned(&[("A", 1), ("B", 2), ("C", 3)])).unwrap();
        },
        |b| {
            b.add_enum64("e", 8, EnumValues::Signed(&[("A", 1), ("C", -4), ("D", 4)])).unwrap();
        },
        "! enum e: ENUM -> ENUM64: 4 -> 8 bytes\n    C: 3 -> -4\n  + D = 4\n  - B = 2\n",
    );
    let function = |b: &mut Builder, params: &[(&str, TypeId)]| {
        let proto = b.add_func_proto(INT, params).unwrap();
        b.add_func("f", Linkage::Static, proto).unwrap();
    };
    check(
        |b| function(b, &[("a", INT)]),
        |b| function(b, &[("a", INT), ("b", LONG)]),
        "! function f\n  - int f(int a)\n  + int f(int a, long b)\n",
    );
    check(|b| function(b, &[("a", INT)]), |b| function(b, &[("renamed", INT)]), "");
    check(
        |b| {
            b.add_typedef("t", INT).unwrap();
        },
        |b| {
            b.add_typedef("t", LONG).unwrap();
        },
        "! typedef t\n  - int t\n  + long t\n",
    );
    check(
        |b| {
            b.add_struct("gone", 8, &[]).unwrap();
        },
        |b| {
            b.add_union("came", 4, &[]).unwrap();
        },
        "+ union came: 4 bytes\n- struct gone: 8 bytes\n",
    );
    check(
        |b| {
            b.add_struct("s", 8, &[Field::new("a", INT, 0)]).unwrap();
        },
        |b| {
            b.add_union("s", 8, &[Field::new("a", INT, 0)]).unwrap();
        },
        "! union s: STRUCT -> UNION\n",
    );
}

/// A name ends the comparison of a member: what changed behind it is a change of its own.
#[test]
fn a_change_is_told_once() {
    let both = |b: &mut Builder, size| {
        let inner = b.add_struct("inner", size, &[]).unwrap();
        let pointer = b.add_ptr(inner).unwrap();
        b.add_struct("outer", 8, &[Field::new("p", pointer, 0)]).unwrap();
    };
    check(|b| both(b, 4), |b| both(b, 8), "! struct inner: 4 -> 8 bytes\n");
    // Of several types with one name, those that are still there are no matter.
    check(
        |b| {
            [4, 8].into_iter().for_each(|size| {
                b.add_struct("twice", size, &[]).unwrap();
            });
        },
        |b| {
            [8, 16].into_iter().for_each(|size| {
                b.add_struct("twice", size, &[]).unwrap();
            });
        },
        "! struct twice: 4 -> 16 bytes\n",
    );
}

/// A name may be as long as a blob, and everything may have it: what is told of it is bounded.
#[test]
fn long_names_are_cut() {
    let long = "x".repeat(500);
    let old = btf(Endian::Little, |b| {
        b.add_struct(&long, 4, &[Field::new(&long, INT, 0)]).unwrap();
        b.add_enum(&long, 4, EnumValues::Unsigned(&[(&long, 1)])).unwrap();
    });
    let new = btf(Endian::Little, |b| {
        b.add_struct(&long, 4, &[Field::new("y", INT, 0)]).unwrap();
        b.add_enum(&long, 4, EnumValues::Unsigned(&[(&long, 2)])).unwrap();
    });
    let mut lengths = Vec::new();
    for found in diff::all(&old, &new).types {
        lengths.push(found.name.len());
        let Fate::Changed(changes) = found.fate else { panic!("{:?}", found.fate) };
        lengths.extend(changes.iter().map(|change| match change {
            Change::MemberRemoved(place) => place.name.len(),
            Change::Value { old, .. } => old.name.len(),
            _ => 256,
        }));
    }
    assert_eq!(lengths, [256; 5]);
}

#[test]
fn one_type_by_name() {
    let old = btf(Endian::Little, |b| {
        b.add_struct("x", 4, &[]).unwrap();
        b.add_typedef("x", INT).unwrap();
    });
    let new = btf(Endian::Little, |b| {
        b.add_struct("x", 8, &[]).unwrap();
    });
    let found = diff::named(&old, &new, "x", |_| true).unwrap();
    let fates: Vec<_> = found.types.iter().map(|of| (of.kind, &of.fate)).collect();
    let resized = Fate::Changed(vec![Change::Size { old: 4, new: 8 }]);
    assert_eq!(fates, [(Kind::STRUCT, &resized), (Kind::TYPEDEF, &Fate::Removed("int x".into()))]);
    let found = diff::named(&old, &new, "x", |kind| kind == Kind::STRUCT).unwrap();
    assert_eq!(found.types.len(), 1);
    assert_eq!(diff::named(&old, &new, "y", |_| true), None);
}

/// Structs without a name, each with many of the next inside and the last without members: 64^12 ways lead there.
#[test]
fn anonymous_members_that_lead_to_nothing_end() {
    let maze = |b: &mut Builder, name| {
        let mut inner = b.add_struct("", 0, &[]).unwrap();
        for _ in 0..12 {
            inner = b.add_struct("", 0, &[Field::new("", inner, 0); 64]).unwrap();
        }
        b.add_struct("maze", 4, &[Field::new("", inner, 0), Field::new(name, INT, 0)]).unwrap();
    };
    // What stands behind more members than any struct has is not looked at.
    check(|b| maze(b, "a"), |b| maze(b, "a"), "");
}

/// Nothing differs from itself, circles or not; and what differs is told in both directions.
#[test]
fn random_blobs() {
    let parse = |seed| {
        let (builder, _) = random(&mut Random::new(seed), Builder::new(Endian::Little), 60);
        Btf::parse(builder.finish().unwrap()).unwrap()
    };
    for seed in 0..100 {
        let (one, other) = (parse(seed), parse(seed + 1));
        assert_eq!(diff::all(&one, &one).to_string(), "", "seed {seed}");
        let (there, back) = (diff::all(&one, &other), diff::all(&other, &one));
        let count = |diff: &diff::Diff, added| {
            let is = |fate: &Fate| {
                if added { matches!(fate, Fate::Added(_)) } else { matches!(fate, Fate::Removed(_)) }
            };
            diff.types.iter().filter(|of| is(&of.fate)).count()
        };
        assert_eq!((count(&there, true), count(&there, false)), (count(&back, false), count(&back, true)));
        assert!(!there.is_empty());
    }
}
