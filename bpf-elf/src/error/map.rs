//! What can be wrong with a map's definition.

use std::fmt;

use bpf_btf::{Kind, Label};
use thiserror::Error;

use crate::error::ElfError;

/// A map whose definition makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("map `{map}`: {problem}")]
pub struct MapError {
    /// The map.
    pub map: String,
    /// The section that it is defined in: `.maps`, or that of old definitions.
    pub section: String,
    /// What is wrong.
    pub problem: MapProblem,
}

/// What is wrong with a map's definition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MapProblem {
    /// The section has no types.
    #[error("there are no types for section `.maps`")]
    NoDatasec,
    /// It is not a variable.
    #[error("it must be a variable; found: {}", kind.word())]
    NotAVariable {
        /// What it is.
        kind: Kind,
    },
    /// Only its file can see it.
    #[error("it is static, and maps cannot be static")]
    Static,
    /// It is declared and not defined.
    #[error("it is extern: defined in another object")]
    Extern,
    /// It is not a struct.
    #[error("it must be a struct; found: {}", kind.word())]
    NotAStruct {
        /// What it is.
        kind: Kind,
    },
    /// The struct is larger than the variable.
    #[error("its struct has {struct_size} bytes, the variable {size}")]
    Size {
        /// The struct's size in bytes.
        struct_size: u32,
        /// The variable's size in bytes.
        size: u32,
    },
    /// An attribute that does not exist.
    #[error("unknown attribute `{attribute}`")]
    Unknown {
        /// The attribute.
        attribute: String,
        /// One that is close.
        nearest: Option<String>,
    },
    /// An attribute that is given twice.
    #[error("attribute `{attribute}` is given twice")]
    Twice {
        /// The attribute.
        attribute: String,
    },
    /// An attribute whose type is not the one that carries a value.
    #[error("attribute `{attribute}` must be {wanted}; found: {}", found.word())]
    Shape {
        /// The attribute.
        attribute: String,
        /// What it is.
        found: Kind,
        /// What it must be.
        wanted: &'static str,
    },
    /// Two attributes that contradict each other.
    #[error("`{attribute}` makes it {value} bytes, `{other}` {other_value}")]
    Conflict {
        /// An attribute.
        attribute: &'static str,
        /// What it says.
        value: u32,
        /// Another attribute.
        other: &'static str,
        /// What that says.
        other_value: u32,
    },
    /// The type of map is not said.
    #[error("it does not say its type")]
    NoType,
    /// Static values for a map that cannot have any.
    #[error("a map of type {map_type} cannot have `values`")]
    NoValues {
        /// The type of map.
        map_type: String,
    },
    /// `values` is not the last attribute.
    #[error("`values` must be the last attribute")]
    ValuesNotLast,
    /// A map in a map in a map.
    #[error("the maps inside it cannot have `values` themselves")]
    Nested,
    /// A map inside another that is to be pinned.
    #[error("the maps inside it cannot be pinned")]
    InnerPinned,
    /// A number that is no way of pinning.
    #[error("pinning is {value}; only 0 (none) and 1 (by name) exist")]
    Pinning {
        /// The number.
        value: u32,
    },
    /// A section of old definitions that does not divide into its maps.
    #[error(
        "section of {section_size} bytes and {maps} symbols: not an entry of 16 bytes or more for each, all of one size"
    )]
    LegacySize {
        /// Bytes of the section.
        section_size: u64,
        /// Symbols in it.
        maps: u64,
    },
    /// An old definition whose symbol is not where its entry begins.
    #[error("its symbol is at {offset:#x}, its entry begins at {wanted:#x}")]
    LegacyPlace {
        /// Where the symbol is, in bytes.
        offset: u64,
        /// Where it should be.
        wanted: u64,
    },
    /// An old definition that says more than is understood.
    #[error("{} says more than can be done: {}", layout.unwrap_or("an entry of an unknown layout"), listed(fields))]
    LegacyTail {
        /// What an entry of that size is.
        layout: Option<&'static str>,
        /// The fields that are set: up to four of them.
        fields: Vec<LegacyField>,
    },
    /// Variables in an arena, and no arena.
    #[error("there are variables in an arena, and no map of type arena to hold them")]
    NoArena,
    /// Variables in an arena, and several arenas.
    #[error("`{other}` is an arena too: which of them holds the variables cannot be told")]
    TwoArenas {
        /// The other.
        other: String,
    },
}

