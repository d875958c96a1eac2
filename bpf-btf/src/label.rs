//! Where an error happened, as data: every error of the crates above carries labels made of these.

use std::fmt;

/// A kind of place that a message can point at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// The object file as a whole, by the name it was opened under.
    Object(String),
    /// An ELF section, by name.
    Section(String),
    /// A byte offset, counted from the start of what the label's text names.
    Offset(u64),
    /// Something with a name and a kind of its own: a program, a map, a variable, a member, a type.
    Item {
        /// What it is: `program`, `map`, `variable`, `member`, `type` …
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// An instruction, counted from the start of its program.
    Insn(u32),
    /// A line of C source, as the object's line information gives it.
    Source {
        /// File name as the compiler saw it.
        file: String,
        /// Line number from 1.
        line: u32,
        /// The text of the line, empty where the object has none.
        text: String,
    },
    /// The kernel that was planned for.
    Kernel,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(name) => write!(f, "{name}"),
            Self::Section(name) => write!(f, "section {name}"),
            Self::Offset(at) => write!(f, "offset {at:#x}"),
            Self::Item { kind, name } => write!(f, "{kind} {name}"),
            Self::Insn(index) => write!(f, "instruction {index}"),
            Self::Source { file, line, .. } => write!(f, "{file}:{line}"),
            Self::Kernel => f.write_str("kernel"),
        }
    }
}

/// A place and what is to be said of it there. The text may be empty: then the place is only a coordinate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is there.
    pub text: String,
}

impl Label {
    /// A label with a text.
    pub fn new(place: Place, text: impl Into<String>) -> Self {
        Self { place, text: text.into() }
    }

    /// A label that is only a coordinate.
    #[must_use]
    pub fn at(place: Place) -> Self {
        Self { place, text: String::new() }
    }

    /// A label for something with a name.
    pub fn item(kind: &'static str, name: impl Into<String>) -> Self {
        Self::at(Place::Item { kind, name: name.into() })
    }

    /// A label for a section.
    pub fn section(name: impl Into<String>) -> Self {
        Self::at(Place::Section(name.into()))
    }

    /// A label for a byte offset.
    #[must_use]
    pub fn offset(at: u64) -> Self {
        Self::at(Place::Offset(at))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() {
            write!(f, "{}", self.place)
        } else {
            write!(f, "{}: {}", self.place, self.text)
        }
    }
}
