//! Cutting a kernel's types down to what relocations need: the same members as `bpftool gen min_core_btf` keeps; and for
//! libbpf no other answers than those of the whole.

mod cut;
mod shape;

use std::fs;
use std::path::{Path, PathBuf};

use bpf_loader::btf::core::{CandidateSet, RelocKind, describe};
use bpf_loader::btf::{Btf, CoreRecord, TypeId, dump};
use bpf_loader::{Kernel, Object, OpenOptions};

use self::shape::Shape;
use super::core::{Asked, all_kernels, record};
use super::facts::{Answered, Question, Slot, Verdict};
use super::feed::Feed;
use super::peer::{self, Libbpf};
use super::tally::{Differs, Tally};
use super::whole::Whole;
use crate::error::Error;

/// Made relocations that a kernel is cut down to at a time.
const BATCH: usize = 100;
/// What is counted, and may not become too little.
pub(super) const BPFTOOL: &str = "cuts by bpftool";
pub(super) const MEMBERS: &str = "members kept by both";
pub(super) const ASKED: &str = "relocations of objects";
pub(super) const MADE: &str = "made relocations";

struct Suite<'a> {
    tally: &'a mut Tally,
    libbpf: &'a Libbpf,
    bpftool: bool,
    dir: PathBuf,
}

/// Cuts every kernel down to every object with relocations, and to the relocations of the suite `core`. `kernels` is a
/// folder with whole kernels' BTF.
pub(super) fn compare(
    tally: &mut Tally,
    libbpf: &Libbpf,
    feeds: &[Feed],
    kernels: Option<&Path>,
    dir: &Path,
) -> Result<(), Error> {
    let dir = dir.join("min");
    let wholes = all_kernels(tally, kernels, &dir)?;
    let bpftool = peer::bpftool_version().is_some();
    if !bpftool {
        tally.skipped("everything that bpftool cuts", "bpftool is not installed");
    }
    let mut suite = Suite { tally, libbpf, bpftool, dir };
    let objects: Vec<Relocated<'_>> = feeds.iter().filter_map(Relocated::read).collect();
    for kernel in &wholes {
        let fits = |object: &&Relocated<'_>| !kernel.made && object.local.endian() == kernel.btf.endian();
        for object in objects.iter().filter(fits) {
            suite.object(kernel, object)?;
        }
        match Asked::make(&kernel.btf) {
            Some(asked) => suite.made(kernel, &asked)?,
            None => suite.failed(&kernel.label, "no types could be made from the kernel's"),
        }
    }
    Ok(())
}

/// An object with CO-RE relocations.
struct Relocated<'a> {
    feed: &'a Feed,
    object: Object,
    local: Btf,
    questions: Vec<Question>,
}

impl<'a> Relocated<'a> {
    fn read(feed: &'a Feed) -> Option<Self> {
        let object = OpenOptions::new().name(&feed.name).parse(&feed.bytes).ok()?;
        let local = object.file().btf()?.clone();
        let mut questions = Vec::new();
        for function in object.file().functions() {
            for reloc in &function.core {
                let at = usize::try_from(reloc.insn.0).ok()?;
                let slot = |at: usize| {
                    let insn = function.insns.get(at);
                    insn.map_or(Slot::default(), |insn| Slot {
                        code: insn.code,
                        dst: insn.dst,
                        src: insn.src,
                        off: insn.off,
                        imm: insn.imm,
                    })
                };
                let CoreRecord { type_id, access, kind, .. } = reloc.record;
                let insns = [slot(at), slot(at + 1)];
                questions.push(Question { type_id: type_id.0, access: access.0, kind: kind.0, insns });
            }
        }
        (!questions.is_empty()).then_some(Self { feed, object, local, questions })
    }
}

fn candidates(local: &Btf, kernel: &Btf, questions: &[Question]) -> CandidateSet {
    CandidateSet::find(local, questions.iter().map(|question| TypeId(question.type_id)), &[kernel])
}

/// The relocations that have an answer, with libbpf's.
fn chosen<'a>(
    questions: &[Question],
    theirs: &'a [Answered],
    answered: &[bool],
) -> Vec<(Question, &'a Answered)> {
    let pairs = questions.iter().cloned().zip(theirs);
    pairs.zip(answered).filter(|(_, answered)| **answered).map(|(pair, _)| pair).collect()
}

