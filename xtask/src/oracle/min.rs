//! A kernel's BTF cut down to what an object's relocations need: the same members as bpftool keeps, and for libbpf the
//! same answers as with the whole.

mod members;

use std::fs;
use std::path::Path;
use std::process::Command;

use bpf_loader::btf::core::{CandidateSet, RelocKind, describe, needs};
use bpf_loader::btf::minimize::{Keep, minimize};
use bpf_loader::btf::{Btf, BtfExt, CoreRecord};
use object::Endianness;
use object::elf::FileHeader64;
use object::read::elf::ElfFile;
use object::{Object as _, ObjectSection as _};

use self::members::Members;
use super::btf::section;
use super::feed::Feed;
use super::peer::{self, Libbpf};
use super::tally::{Differs, Tally};
use super::whole;
use crate::error::Error;

/// An object with relocations.
struct Asking<'a> {
    feed: &'a Feed,
    types: Btf,
    records: Vec<CoreRecord>,
}

/// Compares for every object that has relocations, with the running kernel and the whole kernels in a folder.
pub(crate) fn compare(
    tally: &mut Tally,
    libbpf: &Libbpf,
    feeds: &[Feed],
    kernels: Option<&Path>,
    dir: &Path,
) -> Result<(), Error> {
    let dir = dir.join("min");
    fs::create_dir_all(&dir).map_err(Error::file("create", &dir))?;
    let asking: Vec<Asking<'_>> = feeds.iter().filter_map(asking).collect();
    for (label, bytes) in whole::kernels(tally, kernels)? {
        let file = dir.join("whole.btf");
        write(&file, &bytes)?;
        let kernel = match Btf::parse(bytes) {
            Ok(kernel) => kernel,
            Err(error) => {
                tally.skipped(&label, error.to_string());
                continue;
            }
        };
        for object in asking.iter().filter(|object| object.types.endian() == kernel.endian()) {
            let what = format!("{label}: {}", object.feed.label);
            one(tally, libbpf, &what, object, (&kernel, &file), &dir)?;
        }
    }
    Ok(())
}

/// The relocations of an object, if it has any.
fn asking(feed: &Feed) -> Option<Asking<'_>> {
    let types = Btf::parse(section(&feed.bytes)?).ok()?;
    let file = ElfFile::<FileHeader64<Endianness>>::parse(feed.bytes.as_slice()).ok()?;
    let data = file.section_by_name(".BTF.ext")?.uncompressed_data().ok()?;
    let ext = BtfExt::parse(&data).ok()?;
    let records: Vec<CoreRecord> =
        ext.core.iter().flat_map(|section| section.records.iter().copied()).collect();
    (!records.is_empty()).then_some(Asking { feed, types, records })
}

fn one(
    tally: &mut Tally,
    libbpf: &Libbpf,
    what: &str,
    object: &Asking<'_>,
    (kernel, file): (&Btf, &Path),
    dir: &Path,
) -> Result<(), Error> {
    let ours = match cut(object, kernel) {
        Ok(ours) => ours,
        Err(error) => {
            tally.compared(what, &[differs("cut", error)]);
            return Ok(());
        }
    };
    let [cut, theirs, types, list] =
        ["ours.btf", "bpftool.btf", "object.btf", "list"].map(|name| dir.join(name));
    write(&cut, ours.bytes())?;
    write(&types, object.types.bytes())?;
    let numbers = object.records.iter().flat_map(|one| [one.type_id.0, one.access.0, one.kind.0]);
    write(&list, &numbers.flat_map(u32::to_le_bytes).collect::<Vec<u8>>())?;

    let mut found = answers(object, libbpf.core(&types, file, &list)?, libbpf.core(&types, &cut, &list)?);
    tally.went_into("relocations answered", object.records.len());
    match bpftool(file, &theirs, &object.feed.file)? {
        Ok(theirs) => {
            let (ours, theirs) = (Members::of(&ours), Members::of(&theirs));
            tally.went_into("members that bpftool keeps", theirs.count());
            found.extend(theirs.lacking(&ours).map(|how| differs("lacks", how)));
            found.extend(ours.lacking(&theirs).map(|how| differs("more", how)));
        }
        Err(said) => tally.skipped(&format!("{what}: bpftool"), said),
    }
    tally.compared(what, &found);
    Ok(())
}

fn cut(object: &Asking<'_>, kernel: &Btf) -> Result<Btf, String> {
    let mut keep = Keep::new();
    let roots = object.records.iter().map(|record| record.type_id);
    let candidates = CandidateSet::find(&object.types, roots, &[kernel]);
    for record in &object.records {
        // What makes no sense is refused with the whole kernel too; nothing is kept for it.
        if let Some(Ok(candidates)) = candidates.get(record.type_id) {
            let _ = needs(&object.types, record, candidates, &mut keep);
        }
    }
    let blob = minimize(kernel, &keep).map_err(|error| error.to_string())?;
    Btf::parse(blob).map_err(|error| error.to_string())
}

/// What libbpf answers differently, but for ids of types, which are others.
fn answers(object: &Asking<'_>, whole: Result<String, String>, cut: Result<String, String>) -> Vec<Differs> {
    let (whole, cut) = match (whole, cut) {
        (Ok(whole), Ok(cut)) => (whole, cut),
        (Err(ended), _) | (_, Err(ended)) => return vec![differs("answers", format!("libbpf: {ended}"))],
    };
    let answers = whole.lines().zip(cut.lines()).zip(&object.records);
    let other = answers.filter(|((whole, cut), record)| {
        let is_id =
            |text: &str| text.split(' ').next().is_some_and(|id| id.parse().is_ok_and(|id: u32| id != 0));
        let ids = record.kind == RelocKind::TYPE_ID_TARGET && is_id(whole) && is_id(cut);
        whole != cut && !ids
    });
    let mut found: Vec<Differs> = other
        .map(|((whole, cut), record)| {
            let path = describe(&object.types, record);
            differs("answers", format!("{}: {path}: {whole} with the whole, {cut} with ours", record.kind))
        })
        .collect();
    if whole.lines().count() != object.records.len() || cut.lines().count() != object.records.len() {
        found.push(differs("answers", "libbpf did not answer all".into()));
    }
    found
}

/// What bpftool keeps; else what it said.
fn bpftool(kernel: &Path, to: &Path, object: &Path) -> Result<Result<Btf, String>, Error> {
    if peer::bpftool_version().is_none() {
        return Ok(Err("bpftool is not installed".into()));
    }
    let mut command = Command::new("bpftool");
    command.args(["gen", "min_core_btf"]).args([kernel, to, object]);
    let output = command.output().map_err(Error::spawn("bpftool"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let why = said.trim_end().rsplit(": ").next().unwrap_or_default();
        return Ok(Err(format!("bpftool refuses an object of the other byte order: {why}")));
    }
    let bytes = fs::read(to).map_err(Error::file("read", to))?;
    Ok(Btf::parse(bytes).map_err(|error| error.to_string()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(Error::file("write", path))
}

fn differs(field: &'static str, how: String) -> Differs {
    Differs { field, how }
}
