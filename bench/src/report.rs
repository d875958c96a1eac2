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

/// Time for an object that has so many items.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub(crate) items: u64,
    pub(crate) ns: u64,
}

impl Point {
    /// Nanoseconds for each.
    fn each(&self) -> f64 {
        self.ns as f64 / self.items.max(1) as f64
    }
}

/// What came of a curve.
pub(crate) struct Bend {
    pub(crate) curve: String,
    pub(crate) outcome: Result<Vec<Point>, String>,
}

/// How much longer an item may take among many than among few.
const FLAT: f64 = 2.0;
/// Below so many items, what is done once for an object counts for most.
const FEW: u64 = 100;

/// How much longer an item takes among more of them, at most. A step that looks at all for each makes it 10 or so.
fn growth(points: &[Point]) -> f64 {
    let points: Vec<&Point> = points.iter().filter(|point| point.items >= FEW).collect();
    let from = |at: usize| points.iter().skip(at + 1).map(move |later| (at, later));
    let pairs = (0..points.len()).flat_map(from);
    pairs.map(|(at, later)| later.each() / points[at].each().max(0.01)).fold(0.0, f64::max)
}

/// A row a curve: the time for each item.
pub(crate) fn curves(bends: &[Bend]) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut notes = String::new();
    for bend in bends {
        match &bend.outcome {
            Ok(points) => {
                if rows.is_empty() {
                    let items = points.iter().map(|point| format!("of {}", point.items));
                    let head = std::iter::once("time for each".to_owned()).chain(items);
                    rows.push(head.chain(["growth".to_owned(), String::new()]).collect());
                }
                let growth = growth(points);
                let times = points.iter().map(|point| time(point.ns / point.items.max(1)));
                let remark = if growth <= FLAT { "flat" } else { "GROWS" };
                let row = std::iter::once(bend.curve.clone()).chain(times);
                rows.push(row.chain([format!("{growth:.2}x"), remark.to_owned()]).collect());
            }
            Err(why) => {
                let _ = writeln!(notes, "FAILED: {}: {why}", bend.curve);
            }
        }
    }
    let last = rows.first().map_or(0, Vec::len).saturating_sub(1);
    aligned(&rows, 1..last) + &notes
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
    // Words to the left, numbers to the right.
    aligned(&rows, 2..6) + &notes
}

/// Rows with columns below each other, some of them to the right.
fn aligned(rows: &[Vec<String>], right: std::ops::Range<usize>) -> String {
    let mut text = String::new();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let width = width(at).unwrap_or(0);
            let _ = if !right.contains(&at) {
                write!(line, "{cell:width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
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
    if let Some((ours, peer)) = figures.kernel_ns {
        remarks.push(format!("of it bpf(2) {}, {}", time(ours), time(peer)));
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

/// An array of the cases that were measured, then of the curves; what was not is in the table only.
pub(crate) fn json(lines: &[Line], bends: &[Bend]) -> String {
    let measured = lines.iter().filter_map(|line| match &line.outcome {
        Outcome::Measured(figures) => Some(object(line, figures)),
        Outcome::Failed(_) | Outcome::NotRun(_) => None,
    });
    let bends = bends.iter().filter_map(|bend| Some((&bend.curve, bend.outcome.as_ref().ok()?)));
    let bends = bends.map(|(curve, points)| {
        json!({
            "curve": curve,
            "items": points.iter().map(|point| point.items).collect::<Vec<_>>(),
            "ns_per_item": points.iter().map(Point::each).collect::<Vec<_>>(),
            "growth": growth(points),
            "wanted": FLAT,
        })
    });
    format!("{:#}\n", Value::Array(measured.chain(bends).collect()))
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
    if let Some((ours, peer)) = figures.kernel_ns {
        object["ours_kernel_ns"] = ours.into();
        object["peer_kernel_ns"] = peer.into();
    }
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
        Figures { ours_ns: 2_000, peer_ns: 3_000, private_kib: None, kernel_ns: None, instructions: None }
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
        let counted = Figures {
            private_kib: Some((1, 2)),
            kernel_ns: Some((5, 6)),
            instructions: Some((3, 4)),
            ..figures()
        };
        let lines = [
            line(Some(2.0), Outcome::Measured(figures())),
            line(None, Outcome::Measured(counted)),
            line(None, Outcome::Failed("why".into())),
        ];
        let got: Value = serde_json::from_str(&json(&lines, &[])).unwrap();
        let plain = |wanted: Value| {
            json!({ "case": "work", "peer": "other", "ours_ns": 2000, "peer_ns": 3000,
                                            "ratio": 1.5, "wanted": wanted })
        };
        let mut more = plain(Value::Null);
        more["ours_private_kib"] = 1.into();
        more["peer_private_kib"] = 2.into();
        more["ours_kernel_ns"] = 5.into();
        more["peer_kernel_ns"] = 6.into();
        more["ours_instructions"] = 3.into();
        more["peer_instructions"] = 4.into();
        assert_eq!(got, json!([plain(json!(2.0)), more]));
    }

    fn bend(ns: [u64; 4]) -> Bend {
        let points = [10, 100, 1_000, 10_000].into_iter().zip(ns);
        Bend {
            curve: "work, items".into(),
            outcome: Ok(points.map(|(items, ns)| Point { items, ns: ns * items }).collect()),
        }
    }

    #[test]
    fn a_curve_that_grows_is_marked() {
        let failed = Bend { curve: "work, more".into(), outcome: Err("why".into()) };
        let bends = [bend([900, 100, 60, 110]), bend([90, 90, 100, 900]), failed];
        let text = curves(&bends);
        let rows: Vec<String> =
            text.lines().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            rows,
            [
                "time for each of 10 of 100 of 1000 of 10000 growth",
                "work, items 0.90 us 0.10 us 0.06 us 0.11 us 1.83x flat",
                "work, items 0.09 us 0.09 us 0.10 us 0.90 us 10.00x GROWS",
                "FAILED: work, more: why",
            ]
        );
        let got: Value = serde_json::from_str(&json(&[], &bends)).unwrap();
        assert_eq!(got.as_array().map(Vec::len), Some(2));
        assert_eq!(got[1]["growth"], json!(10.0));
        assert_eq!(got[1]["items"], json!([10, 100, 1_000, 10_000]));
        assert_eq!(curves(&[]), "");
    }
}
