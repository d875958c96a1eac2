//! What ran on which kernel: a row for each test, a column for each kernel; on the terminal and as JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::kernels::Version;
use super::packages::Kernel;
use super::qemu::{Ended, Ending};
use super::suites::Suite;
use crate::test::kernel::{NO_SUCCESS, Outcomes, Verdict};

/// What a refusal by the kernel itself starts with.
const REFUSED: &str = "refused by this kernel: ";

/// What a test came to on a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Ran,
    Failed(String),
    /// By a kernel that does not have it.
    Refused(String),
    /// By a kernel that should have it, or the test does not say which has.
    Unexplained {
        reason: String,
        why: String,
    },
    NotRun(String),
}

/// A kernel, and what each test came to.
#[derive(Debug)]
pub(super) struct Column {
    name: String,
    release: String,
    /// Whether it had the test module, or why not.
    module: String,
    ending: Ending,
    retried: usize,
    booted: Option<Duration>,
    took: Duration,
    cells: BTreeMap<String, Cell>,
}

/// All columns.
#[derive(Debug)]
pub(super) struct Report {
    /// The tests, in order.
    features: Vec<String>,
    columns: Vec<Column>,
    /// Kernels that could not be had, and why.
    missing: Vec<(String, String)>,
}

/// One of the things that a feature needs.
#[derive(Debug, PartialEq, Eq)]
enum Need<'a> {
    Linux(Version),
    Config(&'a str),
}

impl Column {
    pub(super) fn new(
        kernel: &Kernel,
        module: String,
        suites: &[Suite],
        ended: &Ended,
        retried: usize,
    ) -> Self {
        let mut cells = BTreeMap::new();
        for suite in suites {
            for (test, verdict) in verdicts(suite, ended) {
                cells.insert(
                    feature(&suite.package, &test),
                    Cell::of(verdict, kernel.version, |o| kernel.has(o)),
                );
            }
        }
        Self {
            name: kernel.name.clone(),
            release: kernel.release.clone(),
            module,
            ending: ended.ending,
            retried,
            booted: ended.booted,
            took: ended.took,
            cells,
        }
    }

    fn is_good(&self) -> bool {
        let is_bad = |cell: &Cell| matches!(cell, Cell::Failed(_) | Cell::Unexplained { .. });
        self.ending == Ending::Finished && !self.cells.values().any(is_bad)
    }
}

/// The verdict on each test of a suite, from what the guest left.
fn verdicts(suite: &Suite, ended: &Ended) -> Vec<(String, Verdict)> {
    let mine = format!("suite {}", suite.package);
    let printed: Vec<&str> = ended
        .output
        .lines()
        .skip_while(|line| *line != mine)
        .skip(1)
        .take_while(|line| !line.starts_with("suite "))
        .collect();
    let mut outcomes = Outcomes::default();
    printed.iter().for_each(|line| outcomes.read(line));
    let status = ended.status.lines().find_map(|line| line.strip_prefix(&mine)?.strip_prefix(' '));
    if let Some(status) = status {
        let mut verdicts = outcomes.verdicts(&suite.tests);
        let failed = verdicts.iter().any(|(_, verdict)| matches!(verdict, Verdict::Failed(_)));
        if status != "0" && !failed {
            verdicts.push(("the suite".into(), Verdict::Failed(NO_SUCCESS.into())));
        }
        return verdicts;
    }
    // It never came to its end: what it said holds, and of the rest one test may have been under way.
    let what = match ended.ending {
        Ending::TimedOut => "the time-out came",
        Ending::Died | Ending::Finished => "the guest died",
    };
    let under_way = printed.last().and_then(|line| line.strip_prefix("test ")?.split_once(" ..."));
    let (spoken, silent): (Vec<String>, Vec<String>) =
        suite.tests.iter().cloned().partition(|test| outcomes.speaks_of(test));
    let mut verdicts = outcomes.verdicts(&spoken);
    verdicts.extend(silent.into_iter().map(|test| {
        let at = if under_way.is_some_and(|(name, _)| name.trim() == test) { "in it" } else { "before it" };
        (test, Verdict::NotRun(format!("{what} {at}")))
    }));
    verdicts
}

