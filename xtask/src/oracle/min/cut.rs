//! A kernel's types, cut down by us for relocations.

use bpf_loader::btf::core::{CandidateSet, Outcome, RelocKind, needs, resolve};
use bpf_loader::btf::minimize::{Keep, minimize};
use bpf_loader::btf::{Btf, CoreRecord};

use crate::oracle::core::record;
use crate::oracle::facts::Question;

/// The kernel's types as far as these relocations look at them, and of each of these whether it has an answer at all.
pub(super) fn whole(
    local: &Btf,
    kernel: &Btf,
    set: &CandidateSet,
    questions: &[Question],
) -> Result<(Btf, Vec<bool>), String> {
    let mut keep = Keep::new();
    let answered = questions.iter().map(record).map(|record| match set.get(record.type_id) {
        // What has no answer is no reason to keep anything.
        Some(Ok(candidates)) => needs(local, &record, candidates, &mut keep).is_ok(),
        _ => false,
    });
    let answered = answered.collect();
    Ok((cut(kernel, &keep)?, answered))
}

/// As bpftool does it: only what is found is kept, and nothing to say what else there is.
pub(super) fn found(
    local: &Btf,
    kernel: &Btf,
    set: &CandidateSet,
    records: &[CoreRecord],
) -> Result<Btf, String> {
    let mut keep = Keep::new();
    for record in records {
        let Some(Ok(candidates)) = set.get(record.type_id) else { continue };
        let mut fit = candidates.clone();
        let there =
            resolve(local, record, candidates).is_ok_and(|fixup| is_there(record.kind, &fixup.outcome));
        if there && fit.narrow(local, record).is_ok() {
            // It was answered just now.
            let _ = needs(local, record, &fit, &mut keep);
        }
    }
    cut(kernel, &keep)
}

/// Whether the kernel has what is asked for.
fn is_there(kind: RelocKind, outcome: &Outcome) -> bool {
    let absence = [
        RelocKind::FIELD_EXISTS,
        RelocKind::ENUMVAL_EXISTS,
        RelocKind::TYPE_EXISTS,
        RelocKind::TYPE_SIZE,
        RelocKind::TYPE_ID_TARGET,
        RelocKind::TYPE_MATCHES,
    ];
    match outcome {
        Outcome::Value { value, .. } => *value != 0 || !absence.contains(&kind),
        _ => false,
    }
}

fn cut(kernel: &Btf, keep: &Keep) -> Result<Btf, String> {
    let bytes = minimize(kernel, keep).map_err(|error| error.to_string())?;
    Btf::parse(bytes).map_err(|error| error.to_string())
}
