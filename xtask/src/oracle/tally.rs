//! What a suite found: how much was compared, what differs, what was left out; as a table and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::known;

/// What came of a suite.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) suite: &'static str,
    /// Things that both sides were asked about.
    pub(crate) compared: usize,
    /// Those that do not differ in anything.
    pub(crate) equal: usize,
    pub(crate) different: Vec<Entry>,
    pub(crate) skipped: Vec<Entry>,
    /// Those among the different that nobody explained.
    #[serde(skip)]
    pub(crate) unexplained: Vec<Entry>,
    /// How deep it went: two that agree to refuse something are equal too, but that says less.
    #[serde(skip)]
    pub(crate) depth: BTreeMap<&'static str, usize>,
}

/// A thing, and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Entry {
    pub(crate) what: String,
    pub(crate) why: String,
}

/// Something of a thing that differs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Differs {
    pub(crate) field: &'static str,
    pub(crate) how: String,
}

/// Marks a difference that nobody explained.
pub(crate) const UNEXPLAINED: &str = "UNEXPLAINED";

impl Tally {
    pub(crate) fn new(suite: &'static str) -> Self {
        Self { suite, ..Self::default() }
    }

    /// A thing was compared, with what of it differs.
    pub(crate) fn compared(&mut self, what: &str, differs: &[Differs]) {
        self.compared += 1;
        if differs.is_empty() {
            self.equal += 1;
            return;
        }
        let mut reasons = Vec::new();
        for Differs { field, how } in differs {
            let why = match known::reason(self.suite, what, field) {
                Some(why) => format!("{field}: {why}"),
                None => {
                    let why = format!("{field}: {UNEXPLAINED}: {how}");
                    self.unexplained.push(Entry { what: what.to_owned(), why: why.clone() });
                    why
                }
            };
            if !reasons.contains(&why) {
                reasons.push(why);
            }
        }
        self.different.push(Entry { what: what.to_owned(), why: reasons.join("; ") });
    }

    /// So many of what a thing consists of were compared.
    pub(crate) fn went_into(&mut self, what: &'static str, count: usize) {
        *self.depth.entry(what).or_default() += count;
    }

    pub(crate) fn skipped(&mut self, what: &str, why: impl Into<String>) {
        self.skipped.push(Entry { what: what.to_owned(), why: why.into() });
    }

    /// The reasons of a list, each with how often and an example.
    pub(crate) fn grouped(entries: &[Entry]) -> Vec<(&str, usize, &str)> {
        let mut groups: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for entry in entries {
            groups.entry(&entry.why).or_insert((0, &entry.what)).0 += 1;
        }
        let mut list: Vec<_> = groups.into_iter().map(|(why, (count, what))| (why, count, what)).collect();
        list.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        list
    }
}

/// The table for the terminal.
pub(crate) fn table(tallies: &[Tally]) -> String {
    let mut out = format!(
        "{:<8} {:>9} {:>9} {:>10} {:>12} {:>9}\n",
        "suite", "compared", "equal", "different", "unexplained", "skipped"
    );
    for tally in tallies {
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "{:<8} {:>9} {:>9} {:>10} {:>12} {:>9}",
            tally.suite,
            tally.compared,
            tally.equal,
            tally.different.len(),
            tally.unexplained.len(),
            tally.skipped.len()
        );
    }
    for tally in tallies.iter().filter(|tally| !tally.depth.is_empty()) {
        let parts: Vec<_> = tally.depth.iter().map(|(what, count)| format!("{count} {what}")).collect();
        let _ = writeln!(out, "{}: {}", tally.suite, parts.join(", "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_nobody_explained_is_kept_apart() {
        let mut tally = Tally::new("open");
        tally.compared("a", &[]);
        tally.compared("b", &[Differs { field: "no such field", how: "ours 1, libbpf 2".into() }]);
        assert_eq!(
            (tally.compared, tally.equal, tally.different.len(), tally.unexplained.len()),
            (2, 1, 1, 1)
        );
        assert_eq!(tally.unexplained[0].why, "no such field: UNEXPLAINED: ours 1, libbpf 2");
    }

    #[test]
    fn reasons_are_grouped_with_the_most_frequent_first() {
        let entry = |what: &str, why: &str| Entry { what: what.into(), why: why.into() };
        let entries = [entry("a", "x"), entry("b", "y"), entry("c", "y")];
        assert_eq!(Tally::grouped(&entries), [("y", 2, "b"), ("x", 1, "a")]);
    }

    #[test]
    fn the_json_has_the_fields_that_readers_expect() {
        let mut tally = Tally::new("btf");
        tally.skipped("x", "no bpftool");
        let json = serde_json::to_string(&[tally]).unwrap();
        assert_eq!(
            json,
            r#"[{"suite":"btf","compared":0,"equal":0,"different":[],"skipped":[{"what":"x","why":"no bpftool"}]}]"#
        );
    }
}
