//! All fixtures against many kernels: what resolves, beside what bpftool makes of each pair.

use std::process::Command;

use super::process;
use crate::case::{Case, Need, Process};
use crate::env::Env;
use crate::stats::Answer;

/// Is there where the folders beside it are.
const READY: &str = "check.ready";

pub(super) const CASES: &[Case] =
    // bpftool looks at types and members alone; it is the only other tool that resolves without loading.
    &[process("check: all fixtures on all kernels", "bpftool", check, bpftool, Some(10.0)).needs(&[
            Need::Input(READY),
            Need::Bpf(&["check"]),
            Need::Bpftool,
        ])];

/// One process for all pairs. That some do not resolve is no failure.
fn check(env: &Env) -> Process {
    let script = r#""$0" check --json "$1"/check.objects/*.o --kernel "$1"/check.kernels; test $? -le 1"#;
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(&env.bpf).arg(&env.inputs);
    Process { command, writes: None, answer: Box::new(|text| pairs(text, b"\"status\": ")) }
}

/// A process for each pair. Of some objects bpftool says no; that is fast, and not held against it.
fn bpftool(env: &Env) -> Process {
    let script = r#"for k in "$1"/check.kernels/*; do for o in "$1"/check.objects/*.o; do
        bpftool gen min_core_btf "$k" "$1"/check.peer.btf "$o" > /dev/null 2>&1; echo "pair"; done; done"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(&env.inputs);
    Process { command, writes: None, answer: Box::new(|text| pairs(text, b"pair")) }
}

/// How many pairs there were an answer for.
fn pairs(text: &[u8], mark: &[u8]) -> Answer {
    (text.windows(mark.len()).filter(|part| *part == mark).count() as u64, 0)
}
