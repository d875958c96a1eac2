//! Makes `fixtures/kernels/stored/`: kernels cut down to what the fixtures ask of them, for tests that plan without one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use bpf_btf::core::describe;
use bpf_btf::{Btf, Endian, dump};
use bpf_loader::kernel::Machine;
use bpf_loader::{Diagnostic, Kernel, Object};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::fixtures::files;
use crate::workspace::Workspace;

/// Where they are, in `fixtures/`.
const STORED: &str = "kernels/stored";
const MANIFEST: &str = "manifest.json";
/// What stands at the end of the names of stored kernels.
const SUFFIX: &str = ".kernel";
/// Where the whole BTF of modules is, in `fixtures/`: `MODULE.KERNEL.btf`.
const MODULES: &str = "module";

/// `manifest.json`: what the stored kernels were cut from, and for what.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// By name: `x86_64-6.12`.
    kernels: BTreeMap<String, Entry>,
    /// Each fixture that asks something of a kernel, with the SHA-256 of its questions. One that is not here may be
    /// told that a kernel lacks what it has.
    fixtures: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Of the whole BTF.
    source_sha256: String,
    source_bytes: usize,
    sha256: String,
    bytes: usize,
    /// The modules in it, each with the SHA-256 of its whole BTF.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    modules: BTreeMap<String, String>,
}

/// Cuts every kernel in `from` (`NAME.btf`, `NAME.btf.xz`) for all fixtures, and proves that they plan the same.
pub(crate) fn make(workspace: &Workspace, from: &Path) -> Result<(), Error> {
    let home = workspace.fixtures();
    let stored = home.join(STORED);
    let objects = objects(&home)?;
    let sources = sources(from)?;
    let known = Manifest::read(&stored).unwrap_or_default();
    let absent: Vec<&str> =
        known.kernels.keys().filter(|name| !sources.contains_key(*name)).map(String::as_str).collect();
    if sources.is_empty() || !absent.is_empty() {
        let what = format!("holds no NAME.btf or NAME.btf.xz of {}", absent.join(", "));
        return Err(Error::Source { path: from.into(), what });
    }
    fs::create_dir_all(&stored).map_err(Error::file("create", &stored))?;
    let mut manifest = Manifest { kernels: BTreeMap::new(), fixtures: asked(&objects) };
    for (name, bytes) in sources {
        let failed = |what: String| Error::Source { path: from.join(&name), what };
        let (source_sha256, source_bytes) = (hash(&bytes), bytes.len());
        let btf = Btf::parse(bytes).map_err(|error| failed(error.to_string()))?;
        let types = btf.last_id();
        let modules = modules(&home, &name)?;
        let hashes: BTreeMap<String, String> =
            modules.iter().map(|(module, bytes)| (module.clone(), hash(bytes))).collect();
        if let Some(entry) = known.kernels.get(&name)
            && entry.source_sha256 != source_sha256
            && let Some(module) =
                hashes.iter().find(|(module, hash)| entry.modules.get(*module) == Some(hash))
        {
            return Err(failed(format!("the BTF of module {} continues that of another build", module.0)));
        }
        let mut builder = Kernel::builder().machine(machine(&name, btf.endian())).btf(btf);
        for (module, bytes) in modules {
            builder = builder.module(module, bytes);
        }
        let whole = builder.build();
        if let Some(error) = whole.modules().find_map(|module| module.btf().err()) {
            return Err(failed(error.to_string()));
        }
        let fitting = objects.iter().filter(|(_, object)| object.file().endian() == whole.machine().endian);
        let cut =
            whole.cut_to(fitting.map(|(_, object)| object)).map_err(|error| failed(error.to_string()))?;
        let saved = cut.save().map_err(|error| failed(error.to_string()))?;
        let read = Kernel::from_saved(&saved).map_err(|error| failed(error.to_string()))?;
        for (file, object) in &objects {
            let [wanted, found] = [&whole, &read].map(|kernel| outcome(object, kernel));
            if wanted != found {
                let differ = wanted.lines().zip(found.lines()).find(|(a, b)| a != b);
                let (a, b) = differ.unwrap_or(("more lines", "fewer lines"));
                return Err(failed(format!("{file} is planned differently when cut: `{b}`, not `{a}`")));
            }
        }
        let left = read.btf().map_or(0, |btf| btf.last_id().0);
        println!("{name}: {types} types, {source_bytes} bytes -> {left} types, {} bytes", saved.len());
        let path = stored.join(format!("{name}{SUFFIX}"));
        fs::write(&path, &saved).map_err(Error::file("write", &path))?;
        let (sha256, bytes) = (hash(&saved), saved.len());
        let entry = Entry { source_sha256, source_bytes, sha256, bytes, modules: hashes };
        manifest.kernels.insert(name, entry);
    }
    manifest.write(&stored)?;
    println!("{} objects plan the same on each and on the whole", objects.len());
    Ok(())
}

