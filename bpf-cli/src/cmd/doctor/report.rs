//! The doctor's findings, as text and as JSON.

use std::fmt::Write;

use bpf_loader::Answer;
use bpf_loader::doctor::{Facts, Finding, Topic};
use serde_json::{Value, json};

/// Whether nothing is missing that most programs need.
pub(super) fn is_well(findings: &[Finding]) -> bool {
    !findings.iter().any(|finding| finding.essential && finding.answer == Answer::No)
}

fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unknown => "?",
    }
}

/// A line for each finding, under its topic, with what to do below it. Options of the configuration that are as they
/// have to be are one line, unless all is asked for.
pub(super) fn text(facts: &Facts, findings: &[Finding], all: bool) -> String {
    let release = facts.release.as_deref().unwrap_or("of an unknown release");
    let mut out = format!("Linux {release}\n");
    let mut last = None;
    let mut left_out = Vec::new();
    for finding in sorted(findings) {
        if last != Some(finding.topic) {
            let _ = writeln!(out, "\n{}", finding.topic.name());
            last = Some(finding.topic);
        }
        if finding.topic == Topic::Configuration && !all && finding.answer != Answer::No {
            left_out.push(finding);
            continue;
        }
        let _ = writeln!(out, "  {:<3} {:<26} {}", word(finding.answer), finding.name, finding.found);
        if let Some(fix) = &finding.fix {
            let _ = writeln!(out, "      {:<26} fix: {fix}", "");
        }
    }
    for answer in [Answer::Yes, Answer::Unknown] {
        let of = left_out.iter().filter(|finding| finding.answer == answer).count();
        if of > 0 {
            let found = if answer == Answer::Yes { "are set" } else { "are not known" };
            let _ = writeln!(out, "  {:<3} {of} options {found} (--verbose names them)", word(answer));
        }
    }
    let summary = match findings.iter().filter(|one| one.essential && one.answer == Answer::No).count() {
        0 => "this process can load BPF programs".to_owned(),
        1 => "1 thing is missing that most programs need".to_owned(),
        missing => format!("{missing} things are missing that most programs need"),
    };
    let _ = writeln!(out, "\n{summary}");
    out
}

/// By topic; within one as they come.
fn sorted(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.topic);
    sorted
}

pub(super) fn json(facts: &Facts, findings: &[Finding]) -> Value {
    let one = |finding: &Finding| {
        let answer = match finding.answer {
            Answer::Yes => json!(true),
            Answer::No => json!(false),
            Answer::Unknown => Value::Null,
        };
        json!({
            "topic": finding.topic.name(),
            "name": finding.name,
            "answer": answer,
            "found": finding.found,
            "fix": finding.fix,
            "essential": finding.essential,
        })
    };
    json!({
        "release": facts.release,
        "well": is_well(findings),
        "findings": findings.iter().map(one).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use bpf_loader::doctor::{BtfFile, Capabilities, Mount, examine};

    use super::*;

    /// A process with `CAP_BPF` alone in a container that hides most of `/sys`, on an old kernel.
    fn container() -> Facts {
        let config = "CONFIG_BPF_SYSCALL=y\nCONFIG_BPF_JIT=y\nCONFIG_DEBUG_INFO_BTF=y\nCONFIG_BPF_EVENTS=y\n";
        let mut facts = Facts::default().with_config(config);
        facts.release = Some("5.10.0-28-amd64".into());
        facts.capabilities = Some(Capabilities::from_bits(1 << 39));
        facts.bounding = facts.capabilities;
        facts.first_user_namespace = Some(true);
        facts.seccomp = Some(true);
        facts.harmless_call = Some(2);
        facts.locked_memory = Some(64 << 10);
        for (name, value) in [
            ("kernel.unprivileged_bpf_disabled", 2),
            ("net.core.bpf_jit_enable", 1),
            ("kernel.kptr_restrict", 0),
        ] {
            facts.sysctls.insert(name.into(), value);
        }
        let mut mount = Mount { point: "/sys/fs/bpf".into(), whole: true, ..Mount::default() };
        mount.kind = "bpf".into();
        mount.options = "ro".into();
        facts.mounts = vec![mount];
        facts.btf = BtfFile::Missing;
        facts
    }

    #[test]
    fn a_container() {
        let facts = container();
        let findings = examine(&facts);
        assert!(!is_well(&findings));
        let (short, whole) = (text(&facts, &findings, false), text(&facts, &findings, true));
        for wanted in [
            "Linux 5.10.0-28-amd64",
            "  yes CAP_BPF ",
            "  no  CAP_PERFMON ",
            "fix: mount -o remount,rw /sys/fs/bpf",
            "programs and maps may take 64 KiB together",
            "3 things are missing that most programs need",
        ] {
            assert!(short.contains(wanted) && whole.contains(wanted), "no `{wanted}` in {short}");
        }
        assert!(!short.contains("CONFIG_BPF_EVENTS") && whole.contains("CONFIG_BPF_EVENTS"), "{whole}");
        let value = json(&facts, &findings);
        assert_eq!(value["well"], false);
        assert_eq!(value["findings"].as_array().map(Vec::len), Some(findings.len()));
    }

    #[test]
    fn nothing_known() {
        let facts = Facts::default();
        let said = text(&facts, &examine(&facts), false);
        assert!(said.contains("Linux of an unknown release"), "{said}");
        assert!(said.contains("1 thing is missing that most programs need"), "{said}");
    }
}
