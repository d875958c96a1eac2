//! Records: by number, in order, of kinds that are not known, with as many elements as fit.

use crate::support::{Builder, every_kind};
use bpf_btf::minimize::{Keep, minimize};
use bpf_btf::{Btf, Endian, Kind, ParseError, TypeError, TypeId, dump, layout};

const ORDERS: [Endian; 2] = [Endian::Little, Endian::Big];

fn raw(btf: &Btf) -> Vec<String> {
    btf.types().map(|record| dump::raw(&record).to_string()).collect()
}

/// By number before and after all starts are remembered, from several blobs in a chain.
#[test]
fn by_number() {
    for endian in ORDERS {
        let mut b = Builder::new(endian);
        let int = b.int("int", 4, true);
        for n in 0..500_u32 {
            let name = format!("n{n}");
            let _: TypeId = match n % 4 {
                0 => b.structure(&name, 8, &vec![("m", int, 0); n as usize % 7]),
                1 => b.ptr(int),
                2 => b.prototype(int, &vec![("p", int); n as usize % 5]),
                _ => b.enumeration64(&name, &[("A", 1)]),
            };
        }
        let base = Btf::lazy(b.bytes()).unwrap();
        let mut b = Builder::on(&base);
        let own = b.structure("own", 8, &[("m", int, 0)]);
        let split = Btf::lazy_split(b.bytes(), &base).unwrap();
        assert_eq!(own, TypeId(502));
        let want = raw(&base);
        assert_eq!(want.len(), 501);
        for round in 0..3 {
            for n in 0..501_u32 {
                let n = n.wrapping_mul(307) % 501;
                let found = split.get(TypeId(n + 1)).unwrap();
                assert_eq!(dump::raw(&found).to_string(), want[n as usize], "{round}");
            }
        }
        assert_eq!(split.get(own).unwrap().name(), Ok("own"));
        assert_eq!(split.last_id(), own);
        let lost = TypeError::NoSuchType { id: TypeId(503), last: own };
        assert_eq!(split.get(TypeId(503)).unwrap_err(), lost);
        assert_eq!(base.get(own).unwrap_err().code(), "E0121");
        assert_eq!(split.get(TypeId(u32::MAX)).unwrap_err().code(), "E0121");
    }
}

/// A struct of more members than 16 bits count.
#[test]
fn many_elements() {
    for endian in ORDERS {
        let mut b = Builder::new(endian);
        let int = b.int("int", 4, true);
        let members = vec![("m", int, 32); 70_000];
        let wide = b.structure("wide", 8, &members);
        let after = b.structure("after", 4, &[]);
        let btf = b.parse();
        assert_eq!(btf.get(wide).unwrap().vlen(), 70_000);
        assert_eq!(btf.get(wide).unwrap().members().len(), 70_000);
        assert_eq!(btf.find("after", Kind::STRUCT), Some(after));
        assert_eq!(btf.validate(), Ok(()));
    }
}

const UNKNOWN: Kind = Kind(20);
/// The last kind that a record has room for.
const FARTHEST: Kind = Kind(127);

/// As kernels write it, and with two more kinds: 8 bytes, and 4 for each element.
fn layout_section(kinds: usize) -> Vec<[u8; 2]> {
    let known = [0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0];
    let each = [0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12];
    let mut section: Vec<_> = known.into_iter().zip(each).map(|(fixed, each)| [fixed, each]).collect();
    section.resize(kinds, [8, 4]);
    section
}

fn with_unknown(endian: Endian) -> (Builder, TypeId) {
    let mut b = every_kind(endian);
    let first = b.record("new", UNKNOWN, true, 3, 1, &[1, 2, 3, 4, 5]);
    b.record("far", FARTHEST, false, 0, 1, &[1, 2]);
    b.structure("after", 24, &[]);
    (b, first)
}

#[test]
fn a_layout_tells_how_long_unknown_kinds_are() {
    for endian in ORDERS {
        let (b, id) = with_unknown(endian);
        let btf = Btf::parse(b.bytes_with_layout(&layout_section(128))).unwrap();
        let found = btf.get(id).unwrap();
        assert_eq!((found.kind(), found.vlen(), found.kflag(), found.name()), (UNKNOWN, 3, true, Ok("new")));
        assert_eq!((found.size(), found.target()), (None, None));
        assert!(dump::raw(&found).to_string().starts_with(&format!("[{id}] kind 20 'new'")));
        assert_eq!(btf.find("far", FARTHEST), Some(TypeId(id.0 + 1)));
        let after = btf.find("after", Kind::STRUCT).unwrap();
        assert_eq!((after, layout::size_of(&btf, after)), (TypeId(id.0 + 2), Ok(24)));
        assert_eq!(layout::size_of(&btf, id).unwrap_err().code(), "E0124");
        assert_eq!(btf.validate(), Ok(()));
        let mut keep = Keep::new();
        keep.layout(id);
        assert_eq!(minimize(&btf, &keep), Err(TypeError::UnknownKind { id, kind: UNKNOWN }));
        // Split BTF has the base's layout, or its own.
        let mut b = Builder::on(&btf);
        b.record("split", UNKNOWN, false, 1, 1, &[1, 2, 3]);
        assert_eq!(Btf::parse_split(b.bytes(), &btf).map(|split| split.last_id().0), Ok(after.0 + 1));
    }
}

