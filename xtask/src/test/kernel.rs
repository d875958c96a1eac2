//! What came of the tests of a kernel suite, by name. Nothing is believed that the suite does not say.

use std::collections::BTreeMap;

use super::output::{Line, Outcome, parse};
use super::tally::Suite;

/// What a kernel suite printed of each test.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    of: BTreeMap<String, Outcome>,
    /// The first words on each failure.
    failures: BTreeMap<String, String>,
    /// The test whose failure the coming lines are about.
    about: Option<String>,
}

/// What holds of a test in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    /// With what there is to say of it.
    Failed(String),
    /// With the reason.
    NotRun(String),
}

impl Outcomes {
    /// Takes note of a line, if it is a test's.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(Line { test, outcome }) = parse(line) {
            self.of.insert(test.into(), outcome);
        } else if let Some(test) = line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" ----")) {
            self.about = Some(test.into());
        } else if !line.trim().is_empty()
            && let Some(test) = self.about.take()
        {
            self.failures.insert(test, line.trim().into());
        }
    }

    /// Whether anything was said of a test.
    pub(crate) fn speaks_of(&self, test: &str) -> bool {
        self.of.contains_key(test)
    }

    /// The verdict on each of the tests that were `listed`, and on those that were not and spoke nevertheless.
    pub(crate) fn verdicts(mut self, listed: &[String]) -> Vec<(String, Verdict)> {
        let failed = |reason: &str| Verdict::Failed(reason.into());
        let mut verdicts = Vec::new();
        for test in listed {
            let verdict = match self.of.remove(test) {
                Some(Outcome::Passed) => Verdict::Passed,
                Some(Outcome::Failed) => {
                    Verdict::Failed(self.failures.remove(test).unwrap_or_else(|| "see above".into()))
                }
                Some(Outcome::Ignored(Some(reason))) => Verdict::NotRun(reason),
                Some(Outcome::Ignored(None)) => failed("did not run, and gives no reason"),
                None => failed("nothing was printed of it, or something printed into its line"),
            };
            verdicts.push((test.clone(), verdict));
        }
        verdicts.extend(self.of.into_keys().map(|test| (test, failed("is not in the list of tests"))));
        verdicts
    }

    /// The suite that this was; `listed` are the tests that it must have spoken of, `success` is how it ended.
    pub(super) fn into_suite(self, name: &str, listed: &[String], success: bool) -> Suite {
        if listed.is_empty() {
            return Suite::broken(name, "it has no tests");
        }
        let mut suite = Suite::ran(name, 0);
        for (test, verdict) in self.verdicts(listed) {
            match verdict {
                Verdict::Passed => suite.pass(),
                Verdict::Failed(reason) => suite.fail(&test, &reason),
                Verdict::NotRun(reason) => suite.skip(&test, &reason),
            }
        }
        if !success && suite.failed() == 0 {
            suite.fail(name, NO_SUCCESS);
        }
        suite
    }
}

/// Of a suite that ends with an error.
pub(crate) const NO_SUCCESS: &str = "it did not succeed, although no test failed: see above";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listed: &[&str], success: bool, printed: &str, expected: &str) {
        let listed: Vec<String> = listed.iter().map(ToString::to_string).collect();
        let mut outcomes = Outcomes::default();
        printed.lines().for_each(|line| outcomes.read(line));
        assert_eq!(outcomes.into_suite("k", &listed, success).to_string(), expected);
    }

    #[test]
    fn every_outcome() {
        let printed = "
running 4 tests
test a        ... ok
test long::b  ... ignored (refused by this kernel: EPERM (1))
test c        ... ignored, no bpffs
test d        ... FAILED

failures:

---- d ----
found 2, wanted 1

test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        check(
            &["a", "long::b", "c", "d"],
            false,
            printed,
            "ran 1, failed [d: found 2, wanted 1], not run [long::b: refused by this kernel: EPERM (1); c: no bpffs]",
        );
    }

    #[test]
    fn silence_is_a_failure() {
        check(&[], true, "", "ran 0, failed [k: it has no tests], not run []");
        check(
            &["a", "b", "c"],
            true,
            "test a ... ok\ntest b ... hello ok\ntest c ... ignored\n",
            "ran 1, failed [b: nothing was printed of it, or something printed into its line; \
             c: did not run, and gives no reason], not run []",
        );
        check(
            &["a"],
            false,
            "test a ... ok\n",
            "ran 1, failed [k: it did not succeed, although no test failed: see above], not run []",
        );
    }

    #[test]
    fn tests_that_were_not_listed() {
        check(
            &["a"],
            true,
            "test a ... ok\ntest z ... ok\n",
            "ran 1, failed [z: is not in the list of tests], not run []",
        );
    }
}
