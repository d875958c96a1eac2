//! A BTF blob, opened: its strings, its types by id, and its base if it is split.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use crate::cursor::{Endian, range};
use crate::error::{ParseError, TypeError};
use crate::header::{self, Header};
use crate::kind::{Kind, SHAPES, Shapes};
use crate::name_index::NameIndex;
use crate::records::{RECORD_HEADER, Record, Records, Walk};
use crate::strings;
use crate::types::{StrOffset, Type, TypeId};

/// An opened BTF blob. Cheap to clone: clones share the bytes, and what was learned of them.
///
/// What is inside a blob is checked in three steps; a caller chooses how many.
///
/// | | is certain | cost |
/// |---|---|---|
/// | [`lazy`](Self::lazy) | there are a header and sections, and every string ends | none to speak of |
/// | [`parse`](Self::parse), [`check`](Self::check) | every record ends inside its section, so every id is known | one walk over the types |
/// | [`validate`](Self::validate) | every type and every name that a record refers to is there | one look at every word |
///
/// Nothing rests on these steps but what errors say and when: every question has an answer or an error in every blob.
/// Of a blob that is damaged in the middle, the types before the damage are there, and none after it: iterators end,
/// look-ups find nothing and ids do not exist, while [`check`](Self::check) says where and why.
#[derive(Clone)]
pub struct Btf {
    inner: Arc<Inner>,
}

struct Inner {
    data: Box<dyn AsRef<[u8]> + Send + Sync>,
    header: Header,
    /// Where the blob describes its kinds itself, and may have some that are not known here.
    shapes: Option<Box<Shapes>>,
    base: Option<Btf>,
    first_id: u32,
    first_string: u32,
    records: OnceLock<Records>,
    names: OnceLock<NameIndex>,
    /// How often all of it was searched for one name.
    searched: AtomicU32,
}

impl fmt::Debug for Btf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Btf")
            .field("endian", &self.endian())
            .field("first_id", &self.first_id())
            .field("bytes", &self.bytes().len())
            .finish_non_exhaustive()
    }
}

