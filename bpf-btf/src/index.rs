//! Finding types by name: the string section is searched once, then string offsets are compared.

use crate::btf::Btf;
use crate::kind::Kind;
use crate::strings;
use crate::types::{Type, TypeId};

/// The string offsets that read as one name, sorted.
struct NameOffsets(Vec<u32>);

impl NameOffsets {
    fn of(btf: &Btf, name: &str) -> Self {
        let mut offsets = Vec::new();
        let mut level = Some(btf);
        while let Some(owner) = level {
            let first = owner.first_string();
            let found = strings::offsets_of(owner.string_section(), name);
            offsets.extend(found.filter_map(|at| first.checked_add(u32::try_from(at).ok()?)));
            level = owner.base();
        }
        offsets.sort_unstable();
        Self(offsets)
    }

    /// Those of a name and of all its flavors.
    fn flavors(btf: &Btf, name: &str) -> Self {
        let mut offsets = Vec::new();
        let mut level = Some(btf);
        while let Some(owner) = level {
            let first = owner.first_string();
            let found = strings::flavors_of(owner.string_section(), name);
            offsets.extend(found.into_iter().filter_map(|at| first.checked_add(u32::try_from(at).ok()?)));
            level = owner.base();
        }
        offsets.sort_unstable();
        Self(offsets)
    }

    fn contains(&self, offset: u32) -> bool {
        match self.0.as_slice() {
            [] => false,
            [one] => *one == offset,
            many => many.binary_search(&offset).is_ok(),
        }
    }
}

impl Btf {
    /// The first type of that name and kind: of the base, then of the blob itself.
    #[must_use]
    pub fn find(&self, name: &str, kind: Kind) -> Option<TypeId> {
        self.find_where(name, |found| found == kind)
    }

    /// The first type of that name whose kind `accept` takes: of the base, then of the blob itself.
    #[must_use]
    pub fn find_where(&self, name: &str, accept: impl Fn(Kind) -> bool) -> Option<TypeId> {
        let names = NameOffsets::of(self, name);
        if names.0.is_empty() || name.is_empty() {
            return None;
        }
        let mut levels = vec![self];
        while let Some(base) = levels.last().and_then(|level| level.base()) {
            levels.push(base);
        }
        levels
            .into_iter()
            .rev()
            .flat_map(Btf::types)
            .find(|found| names.contains(found.name) && accept(found.kind()))
            .map(|found| found.id())
    }

    /// The first type of that name and kind that this blob itself describes, its base left aside.
    #[must_use]
    pub fn find_own(&self, name: &str, kind: Kind) -> Option<TypeId> {
        let names = NameOffsets::of(self, name);
        if names.0.is_empty() || name.is_empty() {
            return None;
        }
        self.types().find(|found| names.contains(found.name) && found.kind() == kind).map(|found| found.id())
    }

    /// Every type that this blob itself describes (its base left aside) whose [essential name](crate::essential_name)
    /// is `name` and whose kind `accept` takes, in order of ids. One pass over strings and types.
    #[must_use]
    pub fn find_essential_own(&self, name: &str, accept: impl Fn(Kind) -> bool) -> Vec<TypeId> {
        let names = NameOffsets::flavors(self, name);
        if names.0.is_empty() {
            return Vec::new();
        }
        let wanted = |found: &Type<'_>| names.contains(found.name) && accept(found.kind());
        self.types().filter(wanted).map(|found| found.id()).collect()
    }
}
