//! Looking types up: one by one, many in one pass, by an index; sorted and not, split and not, there or not.

use crate::support::{Builder, every_kind};
use bpf_btf::{Btf, Endian, Kind, TypeId, essential_name};

/// Names with every trap: parts of each other, flavors, many types of one name, shared bytes.
fn names() -> Vec<(&'static str, Kind)> {
    let mut names = vec![
        ("task", Kind::STRUCT),
        ("task_struct", Kind::STRUCT),
        ("sk", Kind::STRUCT),
        ("sk___old", Kind::STRUCT),
        ("task", Kind::UNION),
        ("task", Kind::TYPEDEF),
        ("task___v1___v2", Kind::STRUCT),
        ("a", Kind::ENUM),
        ("a___b", Kind::ENUM64),
        ("abcdefg", Kind::STRUCT),
        ("abcdefgh", Kind::STRUCT),
        ("abcdefghi", Kind::STRUCT),
        ("abcdefgh___x", Kind::STRUCT),
        ("abcde___x", Kind::STRUCT),
        ("abcde", Kind::STRUCT),
        ("task", Kind::STRUCT),
        ("___", Kind::STRUCT),
        ("ende", Kind::FWD),
        ("ünï", Kind::STRUCT),
        ("z", Kind::FLOAT),
    ];
    names.extend([("same", Kind::STRUCT); 40]);
    names
}

fn blob(endian: Endian, names: &[(&str, Kind)], early: usize) -> Builder {
    let mut b = Builder::new(endian);
    for _ in 0..early {
        b.ptr(TypeId(1));
    }
    for (name, kind) in names {
        b.record(name, *kind, false, 0, 0, &[]);
    }
    b
}

/// What is asked: all names there are, their beginnings and ends, and what is no name.
fn questions(names: &[(&str, Kind)]) -> Vec<String> {
    let mut all: Vec<String> =
        vec![String::new(), "\0".into(), "a\0".into(), "nothing".into(), "x".repeat(5000)];
    for (name, _) in names {
        for cut in 0..name.len() {
            all.extend([name.get(..cut), name.get(cut..)].into_iter().flatten().map(String::from));
        }
        all.extend([format!("{name}x"), format!("{name}___x"), essential_name(name).into()]);
    }
    all.sort();
    all.dedup();
    all
}

#[track_caller]
fn check(btf: &Btf, own: &[(&str, Kind)], first: u32) {
    let typed: Vec<(&str, Kind, TypeId)> =
        own.iter().zip(first..).map(|((name, kind), id)| (*name, *kind, TypeId(id))).collect();
    let questions = questions(own);
    let asked: Vec<&str> = questions.iter().map(String::as_str).collect();
    let structs = |kind: Kind| kind == Kind::STRUCT;
    let many = btf.find_many(&asked, |_| true);
    let essential = btf.find_many_essential_own(&asked, structs);
    for ((name, many), essential) in asked.iter().zip(many).zip(essential) {
        let all: Vec<_> = typed.iter().filter(|(known, ..)| known == name && !name.is_empty()).collect();
        let found: Vec<_> = btf.find_all(name).map(|found| (found.kind(), found.id())).collect();
        assert_eq!(found, all.iter().map(|(_, kind, id)| (*kind, *id)).collect::<Vec<_>>(), "{name}");
        assert_eq!(many, found.iter().map(|(_, id)| *id).collect::<Vec<_>>(), "{name}");
        for kind in (1..20).map(Kind) {
            let first = all.iter().find(|(_, known, _)| *known == kind).map(|(.., id)| *id);
            assert_eq!(btf.find(name, kind), first, "{name} {kind}");
            assert_eq!(btf.find_own(name, kind), first, "{name} {kind}");
        }
        let flavors: Vec<_> = typed
            .iter()
            .filter(|(known, kind, _)| structs(*kind) && essential_name(known) == *name && !name.is_empty())
            .map(|(.., id)| *id)
            .collect();
        assert_eq!(essential, flavors, "{name}");
        assert_eq!(btf.find_essential_own(name, structs), flavors, "{name}");
    }
}

/// Without and with an index; the second half of `early` is past the types that are compared as they come.
#[track_caller]
fn check_blob(names: &[(&str, Kind)]) {
    for endian in [Endian::Little, Endian::Big] {
        for early in [0, 3, 3000] {
            let bytes = blob(endian, names, early).bytes();
            let btf = Btf::lazy(bytes.clone()).unwrap();
            let first = u32::try_from(early).unwrap() + 1;
            check(&btf, names, first);
            btf.index_names();
            check(&btf, names, first);
            // One that was asked so often has an index without being told to.
            for name in questions(names) {
                let new = Btf::lazy(bytes.clone()).unwrap();
                let ids = |btf: &Btf| btf.find_all(&name).map(|found| found.id()).collect::<Vec<_>>();
                assert_eq!(ids(&new), ids(&btf), "{name}");
            }
        }
    }
}

#[test]
fn in_any_order() {
    check_blob(&names());
}

#[test]
fn sorted() {
    let mut names = names();
    names.sort_by_key(|(name, _)| *name);
    check_blob(&names);
}

#[test]
fn nearly_sorted() {
    let mut names = names();
    names.sort_by_key(|(name, _)| *name);
    for swapped in 1..names.len() {
        let mut names = names.clone();
        names.swap(swapped - 1, swapped);
        let btf = blob(Endian::Little, &names, 0).parse();
        btf.index_names();
        check(&btf, &names, 1);
    }
}

