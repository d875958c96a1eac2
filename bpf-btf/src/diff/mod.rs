//! What changed between two BTFs: types that came and went, members that moved, values, prototypes. As data, and as text.
//!
//! Types belong together by name and sort (struct or union, enumeration, typedef, function, variable, number). Whether a
//! member's type changed is asked of its declaration: what has a name is the same if the name is, however it changed inside,
//! since that is a change of its own; what has none is compared as a whole. Names of parameters do not count.

mod members;
mod same;
mod text;
mod values;

use std::collections::{BTreeMap, btree_map::Entry};

use crate::btf::Btf;
use crate::dump::{clean, declaration};
use crate::kind::Kind;
use crate::types::{Type, TypeId};

use same::Comparison;

/// What changed between two BTFs, in the order of names. [`Display`](std::fmt::Display) prints it for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Each type that is not the same.
    pub types: Vec<TypeDiff>,
}

/// A type that is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDiff {
    /// Its name; one that is longer than any real one is cut, here and below.
    pub name: String,
    /// Its kind: the newer one, where it was one before too.
    pub kind: Kind,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The older BTF does not have it. With its size in bytes, or its declaration.
    Added(String),
    /// The newer BTF does not have it.
    Removed(String),
    /// Both have it, not as the same.
    Changed(Vec<Change>),
}

/// A change inside a type. Offsets are in bits from its start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// It is of another kind: a struct became a union, an enumeration has 64 bits now.
    Kind {
        /// Before.
        old: Kind,
        /// Now.
        new: Kind,
    },
    /// Its size in bytes.
    Size {
        /// Before.
        old: u32,
        /// Now.
        new: u32,
    },
    /// A member that is new.
    MemberAdded(Place),
    /// A member that is gone.
    MemberRemoved(Place),
    /// A member that stands elsewhere, or has another type, or both.
    Member {
        /// Before.
        old: Place,
        /// Now.
        new: Place,
        /// Whether its type, or its width as a bitfield, is another.
        retyped: bool,
    },
    /// An enumerator that is new.
    ValueAdded(Value),
    /// An enumerator that is gone.
    ValueRemoved(Value),
    /// An enumerator of another value.
    Value {
        /// Before.
        old: Value,
        /// Now.
        new: Value,
    },
    /// What a typedef, function or variable is declared as, or how a number is read.
    Declaration {
        /// Before.
        old: String,
        /// Now.
        new: String,
    },
}

/// A member in its place. Members of anonymous structs and unions are those of what they stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its declaration in C: `struct list_head tasks`.
    pub declaration: String,
    /// Offset in bits.
    pub bit_offset: u64,
}

/// An enumerator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: i128,
}

impl Diff {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }
}

/// What changed of all types that have names (of split BTF its own). Forward declarations, tags and sections are left out.
#[must_use]
pub fn all(old: &Btf, new: &Btf) -> Diff {
    pairs(old, new, &group(old.types()), &group(new.types()))
}

/// What changed of the types of that name which `accept` takes, wherever in each BTF they are; `None` where neither has any.
#[must_use]
pub fn named(old: &Btf, new: &Btf, name: &str, accept: impl Fn(Kind) -> bool) -> Option<Diff> {
    let found = |btf| {
        let levels = std::iter::successors(Some(btf), |btf: &&Btf| btf.base());
        levels.flat_map(Btf::types).filter(|found| found.name() == Ok(name) && accept(found.kind()))
    };
    let (old_groups, new_groups) = (group(found(old)), group(found(new)));
    (!old_groups.is_empty() || !new_groups.is_empty()).then(|| pairs(old, new, &old_groups, &new_groups))
}

/// Sorts of types that can be meant by one name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Composite,
    Enum,
    Typedef,
    Func,
    Var,
    Number,
}

impl Sort {
    fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::STRUCT | Kind::UNION => Self::Composite,
            Kind::ENUM | Kind::ENUM64 => Self::Enum,
            Kind::TYPEDEF => Self::Typedef,
            Kind::FUNC => Self::Func,
            Kind::VAR => Self::Var,
            Kind::INT | Kind::FLOAT => Self::Number,
            _ => return None,
        })
    }
}

type Groups<'a> = BTreeMap<(&'a str, Sort), Vec<TypeId>>;

fn group<'a>(types: impl Iterator<Item = Type<'a>>) -> Groups<'a> {
    let mut groups = Groups::new();
    for found in types {
        if let (Some(sort), Ok(name)) = (Sort::of(found.kind()), found.name())
            && !name.is_empty()
        {
            groups.entry((name, sort)).or_default().push(found.id());
        }
    }
    groups
}

