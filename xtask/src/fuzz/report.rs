//! What libFuzzer says, read, and said again in a table.

use std::time::{Duration, Instant};

/// Lines that are kept of a failure.
const KEPT: usize = 40;
/// Seconds between signs of life.
const PULSE: Duration = Duration::from_secs(60);

/// How a run of one target went.
pub(super) struct Report {
    target: &'static str,
    /// The last figures: `cov`, `ft`, `corp`, by name.
    runs: u64,
    coverage: u64,
    features: u64,
    corpus: String,
    /// Inputs that went wrong.
    found: Vec<String>,
    last: Vec<String>,
    ended_well: bool,
    shown: Instant,
}

impl Report {
    pub(super) fn new(target: &'static str) -> Self {
        Self {
            target,
            runs: 0,
            coverage: 0,
            features: 0,
            corpus: String::new(),
            found: Vec::new(),
            last: Vec::new(),
            ended_well: false,
            shown: Instant::now(),
        }
    }

    /// Reads one line: figures (`#2048 pulse  cov: 12 ft: 34 corp: 5/6b …`), the path of an input, or what went wrong.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(path) = line.split("Test unit written to ").nth(1) {
            self.found.push(path.trim().to_owned());
        } else if self.figures(line).is_none() {
            self.last.push(line.to_owned());
            if self.last.len() > KEPT {
                self.last.remove(0);
            }
        } else if self.shown.elapsed() > PULSE || line.contains("\tDONE") {
            println!("  {}", line.trim().replace('\t', " "));
            self.shown = Instant::now();
        }
    }

    fn figures(&mut self, line: &str) -> Option<()> {
        let mut words = line.strip_prefix('#')?.split_whitespace();
        let runs = words.next()?.parse().ok()?;
        let words: Vec<&str> = words.collect();
        let value =
            |name| words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1)).copied();
        let (coverage, features) = (value("cov:")?.parse().ok()?, value("ft:")?.parse().ok()?);
        (self.runs, self.coverage, self.features) = (runs, coverage, features);
        self.corpus = value("corp:").unwrap_or_default().to_owned();
        Some(())
    }

    pub(super) fn ended(&mut self, well: bool) {
        self.ended_well = well;
        if !well {
            self.last.iter().for_each(|line| println!("  {line}"));
        }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.ended_well && self.found.is_empty() && self.runs > 0
    }
}

pub(super) fn print(reports: &[Report]) {
    println!("{:<8} {:>10} {:>6} {:>7} {:>14}  found", "target", "runs", "cov", "ft", "corpus");
    for report in reports {
        let found = match (report.found.len(), report.is_clean()) {
            (0, true) => "nothing".to_owned(),
            (0, false) => "it did not end well; see above".to_owned(),
            (count, _) => format!("{count}"),
        };
        let Report { target, runs, coverage, features, corpus, .. } = report;
        println!("{target:<8} {runs:>10} {coverage:>6} {features:>7} {corpus:>14}  {found}");
    }
    for (report, path) in
        reports.iter().flat_map(|report| report.found.iter().map(move |path| (report, path)))
    {
        println!("\n{}: {path}", report.target);
        println!(
            "  to see it again: cargo +nightly fuzz run --fuzz-dir fuzz --sanitizer none {} {path}",
            report.target
        );
        println!(
            "  to keep it: copy it to fuzz/seeds/{}/found-NAME, where `cargo test` looks at it",
            report.target
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_libfuzzer() {
        let mut report = Report::new("btf");
        report.read("INFO: Seed: 1");
        report.read("#4096\tpulse  cov: 1210 ft: 3400 corp: 55/66Kb lim: 4096 exec/s: 2048 rss: 40Mb");
        report.read("#5000\tDONE   cov: 1211 ft: 3401 corp: 56/67Kb lim: 4096 exec/s: 2500 rss: 40Mb");
        report.read("Done 5000 runs in 2 second(s)");
        report.ended(true);
        assert!(report.is_clean());
        assert_eq!((report.runs, report.coverage, report.features), (5000, 1211, 3401));
        assert_eq!(report.corpus, "56/67Kb");
    }

    #[test]
    fn what_went_wrong() {
        let mut report = Report::new("btf");
        report.read("#12\tNEW    cov: 3 ft: 4 corp: 1/1b lim: 4 exec/s: 0 rss: 40Mb");
        report.read("artifact_prefix='/t/'; Test unit written to /t/crash-1");
        assert_eq!(report.found, ["/t/crash-1"]);
        report.ended(true);
        assert!(!report.is_clean());
    }

    /// A run that did nothing proves nothing.
    #[test]
    fn nothing_ran() {
        let mut report = Report::new("btf");
        report.ended(true);
        assert!(!report.is_clean());
    }
}