#[test]
fn known_kinds_look_as_they_always_did() {
    for endian in ORDERS {
        let b = every_kind(endian);
        let plain = b.parse();
        for section in [layout_section(20), layout_section(1), vec![[4, 4]; 300]] {
            let btf = Btf::parse(b.bytes_with_layout(&section)).unwrap();
            assert_eq!(raw(&btf), raw(&plain));
        }
        assert_eq!(Btf::parse(b.bytes_with_layout(&[])).map(|btf| btf.last_id()), Ok(plain.last_id()));
    }
}

#[test]
fn a_layout_that_does_not_tell() {
    for endian in ORDERS {
        let (b, id) = with_unknown(endian);
        let section = |kind: [u8; 2]| {
            let mut section = layout_section(128);
            section[20] = kind;
            section
        };
        let unknown = |section: &[[u8; 2]]| match Btf::parse(b.bytes_with_layout(section)).unwrap_err() {
            ParseError::UnknownKind { id, kind, .. } => (id, kind),
            other => panic!("{other}"),
        };
        assert_eq!(unknown(&layout_section(20)), (id, UNKNOWN), "too short");
        assert_eq!(unknown(&layout_section(21)).1, FARTHEST);
        assert_eq!(unknown(&section([7, 4])), (id, UNKNOWN), "not a multiple of four");
        assert_eq!(unknown(&section([8, 2])), (id, UNKNOWN), "not a multiple of four");
        let long = Btf::parse(b.bytes_with_layout(&section([8, 252]))).unwrap_err();
        assert!(
            matches!(long, ParseError::Truncated { vlen: 3, .. } | ParseError::UnknownKind { .. }),
            "{long}"
        );
    }
}

#[test]
fn a_layout_section_elsewhere() {
    let (b, _) = with_unknown(Endian::Little);
    let good = b.bytes_with_layout(&layout_section(128));
    let changed = |at: usize, word: u32| {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        Btf::parse(bytes).map(|btf| btf.last_id().0).unwrap_err().to_string()
    };
    assert!(
        changed(24, u32::MAX).starts_with("BTF layout section 0x10000001f.."),
        "{}",
        changed(24, u32::MAX)
    );
    assert!(changed(28, u32::MAX).starts_with("BTF layout section "));
    assert_eq!(changed(24, 2), "BTF layout section starts at 0x22, which is not a multiple of 4");
    // No layout section at all, in a header that has room for it.
    assert!(changed(28, 0).ends_with("is of unknown kind 20"));
}

#[test]
fn alignment() {
    for endian in ORDERS {
        let mut b = every_kind(endian);
        let (int, long) = (TypeId(1), TypeId(3));
        let array = b.array(long, 0);
        let flexible = b.structure("flexible", 4, &[("n", int, 0), ("rest", array, 32)]);
        let packed = b.structure("packed", 12, &[("n", int, 0), ("x", long, 32)]);
        let bits = b.bitfields("bits", 16, &[("a", long, 0, 40), ("n", int, 64, 0)]);
        let empty = b.structure("empty", 0, &[]);
        let typedef = b.typedef("t", long);
        let circle = b.constant(TypeId(typedef.0 + 1));
        let ptr = b.ptr(empty);
        let large = b.int("__int128", 16, true);
        let around = b.structure("around", 16, &[("p", packed, 0), ("e", empty, 96)]);
        let btf = b.parse();
        let outer = btf.find("outer", Kind::STRUCT).unwrap();
        for (id, want) in [
            (int, 4),
            (long, 8),
            (array, 8),
            (flexible, 1),
            (packed, 1),
            (bits, 8),
            (empty, 1),
            (typedef, 8),
            (ptr, 8),
            (large, 8),
            (around, 1),
            (outer, 8),
        ] {
            assert_eq!(layout::align_of(&btf, id), Ok(want), "{}", btf.get(id).unwrap().name().unwrap());
        }
        assert_eq!(layout::align_of(&btf, circle).unwrap_err().code(), "E0123");
        assert_eq!(layout::align_of(&btf, TypeId::VOID).unwrap_err().code(), "E0124");
        let itself = TypeId(around.0 + 1);
        b.structure("itself", 8, &[("x", itself, 0)]);
        assert_eq!(layout::align_of(&b.parse(), itself).unwrap_err().code(), "E0123");
    }
}
