//! What is to be kept: types, with all of their members, some, or none.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::btf::Btf;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::layout::{MAX_MEMBERS, strip_modifiers};
use crate::types::{Type, TypeId};

/// How deep anonymous structs nest.
const MAX_NESTING: u32 = 32;

/// Which types to keep of a blob, and how much of each. Ids are those of that blob.
///
/// What is asked for adds up; nothing is ever taken away again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    marks: BTreeMap<TypeId, Detail>,
}

/// How much of a type is kept. Each contains those above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Kind and name. The least; a struct or union becomes a forward declaration.
    Name,
    /// Its size too; no members, no enumerators.
    Layout,
    /// Some of its members or enumerators, by index.
    Some(BTreeSet<u32>),
    /// All of them.
    All,
}

impl Detail {
    /// Takes in what another asks for; whether that is more than there was.
    pub(super) fn raise(&mut self, other: &Self) -> bool {
        let more = match (&mut *self, other) {
            (Self::All, _) | (_, Self::Name) | (Self::Layout | Self::Some(_), Self::Layout) => return false,
            (Self::Some(known), Self::Some(new)) => {
                let before = known.len();
                known.extend(new);
                return known.len() > before;
            }
            (_, more) => more.clone(),
        };
        *self = more;
        true
    }
}

impl Keep {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Keeps a type without its members or enumerators: kind, name and size. Of a typedef, a pointer or a function this
    /// is all there is, with what it refers to.
    pub fn layout(&mut self, id: TypeId) {
        self.mark(id, &Detail::Layout);
    }

    /// Keeps a type with all of its own members or enumerators, and the layout of the members' types.
    pub fn elements(&mut self, id: TypeId) {
        self.mark(id, &Detail::All);
    }

    /// Keeps one member or enumerator of a type, by its index, and the layout of a member's type.
    pub fn element(&mut self, id: TypeId, index: u32) {
        self.mark(id, &Detail::Some(BTreeSet::from([index])));
    }

    /// Keeps all that a value of this type is made of: its members, those of structs and unions inside it, the elements
    /// of arrays, all enumerators. What pointers point to is kept by name; prototypes of functions are whole.
    ///
    /// # Errors
    /// [`TypeError`] where the types do not hold together.
    pub fn whole(&mut self, btf: &Btf, id: TypeId) -> Result<(), TypeError> {
        let mut seen = HashSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if id == TypeId::VOID || !seen.insert(id) {
                continue;
            }
            self.elements(id);
            let found = btf.get(id)?;
            match found.kind() {
                Kind::STRUCT | Kind::UNION => open.extend(found.members().map(|member| member.type_id)),
                Kind::ARRAY => open.extend(found.array().map(|array| array.element)),
                Kind::VAR => open.extend(found.target()),
                kind if kind.is_modifier() => open.extend(found.target()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Keeps the member of that name, found as C does: also inside anonymous members, which are then kept with it
    /// alone. Answers whether there is one.
    ///
    /// # Errors
    /// [`TypeError`] where `composite` is no struct or union behind its modifiers, or does not hold together.
    pub fn member(&mut self, btf: &Btf, composite: TypeId, name: &str) -> Result<bool, TypeError> {
        self.member_type(btf, composite, name).map(|found| found.is_some())
    }

    /// Keeps a member and those on the way to it: `se.avg.load_avg`. Answers whether all are there.
    ///
    /// # Errors
    /// As [`Self::member`].
    pub fn path(&mut self, btf: &Btf, composite: TypeId, path: &str) -> Result<bool, TypeError> {
        let mut at = composite;
        for name in path.split('.') {
            match self.member_type(btf, at, name)? {
                Some(next) => at = next,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Keeps all that another keeps of the same blob.
    pub fn extend(&mut self, other: &Self) {
        for (id, detail) in &other.marks {
            self.mark(*id, detail);
        }
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = (TypeId, &Detail)> {
        self.marks.iter().map(|(id, detail)| (*id, detail))
    }

    /// As [`Self::member`]; answers the member's type.
    pub(crate) fn member_type(
        &mut self,
        btf: &Btf,
        composite: TypeId,
        name: &str,
    ) -> Result<Option<TypeId>, TypeError> {
        let found = strip_modifiers(btf, composite)?;
        if !found.kind().is_composite() {
            return Err(TypeError::WrongKind { id: found.id(), wanted: Kind::STRUCT, found: found.kind() });
        }
        self.layout(composite);
        self.find(btf, found, name, MAX_NESTING, &mut { MAX_MEMBERS })
    }

    fn mark(&mut self, id: TypeId, detail: &Detail) {
        self.marks.entry(id).or_insert(Detail::Name).raise(detail);
    }

    /// Marks the member of that name and the anonymous ones around it; answers its type.
    fn find(
        &mut self,
        btf: &Btf,
        composite: Type<'_>,
        name: &str,
        depth: u32,
        budget: &mut u32,
    ) -> Result<Option<TypeId>, TypeError> {
        let id = composite.id();
        let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id, limit: MAX_NESTING })?;
        for member in composite.members() {
            *budget = budget.checked_sub(1).ok_or(TypeError::TooLarge { id, limit: MAX_MEMBERS })?;
            let found = if member.name_is(name) && !name.is_empty() {
                Some(member.type_id)
            } else if member.is_anonymous() {
                let inner = strip_modifiers(btf, member.type_id)?;
                if inner.kind().is_composite() { self.find(btf, inner, name, depth, budget)? } else { None }
            } else {
                None
            };
            if found.is_some() {
                self.element(id, member.index);
                return Ok(found);
            }
        }
        Ok(None)
    }
}
