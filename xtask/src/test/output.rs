//! What a test binary prints, read line by line.

use std::collections::HashMap;

use super::tally::Suite;

/// A line that says what came of a test.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) test: &'a str,
    pub(super) outcome: Outcome,
}

/// What came of a test.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    /// With the reason, if one is given.
    Ignored(Option<String>),
}

/// Reads `test NAME ... OUTCOME`, as libtest and libtest-mimic print it.
pub(super) fn parse(line: &str) -> Option<Line<'_>> {
    let (test, outcome) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let outcome = match outcome {
        "ok" => Outcome::Passed,
        "FAILED" => Outcome::Failed,
        "ignored" => Outcome::Ignored(None),
        other => {
            let reason = other.strip_prefix("ignored")?;
            let bracketed = || reason.strip_prefix(" (")?.strip_suffix(')');
            Outcome::Ignored(Some(reason.strip_prefix(", ").or_else(bracketed)?.into()))
        }
    };
    Some(Line { test: test.trim(), outcome })
}

/// What the lines of several test binaries add up to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    binaries: usize,
    passed: usize,
    failed: Vec<String>,
    failed_count: usize,
    ignored: Vec<(String, String)>,
    ignored_count: usize,
}

impl Counts {
    /// Takes note of a line, if it is a test's or a result.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(summary) = line.strip_prefix("test result: ") {
            self.binaries += 1;
            self.passed += number_before(summary, " passed");
            self.failed_count += number_before(summary, " failed");
            self.ignored_count += number_before(summary, " ignored");
            return;
        }
        match parse(line) {
            Some(Line { test, outcome: Outcome::Failed }) => self.failed.push(test.into()),
            Some(Line { test, outcome: Outcome::Ignored(reason) }) => {
                let reason = reason.unwrap_or_else(|| "ignored, without a reason".into());
                self.ignored.push((test.into(), reason));
            }
            // Those are counted by the result.
            Some(Line { outcome: Outcome::Passed, .. }) | None => {}
        }
    }

    /// The suite that this was. Ignored tests named in `elsewhere` (so many of each) are counted there.
    pub(super) fn into_suite(self, name: &str, success: bool, mut elsewhere: HashMap<&str, usize>) -> Suite {
        let mut suite = Suite::ran(name, self.passed);
        // A line may have been torn by what a test printed itself; the counts are what holds.
        for test in &self.failed {
            suite.fail(test, "see above");
        }
        for _ in self.failed.len()..self.failed_count {
            suite.fail("a test", "see above");
        }
        let torn = self.ignored_count.saturating_sub(self.ignored.len());
        for (test, reason) in &self.ignored {
            match elsewhere.get_mut(test.as_str()) {
                Some(left) if *left > 0 => *left -= 1,
                _ => suite.skip(test, reason),
            }
        }
        for _ in 0..torn {
            suite.skip("a test", "ignored, and its line could not be read");
        }
        if self.binaries == 0 {
            suite.fail(name, "no test ran at all");
        } else if !success && self.failed_count == 0 {
            suite.fail(name, "it did not succeed, although no test failed: see above");
        }
        suite
    }
}

/// The names in what `--list` prints.
pub(crate) fn listed(output: &str) -> Vec<String> {
    output.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_string).collect()
}

/// The 12 of `ok. 12 passed; 0 failed`.
fn number_before(summary: &str, word: &str) -> usize {
    let Some((before, _)) = summary.split_once(word) else { return 0 };
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite(text: &str, success: bool, elsewhere: &[&'static str]) -> String {
        let mut counts = Counts::default();
        text.lines().for_each(|line| counts.read(line));
        let mut left: HashMap<&str, usize> = HashMap::new();
        for name in elsewhere {
            *left.entry(name).or_default() += 1;
        }
        counts.into_suite("s", success, left).to_string()
    }

    const GOOD: &str = "
running 3 tests
test a::b ... ok
test a::slow ... ignored, takes a minute
test a::bare ... ignored
test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s

running 1 test
test a::b ... ok
test result: ok. 10 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn lines() {
        let check = |line, expected: Option<(&str, Outcome)>| {
            assert_eq!(parse(line).map(|line| (line.test, line.outcome)), expected, "{line}");
        };
        let ignored = |reason: &str| Outcome::Ignored(Some(reason.into()));
        check("test a::b ... ok", Some(("a::b", Outcome::Passed)));
        check("test padded    ... FAILED", Some(("padded", Outcome::Failed)));
        check("test a ... ignored", Some(("a", Outcome::Ignored(None))));
        check("test a ... ignored, slow", Some(("a", ignored("slow"))));
        check("test a ... ignored (no bpffs (EPERM))", Some(("a", ignored("no bpffs (EPERM)"))));
        check("test src/lib.rs - a (line 3) ... ok", Some(("src/lib.rs - a (line 3)", Outcome::Passed)));
        check("test a ... printed something ok", None);
        check("test result: ok. 1 passed; 0 failed;", None);
    }

    #[test]
    fn good_ones_add_up() {
        assert_eq!(
            suite(GOOD, true, &[]),
            "ran 11, failed [], not run [a::slow: takes a minute; a::bare: ignored, without a reason]"
        );
    }

    #[test]
    fn what_counts_elsewhere_counts_once() {
        let text =
            "test k ... ignored\ntest k ... ignored, why\ntest result: ok. 0 passed; 0 failed; 2 ignored;\n";
        assert_eq!(suite(text, true, &["k", "k"]), "ran 0, failed [], not run []");
        assert_eq!(suite(text, true, &["k"]), "ran 0, failed [], not run [k: why]");
    }

    #[test]
    fn failures_are_named() {
        let text = "test x ... FAILED\ntest result: FAILED. 4 passed; 2 failed; 0 ignored;\n";
        assert_eq!(suite(text, false, &[]), "ran 4, failed [x: see above; a test: see above], not run []");
    }

    #[test]
    fn silence_is_a_failure() {
        assert_eq!(suite("", true, &[]), "ran 0, failed [s: no test ran at all], not run []");
        assert_eq!(
            suite("test result: ok. 4 passed; 0 failed; 0 ignored;\n", false, &[]),
            "ran 4, failed [s: it did not succeed, although no test failed: see above], not run []"
        );
    }

    #[test]
    fn lists() {
        assert_eq!(
            listed("struct_ops::link: test\nraw_tp: test\n\n2 tests, 0 benchmarks\n"),
            ["struct_ops::link", "raw_tp"]
        );
    }
}
