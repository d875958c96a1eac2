//! The kernel modules that the tests need, with those that these need, in the order to insert them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use object::{Object, ObjectSection};

use super::packages::files;
use crate::error::Error;

/// What is built in, or not there at all, is passed over.
pub(super) const WANTED: [&str; 4] = ["veth", "sch_ingress", "cls_bpf", "act_bpf"];

/// A module, as `insmod` takes it.
pub(super) struct Module {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// These of the modules below `folder`.
pub(super) fn collect(folder: &Path, wanted: &[&str]) -> Result<Vec<Module>, Error> {
    let files = files(folder);
    let mut modules = Vec::new();
    for name in wanted {
        add(name, &files, &mut modules)?;
    }
    Ok(modules)
}

fn add(name: &str, files: &[PathBuf], modules: &mut Vec<Module>) -> Result<(), Error> {
    // What a module needs never needs that module.
    let Some(path) = files.iter().find(|path| names(path, name)) else { return Ok(()) };
    if modules.iter().any(|module| module.name == name) {
        return Ok(());
    }
    let bytes = read(path)?;
    for needed in depends(&bytes) {
        add(&needed, files, modules)?;
    }
    modules.push(Module { name: name.to_owned(), bytes });
    Ok(())
}

/// Whether this is the file of the module: there is no difference between `-` and `_` in names.
fn names(path: &Path, module: &str) -> bool {
    let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().replace('-', "_");
    file.strip_prefix(module).is_some_and(|rest| rest == ".ko" || rest == ".ko.xz")
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    if path.extension().is_none_or(|extension| extension != "xz") {
        return fs::read(path).map_err(Error::file("read", path));
    }
    let output = Command::new("xz").arg("-dc").arg(path).output().map_err(Error::spawn("xz"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Error::Status {
            program: format!("xz -dc {}", path.display()),
            status: output.status.to_string(),
        })
    }
}

/// The names after `depends=` in a module's `.modinfo`.
fn depends(module: &[u8]) -> Vec<String> {
    let Ok(file) = object::File::parse(module) else { return Vec::new() };
    let info = file.section_by_name(".modinfo").and_then(|section| section.data().ok()).unwrap_or_default();
    info.split(|byte| *byte == 0)
        .filter_map(|entry| std::str::from_utf8(entry).ok()?.strip_prefix("depends="))
        .flat_map(|list| list.split(','))
        .filter(|name| !name.is_empty())
        .map(|name| name.replace('-', "_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_modules() {
        let check =
            |path: &str, module, expected| assert_eq!(names(Path::new(path), module), expected, "{path}");
        check("kernel/drivers/net/veth.ko", "veth", true);
        check("kernel/net/sched/cls_bpf.ko.xz", "cls_bpf", true);
        check("kernel/crypto/sha256-generic.ko", "sha256_generic", true);
        check("kernel/drivers/net/vethx.ko", "veth", false);
        check("kernel/net/sched/cls_bpf.c", "cls_bpf", false);
    }
}
