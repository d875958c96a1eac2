//! Blobs that are not looked through when they are opened: what is damaged shows when it is asked for, the same for all
//! who ask.

use std::sync::{Arc, Barrier};

use crate::support::{Builder, every_kind};
use bpf_btf::core::{CandidateSet, Candidates};
use bpf_btf::{Btf, Endian, Kind, ParseError, TypeError, TypeId, dump};

#[test]
fn damage_in_the_middle() {
    for endian in [Endian::Little, Endian::Big] {
        let mut b = Builder::new(endian);
        let int = b.int("int", 4, true);
        for n in 0..100 {
            b.structure(&format!("s{n}"), 4, &[("m", int, 0)]);
        }
        let good = b.bytes();
        // Records of 24 bytes after the first, of 16: the 51st of them claims more members than there is room for.
        let at = 16 + 24 * 50;
        let mut bytes = good.clone();
        let info = u32::from(Kind::STRUCT.0) << 24 | 0xff_ffff;
        let word = if endian == Endian::Big { info.to_be_bytes() } else { info.to_le_bytes() };
        bytes[24 + at + 4..24 + at + 8].copy_from_slice(&word);

        let damage = ParseError::Truncated { id: TypeId(52), at, kind: Kind::STRUCT, vlen: 0xff_ffff };
        assert_eq!(Btf::parse(bytes.clone()).unwrap_err(), damage);
        let btf = Btf::lazy(bytes.clone()).unwrap();
        assert_eq!(btf.types().count(), 51);
        assert_eq!(btf.find("s49", Kind::STRUCT), Some(TypeId(51)));
        assert_eq!(btf.find("s50", Kind::STRUCT), None);
        assert_eq!(btf.find_many(&["s0", "s99"], |_| true), [vec![TypeId(2)], vec![]]);
        assert_eq!(btf.find_essential_own("s99", |_| true), []);
        assert_eq!(btf.get(TypeId(51)).unwrap().name(), Ok("s49"));
        let lost = TypeError::NoSuchType { id: TypeId(52), last: TypeId(51) };
        assert_eq!(btf.get(TypeId(52)).unwrap_err(), lost);
        assert_eq!(btf.last_id(), TypeId(51));
        assert_eq!(btf.check(), Err(damage.clone()));
        assert_eq!(btf.validate(), Err(damage.clone()));
        btf.index_names();
        assert_eq!(btf.find("s49", Kind::STRUCT), Some(TypeId(51)));
        assert_eq!(btf.find("s50", Kind::STRUCT), None);

        // Before anything else was asked.
        assert_eq!(Btf::lazy(bytes.clone()).unwrap().validate(), Err(damage.clone()));
        // Nothing can go on from what has no known end.
        let mut b = Builder::on(&btf);
        b.structure("own", 0, &[]);
        let refused = Btf::lazy_split(b.bytes(), &btf).unwrap_err();
        assert_eq!(refused, ParseError::Base(Box::new(damage)));
        assert_eq!(refused.labels().len(), 2);
    }
}

#[test]
fn what_is_looked_at_first() {
    let good = every_kind(Endian::Little).bytes();
    let changed = |at: usize, word: u32| {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        Btf::lazy(bytes).map(|btf| btf.check().map_err(|error| error.code())).map_err(|error| error.code())
    };
    for (found, want) in [
        (changed(0, 0x7f), Err("E0102")),
        (changed(4, 4096), Err("E0104")),
        (changed(8, u32::MAX), Err("E0105")),
        (changed(12, u32::MAX), Err("E0105")),
        (changed(20, u32::MAX), Err("E0105")),
        (changed(20, 3), Err("E0107")),
        (changed(28, 0x1400_0000), Ok(Err("E0109"))),
        (changed(28, 0x04ff_ffff), Ok(Err("E0108"))),
        (changed(24, u32::MAX), Ok(Ok(()))),
    ] {
        assert_eq!(found, want);
    }
}

/// Whoever asks first, and however many at a time: the answers are those of one who asks alone.
#[test]
fn threads_race() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    for n in 0..3000 {
        b.structure(&format!("s{n}"), 4, &[("m", int, 0)]);
    }
    let bytes: Arc<[u8]> = b.bytes().into();
    let ask = |btf: &Btf, from: u32| {
        let mut out = Vec::new();
        for n in 0..3000 {
            let n = (n + from) % 3000;
            let found = btf.get(TypeId(n + 2)).unwrap();
            out.push((n, dump::raw(&found).to_string(), None));
            if n % 100 == from % 100 {
                out.push((n, String::new(), btf.find(&format!("s{n}"), Kind::STRUCT)));
            }
        }
        out.push((3000, format!("{:?}", btf.validate()), Some(btf.last_id())));
        out
    };
    let alone = Btf::parse(Arc::clone(&bytes)).unwrap();
    for round in 0..20 {
        let shared = Btf::lazy(Arc::clone(&bytes)).unwrap();
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4_u32)
                .map(|n| {
                    let (shared, start) = (shared.clone(), &start);
                    scope.spawn(move || {
                        start.wait();
                        if (n + round) % 4 == 0 {
                            shared.index_names();
                        }
                        ask(&shared, n * 700)
                    })
                })
                .collect();
            for (n, thread) in (0..).zip(threads) {
                assert_eq!(thread.join().unwrap(), ask(&alone, n * 700));
            }
        });
    }
}

