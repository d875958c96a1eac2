//! The nineteen kinds of BTF records, as a table.

use std::fmt;

/// What a BTF record describes. A number that is not known yet survives a round trip.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u8);

/// What follows the 12-byte header of a record: fixed bytes, and bytes for each of its `vlen` elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) fixed: u32,
    pub(crate) each: u32,
}

impl Shape {
    /// Of a kind whose size nobody told: longer than any type section.
    pub(crate) const UNKNOWN: Self = Self { fixed: u32::MAX, each: 0 };
}

/// Shapes by the seven bits that a record has for its kind.
pub(crate) type Shapes = [Shape; 128];

/// The shapes of the kinds that this crate knows.
pub(crate) static SHAPES: Shapes = {
    let mut shapes = [Shape::UNKNOWN; 128];
    let mut number = 1;
    while number < ROWS.len() {
        shapes[number] = ROWS[number].shape;
        number += 1;
    }
    shapes
};

struct Row {
    kind: Kind,
    name: &'static str,
    word: &'static str,
    shape: Shape,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $word:literal, $fixed:literal + $each:literal;)*) => {
        impl Kind {
            $($(#[$doc])* pub const $name: Self = Self($number);)*
        }
        const ROWS: &[Row] = &[
            $(Row {
                kind: Kind::$name,
                name: stringify!($name),
                word: $word,
                shape: Shape { fixed: $fixed, each: $each },
            },)*
        ];
    };
}

// Kind, number, the word a person would use, bytes after the header: fixed + per element.
// Source: include/uapi/linux/btf.h.
kinds! {
    /// Not a record: type id 0, `void`.
    VOID = 0, "void", 0 + 0;
    /// Integer. Linux 4.18, as all kinds up to `FUNC_PROTO`.
    INT = 1, "integer", 4 + 0;
    /// Pointer.
    PTR = 2, "pointer", 0 + 0;
    /// Array.
    ARRAY = 3, "array", 12 + 0;
    /// Struct.
    STRUCT = 4, "struct", 0 + 12;
    /// Union.
    UNION = 5, "union", 0 + 12;
    /// Enumeration of up to 32 bits.
    ENUM = 6, "enum", 0 + 8;
    /// Forward declaration of a struct or union.
    FWD = 7, "forward declaration", 0 + 0;
    /// Typedef.
    TYPEDEF = 8, "typedef", 0 + 0;
    /// `volatile`.
    VOLATILE = 9, "volatile", 0 + 0;
    /// `const`.
    CONST = 10, "const", 0 + 0;
    /// `restrict`.
    RESTRICT = 11, "restrict", 0 + 0;
    /// Function. Linux 5.0.
    FUNC = 12, "function", 0 + 0;
    /// Function prototype. Linux 5.0.
    FUNC_PROTO = 13, "function prototype", 0 + 8;
    /// Global variable. Linux 5.2.
    VAR = 14, "variable", 4 + 0;
    /// Section of variables. Linux 5.2.
    DATASEC = 15, "data section", 0 + 12;
    /// Floating-point number. Linux 5.13.
    FLOAT = 16, "floating-point number", 0 + 0;
    /// Tag on a declaration. Linux 5.16.
    DECL_TAG = 17, "declaration tag", 4 + 0;
    /// Tag on a type. Linux 5.17.
    TYPE_TAG = 18, "type tag", 0 + 0;
    /// Enumeration of up to 64 bits. Linux 6.0.
    ENUM64 = 19, "enum", 0 + 12;
}

impl Kind {
    fn row(self) -> Option<&'static Row> {
        ROWS.get(usize::from(self.0)).filter(|row| row.kind == self)
    }

    /// The kernel's name without its prefix (`STRUCT`), or `None` for a kind that this crate does not know.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// The word that a person would use (`struct`, `pointer`), `unknown kind` where there is none.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().map_or("unknown kind", |row| row.word)
    }

    /// [`Self::word`] behind its article, for messages: `an array`.
    pub(crate) fn with_article(self) -> String {
        let word = self.word();
        let article = if word.starts_with(['a', 'e', 'i']) || self.row().is_none() { "an" } else { "a" };
        format!("{article} {word}")
    }

    /// Whether this crate knows what a record of this kind holds.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.row().is_some()
    }

    /// Whether this only qualifies another type: `const`, `volatile`, `restrict`, a type tag.
    #[must_use]
    pub fn is_qualifier(self) -> bool {
        matches!(self, Self::CONST | Self::VOLATILE | Self::RESTRICT | Self::TYPE_TAG)
    }

    /// Whether this stands for another type of the same layout: a qualifier or a typedef.
    #[must_use]
    pub fn is_modifier(self) -> bool {
        self.is_qualifier() || self == Self::TYPEDEF
    }

    /// Whether the last word of a record's header is another type.
    pub(crate) fn refers(self) -> bool {
        self.is_modifier()
            || matches!(self, Self::PTR | Self::FUNC | Self::FUNC_PROTO | Self::VAR | Self::DECL_TAG)
    }

    /// Whether this is a struct or union.
    #[must_use]
    pub fn is_composite(self) -> bool {
        matches!(self, Self::STRUCT | Self::UNION)
    }

    /// Whether this is an enumeration of either width.
    #[must_use]
    pub fn is_enum(self) -> bool {
        matches!(self, Self::ENUM | Self::ENUM64)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "kind {}", self.0),
        }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_number() {
        for (number, row) in ROWS.iter().enumerate() {
            assert_eq!(usize::from(row.kind.0), number, "{}", row.name);
        }
        assert_eq!(ROWS.len(), 20);
        assert_eq!(Kind(99).to_string(), "kind 99");
        assert_eq!(Kind::FUNC_PROTO.to_string(), "FUNC_PROTO");
        for (kind, want) in
            [(Kind::ARRAY, "an array"), (Kind::UNION, "a union"), (Kind(99), "an unknown kind")]
        {
            assert_eq!(kind.with_article(), want);
        }
    }
}
