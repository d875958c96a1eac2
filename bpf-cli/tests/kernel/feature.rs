//! `bpf feature` beside `bpftool feature probe`: the same answers, but for what is explained here.

use std::collections::BTreeSet;
use std::process::Command;

use libtest_mimic::{Completion, Failed, Trial};
use serde_json::Value;

use crate::commands::{DONE, Outcome, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![test("bpf feature answers as bpftool does, but for what is explained", as_bpftool)]
}

fn run(command: &mut Command) -> Result<Value, Failed> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What bpftool answers wrongly, or does not know of: by version 7.1.
fn explained(kind: &str, name: &str) -> Option<&'static str> {
    match (kind, name) {
        // It asks for fentry and for LSM programs with a function; where those are refused by other means than by type, as
        // where a security module has a say, it says no. We ask for raw tracepoints and iterators too, and say *unknown*.
        ("prog", "tracing" | "lsm" | "ext") => Some("asked for in one way only, and EPERM is taken for a no"),
        _ => None,
    }
}

fn as_bpftool() -> Outcome {
    let Ok(theirs) = run(Command::new("bpftool").args(["-j", "feature", "probe", "kernel"])) else {
        return Ok(Completion::ignored_with("there is no bpftool that answers"));
    };
    let ours = run(Command::new(env!("CARGO_BIN_EXE_bpf")).args(["feature", "--helpers", "--json"]))?;
    let mut wrong = Vec::new();
    for (key, kind) in [("program_types", "prog"), ("map_types", "map")] {
        let mut compared = 0;
        for row in ours[key].as_array().ok_or("no list")? {
            let name = row["name"].as_str().ok_or("no name")?;
            let their = &theirs[key][format!("have_{name}_{kind}_type")];
            let Some(their) = their.as_bool() else { continue };
            compared += 1;
            if row["has"].as_bool() != Some(their) && explained(kind, name).is_none() {
                wrong.push(format!("{kind} {name}: {} here, {their} there: {}", row["has"], row["reason"]));
            }
        }
        if compared < 30 {
            wrong.push(format!("{key}: only {compared} were compared"));
        }
    }
    // The kernel says `program of this type cannot use helper` since 6.10, which bpftool 7.1 takes for a yes: it may have
    // more than we, and never less.
    let names = |list: &Value| -> BTreeSet<String> {
        let list = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        list.map(|name| name.trim_start_matches("bpf_").to_owned()).collect()
    };
    let mut compared = 0;
    for (program, list) in ours["helpers"].as_object().ok_or("no helpers")? {
        let their = names(&theirs["helpers"][format!("{program}_available_helpers")]);
        // Those of programs for a target it does not ask for, and it does not ask whether one may be harmful.
        if their.is_empty() {
            continue;
        }
        compared += 1;
        let more: Vec<String> = names(list).difference(&their).cloned().collect();
        wrong.extend(
            more.into_iter()
                .filter(|name| !noisy(name))
                .map(|name| format!("{program} has {name} here only")),
        );
        if names(list).is_empty() {
            wrong.push(format!("{program} has no helpers here"));
        }
    }
    if compared < 20 {
        wrong.push(format!("helpers of only {compared} program types were compared"));
    }
    if wrong.is_empty() { DONE } else { Err(wrong.join("\n").into()) }
}

/// Helpers that bpftool leaves out unless it is asked for all: they leave a message in the kernel's log. And those that it
/// is too old to know.
fn noisy(name: &str) -> bool {
    ["trace_printk", "trace_vprintk", "probe_write_user"].contains(&name)
        || ["user_ringbuf_drain", "cgrp_storage_get", "cgrp_storage_delete"].contains(&name)
}