fn feature(package: &str, test: &str) -> String {
    format!("{package}: {test}")
}

impl Cell {
    /// What a verdict is worth on a kernel of that version, with the options that `has` knows.
    fn of(verdict: Verdict, version: Version, has: impl Fn(&str) -> bool) -> Self {
        let reason = match verdict {
            Verdict::Passed => return Self::Ran,
            Verdict::Failed(reason) => return Self::Failed(reason),
            Verdict::NotRun(reason) => reason,
        };
        let stripped = reason.strip_prefix(REFUSED);
        let needs = needs(stripped.unwrap_or(&reason));
        if needs.is_empty() && stripped.is_none() {
            return Self::NotRun(reason);
        }
        let lacks = |need: &Need<'_>| match need {
            Need::Linux(first) => version < *first,
            Need::Config(option) => !has(option),
        };
        let reason = stripped.unwrap_or(&reason).to_owned();
        if needs.iter().any(lacks) {
            Self::Refused(reason)
        } else if needs.is_empty() {
            Self::Unexplained { reason, why: "the test does not say what it needs".into() }
        } else {
            Self::Unexplained { reason, why: "this kernel has what it needs".into() }
        }
    }

    fn short(&self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Failed(_) => "FAILED",
            Self::Refused(_) => "refused",
            Self::Unexplained { .. } => "REFUSED",
            Self::NotRun(_) => "not run",
        }
    }

    /// What there is to say beyond that.
    fn remark(&self) -> Option<String> {
        match self {
            Self::Ran => None,
            Self::Failed(reason) | Self::Refused(reason) | Self::NotRun(reason) => Some(reason.clone()),
            Self::Unexplained { reason, why } => Some(format!("{reason} ({why})")),
        }
    }

    fn json(&self) -> String {
        match self {
            Self::Ran => "ran".into(),
            Self::Failed(reason) => format!("failed: {reason}"),
            Self::Refused(reason) | Self::Unexplained { reason, .. } => format!("refused: {reason}"),
            Self::NotRun(reason) => format!("not run: {reason}"),
        }
    }
}

/// Reads `needs Linux 6.4 and CONFIG_X: what for`. Empty for any other text.
fn needs(reason: &str) -> Vec<Need<'_>> {
    let read = || -> Option<Vec<Need<'_>>> {
        let (needs, _) = reason.strip_prefix("needs ")?.split_once(':')?;
        needs
            .split(" and ")
            .map(|need| match need.strip_prefix("Linux ") {
                Some(version) => Version::from_str(version).ok().map(Need::Linux),
                None => need.starts_with("CONFIG_").then_some(Need::Config(need)),
            })
            .collect()
    };
    read().unwrap_or_default()
}

impl Report {
    pub(super) fn new(suites: &[Suite], columns: Vec<Column>, missing: Vec<(String, String)>) -> Self {
        let mut features: Vec<String> = suites
            .iter()
            .flat_map(|suite| suite.tests.iter().map(|test| feature(&suite.package, test)))
            .collect();
        for other in columns.iter().flat_map(|column| column.cells.keys()) {
            if !features.contains(other) {
                features.push(other.clone());
            }
        }
        Self { features, columns, missing }
    }

    /// Whether nothing failed, no refusal is unexplained, and every guest came to its end.
    pub(super) fn is_good(&self) -> bool {
        self.columns.iter().all(Column::is_good)
    }

    pub(super) fn json(&self) -> String {
        let features = self.features.iter().map(|feature| {
            let mut row = Map::new();
            row.insert("feature".into(), feature.as_str().into());
            for column in &self.columns {
                if let Some(cell) = column.cells.get(feature) {
                    row.insert(column.name.clone(), cell.json().into());
                }
            }
            Value::Object(row)
        });
        let modules: Map<String, Value> =
            self.columns.iter().map(|column| (column.name.clone(), column.module.as_str().into())).collect();
        let releases: Map<String, Value> =
            self.columns.iter().map(|c| (c.name.clone(), c.release.as_str().into())).collect();
        let missing: Map<String, Value> =
            self.missing.iter().map(|(name, why)| (name.clone(), why.as_str().into())).collect();
        let value = json!({
            "kernels": self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
            "features": features.collect::<Vec<_>>(),
            "releases": releases,
            "test_modules": modules,
            "missing": missing,
        });
        format!("{value:#}\n")
    }

