//! Builds the BPF objects of `fixtures/`, and checks that they are what their sources say.

mod compare;
mod compile;
mod manifest;
mod scratch;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::clang::Clang;
use crate::error::Error;
use crate::workspace::Workspace;
use compare::same_meaning;
use manifest::Manifest;
pub(crate) use scratch::Scratch;
pub(crate) use source::files;
use source::{Fixture, Output};

/// Objects that a crate embeds: a package may include nothing from outside, so these are copies.
const EMBEDDED: [(&str, &str); 2] = [
    ("struct_ops/cong.el.bpf.o", "bpf-cli/src/demo/demo.el.bpf.o"),
    ("struct_ops/cong.eb.bpf.o", "bpf-cli/src/demo/demo.eb.bpf.o"),
];

/// The clang that made the committed objects, if there is a manifest that says so.
pub(crate) fn recorded_clang(workspace: &Workspace) -> Option<String> {
    Manifest::read(&workspace.fixtures()).ok().map(|manifest| manifest.clang)
}

/// Builds every object into `dir`, with a manifest of its own; the committed ones stay as they are.
pub(crate) fn build_into(workspace: &Workspace, clang: &Clang, dir: &Path) -> Result<(), Error> {
    let built = build(workspace, clang, dir)?;
    built.write(dir)?;
    println!("{} objects in {}, by {}", built.objects().count(), dir.display(), clang.version);
    Ok(())
}

/// Builds every object beside its source, and prints what changed.
pub(crate) fn build_in_place(workspace: &Workspace, clang: &Clang) -> Result<(), Error> {
    let scratch = Scratch::new()?;
    let built = build(workspace, clang, scratch.path())?;
    let home = workspace.fixtures();

    let mut changes = Vec::new();
    for object in built.objects() {
        let fresh = read(&scratch.path().join(&object.file))?;
        replace(&home.join(&object.file), &fresh, &format!("fixtures/{}", object.file), &mut changes)?;
    }
    for stray in strays(&home, &built)? {
        let path = home.join(&stray);
        fs::remove_file(&path).map_err(Error::file("remove", &path))?;
        changes.push(format!("removed fixtures/{stray}: no source makes it"));
    }
    for (object, copy) in EMBEDDED {
        let to = workspace.root().join(copy);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
        }
        replace(&to, &read(&home.join(object))?, copy, &mut changes)?;
    }
    if Manifest::read(&home).ok().as_ref() != Some(&built) {
        built.write(&home)?;
        changes.push("wrote fixtures/manifest.json".into());
    }

    for change in &changes {
        println!("{change}");
    }
    let (sources, objects) = (built.fixtures.len(), built.objects().count());
    println!("{objects} objects of {sources} sources, by {}: {} files written", clang.version, changes.len());
    Ok(())
}

/// What a check found to be equal.
pub(crate) struct Checked {
    clang: String,
    /// Where another clang was used: the one that made the committed objects.
    recorded: Option<String>,
    objects: usize,
}

impl Checked {
    /// Whether the objects were rebuilt by another clang than the recorded one, so that bytes say nothing.
    pub(crate) fn is_by_another_clang(&self) -> bool {
        self.recorded.is_some()
    }

    pub(crate) fn print(&self) {
        println!("{} objects rebuilt by {}", self.objects, self.clang);
        match &self.recorded {
            None => println!("bytes equal; manifest and embedded copies equal"),
            Some(recorded) => {
                println!("the committed ones are by {recorded}: bytes are not comparable");
                println!("compared instead: {}", compare::WHAT_IS_COMPARED);
                println!("equal, and the manifest and embedded copies fit the committed objects");
            }
        }
    }
}

