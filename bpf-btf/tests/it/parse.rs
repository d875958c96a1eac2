//! Opening blobs: every kind in both byte orders, split BTF, look-ups, and what is refused.

use crate::support::{Builder, every_kind};
use bpf_btf::{Btf, Endian, Kind, ParseError, TypeError, TypeId, dump, layout};

fn raw(btf: &Btf) -> String {
    btf.types().map(|record| format!("{}\n", dump::raw(&record))).collect()
}

#[test]
fn every_kind_in_the_raw_form() {
    let text = raw(&every_kind(Endian::Little).parse());
    insta::assert_snapshot!(text);
    assert_eq!(raw(&every_kind(Endian::Big).parse()), text);
}

#[test]
fn both_byte_orders() {
    for endian in [Endian::Little, Endian::Big] {
        let btf = every_kind(endian).parse();
        assert_eq!(btf.endian(), endian);
        let found = btf.find("outer", Kind::STRUCT).unwrap();
        assert_eq!(btf.get(found).unwrap().member("hook").unwrap().bit_offset, 192);
        assert_eq!(layout::size_of(&btf, found), Ok(64));
    }
}

#[test]
fn split_on_a_base() {
    let base = every_kind(Endian::Big).parse();
    let mut b = Builder::on(&base);
    let int = base.find("int", Kind::INT).unwrap();
    let own = b.structure("module_state", 4, &[("users", int, 0)]);
    b.structure("outer", 4, &[("own", int, 0)]);
    let split = Btf::parse_split(b.bytes(), &base).unwrap();

    assert_eq!(split.first_id(), own);
    assert_eq!(split.find("module_state", Kind::STRUCT), Some(own));
    assert_eq!(base.find("module_state", Kind::STRUCT), None);
    assert_eq!(split.find("outer", Kind::STRUCT), base.find("outer", Kind::STRUCT));
    assert_eq!(split.find_own("outer", Kind::STRUCT), Some(TypeId(own.0 + 1)));
    assert_eq!(split.find_own("int", Kind::INT), None);
    let users = split.get(own).unwrap().member("users").unwrap();
    assert_eq!(dump::member(&split, &users), "int users");

    let other = every_kind(Endian::Little).parse();
    let refused = Btf::parse_split(b.bytes(), &other).unwrap_err();
    assert_eq!(refused.code(), "E0110");
}

#[test]
fn members_by_path() {
    let btf = every_kind(Endian::Little).parse();
    let outer = btf.find("outer", Kind::STRUCT).unwrap();
    let field = |path| layout::field(&btf, outer, path).map(|found| found.map(|field| field.bit_offset));
    assert_eq!(field("hook"), Ok(Some(192)));
    assert_eq!(field("whole"), Ok(Some(128)), "inside an anonymous union");
    assert_eq!(field("gone"), Ok(None));
    assert_eq!(field(""), Ok(None));
    assert!(matches!(field("hook.x"), Err(TypeError::WrongKind { .. })));
}

#[test]
fn essential_names() {
    let mut b = Builder::default();
    let plain = b.structure("task", 0, &[]);
    let flavored = b.structure("task___old", 0, &[]);
    b.structure("task_struct", 0, &[]);
    b.union("task", 0, &[]);
    let btf = b.parse();
    assert_eq!(btf.find_essential_own("task", |kind| kind == Kind::STRUCT), [plain, flavored]);
    assert_eq!(btf.find_essential_own("", |_| true), []);
}

#[track_caller]
fn refused(change: impl Fn(&mut Vec<u8>)) -> String {
    let mut bytes = every_kind(Endian::Little).bytes();
    change(&mut bytes);
    let error = Btf::parse(bytes).unwrap_err();
    format!("{} {error}", error.code())
}

#[test]
fn what_is_refused() {
    let put = |at: usize, word: u32| {
        move |bytes: &mut Vec<u8>| bytes[at..at + 4].copy_from_slice(&word.to_le_bytes())
    };
    for (got, want) in [
        (refused(Vec::clear), "E0101 BTF is 0 bytes, its header alone needs 24"),
        (refused(|bytes| bytes.truncate(20)), "E0104 BTF header claims 24 bytes, the blob has 20"),
        (refused(|bytes| bytes[0] = 0x7f), "E0102 not BTF: it begins with 0xeb7f, not with 0xeb9f"),
        (refused(|bytes| bytes[2] = 2), "E0103 BTF version 2 is not supported, only 1 is"),
        (refused(put(4, 4096)), "E0104 BTF header claims 4096 bytes, the blob has "),
        (refused(put(8, u32::MAX)), "E0105 BTF types section 0x100000017.."),
        (refused(put(8, 1)), "E0106 BTF types section starts at 0x19, which is not a multiple of 4"),
        (refused(put(20, 3)), "E0107 BTF string section does not begin and end with a NUL byte"),
        (
            refused(put(28, 0x04ff_ffff)),
            "E0108 BTF type [1] at 0x0 is cut off: a STRUCT with 16777215 elements",
        ),
        (refused(put(28, 0x1400_0000)), "E0109 BTF type [1] at 0x0 is of unknown kind 20"),
        (refused(put(28, 0)), "E0109 BTF type [1] at 0x0 is of unknown VOID"),
    ] {
        assert!(got.starts_with(want), "{got}\n{want}");
    }
}

#[test]
fn references_that_lead_nowhere() {
    let mut b = Builder::default();
    let lost = b.ptr(TypeId(99));
    let circle = b.constant(TypeId(2));
    let huge = b.array(lost, u32::MAX);
    let huger = b.array(huge, u32::MAX);
    let own = b.structure("own", 8, &[("", TypeId(5), 0)]);
    let btf = b.parse();
    assert_eq!(layout::size_of(&btf, lost), Ok(8));
    assert_eq!(btf.get(TypeId(99)).unwrap_err().code(), "E0121");
    assert_eq!(layout::strip_modifiers(&btf, circle).unwrap_err().code(), "E0123");
    // It has a size, and that does not fit: nobody is to be told that an array has none.
    let too_large = layout::size_of(&btf, huger).unwrap_err();
    assert_eq!(
        (too_large.code(), too_large.to_string().as_str()),
        ("E0128", "BTF type [4] is larger than 32 bits can tell")
    );
    let none = layout::size_of(&btf, TypeId::VOID).unwrap_err();
    assert_eq!((none.code(), none.to_string().as_str()), ("E0124", "BTF type [0] is a void and has no size"));
    assert_eq!(
        layout::find_member(&btf, huge, "x").unwrap_err().to_string(),
        "BTF type [3] is an array, a struct is needed"
    );
    assert_eq!(layout::find_member(&btf, own, "x").unwrap_err().code(), "E0123");
    assert!(matches!(Btf::parse(b"\x9f\xeb".as_slice()), Err(ParseError::TooShort { len: 2, .. })));
}
