//! Our headers for BPF programs beside libbpf's: C sources compiled with both have to come to the same instructions, data,
//! relocations and maps; and the prototypes of helpers have to be the same types.

mod compile;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

use bpf_loader::btf::{Btf, dump};
use bpf_loader::elf::ObjectFile;
use bpf_loader::headers::WriteOptions;
use bpf_loader::uapi::Helper;
use object::{Object as _, ObjectSection as _, SectionKind};

use self::compile::{Compiler, Source};
use super::btf::KERNEL;
use super::tally::{Differs, Tally};
use crate::clang;
use crate::error::Error;
use crate::workspace::Workspace;

/// Sources of others that compiled with both.
pub(super) const FOREIGN: &str = "foreign sources";
/// Bytes of code in what was compared.
pub(super) const INSTRUCTIONS: &str = "instructions";

/// The machines whose registers the headers know.
pub(crate) const MACHINES: [&str; 10] =
    ["x86", "arm", "arm64", "s390", "mips", "powerpc", "sparc", "riscv", "arc", "loongarch"];

/// libbpf's headers for BPF programs.
const THEIRS: [&str; 6] =
    ["bpf_core_read.h", "bpf_endian.h", "bpf_helper_defs.h", "bpf_helpers.h", "bpf_tracing.h", "usdt.bpf.h"];

/// Compiles everything with both and compares.
pub(crate) fn compare(workspace: &Workspace, tally: &mut Tally, dir: &Path) -> Result<(), Error> {
    let dir = dir.join("headers");
    fs::create_dir_all(&dir).map_err(Error::file("create", &dir))?;
    let clang = match clang::find(None) {
        Ok(clang) => clang,
        Err(error) => {
            tally.skipped("everything", error.to_string());
            return Ok(());
        }
    };
    let crates = match sources::crates(workspace, &dir) {
        Ok(crates) => crates,
        Err(why) => {
            tally.skipped("everything", format!("libbpf's headers come with a crate: {why}"));
            return Ok(());
        }
    };
    let theirs = copy_theirs(&crates.join("libbpf-sys"), &dir)?;
    let ours = dir.join("ours");
    WriteOptions::new().force(true).write(&ours).map_err(|error| Error::Headers(error.to_string()))?;
    let compiler = Compiler { clang, ours, theirs, dir: dir.clone() };

    let own = workspace.root().join("bpf-loader/tests/headers");
    helpers(tally, &compiler, &own)?;
    for source in own_sources(&own)? {
        both(tally, &compiler, &source)?;
    }
    match vmlinux(&dir)? {
        Ok(vmlinux) => {
            for source in sources::foreign(tally, &crates, &dir, &vmlinux)? {
                both(tally, &compiler, &source)?;
            }
        }
        Err(why) => tally.skipped("everything of others", why),
    }
    Ok(())
}

fn copy_theirs(crate_folder: &Path, dir: &Path) -> Result<PathBuf, Error> {
    let to = dir.join("theirs");
    let folder = to.join("bpf");
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    for name in THEIRS {
        let from = crate_folder.join("libbpf/src").join(name);
        fs::copy(&from, folder.join(name)).map_err(Error::file("copy", &from))?;
    }
    Ok(to)
}

/// The running kernel's types as a header, in a folder of its own.
fn vmlinux(dir: &Path) -> Result<Result<PathBuf, String>, Error> {
    let bytes = match fs::read(KERNEL) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Err(format!("{KERNEL} cannot be read: {error}"))),
    };
    let btf = match Btf::parse(bytes) {
        Ok(btf) => btf,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let (text, _) = dump::C::new(&btf)
        .guard("__VMLINUX_H__")
        .preserve_access_index(true)
        .kfuncs(true)
        .order(dump::c::Order::Names)
        .all_text();
    let folder = dir.join("vmlinux");
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let file = folder.join("vmlinux.h");
    fs::write(&file, text).map_err(Error::file("write", &file))?;
    Ok(Ok(folder))
}

/// Our own sources, which have every macro.
pub(crate) fn own_files(own: &Path) -> Result<Vec<PathBuf>, Error> {
    sources::with_ending(own, ".bpf.c")
}

/// Our tests of every macro, for every machine and both byte orders.
fn own_sources(own: &Path) -> Result<Vec<Source>, Error> {
    let mut found = Vec::new();
    for file in own_files(own)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for machine in MACHINES {
            for target in ["bpfel", "bpfeb"] {
                found.push(Source {
                    label: format!("own/{name} for {machine}, {target}"),
                    file: file.clone(),
                    includes: vec![own.to_path_buf()],
                    machine,
                    target,
                    own: true,
                });
            }
        }
    }
    Ok(found)
}

