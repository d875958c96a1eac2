//! The closing list: what ran, what failed, what could not run and why.

use std::fmt;
use std::time::Duration;

/// What came of a group of tests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Suite {
    name: String,
    passed: usize,
    failed: Vec<Named>,
    not_run: Vec<Named>,
}

/// A test and what is to be said of it.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    test: String,
    reason: String,
}

impl Suite {
    /// So many tests passed, and nothing else happened yet.
    pub(super) fn ran(name: &str, passed: usize) -> Self {
        Self { name: name.into(), passed, failed: Vec::new(), not_run: Vec::new() }
    }

    /// The suite itself failed.
    pub(super) fn broken(name: &str, why: &str) -> Self {
        let mut suite = Self::ran(name, 0);
        suite.fail(name, why);
        suite
    }

    /// None of these tests could run here.
    pub(super) fn not_run(name: &str, tests: &[String], reason: &str) -> Self {
        let mut suite = Self::ran(name, 0);
        for test in tests {
            suite.skip(test, reason);
        }
        suite
    }

    pub(super) fn pass(&mut self) {
        self.passed += 1;
    }

    pub(super) fn fail(&mut self, test: &str, reason: &str) {
        self.failed.push(Named { test: test.into(), reason: reason.into() });
    }

    pub(super) fn skip(&mut self, test: &str, reason: &str) {
        self.not_run.push(Named { test: test.into(), reason: reason.into() });
    }

    pub(super) fn failed(&self) -> usize {
        self.failed.len()
    }

    fn show(&self, f: &mut fmt::Formatter<'_>, named: &[Named]) -> fmt::Result {
        for Named { test, reason } in named {
            // A reason of several lines stays under its test.
            let reason = reason.replace('\n', "\n      ");
            if *test == self.name {
                writeln!(f, "  {test}: {reason}")?;
            } else {
                writeln!(f, "  {}: {test}: {reason}", self.name)?;
            }
        }
        Ok(())
    }
}

/// In one line, for tests.
#[cfg(test)]
impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |named: &[Named]| {
            named
                .iter()
                .map(|Named { test, reason }| format!("{test}: {reason}"))
                .collect::<Vec<_>>()
                .join("; ")
        };
        write!(f, "ran {}, failed [{}], not run [{}]", self.passed, list(&self.failed), list(&self.not_run))
    }
}

/// All suites.
#[derive(Debug, Default)]
pub(super) struct Tally(Vec<Suite>);

impl Tally {
    pub(super) fn add(&mut self, suite: Suite) {
        self.0.push(suite);
    }

    pub(super) fn failed(&self) -> usize {
        self.0.iter().map(Suite::failed).sum()
    }

    /// The closing list, of a run that took so long. Its last line is read by others.
    pub(super) fn closing(&self, took: Duration) -> impl fmt::Display {
        Closing { tally: self, took }
    }
}

struct Closing<'a> {
    tally: &'a Tally,
    took: Duration,
}

impl fmt::Display for Closing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally(suites) = self.tally;
        let width = suites.iter().map(|suite| suite.name.chars().count()).chain([5]).max().unwrap_or(0);
        writeln!(f, "{:width$}  {:>7}  {:>7}  {:>7}", "suite", "ran", "failed", "not run")?;
        for suite in suites {
            let (failed, not_run) = (suite.failed.len(), suite.not_run.len());
            let ran = suite.passed + failed;
            writeln!(f, "{:width$}  {ran:>7}  {failed:>7}  {not_run:>7}", suite.name)?;
        }

        if self.tally.failed() > 0 {
            writeln!(f, "\nfailed:")?;
            suites.iter().try_for_each(|suite| suite.show(f, &suite.failed))?;
        }
        writeln!(f, "\ncould not run here:")?;
        if suites.iter().all(|suite| suite.not_run.is_empty()) {
            writeln!(f, "  nothing")?;
        }
        suites.iter().try_for_each(|suite| suite.show(f, &suite.not_run))?;

        let passed: usize = suites.iter().map(|suite| suite.passed).sum();
        let skipped: usize = suites.iter().map(|suite| suite.not_run.len()).sum();
        let (minutes, seconds) = (self.took.as_secs() / 60, self.took.as_secs() % 60);
        writeln!(f, "\ntook {minutes} min {seconds} s")?;
        writeln!(f, "{passed} passed, {} failed, {skipped} skipped", self.tally.failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_went_well() {
        let mut tally = Tally::default();
        tally.add(Suite::ran("cargo test", 120));
        assert_eq!(
            tally.closing(Duration::from_millis(83_400)).to_string(),
            "\
suite           ran   failed  not run
cargo test      120        0        0

could not run here:
  nothing

took 1 min 23 s
120 passed, 0 failed, 0 skipped
"
        );
    }

    #[test]
    fn everything_happened() {
        let mut plain = Suite::ran("cargo test", 9);
        plain.fail("a::b", "see above");
        let mut tally = Tally::default();
        tally.add(plain);
        tally.add(Suite::not_run("fixtures", &["fixtures".into()], "no clang"));
        tally.add(Suite::not_run("kernel tests of x", &["one".into(), "two".into()], "needs CAP_BPF"));
        tally.add(Suite::broken("kernel tests of y", "it wrote no report\nat all"));
        assert_eq!(tally.failed(), 2);
        assert_eq!(
            tally.closing(Duration::from_millis(83_400)).to_string(),
            "\
suite                  ran   failed  not run
cargo test              10        1        0
fixtures                 0        0        1
kernel tests of x        0        0        2
kernel tests of y        1        1        0

failed:
  cargo test: a::b: see above
  kernel tests of y: it wrote no report
      at all

could not run here:
  fixtures: no clang
  kernel tests of x: one: needs CAP_BPF
  kernel tests of x: two: needs CAP_BPF

took 1 min 23 s
9 passed, 2 failed, 3 skipped
"
        );
    }
}
