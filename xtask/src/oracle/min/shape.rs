//! What a cut BTF holds, in a form that two tools' can be compared in: by names, not by ids.

use std::collections::{BTreeMap, BTreeSet};

use bpf_loader::btf::{Btf, Kind, Type, TypeId, dump, layout};

use crate::oracle::tally::Differs;

/// How deep members without a name nest.
const MAX_NESTING: u32 = 16;

pub(super) struct Shape {
    /// Structs and unions that have members, by kind and name; several may share a name.
    composites: BTreeMap<String, Vec<Holds>>,
    /// Enumerations that have enumerators.
    enums: BTreeMap<String, Vec<Holds>>,
    /// Every type that has a name.
    names: BTreeSet<String>,
    /// What the members that are pointers point to.
    pointees: BTreeSet<String>,
}

/// The bytes of a type, and a line for each member or enumerator.
type Holds = (Option<u32>, BTreeSet<String>);

impl Shape {
    pub(super) fn of(btf: &Btf) -> Self {
        let (mut composites, mut enums, mut names) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let mut pointees = BTreeSet::new();
        for found in btf.types() {
            let name = found.name().unwrap_or_default();
            if name.is_empty() {
                continue;
            }
            let mut lines = BTreeSet::new();
            members(btf, &found, 0, MAX_NESTING, &mut |text, pointee| {
                pointees.extend(pointee.map(|pointee| format!("{name}.{text}: {pointee}")));
                lines.insert(text);
            });
            lines.extend(
                found.enumerators().map(|one| format!("{} = {}", one.name().unwrap_or_default(), one.value)),
            );
            let key = format!("{} {name}", word(&found));
            names.insert(key.clone());
            if !lines.is_empty() {
                let list = if found.kind().is_enum() { &mut enums } else { &mut composites };
                list.entry(key).or_insert_with(Vec::new).push((found.size(), lines));
            }
        }
        Self { composites, enums, names, pointees }
    }

    /// Members, all told.
    pub(super) fn members(&self) -> usize {
        self.composites.values().flatten().map(|(_, lines)| lines.len()).sum()
    }

    /// What another tool keeps for the same relocations and this does not.
    pub(super) fn lacks_of(&self, theirs: &Self) -> Vec<Differs> {
        let lost = theirs.names.difference(&self.names).map(|name| differs("lost type", name.clone()));
        lost.chain(missing("lost member", &theirs.composites, &self.composites)).collect()
    }

    /// What this keeps and another tool does not.
    pub(super) fn has_beyond(&self, theirs: &Self) -> Vec<Differs> {
        let members = missing("extra member", &self.composites, &theirs.composites);
        members.into_iter().chain(missing("extra enumerator", &self.enums, &theirs.enums)).collect()
    }

    /// Whether another tool says less of what members point to.
    pub(super) fn more_pointees(&self, theirs: &Self) -> bool {
        self.pointees.difference(&theirs.pointees).next().is_some()
    }

    /// Whether another tool keeps enumerators that this does not.
    pub(super) fn fewer_enumerators(&self, theirs: &Self) -> bool {
        !missing("enumerators", &theirs.enums, &self.enums).is_empty()
    }
}

/// What of the first is not in the second, under the same name, in one type, of the same size.
fn missing(
    field: &'static str,
    these: &BTreeMap<String, Vec<Holds>>,
    those: &BTreeMap<String, Vec<Holds>>,
) -> Vec<Differs> {
    let mut found = Vec::new();
    for (key, list) in these {
        let others = those.get(key).map_or(&[][..], Vec::as_slice);
        for (size, lines) in list {
            let holds = |(other_size, other): &Holds| other_size == size && lines.is_subset(other);
            if others.iter().any(holds) {
                continue;
            }
            let all: BTreeSet<&String> = others.iter().flat_map(|(_, lines)| lines).collect();
            let lacking: Vec<_> =
                lines.iter().filter(|line| !all.contains(line)).map(String::as_str).collect();
            found.push(differs(field, format!("{key} of {size:?} bytes: {}", lacking.join("; "))));
        }
    }
    found
}

