//! Why a map cannot be planned as it is defined.

use std::path::PathBuf;

use bpf_btf::{Label, Place};
use thiserror::Error;

/// A map that cannot be planned as it is defined. Codes E0425 to E0428, and E0431.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MapPlanError {
    /// The kernel would refuse it.
    #[error("map `{map}`: {why}")]
    Refused {
        /// The map.
        map: String,
        /// Why.
        why: String,
    },
    /// A map of maps, and nothing says what the maps inside are like.
    #[error("map `{map}` is a map of maps, and nothing says what the maps inside are like")]
    NoInner {
        /// The map.
        map: String,
    },
    /// An initial value that has no place in its map.
    #[error("map `{map}`: slot {slot} {why}")]
    Slot {
        /// The map.
        map: String,
        /// The slot.
        slot: u32,
        /// Why it cannot be filled.
        why: String,
    },
    /// Two maps that are to be pinned to the same path.
    #[error("maps `{first}` and `{map}` are both to be pinned to {}", path.display())]
    SamePin {
        /// The second map.
        map: String,
        /// The first map.
        first: String,
        /// The path.
        path: PathBuf,
    },
    /// A map that is to be for one program only, and cannot be.
    #[error("map `{map}` is for program `{program}` only: {why}")]
    Exclusive {
        /// The map.
        map: String,
        /// The program.
        program: String,
        /// Why that cannot be.
        why: String,
        /// What to do about it.
        help: Option<String>,
    },
}

impl MapPlanError {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoInner { .. } => "E0425",
            Self::Slot { .. } => "E0426",
            Self::SamePin { .. } => "E0427",
            Self::Exclusive { .. } => "E0428",
            Self::Refused { .. } => "E0431",
        }
    }

    pub(crate) fn labels(&self) -> Vec<Label> {
        let (Self::Refused { map, .. }
        | Self::NoInner { map }
        | Self::Slot { map, .. }
        | Self::SamePin { map, .. }
        | Self::Exclusive { map, .. }) = self;
        let program = match self {
            Self::Exclusive { program, .. } => Some(program),
            _ => None,
        };
        let program = program.map(|name| Label::at(Place::Item { kind: "program", name: name.clone() }));
        std::iter::once(Label::item("map", map)).chain(program).collect()
    }

    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::NoInner { .. } => Some(
                "declare them: __array(values, struct { … }); or call MapSpec::set_inner before planning"
                    .into(),
            ),
            Self::SamePin { .. } => Some("give one of them another path, with MapSpec::set_pin_path".into()),
            Self::Exclusive { help, .. } => help.clone(),
            Self::Refused { .. } | Self::Slot { .. } => None,
        }
    }
}
