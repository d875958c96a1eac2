//! What the running kernel is asked for: no answer of *no* where its version has it, unless its configuration lacks it; what it
//! says is so when it is tried.

use bpf_loader::kernel::Question;
use bpf_loader::uapi::{AttachType, Helper, KernelVersion, MapType, ProgramType};
use bpf_loader::{Answer, Feature, Kernel};
use libtest_mimic::Trial;

use crate::support::{DONE, Failed, Outcome, equal, holds, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("probes: nothing is missing that came with an older kernel", nothing_is_missing),
        test("probes: what was answered once is saved, and not asked again", saved),
        test("probes: helpers", helpers),
    ]
}

fn version(kernel: &Kernel) -> Result<KernelVersion, Failed> {
    let release = kernel.machine().release.as_deref().ok_or("no release")?;
    let mut numbers = release.split(['.', '-']).map_while(|part| part.parse::<u16>().ok());
    let (major, minor) = (numbers.next().ok_or("no version")?, numbers.next().ok_or("no version")?);
    Ok(KernelVersion::new(major, minor))
}

/// Whether the configuration, where it is shown, has an option.
fn has_option(kernel: &Kernel, option: &str) -> Option<bool> {
    let text = kernel.kconfig().ok()?;
    Some(text.lines().any(|line| line.strip_prefix(option).is_some_and(|rest| rest.starts_with('='))))
}

/// What a kernel of its age may lack nevertheless, with the reason.
fn excused(kernel: &Kernel, question: Question) -> bool {
    question.config().is_some_and(|option| has_option(kernel, option) != Some(true))
}

fn nothing_is_missing() -> Outcome {
    let kernel = Kernel::running();
    let version = version(&kernel)?;
    let maps = MapType::ALL.iter().map(|map| Question::Map(*map));
    let programs = ProgramType::ALL.iter().map(|program| Question::Program(*program));
    let features = Feature::all().map(Question::Feature);
    let mut wrong = Vec::new();
    let mut answers = [0; 3];
    for question in maps.chain(programs).chain(Question::attach_pairs()).chain(features) {
        let since = question.since().ok_or("no version")?;
        let probed = kernel.probe(question);
        answers[probed.answer as usize] += 1;
        let older = since <= version;
        match probed.answer {
            Answer::No if older && !excused(&kernel, question) => {
                wrong.push(format!("{question} (since {since}): no: {}", probed.reason.unwrap_or_default()));
            }
            // Kernels of distributions have some of what came later; a type of maps or programs not.
            Answer::Yes if !older && matches!(question, Question::Map(_) | Question::Program(_)) => {
                wrong.push(format!("{question} (since {since}): yes"));
            }
            Answer::Unknown => holds("an inconclusive probe says why", probed.reason.is_some())?,
            _ => {}
        }
    }
    equal("probes that are wrong", wrong, Vec::new())?;
    holds(&format!("most are conclusive: {answers:?}"), answers[0] > 3 * answers[2])?;
    DONE
}

fn saved() -> Outcome {
    let kernel = Kernel::running();
    let questions = [
        Question::Map(MapType::HASH),
        Question::Attach(ProgramType::CGROUP_SKB, AttachType::CGROUP_INET_INGRESS),
        Question::Helper(ProgramType::SOCKET_FILTER, Helper::KTIME_GET_NS),
    ];
    for question in questions {
        equal(&question.to_string(), kernel.probe(question).answer, Answer::Yes)?;
    }
    let saved = Kernel::from_saved(&kernel.save()?)?;
    for question in questions {
        equal(&question.to_string(), saved.probe(question).answer, Answer::Yes)?;
    }
    equal("what was not asked", saved.probe(Question::Map(MapType::ARRAY)).answer, Answer::Unknown)?;
    DONE
}

fn helpers() -> Outcome {
    let kernel = Kernel::running();
    let ask = |program, helper| kernel.probe(Question::Helper(program, helper));
    for (program, helper, wanted) in [
        (ProgramType::SOCKET_FILTER, Helper::MAP_LOOKUP_ELEM, Answer::Yes),
        (ProgramType::XDP, Helper::XDP_ADJUST_HEAD, Answer::Yes),
        (ProgramType::XDP, Helper::SKB_LOAD_BYTES, Answer::No),
        (ProgramType::SOCKET_FILTER, Helper::SKB_LOAD_BYTES, Answer::Yes),
        (ProgramType::SOCKET_FILTER, Helper::XDP_ADJUST_HEAD, Answer::No),
        (ProgramType::SOCKET_FILTER, Helper(100_000), Answer::No),
        (ProgramType::TRACING, Helper::KTIME_GET_NS, Answer::Unknown),
    ] {
        let probed = ask(program, helper);
        equal(&format!("{helper} in {program}: {:?}", probed.reason), probed.answer, wanted)?;
        holds("a reason for all but yes", probed.reason.is_some() == (wanted != Answer::Yes))?;
    }
    DONE
}
