//! Headers for BPF programs in C: written out, they are all that a program needs beside a `vmlinux.h`.
//!
//! ```no_run
//! use bpf_loader::headers::{WriteOptions, files};
//!
//! for (name, written) in WriteOptions::new().write("include")? {
//!     println!("include/{name}: {written:?}"); // for `clang -Iinclude`, `#include <bpf/bpf_helpers.h>`
//! }
//! assert!(files().iter().any(|header| header.name == "bpf/usdt.bpf.h"));
//! # Ok::<(), bpf_loader::headers::HeadersError>(())
//! ```

mod error;
mod helper_defs;
#[cfg(test)]
mod tests;

pub use error::HeadersError;

use std::borrow::Cow;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A header: its name under a folder of headers, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// `bpf/bpf_helpers.h`.
    pub name: &'static str,
    /// C.
    pub text: Cow<'static, str>,
}

/// What stands in each of them, and in no other file.
const MARK: &str = "// One of bpf-loader's headers for BPF programs";

macro_rules! texts {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("bpf/", $name), include_str!(concat!("../headers/bpf/", $name)))),*]
    };
}

/// Those that are not made here, as they stand in the crate.
const TEXTS: &[(&str, &str)] = texts![
    "bpf_args.h",
    "bpf_core_path.h",
    "bpf_core_read.h",
    "bpf_endian.h",
    "bpf_format.h",
    "bpf_helpers.h",
    "bpf_loop.h",
    "bpf_regs.h",
    "bpf_tracing.h",
    "bpf_usdt_args.h",
    "usdt.bpf.h",
];

/// Every header, in the order of their names.
///
/// They include each other by their names in the same folder, so they belong together.
pub fn files() -> Vec<Header> {
    let made = Header { name: "bpf/bpf_helper_defs.h", text: helper_defs::text().into() };
    let texts = TEXTS.iter().map(|(name, text)| Header { name, text: (*text).into() });
    let mut files: Vec<Header> = texts.chain([made]).collect();
    files.sort_by_key(|header| header.name);
    files
}

/// How headers are written to a folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct WriteOptions {
    force: bool,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Written {
    /// It was not there.
    New,
    /// It was there and said something else: another version of it, or, with [`WriteOptions::force`], anything.
    Replaced,
    /// It was there and said the same.
    Unchanged,
}

impl WriteOptions {
    /// Files are replaced if they are other versions of these headers, and left alone if they are anything else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces whatever is there.
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Writes every header under a folder, which is made if need be, and says what became of each.
    ///
    /// # Errors
    ///
    /// [`HeadersError::Foreign`] if there are files of these names that are something else: then nothing is written.
    /// The others say which file or folder the system refused.
    pub fn write(self, folder: impl AsRef<Path>) -> Result<Vec<(&'static str, Written)>, HeadersError> {
        let planned = self.look(folder.as_ref())?;
        for (path, header, written) in &planned {
            if *written == Written::Unchanged {
                continue;
            }
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)
                    .map_err(|source| HeadersError::Folder { path: parent.into(), source })?;
            }
            fs::write(path, header.text.as_bytes())
                .map_err(|source| HeadersError::Write { path: path.clone(), source })?;
        }
        Ok(planned.into_iter().map(|(_, header, written)| (header.name, written)).collect())
    }

    /// What would become of each file.
    fn look(self, folder: &Path) -> Result<Vec<(PathBuf, Header, Written)>, HeadersError> {
        let mut foreign = Vec::new();
        let mut planned = Vec::new();
        for header in files() {
            let path = folder.join(header.name);
            let written = match fs::read(&path) {
                Ok(found) if found == header.text.as_bytes() => Written::Unchanged,
                Ok(found) => {
                    if !self.force && !is_ours(&found) {
                        foreign.push(path.clone());
                    }
                    Written::Replaced
                }
                Err(error) if error.kind() == ErrorKind::NotFound => Written::New,
                Err(source) => return Err(HeadersError::Read { path, source }),
            };
            planned.push((path, header, written));
        }
        if foreign.is_empty() { Ok(planned) } else { Err(HeadersError::Foreign { paths: foreign }) }
    }
}

/// Whether a file is some version of one of these headers.
fn is_ours(found: &[u8]) -> bool {
    let mut lines = found.split(|byte| *byte == b'\n').take(4);
    lines.any(|line| line.starts_with(MARK.as_bytes()))
}