impl Suite<'_> {
    fn object(&mut self, kernel: &Whole, object: &Relocated<'_>) -> Result<(), Error> {
        let label = format!("{}: {}", kernel.label, object.feed.label);
        let whole = Kernel::builder().btf(kernel.btf.clone()).build();
        let cut = match whole.cut_to([&object.object]).and_then(|cut| cut.btf().cloned()) {
            Ok(cut) => cut,
            Err(error) => {
                self.failed(&label, &error.to_string());
                return Ok(());
            }
        };
        if self.bpftool {
            self.against_bpftool(kernel, object, &label, &cut)?;
        }
        let set = candidates(&object.local, &kernel.btf, &object.questions);
        let theirs = self.theirs(&object.local, kernel, &object.questions)?;
        match cut::whole(&object.local, &kernel.btf, &set, &object.questions) {
            Ok((_, answered)) => {
                let pairs = chosen(&object.questions, &theirs, &answered);
                self.same_answers(&label, ASKED, &object.local, &pairs, &kernel.btf, &cut)?;
            }
            Err(why) => self.failed(&label, &why),
        }
        Ok(())
    }

    fn made(&mut self, kernel: &Whole, asked: &Asked) -> Result<(), Error> {
        let theirs = self.theirs(&asked.local, kernel, &asked.questions)?;
        let set = candidates(&asked.local, &kernel.btf, &asked.questions);
        for (questions, theirs) in asked.questions.chunks(BATCH).zip(theirs.chunks(BATCH)) {
            match cut::whole(&asked.local, &kernel.btf, &set, questions) {
                Ok((cut, answered)) => {
                    let pairs = chosen(questions, theirs, &answered);
                    self.same_answers(&kernel.label, MADE, &asked.local, &pairs, &kernel.btf, &cut)?;
                }
                Err(why) => self.failed(&kernel.label, &why),
            }
        }
        Ok(())
    }

    /// bpftool's cut for the same object.
    fn against_bpftool(
        &mut self,
        kernel: &Whole,
        object: &Relocated<'_>,
        label: &str,
        cut: &Btf,
    ) -> Result<(), Error> {
        let what = format!("{label}: bpftool");
        let theirs = match peer::bpftool_cut(&kernel.file, &object.feed.file, &self.dir.join("bpftool.btf"))?
        {
            Ok(bytes) => Btf::parse(bytes).map_err(|error| error.to_string()),
            Err(said) => {
                self.tally.skipped(&what, format!("bpftool cuts nothing: {said}"));
                return Ok(());
            }
        };
        let set = candidates(&object.local, &kernel.btf, &object.questions);
        let records: Vec<CoreRecord> = object.questions.iter().map(record).collect();
        let found = cut::found(&object.local, &kernel.btf, &set, &records);
        let (theirs, found) = match (theirs, found) {
            (Ok(theirs), Ok(found)) => (Shape::of(&theirs), Shape::of(&found)),
            (Err(why), _) | (_, Err(why)) => {
                self.failed(&what, &why);
                return Ok(());
            }
        };
        let mut differ = Shape::of(cut).lacks_of(&theirs);
        differ.extend(found.lacks_of(&theirs));
        if records.iter().any(|record| record.kind == RelocKind::TYPE_MATCHES) {
            differ.iter_mut().for_each(|lost| lost.field = "whole match");
        }
        differ.extend(found.has_beyond(&theirs));
        for (is_so, field) in [
            (found.fewer_enumerators(&theirs), "all enumerators"),
            (found.more_pointees(&theirs), "no pointees"),
        ] {
            differ.extend(is_so.then(|| Differs { field, how: "see there".into() }));
        }
        self.tally.went_into(BPFTOOL, 1);
        self.tally.went_into(MEMBERS, theirs.members());
        self.tally.compared(&what, &differ);
        Ok(())
    }

    fn theirs(
        &mut self,
        local: &Btf,
        kernel: &Whole,
        questions: &[Question],
    ) -> Result<Vec<Answered>, Error> {
        let file = self.dir.join("local.btf");
        fs::write(&file, local.bytes()).map_err(Error::file("write", &file))?;
        let theirs = self.libbpf.core(&file, &kernel.file, questions, &self.dir)?;
        if theirs.is_none() {
            self.failed(&kernel.label, "libbpf died");
        }
        Ok(theirs.unwrap_or_default())
    }

    /// What libbpf says of our cut, beside what it said of the whole.
    fn same_answers(
        &mut self,
        label: &str,
        count: &'static str,
        local: &Btf,
        pairs: &[(Question, &Answered)],
        whole: &Btf,
        cut: &Btf,
    ) -> Result<(), Error> {
        let [local_file, file] = ["local.btf", "cut.btf"].map(|name| self.dir.join(name));
        fs::write(&local_file, local.bytes()).map_err(Error::file("write", &local_file))?;
        fs::write(&file, cut.bytes()).map_err(Error::file("write", &file))?;
        let questions: Vec<Question> = pairs.iter().map(|(question, _)| question.clone()).collect();
        let Some(says) = self.libbpf.core(&local_file, &file, &questions, &self.dir)? else {
            self.failed(label, "libbpf does not take our cut");
            return Ok(());
        };
        for ((question, said), says) in pairs.iter().zip(&says) {
            let kind = RelocKind(question.kind);
            let what = format!("{label}: {kind} {}", describe(local, &record(question)));
            let (before, after) = (by_name(kind, whole, said), by_name(kind, cut, says));
            let how = format!("of the whole {before:?}, of our cut {after:?}");
            let differ = (before != after).then_some(Differs { field: "answer", how });
            self.tally.compared(&what, differ.as_slice());
        }
        self.tally.went_into(count, says.len());
        Ok(())
    }

    fn failed(&mut self, label: &str, how: &str) {
        self.tally.compared(label, &[Differs { field: "run", how: how.to_owned() }]);
    }
}

/// An answer without what differs between any two BTFs: ids of types, and the words in which something is refused.
fn by_name(kind: RelocKind, btf: &Btf, answered: &Answered) -> (String, Option<[Slot; 2]>) {
    let patched = answered.patched.clone().and_then(Result::ok);
    match answered.verdict {
        Verdict::Value { value, .. } if kind == RelocKind::TYPE_ID_TARGET => {
            let id = TypeId(u32::try_from(value).unwrap_or(u32::MAX));
            (dump::type_name(btf, id), None)
        }
        Verdict::Value { expected, value } => (format!("{value:#x} for {expected:x?}"), patched),
        Verdict::Missing => ("missing".into(), patched),
        Verdict::Refused(_) => ("refused".into(), patched),
    }
}
