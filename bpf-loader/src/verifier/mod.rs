//! The verifier's log as data: what it refused, where, and why.

use bpf_btf::{Label, Place};

use crate::plan::{Plan, PlanProgram, Unresolved};

/// What the verifier said of a program that it refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The reason, in the verifier's words or, where it ran into something unresolved, in ours.
    pub reason: String,
    /// The instruction at which it stopped, in the stream that was sent.
    pub insn: Option<u32>,
    /// The source line of that instruction.
    pub source: Option<Place>,
    /// The registers as they were last shown.
    pub registers: Option<String>,
    /// The whole log.
    pub log: String,
    /// Whether the log was too long to be fetched whole.
    pub truncated: bool,
    /// What does not exist in this kernel, where it stopped at that.
    pub unresolved: Option<Unresolved>,
}

/// Lines that say how much work it was, not what is wrong.
const STATISTICS: &[&str] = &[
    "processed ",
    "verification time ",
    "stack depth ",
    "max_states",
    "peak_states",
    "mark_precise",
    "func#",
];

impl Report {
    /// Reads a log. `None` where it says nothing.
    pub(crate) fn read(plan: &Plan, program: &PlanProgram, log: String, truncated: bool) -> Option<Self> {
        let lines = || log.lines().map(str::trim_end).filter(|line| !line.is_empty());
        let insn = lines().filter_map(insn_of).next_back();
        let reason = lines().rfind(|line| is_reason(line)).or_else(|| lines().next_back())?.trim().to_owned();
        let registers = lines().filter_map(registers_of).next_back().map(str::to_owned);
        let poison = insn.and_then(|at| program.poisons.iter().find(|poison| poison.at.0 == at));
        let source = insn.and_then(|at| source_of(plan, program, at));
        let unresolved = poison.map(|poison| poison.missing.clone());
        let reason = unresolved.as_ref().map_or(reason, ToString::to_string);
        Some(Self { reason, insn, source, registers, truncated, unresolved, log })
    }

    /// Where, from the outside in.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        let mut labels: Vec<Label> = self.insn.map(|at| Label::at(Place::Insn(at))).into_iter().collect();
        labels.extend(self.source.clone().map(Label::at));
        labels
    }
}

/// The number of the instruction that a line shows: `12: (79) r1 = …`.
fn insn_of(line: &str) -> Option<u32> {
    let (number, rest) = line.trim_start().split_once(": ")?;
    rest.starts_with('(').then(|| number.parse().ok())?
}

/// The registers that a line shows: `12: R1=ctx() …`, or what follows the `;` after an instruction.
fn registers_of(line: &str) -> Option<&str> {
    let (number, rest) = line.trim_start().split_once(": ")?;
    number.parse::<u32>().ok()?;
    if rest.starts_with('R') {
        return Some(rest);
    }
    let (_, state) = rest.rsplit_once("; ")?;
    state.starts_with('R').then_some(state)
}

fn is_reason(line: &str) -> bool {
    let line = line.trim_start();
    let (first, _) = line.split_once(':').unwrap_or((line, ""));
    let state = first.parse::<u32>().is_ok();
    !(state
        || line.starts_with(';')
        || line.starts_with("from ")
        || line.starts_with("BPF:")
        || STATISTICS.iter().any(|statistic| line.starts_with(statistic)))
}

fn source_of(plan: &Plan, program: &PlanProgram, at: u32) -> Option<Place> {
    let btf = plan.btf()?;
    let next = program.lines.partition_point(|line| line.insn.0 <= at);
    let line = program.lines.get(next.checked_sub(1)?)?;
    let text = |offset| btf.string(offset).unwrap_or_default().to_owned();
    Some(Place::Source { file: text(line.file), line: line.line, text: text(line.text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(insn_of("12: (79) r1 = *(u64 *)(r0 +0)"), Some(12));
        assert_eq!(insn_of("12: R1=ctx() R10=fp0"), None);
        assert_eq!(registers_of("12: R1=ctx() R10=fp0"), Some("R1=ctx() R10=fp0"));
        assert_eq!(registers_of("0: (b7) r0 = 1          ; R0_w=1"), Some("R0_w=1"));
        assert!(is_reason("R0 invalid mem access 'map_value_or_null'"));
        for line in
            ["; int f(void)", "from 3 to 5: R0=0", "processed 12 insns (limit 1000000)", "0: (95) exit"]
        {
            assert!(!is_reason(line), "{line}");
        }
    }
}
