//! What each fuzz target does with its input. The targets in `fuzz/` include this file, and so does a plain test that
//! runs it on seeds and fixed mutations of them: what is checked is the same.
//!
//! A target does not only look for panics. What was taken must hold: the same answer twice, and an answer to every
//! question that the API allows.

use bpf_btf::{Btf, BtfExt, Kind, TypeId, dump, layout, minimize};
use bpf_elf::ObjectFile;
use bpf_loader::object::OpenOptions;
use bpf_loader::{Diagnostic, Kernel};

/// A target: its name, and what it does.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// All of them; `fuzz/Cargo.toml` has a program for each.
pub(crate) const TARGETS: &[Target] = &[
    ("btf", btf),
    ("btf_split", btf_split),
    ("btf_ext", btf_ext),
    ("object", object),
    ("plan", plan),
    ("saved_kernel", saved_kernel),
];

/// Runs the target of that name.
#[allow(dead_code, reason = "each of the programs that include this calls one")]
pub(crate) fn run(name: &str, data: &[u8]) {
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    found.unwrap_or_else(|| panic!("no target {name}")).1(data);
}

/// Types that are looked at closely in one input: what is quadratic in the worst case must not be a time-out.
const CLOSELY: usize = 200;

fn btf(data: &[u8]) {
    if let Ok(btf) = Btf::parse(data.to_vec()) {
        types(&btf);
        cut(&btf);
        definitions(&btf);
    }
}

/// Everything that can be asked of types.
fn types(btf: &Btf) {
    let mut ids = Vec::new();
    for found in btf.types() {
        assert_eq!(btf.get(found.id()).map(|again| again.kind()), Ok(found.kind()));
        ids.push(found.id());
    }
    assert!(ids.windows(2).all(|pair| matches!(pair, [a, b] if a.0 + 1 == b.0)), "ids are not in a row");
    assert!(btf.get(TypeId(btf.last_id().0.wrapping_add(1))).is_err() || btf.last_id().0 == u32::MAX);
    for id in ids.into_iter().take(CLOSELY) {
        let Ok(found) = btf.get(id) else { continue };
        let _ = (layout::size_of(btf, id), layout::strip_modifiers(btf, id).map(|inner| inner.id()));
        let text = dump::declaration(btf, id, "it");
        assert!(!text.is_empty() && text.len() < 1 << 16);
        let _ = dump::raw_line(&found);
        let Ok(name) = found.name() else { continue };
        if name.is_empty() {
            continue;
        }
        // The first of that name and kind has a lower id, or is this one.
        let first = btf.find(name, found.kind());
        assert!(first.is_some_and(|first| first <= id), "{name} is not found");
        if found.kind().is_composite() {
            for member in found.members().take(CLOSELY) {
                let _ = layout::bitfield(btf, &member);
                let Ok(name) = member.name() else { continue };
                let _ = layout::find_member(btf, id, name);
            }
        }
    }
}

/// All of it in C: damage is left out, and told.
fn definitions(btf: &Btf) {
    let mut text = Vec::new();
    let printer = dump::C::new(btf).kfuncs(true).order(dump::Order::Names);
    let written = printer.write_all(&mut text).expect("memory takes it all");
    assert_eq!(written.bytes, text.len() as u64);
    assert!(written.left_out.len() <= btf.last_id().0 as usize);
}

/// What is cut out of types holds together, and keeps its shape.
fn cut(btf: &Btf) {
    let structs = btf.types().filter(|found| found.kind() == Kind::STRUCT);
    let Some(id) = structs.map(|found| found.id()).take(CLOSELY).last() else { return };
    let mut keep = minimize::Keep::new();
    keep.layout(id);
    if keep.whole(btf, id).is_err() {
        return;
    }
    if let Ok(bytes) = minimize::minimize(btf, &keep) {
        let small = Btf::parse(bytes).expect("what we write is well formed");
        assert!(small.last_id() <= btf.last_id());
        types(&small);
    }
}

/// Two parts: a length in four bytes, so much for the first, the rest for the second.
pub(crate) fn halves(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

/// The opposite.
#[allow(dead_code, reason = "the programs that include this only read")]
pub(crate) fn joined(first: &[u8], second: &[u8]) -> Vec<u8> {
    let length = u32::try_from(first.len()).expect("seeds are small");
    [&length.to_le_bytes(), first, second].concat()
}

fn btf_split(data: &[u8]) {
    let Some((base, split)) = halves(data) else { return };
    let Ok(base) = Btf::parse(base.to_vec()) else { return };
    if let Ok(split) = Btf::parse_split(split.to_vec(), &base) {
        assert!(split.first_id() > base.last_id());
        assert!(split.base().is_some());
        types(&split);
    }
}

fn btf_ext(data: &[u8]) {
    let taken = BtfExt::parse(data);
    assert_eq!(taken.is_ok(), BtfExt::parse(data).is_ok());
}

fn object(data: &[u8]) {
    let Ok(file) = ObjectFile::parse(data) else { return };
    let dump = file.dump();
    assert_eq!(dump, ObjectFile::parse(data).expect("taken before").dump(), "twice, and not the same");
    for function in file.functions().iter().take(CLOSELY) {
        assert!(file.function(function.id).is_some_and(|again| again.name == function.name));
    }
    for map in file.maps() {
        assert!(file.map(map.id).is_some());
        for global in file.globals_of(map.id).iter().take(CLOSELY) {
            assert_eq!(global.map, map.id);
        }
    }
}

/// An object, then the BTF of the kernel that it is planned for.
fn plan(data: &[u8]) {
    let Some((object, kernel)) = halves(data) else { return };
    let Ok(btf) = Btf::parse(kernel.to_vec()) else { return };
    let Ok(object) = OpenOptions::new().name("fuzz").parse(object) else { return };
    let kernel = Kernel::builder().btf(btf).build();
    match (object.plan(&kernel), object.plan(&kernel)) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first.to_string(), second.to_string(), "twice, and not the same");
            let _ = first.to_json();
            first.notices().iter().for_each(explained);
        }
        (Err(first), Err(second)) => {
            assert_eq!(first.to_string(), second.to_string(), "twice, and not the same");
            explained(&first);
        }
        _ => panic!("once planned and once refused"),
    }
}

fn explained(told: &impl Diagnostic) {
    assert!(told.code().starts_with('E') && !told.to_string().is_empty());
    let _ = (told.labels(), told.help());
}

fn saved_kernel(data: &[u8]) {
    let Ok(kernel) = Kernel::from_saved(data) else { return };
    let Ok(saved) = kernel.save() else { return };
    let again = Kernel::from_saved(&saved).expect("what we write can be read");
    assert_eq!(again.machine(), kernel.machine());
    assert_eq!(again.save().ok(), Some(saved), "saved twice, and not the same");
}
