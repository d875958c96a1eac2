//! What a kernel suite says of its tests. Nothing is believed that it does not say.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::tally::Suite;

/// What came of one test.
#[derive(Debug, Deserialize)]
struct Line {
    name: String,
    /// `ran`, `refused` (by this kernel, as it must), `not run` or `failed`.
    outcome: String,
    #[serde(default)]
    reason: Option<String>,
}

/// Reads a report; `listed` are the tests that it must speak of, `success` is how the suite ended.
pub(super) fn suite(name: &str, listed: &[String], success: bool, report: Result<&[u8], &str>) -> Suite {
    let lines: Vec<Line> = match report.map(serde_json::from_slice) {
        Ok(Ok(lines)) => lines,
        Ok(Err(error)) => return Suite::broken(name, &format!("its report cannot be read: {error}")),
        Err(why) => return Suite::broken(name, why),
    };
    if lines.is_empty() {
        return Suite::broken(name, "its report is empty");
    }

    let mut suite = Suite::ran(name, 0);
    let mut silent: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    for Line { name: test, outcome, reason } in &lines {
        silent.remove(test.as_str());
        let reason = reason.as_deref().filter(|reason| !reason.is_empty());
        match (outcome.as_str(), reason) {
            ("ran", _) => suite.pass(),
            ("failed", reason) => suite.fail(test, reason.unwrap_or("see above")),
            ("refused", Some(reason)) => suite.skip(test, &format!("refused by this kernel: {reason}")),
            ("not run", Some(reason)) => suite.skip(test, reason),
            ("refused" | "not run", None) => {
                suite.fail(test, &format!("{outcome}, and the report gives no reason"));
            }
            (other, _) => suite.fail(test, &format!("the report says {other:?}, which means nothing")),
        }
    }
    for test in silent {
        suite.fail(test, "the report does not speak of it");
    }
    if !success && suite.failed() == 0 {
        suite.fail(name, "it did not succeed, although its report has no failure: see above");
    }
    suite
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listed: &[&str], success: bool, report: &str, expected: &str) {
        let listed: Vec<String> = listed.iter().map(ToString::to_string).collect();
        assert_eq!(suite("k", &listed, success, Ok(report.as_bytes())).to_string(), expected);
    }

    #[test]
    fn every_outcome() {
        let report = r#"[
            {"name": "a", "outcome": "ran", "reason": ""},
            {"name": "b", "outcome": "refused", "reason": "fentry: EPERM"},
            {"name": "c", "outcome": "not run", "reason": "no bpffs"},
            {"name": "d", "outcome": "failed", "reason": "expected 1"}
        ]"#;
        check(
            &["a", "b", "c", "d"],
            false,
            report,
            "ran 1, failed [d: expected 1], not run [b: refused by this kernel: fentry: EPERM; c: no bpffs]",
        );
    }

    #[test]
    fn silence_is_a_failure() {
        check(&["a"], true, "[]", "ran 0, failed [k: its report is empty], not run []");
        let one = r#"[{"name": "a", "outcome": "ran"}]"#;
        check(&["a", "b"], true, one, "ran 1, failed [b: the report does not speak of it], not run []");
        check(
            &["a"],
            false,
            one,
            "ran 1, failed [k: it did not succeed, although its report has no failure: see above], not run []",
        );
        let missing = suite("k", &[], true, Err("it wrote no report"));
        assert_eq!(missing.to_string(), "ran 0, failed [k: it wrote no report], not run []");
    }

    #[test]
    fn a_report_must_make_sense() {
        check(
            &[],
            true,
            r#"[{"name": "a", "outcome": "skipped"}, {"name": "b", "outcome": "not run"}]"#,
            "ran 0, failed [a: the report says \"skipped\", which means nothing; \
             b: not run, and the report gives no reason], not run []",
        );
        assert_eq!(suite("k", &[], true, Ok(b"{")).failed(), 1);
    }
}
