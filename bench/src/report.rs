//! The figures as a table for people and as JSON for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::case::{Case, Figures, Outcome};

type Line = (Case, Outcome);

/// A row a case, then what could not be measured, with the reason.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut rows =
        vec![["case", "peer", "ours", "peer's", "ratio", "wanted", ""].map(str::to_owned).to_vec()];
    let mut notes = String::new();
    for (case, outcome) in lines {
        match outcome {
            Outcome::Measured(figures) => rows.push(row(case, figures)),
            Outcome::Failed(why) => {
                let _ = writeln!(notes, "FAILED: {} / {}: {why}", case.name, case.peer);
            }
            Outcome::NotRun(why) => {
                let _ = writeln!(notes, "not run: {} / {}: {why}", case.name, case.peer);
            }
        }
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

fn row(case: &Case, figures: &Figures) -> Vec<String> {
    let ratio = figures.ratio();
    let mut remarks = Vec::new();
    if case.wanted.is_some_and(|wanted| ratio < wanted) {
        remarks.push("MISSED".to_owned());
    }
    if let Some((ours, peer)) = figures.private_kib {
        remarks.push(format!("private memory {ours} KiB, {peer} KiB"));
    }
    if let Some((ours, peer)) = figures.instructions {
        remarks.push(format!("instructions {ours}, {peer}: {:.2}x", peer as f64 / ours.max(1) as f64));
    }
    vec![
        case.name.to_owned(),
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
    let measured = lines.iter().filter_map(|(case, outcome)| match outcome {
        Outcome::Measured(figures) => Some(object(case, figures)),
        Outcome::Failed(_) | Outcome::NotRun(_) => None,
    });
    format!("{:#}\n", Value::Array(measured.collect()))
}

fn object(case: &Case, figures: &Figures) -> Value {
    let mut object = json!({
        "case": case.name,
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
    use crate::cases::NOTHING;

    #[test]
    fn a_missed_target_is_marked_and_nothing_is_hidden() {
        let figures = Figures { ours_ns: 2_000, peer_ns: 3_000, private_kib: None, instructions: None };
        let missed = Case { wanted: Some(2.0), ..NOTHING };
        let lines = [
            (missed, Outcome::Measured(figures)),
            (NOTHING, Outcome::Failed("why".into())),
            (NOTHING, Outcome::NotRun("because".into())),
        ];
        let text = table(&lines);
        assert!(text.contains("2.00 us") && text.contains("1.50x") && text.contains("MISSED"), "{text}");
        assert!(text.contains("FAILED: nothing / itself: why"), "{text}");
        assert!(text.contains("not run: nothing / itself: because"), "{text}");
        let json: Value = serde_json::from_str(&json(&lines)).unwrap();
        assert_eq!(
            json,
            json!([{ "case": "nothing", "peer": "itself", "ours_ns": 2000, "peer_ns": 3000, "ratio": 1.5,
                     "wanted": 2.0 }])
        );
    }
}