/// What is not as the manifest says, or not asked for by the fixtures as they are. Needs no whole BTF.
pub(crate) fn differences(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let home = workspace.fixtures();
    let stored = home.join(STORED);
    let manifest = Manifest::read(&stored)?;
    let mut found = Vec::new();
    for (name, entry) in &manifest.kernels {
        match fs::read(stored.join(format!("{name}{SUFFIX}"))) {
            Ok(bytes) if hash(&bytes) == entry.sha256 => {}
            Ok(_) => found.push(format!("{name}{SUFFIX} is not what the manifest was written for")),
            Err(_) => found.push(format!("{name}{SUFFIX} is missing")),
        }
    }
    for (name, entry) in &manifest.kernels {
        let modules = modules(&home, name)?;
        if modules.into_iter().map(|(module, bytes)| (module, hash(&bytes))).collect::<BTreeMap<_, _>>()
            != entry.modules
        {
            found.push(format!("{name}{SUFFIX} was cut with other modules"));
        }
    }
    let asked = asked(&objects(&home)?);
    let fixtures: BTreeSet<&String> = asked.keys().chain(manifest.fixtures.keys()).collect();
    for fixture in fixtures {
        if asked.get(fixture) != manifest.fixtures.get(fixture) {
            found.push(format!("{fixture} asks other things of a kernel than when these were cut"));
        }
    }
    Ok(found)
}

/// Compares what is committed with its manifest, and says so.
pub(crate) fn check(workspace: &Workspace) -> Result<(), Error> {
    let differences = differences(workspace)?;
    if differences.is_empty() {
        println!("the stored kernels are those of the manifest, and cut for the fixtures as they are");
        return Ok(());
    }
    Err(Error::Kernels { differences })
}

impl Manifest {
    fn read(stored: &Path) -> Result<Self, Error> {
        let path = stored.join(MANIFEST);
        let text = fs::read(&path).map_err(Error::file("read", &path))?;
        serde_json::from_slice(&text).map_err(|source| Error::Json { path, source })
    }

    fn write(&self, stored: &Path) -> Result<(), Error> {
        let path = stored.join(MANIFEST);
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|source| Error::Json { path: path.clone(), source })? + "\n";
        fs::write(&path, text).map_err(Error::file("write", &path))
    }
}

/// The objects of all fixtures that can be opened, by path in `fixtures/`.
fn objects(home: &Path) -> Result<Vec<(String, Object)>, Error> {
    let found = files(home, |name| name.ends_with(".bpf.o"))?;
    let fixtures = found.into_iter().filter(|file| !file.starts_with("kernels/"));
    Ok(fixtures.filter_map(|file| Object::open(home.join(&file)).ok().map(|object| (file, object))).collect())
}

/// What each fixture asks of a kernel, hashed; those left out that ask nothing.
fn asked(objects: &[(String, Object)]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (file, object) in objects {
        let Some(fixture) = file.strip_suffix(".el.bpf.o") else { continue };
        let file = object.file();
        let mut questions: BTreeSet<String> =
            file.struct_ops().iter().map(|var| format!("struct_ops {}", var.type_name)).collect();
        questions.extend(file.externs().iter().map(|found| {
            let declared = file.btf().zip(found.type_id).map(|(btf, id)| dump::declaration(btf, id, ""));
            format!("extern {} {:?} {}", found.name, found.kind, declared.unwrap_or_default())
        }));
        let programs = file.programs().iter().filter_map(|program| program.def.as_ref());
        questions.extend(programs.filter(|def| def.needs_btf_target).map(ToString::to_string));
        if let Some(btf) = file.btf() {
            let relocs = file.functions().iter().flat_map(|function| &function.core);
            questions.extend(
                relocs.map(|reloc| format!("{} {}", reloc.record.kind, describe(btf, &reloc.record))),
            );
        }
        if !questions.is_empty() {
            let text: Vec<String> = questions.into_iter().collect();
            found.insert(fixture.to_owned(), hash(text.join("\n").as_bytes()));
        }
    }
    found
}

