//! CO-RE relocations by the thousand, of all kinds: made from a kernel's types, resolved by libbpf and by us.

mod compare;
mod composite;
mod elf;
mod made;
mod mirror;
mod ours;
mod questions;
mod rng;
mod roots;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bpf_loader::btf::core::{RelocKind, describe};
use bpf_loader::btf::{Btf, StrOffset};

use self::mirror::Mirror;
pub(super) use self::ours::record;
use super::facts::{Answered, Question, Verdict};
use super::floors;
use super::peer::Libbpf;
use super::tally::{Differs, Tally};
use super::whole::{self, Whole};
use crate::error::Error;

/// Every run asks the same.
const SEED: u64 = 0x000b_7f0b_7f0b_7f0b;

/// Asks both about every kernel. `kernels` is a folder with whole kernels' BTF.
pub(super) fn compare(
    tally: &mut Tally,
    libbpf: &Libbpf,
    kernels: Option<&Path>,
    dir: &Path,
) -> Result<(), Error> {
    let dir = dir.join("core");
    for kernel in all_kernels(tally, kernels, &dir)? {
        match Asked::make(&kernel.btf) {
            Some(asked) => one_kernel(tally, libbpf, &kernel, &asked, &dir)?,
            None => failed(tally, &kernel.label, "no types could be made from the kernel's"),
        }
    }
    Ok(())
}

/// Whole kernels, and one made of each.
pub(super) fn all_kernels(
    tally: &mut Tally,
    kernels: Option<&Path>,
    dir: &Path,
) -> Result<Vec<Whole>, Error> {
    let wholes = whole::kernels(tally, kernels, dir)?;
    let mut all = Vec::new();
    for whole in wholes {
        let label = format!("made of {}", whole.label);
        let file = dir.join(format!("{}.btf", label.replace(' ', "_")));
        match made::kernel(&whole.btf, SEED ^ 1) {
            Some(btf) => {
                fs::write(&file, btf.bytes()).map_err(Error::file("write", &file))?;
                all.extend([whole, Whole { label, btf, file, made: true }]);
            }
            None => failed(tally, &label, "no types could be made from the kernel's"),
        }
    }
    Ok(all)
}

/// An object's types, and what is asked of them.
pub(super) struct Asked {
    pub(super) local: Btf,
    /// Where its strings have the section's name.
    section: StrOffset,
    pub(super) questions: Vec<Question>,
}

impl Asked {
    pub(super) fn make(kernel: &Btf) -> Option<Self> {
        let mut mirror = Mirror::new(kernel, SEED);
        let mut roots = Vec::new();
        for id in roots::choose(kernel, &mut mirror.rng) {
            // What BTF cannot hold is left out; that enough is left is checked at the end.
            roots.extend(mirror.root(id));
        }
        let Mirror { mut builder, mut rng, .. } = mirror;
        // Access strings follow from the types, and stand in the same blob.
        let types = Btf::parse(builder.clone().finish().ok()?).ok()?;
        let asked = questions::ask(&types, &mut builder, &mut rng, &roots);
        let section = builder.add_string(elf::SECTION).ok()?;
        let local = Btf::parse(builder.finish().ok()?).ok()?;
        let questions = asked.into_iter().map(|asked| questions::question(&local, &mut rng, asked)).collect();
        Some(Self { local, section, questions })
    }
}

fn one_kernel(
    tally: &mut Tally,
    libbpf: &Libbpf,
    kernel: &Whole,
    asked: &Asked,
    dir: &Path,
) -> Result<(), Error> {
    let local = kernel.file.with_extension("local");
    fs::write(&local, asked.local.bytes()).map_err(Error::file("write", &local))?;
    let Some(theirs) = libbpf.core(&local, &kernel.file, &asked.questions, dir)? else {
        failed(tally, &kernel.label, "libbpf died");
        return Ok(());
    };
    let ours = match ours::answers(&asked.local, &kernel.btf, asked.section.0, &asked.questions) {
        Ok(ours) => ours,
        Err(why) => {
            failed(tally, &kernel.label, &why);
            return Ok(());
        }
    };
    let mut counts = BTreeMap::new();
    let mut count = |what: &'static str| *counts.entry(what).or_default() += 1;
    for ((question, ours), theirs) in asked.questions.iter().zip(&ours).zip(&theirs) {
        let kind = RelocKind(question.kind);
        let what = format!("{}: {kind} {}", kernel.label, describe(&asked.local, &record(question)));
        tally.compared(&what, &compare::compare(question, ours, theirs));
        kind.name().into_iter().chain(outcome(kind, theirs)).for_each(&mut count);
    }
    for (what, least) in floors::CORE {
        let found: usize = counts.get(what).copied().unwrap_or(0);
        if found < *least {
            failed(tally, &kernel.label, &format!("{found} {what}, at least {least} are expected"));
        }
    }
    for (what, count) in counts {
        tally.went_into(what, count);
    }
    Ok(())
}

