//! Everything that can be asked of a BTF, as text; and what must be so in any.

use std::fmt::Write as _;

use bpf_btf::matching::prototype::{self, Difference};
use bpf_btf::matching::struct_ops;
use bpf_btf::minimize::{Keep, minimize};
use bpf_btf::{Btf, Kind, Type, TypeId, dump, layout};

/// The most types that are looked at, and members of each: time is bounded, whatever the input.
const MOST_TYPES: u32 = 160;
const MOST_MEMBERS: usize = 40;
/// The most types that are kept for cutting.
const MOST_KEPT: usize = 24;

/// The ids that are looked at: the first ones, one that is not there, and the last ones.
pub(crate) fn ids(btf: &Btf) -> impl Iterator<Item = TypeId> + use<> {
    let end = btf.last_id().0.saturating_add(2);
    let first = end.min(MOST_TYPES);
    (0..first).chain(end.saturating_sub(16).max(first)..end).map(TypeId)
}

/// All answers, as text.
pub(crate) fn text(btf: &Btf) -> String {
    let mut out = String::new();
    for id in ids(btf) {
        let _ = writeln!(out, "{} {}", dump::declaration(btf, id, "x"), dump::type_name(btf, id));
        let _ = write!(out, "{:?} {:?}", layout::size_of(btf, id), layout::function_pointer(btf, id));
        let Ok(found) = btf.get(id) else { continue };
        let _ = write!(out, "{:?} {}", found.name(), dump::raw_line(&found));
        for member in found.members().take(MOST_MEMBERS) {
            let _ = write!(out, "{} {:?}", dump::member(btf, &member), layout::bitfield(btf, &member));
        }
        let _ = write!(out, "{:?}", found.enumerators().take(MOST_MEMBERS).collect::<Vec<_>>());
        let _ = write!(out, "{:?}", found.section_vars().take(MOST_MEMBERS).collect::<Vec<_>>());
        let _ = writeln!(out, "{:?}", struct_ops::compare(btf, id, btf, id).map(|members| members.len()));
    }
    let _ = write!(out, "{:?}", struct_ops::all_value_structs(btf));
    out
}

/// What must be so of each type.
pub(crate) fn types(btf: &Btf) {
    for id in ids(btf) {
        let Ok(found) = btf.get(id) else { continue };
        assert_eq!(found.id(), id);
        named(btf, &found);
        members(btf, &found);
        if found.kind() == Kind::FUNC_PROTO {
            agrees_with_itself(btf, id);
        }
    }
}

/// A prototype agrees with itself, unless something in it cannot be passed at all.
fn agrees_with_itself(btf: &Btf, id: TypeId) {
    match prototype::compare(btf, id, btf, id) {
        Ok(Some(Difference::Return(types) | Difference::Parameter { types, .. })) => {
            assert_eq!(types.local, types.kernel, "prototype {id}");
        }
        Ok(Some(difference)) => panic!("prototype {id}: {difference}"),
        Ok(None) | Err(_) => {}
    }
}

/// A type is found by its name, or one before it that has the same.
fn named(btf: &Btf, found: &Type<'_>) {
    let Ok(name) = found.name() else { return };
    if name.is_empty() || found.id() == TypeId::VOID {
        return;
    }
    // A damaged base may take a name from the strings of the split: only seen from there has the type that name.
    let is_own = |base: &Btf| base.get(found.id()).is_ok_and(|own| own.name() == Ok(name));
    if found.id() < btf.first_id() && !btf.base().is_some_and(is_own) {
        return;
    }
    let first = btf.find(name, found.kind()).expect("a name that is there is found");
    let other = btf.get(first).expect("what is found exists");
    assert!(first <= found.id() && other.kind() == found.kind() && other.name() == Ok(name), "{name}");
}

/// A member is found by its name, or another of the same name that comes before it.
fn members(btf: &Btf, found: &Type<'_>) {
    for member in found.members().take(MOST_MEMBERS) {
        let Ok(name) = member.name() else { continue };
        if name.is_empty() {
            continue;
        }
        if let Ok(field) = layout::find_member(btf, found.id(), name) {
            let field = field.expect("a member that is there is found");
            assert_eq!(field.member.name(), Ok(name));
            assert!(field.inside != found.id() || field.member.index <= member.index);
        }
    }
}

/// Cut down to some of its types, they are the same as before.
pub(crate) fn cut(btf: &Btf) {
    let mut keep = Keep::new();
    let mut kept = Vec::new();
    for id in ids(btf) {
        let Ok(found) = btf.get(id) else { continue };
        let Ok(name) = found.name() else { continue };
        let first = !name.is_empty() && btf.find(name, found.kind()) == Some(id);
        if !found.kind().is_composite() || !first || kept.len() >= MOST_KEPT {
            continue;
        }
        let mut whole = Keep::new();
        // One that does not hold together is not asked for.
        if whole.whole(btf, id).is_ok() && minimize(btf, &whole).is_ok() {
            keep.extend(&whole);
            kept.push(found);
        }
    }
    let bytes = minimize(btf, &keep).expect("what can be cut alone can be cut together");
    assert_eq!(minimize(btf, &keep).as_ref(), Ok(&bytes), "equal inputs give equal bytes");
    let cut = Btf::parse(bytes).expect("what was written can be read");
    for found in kept {
        let name = found.name().expect("it was asked before");
        let id = cut.find(name, found.kind()).unwrap_or_else(|| panic!("{name} is kept"));
        let other = cut.get(id).expect("what is found exists");
        assert_eq!(other.size(), found.size(), "{name}");
        assert_eq!(layout::size_of(&cut, id).ok(), layout::size_of(btf, found.id()).ok(), "{name}");
        assert_eq!(member_lines(&cut, &other), member_lines(btf, &found), "{name}");
    }
}

fn member_lines(btf: &Btf, found: &Type<'_>) -> Vec<String> {
    let line = |member: bpf_btf::Member<'_>| {
        format!(
            "{} at {} of {:?}",
            dump::member(btf, &member),
            member.bit_offset,
            layout::bitfield(btf, &member).map_err(drop)
        )
    };
    found.members().take(MOST_MEMBERS).map(|member| without_ids(&line(member))).collect()
}

/// Numbers in brackets are ids of types, which cutting changes.
pub(crate) fn without_ids(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive('[') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        out += if part[digits..].starts_with(']') { &part[digits..] } else { part };
    }
    out
}