impl Btf {
    /// Opens a self-contained blob, as in `/sys/kernel/btf/vmlinux` or an object's `.BTF` section, and looks where its
    /// records begin and end.
    ///
    /// # Errors
    /// [`ParseError`], with the offset at which the blob stops making sense.
    pub fn parse(data: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, ParseError> {
        Self::lazy(data)?.checked()
    }

    /// Opens a blob that continues `base`, as kernel modules have: its ids and string offsets go on from there.
    ///
    /// # Errors
    /// [`ParseError`], also where the two are of different byte orders.
    pub fn parse_split(
        data: impl AsRef<[u8]> + Send + Sync + 'static,
        base: &Self,
    ) -> Result<Self, ParseError> {
        Self::lazy_split(data, base)?.checked()
    }

    /// Opens a self-contained blob and looks at nothing but its header and the ends of its strings. For blobs that are
    /// large and known to be good, such as the running kernel's.
    ///
    /// # Errors
    /// [`ParseError`] where these are damaged. Damage to the records is what [`Self::check`] finds.
    pub fn lazy(data: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, ParseError> {
        Self::open(Box::new(data), None)
    }

    /// As [`Self::lazy`], for a blob that continues `base`. The base is looked through, since ids go on from its last.
    ///
    /// # Errors
    /// As [`Self::lazy`]; and [`ParseError::BaseEndian`] and [`ParseError::Base`] where the base does not fit, or is
    /// damaged.
    pub fn lazy_split(
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
                base.check().map_err(|error| ParseError::Base(Box::new(error)))?;
                let id = base.last_id().0.checked_add(1).ok_or(ParseError::TooLarge)?;
                (id, base.strings_end().ok_or(ParseError::TooLarge)?)
            }
        };
        let layout = header.layout.clone().and_then(|layout| bytes.get(layout));
        let shapes = layout.map(header::shapes);
        let (records, names, searched) = (OnceLock::new(), OnceLock::new(), AtomicU32::new(0));
        let inner = Inner { data, header, shapes, base, first_id, first_string, records, names, searched };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn checked(self) -> Result<Self, ParseError> {
        self.check().map(|()| self)
    }

    /// Whether every record ends inside its section. The answer is kept.
    ///
    /// # Errors
    /// [`ParseError::Truncated`] or [`ParseError::UnknownKind`]: the first record that does not.
    pub fn check(&self) -> Result<(), ParseError> {
        self.records().damage().cloned().map_or(Ok(()), Err)
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

    fn shapes(&self) -> &Shapes {
        let mut level = Some(self);
        while let Some(owner) = level {
            if let Some(shapes) = &owner.inner.shapes {
                return shapes;
            }
            level = owner.base();
        }
        &SHAPES
    }

    /// The records of this blob itself, from the first.
    pub(crate) fn walk(&self) -> Walk<'_> {
        Walk { types: self.type_bytes(), at: 0, endian: self.endian(), shapes: self.shapes() }
    }

    fn records(&self) -> &Records {
        self.inner.records.get_or_init(|| Records::read(self.walk(), self.inner.first_id))
    }

    /// Goes through all records and shows each with its id. What is learned on the way of where they are is kept.
    #[inline]
    pub(crate) fn each_record(&self, mut show: impl FnMut(&Record, u32)) {
        let first = self.inner.first_id;
        if self.inner.records.get().is_some() {
            self.walk().zip(first..u32::MAX).for_each(|(record, id)| show(&record, id));
        } else {
            let records = Records::read_with(self.walk(), first, show);
            // Another thread may have been here first, and found the same.
            let _ = self.inner.records.set(records);
        }
    }

    /// Where the record of `id` begins, in bytes from the start of the blob; `None` if it is not in this blob itself.
    pub(crate) fn record_start(&self, id: TypeId) -> Option<usize> {
        self.types_start().checked_add(self.record(id)?.at)
    }

    fn record(&self, id: TypeId) -> Option<Record> {
        self.records().get(id.0.checked_sub(self.inner.first_id)?, self.walk())
    }

    pub(crate) fn strings_end(&self) -> Option<u32> {
        self.inner.first_string.checked_add(u32::try_from(self.inner.header.strings.len()).ok()?)
    }

    pub(crate) fn first_string(&self) -> u32 {
        self.inner.first_string
    }

    pub(crate) fn name_index(&self) -> &OnceLock<NameIndex> {
        &self.inner.names
    }

    /// Counts a search of all of it, and says how many there were. Of those at the same time some may not be counted,
    /// which does not matter.
    pub(crate) fn count_search(&self) -> u32 {
        let searched = self.inner.searched.load(Ordering::Relaxed).saturating_add(1);
        self.inner.searched.store(searched, Ordering::Relaxed);
        searched
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

    /// This blob after all that it continues: the outermost base first.
    pub(crate) fn levels(&self) -> impl Iterator<Item = &Self> {
        let mut levels = vec![self];
        while let Some(base) = levels.last().and_then(|level| level.base()) {
            levels.push(base);
        }
        levels.into_iter().rev()
    }

    /// The lowest id that this blob itself describes: 1, or in split BTF the one after the base's last.
    #[must_use]
    pub fn first_id(&self) -> TypeId {
        TypeId(self.inner.first_id)
    }

    /// The highest id; one below [`Self::first_id`] where there are no types.
    #[must_use]
    pub fn last_id(&self) -> TypeId {
        // What was counted has ids that fit.
        TypeId((self.inner.first_id - 1).saturating_add(self.records().count()))
    }

    /// The kind with the highest number among the types that this blob itself describes; [`Kind::VOID`] where there are
    /// none. Kinds are numbered in the order in which they came, and a kernel checks its own BTF when it starts: it knows
    /// this kind and all below it. One walk over the types, unless they were walked over before.
    #[must_use]
    pub fn newest_kind(&self) -> Kind {
        self.records().newest_kind()
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
            .record(id)
            .and_then(|record| self.view(owner.type_bytes(), id, record))
            .ok_or(TypeError::NoSuchType { id, last: self.last_id() })
    }

    fn view<'a>(&'a self, types: &'a [u8], id: TypeId, record: Record) -> Option<Type<'a>> {
        let Record { at, end, name, info, size_or_type } = record;
        let tail = range(types, at, end.checked_sub(at)?)?.get(RECORD_HEADER..)?;
        Some(Type { btf: self, id, name, info, size_or_type, tail })
    }

    /// The types that this blob itself describes, in order of their ids (without those of its base): up to the first
    /// that is damaged, see [`Self::check`].
    pub fn types(&self) -> impl Iterator<Item = Type<'_>> {
        let walk = self.walk();
        let types = walk.types;
        // The range ends before ids could wrap around.
        (self.inner.first_id..u32::MAX)
            .map(TypeId)
            .zip(walk)
            .filter_map(move |(id, record)| self.view(types, id, record))
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
        let found = self.string_tail(offset).and_then(|rest| strings::get(rest, 0));
        // Offset 0 is the empty name, also where a blob has no strings at all.
        found.or((offset == 0).then_some(&[]))
    }

    /// The string section from that offset on.
    pub(crate) fn string_tail(&self, offset: u32) -> Option<&[u8]> {
        let mut owner = self;
        while offset < owner.inner.first_string {
            owner = owner.base()?;
        }
        owner.string_section().get(usize::try_from(offset - owner.inner.first_string).ok()?..)
    }
}
