//! A BTF blob, opened: its strings, its types by id, and its base if it is split.

use std::fmt;
use std::sync::Arc;

use crate::cursor::{Endian, range, u32_at};
use crate::error::{ParseError, TypeError};
use crate::header::Header;
use crate::kind::Kind;
use crate::strings;
use crate::types::{RECORD_HEADER, StrOffset, Type, TypeId};

/// An opened BTF blob. Cheap to clone: clones share the bytes.
///
/// Opening walks the records once, to know where each begins and that it ends inside the blob. What the records refer
/// to (names, other types) is checked when it is followed.
#[derive(Clone)]
pub struct Btf {
    inner: Arc<Inner>,
}

struct Inner {
    data: Box<dyn AsRef<[u8]> + Send + Sync>,
    header: Header,
    /// Start of each record in the type section, the first record's id being `first_id`.
    offsets: Vec<u32>,
    base: Option<Btf>,
    first_id: u32,
    first_string: u32,
}

impl fmt::Debug for Btf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Btf")
            .field("endian", &self.endian())
            .field("first_id", &self.first_id())
            .field("last_id", &self.last_id())
            .finish_non_exhaustive()
    }
}

impl Btf {
    /// Opens a self-contained blob, as in `/sys/kernel/btf/vmlinux` or an object's `.BTF` section.
    ///
    /// # Errors
    /// [`ParseError`], with the offset at which the blob stops making sense.
    pub fn parse(data: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, ParseError> {
        Self::open(Box::new(data), None)
    }

    /// Opens a blob that continues `base`, as kernel modules have: its ids and string offsets go on from there.
    ///
    /// # Errors
    /// [`ParseError`], also where the two are of different byte orders.
    pub fn parse_split(
        data: impl AsRef<[u8]> + Send + Sync + 'static,
        base: &Self,
    ) -> Result<Self, ParseError> {
        Self::open(Box::new(data), Some(base.clone()))
    }

    fn open(data: Box<dyn AsRef<[u8]> + Send + Sync>, base: Option<Self>) -> Result<Self, ParseError> {
        let bytes: &[u8] = (*data).as_ref();
        let header = Header::parse(bytes)?;
        let strings = bytes.get(header.strings.clone()).unwrap_or_default();
        let (first_id, first_string) = match &base {
            None => {
                if strings.first() != Some(&0) || strings.last() != Some(&0) {
                    return Err(ParseError::Strings);
                }
                (1, 0)
            }
            Some(base) => {
                if base.endian() != header.endian {
                    return Err(ParseError::BaseEndian { split: header.endian, base: base.endian() });
                }
                if strings.last().is_some_and(|last| *last != 0) {
                    return Err(ParseError::Strings);
                }
                let id = base.last_id().0.checked_add(1).ok_or(ParseError::TooLarge)?;
                (id, base.strings_end().ok_or(ParseError::TooLarge)?)
            }
        };
        let offsets = walk(bytes.get(header.types.clone()).unwrap_or_default(), header.endian, first_id)?;
        Ok(Self { inner: Arc::new(Inner { data, header, offsets, base, first_id, first_string }) })
    }

    /// The whole blob, as it was given.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        (*self.inner.data).as_ref()
    }

    pub(crate) fn type_bytes(&self) -> &[u8] {
        self.bytes().get(self.inner.header.types.clone()).unwrap_or_default()
    }

    pub(crate) fn string_section(&self) -> &[u8] {
        self.bytes().get(self.inner.header.strings.clone()).unwrap_or_default()
    }

    pub(crate) fn types_start(&self) -> usize {
        self.inner.header.types.start
    }

    pub(crate) fn strings_start(&self) -> usize {
        self.inner.header.strings.start
    }

    /// Where the record of `id` begins, in bytes from the start of the blob; `None` if it is not in this blob itself.
    pub(crate) fn record_start(&self, id: TypeId) -> Option<usize> {
        let index = usize::try_from(id.0.checked_sub(self.inner.first_id)?).ok()?;
        self.types_start().checked_add(usize::try_from(*self.inner.offsets.get(index)?).ok()?)
    }

    fn strings_end(&self) -> Option<u32> {
        self.inner.first_string.checked_add(u32::try_from(self.inner.header.strings.len()).ok()?)
    }

    pub(crate) fn first_string(&self) -> u32 {
        self.inner.first_string
    }

    /// The byte order.
    #[must_use]
    pub fn endian(&self) -> Endian {
        self.inner.header.endian
    }

    /// What a split blob continues.
    #[must_use]
    pub fn base(&self) -> Option<&Self> {
        self.inner.base.as_ref()
    }

