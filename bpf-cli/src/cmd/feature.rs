//! `bpf feature`: what the running kernel has, by asking it.

use bpf_loader::kernel::{Probed, Question};
use bpf_loader::uapi::{Helper, MapType, ProgramType};
use bpf_loader::{Answer, Feature, Kernel};
use serde_json::{Map, Value, json};

use crate::cmd::{CommandError, Outcome};
use crate::out::Out;

pub(super) fn run(helpers: bool, out: &Out) -> Outcome {
    let kernel = Kernel::running();
    let groups = groups(&kernel);
    let conclusive = |group: &Group| group.answers.iter().any(|(_, probed)| probed.answer == Answer::Yes);
    if !groups.iter().any(conclusive) {
        let reason =
            groups.iter().flat_map(|group| &group.answers).find_map(|(_, probed)| probed.reason.clone());
        let message = format!("this kernel does not answer: {}", reason.unwrap_or_default());
        let error = CommandError::new("E0941", message);
        return Err(error.help("run it as root, or with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN").into());
    }
    let helpers = if helpers { all_helpers(&kernel) } else { Vec::new() };
    out.result(|| text(&kernel, &groups, &helpers), || value(&kernel, &groups, &helpers));
    Ok(())
}

/// Answers to questions of one kind.
struct Group {
    title: &'static str,
    key: &'static str,
    answers: Vec<(Question, Probed)>,
}

fn groups(kernel: &Kernel) -> [Group; 4] {
    let group = |title, key, questions: &mut dyn Iterator<Item = Question>| Group {
        title,
        key,
        answers: questions.map(|question| (question, kernel.probe(question))).collect(),
    };
    [
        group(
            "program types",
            "program_types",
            &mut ProgramType::ALL.iter().map(|program| Question::Program(*program)),
        ),
        group("attach types, by program type", "attach_types", &mut Question::attach_pairs()),
        group("map types", "map_types", &mut MapType::ALL.iter().map(|map| Question::Map(*map))),
        group("what loading depends on", "features", &mut Feature::all().map(Question::Feature)),
    ]
}

/// The helpers of each program type that tells.
fn all_helpers(kernel: &Kernel) -> Vec<(ProgramType, Vec<Helper>)> {
    let has = |program, helper| kernel.probe(Question::Helper(program, helper)).answer == Answer::Yes;
    let there = ProgramType::ALL
        .iter()
        .filter(|program| kernel.probe(Question::Program(**program)).answer == Answer::Yes);
    let of = |program: &ProgramType| {
        (*program, Helper::ALL.iter().copied().filter(|helper| has(*program, *helper)).collect())
    };
    there.map(of).collect()
}

/// What a question is about, in its group.
fn name(question: Question) -> String {
    match question {
        Question::Map(map) => map.to_string(),
        Question::Program(program) => program.to_string(),
        Question::Attach(program, attach) => format!("{program}/{attach}"),
        Question::Feature(feature) => feature.name().to_owned(),
        other => other.to_string(),
    }
}

fn text(kernel: &Kernel, groups: &[Group], helpers: &[(ProgramType, Vec<Helper>)]) -> String {
    let machine = kernel.machine();
    let mut lines = vec![format!(
        "Linux {}, {}",
        machine.release.as_deref().unwrap_or("of an unknown release"),
        machine.architecture.as_deref().unwrap_or("of an unknown architecture")
    )];
    for group in groups {
        lines.push(format!("\n{}", group.title));
        let of = |wanted: Answer| group.answers.iter().filter(move |(_, probed)| probed.answer == wanted);
        let names: Vec<String> = of(Answer::Yes).map(|(question, _)| name(*question)).collect();
        lines.push(format!("  yes      {}", names.join(", ")));
        for (word, answer) in [("no", Answer::No), ("unknown", Answer::Unknown)] {
            lines.extend(of(answer).map(|(question, probed)| {
                let since =
                    question.since().map(|since| format!(", since Linux {since}")).unwrap_or_default();
                let reason = probed.reason.as_deref().unwrap_or_default();
                format!("  {word:<8} {}{since}: {reason}", name(*question))
            }));
        }
    }
    if !helpers.is_empty() {
        lines.push("\nhelpers, by program type".into());
        lines.extend(helpers.iter().map(|(program, helpers)| {
            let names: Vec<String> = helpers.iter().map(ToString::to_string).collect();
            format!("  {program}: {}", names.join(", "))
        }));
    }
    lines.join("\n")
}

fn value(kernel: &Kernel, groups: &[Group], helpers: &[(ProgramType, Vec<Helper>)]) -> Value {
    let machine = kernel.machine();
    let mut out = Map::new();
    out.insert("version".into(), json!(1));
    out.insert("release".into(), json!(machine.release));
    out.insert("architecture".into(), json!(machine.architecture));
    for group in groups {
        let answer = |(question, probed): &(Question, Probed)| {
            let has = match probed.answer {
                Answer::Yes => json!(true),
                Answer::No => json!(false),
                Answer::Unknown => Value::Null,
            };
            let since = question.since().map(|since| since.to_string());
            json!({ "name": name(*question), "since": since, "has": has, "reason": probed.reason })
        };
        out.insert(group.key.into(), group.answers.iter().map(answer).collect());
    }
    if !helpers.is_empty() {
        let of = |(program, helpers): &(ProgramType, Vec<Helper>)| {
            (program.to_string(), helpers.iter().map(ToString::to_string).collect())
        };
        out.insert("helpers".into(), Value::Object(helpers.iter().map(of).collect()));
    }
    Value::Object(out)
}
