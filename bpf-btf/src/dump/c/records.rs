//! The records of a BTF and of what it is split from, for being looked at many times.

use std::ops::RangeInclusive;

use crate::btf::Btf;
use crate::cursor::Endian;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::records::{self, RECORD_HEADER};
use crate::strings;
use crate::types::{Type, TypeId};

/// What stands in the string section. What follows it there is kept: of a block that has all of a name in it, more is
/// copied than the name has, which takes less time than to look how much that is.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    section: &'a [u8],
    len: usize,
}

/// Bytes of a block. Most names have fewer.
const BLOCK: usize = 32;

impl<'a> Name<'a> {
    pub(super) const NONE: Self = Self { section: &[], len: 0 };

    pub(super) fn of(text: &'a [u8]) -> Self {
        Self { section: text, len: text.len() }
    }

    #[inline]
    pub(super) fn len(self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.len == 0
    }

    #[inline]
    pub(super) fn bytes(self) -> &'a [u8] {
        self.section.get(..self.len).unwrap_or_default()
    }

    /// A block that begins with the name.
    #[inline]
    pub(super) fn block(self) -> Option<&'a [u8; BLOCK]> {
        if self.len <= BLOCK { self.section.first_chunk() } else { None }
    }
}

/// A record: its header, and the bytes behind.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) name: u32,
    info: u32,
    /// Size, or the type that is referred to.
    pub(super) word: u32,
    /// What follows: its own bytes and, maybe, those of others.
    tail: &'a [u8],
}

impl<'a> Record<'a> {
    pub(super) const VOID: Self = Self { name: 0, info: 0, word: 0, tail: &[] };
    #[inline]
    fn of(found: &Type<'a>) -> Self {
        Self { name: found.name, info: found.info, word: found.size_or_type, tail: found.tail }
    }

    /// A record on the way through all of them.
    #[inline]
    fn walked(found: &records::Record, types: &'a [u8]) -> Self {
        let tail = types.get(found.at..found.end).and_then(|bytes| bytes.get(RECORD_HEADER..));
        Self { name: found.name, info: found.info, word: found.size_or_type, tail: tail.unwrap_or_default() }
    }

    /// The record that begins there.
    #[inline]
    fn at(bytes: &'a [u8], endian: Endian) -> Option<Self> {
        let ([a, b, c, d, e, f, g, h, i, j, k, l], tail) = bytes.split_first_chunk::<12>()?;
        Some(Self {
            name: endian.u32([*a, *b, *c, *d]),
            info: endian.u32([*e, *f, *g, *h]),
            word: endian.u32([*i, *j, *k, *l]),
            tail,
        })
    }

    /// As many bytes behind the header as elements of that size take.
    #[inline]
    fn elements(&self, size: usize, count: u32) -> &'a [u8] {
        let len = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(size);
        self.tail.get(..len).unwrap_or(self.tail)
    }

    #[inline]
    pub(super) fn kind(&self) -> Kind {
        Kind(((self.info >> 24) & 0x7f) as u8)
    }

    pub(super) fn kflag(&self) -> bool {
        self.info >> 31 == 1
    }

    pub(super) fn vlen(&self) -> u32 {
        self.info & Type::VLEN_MASK
    }

    /// Elements of three words: members, 64-bit enumerators, variables of a section.
    pub(super) fn triples(&self, endian: Endian) -> impl ExactSizeIterator<Item = [u32; 3]> + use<'a> {
        let (elements, _) = self.elements(12, self.vlen()).as_chunks::<12>();
        elements.iter().map(move |[a, b, c, d, e, f, g, h, i, j, k, l]| {
            [endian.u32([*a, *b, *c, *d]), endian.u32([*e, *f, *g, *h]), endian.u32([*i, *j, *k, *l])]
        })
    }

    /// Elements of two words: parameters, enumerators.
    pub(super) fn pairs(&self, endian: Endian) -> impl ExactSizeIterator<Item = [u32; 2]> + use<'a> {
        let (elements, _) = self.elements(8, self.vlen()).as_chunks::<8>();
        elements
            .iter()
            .map(move |[a, b, c, d, e, f, g, h]| [endian.u32([*a, *b, *c, *d]), endian.u32([*e, *f, *g, *h])])
    }

    /// Members: name, type, offset in bits, width in bits or 0.
    pub(super) fn members(&self, endian: Endian) -> impl ExactSizeIterator<Item = Member> + use<'a> {
        let kflag = self.kflag();
        self.triples(endian).map(move |[name, id, offset]| {
            let (at, width) = if kflag { (offset & 0x00ff_ffff, offset >> 24) } else { (offset, 0) };
            Member { name, id, at, width }
        })
    }

    /// An array's element type, index type and length.
    pub(super) fn array(&self, endian: Endian) -> [u32; 3] {
        let Some([a, b, c, d, e, f, g, h, i, j, k, l]) = self.tail.first_chunk() else { return [0; 3] };
        [endian.u32([*a, *b, *c, *d]), endian.u32([*e, *f, *g, *h]), endian.u32([*i, *j, *k, *l])]
    }

    /// The word behind the header: what a tag is attached to.
    pub(super) fn first_word(&self, endian: Endian) -> Option<u32> {
        self.tail.first_chunk().map(|bytes| endian.u32(*bytes))
    }
}

