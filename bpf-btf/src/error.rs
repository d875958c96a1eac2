//! What can be wrong with a BTF blob, and with a question asked of one.

use std::ops::Range;

use thiserror::Error;

use crate::kind::Kind;
use crate::label::Label;
use crate::types::TypeId;

/// Why a blob could not be opened. Codes E0101 to E0119.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Fewer bytes than a header.
    #[error("BTF is {len} bytes, its header alone needs {need}")]
    TooShort {
        /// Bytes present.
        len: usize,
        /// Bytes that the header needs.
        need: usize,
    },
    /// The first two bytes are not the magic number of either byte order.
    #[error("not BTF: it begins with {magic:#06x}, not with 0xeb9f")]
    NotBtf {
        /// What stands there, read as little-endian.
        magic: u16,
    },
    /// A version that this crate does not know.
    #[error("BTF version {version} is not supported, only 1 is")]
    Version {
        /// The version byte.
        version: u8,
    },
    /// The header's own length makes no sense.
    #[error("BTF header claims {header_len} bytes, the blob has {len}")]
    HeaderLength {
        /// Claimed length.
        header_len: usize,
        /// Bytes present.
        len: usize,
    },
    /// A section of the blob leaves it.
    #[error("BTF {section} section {start:#x}..{end:#x} ends outside the blob of {len:#x} bytes")]
    SectionOutside {
        /// Which section.
        section: &'static str,
        /// First byte.
        start: u64,
        /// One past the last byte.
        end: u64,
        /// Bytes present.
        len: usize,
    },
    /// A section that must start at a multiple of four does not.
    #[error("BTF {section} section starts at {start:#x}, which is not a multiple of 4")]
    Misaligned {
        /// Which section.
        section: &'static str,
        /// First byte.
        start: usize,
    },
    /// Types and strings share bytes: one of them is not where it is.
    #[error(
        "BTF types section {:#x}..{:#x} and strings section {:#x}..{:#x} overlap",
        .types.start, .types.end, .strings.start, .strings.end
    )]
    Overlap {
        /// The bytes of the type section.
        types: Range<usize>,
        /// The bytes of the string section.
        strings: Range<usize>,
    },
    /// The string section is not enclosed in NUL bytes.
    #[error("BTF string section does not begin and end with a NUL byte")]
    Strings,
    /// A record runs past the end of the type section.
    #[error("BTF type [{id}] at {at:#x} is cut off: a {kind} with {vlen} elements does not fit")]
    Truncated {
        /// The record's id.
        id: TypeId,
        /// Byte offset in the type section.
        at: usize,
        /// Its kind.
        kind: Kind,
        /// Its number of elements.
        vlen: u32,
    },
    /// A record of a kind that this crate does not know, so its length is unknown too.
    #[error("BTF type [{id}] at {at:#x} is of unknown {kind}")]
    UnknownKind {
        /// The record's id.
        id: TypeId,
        /// Byte offset in the type section.
        at: usize,
        /// Its kind.
        kind: Kind,
    },
    /// Split BTF whose base is of the other byte order.
    #[error("split BTF is {split}-endian, its base is {base}-endian")]
    BaseEndian {
        /// Byte order of the split part.
        split: crate::Endian,
        /// Byte order of the base.
        base: crate::Endian,
    },
    /// More types or strings than ids can count.
    #[error("BTF has more types or strings than a u32 can count")]
    TooLarge,
    /// A record refers to a type that is not there, or not of the kind that it has to be.
    #[error("BTF type [{id}] refers to type [{target}], {why}")]
    Reference {
        /// The record's id.
        id: TypeId,
        /// The id that it refers to.
        target: TypeId,
        /// What does not hold.
        why: &'static str,
    },
    /// A record has a name that is not in the string section, or not UTF-8.
    #[error("BTF type [{id}] has a name at {offset:#x}, which is outside the string section or not UTF-8")]
    Name {
        /// The record's id.
        id: TypeId,
        /// Offset in the string section.
        offset: u32,
    },
    /// Split BTF whose base is damaged, so that its ids and string offsets mean nothing.
    #[error("the BTF that this one continues is damaged")]
    Base(#[source] Box<Self>),
    /// A record table of `.BTF.ext` does not add up.
    #[error("BTF.ext {table} table is damaged at {at:#x}: {why}")]
    ExtTable {
        /// `func_info`, `line_info` or `core_relo`.
        table: &'static str,
        /// Byte offset in `.BTF.ext`.
        at: usize,
        /// What does not hold.
        why: &'static str,
    },
}

