//! What came of the tests of a kernel suite, by name. Nothing is believed that the suite does not say.

use std::collections::BTreeMap;

use super::output::{Line, Outcome, parse};
use super::tally::Suite;

/// What a kernel suite printed of each test.
#[derive(Debug, Default)]
pub(super) struct Outcomes(BTreeMap<String, Outcome>);

impl Outcomes {
    /// Takes note of a line, if it is a test's.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(Line { test, outcome }) = parse(line) {
            self.0.insert(test.into(), outcome);
        }
    }

    /// The suite that this was; `listed` are the tests that it must have spoken of, `success` is how it ended.
    pub(super) fn into_suite(mut self, name: &str, listed: &[String], success: bool) -> Suite {
        if listed.is_empty() {
            return Suite::broken(name, "it has no tests");
        }
        let mut suite = Suite::ran(name, 0);
        for test in listed {
            match self.0.remove(test) {
                Some(Outcome::Passed) => suite.pass(),
                Some(Outcome::Failed) => suite.fail(test, "see above"),
                Some(Outcome::Ignored(Some(reason))) => suite.skip(test, &reason),
                Some(Outcome::Ignored(None)) => suite.fail(test, "did not run, and gives no reason"),
                None => suite.fail(test, "nothing was printed of it, or something printed into its line"),
            }
        }
        for test in self.0.into_keys() {
            suite.fail(&test, "is not in the list of tests");
        }
        if !success && suite.failed() == 0 {
            suite.fail(name, "it did not succeed, although no test failed: see above");
        }
        suite
    }
}

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
            "ran 1, failed [d: see above], not run [long::b: refused by this kernel: EPERM (1); c: no bpffs]",
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
