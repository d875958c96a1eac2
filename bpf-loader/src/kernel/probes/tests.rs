//! Questions as text, their tables, and answers that are given and saved.

use bpf_btf::Endian;

use super::*;
use crate::kernel::Machine;

#[test]
fn questions_are_written_and_read() {
    let some = [
        Question::Map(MapType::HASH),
        Question::Program(ProgramType::XDP),
        Question::Helper(ProgramType::XDP, Helper::KTIME_GET_NS),
        Question::Feature(Feature::Names),
    ];
    for question in some.into_iter().chain(Question::attach_pairs()) {
        assert_eq!(Question::parse(&question.to_string()), Some(question));
    }
    for wrong in ["", "map", "map hush", "map hash hash", "helper xdp", "attach xdp nowhere", "thing xdp"] {
        assert_eq!(Question::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn tables_are_of_known_numbers() {
    for (at, (question, option)) in CONFIG.iter().enumerate() {
        assert!(question.since().is_some() && option.starts_with("CONFIG_"), "{question}");
        assert!(CONFIG[..at].iter().all(|(other, _)| other != question), "{question} is there twice");
    }
    let pairs: Vec<Question> = Question::attach_pairs().collect();
    assert_eq!(pairs.len(), 37);
    for (at, pair) in pairs.iter().enumerate() {
        assert!(pair.since().is_some() && !pairs[..at].contains(pair), "{pair}");
    }
    let fentry = Question::Attach(ProgramType::TRACING, AttachType::TRACE_FENTRY);
    assert_eq!(fentry.config(), Some("CONFIG_BPF_EVENTS"));
    assert_eq!(Question::Map(MapType::HASH).config(), None);
}

/// What is given is not asked, and is saved; a kernel that is not here cannot be asked.
#[test]
fn answers_are_given_and_saved() {
    let (there, absent) = (Question::Map(MapType::ARENA), Question::Program(ProgramType::LSM));
    let builder = Kernel::builder().machine(Machine::unknown(Endian::Little));
    let kernel = builder.probed(there, Answer::Yes).probed(absent, Answer::No);
    let kernel = kernel.probed(Question::Feature(Feature::Names), Answer::No).build();
    let saved = Kernel::from_saved(&kernel.save().unwrap()).unwrap();
    for kernel in [kernel, saved] {
        assert_eq!(kernel.probe(there).answer, Answer::Yes);
        assert_eq!(kernel.probe(absent).answer, Answer::No);
        assert!(kernel.probe(absent).reason.is_some());
        assert_eq!(kernel.feature(Feature::Names), Answer::No);
        assert_eq!(kernel.probe(Question::Feature(Feature::Names)).answer, Answer::No);
        let other = kernel.probe(Question::Map(MapType::HASH));
        assert_eq!(other.answer, Answer::Unknown);
        assert!(other.reason.unwrap().contains("not running here"));
    }
}