impl ParseError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "E0101",
            Self::NotBtf { .. } => "E0102",
            Self::Version { .. } => "E0103",
            Self::HeaderLength { .. } => "E0104",
            Self::SectionOutside { .. } => "E0105",
            Self::Misaligned { .. } => "E0106",
            Self::Strings => "E0107",
            Self::Truncated { .. } => "E0108",
            Self::UnknownKind { .. } => "E0109",
            Self::BaseEndian { .. } => "E0110",
            Self::TooLarge => "E0111",
            Self::ExtTable { .. } => "E0112",
            Self::Reference { .. } => "E0113",
            Self::Name { .. } => "E0114",
            Self::Base(_) => "E0115",
            Self::Overlap { .. } => "E0116",
        }
    }

    /// Where in the blob.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let at = |at: usize| vec![Label::offset(at as u64)];
        match self {
            Self::SectionOutside { start, .. } => vec![Label::offset(*start)],
            Self::Misaligned { start, .. } => at(*start),
            Self::Overlap { types, strings } => at(types.start.max(strings.start)),
            Self::Truncated { id, at: offset, .. } | Self::UnknownKind { id, at: offset, .. } => {
                vec![Label::item("type", format!("[{id}]")), Label::offset(*offset as u64)]
            }
            Self::ExtTable { at: offset, .. } => at(*offset),
            Self::Reference { id, .. } => vec![Label::item("type", format!("[{id}]"))],
            Self::Name { id, offset } => {
                vec![Label::item("type", format!("[{id}]")), Label::offset(u64::from(*offset))]
            }
            Self::Base(source) => source.labels(),
            _ => Vec::new(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NotBtf { .. } => {
                Some("a raw BTF blob is wanted, as in /sys/kernel/btf/vmlinux or an object's .BTF section")
            }
            Self::Version { .. } | Self::UnknownKind { .. } => {
                Some("the blob was written by a newer tool chain or kernel, or it is damaged")
            }
            Self::BaseEndian { .. } => Some("give the base BTF of the same kernel"),
            Self::TooLarge => None,
            _ => Some("the blob is damaged or cut off: build or copy it again"),
        }
    }
}

/// Why a question about a type has no answer. Codes E0121 to E0139.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TypeError {
    /// An id that no record has.
    #[error("there is no BTF type [{id}], the last is [{last}]")]
    NoSuchType {
        /// The id asked for.
        id: TypeId,
        /// The highest id.
        last: TypeId,
    },
    /// A name that is not in the string section, or not UTF-8.
    #[error("BTF string at {offset:#x} is outside the string section or not UTF-8")]
    BadString {
        /// Offset in the string section.
        offset: u32,
    },
    /// A chain of references that is longer than any real one, or a circle.
    #[error("BTF type [{id}] refers to itself, or through more than {limit} others")]
    TooDeep {
        /// Where the chain began.
        id: TypeId,
        /// The most references that are followed.
        limit: u32,
    },
    /// The size of something that has none.
    #[error("BTF type [{id}] is {} and has no size", kind.with_article())]
    NoSize {
        /// The type.
        id: TypeId,
        /// Its kind.
        kind: Kind,
    },
    /// A type is of another kind than the question needs.
    #[error("BTF type [{id}] is {}, {} is needed", found.with_article(), wanted.with_article())]
    WrongKind {
        /// The type.
        id: TypeId,
        /// The kind needed.
        wanted: Kind,
        /// The kind found.
        found: Kind,
    },
    /// An element (variable, member) that the type does not have.
    #[error("BTF type [{id}] has no element {index}, it has {count}")]
    NoSuchElement {
        /// The type.
        id: TypeId,
        /// The element asked for, from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A member that ends outside the struct or union that it belongs to.
    #[error("member {index} of BTF type [{id}] ends at byte {end}, the type has {size}")]
    MemberOutside {
        /// The struct or union.
        id: TypeId,
        /// The member, from 0.
        index: u32,
        /// One past the last byte that it takes.
        end: u64,
        /// Bytes of the struct or union.
        size: u32,
    },
    /// A type of a kind that this crate does not know: of it nothing is certain but its length.
    #[error("BTF type [{id}] is of unknown {kind}")]
    UnknownKind {
        /// The type.
        id: TypeId,
        /// Its kind.
        kind: Kind,
    },
    /// A type with more parts than any real one, with a size or place that does not fit 32 bits, or a comparison of two
    /// that would take too long.
    #[error("BTF type [{id}] {}", too_large(*limit))]
    TooLarge {
        /// The type.
        id: TypeId,
        /// The most parts that are looked at; `u32::MAX` where it is a number that does not fit.
        limit: u32,
    },
}

/// What is counted is bytes or bits where the limit is that of a number.
fn too_large(limit: u32) -> String {
    match limit {
        u32::MAX => "is larger than 32 bits can tell".into(),
        limit => format!("has more than {limit} parts"),
    }
}

impl TypeError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchType { .. } => "E0121",
            Self::BadString { .. } => "E0122",
            Self::TooDeep { .. } => "E0123",
            Self::NoSize { .. } => "E0124",
            Self::WrongKind { .. } => "E0125",
            Self::NoSuchElement { .. } => "E0126",
            Self::MemberOutside { .. } => "E0127",
            Self::TooLarge { .. } => "E0128",
            Self::UnknownKind { .. } => "E0129",
        }
    }

    /// Where in the BTF.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::BadString { offset } => vec![Label::offset(u64::from(*offset))],
            Self::NoSuchType { id, .. }
            | Self::TooDeep { id, .. }
            | Self::NoSize { id, .. }
            | Self::WrongKind { id, .. }
            | Self::NoSuchElement { id, .. }
            | Self::MemberOutside { id, .. }
            | Self::UnknownKind { id, .. }
            | Self::TooLarge { id, .. } => vec![Label::item("type", format!("[{id}]"))],
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::UnknownKind { .. } => Some("the blob was written by a newer tool chain or kernel"),
            Self::NoSize { .. } | Self::WrongKind { .. } | Self::NoSuchElement { .. } => None,
            _ => Some("the BTF is damaged: rebuild the object, or copy the kernel's BTF again"),
        }
    }
}
