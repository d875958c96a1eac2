//! Changes as text: a line each, and members that merely follow another one along on one line together.

use std::fmt;

use super::{Change, Diff, Fate, Place, TypeDiff};
use crate::kind::Kind;

/// Members that move alike are put together from that many on.
const RUN: usize = 4;

/// Bits as bytes, with the bits left over: `12`, `12:3`.
struct Offset(u64);

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 / 8)?;
        if self.0.is_multiple_of(8) { Ok(()) } else { write!(f, ":{}", self.0 % 8) }
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.types.iter().try_for_each(|changed| changed.fmt(f))
    }
}

impl fmt::Display for TypeDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.kind {
            Kind::ENUM64 => "enum",
            kind => kind.word(),
        };
        let (name, one) =
            (&self.name, |text: &String| if text.is_empty() { String::new() } else { format!(": {text}") });
        match &self.fate {
            Fate::Added(text) => writeln!(f, "+ {word} {name}{}", one(text)),
            Fate::Removed(text) => writeln!(f, "- {word} {name}{}", one(text)),
            Fate::Changed(changes) => {
                write!(f, "! {word} {name}")?;
                let mut rest = changes.as_slice();
                if let [Change::Kind { old, new }, after @ ..] = rest {
                    write!(f, ": {old} -> {new}")?;
                    rest = after;
                }
                if let [Change::Size { old, new }, after @ ..] = rest {
                    write!(f, ": {old} -> {new} bytes")?;
                    rest = after;
                }
                writeln!(f)?;
                lines(f, rest)
            }
        }
    }
}

fn lines(f: &mut fmt::Formatter<'_>, mut rest: &[Change]) -> fmt::Result {
    while let [first, after @ ..] = rest {
        let run = match moved(first) {
            Some(by) => rest.iter().take_while(|change| moved(change) == Some(by)).count(),
            None => 0,
        };
        let last = run.checked_sub(1).and_then(|last| rest.get(last));
        if let (true, Some(by), Some(last)) = (run >= RUN, moved(first), last) {
            let (Change::Member { new: first, .. }, Change::Member { new: last, .. }) = (first, last) else {
                return Ok(());
            };
            let (sign, by) = (if by < 0 { "-" } else { "+" }, Offset(by.unsigned_abs()));
            writeln!(f, "    {} … {}: {run} members move by {sign}{by}", first.name, last.name)?;
            rest = rest.get(run..).unwrap_or_default();
            continue;
        }
        line(f, first)?;
        rest = after;
    }
    Ok(())
}

/// By how many bits a member moves that changes in no other way.
fn moved(change: &Change) -> Option<i64> {
    match change {
        Change::Member { old, new, retyped: false } => {
            i64::try_from(new.bit_offset).ok()?.checked_sub(i64::try_from(old.bit_offset).ok()?)
        }
        _ => None,
    }
}

fn line(f: &mut fmt::Formatter<'_>, change: &Change) -> fmt::Result {
    let at = |place: &Place| format!("{} at {}", place.declaration, Offset(place.bit_offset));
    match change {
        Change::Kind { old, new } => writeln!(f, "    {old} -> {new}"),
        Change::Size { old, new } => writeln!(f, "    {old} -> {new} bytes"),
        Change::MemberAdded(place) => writeln!(f, "  + {}", at(place)),
        Change::MemberRemoved(place) => writeln!(f, "  - {}", at(place)),
        Change::Member { old, new, retyped: true } => writeln!(f, "  - {}\n  + {}", at(old), at(new)),
        Change::Member { old, new, .. } => {
            writeln!(f, "    {}: {} -> {}", new.declaration, Offset(old.bit_offset), Offset(new.bit_offset))
        }
        Change::ValueAdded(value) => writeln!(f, "  + {} = {}", value.name, value.value),
        Change::ValueRemoved(value) => writeln!(f, "  - {} = {}", value.name, value.value),
        Change::Value { old, new } => writeln!(f, "    {}: {} -> {}", new.name, old.value, new.value),
        Change::Declaration { old, new } => writeln!(f, "  - {old}\n  + {new}"),
    }
}
