//! Finding types by name: the first ones are compared as they come, then the string section is searched once and string
//! offsets are compared; or the index answers, where there is one.

use crate::btf::Btf;
use crate::kind::Kind;
use crate::records::Walk;
use crate::strings;
use crate::types::{Type, TypeId};

impl Btf {
    /// The first type of that name and kind: of the base, then of the blob itself.
    #[must_use]
    pub fn find(&self, name: &str, kind: Kind) -> Option<TypeId> {
        self.find_where(name, |found| found == kind)
    }

    /// The first type of that name whose kind `accept` takes: of the base, then of the blob itself.
    #[must_use]
    pub fn find_where(&self, name: &str, accept: impl Fn(Kind) -> bool) -> Option<TypeId> {
        match self.base() {
            None => self.first_own(name, accept),
            Some(_) => self.levels().find_map(|level| level.first_own(name, &accept)),
        }
    }

    /// The first type of that name and kind that this blob itself describes, its base left aside.
    #[must_use]
    pub fn find_own(&self, name: &str, kind: Kind) -> Option<TypeId> {
        self.first_own(name, |found| found == kind)
    }

    /// Every type of that name, whatever its kind: those of the base, then those of the blob itself, in order of ids.
    pub fn find_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Type<'a>> {
        let ids = self.levels().flat_map(|level| level.own_matches(name));
        ids.filter_map(|(id, _)| self.get(id).ok())
    }

    fn first_own(&self, name: &str, accept: impl Fn(Kind) -> bool) -> Option<TypeId> {
        if !strings::can_be_name(name.as_bytes()) {
            return None;
        }
        match self.name_index().get() {
            Some(index) => index.first(self, name, accept),
            None => Search::new(self, name).find(|(_, kind)| accept(*kind)).map(|(id, _)| id),
        }
    }

    /// Number and kind of each type of this blob itself that has the name.
    fn own_matches<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (TypeId, Kind)> {
        let name = Some(name).filter(|name| strings::can_be_name(name.as_bytes()));
        let (indexed, walking) = match (name, self.name_index().get()) {
            (Some(name), Some(index)) => (index.all(self, name), None),
            (name, _) => (Vec::new(), name.map(|name| Search::new(self, name))),
        };
        indexed.into_iter().chain(walking.into_iter().flatten())
    }

    /// Whether the name at that offset is this one; `name` is one that [`strings::can_be_name`].
    pub(crate) fn name_at_is(&self, offset: u32, name: &[u8]) -> bool {
        self.string_tail(offset).is_some_and(|rest| strings::is_at(rest, 0, name))
    }
}

/// As many types are compared by their names before the string section is searched: in kernels that are not sorted the
/// types that everybody asks for are among the first, and searching all strings takes longer than this.
const EARLY: u32 = 4096;

/// After so many searches of all of a blob an index of its names is made: they took as long as that does.
const INDEX_AFTER: u32 = 10;

/// Notes that all of a blob was searched for one name; makes the index for those who come after.
fn searched(btf: &Btf) {
    if btf.count_search() >= INDEX_AFTER {
        btf.index_own_names();
    }
}

/// Types of a name as they come.
struct Search<'a> {
    btf: &'a Btf,
    name: &'a str,
    /// Id of the record that comes next.
    next: u32,
    walk: Walk<'a>,
    early: u32,
    names: Option<NameOffsets>,
}

impl<'a> Search<'a> {
    fn new(btf: &'a Btf, name: &'a str) -> Self {
        Self { btf, name, next: btf.first_id().0, walk: btf.walk(), early: EARLY, names: None }
    }

    fn count(&mut self) -> TypeId {
        let id = TypeId(self.next);
        self.next += 1;
        id
    }
}

impl Iterator for Search<'_> {
    type Item = (TypeId, Kind);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(left) = self.early.checked_sub(1) {
            self.early = left;
            let Some(record) = self.walk.next() else {
                searched(self.btf);
                return None;
            };
            let id = self.count();
            if self.btf.name_at_is(record.name, self.name.as_bytes()) {
                return Some((id, record.kind()));
            }
        }
        let names = self.names.get_or_insert_with(|| {
            searched(self.btf);
            NameOffsets::of(self.btf, self.name)
        });
        let (first, others) = names.0.split_first()?;
        loop {
            let record = self.walk.next()?;
            self.next += 1;
            if record.name == *first || (!others.is_empty() && others.binary_search(&record.name).is_ok()) {
                return Some((TypeId(self.next - 1), record.kind()));
            }
        }
    }
}

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
}