    /// `4 kernels: 200 ran, 0 failed, 12 refused, 3 not run`
    pub(super) fn summary(&self) -> String {
        let count = |wanted: &[&str]| {
            let cells = self.columns.iter().flat_map(|column| column.cells.values());
            cells.filter(|cell| wanted.contains(&cell.short())).count()
        };
        let lost = self.columns.iter().filter(|column| column.ending != Ending::Finished).count();
        let mut text = format!(
            "{} kernels: {} ran, {} failed, {} refused, {} not run",
            self.columns.len(),
            count(&["ran"]),
            count(&["FAILED", "REFUSED"]),
            count(&["refused"]),
            count(&["not run"])
        );
        if lost > 0 {
            text.push_str(&format!(", {lost} guests lost"));
        }
        text
    }

    fn remarks(&self, f: &mut fmt::Formatter<'_>, title: &str, kinds: &[&str]) -> fmt::Result {
        // The same remark on several kernels is one line.
        let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
        for feature in &self.features {
            for column in &self.columns {
                let Some(cell) = column.cells.get(feature).filter(|cell| kinds.contains(&cell.short()))
                else {
                    continue;
                };
                let text = format!("{feature}: {}", cell.remark().unwrap_or_default());
                match lines.iter_mut().find(|(line, _)| *line == text) {
                    Some((_, kernels)) => kernels.push(&column.name),
                    None => lines.push((text, vec![&column.name])),
                }
            }
        }
        if !lines.is_empty() {
            writeln!(f, "\n{title}:")?;
        }
        lines.iter().try_for_each(|(text, kernels)| writeln!(f, "  {}: {text}", kernels.join(", ")))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = self.features.iter().map(|feature| feature.chars().count()).chain([7]).max().unwrap_or(0);
        let row = |f: &mut fmt::Formatter<'_>, name: &str, cells: Vec<&str>| {
            write!(f, "{name:wide$}")?;
            cells.iter().try_for_each(|cell| write!(f, "  {cell:>9}"))?;
            writeln!(f)
        };
        row(f, "feature", self.columns.iter().map(|column| column.name.as_str()).collect())?;
        for feature in &self.features {
            let short = |column: &Column| column.cells.get(feature).map_or("-", Cell::short);
            row(f, feature, self.columns.iter().map(short).collect())?;
        }
        self.remarks(f, "failed", &["FAILED", "REFUSED"])?;
        self.remarks(f, "refused, as it has to be", &["refused"])?;
        self.remarks(f, "not run", &["not run"])?;