/// What became of one, for counting.
fn outcome(kind: RelocKind, answered: &Answered) -> impl Iterator<Item = &'static str> {
    let verdict = match &answered.verdict {
        Verdict::Value { value: 0, .. } if kind == RelocKind::TYPE_MATCHES => "matched not",
        Verdict::Value { .. } if kind == RelocKind::TYPE_MATCHES => "matched",
        Verdict::Value { expected: None, .. } if kind == RelocKind::FIELD_BYTE_OFFSET => "bitfields",
        Verdict::Value { value: 0, .. } => "answers 0",
        Verdict::Value { .. } => "other answers",
        Verdict::Missing => "missing",
        Verdict::Refused(why) if why.contains("ambiguity") => "ambiguous",
        Verdict::Refused(_) => "refused",
    };
    let patched = answered.patched.as_ref().map(|patched| match patched {
        Ok([first, _]) if first.code == compare::POISON => "poisoned",
        Ok([first, _]) => match first.code & 7 {
            0 => "patched ld_imm64",
            1..=3 => "patched loads and stores",
            _ => "patched immediates",
        },
        Err(_) => "instructions refused",
    });
    [verdict].into_iter().chain(patched)
}

fn failed(tally: &mut Tally, label: &str, how: &str) {
    tally.compared(label, &[Differs { field: "run", how: how.to_owned() }]);
}

#[cfg(test)]
mod tests {
    use bpf_loader::OpenOptions;

    use super::*;
    use crate::oracle::facts::Slot;

    /// The types of a fixture, as if they were a kernel's.
    fn kernel() -> Btf {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/core/kinds.eb.bpf.o");
        let bytes = crate::oracle::btf::section(&fs::read(path).unwrap()).unwrap();
        made::kernel(&Btf::parse(bytes).unwrap(), SEED).unwrap()
    }

    #[test]
    fn every_run_asks_the_same_of_all_kinds() {
        let [one, other] = [(); 2].map(|()| Asked::make(&kernel()).unwrap());
        assert_eq!(one.local.bytes(), other.local.bytes());
        let text = |asked: &Asked| serde_json::to_string(&asked.questions).unwrap();
        assert_eq!(text(&one), text(&other));
        for kind in 0..13 {
            let count = one.questions.iter().filter(|question| question.kind == kind).count();
            assert!(count >= 50, "{count} {}", RelocKind(kind));
        }
    }

    #[test]
    fn the_object_has_the_relocations_that_are_asked() {
        let asked = Asked::make(&kernel()).unwrap();
        let (local, all) = (&asked.local, asked.questions.iter().collect::<Vec<_>>());
        let bytes = elf::object(local.endian(), local.bytes(), asked.section.0, &all);
        let object = OpenOptions::new().name("asked").parse(&bytes).unwrap();
        let functions = object.file().functions();
        let found = functions.iter().flat_map(|function| {
            function.core.iter().map(|reloc| {
                let insn = function.insns[usize::try_from(reloc.insn.0).unwrap()];
                (
                    reloc.record.type_id.0,
                    reloc.record.access.0,
                    reloc.record.kind.0,
                    insn.code,
                    insn.off,
                    insn.imm,
                )
            })
        });
        let want = asked.questions.iter().map(|question| {
            let Slot { code, off, imm, .. } = question.insns[0];
            (question.type_id, question.access, question.kind, code, off, imm)
        });
        assert_eq!(found.collect::<Vec<_>>(), want.collect::<Vec<_>>());
    }
}
