//! A contender against itself: whatever ratio comes out is noise.

use std::hint::black_box;

use crate::case::{Case, Done, How, Work};
use crate::env::Env;

/// Nothing at all: what a process costs that does no work.
pub(crate) const NOTHING: Case = Case {
    name: "nothing",
    peer: "itself",
    how: How::Cold { ours: nothing, peer: nothing },
    wanted: None,
    needs: &[],
    kernel: false,
};

pub(super) const CASES: &[Case] = &[
    NOTHING,
    Case {
        name: "a sum, warm",
        peer: "itself",
        how: How::Warm { ours: sum, peer: sum },
        wanted: None,
        needs: &[],
        kernel: false,
    },
    Case {
        name: "a sum, cold",
        peer: "itself",
        how: How::Cold { ours: sum, peer: sum },
        wanted: None,
        needs: &[],
        kernel: false,
    },
];

fn nothing(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| Done::new((0, 0), ())))
}

fn sum(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| Done::new(((0..20_000_u64).fold(0, |sum, n| black_box(sum + n)), 0), ())))
}
