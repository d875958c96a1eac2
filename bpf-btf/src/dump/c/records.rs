//! The records of a BTF and of what it is split from, laid out for being looked at many times.

use std::ops::RangeInclusive;

use memchr::memchr;

use crate::btf::Btf;
use crate::cursor::Endian;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::types::{Type, TypeId};

/// A record: its header, and the bytes behind.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) name: u32,
    info: u32,
    /// Size, or the type that is referred to.
    pub(super) word: u32,
    tail: &'a [u8],
}

impl<'a> Record<'a> {
    pub(super) const VOID: Self = Self { name: 0, info: 0, word: 0, tail: &[] };
    /// Where an id has no record.
    const NONE: Self = Self { name: 0, info: 0x7f << 24, word: 0, tail: &[] };

    fn of(found: &Type<'a>) -> Self {
        Self { name: found.name, info: found.info, word: found.size_or_type, tail: found.tail }
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
        let (elements, _) = self.tail.as_chunks::<12>();
        elements.iter().map(move |[a, b, c, d, e, f, g, h, i, j, k, l]| {
            [endian.u32([*a, *b, *c, *d]), endian.u32([*e, *f, *g, *h]), endian.u32([*i, *j, *k, *l])]
        })
    }

    /// Elements of two words: parameters, enumerators.
    pub(super) fn pairs(&self, endian: Endian) -> impl ExactSizeIterator<Item = [u32; 2]> + use<'a> {
        let (elements, _) = self.tail.as_chunks::<8>();
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
        self.triples(endian).next().unwrap_or_default()
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
    /// Every record, or none: then each is looked up when it is needed.
    all: Vec<Record<'a>>,
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
        let bytes: u64 = levels.iter().map(|level| level.type_bytes().len() as u64).sum();
        let left = FREE_STEPS + STEPS_A_BYTE * bytes;
        let limit = u32::try_from(left).unwrap_or(u32::MAX);
        Self { btf, endian: btf.endian(), all: Vec::new(), strings, left, limit }
    }

    /// For all types.
    pub(super) fn whole(btf: &'a Btf) -> Self {
        let mut records = Self::sparse(btf);
        let count = usize::try_from(btf.last_id().0).unwrap_or(0).saturating_add(1);
        // Each takes 12 bytes of the blob at least, so this is no more than a few times its size.
        records.all.reserve_exact(count);
        records.all.push(Record::VOID);
        for level in levels(btf).into_iter().rev() {
            for found in level.types() {
                let at = usize::try_from(found.id().0).unwrap_or(usize::MAX);
                if at < count && at >= records.all.len() {
                    records.all.resize(at, Record::NONE);
                    records.all.push(Record::of(&found));
                }
            }
        }
        records
    }

    /// All records that were laid out, with their ids.
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, Record<'a>)> + '_ {
        (0..).zip(self.all.iter().copied())
    }

    pub(super) fn ids(&self) -> RangeInclusive<u32> {
        0..=self.btf.last_id().0
    }

    #[inline]
    pub(super) fn get(&self, id: u32) -> Result<Record<'a>, TypeError> {
        match usize::try_from(id).ok().and_then(|at| self.all.get(at)) {
            Some(found) => Ok(*found),
            None => self.look_up(id),
        }
    }

    #[cold]
    fn look_up(&self, id: u32) -> Result<Record<'a>, TypeError> {
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
    pub(super) fn string(&self, offset: u32) -> Result<&'a [u8], TypeError> {
        self.find_string(offset).ok_or(TypeError::BadString { offset })
    }

    #[inline]
    fn find_string(&self, offset: u32) -> Option<&'a [u8]> {
        for (first, section) in &self.strings {
            if let Some(at) = offset.checked_sub(*first) {
                let rest = section.get(usize::try_from(at).ok()?..);
                let found = rest.and_then(|rest| rest.get(..memchr(0, rest)?));
                return found.or((offset == 0).then_some(&[]));
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
        let name = self.string(record.name).ok()?;
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