        writeln!(f, "\nkernels:")?;
        for column in &self.columns {
            let ending = match column.ending {
                Ending::Finished => "",
                Ending::Died => ", DIED before the end",
                Ending::TimedOut => ", TIMED OUT",
            };
            let booted = column
                .booted
                .map_or("never booted".into(), |t| format!("booted in {:.1} s", t.as_secs_f64()));
            let retried = if column.retried > 0 {
                format!(", boots repeated: {}", column.retried)
            } else {
                String::new()
            };
            let Column { name, release, module, .. } = column;
            let took = column.took.as_secs_f64();
            writeln!(f, "  {name}: {release}, {booted}, {took:.1} s in all{ending}{retried}; {module}")?;
        }
        for (name, why) in &self.missing {
            writeln!(f, "  {name}: could not be had: {why}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn suite(tests: &[&str]) -> Suite {
        let tests = tests.iter().map(ToString::to_string).collect();
        Suite { package: "p".into(), executable: PathBuf::new(), programs: Vec::new(), tests }
    }

    fn kernel(name: &str, version: Version, config: &str) -> Kernel {
        Kernel {
            name: name.into(),
            release: format!("{name}.0"),
            version,
            image: PathBuf::new(),
            config: config.into(),
            folder: PathBuf::new(),
        }
    }

    fn ended(ending: Ending, output: &str, status: &str) -> Ended {
        Ended {
            ending,
            output: output.into(),
            status: status.into(),
            console: PathBuf::new(),
            booted: Some(Duration::from_millis(1_500)),
            took: Duration::from_secs(4),
        }
    }

    #[test]
    fn refusals_are_held_against_the_kernel() {
        let check = |reason: &str, expected: &str| {
            let cell =
                Cell::of(Verdict::NotRun(reason.into()), Version(6, 4), |option| option == "CONFIG_BPF_LSM");
            assert_eq!(format!("{} | {}", cell.json(), cell.short()), expected);
        };
        check("there is no setpriv", "not run: there is no setpriv | not run");
        check("needs CAP_BPF: run as root", "not run: needs CAP_BPF: run as root | not run");
        check("needs Linux 6.9: arenas", "refused: needs Linux 6.9: arenas | refused");
        check("needs Linux 6.4: links", "refused: needs Linux 6.4: links | REFUSED");
        check("needs CONFIG_BPF_LSM: LSM", "refused: needs CONFIG_BPF_LSM: LSM | REFUSED");
        check(
            "needs Linux 5.7 and CONFIG_HID_BPF: HID",
            "refused: needs Linux 5.7 and CONFIG_HID_BPF: HID | refused",
        );
        check(
            "refused by this kernel: needs Linux 6.9: arenas",
            "refused: needs Linux 6.9: arenas | refused",
        );
        check("refused by this kernel: EPERM", "refused: EPERM | REFUSED");
    }

    #[test]
    fn options_of_a_kernel() {
        let kernel =
            kernel("k", Version(6, 1), "CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D_E=y\n");
        let has = ["CONFIG_A", "CONFIG_B", "CONFIG_C", "CONFIG_D"].map(|option| kernel.has(option));
        assert_eq!(has, [true, true, false, false]);
    }

    #[test]
    fn a_table() {
        let suites = [suite(&["a", "b", "c"])];
        let old = ended(
            Ending::Finished,
            "suite p\ntest a ... ok\ntest b ... ignored, needs Linux 6.4: links\ntest c ... FAILED\n\n---- c ----\n2, not 1\n",
            "ready\nsuite p 101\nend\n",
        );
        let new = ended(Ending::Died, "suite p\ntest a ... ok\ntest b ... ", "ready\n");
        let columns = vec![
            Column::new(&kernel("6.1", Version(6, 1), ""), "no module".into(), &suites, &old, 0),
            Column::new(&kernel("6.12", Version(6, 12), ""), "module".into(), &suites, &new, 2),
        ];
        let report = Report::new(&suites, columns, vec![("5.10".into(), "no network".into())]);
        assert_eq!(
            report.to_string(),
            "\
feature        6.1       6.12
p: a           ran        ran
p: b       refused    not run
p: c        FAILED    not run

failed:
  6.1: p: c: 2, not 1

refused, as it has to be:
  6.1: p: b: needs Linux 6.4: links

not run:
  6.12: p: b: the guest died in it
  6.12: p: c: the guest died before it

kernels:
  6.1: 6.1.0, booted in 1.5 s, 4.0 s in all; no module
  6.12: 6.12.0, booted in 1.5 s, 4.0 s in all, DIED before the end, boots repeated: 2; module
  5.10: could not be had: no network
"
        );
        assert_eq!(report.summary(), "2 kernels: 2 ran, 1 failed, 1 refused, 2 not run, 1 guests lost");
        assert!(!report.is_good());
        let json: Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(json["kernels"], json!(["6.1", "6.12"]));
        assert_eq!(
            json["features"][1],
            json!({"feature": "p: b", "6.1": "refused: needs Linux 6.4: links", "6.12": "not run: the guest died in it"})
        );
    }

    #[test]
    fn a_suite_that_only_ends_badly() {
        let suites = [suite(&["a"])];
        let ended = ended(Ending::Finished, "suite p\ntest a ... ok\n", "suite p 139\nend\n");
        let column = Column::new(&kernel("6.1", Version(6, 1), ""), String::new(), &suites, &ended, 0);
        let report = Report::new(&suites, vec![column], Vec::new());
        assert!(!report.is_good());
        assert!(report.to_string().contains("p: the suite"));
    }
}
