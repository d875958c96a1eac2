//! CO-RE relocations: what libbpf answers, and what we do. Made up by the thousand: types of a kernel, changed here and
//! there, against that kernel; fields, types and enumerators of them, picked at random, and some that make no sense.

mod altered;
mod pick;
mod random;

use std::fs;
use std::path::Path;

use bpf_loader::btf::core::{
    CandidateSet, Candidates, CoreError, Fixup, Outcome, RelocKind, describe, resolve,
};
use bpf_loader::btf::{Btf, CoreRecord, Endian};

use self::pick::Picked;
use super::known;
use super::peer::Libbpf;
use super::tally::{Answers, Differs, Tally};
use super::whole;
use crate::error::Error;

/// Paths, types and enumerators that are picked of each kernel; each is asked everything that can be asked of it.
const PICKED: usize = 1200;

pub(super) const KINDS: [RelocKind; 13] = [
    RelocKind::FIELD_BYTE_OFFSET,
    RelocKind::FIELD_BYTE_SIZE,
    RelocKind::FIELD_EXISTS,
    RelocKind::FIELD_SIGNED,
    RelocKind::FIELD_LSHIFT_U64,
    RelocKind::FIELD_RSHIFT_U64,
    RelocKind::TYPE_ID_LOCAL,
    RelocKind::TYPE_ID_TARGET,
    RelocKind::TYPE_EXISTS,
    RelocKind::TYPE_SIZE,
    RelocKind::ENUMVAL_EXISTS,
    RelocKind::ENUMVAL_VALUE,
    RelocKind::TYPE_MATCHES,
];

/// The kinds of which too few were answered.
pub(super) fn short(tally: &Tally) -> Vec<String> {
    let (values, missing) = known::CORE_FLOOR;
    let few = KINDS.into_iter().flat_map(|kind| {
        let none = Answers::default();
        let found = tally.kinds.get(&kind.to_string()).unwrap_or(&none);
        let lacks = [(found.values, values, "have a value"), (found.missing, missing, "are missing")];
        let wanted = if can_be_missing(kind) { 2 } else { 1 };
        lacks.into_iter().take(wanted).filter(|(found, least, _)| found < least).map(
            move |(found, least, what)| {
                format!("core: {found} relocations of kind {kind} {what}, at least {least} are expected")
            },
        )
    });
    few.collect()
}

/// What a kernel lacks is an answer to some questions, and to others it is none.
fn can_be_missing(kind: RelocKind) -> bool {
    use RelocKind as K;
    [
        K::FIELD_BYTE_OFFSET,
        K::FIELD_BYTE_SIZE,
        K::FIELD_SIGNED,
        K::FIELD_LSHIFT_U64,
        K::FIELD_RSHIFT_U64,
        K::ENUMVAL_VALUE,
    ]
    .contains(&kind)
}

/// Compares the answers for the running kernel, and for the whole kernels in a folder.
pub(crate) fn compare(
    tally: &mut Tally,
    libbpf: &Libbpf,
    kernels: Option<&Path>,
    dir: &Path,
) -> Result<(), Error> {
    let dir = dir.join("core");
    fs::create_dir_all(&dir).map_err(Error::file("create", &dir))?;
    for (label, bytes) in whole::kernels(tally, kernels)? {
        kernel(tally, libbpf, &label, bytes, &dir)?;
    }
    Ok(())
}

fn kernel(tally: &mut Tally, libbpf: &Libbpf, label: &str, bytes: Vec<u8>, dir: &Path) -> Result<(), Error> {
    let [own, target, list] = ["local.btf", "target.btf", "list"].map(|name| dir.join(name));
    let kernel = match Btf::parse(bytes) {
        Ok(kernel) => kernel,
        Err(error) => {
            tally.skipped(label, error.to_string());
            return Ok(());
        }
    };
    let seed = kernel.last_id().0;
    let mut blob = altered::alter(&kernel, seed);
    let picked = pick::pick(&mut blob, seed, PICKED);
    let local = match Btf::parse(blob.finish()) {
        Ok(local) => local,
        Err(error) => {
            tally.compared(&format!("{label}: the altered types"), &[differs(error.to_string())]);
            return Ok(());
        }
    };
    write(&own, local.bytes())?;
    write(&target, kernel.bytes())?;
    let numbers =
        picked.iter().flat_map(|one| [one.record.type_id.0, one.record.access.0, one.record.kind.0]);
    write(&list, &numbers.flat_map(u32::to_le_bytes).collect::<Vec<u8>>())?;
    let theirs = match libbpf.core(&own, &target, &list)? {
        Ok(theirs) => theirs,
        Err(ended) => {
            tally.compared(&format!("{label}: all relocations"), &[differs(format!("libbpf: {ended}"))]);
            return Ok(());
        }
    };
    let candidates = CandidateSet::find(&local, picked.iter().map(|one| one.record.type_id), &[&kernel]);
    if theirs.lines().count() != picked.len() {
        let how = format!("{} answers of libbpf to {} relocations", theirs.lines().count(), picked.len());
        tally.compared(&format!("{label}: all relocations"), &[differs(how)]);
        return Ok(());
    }
    for (one, theirs) in picked.iter().zip(theirs.lines()) {
        relocation(tally, label, (&local, &kernel), one, candidates.get(one.record.type_id), theirs);
    }
    Ok(())
}