    /// The lowest id that this blob itself describes: 1, or in split BTF the one after the base's last.
    #[must_use]
    pub fn first_id(&self) -> TypeId {
        TypeId(self.inner.first_id)
    }

    /// The highest id; one below [`Self::first_id`] where there are no types.
    #[must_use]
    pub fn last_id(&self) -> TypeId {
        // `walk` has checked that the sum fits.
        TypeId(
            (self.inner.first_id - 1)
                .saturating_add(u32::try_from(self.inner.offsets.len()).unwrap_or(u32::MAX)),
        )
    }

    /// The type of that id: from this blob, or from its base.
    ///
    /// # Errors
    /// [`TypeError::NoSuchType`].
    pub fn get(&self, id: TypeId) -> Result<Type<'_>, TypeError> {
        if id == TypeId::VOID {
            return Ok(Type { btf: self, id, name: 0, info: 0, size_or_type: 0, tail: &[] });
        }
        let mut owner = self;
        while id.0 < owner.inner.first_id {
            owner = owner.base().ok_or(TypeError::NoSuchType { id, last: self.last_id() })?;
        }
        // The view keeps the blob that was asked, so that what it refers to is looked up there.
        owner
            .local(id)
            .map(|found| Type { btf: self, ..found })
            .ok_or(TypeError::NoSuchType { id, last: self.last_id() })
    }

    fn local(&self, id: TypeId) -> Option<Type<'_>> {
        let index = usize::try_from(id.0.checked_sub(self.inner.first_id)?).ok()?;
        let at = usize::try_from(*self.inner.offsets.get(index)?).ok()?;
        let record = self.type_bytes().get(at..)?;
        let word = |at| u32_at(record, at, self.endian());
        let mut found =
            Type { btf: self, id, name: word(0)?, info: word(4)?, size_or_type: word(8)?, tail: &[] };
        found.tail = range(record, RECORD_HEADER, tail_len(found.kind(), found.vlen())?)?;
        Some(found)
    }

    /// The types that this blob itself describes, in order of their ids (without those of its base).
    pub fn types(&self) -> impl Iterator<Item = Type<'_>> {
        (self.inner.first_id..=self.last_id().0).filter_map(|id| self.local(TypeId(id)))
    }

    /// The string at that offset.
    ///
    /// # Errors
    /// [`TypeError::BadString`] outside the section, or where it is not UTF-8.
    pub fn string(&self, offset: StrOffset) -> Result<&str, TypeError> {
        self.string_bytes(offset.0)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .ok_or(TypeError::BadString { offset: offset.0 })
    }

    pub(crate) fn string_bytes(&self, offset: u32) -> Option<&[u8]> {
        let mut owner = self;
        while offset < owner.inner.first_string {
            owner = owner.base()?;
        }
        let at = usize::try_from(offset - owner.inner.first_string).ok()?;
        // Offset 0 is the empty name, also where a blob has no strings at all.
        strings::get(owner.string_section(), at).or((offset == 0).then_some(&[]))
    }
}

/// Bytes of what follows a record's header.
fn tail_len(kind: Kind, vlen: u32) -> Option<usize> {
    let shape = kind.shape()?;
    shape.each.checked_mul(usize::try_from(vlen).ok()?)?.checked_add(shape.fixed)
}

/// The start of every record in a type section, each checked to end inside it.
fn walk(types: &[u8], endian: Endian, first_id: u32) -> Result<Vec<u32>, ParseError> {
    // A record has 12 bytes at the least, so this never allocates more than a third of what was given.
    let mut offsets = Vec::with_capacity(types.len() / 24);
    let mut at = 0;
    while at < types.len() {
        let id = u32::try_from(offsets.len())
            .ok()
            .and_then(|n| first_id.checked_add(n))
            .ok_or(ParseError::TooLarge)?;
        let id = TypeId(id);
        let info = u32_at(types, at + 4, endian).unwrap_or(0);
        let (kind, vlen) = (Kind(((info >> 24) & 0x7f) as u8), info & 0x00ff_ffff);
        let cut = ParseError::Truncated { id, at, kind, vlen };
        if types.len() - at < RECORD_HEADER {
            return Err(cut);
        }
        if kind.shape().is_none() {
            return Err(ParseError::UnknownKind { id, at, kind });
        }
        let end = tail_len(kind, vlen).and_then(|tail| at.checked_add(RECORD_HEADER)?.checked_add(tail));
        let Some(end) = end.filter(|end| *end <= types.len()) else {
            return Err(cut);
        };
        offsets.push(u32::try_from(at).map_err(|_| ParseError::TooLarge)?);
        at = end;
    }
    Ok(offsets)
}
