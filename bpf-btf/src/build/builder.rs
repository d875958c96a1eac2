//! Types added one by one: arguments are checked as they come, references when all is there.

use super::blob::assemble;
use super::check;
use super::parts::info;
use super::strings::Strings;
use super::{BuildError, check::NameRule};
use crate::btf::Btf;
use crate::cursor::Endian;
use crate::kind::Kind;
use crate::types::{StrOffset, TypeId};

/// Elements of a record that every kernel takes.
const VLEN_MOST: u32 = 0xffff;
/// Elements of a record that newer readers take.
const VLEN_WIDE: u32 = 0x00ff_ffff;

/// Builds a blob: one method for each kind of record, each returning the id of what it added.
///
/// Ids count up from 1, or on from the base, so that a type can be referred to before it is added: [`Self::next_id`]
/// tells which it will get. That it was added is checked by [`Self::finish`]. What was added with an error is not there.
///
/// Names are checked by the kernel's rules: identifiers may have dots, an integer may have any name, a data section one
/// that can be printed. Copied types ([`Self::append`]) are taken as they are.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use bpf_btf::build::{Builder, Encoding, Field};
/// use bpf_btf::{Btf, Endian, layout};
///
/// let mut builder = Builder::new(Endian::NATIVE);
/// let int = builder.add_int("int", 4, Encoding::Signed)?;
/// let node = builder.next_id();
/// let next = bpf_btf::TypeId(node.0 + 1);
/// builder.add_struct("node", 16, &[Field::new("next", next, 0), Field::new("value", int, 64)])?;
/// builder.add_ptr(node)?;
///
/// let btf = Btf::parse(builder.finish()?)?;
/// let value = layout::field(&btf, node, "value")?.ok_or("no such member")?;
/// assert_eq!(value.bit_offset, 64);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "btf__new_empty")]
pub struct Builder {
    pub(super) endian: Endian,
    pub(super) base: Option<Btf>,
    pub(super) words: Vec<u32>,
    pub(super) records: Vec<Record>,
    pub(super) strings: Strings,
    pub(super) most: u32,
}

/// Where a record stands in the words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) start: usize,
    /// Whether it was copied from other BTF, which may be cut down or damaged and is not held to our rules.
    pub(super) copied: bool,
}

/// A record that is being added.
pub(super) struct Draft<'a> {
    pub(super) id: TypeId,
    pub(super) kind: Kind,
    pub(super) name: &'a str,
}

impl Draft<'_> {
    pub(super) fn number(&self, part: &'static str, value: impl Into<i128>, why: &'static str) -> BuildError {
        let Self { id, kind, name } = *self;
        BuildError::Number { id, kind, name: name.into(), part, value: value.into(), why }
    }

    pub(super) fn name(&self, part: &'static str, name: &str, rule: NameRule) -> Result<(), BuildError> {
        let wrong = |why| BuildError::Name { id: self.id, kind: self.kind, part, name: name.into(), why };
        rule.check(name).map_err(wrong)
    }
}

impl Builder {
    /// An empty blob of that byte order.
    #[must_use]
    pub fn new(endian: Endian) -> Self {
        Self {
            endian,
            base: None,
            words: Vec::new(),
            records: Vec::new(),
            strings: Strings::new(),
            most: VLEN_MOST,
        }
    }

    /// An empty blob that continues `base`: its ids and strings go on from there, and strings of the base are used.
    #[must_use]
    #[doc(alias = "btf__new_empty_split")]
    pub fn split(base: &Btf) -> Self {
        Self { base: Some(base.clone()), strings: Strings::on(base), ..Self::new(base.endian()) }
    }

    /// Allows records of up to 16777215 elements (else 65535), which older kernels and tools take for damaged.
    #[must_use]
    pub fn wide(self) -> Self {
        Self { most: VLEN_WIDE, ..self }
    }

    /// The id of the first type that is added here.
    #[must_use]
    pub fn first_id(&self) -> TypeId {
        TypeId(self.base.as_ref().map_or(0, |base| base.last_id().0).saturating_add(1))
    }

    /// The id that the type to be added next gets.
    #[must_use]
    pub fn next_id(&self) -> TypeId {
        TypeId(self.first_id().0.saturating_add(u32::try_from(self.records.len()).unwrap_or(u32::MAX)))
    }

    /// Adds a string that no record uses, or finds one that is there: `.BTF.ext` names files and lines by these.
    ///
    /// # Errors
    /// [`BuildError::TooLarge`], or [`BuildError::Name`] for a string with a NUL in it.
    #[doc(alias = "btf__add_str")]
    pub fn add_string(&mut self, text: &str) -> Result<StrOffset, BuildError> {
        self.draft(Kind::VOID, "").name("string", text, NameRule::Any)?;
        self.string(text.as_bytes()).map(StrOffset)
    }

    /// The blob. Whether every type that is referred to is there, and of a kind that belongs there, is checked now.
    ///
    /// # Errors
    /// [`BuildError::Dangling`], [`BuildError::Target`], [`BuildError::Component`], each naming the record.
    pub fn finish(self) -> Result<Vec<u8>, BuildError> {
        check::references(&self)?;
        Ok(assemble(self.endian, &self.words, self.strings.bytes()))
    }

    pub(super) fn draft<'a>(&self, kind: Kind, name: &'a str) -> Draft<'a> {
        Draft { id: self.next_id(), kind, name }
    }

    pub(super) fn vlen(&self, kind: Kind, name: &str, count: usize) -> Result<u32, BuildError> {
        let most = self.most;
        let fits = u32::try_from(count).ok().filter(|count| *count <= most);
        fits.ok_or_else(|| BuildError::TooMany { id: self.next_id(), kind, name: name.into(), count, most })
    }

    /// A record without elements.
    pub(super) fn plain(&mut self, kind: Kind, name: &str, last: u32) -> Result<TypeId, BuildError> {
        self.push(kind, name, info(kind, 0, false), last, |_, _| Ok(()))
    }

    pub(super) fn push(
        &mut self,
        kind: Kind,
        name: &str,
        info: u32,
        last: u32,
        tail: impl FnOnce(&mut Self, &mut Vec<u32>) -> Result<(), BuildError>,
    ) -> Result<TypeId, BuildError> {
        if name.contains('\0') {
            self.draft(kind, name).name("name", name, NameRule::Any)?;
        }
        let mut words = vec![self.string(name.as_bytes())?, info, last];
        tail(self, &mut words)?;
        self.record(&words, false)
    }

    pub(super) fn record(&mut self, words: &[u32], copied: bool) -> Result<TypeId, BuildError> {
        let id = self.next_id();
        let len = self.words.len().checked_add(words.len()).and_then(|len| len.checked_mul(4));
        if id.0 == u32::MAX || len.is_none_or(|len| u32::try_from(len).is_err()) {
            return Err(BuildError::TooLarge { what: "types" });
        }
        self.records.push(Record { start: self.words.len(), copied });
        self.words.extend_from_slice(words);
        Ok(id)
    }

    pub(super) fn string(&mut self, text: &[u8]) -> Result<u32, BuildError> {
        self.strings.add(text).ok_or(BuildError::TooLarge { what: "strings" })
    }
}