fn relocation(
    tally: &mut Tally,
    label: &str,
    (local, kernel): (&Btf, &Btf),
    one: &Picked,
    candidates: Option<Result<&Candidates, &CoreError>>,
    theirs: &str,
) {
    let kind = one.record.kind;
    let what = format!("{label}: {kind}: {}", describe(local, &one.record));
    if kind == RelocKind::FIELD_LSHIFT_U64 && kernel.endian() != Endian::NATIVE {
        tally.skipped(&what, "libbpf shifts for the byte order that it was built for, whatever the kernel's");
        return;
    }
    let answered = match candidates {
        Some(Ok(candidates)) => resolve(local, &one.record, candidates),
        Some(Err(error)) => without(local, &one.record, error),
        None => return tally.compared(&what, &[differs("its type was not looked up".into())]),
    };
    let ours = match &answered {
        Ok(fixup) => told(fixup),
        Err(_) => "error".into(),
    };
    tally.went_into(outcome(&ours), 1);
    tally.kinds.entry(kind.to_string()).or_default().count(&ours);
    let found = (ours != theirs).then(|| {
        let how = format!("ours {ours}, libbpf {theirs}");
        match &answered {
            Ok(fixup) if theirs == "error" && ambiguous(local, &one.record, candidates) => {
                Differs { field: "place", how: format!("{how} ({:?})", fixup.outcome) }
            }
            Ok(fixup) if extended(fixup, theirs) => Differs { field: "sign", how },
            Ok(_) => differs(how),
            Err(error) => Differs { field: refusal(error, theirs), how: format!("{how} ({error})") },
        }
    });
    tally.compared(&what, found.as_slice());
}

/// Without a name there is nothing to look up, but the local id is known.
fn without(local: &Btf, record: &CoreRecord, error: &CoreError) -> Result<Fixup, CoreError> {
    match Candidates::find(local, record.type_id, &[]) {
        Ok(none) => resolve(local, record, &none),
        Err(_) if record.kind == RelocKind::TYPE_ID_LOCAL => {
            let value = u64::from(record.type_id.0);
            let outcome = Outcome::Value { value, resize: None };
            Ok(Fixup { kind: record.kind, expected: None, outcome, no_access: None })
        }
        Err(_) => Err(error.clone()),
    }
}

/// As `oracle --core` says it.
fn told(fixup: &Fixup) -> String {
    let Outcome::Value { value, resize } = &fixup.outcome else { return "missing".into() };
    let expected = fixup.expected.map_or_else(|| "-".into(), |expected| expected.to_string());
    let access = match (&fixup.no_access, resize) {
        (Some(_), _) => "never".into(),
        (None, Some(resize)) => format!("{}>{}", resize.from, resize.to),
        (None, None) => "-".into(),
    };
    format!("{value} {expected} {access}")
}

/// Whether candidates have the field at different places.
fn ambiguous(local: &Btf, record: &CoreRecord, candidates: Option<Result<&Candidates, &CoreError>>) -> bool {
    let place = CoreRecord { kind: RelocKind::FIELD_BYTE_OFFSET, ..*record };
    let Some(Ok(candidates)) = candidates else { return false };
    matches!(resolve(local, &place, candidates), Err(CoreError::Ambiguous(_)))
}

/// Whether libbpf's value is ours of 32 bits, with the sign extended.
fn extended(fixup: &Fixup, theirs: &str) -> bool {
    let Outcome::Value { value, .. } = fixup.outcome else { return false };
    let Ok(narrow) = u32::try_from(value) else { return false };
    let extended = i64::from(narrow.cast_signed()).cast_unsigned();
    theirs.split(' ').next() == Some(extended.to_string().as_str())
}

/// What to look an error up by.
fn refusal(error: &CoreError, theirs: &str) -> &'static str {
    match error {
        // There are several reasons not to follow a path, and one of them is known.
        _ if error.to_string().ends_with("it ends at a member without a name") => "no name",
        CoreError::Type(_) if theirs == "missing" => "own types",
        _ => error.code(),
    }
}

fn outcome(told: &str) -> &'static str {
    match told {
        "error" => "refused",
        "missing" => "missing",
        _ => "values",
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(Error::file("write", path))
}

fn differs(how: String) -> Differs {
    Differs { field: "answer", how }
}
