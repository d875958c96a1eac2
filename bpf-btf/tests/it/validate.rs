//! What validation finds, and where: each kind of reference led astray in turn.

use crate::support::{Builder, every_kind};
use bpf_btf::{Btf, Endian, Kind, TypeId};

#[track_caller]
fn check(b: &Builder, want: &str) {
    check_bytes(b.bytes(), want);
}

#[track_caller]
fn check_bytes(bytes: Vec<u8>, want: &str) {
    let btf = Btf::parse(bytes).unwrap();
    let found = btf.validate().map_or_else(|error| format!("{} {error}", error.code()), |()| "good".into());
    assert_eq!(found, want);
    // What was learned by that does not change what is answered.
    assert_eq!(btf.types().count(), btf.last_id().0 as usize);
}

const ORDERS: [Endian; 2] = [Endian::Little, Endian::Big];

#[test]
fn all_kinds() {
    for endian in ORDERS {
        check(&every_kind(endian), "good");
    }
    check(&Builder::default(), "good");
}

#[test]
fn every_reference_to_a_type() {
    let lost = TypeId(9);
    let refer: [fn(&mut Builder, TypeId) -> TypeId; 16] = [
        |b, id| b.ptr(id),
        |b, id| b.typedef("t", id),
        |b, id| b.constant(id),
        |b, id| b.reference(Kind::VOLATILE, "", id),
        |b, id| b.reference(Kind::RESTRICT, "", id),
        |b, id| b.reference(Kind::TYPE_TAG, "tag", id),
        |b, id| b.array(id, 1),
        |b, id| b.record("", Kind::ARRAY, false, 0, 0, &[1, id.0, 1]),
        |b, id| b.structure("s", 4, &[("a", TypeId(1), 0), ("b", id, 0)]),
        |b, id| b.union("u", 4, &[("a", id, 0)]),
        |b, id| b.bitfields("f", 4, &[("a", id, 0, 1)]),
        |b, id| b.prototype(id, &[]),
        |b, id| b.prototype(TypeId(1), &[("a", TypeId(1)), ("b", id)]),
        |b, id| b.variable("v", id, 1),
        |b, id| b.datasec(".data", 4, &[(TypeId(1), 0, 4), (id, 0, 4)]),
        |b, id| b.decl_tag("tag", id, 1),
    ];
    for endian in ORDERS {
        for refer in refer {
            for (id, want) in [
                (TypeId(1), "good"),
                (TypeId(3), "good"),
                (lost, "E0113 BTF type [2] refers to type [9], which does not exist"),
                (TypeId(u32::MAX), "E0113 BTF type [2] refers to type [4294967295], which does not exist"),
            ] {
                let mut b = Builder::new(endian);
                b.int("int", 4, true);
                refer(&mut b, id);
                b.structure("last", 4, &[]);
                check(&b, want);
            }
        }
    }
}

#[test]
fn every_name() {
    for endian in ORDERS {
        let mut b = every_kind(endian);
        b.structure("last", 0, &[]);
        let good = b.bytes();
        let btf = b.parse();
        let names = btf.types().count()
            + btf.types().map(|found| found.params().len() + found.members().len()).sum::<usize>()
            + btf.types().map(|found| found.enumerators().len()).sum::<usize>();
        let types = u32::from_le_bytes(good[12..16].try_into().unwrap());
        let types = if endian == Endian::Big { types.swap_bytes() } else { types };
        let outside = u32::try_from(good.len()).unwrap() - 24 - types;
        let mut found = 0;
        // Words that are no names are numbers in which this is as good as any other.
        for at in (24..24 + types as usize).step_by(4) {
            let mut bytes = good.clone();
            let word = if endian == Endian::Big { outside.to_be_bytes() } else { outside.to_le_bytes() };
            bytes[at..at + 4].copy_from_slice(&word);
            let Ok(btf) = Btf::parse(bytes) else { continue };
            match btf.validate() {
                Err(error) if error.code() == "E0114" => found += 1,
                Err(error) => assert_eq!(error.code(), "E0113"),
                Ok(()) => {}
            }
        }
        assert_eq!(found, names);
    }
}

#[test]
fn functions_have_prototypes() {
    for endian in ORDERS {
        let mut b = Builder::new(endian);
        b.int("int", 4, true);
        b.function("f", TypeId(3), 1);
        b.prototype(TypeId(1), &[]);
        b.function("g", TypeId(3), 1);
        check(&b, "good");
        for (target, says) in [
            (0, "which is no function prototype"),
            (1, "which is no function prototype"),
            (5, "which is no function prototype"),
            (6, "which is no function prototype"),
            (7, "which does not exist"),
        ] {
            let mut b = Builder::new(endian);
            b.int("int", 4, true);
            b.function("f", TypeId(3), 1);
            b.prototype(TypeId(1), &[]);
            b.function("g", TypeId(3), 1);
            b.function("h", TypeId(target), 1);
            b.int("last", 4, true);
            check(&b, &format!("E0113 BTF type [5] refers to type [{target}], {says}"));
        }
    }
}

#[test]
fn split() {
    let base = every_kind(Endian::Little).parse();
    let prototype = base.types().find(|found| found.kind() == Kind::FUNC_PROTO).unwrap().id();
    let first = base.last_id().0 + 1;
    for (target, function, want) in [
        (TypeId(1), prototype, "Ok(())"),
        (TypeId(first + 1), prototype, "Ok(())"),
        (TypeId(first + 2), prototype, "E0113"),
        (TypeId(1), TypeId(1), "E0113"),
    ] {
        let mut b = Builder::on(&base);
        b.structure("own", 4, &[("a", target, 0)]);
        b.function("f", function, 1);
        let split = Btf::parse_split(b.bytes(), &base).unwrap();
        let found = split.validate().map_err(|error| error.code());
        assert!(format!("{found:?}").contains(want), "{found:?}, not {want}");
    }
    let mut b = Builder::on(&base);
    b.structure("own", 4, &[]);
    let mut bytes = b.bytes();
    let end = u32::try_from(base.bytes().len()).unwrap() + 1000;
    bytes[24..28].copy_from_slice(&end.to_le_bytes());
    let split = Btf::parse_split(bytes, &base).unwrap();
    assert_eq!(split.validate().unwrap_err().code(), "E0114");
}

/// Text is UTF-8 from where a name begins, not from where its string does.
#[test]
fn names_are_text() {
    for (text, at, want) in [
        (&b"abc"[..], 0, true),
        (b"abc", 3, true),
        ("für".as_bytes(), 0, true),
        ("für".as_bytes(), 1, true),
        ("für".as_bytes(), 2, false),
        ("für".as_bytes(), 3, true),
        (b"a\xffb", 0, false),
        (b"a\xffb", 1, false),
        (b"a\xffb", 2, true),
        (b"\xe2\x82", 0, false),
        (b"\xff", 1, true),
    ] {
        let mut b = Builder::default();
        let name = b.string("");
        b.string(&"_".repeat(text.len()));
        b.structure("x", 0, &[]);
        assert_eq!(name, 0);
        let mut bytes = b.bytes();
        let (types, strings) = (24, 24 + 12);
        bytes[strings + 1..strings + 1 + text.len()].copy_from_slice(text);
        bytes[types..types + 4].copy_from_slice(&u32::try_from(1 + at).unwrap().to_le_bytes());
        let btf = Btf::parse(bytes).unwrap();
        assert_eq!(btf.validate().is_ok(), want, "{text:?} from {at}");
        assert_eq!(btf.get(TypeId(1)).unwrap().name().is_ok(), want, "{text:?} from {at}");
    }
}