/// A type without a name between those with one.
#[test]
fn sorted_but_for_one_without_a_name() {
    let mut b = Builder::default();
    for n in 0..100 {
        b.structure(&format!("name{n:03}"), 0, &[]);
        if n == 50 {
            b.ptr(TypeId(1));
        }
    }
    let btf = b.parse();
    btf.index_names();
    assert_eq!(btf.find("name049", Kind::STRUCT), Some(TypeId(50)));
    assert_eq!(btf.find("name099", Kind::STRUCT), Some(TypeId(101)));
}

/// Where one name is the end of another, both may stand at the same bytes.
#[test]
fn names_that_share_bytes() {
    let mut b = Builder::default();
    for _ in 0..3000 {
        b.ptr(TypeId(1));
    }
    let whole = b.structure("my_task", 0, &[]);
    let part = b.structure("", 0, &[]);
    let mut bytes = b.bytes();
    // Its name begins three bytes into the other's, which stands at 1.
    let at = 24 + 12 * (part.0 as usize - 1);
    bytes[at..at + 4].copy_from_slice(&4_u32.to_le_bytes());
    let btf = Btf::lazy(bytes).unwrap();
    for indexed in [false, true] {
        if indexed {
            btf.index_names();
        }
        assert_eq!(btf.find("my_task", Kind::STRUCT), Some(whole));
        assert_eq!(btf.find("task", Kind::STRUCT), Some(part));
        assert_eq!(btf.find("ask", Kind::STRUCT), None);
        assert_eq!(btf.find_many(&["task", "my_task"], |_| true), [vec![part], vec![whole]]);
        assert_eq!(btf.find_many_essential_own(&["task"], |_| true), [vec![part]]);
    }
}

/// A split blob's types may have names of the base.
#[test]
fn split() {
    let base = every_kind(Endian::Big);
    let base = base.parse();
    let mut b = Builder::on(&base);
    let own = b.structure("outer", 0, &[]);
    let new = b.structure("module_state", 0, &[]);
    let shared = b.structure("", 0, &[]);
    let mut bytes = b.bytes();
    let outer = base.find("outer", Kind::STRUCT).unwrap();
    let name = base.get(outer).unwrap().name_offset().0;
    bytes[24 + 24..24 + 28].copy_from_slice(&name.to_be_bytes());
    let split = Btf::lazy_split(bytes, &base).unwrap();
    for indexed in [false, true] {
        if indexed {
            split.index_names();
        }
        assert_eq!(split.find("outer", Kind::STRUCT), Some(outer));
        assert_eq!(split.find_own("outer", Kind::STRUCT), Some(own));
        let all: Vec<_> = split.find_all("outer").map(|found| found.id()).collect();
        assert_eq!(all, [outer, own, shared]);
        let many = split.find_many(&["outer", "module_state", "gone"], |kind| kind == Kind::STRUCT);
        assert_eq!(many, [vec![outer, own, shared], vec![new], vec![]]);
        assert_eq!(split.find_essential_own("outer", |_| true), [own, shared]);
        assert_eq!(base.find("module_state", Kind::STRUCT), None);
    }
}

/// Names that hash alike, are long, or both, cost a look-up something and making the index nothing.
#[test]
fn names_made_to_be_slow() {
    let mut b = Builder::default();
    let text = b.string(&"x".repeat(1 << 18));
    for _ in 0..1 << 15 {
        b.structure("", 0, &[]);
    }
    let mut bytes = b.bytes();
    // Each name is the end of the same long string, and begins with the same thousands of bytes.
    for n in 0..1_u32 << 15 {
        let at = 24 + 12 * n as usize;
        bytes[at..at + 4].copy_from_slice(&(text + n).to_le_bytes());
    }
    let btf = Btf::lazy(bytes).unwrap();
    let shortest = "x".repeat((1 << 18) - (1 << 15) + 1);
    let last = Some(TypeId(1 << 15));
    assert_eq!(btf.find(&shortest, Kind::STRUCT), last);
    btf.index_names();
    assert_eq!(btf.find(&shortest, Kind::STRUCT), last);
    assert_eq!(btf.find_many(&["xxxxxxxxx", &shortest], |_| true)[1], [TypeId(1 << 15)]);
    assert_eq!(btf.find_essential_own("xxxxxxxxx", |_| true), []);
    assert_eq!(btf.validate(), Ok(()));
}

/// Whichever way the records were learned of first, and of the blob itself alone.
#[test]
fn the_newest_kind() {
    let names = [("old", Kind::STRUCT), ("new", Kind::FLOAT), ("older", Kind::UNION)];
    for endian in [Endian::Little, Endian::Big] {
        let btf = Btf::lazy(blob(endian, &names, 9).bytes()).unwrap();
        assert_eq!(btf.newest_kind(), Kind::FLOAT);
        let btf = Btf::lazy(blob(endian, &names, 9).bytes()).unwrap();
        assert_eq!(btf.find_many(&["new"], |kind| kind == Kind::FLOAT).concat(), [TypeId(11)]);
        assert_eq!(btf.newest_kind(), Kind::FLOAT);
    }
    let empty = Btf::lazy(Builder::new(Endian::Little).bytes()).unwrap();
    assert_eq!(empty.newest_kind(), Kind::VOID);
}
