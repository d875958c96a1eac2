//! `bpf btf diff`: what changed between two kernels' types.

use std::path::Path;

use bpf_loader::btf::diff::{self, Change, Diff, Fate, Place, TypeDiff, Value};
use serde_json::{Value as Json, json};

use super::source::{self, Asked};
use crate::cmd::{CommandError, Outcome};
use crate::out::Out;

pub(super) fn run(from: &Path, to: &Path, types: &[String], base: Option<&Path>, out: &Out) -> Outcome {
    let (old, new) = (source::open(from, base)?, source::open(to, base)?);
    let mut found = Diff::default();
    for text in types {
        let Asked::Name(name, accept) = Asked::of(text) else {
            let message = format!("`{text}` is a number, which means nothing in another BTF");
            return Err(CommandError::new("E0917", message).help("give names").into());
        };
        match diff::named(&old, &new, name, accept) {
            Some(diff) => found.types.extend(diff.types),
            None => return Err(source::unknown(&[&old, &new], text, from).into()),
        }
    }
    if types.is_empty() {
        found = diff::all(&old, &new);
    }
    if !found.is_empty() {
        out.set_differs();
    }
    out.result(|| text(&found), || json!({ "types": found.types.iter().map(changed).collect::<Vec<_>>() }));
    Ok(())
}

fn text(found: &Diff) -> String {
    let count = |what: fn(&Fate) -> bool| found.types.iter().filter(|changed| what(&changed.fate)).count();
    let (added, removed) =
        (count(|fate| matches!(fate, Fate::Added(_))), count(|fate| matches!(fate, Fate::Removed(_))));
    match found.types.len() {
        0 => "no type changed".into(),
        1 => found.to_string(),
        all => format!("{found}\n{added} added, {removed} removed, {} changed", all - added - removed),
    }
}

fn changed(changed: &TypeDiff) -> Json {
    let mut value = json!({ "name": changed.name, "kind": changed.kind.to_string() });
    match &changed.fate {
        Fate::Added(what) => value["added"] = json!(what),
        Fate::Removed(what) => value["removed"] = json!(what),
        Fate::Changed(changes) => value["changes"] = changes.iter().map(change).collect(),
    }
    value
}

fn change(change: &Change) -> Json {
    let place = |place: &Place| json!({ "name": place.name, "declaration": place.declaration, "bit_offset": place.bit_offset });
    // What does not fit JSON's numbers everywhere is text.
    let number = |value: &Value| {
        let shown = i64::try_from(value.value)
            .map_or_else(|_| json!(value.value.to_string()), |number| json!(number));
        json!({ "name": value.name, "value": shown })
    };
    match change {
        Change::Kind { old, new } => {
            json!({ "what": "kind", "old": old.to_string(), "new": new.to_string() })
        }
        Change::Size { old, new } => json!({ "what": "size", "old": old, "new": new }),
        Change::MemberAdded(new) => json!({ "what": "member", "new": place(new) }),
        Change::MemberRemoved(old) => json!({ "what": "member", "old": place(old) }),
        Change::Member { old, new, retyped } => {
            json!({ "what": "member", "old": place(old), "new": place(new), "retyped": retyped })
        }
        Change::ValueAdded(new) => json!({ "what": "value", "new": number(new) }),
        Change::ValueRemoved(old) => json!({ "what": "value", "old": number(old) }),
        Change::Value { old, new } => json!({ "what": "value", "old": number(old), "new": number(new) }),
        Change::Declaration { old, new } => json!({ "what": "declaration", "old": old, "new": new }),
        other => json!({ "what": format!("{other:?}") }),
    }
}
