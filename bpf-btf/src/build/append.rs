//! Types of other BTF, copied: all of them, or one.

use super::parts::{Word, tail_words};
use super::{BuildError, Builder};
use crate::btf::Btf;
use crate::types::{Type, TypeId};

impl Builder {
    /// Adds all types of another blob (of split BTF its own ones, which needs the same base here), in their order, and
    /// returns the id that its first got: all others move by as much. Byte orders may differ.
    ///
    /// # Errors
    /// [`BuildError::Source`], [`BuildError::OtherBase`], [`BuildError::TooLarge`]; nothing was added then.
    #[doc(alias = "btf__add_btf")]
    pub fn append(&mut self, other: &Btf) -> Result<TypeId, BuildError> {
        let (first, theirs) = (self.next_id(), other.first_id());
        if other.base().is_some_and(|base| !self.base.as_ref().is_some_and(|own| same(own, base))) {
            return Err(BuildError::OtherBase);
        }
        let (words, records) = (self.words.len(), self.records.len());
        let moved = |id: TypeId| {
            if id < theirs { Some(id) } else { (id.0 - theirs.0).checked_add(first.0).map(TypeId) }
        };
        for found in other.types() {
            if let Err(error) = self.append_one(&found, moved) {
                self.words.truncate(words);
                self.records.truncate(records);
                return Err(error);
            }
        }
        Ok(first)
    }

    /// Adds a copy of one type, its references changed by `map`, which gives the id here for an id there (and is not
    /// asked for `void`). Where that is `None`, the type cannot be copied.
    ///
    /// # Errors
    /// [`BuildError::Source`], [`BuildError::TooLarge`].
    #[doc(alias = "btf__add_type")]
    pub fn append_one(
        &mut self,
        found: &Type<'_>,
        map: impl Fn(TypeId) -> Option<TypeId>,
    ) -> Result<TypeId, BuildError> {
        let btf = found.btf();
        let mut words = Vec::with_capacity(3 + found.tail.len() / 4);
        words.extend([self.copy_string(btf, found.name)?, found.info]);
        let target = |id: u32| match id {
            0 => Ok(0),
            _ => {
                let missing = crate::TypeError::NoSuchType { id: TypeId(id), last: btf.last_id() };
                map(TypeId(id)).map(|id| id.0).ok_or(BuildError::Source(missing))
            }
        };
        words.push(if found.kind().refers() { target(found.size_or_type)? } else { found.size_or_type });
        let each = tail_words(found.kind()).iter().cycle();
        for (at, word) in (0..found.tail.len()).step_by(4).zip(each) {
            let value = found.word(at);
            words.push(match word {
                Word::Raw => value,
                Word::Name => self.copy_string(btf, value)?,
                Word::Type => target(value)?,
            });
        }
        self.record(&words, true)
    }

    fn copy_string(&mut self, btf: &Btf, offset: u32) -> Result<u32, BuildError> {
        let text = btf.string_bytes(offset).ok_or(crate::TypeError::BadString { offset })?;
        self.string(text)
    }
}

/// Whether ids and strings of the one are those of the other.
fn same(one: &Btf, other: &Btf) -> bool {
    std::ptr::eq(one.bytes(), other.bytes()) || one.bytes() == other.bytes()
}
