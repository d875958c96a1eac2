//! Why no source could be generated, and what was left out of it.

use bpf_btf::{Label, TypeError};
use thiserror::Error;

use crate::diagnose::diagnostic;

/// Why no source could be generated. Codes E1001 to E1004.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// A type cannot be followed.
    #[error("the type of {kind} `{name}` cannot be told in Rust")]
    Type {
        /// What has that type: `map`, `variable`, `member`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// What is wrong with the type.
        source: TypeError,
    },
    /// More types than any real object has.
    #[error("more than {limit} types would be generated")]
    TooMany {
        /// How many are.
        limit: usize,
    },
    /// A name for the skeleton that is none in Rust.
    #[error("`{name}` cannot be the name of a skeleton")]
    Name {
        /// The name.
        name: String,
    },
    /// What was generated is not Rust: a defect of the generator.
    #[error("what was generated is not Rust: {what}")]
    NotRust {
        /// What the parser says.
        what: String,
    },
}

impl CodegenError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Type { .. } => "E1001",
            Self::TooMany { .. } => "E1002",
            Self::Name { .. } => "E1003",
            Self::NotRust { .. } => "E1004",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::Type { kind, name, .. } => vec![Label::item(kind, name.as_str())],
            Self::TooMany { .. } | Self::Name { .. } | Self::NotRust { .. } => Vec::new(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Name { .. } => Some("a name begins with a letter and has letters, digits and `_`".into()),
            Self::NotRust { .. } => Some("please report it, with the object".into()),
            Self::Type { .. } | Self::TooMany { .. } => None,
        }
    }
}

/// Something of an object that its skeleton has in a poorer form, or not at all. Codes E1011 to E1013.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodegenNotice {
    /// A map that the loader made up and the generator has no form for.
    #[error("map `{map}` is of a kind that has no typed form: it is a raw map")]
    RawMap {
        /// The map.
        map: String,
    },
    /// A member of a struct_ops variable that cannot be set by itself.
    #[error(
        "member `{member}` of struct_ops variable `{variable}` is no whole number of bytes: it cannot be set"
    )]
    Member {
        /// The variable.
        variable: String,
        /// The member.
        member: String,
    },
    /// A map whose keys or values have another size than their type.
    #[error(
        "the type of the {what} of map `{map}` has {found} bytes, the map has {expected}: they are bytes"
    )]
    ElementSize {
        /// The map.
        map: String,
        /// `key` or `value`.
        what: &'static str,
        /// Bytes that the map says.
        expected: u32,
        /// Bytes of the type.
        found: u32,
    },
}

impl CodegenNotice {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RawMap { .. } => "E1011",
            Self::Member { .. } => "E1012",
            Self::ElementSize { .. } => "E1013",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::RawMap { map } | Self::ElementSize { map, .. } => vec![Label::item("map", map.as_str())],
            Self::Member { variable, member } => {
                vec![
                    Label::item("struct_ops variable", variable.as_str()),
                    Label::item("member", member.as_str()),
                ]
            }
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::RawMap { .. } => Some("use it by `Map`".into()),
            Self::Member { .. } => Some("set it in the C source".into()),
            Self::ElementSize { .. } => Some("give the map `key` and `value` types in place of sizes".into()),
        }
    }
}

diagnostic!(CodegenError);
diagnostic!(notice CodegenNotice);
