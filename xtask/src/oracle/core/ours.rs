//! What we make of the relocations: the answers of bpf-btf, and the instructions in the plan of an object that has them.

use std::collections::HashMap;

use bpf_loader::btf::core::{CandidateSet, Outcome, RelocKind, resolve};
use bpf_loader::btf::{Btf, CoreRecord, Place, StrOffset, TypeId};
use bpf_loader::plan::{PlanError, PlanInsn, Ref};
use bpf_loader::{Kernel, OpenOptions, Plan};

use super::elf;
use crate::oracle::facts::{Answered, Question, Slot, Verdict};

/// Our answer to each.
pub(super) fn verdicts(local: &Btf, kernel: &Btf, questions: &[Question]) -> Vec<Verdict> {
    let set = CandidateSet::find(local, questions.iter().map(|question| TypeId(question.type_id)), &[kernel]);
    questions.iter().map(|question| verdict(local, &set, question)).collect()
}

pub(in crate::oracle) fn record(question: &Question) -> CoreRecord {
    CoreRecord {
        offset: 0,
        type_id: TypeId(question.type_id),
        access: StrOffset(question.access),
        kind: RelocKind(question.kind),
    }
}

fn verdict(local: &Btf, set: &CandidateSet, question: &Question) -> Verdict {
    let record = record(question);
    let candidates = match set.get(record.type_id) {
        Some(Ok(candidates)) => candidates,
        Some(Err(error)) => return Verdict::Refused(format!("{} {error}", error.code())),
        None => return Verdict::Refused("it was not looked for".into()),
    };
    match resolve(local, &record, candidates) {
        Ok(fixup) => match fixup.outcome {
            Outcome::Value { value, .. } => Verdict::Value { expected: fixup.expected, value },
            _ => Verdict::Missing,
        },
        Err(error) => Verdict::Refused(format!("{} {error}", error.code())),
    }
}

/// The answers with the instructions of a plan. What stops it is left out of a second one.
pub(super) fn answers(
    local: &Btf,
    kernel: &Btf,
    section: u32,
    questions: &[Question],
) -> Result<Vec<Answered>, String> {
    let target = Kernel::builder().btf(kernel.clone()).build();
    let all: Vec<usize> = (0..questions.len()).collect();
    let mut patched: HashMap<usize, Result<[Slot; 2], String>> = HashMap::new();
    let plan = match plan(local, &target, section, questions, &all) {
        Ok(plan) => (plan, all),
        Err(refused) => {
            let left = all.into_iter().filter(|at| !refused.contains_key(at)).collect::<Vec<usize>>();
            patched.extend(refused.into_iter().map(|(at, why)| (at, Err(why))));
            let plan = plan(local, &target, section, questions, &left).map_err(|refused| {
                let first = refused.into_values().next().unwrap_or_default();
                format!("the object is refused without what was refused: {first}")
            })?;
            (plan, left)
        }
    };
    let (plan, planned) = plan;
    for (programs, numbers) in plan.programs().iter().zip(planned.chunks(elf::IN_FUNCTION)) {
        for (insns, number) in programs.insns.chunks_exact(elf::INSNS).zip(numbers) {
            if let [first, second] = insns {
                patched.insert(*number, Ok([slot(first), slot(second)]));
            }
        }
    }
    let answer = |(at, verdict): (usize, Verdict)| {
        let patched = patched.remove(&at);
        let patched = if matches!(verdict, Verdict::Refused(_)) { None } else { patched };
        Answered { verdict, patched }
    };
    Ok(verdicts(local, kernel, questions).into_iter().enumerate().map(answer).collect())
}

/// The plan of an object with some of the relocations, or which of them are refused.
fn plan(
    local: &Btf,
    kernel: &Kernel,
    section: u32,
    questions: &[Question],
    some: &[usize],
) -> Result<Plan, HashMap<usize, String>> {
    let whole = |why: String| HashMap::from([(usize::MAX, why)]);
    let chosen: Vec<&Question> = some.iter().filter_map(|at| questions.get(*at)).collect();
    let bytes = elf::object(local.endian(), local.bytes(), section, &chosen);
    let object = OpenOptions::new().name("asked").parse(&bytes).map_err(|error| whole(error.to_string()))?;
    let failed = match object.plan(kernel) {
        Ok(plan) => return Ok(plan),
        Err(failed) => failed,
    };
    let number = |error: &PlanError| {
        let at = place(error)?;
        some.get(at).copied()
    };
    let text = |error: &PlanError| format!("{} {error}", error.code());
    let numbered = failed.errors().iter().map(|error| (number(error).unwrap_or(usize::MAX), text(error)));
    Err(numbered.collect())
}

/// The number of the relocation in its object.
fn place(error: &PlanError) -> Option<usize> {
    let labels = error.labels();
    let function = labels.iter().find_map(|label| match &label.place {
        Place::Item { name, .. } => name.strip_prefix('f')?.parse::<usize>().ok(),
        _ => None,
    })?;
    let insn = labels.iter().find_map(|label| match label.place {
        Place::Insn(at) => usize::try_from(at).ok(),
        _ => None,
    })?;
    Some(function * elf::IN_FUNCTION + insn / elf::INSNS)
}

/// As libbpf writes it: type ids as numbers.
fn slot(planned: &PlanInsn) -> Slot {
    let insn = planned.insn;
    let imm = match planned.reference {
        Some(Ref::KernelType(id)) => id.0.cast_signed(),
        _ => insn.imm,
    };
    Slot { code: insn.code, dst: insn.dst, src: insn.src, off: insn.off, imm }
}
