//! Whole kernels: the running one, and those of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_loader::btf::Btf;

use super::btf::KERNEL;
use super::tally::Tally;
use crate::error::Error;
use crate::kernels;

/// All types of a kernel.
pub(super) struct Whole {
    /// `the running kernel`, `whole kernel x86_64-6.12`.
    pub(super) label: String,
    pub(super) btf: Btf,
    /// The raw BTF.
    pub(super) file: PathBuf,
    /// No kernel has these types: they were made of one's.
    pub(super) made: bool,
}

pub(super) fn kernels(tally: &mut Tally, folder: Option<&Path>, dir: &Path) -> Result<Vec<Whole>, Error> {
    fs::create_dir_all(dir).map_err(Error::file("create", dir))?;
    let mut found = Vec::new();
    match fs::read(KERNEL) {
        Ok(bytes) => found.push(("the running kernel".to_owned(), bytes)),
        Err(error) => {
            tally.skipped("everything of the running kernel", format!("{KERNEL} cannot be read: {error}"));
        }
    }
    match folder.map(kernels::sources).transpose()? {
        Some(sources) => {
            found.extend(sources.into_iter().map(|(name, bytes)| (format!("whole kernel {name}"), bytes)));
        }
        None => tally.skipped("whole kernels", "no folder with their BTF was given (--kernels DIR)"),
    }
    let mut wholes = Vec::new();
    for (label, bytes) in found {
        let file = dir.join(format!("{}.btf", label.replace(' ', "_")));
        fs::write(&file, &bytes).map_err(Error::file("write", &file))?;
        match Btf::parse(bytes) {
            Ok(btf) => wholes.push(Whole { label, btf, file, made: false }),
            Err(error) => tally.skipped(&label, error.to_string()),
        }
    }
    Ok(wholes)
}
