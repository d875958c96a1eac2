//! What fuzzing starts from: the fixtures, in the form that each target takes, and inputs that once went wrong.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_elf::ObjectFile;

use super::bodies::joined;
use crate::error::Error;

/// An input and where it comes from.
pub(crate) type Seed = (String, Vec<u8>);

/// The seeds of a target.
///
/// # Errors
/// A file of the workspace that cannot be read.
pub(crate) fn of(root: &Path, target: &str) -> Result<Vec<Seed>, Error> {
    let mut seeds = committed(root, target)?;
    let objects = objects(root)?;
    let kernels: Vec<&Seed> = objects.iter().filter(|(name, _)| name.starts_with("kernels/")).collect();
    let each_btf = || objects.iter().filter_map(|(name, bytes)| Some((name.clone(), btf_of(bytes)?)));
    match target {
        "btf" => seeds.extend(each_btf()),
        "btf_split" => {
            // Any two of one byte order will do: references that lead nowhere are part of what is tested.
            for (name, base) in kernels.iter().filter_map(|(name, bytes)| Some((name, btf_of(bytes)?))) {
                let order = order(name);
                let split = each_btf().filter(|(name, _)| self::order(name) == order);
                seeds.extend(
                    split.map(|(other, split)| (format!("{other} on {name}"), joined(&base, &split))),
                );
            }
        }
        "btf_ext" => {
            let ext = |bytes: &[u8]| section(bytes, ".BTF.ext");
            seeds.extend(objects.iter().filter_map(|(name, bytes)| Some((name.clone(), ext(bytes)?))));
        }
        "object" => seeds.extend(objects),
        "plan" => {
            for (kernel, btf) in kernels.iter().filter_map(|(name, bytes)| Some((name, btf_of(bytes)?))) {
                let fitting = objects.iter().filter(|(name, _)| order(name) == order(kernel));
                seeds.extend(
                    fitting.map(|(name, object)| (format!("{name} for {kernel}"), joined(object, &btf))),
                );
            }
        }
        "saved_kernel" => seeds.extend(files(&root.join("fixtures/kernels/stored"), "kernel")?),
        _ => {}
    }
    Ok(seeds)
}

/// Inputs that once went wrong: they are kept.
fn committed(root: &Path, target: &str) -> Result<Vec<Seed>, Error> {
    let dir = root.join("fuzz/seeds").join(target);
    if dir.is_dir() { files(&dir, "") } else { Ok(Vec::new()) }
}

fn objects(root: &Path) -> Result<Vec<Seed>, Error> {
    let fixtures = root.join("fixtures");
    let mut found = Vec::new();
    for theme in folder(&fixtures)?.into_iter().filter(|path| path.is_dir()) {
        let name = theme.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let objects = files(&theme, "o")?;
        found.extend(objects.into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
    }
    Ok(found)
}

/// The files of a folder that end so, by name.
fn files(dir: &Path, extension: &str) -> Result<Vec<Seed>, Error> {
    let ends = |path: &PathBuf| path.extension().unwrap_or_default() == extension || extension.is_empty();
    let mut found = Vec::new();
    for path in folder(dir)?.into_iter().filter(|path| path.is_file()).filter(ends) {
        let bytes = fs::read(&path).map_err(Error::file("read", &path))?;
        found.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes));
    }
    Ok(found)
}

fn folder(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(dir).map_err(Error::file("read", dir))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

fn order(name: &str) -> &'static str {
    if name.contains(".eb.") { "eb" } else { "el" }
}

fn btf_of(object: &[u8]) -> Option<Vec<u8>> {
    Some(ObjectFile::parse(object).ok()?.btf()?.bytes().to_vec())
}

fn section(object: &[u8], name: &str) -> Option<Vec<u8>> {
    use object::{Object as _, ObjectSection as _};
    object::File::parse(object).ok()?.section_by_name(name)?.data().ok().map(<[u8]>::to_vec)
}