/// Types and strings have bytes of their own, whichever come first.
#[test]
fn overlapping_sections() {
    for endian in [Endian::Little, Endian::Big] {
        let good = every_kind(endian).bytes();
        let word = |word: u32| if endian == Endian::Big { word.to_be_bytes() } else { word.to_le_bytes() };
        let lens = [12, 20].map(|at| {
            let bytes = good[at..at + 4].try_into().unwrap();
            if endian == Endian::Big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        });
        let placed = |bytes: &[u8], types: [u32; 2], strings: [u32; 2]| {
            let mut bytes = bytes.to_vec();
            for (at, value) in (8..).step_by(4).zip([types, strings].concat()) {
                bytes[at..at + 4].copy_from_slice(&word(value));
            }
            Btf::lazy(bytes).map(|btf| btf.last_id()).map_err(|error| error.code())
        };
        let [types, strings] = lens;
        let last = Btf::parse(good.clone()).unwrap().last_id();
        assert_eq!(placed(&good, [0, types], [types, strings]), Ok(last));
        // One byte of both; all bytes of both; one inside the other.
        assert_eq!(placed(&good, [0, types], [types - 1, strings + 1]), Err("E0116"));
        assert_eq!(placed(&good, [0, types + 4], [types, strings]), Err("E0116"));
        assert_eq!(placed(&good, [0, types + strings], [0, types + strings]), Err("E0116"));
        assert_eq!(placed(&good, [0, types + strings], [types, strings]), Err("E0116"));
        assert_eq!(placed(&good, [4, 12], [0, types + strings]), Err("E0116"));
        // Nothing cannot overlap: this is only no string section.
        assert_eq!(placed(&good, [0, types], [4, 0]), Err("E0107"));
        // Strings first, as the kernel takes them too.
        let mut turned = good[..24].to_vec();
        turned.extend(&good[24 + types as usize..]);
        turned.resize(24 + strings.next_multiple_of(4) as usize, 0);
        turned.extend(&good[24..24 + types as usize]);
        assert_eq!(placed(&turned, [strings.next_multiple_of(4), types], [0, strings]), Ok(last));
    }
    let refused = ParseError::Overlap { types: 24..64, strings: 60..80 };
    assert_eq!(refused.to_string(), "BTF types section 0x18..0x40 and strings section 0x3c..0x50 overlap");
    assert_eq!(refused.labels().len(), 1);
}

#[test]
fn candidates_of_many_types_are_those_of_each() {
    let kernel = every_kind(Endian::Little).parse();
    let module = |name: &str| {
        let mut b = Builder::on(&kernel);
        b.structure(name, 0, &[]);
        b.structure("outer", 0, &[]);
        Btf::parse_split(b.bytes(), &kernel).unwrap()
    };
    let (one, two) = (module("only_here"), module("only_here___new"));
    let mut b = Builder::default();
    let names = ["outer___mine", "only_here", "gone", "", "state", "wide", "flags"];
    let mut roots: Vec<TypeId> = names.iter().map(|name| b.structure(name, 0, &[])).collect();
    roots.extend([
        b.enumeration("wide", false, &[]),
        b.enumeration64("state", &[]),
        b.union("outer", 0, &[]),
    ]);
    let local = b.parse();
    roots.push(TypeId(99));

    let targets = [&kernel, &one, &two];
    let set = CandidateSet::find(&local, roots.iter().copied(), &targets);
    let found = |candidates: &Candidates| -> Vec<(bool, TypeId)> {
        let own = |btf: &Btf| btf.base().is_none();
        candidates.as_slice().iter().map(|one| (own(&one.btf), one.id)).collect()
    };
    for root in &roots {
        let each = Candidates::find(&local, *root, &targets);
        match (set.get(*root).unwrap(), each) {
            (Ok(set), Ok(each)) => assert_eq!(found(set), found(&each)),
            (Err(set), Err(each)) => assert_eq!(set.to_string(), each.to_string()),
            other => panic!("{root}: {other:?}"),
        }
    }
    let of = |root: usize| found(set.get(roots[root]).unwrap().unwrap());
    let outer = kernel.find("outer", Kind::STRUCT).unwrap();
    let first = TypeId(kernel.last_id().0 + 1);
    assert_eq!(of(0), [(true, outer)], "modules only where the kernel has none");
    assert_eq!(of(1), [(false, first), (false, first)]);
    assert_eq!((of(2), of(3)), (vec![], vec![]));
    assert_eq!(of(4), [], "an enumeration is no struct");
    assert_eq!(of(7), [(true, kernel.find("wide", Kind::ENUM64).unwrap())], "of either width");
    assert_eq!(of(8), [(true, kernel.find("state", Kind::ENUM).unwrap())]);
    assert!(set.get(TypeId(98)).is_none());
    assert_eq!(set.get(TypeId(99)).unwrap().unwrap_err().code(), "E0143");

    // Modules asked only for what is missing.
    let mut later = CandidateSet::find(&local, roots.iter().copied(), &[&kernel]);
    let missing = |set: &CandidateSet| {
        let mut missing: Vec<_> = set.missing().collect();
        missing.sort_unstable();
        missing
    };
    assert_eq!(missing(&later), [roots[1], roots[2], roots[4], roots[5], roots[9]]);
    later.search_modules(&[&one, &two]);
    assert_eq!(missing(&later), missing(&set));
    assert_eq!(found(later.get(roots[1]).unwrap().unwrap()), of(1));
    assert_eq!(found(later.get(roots[0]).unwrap().unwrap()), of(0));
}
