//! The cases, a suite a file.

mod btf;
mod check;
mod itself;
mod load;
mod maps;
mod open;
mod plan;

use crate::case::{Case, Curve, How, Prepare, Process};
use crate::env::Env;

/// The suites: `self` compares a contender with itself, which shows how much of a ratio is noise.
pub(crate) const NAMES: [&str; 7] = ["self", "open", "plan", "load", "maps", "btf", "check"];

pub(crate) use itself::NOTHING;

/// The cases of a suite.
pub(crate) fn suite(name: &str) -> Option<Vec<Case>> {
    match name {
        "self" => Some(itself::CASES.to_vec()),
        "open" => Some(open::CASES.to_vec()),
        "load" => Some(load::CASES.iter().map(|case| case.kernel_apart()).collect()),
        "maps" => Some(maps::CASES.to_vec()),
        "btf" => Some(btf::CASES.to_vec()),
        "plan" => Some(plan::CASES.to_vec()),
        "check" => Some(check::CASES.to_vec()),
        _ => None,
    }
}

/// The curves of a suite.
pub(crate) fn curves(name: &str) -> &'static [Curve] {
    match name {
        "open" => open::CURVES,
        "plan" => plan::CURVES,
        _ => &[],
    }
}

const fn cold(
    name: &'static str,
    peer: &'static str,
    ours: Prepare,
    theirs: Prepare,
    wanted: Option<f64>,
) -> Case {
    Case { name, peer, how: How::Cold { ours, peer: theirs }, wanted, needs: &[], kernel: false }
}

const fn warm(
    name: &'static str,
    peer: &'static str,
    ours: Prepare,
    theirs: Prepare,
    wanted: Option<f64>,
) -> Case {
    Case { name, peer, how: How::Warm { ours, peer: theirs }, wanted, needs: &[], kernel: false }
}

const fn process(
    name: &'static str,
    peer: &'static str,
    ours: fn(&Env) -> Process,
    theirs: fn(&Env) -> Process,
    wanted: Option<f64>,
) -> Case {
    Case { name, peer, how: How::Process { ours, peer: theirs }, wanted, needs: &[], kernel: false }
}

/// A case that cannot be measured, whatever the machine: it is listed with the reason in every run.
const fn no(name: &'static str, peer: &'static str, why: &'static str, wanted: Option<f64>) -> Case {
    Case { name, peer, how: How::No(why), wanted, needs: &[], kernel: false }
}

/// The cases of all suites, for a process that is to do one.
pub(crate) fn all() -> Vec<Case> {
    NAMES.iter().filter_map(|name| suite(name)).flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// A child finds its case by the name alone.
    #[test]
    fn every_case_has_a_name_of_its_own() {
        let cases = all();
        let names: HashSet<&str> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        assert!(NAMES.iter().all(|name| suite(name).is_some_and(|cases| !cases.is_empty())));
    }
}