/// The stored kernels, as they are saved, by name.
pub(crate) fn stored(workspace: &Workspace) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let home = workspace.fixtures().join(STORED);
    let mut found = BTreeMap::new();
    for name in Manifest::read(&home)?.kernels.into_keys() {
        let path = home.join(format!("{name}{SUFFIX}"));
        found.insert(name, fs::read(&path).map_err(Error::file("read", &path))?);
    }
    Ok(found)
}

/// The whole BTF of each kernel in a folder, by name.
pub(crate) fn sources(from: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(from).map_err(Error::file("list", from))? {
        let path = entry.map_err(Error::file("list", from))?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(name) = file.strip_suffix(".btf") {
            found.insert(name.to_owned(), fs::read(&path).map_err(Error::file("read", &path))?);
        } else if let Some(name) = file.strip_suffix(".btf.xz") {
            let output = Command::new("xz").arg("-dc").arg(&path).output().map_err(Error::spawn("xz"))?;
            if !output.status.success() {
                return Err(Error::Status { program: "xz".into(), status: output.status.to_string() });
            }
            found.insert(name.to_owned(), output.stdout);
        }
    }
    Ok(found)
}

/// The whole BTF of the modules of a kernel, by name.
fn modules(home: &Path, kernel: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let end = format!(".{kernel}.btf");
    let found = files(home, |name| name.ends_with(&end))?;
    let of_modules =
        found.iter().filter_map(|file| Some((file, file.strip_prefix(MODULES)?.strip_prefix('/')?)));
    of_modules
        .map(|(file, name)| {
            let path = home.join(file);
            let bytes = fs::read(&path).map_err(Error::file("read", &path))?;
            Ok((name.strip_suffix(&end).unwrap_or(name).to_owned(), bytes))
        })
        .collect()
}

/// What a name like `x86_64-6.12` tells.
fn machine(name: &str, endian: Endian) -> Machine {
    let mut machine = Machine::unknown(endian);
    if let Some((architecture, release)) = name.split_once('-') {
        machine.architecture = Some(architecture.to_owned());
        machine.release = Some(release.to_owned());
    }
    machine
}

/// All that planning answers, as text: both forms of a plan without the hash of the BTF, or every error.
fn outcome(object: &Object, kernel: &Kernel) -> String {
    match object.plan(kernel) {
        Ok(plan) => {
            let mut json = plan.to_json();
            if let Some(kernel) = json.get_mut("kernel").and_then(|kernel| kernel.as_object_mut()) {
                kernel.remove("btf_sha256");
            }
            format!("{plan}\n{json:#}")
        }
        Err(failed) => failed.errors().iter().fold(String::new(), |mut text, error| {
            let (labels, help) = (error.labels(), error.help());
            // Writing to a string does not fail.
            let _ = writeln!(text, "{} {error} {labels:?} {help:?} {error:?}", Diagnostic::code(error));
            text
        }),
    }
}

/// SHA-256, as 64 hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_kernels_fit_the_manifest_and_the_fixtures() {
        let none: [String; 0] = [];
        let workspace = Workspace::find().unwrap();
        assert_eq!(differences(&workspace).unwrap(), none, "cargo xtask kernels --from DIR cuts them again");
    }

    #[test]
    fn names_tell_the_machine() {
        let found = machine("s390x-6.12", Endian::Big);
        assert_eq!((found.architecture.as_deref(), found.release.as_deref()), (Some("s390x"), Some("6.12")));
        assert_eq!(machine("mine", Endian::Little), Machine::unknown(Endian::Little));
    }
}
