//! A BTF record as a typed view of its bytes: nothing is decoded until it is asked for.

use std::fmt;

use crate::btf::Btf;
use crate::cursor::u32_at;
pub use crate::elements::{Array, Enumerator, IntEncoding, Linkage, Member, Param, SectionVar, VarLinkage};
use crate::error::TypeError;
use crate::kind::Kind;
pub(crate) use crate::records::RECORD_HEADER;
use crate::records::{VLEN_MASK, kind_of};

/// The number of a type. 0 is `void`; in split BTF the numbers go on from those of the base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

impl TypeId {
    /// The id that stands for `void`.
    pub const VOID: Self = Self(0);
}

impl fmt::Display for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A byte offset in the string section. 0 is the empty name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StrOffset(pub u32);

/// One record. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Type<'a> {
    pub(crate) btf: &'a Btf,
    pub(crate) id: TypeId,
    pub(crate) name: u32,
    pub(crate) info: u32,
    pub(crate) size_or_type: u32,
    /// What follows the header: checked at parsing to hold all elements.
    pub(crate) tail: &'a [u8],
}

impl fmt::Debug for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {} {:?}", self.id, self.kind(), self.name().unwrap_or("?"))
    }
}

impl<'a> Type<'a> {
    /// The bits of the info word that hold the number of elements.
    pub(crate) const VLEN_MASK: u32 = VLEN_MASK;

    /// Its number.
    #[must_use]
    pub fn id(&self) -> TypeId {
        self.id
    }

