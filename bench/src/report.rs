//! The figures as a table for people and as JSON for programs. As `stats.rs`, tested with the workspace too.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::stats::Figures;

/// What came of a case.
pub(crate) enum Outcome {
    Measured(Figures),
    /// A side could not do it, or the two did not do the same.
    Failed(String),
    /// It cannot be measured on this machine, or not yet.
    NotRun(String),
}

/// A case, and what came of it.
pub(crate) struct Line {
    pub(crate) case: &'static str,
    pub(crate) peer: &'static str,
    /// The ratio, peer to ours, that is aimed at.
    pub(crate) wanted: Option<f64>,
    pub(crate) outcome: Outcome,
}

/// A row a case, then what could not be measured, with the reason.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut rows =
        vec![["case", "peer", "ours", "peer's", "ratio", "wanted", ""].map(str::to_owned).to_vec()];
    let mut notes = String::new();
    for line in lines {
        let (kind, why) = match &line.outcome {
            Outcome::Measured(figures) => {
                rows.push(row(line, figures));
                continue;
            }
            Outcome::Failed(why) => ("FAILED", why),
            Outcome::NotRun(why) => ("not run", why),
        };
        // Writing to a string does not fail.
        let _ = writeln!(notes, "{kind}: {} / {}: {why}{}", line.case, line.peer, aim(line.wanted));
    }
    let mut text = String::new();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    for row in &rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let width = width(at).unwrap_or(0);
            // Words to the left, numbers to the right.
            let _ = if !(2..=5).contains(&at) {
                write!(line, "{cell:width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text + &notes
}

/// What a case that was not measured is to reach, where there is something.
fn aim(wanted: Option<f64>) -> String {
    wanted.map(|wanted| format!(" (wanted: {wanted}x)")).unwrap_or_default()
}

fn row(case: &Line, figures: &Figures) -> Vec<String> {
    let ratio = figures.ratio();
    let mut remarks = Vec::new();
    if let Some(wanted) = case.wanted {
        remarks.push(if ratio < wanted { "MISSED" } else { "reached" }.to_owned());
    }
    if let Some((ours, peer)) = figures.private_kib {
        remarks.push(format!("private memory {ours} KiB, {peer} KiB"));
    }
    if let Some((ours, peer)) = figures.instructions {
        remarks.push(format!("instructions {ours}, {peer}: {:.2}x", peer as f64 / ours.max(1) as f64));
    }
    vec![
        case.case.to_owned(),
        case.peer.to_owned(),
        time(figures.ours_ns),
        time(figures.peer_ns),
        format!("{ratio:.2}x"),
        case.wanted.map(|wanted| format!("{wanted}x")).unwrap_or_default(),
        remarks.join("; "),
    ]
}

fn time(ns: u64) -> String {
    match ns {
        0..10_000 => format!("{:.2} us", ns as f64 / 1e3),
        10_000..1_000_000 => format!("{:.0} us", ns as f64 / 1e3),
        _ => format!("{:.2} ms", ns as f64 / 1e6),
    }
}

/// An array of the cases that were measured; what was not is in the table only.
pub(crate) fn json(lines: &[Line]) -> String {
    let measured = lines.iter().filter_map(|line| match &line.outcome {
        Outcome::Measured(figures) => Some(object(line, figures)),
        Outcome::Failed(_) | Outcome::NotRun(_) => None,
    });
    format!("{:#}\n", Value::Array(measured.collect()))
}

fn object(case: &Line, figures: &Figures) -> Value {
    let mut object = json!({
        "case": case.case,
        "peer": case.peer,
        "ours_ns": figures.ours_ns,
        "peer_ns": figures.peer_ns,
        "ratio": figures.ratio(),
        "wanted": case.wanted,
    });
    if let Some((ours, peer)) = figures.private_kib {
        object["ours_private_kib"] = ours.into();
        object["peer_private_kib"] = peer.into();
    }
    if let Some((ours, peer)) = figures.instructions {
        object["ours_instructions"] = ours.into();
        object["peer_instructions"] = peer.into();
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(wanted: Option<f64>, outcome: Outcome) -> Line {
        Line { case: "work", peer: "other", wanted, outcome }
    }

    fn figures() -> Figures {
        Figures { ours_ns: 2_000, peer_ns: 3_000, private_kib: None, instructions: None }
    }

    #[test]
    fn a_missed_target_is_marked_and_nothing_is_hidden() {
        let lines = [
            line(Some(2.0), Outcome::Measured(figures())),
            line(Some(1.5), Outcome::Measured(figures())),
            line(None, Outcome::Failed("why".into())),
            line(Some(4.0), Outcome::NotRun("because".into())),
        ];
        let text = table(&lines);
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows[0].starts_with("case  peer "), "{text}");
        assert_eq!(
            rows[1].split_whitespace().collect::<Vec<_>>().join(" "),
            "work other 2.00 us 3.00 us 1.50x 2x MISSED"
        );
        assert!(rows[2].ends_with("reached"), "{text}");
        assert_eq!(rows[3..], ["FAILED: work / other: why", "not run: work / other: because (wanted: 4x)"]);
    }

    #[test]
    fn the_json_has_the_fields_that_readers_expect() {
        let counted = Figures { private_kib: Some((1, 2)), instructions: Some((3, 4)), ..figures() };
        let lines = [
            line(Some(2.0), Outcome::Measured(figures())),
            line(None, Outcome::Measured(counted)),
            line(None, Outcome::Failed("why".into())),
        ];
        let got: Value = serde_json::from_str(&json(&lines)).unwrap();
        let plain = |wanted: Value| {
            json!({ "case": "work", "peer": "other", "ours_ns": 2000, "peer_ns": 3000,
                                            "ratio": 1.5, "wanted": wanted })
        };
        let mut more = plain(Value::Null);
        more["ours_private_kib"] = 1.into();
        more["peer_private_kib"] = 2.into();
        more["ours_instructions"] = 3.into();
        more["peer_instructions"] = 4.into();
        assert_eq!(got, json!([plain(json!(2.0)), more]));
    }
}
