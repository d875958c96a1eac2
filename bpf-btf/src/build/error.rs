//! What can be wrong with what is to be written.

use thiserror::Error;

use crate::cursor::Endian;
use crate::error::TypeError;
use crate::kind::Kind;
use crate::label::Label;
use crate::types::TypeId;

/// Why BTF cannot be written as asked. Codes E0171 to E0189.
///
/// `id` is the number of the record that it is about: the one that it has, or would have had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A name that the kernel would not take there.
    #[error("{} [{id}] cannot have the {part} {name:?}: {why}", kind.word())]
    Name {
        /// The record.
        id: TypeId,
        /// Its kind.
        kind: Kind,
        /// Which name in it: `name`, `member name` …
        part: &'static str,
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A number that does not fit.
    #[error("{} [{id}] `{name}` cannot have the {part} {value}: {why}", kind.word())]
    Number {
        /// The record.
        id: TypeId,
        /// Its kind.
        kind: Kind,
        /// Its name.
        name: String,
        /// Which number: `size`, `bit offset` …
        part: &'static str,
        /// The number.
        value: i128,
        /// What is wrong with it.
        why: &'static str,
    },
    /// More elements than a record can have.
    #[error("{} [{id}] `{name}` has {count} elements, a record can have {most}", kind.word())]
    TooMany {
        /// The record.
        id: TypeId,
        /// Its kind.
        kind: Kind,
        /// Its name.
        name: String,
        /// How many were given.
        count: usize,
        /// The most there can be.
        most: u32,
    },
    /// A reference to a type that was never added.
    #[error("{} [{id}] `{name}` refers to type [{target}], the last is [{last}]", kind.word())]
    Dangling {
        /// The record.
        id: TypeId,
        /// Its kind.
        kind: Kind,
        /// Its name.
        name: String,
        /// What it refers to.
        target: TypeId,
        /// The highest id there is.
        last: TypeId,
    },
    /// A reference to a type of a kind that does not belong there.
    #[error("{} [{id}] `{name}` refers to [{target}], {}: it needs {wanted}", kind.word(), found.with_article())]
    Target {
        /// The record.
        id: TypeId,
        /// Its kind.
        kind: Kind,
        /// Its name.
        name: String,
        /// What it refers to.
        target: TypeId,
        /// Of which kind that is.
        found: Kind,
        /// What it should be.
        wanted: &'static str,
    },
    /// A declaration tag on a member or parameter that is not there.
    #[error("declaration tag [{id}] `{name}` is on element {index} of [{target}], which has {count}")]
    Component {
        /// The tag.
        id: TypeId,
        /// What it says.
        name: String,
        /// What it is attached to.
        target: TypeId,
        /// The member or parameter, from 0.
        index: u32,
        /// How many there are.
        count: u32,
    },
    /// BTF to be copied does not hold together.
    #[error("the BTF to copy from is damaged")]
    Source(#[from] TypeError),
    /// Split BTF to be copied continues something else than what is being built.
    #[error("the BTF to copy from continues another base")]
    OtherBase,
    /// More types or strings than fit one blob.
    #[error("{what} do not fit 32 bits")]
    TooLarge {
        /// `types`, `strings`, `records` …
        what: &'static str,
    },
    /// Two parts of different byte orders.
    #[error("one part is {one}-endian, the other {other}-endian")]
    Endian {
        /// Of the one.
        one: Endian,
        /// Of the other.
        other: Endian,
    },
}

impl BuildError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "E0171",
            Self::Number { .. } => "E0172",
            Self::TooMany { .. } => "E0173",
            Self::Dangling { .. } => "E0174",
            Self::Target { .. } => "E0175",
            Self::Component { .. } => "E0176",
            Self::Source(_) => "E0177",
            Self::OtherBase => "E0178",
            Self::TooLarge { .. } => "E0179",
            Self::Endian { .. } => "E0180",
        }
    }

    /// Which record.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Name { id, .. }
            | Self::Number { id, .. }
            | Self::TooMany { id, .. }
            | Self::Dangling { id, .. }
            | Self::Target { id, .. }
            | Self::Component { id, .. } => vec![Label::item("type", format!("[{id}]"))],
            Self::Source(source) => source.labels(),
            Self::OtherBase | Self::TooLarge { .. } | Self::Endian { .. } => Vec::new(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::TooMany { most: 0xffff, .. } => {
                Some("kernels that know records of up to 16777215 elements get them by `Builder::wide`")
            }
            Self::Dangling { .. } => {
                Some("a type may be referred to before it is added, but has to be added by the end")
            }
            Self::OtherBase => Some("build on the same base: `Builder::split`"),
            Self::Source(source) => source.help(),
            _ => None,
        }
    }
}
