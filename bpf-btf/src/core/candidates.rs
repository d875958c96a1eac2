//! The kernel's types that an object's type may stand for.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use crate::btf::Btf;
use crate::core::{CoreError, resolve};
use crate::error::TypeError;
use crate::ext::CoreRecord;
use crate::kind::Kind;
use crate::matching::nearest;
use crate::names::essential_name;
use crate::types::TypeId;

/// The types of a kernel that have the essential name of one of the object's, and its kind.
///
/// Found once for a type, used for all relocations that begin at it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Candidates {
    root: TypeId,
    /// Essential name of the root; empty where it has none.
    name: String,
    kind: Kind,
    found: Vec<Candidate>,
    targets: Arc<[Btf]>,
    /// Kept for all relocations of a type that is not there at all.
    nearest: Arc<OnceLock<Option<String>>>,
    /// How many more of all that were looked up together may be searched for: an object can name as many types as it
    /// likes that are not there.
    searches: Arc<AtomicU32>,
}

/// The most missing types of an object whose names are compared with all of the kernel's; each takes milliseconds.
const MOST_SEARCHES: u32 = 64;

/// One of them.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Whose type it is: vmlinux, or a module.
    pub btf: Btf,
    /// Its id there.
    pub id: TypeId,
}

impl Candidates {
    /// Looks in the first target (vmlinux), and in the others (modules) only where that has none.
    ///
    /// A root without a name has no candidates; [`resolve`] refuses it unless the relocation asks for nothing but the
    /// object's own type id.
    ///
    /// # Errors
    /// [`CoreError::Type`] where the object has no such type, or its name is damaged.
    pub fn find(local: &Btf, root: TypeId, targets: &[&Btf]) -> Result<Self, CoreError> {
        match CandidateSet::find(local, [root], targets).by_root.remove(&root) {
            Some(found) => found,
            None => Err(TypeError::NoSuchType { id: root, last: local.last_id() }.into()),
        }
    }

    /// Keeps those that have what a relocation asks for, unless none has. libbpf does so after each relocation: what an
    /// object was found to mean once, it means in all that follows. It makes answers depend on the order of questions,
    /// so it is a step of its own here.
    ///
    /// # Errors
    /// As [`resolve`].
    pub fn narrow(&mut self, local: &Btf, record: &CoreRecord) -> Result<(), CoreError> {
        if self.found.len() > 1 {
            let kept = resolve::matching(local, record, self)?;
            if !kept.is_empty() {
                self.found = kept.into_iter().cloned().collect();
            }
        }
        Ok(())
    }

    /// The object's type that they were looked up for.
    #[must_use]
    pub fn root(&self) -> TypeId {
        self.root
    }

    /// In the order of the targets and of their ids.
    #[must_use]
    pub fn as_slice(&self) -> &[Candidate] {
        &self.found
    }

    /// The name that was looked for, without flavor.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind that was looked for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// A type of that kind in the targets whose name is close; `None` too after many other types that are not there.
    pub(super) fn nearest(&self) -> Option<String> {
        let may = || {
            let less = |left: u32| left.checked_sub(1);
            self.searches.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
        };
        let search = || {
            if !may() {
                return None;
            }
            let names = self
                .targets
                .iter()
                .flat_map(Btf::types)
                .filter(|found| may_stand_for(self.kind, found.kind()))
                .filter_map(|found| found.name().ok());
            nearest(&self.name, names)
        };
        self.nearest.get_or_init(search).clone()
    }

    /// The first type of the name that [`Self::nearest`] finds.
    pub(super) fn nearest_id(&self) -> Option<TypeId> {
        let close = self.nearest()?;
        let accept = |kind| may_stand_for(self.kind, kind);
        self.targets.iter().find_map(|target| target.find_where(&close, accept))
    }

    /// The structs and unions of the name that was looked for.
    pub(super) fn declared_elsewhere(&self) -> Vec<TypeId> {
        let mut found = Vec::new();
        let mut level = self.targets.first();
        while let Some(btf) = level {
            found.extend(btf.find_essential_own(&self.name, Kind::is_composite));
            level = btf.base();
        }
        found
    }
}

