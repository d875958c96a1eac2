//! Objects and kernels for `bpf check`: the fixtures, this kernel, and those of a folder that the environment names.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_loader::Kernel;

use crate::error::Error;
use crate::workspace::Workspace;

/// A folder of kernels, in any form that is read.
const KERNELS: &str = "BPF_BENCH_KERNELS";

/// Puts objects, and kernels as raw BTF, into folders of their own, and a file beside them to say so.
pub(super) fn make(workspace: &Workspace, dir: &Path) -> Result<(), Error> {
    let (objects, kernels) = (dir.join("check.objects"), dir.join("check.kernels"));
    for folder in [&objects, &kernels] {
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    }
    for theme in
        list(&workspace.fixtures())?.into_iter().filter(|path| path.is_dir() && !path.ends_with("bad"))
    {
        for file in list(&theme)? {
            let names = [&theme, &file].map(|path| path.file_name().unwrap_or_default().to_string_lossy());
            if names[1].ends_with(".el.bpf.o") {
                let to = objects.join(format!("{}.{}", names[0], names[1]));
                fs::copy(&file, &to).map_err(Error::file("copy", &file))?;
            }
        }
    }
    let named = std::env::var_os(KERNELS).map(PathBuf::from);
    let mut found = vec![("running".to_owned(), Kernel::running())];
    for path in named.map(|folder| list(&folder)).transpose()?.unwrap_or_default() {
        match Kernel::open(&path) {
            Ok(kernel) => {
                found.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), kernel));
            }
            Err(error) => println!("no kernel: {error}"),
        }
    }
    for (name, kernel) in found {
        let Ok(btf) = kernel.btf() else { return Ok(()) };
        let to = kernels.join(format!("{name}.btf"));
        fs::write(&to, btf.bytes()).map_err(Error::file("write", &to))?;
    }
    let ready = dir.join("check.ready");
    fs::write(&ready, "").map_err(Error::file("write", &ready))
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::file("list", folder))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.sort();
    Ok(found)
}