/// A member of a struct or union.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) name: u32,
    pub(super) id: u32,
    /// Offset in bits.
    pub(super) at: u32,
    /// Width in bits of a bitfield, or 0.
    pub(super) width: u32,
}

/// All records by id, and all strings by offset. Counts how often it is asked, and ends that at some point.
pub(super) struct Records<'a> {
    pub(super) btf: &'a Btf,
    pub(super) endian: Endian,
    /// Where each record begins in its section, or none: then each is looked up when it is needed.
    starts: Vec<u32>,
    /// The ids of all declaration tags, where all records were looked at.
    pub(super) decl_tags: Vec<u32>,
    /// Own records, and the id of the first.
    own: (u32, &'a [u8]),
    /// The same of all levels: own ones, the base's.
    types: Vec<(u32, &'a [u8])>,
    /// Own strings, and the offset at which they begin; then the base's.
    strings: Vec<(u32, &'a [u8])>,
    /// Steps that are left.
    left: u64,
    limit: u32,
}

/// Levels of split BTF; there are two in practice.
const MAX_LEVELS: usize = 16;
/// Steps that any BTF may take.
const FREE_STEPS: u64 = 1 << 20;
/// Steps for each byte of records.
const STEPS_A_BYTE: u64 = 16;

impl<'a> Records<'a> {
    /// For a few types.
    pub(super) fn sparse(btf: &'a Btf) -> Self {
        let levels = levels(btf);
        let strings = levels.iter().map(|level| (level.first_string(), level.string_section())).collect();
        let types = levels.iter().map(|level| (level.first_id().0, level.type_bytes())).collect();
        let own = (btf.first_id().0, btf.type_bytes());
        let bytes: u64 = levels.iter().map(|level| level.type_bytes().len() as u64).sum();
        let left = FREE_STEPS + STEPS_A_BYTE * bytes;
        let limit = u32::try_from(left).unwrap_or(u32::MAX);
        Self {
            btf,
            endian: btf.endian(),
            starts: Vec::new(),
            decl_tags: Vec::new(),
            own,
            types,
            strings,
            left,
            limit,
        }
    }

    /// For all types, each of which is seen by `see`.
    pub(super) fn whole(btf: &'a Btf, mut see: impl FnMut(u32, &Record<'a>)) -> Self {
        let mut records = Self::sparse(btf);
        let count = usize::try_from(btf.last_id().0).unwrap_or(0).saturating_add(1);
        // Each record takes 12 bytes of the blob at least, so this is a third of its size at most.
        records.starts.reserve_exact(count);
        // That is no record; what is asked for as 0 is answered before.
        records.starts.push(u32::MAX);
        for level in levels(btf).into_iter().rev() {
            let (walk, mut id) = (level.walk(), level.first_id().0);
            let types = walk.types;
            for found in walk {
                records.starts.push(u32::try_from(found.at).unwrap_or(u32::MAX));
                if found.kind() == Kind::DECL_TAG {
                    records.decl_tags.push(id);
                }
                see(id, &Record::walked(&found, types));
                id = id.saturating_add(1);
            }
            // Ids of the level above go on from the last of this one.
            records
                .starts
                .resize(usize::try_from(level.last_id().0).unwrap_or(0).saturating_add(1), u32::MAX);
        }
        records
    }

    /// How many records are known where they begin.
    pub(super) fn laid_out(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn ids(&self) -> RangeInclusive<u32> {
        0..=self.btf.last_id().0
    }

    #[inline]
    pub(super) fn get(&self, id: u32) -> Result<Record<'a>, TypeError> {
        match self.laid_out_at(id) {
            Some(found) => Ok(found),
            None => self.look_up(id),
        }
    }

    #[inline]
    fn laid_out_at(&self, id: u32) -> Option<Record<'a>> {
        let start = usize::try_from(*self.starts.get(usize::try_from(id).ok()?)?).ok()?;
        let (first, own) = self.own;
        let types = if id >= first { own } else { self.base_types(id)? };
        Record::at(types.get(start..)?, self.endian)
    }

    #[cold]
    fn base_types(&self, id: u32) -> Option<&'a [u8]> {
        self.types.iter().find(|(first, _)| *first <= id).map(|(_, types)| *types)
    }

    #[cold]
    fn look_up(&self, id: u32) -> Result<Record<'a>, TypeError> {
        if id == 0 {
            return Ok(Record::VOID);
        }
        Ok(Record::of(&self.btf.get(TypeId(id))?))
    }

    /// Counts a step on behalf of that type.
    #[inline]
    pub(super) fn step(&mut self, id: u32) -> Result<(), TypeError> {
        self.steps(id, 1)
    }

    #[inline]
    pub(super) fn steps(&mut self, id: u32, count: u64) -> Result<(), TypeError> {
        match self.left.checked_sub(count) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(TypeError::TooLarge { id: TypeId(id), limit: self.limit }),
        }
    }

    #[inline]
    pub(super) fn string(&self, offset: u32) -> Result<Name<'a>, TypeError> {
        self.find_string(offset).ok_or(TypeError::BadString { offset })
    }

    #[inline]
    fn find_string(&self, offset: u32) -> Option<Name<'a>> {
        for (first, section) in &self.strings {
            if let Some(at) = offset.checked_sub(*first) {
                let rest = section.get(usize::try_from(at).ok()?..);
                let found = rest.and_then(|rest| Some(Name { section: rest, len: strings::len(rest)? }));
                return found.or((offset == 0).then_some(Name::NONE));
            }
        }
        None
    }

    /// Whether all strings are printable ASCII.
    pub(super) fn strings_are_clean(&self) -> bool {
        let clean = |byte: &u8| (0x20..0x7f).contains(byte) | (*byte == 0);
        let block = |block: &[u8]| block.iter().fold(true, |so_far, byte| so_far & clean(byte));
        self.strings.iter().all(|(_, section)| section.chunks(4096).all(block))
    }

    /// Bytes that a pointer has: those of a `long`, where there is one.
    pub(super) fn pointer_size(&self) -> u32 {
        self.ids().find_map(|id| self.long_size(id)).unwrap_or(8)
    }

    fn long_size(&self, id: u32) -> Option<u32> {
        let record = self.get(id).ok()?;
        if record.kind() != Kind::INT || !matches!(record.word, 4 | 8) {
            return None;
        }
        let name = self.string(record.name).ok()?.bytes();
        LONG.iter().any(|long| long.as_bytes() == name).then_some(record.word)
    }
}

/// What compilers call a `long`.
const LONG: [&str; 11] = [
    "long",
    "long int",
    "int long",
    "unsigned long",
    "long unsigned",
    "unsigned long int",
    "unsigned int long",
    "long unsigned int",
    "long int unsigned",
    "int unsigned long",
    "int long unsigned",
];

/// A BTF, its base, the base of that.
fn levels(btf: &Btf) -> Vec<&Btf> {
    std::iter::successors(Some(btf), |level| level.base()).take(MAX_LEVELS).collect()
}