/// Each helper's prototype against libbpf's, and all their numbers.
fn helpers(tally: &mut Tally, compiler: &Compiler, own: &Path) -> Result<(), Error> {
    let head = "#include \"types.h\"\n#include <bpf/bpf_helpers.h>\n";
    let (mut types, mut numbers) = (head.to_owned(), head.to_owned());
    numbers.push_str("__u64 numbers[256];\nSEC(\"socket\") int numbered(void *ctx)\n{\n");
    let known: Vec<_> = Helper::ALL
        .iter()
        .filter_map(|helper| Some((helper.0, helper.name()?, helper.prototype()?)))
        .collect();
    for (number, name, prototype) in &known {
        types.push_str(&format!(
            "_Static_assert(__builtin_types_compatible_p(typeof(*{name}), {prototype}), \"<{name}>\");\n"
        ));
        numbers.push_str(&format!("\tnumbers[{number}] = (__u64){name};\n"));
    }
    numbers.push_str("\treturn 0;\n}\n");
    let write = |name: &str, text: &str| {
        let file = compiler.dir.join(name);
        fs::write(&file, text).map_err(Error::file("write", &file)).map(|()| file)
    };
    let source = |label: &str, file: PathBuf| Source {
        label: label.into(),
        file,
        includes: vec![own.to_path_buf()],
        machine: "x86",
        target: "bpfel",
        own: true,
    };
    let said =
        compiler.errors(&compiler.theirs, &source("own/prototypes", write("prototypes.c", &types)?))?;
    for (_, name, prototype) in &known {
        let refused = said.lines().any(|line| line.contains(&format!("<{name}>")));
        let how = || Differs { field: "prototype", how: format!("ours is {prototype}") };
        tally.compared(&format!("helper {name}"), refused.then(how).as_slice());
    }
    // Anything else that the compiler does not like would hide all.
    let other = said.lines().find(|line| line.contains("error: ") && !line.contains('<'));
    if let Some(line) = other {
        tally.compared("helpers", &[Differs { field: "compiles", how: line.to_owned() }]);
    }
    both(tally, compiler, &source("own/helper numbers", write("numbers.c", &numbers)?))
}

/// Compiles a source with both and compares. One of others that libbpf's headers do not compile says nothing.
fn both(tally: &mut Tally, compiler: &Compiler, source: &Source) -> Result<(), Error> {
    let theirs = match compiler.compile(&compiler.theirs, source)? {
        Ok(object) => object,
        Err(error) if source.own => {
            let how = format!("not with libbpf's headers: {error}");
            tally.compared(&source.label, &[Differs { field: "compiles", how }]);
            return Ok(());
        }
        Err(error) => {
            tally.skipped(
                &source.label,
                format!("does not compile by itself, with libbpf's headers: {error}"),
            );
            return Ok(());
        }
    };
    let differs = match compiler.compile(&compiler.ours, source)? {
        Ok(ours) => {
            tally.went_into(INSTRUCTIONS, code_len(&ours) / 8);
            differences(&ours, &theirs)
        }
        Err(how) => vec![Differs { field: "compiles", how }],
    };
    if !source.own {
        tally.went_into(FOREIGN, 1);
    }
    tally.compared(&source.label, &differs);
    Ok(())
}

/// Sections that are loaded, by name; then what they mean: programs, relocations by name, CO-RE, maps, globals.
fn differences(ours: &[u8], theirs: &[u8]) -> Vec<Differs> {
    let mut found = Vec::new();
    let (our_sections, their_sections) = (sections(ours), sections(theirs));
    let names = |sections: &[(String, Vec<u8>, bool)]| -> Vec<String> {
        sections.iter().map(|(name, ..)| name.clone()).collect()
    };
    if our_sections.is_empty() || names(&our_sections) != names(&their_sections) {
        let how = format!("ours {:?}, libbpf {:?}", names(&our_sections), names(&their_sections));
        found.push(Differs { field: "sections", how });
    }
    for ((name, ours, code), (_, theirs, _)) in our_sections.iter().zip(&their_sections) {
        if ours != theirs {
            let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
            let how = format!("{name}: {} and {} bytes, the same up to {at:#x}", ours.len(), theirs.len());
            found.push(Differs { field: if *code { "instructions" } else { "data" }, how });
        }
    }
    let dump = |bytes: &[u8]| match ObjectFile::parse(bytes) {
        // Where in a header a function stands is nobody's business.
        Ok(object) => {
            let dump = object.dump();
            let lines: Vec<&str> = dump.lines().filter(|line| !line.starts_with("  from ")).collect();
            lines.join("\n")
        }
        Err(error) => error.to_string(),
    };
    let (ours, theirs) = (dump(ours), dump(theirs));
    if ours != theirs {
        let line = ours.lines().zip(theirs.lines()).find(|(a, b)| a != b);
        let how = line.map_or("one is longer".into(), |(a, b)| format!("ours `{a}`, libbpf `{b}`"));
        found.push(Differs { field: "object", how });
    }
    found
}

/// Name, bytes, and whether it is code, of each section that is loaded.
fn sections(bytes: &[u8]) -> Vec<(String, Vec<u8>, bool)> {
    let Ok(file) = object::File::parse(bytes) else { return Vec::new() };
    file.sections()
        .filter_map(|section| {
            let code = section.kind() == SectionKind::Text;
            let loaded = code
                || matches!(
                    section.kind(),
                    SectionKind::Data
                        | SectionKind::ReadOnlyData
                        | SectionKind::ReadOnlyString
                        | SectionKind::UninitializedData
                );
            loaded.then_some((section.name().ok()?.to_owned(), section.data().ok()?.to_vec(), code))
        })
        .collect()
}

fn code_len(bytes: &[u8]) -> usize {
    sections(bytes).iter().filter(|(.., code)| *code).map(|(_, data, _)| data.len()).sum()
}
