//! Sources that others wrote for libbpf's headers: in crates, and in source packages of Debian.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::compile::Source;
use crate::error::Error;
use crate::oracle::tally::Tally;
use crate::workspace::Workspace;

/// A source package: release, name, and folders in it that its BPF programs include from.
struct Package {
    release: &'static str,
    name: &'static str,
    includes: &'static [&'static str],
}

/// Their versions move, and not every one can be had at all times: what is missing is listed.
const PACKAGES: &[Package] = &[
    Package { release: "bookworm", name: "systemd", includes: &["src/core/bpf"] },
    Package { release: "trixie", name: "systemd", includes: &["src/core/bpf"] },
    Package { release: "sid", name: "xdp-tools", includes: &["headers", "lib/util"] },
    Package { release: "trixie", name: "suricata", includes: &[] },
    Package { release: "trixie", name: "knot", includes: &[] },
    Package { release: "sid", name: "network-manager", includes: &[] },
];

/// Where the packages come from.
const ARCHIVE: &str = "http://deb.debian.org/debian";

/// Has cargo fetch the crates of `oracle/sources`, and puts a link to each of the two into the folder that comes back.
pub(super) fn crates(workspace: &Workspace, dir: &Path) -> Result<PathBuf, String> {
    let manifest = workspace.root().join("oracle/sources/Cargo.toml");
    let output = workspace
        .cargo()
        .current_dir(std::env::temp_dir())
        .args(["metadata", "--locked", "--format-version", "1", "--manifest-path"])
        .arg(&manifest)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(said.lines().find(|line| line.starts_with("error")).unwrap_or("cargo fails").to_owned());
    }
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let folder = dir.join("crates");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for name in ["libbpf-sys", "libbpf-rs"] {
        let mut packages = metadata["packages"].as_array().into_iter().flatten();
        let manifest = packages
            .find(|package| package["name"] == name)
            .and_then(|package| package["manifest_path"].as_str())
            .ok_or_else(|| format!("cargo does not say where {name} is"))?;
        let link = folder.join(name);
        let _ = fs::remove_file(&link);
        let at = Path::new(manifest).parent().unwrap_or(Path::new("/"));
        std::os::unix::fs::symlink(at, &link).map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

/// All of them; what cannot be had goes to the tally.
pub(super) fn foreign(
    tally: &mut Tally,
    crates: &Path,
    dir: &Path,
    vmlinux: &Path,
) -> Result<Vec<Source>, Error> {
    // What glibc's headers ask for where the target is none that it knows.
    let compat = dir.join("compat");
    let stubs = compat.join("gnu");
    fs::create_dir_all(&stubs).map_err(Error::file("create", &stubs))?;
    fs::write(stubs.join("stubs-32.h"), "").map_err(Error::file("write", &stubs))?;
    let source = |label: String, file: PathBuf, mut includes: Vec<PathBuf>| {
        includes.extend(file.parent().map(Path::to_path_buf));
        includes.extend([vmlinux.to_path_buf(), compat.clone()]);
        Source { label, file, includes, machine: "x86", target: "bpfel", own: false }
    };
    let mut found = Vec::new();
    for file in with_ending(&crates.join("libbpf-rs/tests/bin/src"), ".bpf.c")? {
        found.push(source(format!("libbpf-rs/{}", name(&file)), file, Vec::new()));
    }
    for package in PACKAGES {
        let label = format!("{}/{}", package.release, package.name);
        let root = match unpacked(package, &dir.join("packages")) {
            Ok(root) => root,
            Err(why) => {
                tally.skipped(&format!("source package {label}"), why);
                continue;
            }
        };
        let includes: Vec<PathBuf> = package.includes.iter().map(|folder| root.join(folder)).collect();
        for file in with_ending(&root, ".c")? {
            if fs::read_to_string(&file).is_ok_and(|text| text.contains("bpf_helpers.h")) {
                let inside = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
                found.push(source(format!("{label}/{inside}"), file, includes.clone()));
            }
        }
    }
    Ok(found)
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Files below a folder whose name ends so, in order. Links are passed over.
pub(super) fn with_ending(root: &Path, ending: &str) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).map_err(Error::file("read", &dir))? {
            let entry = entry.map_err(Error::file("read", &dir))?;
            let kind = entry.file_type().map_err(Error::file("read", &dir))?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() && name(&entry.path()).ends_with(ending) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The folder of a package, fetched and unpacked unless it is here already.
fn unpacked(package: &Package, dir: &Path) -> Result<PathBuf, String> {
    let folder = dir.join(package.release).join(package.name);
    if !folder.is_dir() {
        let aside = folder.with_extension("part");
        let _ = fs::remove_dir_all(&aside);
        fs::create_dir_all(&aside).map_err(|error| error.to_string())?;
        fetch(package, dir, &aside)?;
        let archive = with_ending(&aside, "")
            .map_err(|error| error.to_string())?
            .into_iter()
            .find(|file| name(file).contains(".orig.tar.") && !name(file).ends_with(".asc"))
            .ok_or("no archive was downloaded")?;
        run(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(&aside))?;
        fs::rename(&aside, &folder).map_err(|error| error.to_string())?;
    }
    let mut inside = fs::read_dir(&folder).map_err(|error| error.to_string())?.flatten();
    let root = inside.find(|entry| entry.path().is_dir()).ok_or("the archive has no folder")?;
    Ok(root.path())
}

/// By an apt that knows only the sources of this release, and leaves the system's own lists alone.
fn fetch(package: &Package, dir: &Path, to: &Path) -> Result<(), String> {
    let state = dir.join(format!("apt-{}", package.release));
    let file =
        |name: &str, text: String| fs::write(state.join(name), text).map_err(|error| error.to_string());
    for folder in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(state.join(folder)).map_err(|error| error.to_string())?;
    }
    let shown = state.display();
    file("status", String::new())?;
    file("sources.list", format!("deb-src {ARCHIVE} {} main\n", package.release))?;
    file(
        "apt.conf",
        format!(
            "Dir::State \"{shown}\";\nDir::State::lists \"{shown}/lists\";\nDir::State::status \"{shown}/status\";\n\
             Dir::Cache \"{shown}/cache\";\nDir::Etc::sourcelist \"{shown}/sources.list\";\n\
             Dir::Etc::sourceparts \"-\";\nAPT::Sandbox::User \"root\";\nAcquire::Retries \"2\";\n"
        ),
    )?;
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("APT_CONFIG", state.join("apt.conf")).current_dir(to).arg("-qq");
        apt
    };
    run(apt().arg("update"))?;
    run(apt().args(["source", "--download-only", package.name]))
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().find(|line| line.starts_with("E:")).or_else(|| said.lines().last());
    Err(format!("{program} fails: {}", line.unwrap_or("it does not say why")))
}