/// The candidates of many types of an object, found in one pass over the kernel's types.
#[derive(Clone, Debug, Default)]
pub struct CandidateSet {
    by_root: HashMap<TypeId, Result<Candidates, CoreError>>,
}

impl CandidateSet {
    /// Looks all roots up as [`Candidates::find`] does one: a pass over the first target, and one over each of the others
    /// if there are roots of which the first knows nothing.
    #[must_use]
    pub fn find(local: &Btf, roots: impl IntoIterator<Item = TypeId>, targets: &[&Btf]) -> Self {
        let all: Arc<[Btf]> = targets.iter().map(|btf| (*btf).clone()).collect();
        let searches = Arc::new(AtomicU32::new(MOST_SEARCHES));
        let candidates = |root| {
            let own = local.get(root)?;
            let (name, kind) = (essential_name(own.name()?).to_owned(), own.kind());
            let (targets, searches) = (Arc::clone(&all), Arc::clone(&searches));
            Ok(Candidates { root, name, kind, found: Vec::new(), targets, nearest: Arc::default(), searches })
        };
        let mut by_root: HashMap<_, _> = roots.into_iter().map(|root| (root, candidates(root))).collect();
        if let Some((first, _)) = targets.split_first() {
            let mut open: Vec<_> =
                by_root.values_mut().flatten().filter(|one| !one.name.is_empty()).collect();
            first.levels().for_each(|level| search(level, &mut open));
        }
        let mut set = Self { by_root };
        set.search_modules(targets.get(1..).unwrap_or_default());
        set
    }

    /// The roots that have a name and no candidates yet.
    pub fn missing(&self) -> impl Iterator<Item = TypeId> {
        let missing = |found: &Result<Candidates, _>| {
            found.as_ref().is_ok_and(|one| one.found.is_empty() && !one.name.is_empty())
        };
        self.by_root.iter().filter(move |(_, found)| missing(found)).map(|(root, _)| *root)
    }

    /// Looks in more targets, for those roots only that are [`missing`](Self::missing): so modules need to be opened only
    /// where there are any. A failure suggests names of the targets that were looked at first.
    pub fn search_modules(&mut self, targets: &[&Btf]) {
        let roots: HashSet<TypeId> = self.missing().collect();
        if roots.is_empty() || targets.is_empty() {
            return;
        }
        let open = self.by_root.iter_mut().filter(|(root, _)| roots.contains(root));
        let mut open: Vec<_> = open.filter_map(|(_, found)| found.as_mut().ok()).collect();
        targets.iter().for_each(|module| search(module, &mut open));
    }

    /// Those of one of the roots that were given; `None` for a type that was not.
    ///
    /// # Errors
    /// As [`Candidates::find`].
    #[must_use]
    pub fn get(&self, root: TypeId) -> Option<Result<&Candidates, &CoreError>> {
        self.by_root.get(&root).map(Result::as_ref)
    }
}

/// Adds what this blob itself has for each of those.
fn search(btf: &Btf, open: &mut [&mut Candidates]) {
    let names: Vec<&str> = open.iter().map(|one| one.name.as_str()).collect();
    let mut kinds: Vec<Kind> = Vec::new();
    for one in open.iter() {
        if !kinds.contains(&one.kind) {
            kinds.push(one.kind);
        }
    }
    let accept = |found| kinds.iter().any(|kind| may_stand_for(*kind, found));
    let found = btf.essential_kinds_own(&names, accept);
    for (one, found) in open.iter_mut().zip(found) {
        let fit = found.into_iter().filter(|(_, kind)| may_stand_for(one.kind, *kind));
        one.found.extend(fit.map(|(id, _)| Candidate { btf: btf.clone(), id }));
    }
}

/// Whether a type of one kind in an object may mean one of the other in the kernel.
pub(super) fn may_stand_for(local: Kind, kernel: Kind) -> bool {
    local == kernel || (local.is_enum() && kernel.is_enum())
}
