//! Definitions in C of BTF that does not hold together: what can be printed is, the rest is told, and both end.

use std::time::{Duration, Instant};

use bpf_btf::dump::c::{Order, Written};
use bpf_btf::{Btf, Endian, Kind, TypeId, dump};

use crate::support::{Builder, VOID, every_kind};

/// Bytes of text and time that no damage may exceed, for BTF of up to a megabyte.
const MOST_TEXT: usize = 40 << 20;
const MOST_TIME: Duration = Duration::from_secs(20);

#[track_caller]
fn bounded(btf: &Btf) -> (String, Written) {
    let started = Instant::now();
    let (text, written) = dump::C::new(btf).kfuncs(true).all_text();
    assert!(text.len() < MOST_TEXT, "{} bytes", text.len());
    let sorted = dump::C::new(btf).order(Order::Names).all_text();
    assert!(sorted.0.len() < MOST_TEXT, "{} bytes", sorted.0.len());
    assert!(started.elapsed() < MOST_TIME, "{:?}", started.elapsed());
    (text, written)
}

fn codes(written: &Written) -> Vec<(u32, &'static str)> {
    written.left_out.iter().map(|(id, error)| (id.0, error.code())).collect()
}

#[test]
fn circles_are_told_and_the_rest_is_printed() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    b.structure("itself", 4, &[("me", TypeId(2), 0)]);
    b.typedef("tick", TypeId(4));
    b.typedef("tock", TypeId(3));
    b.constant(TypeId(6));
    b.reference(Kind::VOLATILE, "", TypeId(5));
    let anonymous = TypeId(8);
    b.ptr(anonymous);
    b.structure("", 8, &[("me", TypeId(7), 0)]);
    b.array(TypeId(9), 2);
    // Pointing to itself, without a name on the way, is no more possible in C.
    b.callback(VOID, &[("me", TypeId(11))]);
    b.structure("fine", 4, &[("n", int, 0)]);
    let btf = b.parse();
    let (text, written) = bounded(&btf);
    assert!(text.contains("struct fine {\n\tint n;\n};"), "{text}");
    assert!(codes(&written).iter().all(|(_, code)| *code == "E0123"), "{written:?}");
    let ids: Vec<u32> = codes(&written).into_iter().map(|(id, _)| id).collect();
    for id in [2, 3, 5, 7, 9, 11] {
        assert!(ids.contains(&id), "{id}: {ids:?}");
    }
    assert!(!ids.contains(&12));
}

#[test]
fn references_to_nothing() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    let missing = b.ptr(TypeId(900));
    b.structure("broken", 16, &[("n", int, 0), ("p", missing, 64)]);
    b.structure("whole", 4, &[("n", int, 0)]);
    let function = b.function("f", VOID, 1);
    b.structure("holds_function", 8, &[("n", int, 0), ("f", function, 32)]);
    let btf = b.parse();
    let (text, written) = bounded(&btf);
    assert!(text.contains("struct whole {\n\tint n;\n};\n\n"));
    // Nothing is printed of what cannot be printed wholly.
    assert!(!text.contains("broken {") && !text.contains("holds_function {"), "{text}");
    assert_eq!(codes(&written), [(2, "E0121"), (3, "E0121"), (6, "E0124")]);
}

#[test]
fn nesting_that_doubles_is_cut() {
    let mut b = Builder::default();
    let mut inner = b.int("int", 4, true);
    for _ in 0..60 {
        inner = b.structure("", 4, &[("a", inner, 0), ("b", inner, 0)]);
    }
    b.structure("bomb", 4, &[("x", inner, 0)]);
    let (_, written) = bounded(&b.parse());
    assert!(!written.is_whole());

    let mut b = Builder::default();
    let mut inner = b.callback(VOID, &[]);
    for _ in 0..60 {
        inner = b.callback(VOID, &[("a", inner), ("b", inner)]);
    }
    b.structure("bomb", 8, &[("x", inner, 0)]);
    let (_, written) = bounded(&b.parse());
    assert_eq!(written.left_out.last().map(|(_, error)| error.code()), Some("E0128"), "{written:?}");
}

#[test]
fn nesting_without_an_end_is_cut() {
    let mut b = Builder::default();
    let mut inner = b.int("int", 4, true);
    for _ in 0..20_000 {
        inner = b.structure("", 4, &[("a", inner, 0)]);
    }
    b.structure("deep", 4, &[("x", inner, 0)]);
    let (_, written) = bounded(&b.parse());
    assert!(codes(&written).iter().any(|(_, code)| *code == "E0123"), "{:?}", written.left_out.first());

    let mut b = Builder::default();
    let mut inner = b.int("int", 4, true);
    for _ in 0..60_000 {
        inner = b.ptr(inner);
    }
    b.structure("stars", 8, &[("x", inner, 0)]);
    let (text, written) = bounded(&b.parse());
    assert!(text.len() < 1000 && !written.is_whole(), "{}", text.len());
}

#[test]
fn large_gaps_and_long_names_are_cut() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    b.structure("hole", u32::MAX - 3, &[("n", int, 0)]);
    b.structure("small", 4, &[("n", int, 0)]);
    let (_, written) = bounded(&b.parse());
    assert_eq!(codes(&written).first(), Some(&(2, "E0128")));

    let mut b = Builder::default();
    let long = "x".repeat(400_000);
    let int = b.int(&long, 4, true);
    let members: Vec<(&str, TypeId, u32)> = (0..40_000).map(|n| ("a", int, n * 32)).collect();
    b.structure("names", 160_000, &members);
    let (_, written) = bounded(&b.parse());
    assert!(!written.is_whole());
}

#[test]
fn many_types_of_one_name() {
    let mut b = Builder::default();
    let int = b.int("int", 4, true);
    for _ in 0..30_000 {
        b.structure("same", 4, &[("n", int, 0)]);
    }
    let (text, written) = bounded(&b.parse());
    assert!(written.is_whole() && text.contains("struct same___30000 {"));
}

#[test]
fn every_bit_flipped() {
    let bytes = every_kind(Endian::Little).bytes();
    let mut printed = 0;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let Ok(btf) = Btf::parse(flipped) else { continue };
            // A flipped size means megabytes of padding; one order will do here.
            let (text, written) = dump::C::new(&btf).kfuncs(true).all_text();
            assert!(text.len() < MOST_TEXT);
            printed += usize::from(written.is_whole());
            for id in 0..=btf.last_id().0 {
                let _ = dump::type_decl(&btf, TypeId(id)).name("x").text();
            }
        }
    }
    assert!(printed > bytes.len(), "most damage is in names and numbers: {printed}");
}
