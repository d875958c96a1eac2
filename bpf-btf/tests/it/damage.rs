//! Damage everywhere: whatever is cut off or flipped, the answer is a value or an error, soon.

use std::fmt::Write as _;

use bpf_btf::core::{Candidates, RelocKind, describe, needs, resolve};
use bpf_btf::matching::{prototype, struct_ops};
use bpf_btf::minimize::{Keep, minimize};
use bpf_btf::{Btf, BtfExt, CoreRecord, Endian, Kind, StrOffset, TypeId, build, diff, dump, layout};

use crate::ext;
use crate::support::{Builder, every_kind};

/// Asks everything that can be asked. Returns text, so that nothing is optimised away.
fn ask(btf: &Btf, access: &[StrOffset]) -> String {
    let mut out = String::new();
    let mut keep = Keep::new();
    let last = btf.last_id().0.min(64);
    for id in (0..=last + 1).map(TypeId) {
        let _ = writeln!(out, "{} {}", dump::declaration(btf, id, "x"), dump::type_name(btf, id));
        let _ = write!(out, "{:?} {:?}", layout::size_of(btf, id), layout::function_pointer(btf, id));
        let Ok(found) = btf.get(id) else { continue };
        let _ = writeln!(out, "{found:?} {}", dump::raw_line(&found));
        for member in found.members().take(64) {
            let _ = write!(out, "{} {:?}", dump::member(btf, &member), layout::bitfield(btf, &member));
        }
        let _ = write!(out, "{:?}", layout::find_member(btf, id, "bytes"));
        let _ = write!(out, "{:?}", layout::field(btf, id, "hook.x"));
        let _ = write!(out, "{:?}", prototype::compare(btf, id, btf, id));
        let _ = write!(out, "{:?}", struct_ops::compare(btf, id, btf, id));
        let mut patch = build::Patch::new(btf);
        let _ = write!(out, "{:?} {:?}", patch.set_size(id, 1), patch.set_section_var(id, 0, 1, 2));
        let kept = (keep.whole(btf, id), (id.0 % 4 == 0).then(|| keep.path(btf, id, "hook.x")));
        keep.element(id, 1);
        let _ = write!(out, "{kept:?}");
        let Ok(candidates) = Candidates::find(btf, id, &[btf]) else { continue };
        // Every kind with every access takes too long here; over all types and all damage each pair comes up.
        for (n, access) in (id.0..).zip(access) {
            for kind in [n % 14, (n + 7) % 14].map(RelocKind) {
                let record = CoreRecord { offset: 0, type_id: id, access: *access, kind };
                let _ = write!(out, "{} {:?}", describe(btf, &record), resolve(btf, &record, &candidates));
                if kind.0 > 6 {
                    let _ = write!(out, "{:?}", needs(btf, &record, &candidates, &mut keep));
                }
            }
        }
    }
    let (mut lines, mut json) = (Vec::new(), Vec::new());
    let written = (dump::write_raw(btf, &mut lines), dump::write_json(btf, &mut json));
    let clean = build::sanitize(btf, build::Extras::all());
    let mut copy = build::Builder::new(btf.endian());
    let copied = copy.append(btf).and_then(|_| copy.finish()).map(|bytes| bytes.len());
    let _ = write!(out, "{written:?} {} {} {} {copied:?}", lines.len(), json.len(), clean.len());
    let _ = write!(out, "{:?}", Btf::parse(clean).map(|clean| diff::all(btf, &clean).to_string()));
    let cut = minimize(btf, &keep).map(|bytes| Btf::parse(bytes).map(|cut| cut.last_id()));
    let _ = write!(out, "{cut:?} {:?}", btf.find("outer", Kind::STRUCT));
    let _ = write!(out, "{:?} {:?}", struct_ops::all_value_structs(btf), btf.validate());
    let all = |btf: &Btf| btf.find_all("outer").map(|found| found.id()).collect::<Vec<_>>();
    let walked = all(btf);
    btf.index_names();
    assert_eq!(all(btf), walked);
    out
}

/// Opens without looking, and asks; that those who look see the same is asserted.
fn ask_lazily(bytes: &[u8], access: &[StrOffset]) -> bool {
    let parsed = Btf::parse(bytes.to_vec());
    let Ok(btf) = Btf::lazy(bytes.to_vec()) else {
        assert!(parsed.is_err());
        return false;
    };
    // What was found in order of ids is there by id, whatever is asked first.
    let types = btf.types().count();
    let found = btf.find("outer", Kind::STRUCT);
    assert_eq!(btf.check().err(), parsed.as_ref().err().cloned());
    assert_eq!(btf.last_id().0 as usize, types);
    assert_eq!(btf.find_many(&["outer"], |kind| kind == Kind::STRUCT)[0].first().copied(), found);
    // One of both forms is asked all; which one changes from blob to blob.
    match parsed {
        Ok(parsed) if types % 2 == 0 => ask(&parsed, access),
        _ => ask(&btf, access),
    };
    true
}

