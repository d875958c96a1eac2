//! The differences that are known, each with its reason, and how much a run must at least compare. Reviewed: an entry
//! is a claim that we are right, or do not mind.

/// A difference that is meant.
pub(crate) struct Known {
    pub(crate) suite: &'static str,
    /// Objects, programs, maps: `*` stands for any text.
    pub(crate) what: &'static str,
    /// What differs.
    pub(crate) field: &'static str,
    pub(crate) why: &'static str,
}

pub(crate) const KNOWN: &[Known] = &[];

/// The least that each suite compares where nothing is missing: packages, privileges, bpftool.
pub(crate) const FLOORS: &[(&str, usize)] = &[];

/// Why that difference is meant, if it is.
pub(crate) fn reason(suite: &str, what: &str, field: &str) -> Option<&'static str> {
    let known = KNOWN.iter().find(|known| {
        known.suite == suite && known.field == field && fits(known.what.as_bytes(), what.as_bytes())
    })?;
    Some(known.why)
}

/// Whether a text has the form of a pattern, in which `*` stands for any text.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => {
            (0..=text.len()).any(|skipped| fits(rest, text.get(skipped..).unwrap_or_default()))
        }
        Some((first, rest)) => {
            text.split_first().is_some_and(|(head, tail)| head == first && fits(rest, tail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, want) in [
            ("a/b", "a/b", true),
            ("a/b", "a/bc", false),
            ("*: program x", "fixtures/a.o: program x", true),
            ("*: program x", "fixtures/a.o: program xy", false),
            ("a*c*", "abc", true),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), want, "{pattern} {text}");
        }
    }

    #[test]
    fn every_entry_has_a_reason_and_a_suite() {
        for known in KNOWN {
            assert!(super::super::SUITES.contains(&known.suite), "{}", known.what);
            assert!(known.why.len() > 20, "{}", known.what);
        }
    }
}