/// A struct that is only declared counts as one without members.
fn word(found: &Type<'_>) -> &'static str {
    match found.kind() {
        Kind::FWD if found.kflag() => Kind::UNION.word(),
        Kind::FWD => Kind::STRUCT.word(),
        kind if kind.is_enum() => Kind::ENUM.word(),
        kind => kind.word(),
    }
}

/// Members by name, place and type, and what they point to; those of members without a name count as the outer one's own.
fn members(
    btf: &Btf,
    found: &Type<'_>,
    base: u32,
    depth: u32,
    take: &mut impl FnMut(String, Option<String>),
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for member in found.members() {
        let (name, at) = (member.name().unwrap_or_default(), base + member.bit_offset);
        let inner = layout::strip_modifiers(btf, member.type_id).ok();
        match inner {
            Some(inner) if name.is_empty() && inner.kind().is_composite() => {
                members(btf, &inner, at, depth, take);
            }
            _ => {
                let width = member.bitfield.map_or_else(String::new, |bits| format!(":{bits}"));
                let pointer = inner.is_some_and(|inner| inner.kind() == Kind::PTR);
                let text = type_text(btf, member.type_id);
                let (kind, pointee) = if pointer { ("a pointer", Some(text)) } else { (text.as_str(), None) };
                take(format!("{name}{width} at {at}: {kind}"), pointee);
            }
        }
    }
}

/// The type by name; of one without a name only the kind, since of its members fewer may be left.
fn type_text(btf: &Btf, id: TypeId) -> String {
    let text = dump::type_name(btf, id);
    text.split('{').next().unwrap_or_default().trim_end().to_owned()
}

fn differs(field: &'static str, how: String) -> Differs {
    Differs { field, how }
}

#[cfg(test)]
mod tests {
    use bpf_loader::btf::Endian;
    use bpf_loader::btf::build::{Builder, Encoding, EnumValues, Field};

    use super::*;

    /// `struct s`, with these members at these bits, and `enum e` with so many enumerators.
    fn shape(members: &[(&str, u32)], enumerators: usize) -> Shape {
        let mut builder = Builder::new(Endian::Little);
        let int = builder.add_int("int", 4, Encoding::Signed).unwrap();
        let inner = [Field::new("inside", int, 0)];
        let anonymous = builder.add_struct("", 4, &inner).unwrap();
        let type_of = |name: &str| if name.is_empty() { anonymous } else { int };
        let fields: Vec<Field<'_>> =
            members.iter().map(|(name, at)| Field::new(name, type_of(name), *at)).collect();
        builder.add_struct("s", 16, &fields).unwrap();
        let values = &[("A", 1), ("B", 2)][..enumerators];
        builder.add_enum("e", 4, EnumValues::Signed(values)).unwrap();
        Shape::of(&Btf::parse(builder.finish().unwrap()).unwrap())
    }

    fn fields(found: &[Differs]) -> Vec<&str> {
        found.iter().map(|one| one.field).collect()
    }

    #[test]
    fn a_member_that_moved_or_went_is_a_difference() {
        let whole = shape(&[("m", 0), ("", 32)], 2);
        assert!(whole.lacks_of(&whole).is_empty() && whole.has_beyond(&whole).is_empty());
        let moved = shape(&[("m", 0), ("", 64)], 2);
        assert_eq!(fields(&whole.lacks_of(&moved)), ["lost member"]);
        assert_eq!(fields(&whole.has_beyond(&moved)), ["extra member"]);
        let fewer = shape(&[("m", 0)], 1);
        assert_eq!(fields(&fewer.lacks_of(&whole)), ["lost member"]);
        assert!(fewer.has_beyond(&whole).is_empty() && fewer.fewer_enumerators(&whole));
        assert_eq!(fields(&whole.has_beyond(&fewer)), ["extra member", "extra enumerator"]);
    }
}
