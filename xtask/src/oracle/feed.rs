//! The objects that are compared: our fixtures, and those in packages of the distribution, which nobody here wrote.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::scan;
use super::tally::Entry;
use crate::error::Error;
use crate::workspace::Workspace;

/// Packages of Debian 12 that carry BPF objects, as files or inside executables.
const PACKAGES: [&str; 6] =
    ["libbpf-tools", "xdp-tools", "libxdp1", "xdp-tests", "ir-keytable", "golang-github-cilium-ebpf-dev"];

/// An object to be compared.
pub(crate) struct Feed {
    /// Where it comes from: `fixtures/socket/filter.el.bpf.o`, `libbpf-tools/usr/sbin/opensnoop#1`.
    pub(crate) label: String,
    /// What loaders are told that it is called.
    pub(crate) name: String,
    /// A file with just these bytes.
    pub(crate) file: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// Everything that there is to compare.
#[derive(Default)]
pub(crate) struct Feeds {
    pub(crate) objects: Vec<Feed>,
    /// Package and version.
    pub(crate) packages: Vec<String>,
    /// What could not be had.
    pub(crate) missing: Vec<Entry>,
}

impl Feeds {
    /// The objects in the repository, then those of packages, each distinct one once.
    pub(crate) fn collect(workspace: &Workspace, dir: &Path) -> Result<Self, Error> {
        let mut feeds = Self::default();
        let mut seen = HashSet::new();
        for folder in ["fixtures", "bpf-elf/tests/objects"] {
            for file in files(&workspace.root().join(folder))? {
                if file.extension().is_some_and(|extension| extension == "o") {
                    let bytes = read(&file)?;
                    let label = file.strip_prefix(workspace.root()).unwrap_or(&file).display().to_string();
                    feeds.add(label, file, bytes, &mut seen);
                }
            }
        }
        let debs = dir.join("deb");
        fs::create_dir_all(&debs).map_err(Error::file("create", &debs))?;
        for package in PACKAGES {
            match fetch(package, &debs)
                .and_then(|deb| unpack(&deb, &dir.join("unpacked").join(package)).map(|()| deb))
            {
                Ok(deb) => {
                    feeds.packages.push(deb.file_stem().unwrap_or_default().to_string_lossy().into_owned());
                    feeds.add_package(package, dir, &mut seen)?;
                }
                Err(why) => feeds.missing.push(Entry { what: format!("package {package}"), why }),
            }
        }
        Ok(feeds)
    }

    fn add_package(&mut self, package: &str, dir: &Path, seen: &mut HashSet<Vec<u8>>) -> Result<(), Error> {
        let root = dir.join("unpacked").join(package);
        for file in files(&root)? {
            let bytes = read(&file)?;
            let inside = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
            for (number, object) in (1..).zip(scan::objects(&bytes)) {
                let label = format!("{package}/{inside}#{number}");
                let copy = dir.join("found").join(format!("{}.o", label.replace(['/', '#'], "_")));
                fs::create_dir_all(dir.join("found")).map_err(Error::file("create", dir))?;
                fs::write(&copy, object).map_err(Error::file("write", &copy))?;
                self.add(label, copy, object.to_vec(), seen);
            }
        }
        Ok(())
    }

    fn add(&mut self, label: String, file: PathBuf, bytes: Vec<u8>, seen: &mut HashSet<Vec<u8>>) {
        if seen.insert(Sha256::digest(&bytes).to_vec()) {
            let name = object_name(&label);
            self.objects.push(Feed { label, name, file, bytes });
        }
    }
}

/// As loaders name an object after its file.
fn object_name(label: &str) -> String {
    let file = label.rsplit('/').next().unwrap_or_default();
    file.split(['.', '#']).find(|part| !part.is_empty()).unwrap_or("object").to_owned()
}

/// The archive of a package, downloaded unless it is here already.
fn fetch(package: &str, dir: &Path) -> Result<PathBuf, String> {
    let here = || {
        let start = format!("{package}_");
        let mut found: Vec<PathBuf> =
            fs::read_dir(dir).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        found.sort();
        found.into_iter().find(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start))
                && path.extension().is_some_and(|extension| extension == "deb")
        })
    };
    if let Some(deb) = here() {
        return Ok(deb);
    }
    let output = Command::new("apt-get")
        .current_dir(dir)
        .args(["-qq", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=20", "download", package])
        .output()
        .map_err(|error| format!("apt-get cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().find(|line| line.starts_with("E:")).unwrap_or("apt-get says nothing");
    here().ok_or_else(|| format!("not downloaded: {first} (`apt-get update` may help)"))
}

fn unpack(deb: &Path, to: &Path) -> Result<(), String> {
    if to.is_dir() {
        return Ok(());
    }
    // Aside first: what was interrupted does not look finished.
    let aside = to.with_extension("part");
    let _ = fs::remove_dir_all(&aside);
    fs::create_dir_all(&aside).map_err(|error| format!("no folder to unpack in: {error}"))?;
    let output = Command::new("dpkg-deb").arg("-x").arg(deb).arg(&aside).output();
    match output {
        Ok(output) if output.status.success() => {
            fs::rename(&aside, to).map_err(|error| format!("cannot be moved: {error}"))
        }
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(format!("dpkg-deb cannot be run: {error}")),
    }
}

/// All regular files below a folder, in the order of their names. Links are passed over.
fn files(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).map_err(Error::file("read", &dir))? {
            let entry = entry.map_err(Error::file("read", &dir))?;
            let kind = entry.file_type().map_err(Error::file("read", &dir))?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::file("read", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_named_as_loaders_name_them() {
        for (label, want) in [
            ("fixtures/socket/filter.el.bpf.o", "filter"),
            ("libbpf-tools/usr/sbin/opensnoop#1", "opensnoop"),
            ("x/.hidden.o", "hidden"),
            ("x/#1", "1"),
        ] {
            assert_eq!(object_name(label), want);
        }
    }
}