/// A field of an old map definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyField {
    /// Its name, where the layout is known.
    pub name: Option<&'static str>,
    /// Where in the entry, in bytes.
    pub offset: u32,
    /// What it says.
    pub value: u32,
}

impl fmt::Display for LegacyField {
    /// `pinning 2`, or `5 at 0x14`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{name} {}", self.value),
            None => write!(f, "{} at {:#x}", self.value, self.offset),
        }
    }
}

fn listed(fields: &[LegacyField]) -> String {
    fields.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl MapError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            MapProblem::NoDatasec => "E0251",
            MapProblem::NotAVariable { .. } | MapProblem::NotAStruct { .. } => "E0252",
            MapProblem::Static | MapProblem::Extern => "E0253",
            MapProblem::Size { .. } => "E0254",
            MapProblem::Unknown { .. } => "E0255",
            MapProblem::Twice { .. } => "E0256",
            MapProblem::Shape { .. } => "E0257",
            MapProblem::Conflict { .. } => "E0258",
            MapProblem::NoType => "E0259",
            MapProblem::NoValues { .. } | MapProblem::ValuesNotLast => "E0260",
            MapProblem::Nested | MapProblem::InnerPinned => "E0261",
            MapProblem::Pinning { .. } => "E0262",
            MapProblem::LegacySize { .. } | MapProblem::LegacyPlace { .. } => "E0263",
            MapProblem::LegacyTail { .. } => "E0264",
            MapProblem::NoArena | MapProblem::TwoArenas { .. } => "E0265",
        }
    }

    /// Where in the object.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let mut labels = vec![Label::section(&self.section), Label::item("map", &self.map)];
        match &self.problem {
            MapProblem::Unknown { attribute, .. }
            | MapProblem::Twice { attribute }
            | MapProblem::Shape { attribute, .. } => labels.push(Label::item("attribute", attribute)),
            MapProblem::Conflict { attribute, other, .. } => {
                labels.extend([Label::item("attribute", *attribute), Label::item("attribute", *other)]);
            }
            _ => {}
        }
        labels
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match &self.problem {
            MapProblem::Unknown { nearest: Some(nearest), .. } => {
                return Some(format!("did you mean `{nearest}`?"));
            }
            MapProblem::Unknown { .. } => {
                "there are type, max_entries, map_flags, numa_node, key_size, key, value_size, value, values, pinning, map_extra"
            }
            MapProblem::NoDatasec => "compile with `clang -g -target bpf`",
            MapProblem::Static => "drop `static` (and any hidden visibility)",
            MapProblem::Extern => "link the objects first",
            MapProblem::NotAStruct { .. } => {
                "define it as struct { __uint(type, ...); ... } name SEC(\".maps\")"
            }
            MapProblem::Shape { .. } => "use the macros __uint(), __type(), __array() and __ulong()",
            MapProblem::Conflict { .. } => "give the type or the size, not both",
            MapProblem::NoType => "add __uint(type, BPF_MAP_TYPE_...)",
            MapProblem::LegacySize { .. } | MapProblem::LegacyPlace { .. } => {
                "give each map of the section a variable of the same struct, of global visibility"
            }
            MapProblem::NoArena => "declare one: a map of type BPF_MAP_TYPE_ARENA in SEC(\".maps\")",
            MapProblem::TwoArenas { .. } => "keep one arena in an object that has variables in it",
            MapProblem::LegacyTail { .. } => {
                "define the map by BTF: struct { __uint(type, ...); ... } name SEC(\".maps\")"
            }
            MapProblem::NoValues { .. } => {
                "only array_of_maps, hash_of_maps and prog_array can have `values`"
            }
            _ => return None,
        };
        Some(help.into())
    }
}

impl From<MapError> for ElfError {
    fn from(error: MapError) -> Self {
        Self::Map(Box::new(error))
    }
}
