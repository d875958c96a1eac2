//! Whether two types of two BTFs are declared alike: names end the question, and it ends anyway. Types that go in circles
//! without a name are alike where no difference was found within bounds.

use crate::btf::Btf;
use crate::kind::Kind;
use crate::types::{Type, TypeId};

/// How deep pointers, arrays and anonymous structs nest.
const MOST_DEPTH: u32 = 32;
/// Types that one comparison looks at.
const MOST_TYPES: u32 = 512;

/// Compares types of two BTFs.
pub(super) struct Comparison<'a> {
    old: &'a Btf,
    new: &'a Btf,
    budget: u32,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a Btf, new: &'a Btf) -> Self {
        Self { old, new, budget: MOST_TYPES }
    }

    /// Whether members or parameters of these types are declared alike.
    pub(super) fn alike(&mut self, a: TypeId, b: TypeId) -> bool {
        self.budget = MOST_TYPES;
        self.reference(a, b, 0)
    }

    /// Whether two types that may have names are alike in what they are made of.
    pub(super) fn declared_alike(&mut self, a: &Type<'_>, b: &Type<'_>) -> bool {
        self.budget = MOST_TYPES;
        self.inside(a, b, 0)
    }

    fn reference(&mut self, a: TypeId, b: TypeId, depth: u32) -> bool {
        let Some(left) = self.budget.checked_sub(1).filter(|_| depth <= MOST_DEPTH) else { return true };
        self.budget = left;
        let (Ok(a), Ok(b)) = (self.old.get(a), self.new.get(b)) else { return false };
        let (kinds, names) = ((tag(a.kind()), tag(b.kind())), (a.name(), b.name()));
        if kinds.0 != kinds.1 || names.0 != names.1 || names.0.is_err() {
            return false;
        }
        // A forward declaration stands for what it declares.
        let united = |found: &Type<'_>| match found.kind() {
            Kind::FWD => found.kflag(),
            kind => kind == Kind::UNION,
        };
        if kinds.0 == Kind::STRUCT && united(&a) != united(&b) {
            return false;
        }
        let by_name = kinds.0 == Kind::STRUCT
            || kinds.0 == Kind::ENUM
            || matches!(a.kind(), Kind::TYPEDEF | Kind::FLOAT | Kind::INT);
        if by_name && names.0.is_ok_and(|name| !name.is_empty()) {
            return true;
        }
        self.inside(&a, &b, depth)
    }

    fn inside(&mut self, a: &Type<'_>, b: &Type<'_>, depth: u32) -> bool {
        if a.kind() != b.kind() || a.size() != b.size() || a.int() != b.int() {
            return false;
        }
        if a.linkage() != b.linkage() || a.var_linkage() != b.var_linkage() {
            return false;
        }
        let target = |found: &Type<'_>| found.target().unwrap_or_default();
        if !self.targets(target(a), target(b), depth) {
            return false;
        }
        if let (Some(a), Some(b)) = (a.array(), b.array()) {
            return a.len == b.len && self.reference(a.element, b.element, depth + 1);
        }
        if a.members().len() != b.members().len()
            || a.params().len() != b.params().len()
            || a.enumerators().len() != b.enumerators().len()
        {
            return false;
        }
        a.params().zip(b.params()).all(|(a, b)| self.targets(a.type_id, b.type_id, depth))
            && a.enumerators()
                .zip(b.enumerators())
                .all(|(a, b)| a.name().is_ok() && a.name() == b.name() && a.value == b.value)
            && a.members().zip(b.members()).all(|(a, b)| {
                let places = (a.bit_offset, a.bitfield) == (b.bit_offset, b.bitfield);
                let names = a.name().is_ok() && a.name() == b.name();
                places && names && self.reference(a.type_id, b.type_id, depth + 1)
            })
    }

    fn targets(&mut self, a: TypeId, b: TypeId, depth: u32) -> bool {
        match (a == TypeId::VOID, b == TypeId::VOID) {
            (true, true) => true,
            (false, false) => self.reference(a, b, depth + 1),
            _ => false,
        }
    }
}

/// The kind, those that may stand for each other as one.
fn tag(kind: Kind) -> Kind {
    match kind {
        Kind::UNION | Kind::FWD => Kind::STRUCT,
        Kind::ENUM64 => Kind::ENUM,
        other => other,
    }
}
