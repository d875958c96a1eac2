//! CO-RE: twice the same answer; against the object's own types the answer is what the compiler wrote; against a kernel
//! that was cut to what the relocations need, it is that of the whole kernel.

use std::collections::HashSet;

use bpf_btf::core::{Candidates, CoreError, Fixup, Outcome, RelocKind, describe, needs, resolve};
use bpf_btf::minimize::{Keep, minimize};
use bpf_btf::{Btf, CoreRecord};
use bpf_elf::ObjectFile;

use crate::{Reached, halves};

/// The most relocations that are looked at.
const MOST: usize = 48;

pub(crate) fn body(data: &[u8]) -> Reached {
    let (object, kernel) = halves::split(data);
    let Ok(object) = ObjectFile::parse(object) else { return Reached::Door };
    let Some(local) = object.btf() else { return Reached::Door };
    let Ok(kernel) = Btf::parse(kernel.to_vec()) else { return Reached::Door };
    let records: Vec<CoreRecord> = object
        .functions()
        .iter()
        .flat_map(|function| &function.core)
        .map(|reloc| reloc.record)
        .take(MOST)
        .collect();
    let distinct = names_are_distinct(local);
    let mut keep = Keep::new();
    let mut answered = Vec::new();
    for record in &records {
        assert_eq!(describe(local, record), describe(local, record));
        if distinct {
            own(local, record);
        }
        let answer = ask(local, record, &kernel);
        assert_eq!(format!("{answer:?}"), format!("{:?}", ask(local, record, &kernel)));
        let Ok(answer) = answer else { continue };
        let Ok(candidates) = Candidates::find(local, record.type_id, &[&kernel]) else { continue };
        let mut own = Keep::new();
        if needs(local, record, &candidates, &mut own).is_ok() && minimize(&kernel, &own).is_ok() {
            keep.extend(&own);
            answered.push((record, answer));
        }
    }
    let cut = minimize(&kernel, &keep).expect("what can be cut alone can be cut together");
    let cut = Btf::parse(cut).expect("what was written can be read");
    for (record, answer) in answered {
        let other = ask(local, record, &cut);
        let same = other.as_ref().is_ok_and(|other| alike(&answer, other));
        assert!(same, "{}:\n{answer:?}\n{other:?}", describe(local, record));
    }
    Reached::Inside
}

fn ask(local: &Btf, record: &CoreRecord, kernel: &Btf) -> Result<Fixup, CoreError> {
    let candidates = Candidates::find(local, record.type_id, &[kernel])?;
    resolve(local, record, &candidates)
}

/// The object's own types are a kernel on which nothing has to change. That something is absent from itself is right
/// only of what no kernel can have: a member that is a function, say.
fn own(local: &Btf, record: &CoreRecord) {
    let Ok(fixup) = ask(local, record, local) else { return };
    if let (Some(expected), Outcome::Value { value, .. }) = (fixup.expected, &fixup.outcome) {
        let absent = *value == 0 && may_be_absent(record.kind);
        assert!(absent || *value == expected, "{}: {fixup:?}", describe(local, record));
    }
}

/// The same but for ids of types.
fn alike(one: &Fixup, other: &Fixup) -> bool {
    let outcomes = match (&one.outcome, &other.outcome) {
        (Outcome::Value { value, resize }, Outcome::Value { value: other, resize: other_resize }) => {
            (value == other || one.kind == RelocKind::TYPE_ID_TARGET) && resize == other_resize
        }
        (Outcome::Missing(one), Outcome::Missing(other)) => {
            one.path == other.path && one.kind == other.kind && one.tried.len() == other.tried.len()
        }
        _ => false,
    };
    outcomes && one.expected == other.expected && one.no_access.is_some() == other.no_access.is_some()
}

/// Whether no two members that C reaches alike, and no two enumerators of a type, have the same name: of such, the first
/// is found, which need not be the one that the compiler meant.
fn names_are_distinct(local: &Btf) -> bool {
    local.types().all(|found| {
        let members: Vec<_> = found.members().map(|member| member.name().unwrap_or_default()).collect();
        let enumerators: Vec<_> = found.enumerators().map(|value| value.name().unwrap_or_default()).collect();
        [members, enumerators].iter().all(|names| {
            let different: HashSet<&str> = names.iter().copied().collect();
            different.len() == names.len() && !different.contains("")
        })
    })
}

/// The questions whose answer for what is not there is 0.
fn may_be_absent(kind: RelocKind) -> bool {
    let kinds = [
        RelocKind::FIELD_EXISTS,
        RelocKind::TYPE_EXISTS,
        RelocKind::TYPE_SIZE,
        RelocKind::TYPE_MATCHES,
        RelocKind::TYPE_ID_TARGET,
        RelocKind::ENUMVAL_EXISTS,
    ];
    kinds.contains(&kind)
}