fn pairs(old: &Btf, new: &Btf, old_groups: &Groups<'_>, new_groups: &Groups<'_>) -> Diff {
    let mut both: BTreeMap<(&str, Sort), [&[TypeId]; 2]> = BTreeMap::new();
    for (key, ids) in old_groups {
        both.insert(*key, [ids, &[]]);
    }
    for (key, ids) in new_groups {
        match both.entry(*key) {
            Entry::Occupied(mut entry) => entry.get_mut()[1] = ids,
            Entry::Vacant(entry) => {
                entry.insert([&[], ids]);
            }
        }
    }
    let mut diff = Diff::default();
    for ((name, _), [olds, news]) in both {
        let (olds, news) = unequal(old, new, olds, news);
        let pairs = olds.len().min(news.len());
        for (a, b) in olds.iter().zip(&news) {
            let fate = Fate::Changed(changes(old, *a, new, *b));
            diff.types.push(TypeDiff { name: clean(Ok(name)).into(), kind: kind(new, *b), fate });
        }
        for a in olds.iter().skip(pairs) {
            let fate = Fate::Removed(summary(old, *a));
            diff.types.push(TypeDiff { name: clean(Ok(name)).into(), kind: kind(old, *a), fate });
        }
        for b in news.iter().skip(pairs) {
            let fate = Fate::Added(summary(new, *b));
            diff.types.push(TypeDiff { name: clean(Ok(name)).into(), kind: kind(new, *b), fate });
        }
    }
    diff
}

/// Types of one name that are compared with all of the other side before they count as changed.
const MOST_OF_A_NAME: usize = 64;

/// Leaves out what both have as the same: several types may have one name.
fn unequal(old: &Btf, new: &Btf, olds: &[TypeId], news: &[TypeId]) -> (Vec<TypeId>, Vec<TypeId>) {
    let mut left: Vec<TypeId> = news.to_vec();
    let mut gone = Vec::new();
    for a in olds {
        let equal = left.iter().take(MOST_OF_A_NAME).position(|b| changes(old, *a, new, *b).is_empty());
        match equal {
            Some(at) => drop(left.remove(at)),
            None => gone.push(*a),
        }
    }
    (gone, left)
}

fn kind(btf: &Btf, id: TypeId) -> Kind {
    btf.get(id).map_or(Kind::VOID, |found| found.kind())
}

/// What to say of a type that is only in one.
fn summary(btf: &Btf, id: TypeId) -> String {
    match btf.get(id) {
        Ok(found) if found.kind().is_composite() || found.kind().is_enum() => {
            Bytes(found.size().unwrap_or(0)).to_string()
        }
        Ok(found) => declared(btf, &found),
        Err(_) => String::new(),
    }
}

/// A size for people.
struct Bytes(u32);

impl std::fmt::Display for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} byte{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

/// A typedef, function, variable or number as it is declared.
fn declared(btf: &Btf, found: &Type<'_>) -> String {
    match (found.kind(), found.int()) {
        (Kind::TYPEDEF, _) => declaration(btf, found.target().unwrap_or_default(), name(found)),
        (Kind::INT, Some(int)) => {
            let mut text = format!("{}, {} bits", Bytes(found.size().unwrap_or(0)), int.bits);
            if int.offset != 0 {
                text.push_str(&format!(" from bit {}", int.offset));
            }
            text.push_str(if int.signed { ", signed" } else { ", unsigned" });
            for (set, word) in [(int.char, ", a character"), (int.bool, ", a truth value")] {
                text.push_str(if set { word } else { "" });
            }
            text
        }
        (Kind::FLOAT, _) => Bytes(found.size().unwrap_or(0)).to_string(),
        _ => declaration(btf, found.id(), ""),
    }
}

fn name<'a>(found: &Type<'a>) -> &'a str {
    found.name().unwrap_or_default()
}

/// What is not the same of two types that belong together.
#[must_use]
pub fn changes(old: &Btf, a: TypeId, new: &Btf, b: TypeId) -> Vec<Change> {
    let mut found = Vec::new();
    let (Ok(before), Ok(now)) = (old.get(a), new.get(b)) else { return found };
    if before.kind() != now.kind() {
        found.push(Change::Kind { old: before.kind(), new: now.kind() });
    }
    let mut comparison = Comparison::new(old, new);
    match (Sort::of(before.kind()), before.size(), now.size()) {
        (Some(Sort::Composite | Sort::Enum), Some(old), Some(new)) if old != new => {
            found.push(Change::Size { old, new });
        }
        _ => {}
    }
    match Sort::of(before.kind()) {
        Some(Sort::Composite) => members::compare(&before, &now, &mut comparison, &mut found),
        Some(Sort::Enum) => values::compare(&before, &now, &mut found),
        Some(_) if !comparison.declared_alike(&before, &now) => {
            found.push(Change::Declaration { old: declared(old, &before), new: declared(new, &now) });
        }
        _ => {}
    }
    found
}
