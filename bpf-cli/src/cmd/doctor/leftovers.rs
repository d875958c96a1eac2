//! `bpf doctor --leftovers`: what no process holds any more, and removing it.

use std::fmt::Write;

use bpf_loader::Kernel;
use bpf_loader::doctor::{Leftover, Leftovers, leftovers};
use serde_json::{Value, json};

use crate::cmd::{CommandError, Outcome};
use crate::out::Out;

/// Lists what is left, or removes some of it: what is named, or without names what is ours for certain.
pub(super) fn run(remove: Option<&[String]>, kernel: &Kernel, out: &Out) -> Outcome {
    let all = leftovers(kernel);
    let chosen = match remove {
        None => Vec::new(),
        Some([]) => all.found.iter().filter(|left| left.is_ours()).collect(),
        Some(keys) => named(&all, keys)?,
    };
    let removed: Vec<String> = chosen.iter().map(|left| left.key()).collect();
    for left in &chosen {
        left.remove(kernel)?;
    }
    match remove {
        None => out.result(|| text(&all), || value(&all)),
        Some(_) => out.result(|| gone(&removed), || json!({ "removed": removed })),
    }
    Ok(())
}

/// Those that were asked for; nothing is removed if one is not there.
fn named<'a>(all: &'a Leftovers, keys: &[String]) -> Result<Vec<&'a Leftover>, CommandError> {
    keys.iter()
        .map(|key| {
            all.found.iter().find(|left| left.key() == *key).ok_or_else(|| {
                CommandError::new("E0931", format!("{key} is not among what is left in the kernel"))
                    .help("bpf doctor --leftovers lists it: pin:PATH, link:ID, struct_ops:ID, trace:PATH")
            })
        })
        .collect()
}

fn gone(removed: &[String]) -> String {
    if removed.is_empty() {
        return "nothing to remove".into();
    }
    removed.iter().fold(String::new(), |mut out, key| {
        let _ = writeln!(out, "removed {key}");
        out
    })
}

fn text(all: &Leftovers) -> String {
    let mut out = String::new();
    for left in &all.found {
        let ours = if left.is_ours() { "" } else { " (remove it by name, if nothing needs it)" };
        let _ = writeln!(out, "{}: {left}{ours}", left.key());
    }
    if all.found.is_empty() {
        out.push_str("nothing is left that no process holds\n");
    }
    for unseen in &all.unseen {
        let _ = writeln!(out, "not looked at: {unseen}");
    }
    out
}

fn value(all: &Leftovers) -> Value {
    let one =
        |left: &Leftover| json!({ "key": left.key(), "what": left.to_string(), "ours": left.is_ours() });
    json!({
        "leftovers": all.found.iter().map(one).collect::<Vec<_>>(),
        "not_looked_at": all.unseen,
    })
}