/// A blob with every kind, and access strings that fit some of it.
fn subject(endian: Endian) -> (Vec<u8>, Vec<StrOffset>) {
    let mut b = every_kind(endian);
    let access = ["0", "1", "0:1:1", "0:0:3", "1:6"].map(|text| StrOffset(b.string(text)));
    (b.bytes(), access.to_vec())
}

#[test]
fn the_whole_answers() {
    let (bytes, access) = subject(Endian::Little);
    let text = ask(&Btf::parse(bytes).unwrap(), &access);
    assert!(text.contains("outer.hook") || text.contains("outer.bytes[3]") || text.contains("outer.name[3]"));
}

#[test]
fn cut_off_anywhere() {
    for endian in [Endian::Little, Endian::Big] {
        let (bytes, access) = subject(endian);
        for len in 0..bytes.len() {
            let cut = bytes[..len].to_vec();
            assert!(Btf::parse(cut.clone()).is_err(), "{len}: the header says how long the rest is");
            // With a header that says what is left.
            if len > 24 {
                let types = u32::from_le_bytes(bytes[12..16].try_into().unwrap());
                let types = if endian == Endian::Big { types.swap_bytes() } else { types };
                let strings = (len as u32 - 24).saturating_sub(types);
                let put = |at: usize, word: u32, cut: &mut Vec<u8>| {
                    let word = if endian == Endian::Big { word.to_be_bytes() } else { word.to_le_bytes() };
                    cut[at..at + 4].copy_from_slice(&word);
                };
                let mut cut = cut;
                put(12, types.min(len as u32 - 24), &mut cut);
                put(16, types.min(len as u32 - 24), &mut cut);
                put(20, strings, &mut cut);
                ask_lazily(&cut, &access);
            }
        }
    }
}

#[test]
fn every_bit_flipped() {
    let (bytes, access) = subject(Endian::Little);
    let mut opened = 0;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            opened += usize::from(ask_lazily(&flipped, &access));
        }
    }
    assert!(opened > bytes.len(), "most damage is inside records: {opened} opened");
}

#[test]
fn every_word_at_its_limits() {
    let (bytes, access) = subject(Endian::Big);
    for at in (0..bytes.len() / 4).map(|at| at * 4) {
        for word in [0, 1, 0x7fff_ffff, 0xffff_fffe, u32::MAX] {
            let mut changed = bytes.clone();
            changed[at..at + 4].copy_from_slice(&word.to_be_bytes());
            ask_lazily(&changed, &access);
        }
    }
}

#[test]
fn ext_damaged_anywhere() {
    let bytes = ext::blob(Endian::Little, 1);
    for len in 0..bytes.len() {
        assert!(BtfExt::parse(&bytes[..len]).is_err());
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let _ = BtfExt::parse(&flipped);
        }
    }
}

/// Blobs that are formed well and mean nonsense, made to cost time: each question must still be answered soon.
#[test]
fn made_to_be_slow() {
    // A struct of many anonymous members, each of the next such struct: 1,000^20 paths.
    let mut b = Builder::default();
    for level in 2..22 {
        let members: Vec<_> = (0..1000).map(|_| ("", TypeId(level), 0)).collect();
        b.structure("deep", 8, &members);
    }
    let int = b.int("int", 4, true);
    // A struct that contains itself, without a name, many times.
    let itself = TypeId(int.0 + 1);
    let members: Vec<_> = (0..1000).map(|_| ("", itself, 0)).collect();
    b.structure("itself", 8, &members);
    // Two structs with many members of one name.
    let members: Vec<_> = (0..20_000).map(|_| ("same", int, 0)).collect();
    b.structure("wide", 4, &members);
    // A prototype whose parameters are itself.
    let next = TypeId(itself.0 + 2);
    let params: Vec<_> = (0..1000).map(|_| ("p", next)).collect();
    b.prototype(next, &params);
    let access = ["0", "0:5", "0:0:0:0:0:0:0:0"].map(|text| StrOffset(b.string(text)));
    ask(&b.parse(), &access);
}

/// Names that share their bytes, and strings that never end, cost no more than reading them.
#[test]
fn strings_made_to_be_slow() {
    let mut b = Builder::default();
    b.structure("x", 0, &[]);
    b.string(&"x___".repeat(1 << 18));
    b.string(&"x".repeat(1 << 18));
    let btf = b.parse();
    assert_eq!(btf.find_essential_own("x", |_| true).len(), 1);
    assert_eq!(btf.find("x", Kind::STRUCT), Some(TypeId(1)));
}
