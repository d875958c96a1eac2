//! Whole kernels' BTF: the running one's, and those in a folder.

use std::fs;
use std::path::Path;

use super::btf::KERNEL;
use super::tally::Tally;
use crate::error::Error;
use crate::kernels;

/// Each with its name: `the running kernel`, `whole kernel x86_64-6.12`.
pub(super) fn kernels(tally: &mut Tally, folder: Option<&Path>) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut found = Vec::new();
    match fs::read(KERNEL) {
        Ok(bytes) => found.push(("the running kernel".into(), bytes)),
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
    Ok(found)
}