    /// The BTF that it belongs to.
    #[must_use]
    pub fn btf(&self) -> &'a Btf {
        self.btf
    }

    /// What it describes.
    #[must_use]
    pub fn kind(&self) -> Kind {
        kind_of(self.info)
    }

    /// The bit whose meaning depends on the kind: bitfields in a struct, a union in a `FWD`, signedness in an enum.
    #[must_use]
    pub fn kflag(&self) -> bool {
        self.info >> 31 == 1
    }

    /// Number of elements (members, values, parameters, variables); the linkage of a `FUNC`.
    #[must_use]
    pub fn vlen(&self) -> u32 {
        self.info & Self::VLEN_MASK
    }

    /// Its name; empty where it has none.
    ///
    /// # Errors
    /// [`TypeError::BadString`].
    pub fn name(&self) -> Result<&'a str, TypeError> {
        self.btf.string(StrOffset(self.name))
    }

    /// Where its name stands.
    #[must_use]
    pub fn name_offset(&self) -> StrOffset {
        StrOffset(self.name)
    }

    /// Its own size in bytes, for the kinds that carry one. See [`crate::layout::size_of`] for all others.
    #[must_use]
    pub fn size(&self) -> Option<u32> {
        matches!(
            self.kind(),
            Kind::INT | Kind::STRUCT | Kind::UNION | Kind::ENUM | Kind::ENUM64 | Kind::DATASEC | Kind::FLOAT
        )
        .then_some(self.size_or_type)
    }

    /// The type it refers to, for the kinds that refer to one: pointer, qualifiers, typedef, function (its prototype),
    /// prototype (its return type), variable, tags.
    #[must_use]
    pub fn target(&self) -> Option<TypeId> {
        self.kind().refers().then_some(TypeId(self.size_or_type))
    }

    pub(crate) fn word(&self, at: usize) -> u32 {
        // The tail's length was checked when the blob was parsed.
        u32_at(self.tail, at, self.btf.endian()).unwrap_or(0)
    }

    fn records(&self, kind: Kind, len: usize) -> impl ExactSizeIterator<Item = usize> + use<> {
        let count = if self.kind() == kind { self.tail.len() / len } else { 0 };
        (0..count).map(move |i| i * len)
    }

    /// How to read an `INT`; `None` for other kinds.
    #[must_use]
    pub fn int(&self) -> Option<IntEncoding> {
        if self.kind() != Kind::INT {
            return None;
        }
        let word = self.word(0);
        Some(IntEncoding {
            signed: word & 0x0100_0000 != 0,
            char: word & 0x0200_0000 != 0,
            bool: word & 0x0400_0000 != 0,
            offset: ((word >> 16) & 0xff) as u8,
            bits: (word & 0xff) as u8,
        })
    }

    /// Element, index and length of an `ARRAY`; `None` for other kinds.
    #[must_use]
    pub fn array(&self) -> Option<Array> {
        (self.kind() == Kind::ARRAY).then(|| Array {
            element: TypeId(self.word(0)),
            index: TypeId(self.word(4)),
            len: self.word(8),
        })
    }

    /// The members of a struct or union, in declaration order; none for other kinds.
    pub fn members(&self) -> impl ExactSizeIterator<Item = Member<'a>> + use<'a> {
        let this = *self;
        let kflag = self.kflag();
        let kind = if self.kind() == Kind::UNION { Kind::UNION } else { Kind::STRUCT };
        self.records(kind, 12).enumerate().map(move |(index, at)| {
            let offset = this.word(at + 8);
            let (bit_offset, width) =
                if kflag { (offset & 0x00ff_ffff, (offset >> 24) as u8) } else { (offset, 0) };
            Member {
                btf: this.btf,
                name: this.word(at),
                index: u32::try_from(index).unwrap_or(u32::MAX),
                type_id: TypeId(this.word(at + 4)),
                bit_offset,
                bitfield: (width != 0).then_some(width),
            }
        })
    }

    /// The first member of that name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Member<'a>> {
        self.members().find(|member| member.name_is(name))
    }

    /// The values of an enumeration of either width; none for other kinds.
    pub fn enumerators(&self) -> impl ExactSizeIterator<Item = Enumerator<'a>> + use<'a> {
        let this = *self;
        let signed = self.kflag();
        let wide = self.kind() == Kind::ENUM64;
        let len = if wide { 12 } else { 8 };
        self.records(if wide { Kind::ENUM64 } else { Kind::ENUM }, len).map(move |at| {
            let low = this.word(at + 4);
            let value = if wide {
                u64::from(low) | u64::from(this.word(at + 8)) << 32
            } else if signed {
                i64::from(low.cast_signed()).cast_unsigned()
            } else {
                u64::from(low)
            };
            Enumerator { btf: this.btf, name: this.word(at), value, signed, wide }
        })
    }

    /// The parameters of a `FUNC_PROTO`; none for other kinds.
    pub fn params(&self) -> impl ExactSizeIterator<Item = Param<'a>> + use<'a> {
        let this = *self;
        self.records(Kind::FUNC_PROTO, 8).map(move |at| Param {
            btf: this.btf,
            name: this.word(at),
            type_id: TypeId(this.word(at + 4)),
        })
    }

    /// The variables of a `DATASEC`; none for other kinds.
    pub fn section_vars(&self) -> impl ExactSizeIterator<Item = SectionVar> + use<'a> {
        let this = *self;
        self.records(Kind::DATASEC, 12).map(move |at| SectionVar {
            type_id: TypeId(this.word(at)),
            offset: this.word(at + 4),
            size: this.word(at + 8),
        })
    }

    /// The linkage of a `FUNC`; `None` for other kinds.
    #[must_use]
    pub fn linkage(&self) -> Option<Linkage> {
        (self.kind() == Kind::FUNC).then(|| Linkage::from_number(self.vlen()))
    }

    /// The linkage of a `VAR`; `None` for other kinds.
    #[must_use]
    pub fn var_linkage(&self) -> Option<VarLinkage> {
        (self.kind() == Kind::VAR).then(|| VarLinkage::from_number(self.word(0)))
    }

    /// What a `DECL_TAG` is attached to: a member or parameter by its index, or (`None` inside) the whole declaration.
    #[must_use]
    pub fn component(&self) -> Option<Option<u32>> {
        (self.kind() == Kind::DECL_TAG).then(|| Some(self.word(0)).filter(|index| *index != u32::MAX))
    }
}