/// Rebuilds everything elsewhere and compares it with what is committed.
///
/// # Errors
///
/// [`Error::Differ`] lists every difference.
pub(crate) fn check(workspace: &Workspace, clang: &Clang) -> Result<Checked, Error> {
    let home = workspace.fixtures();
    let recorded = Manifest::read(&home)?;
    let same_clang = recorded.clang == clang.version;

    let scratch = Scratch::new()?;
    let built = build(workspace, clang, scratch.path())?;

    let mut differences = recorded.compare_with_files(&home)?;
    if same_clang && recorded != built {
        differences.push("fixtures/manifest.json is not what would be written now".into());
    }
    for object in built.objects() {
        let (committed, fresh) = (home.join(&object.file), scratch.path().join(&object.file));
        if !committed.is_file() {
            differences.push(format!("fixtures/{} is missing", object.file));
        } else if same_clang {
            if read(&committed)? != read(&fresh)? {
                differences.push(format!("fixtures/{}: bytes differ", object.file));
            }
        } else if object.target.starts_with("bpf")
            && let Err(why) = same_meaning(&committed, &fresh)
        {
            differences.push(format!("fixtures/{}: {why}", object.file));
        }
    }
    for stray in strays(&home, &built)? {
        differences.push(format!("fixtures/{stray}: no source makes it"));
    }
    for (object, copy) in EMBEDDED {
        if fs::read(home.join(object)).ok() != fs::read(workspace.root().join(copy)).ok() {
            differences.push(format!("{copy} is not a copy of fixtures/{object}"));
        }
    }

    if differences.is_empty() {
        let objects = built.objects().count();
        Ok(Checked {
            clang: clang.version.clone(),
            recorded: (!same_clang).then_some(recorded.clang),
            objects,
        })
    } else {
        Err(Error::Differ { differences })
    }
}

/// Compiles every fixture into `out`, and says what came out.
fn build(workspace: &Workspace, clang: &Clang, out: &Path) -> Result<Manifest, Error> {
    let out = std::path::absolute(out).map_err(Error::file("find", out))?;
    let fixtures = source::discover(&workspace.fixtures())?;
    let jobs: Vec<(&Fixture, &Output)> = fixtures
        .iter()
        .flat_map(|fixture| fixture.outputs.iter().map(move |output| (fixture, output)))
        .collect();
    for (_, output) in &jobs {
        if let Some(folder) = out.join(&output.file).parent() {
            fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
        }
    }
    compile::all(clang, workspace.root(), &jobs, &out)?;
    Manifest::of(&clang.version, &workspace.fixtures(), &fixtures, &out)
}

/// Objects below `home` that no source makes, as paths in it.
fn strays(home: &Path, built: &Manifest) -> Result<Vec<String>, Error> {
    let made: BTreeSet<&str> = built.objects().map(|object| object.file.as_str()).collect();
    let found = files(home, |name| name.ends_with(".o"))?;
    Ok(found.into_iter().filter(|file| !made.contains(file.as_str())).collect())
}

fn replace(path: &Path, fresh: &[u8], name: &str, changes: &mut Vec<String>) -> Result<(), Error> {
    let before = fs::read(path).ok();
    if before.as_deref() == Some(fresh) {
        return Ok(());
    }
    fs::write(path, fresh).map_err(Error::file("write", path))?;
    changes.push(match before {
        None => format!("new {name}, {} bytes", fresh.len()),
        Some(before) => format!("changed {name}, {} bytes, was {}", fresh.len(), before.len()),
    });
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::file("read", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Needs no clang: the committed objects, copies and sources are those that the manifest was written for.
    #[test]
    fn committed_files_fit_the_manifest() {
        let workspace = Workspace::find().unwrap();
        let home = workspace.fixtures();
        let manifest = Manifest::read(&home).unwrap();
        let none: [String; 0] = [];
        assert_eq!(manifest.compare_with_files(&home).unwrap(), none, "cargo xtask fixtures rebuilds them");
        assert_eq!(strays(&home, &manifest).unwrap(), none);
        for (object, copy) in EMBEDDED {
            assert!(
                read(&home.join(object)).unwrap() == read(&workspace.root().join(copy)).unwrap(),
                "{copy}"
            );
        }
    }

    #[test]
    fn sources_and_manifest_list_the_same_fixtures() {
        let home = Workspace::find().unwrap().fixtures();
        let fixtures = source::discover(&home).unwrap();
        let outputs: Vec<&str> =
            fixtures.iter().flat_map(|fixture| &fixture.outputs).map(|output| output.file.as_str()).collect();
        let manifest = Manifest::read(&home).unwrap();
        assert_eq!(outputs, manifest.objects().map(|object| object.file.as_str()).collect::<Vec<_>>());
    }
}
