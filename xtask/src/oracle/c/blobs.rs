//! Everything that has types: the objects, the running kernel, the stored kernels, whole ones where there is a folder.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_loader::Kernel;
use bpf_loader::btf::Btf;

use crate::error::Error;
use crate::kernels;
use crate::oracle::btf;
use crate::oracle::feed::Feed;
use crate::oracle::tally::Tally;
use crate::workspace::Workspace;

/// Some BTF.
pub(super) struct Blob {
    /// `fixtures/socket/filter.el.bpf.o`, `whole kernel x86_64-6.12`.
    pub(super) label: String,
    /// The raw BTF.
    pub(super) file: PathBuf,
    pub(super) btf: Btf,
    /// The raw BTF that it continues: of modules.
    pub(super) base: Option<PathBuf>,
    /// Of a kernel's: for which machine it was built, as compilers call it.
    pub(super) architecture: Option<String>,
}

pub(super) fn collect(
    workspace: &Workspace,
    tally: &mut Tally,
    feeds: &[Feed],
    folder: Option<&Path>,
    dir: &Path,
) -> Result<Vec<Blob>, Error> {
    fs::create_dir_all(dir).map_err(Error::file("create", dir))?;
    let mut found: Vec<(String, Vec<u8>, Option<String>)> = Vec::new();
    for feed in feeds {
        if let Some(bytes) = btf::section(&feed.bytes) {
            found.push((feed.label.clone(), bytes, None));
        }
    }
    for (name, saved) in kernels::stored(workspace)? {
        let kernel = Kernel::from_saved(&saved).ok();
        if let Some(btf) = kernel.as_ref().and_then(|kernel| kernel.btf().ok()) {
            found.push((format!("stored kernel {name}"), btf.bytes().to_vec(), architecture(&name)));
        }
    }
    match fs::read(btf::KERNEL) {
        Ok(bytes) => found.push(("the running kernel".into(), bytes, Some(std::env::consts::ARCH.into()))),
        Err(error) => {
            tally.skipped(
                "everything of the running kernel",
                format!("{} cannot be read: {error}", btf::KERNEL),
            );
        }
    }
    match folder.map(kernels::sources).transpose()? {
        Some(sources) => found.extend(
            sources
                .into_iter()
                .map(|(name, bytes)| (format!("whole kernel {name}"), bytes, architecture(&name))),
        ),
        None => tally.skipped("whole kernels", "no folder with their BTF was given (--kernels DIR)"),
    }
    let mut blobs = Vec::new();
    for (label, bytes, architecture) in found {
        let file = dir.join(format!("{}.btf", label.replace(['/', '#', ' '], "_")));
        fs::write(&file, &bytes).map_err(Error::file("write", &file))?;
        match Btf::parse(bytes) {
            Ok(btf) => blobs.push(Blob { label, file, btf, base: None, architecture }),
            Err(error) => tally.skipped(&label, error.to_string()),
        }
    }
    modules(&mut blobs, tally)?;
    Ok(blobs)
}

/// The modules of the running kernel, as far as any with types are loaded.
fn modules(blobs: &mut Vec<Blob>, tally: &mut Tally) -> Result<(), Error> {
    let kernel = Path::new(btf::KERNEL);
    let (Ok(bytes), Some(home)) = (fs::read(kernel), kernel.parent()) else { return Ok(()) };
    let Ok(base) = Btf::parse(bytes) else { return Ok(()) };
    for entry in fs::read_dir(home).map_err(Error::file("list", home))? {
        let file = entry.map_err(Error::file("list", home))?.path();
        let label = format!("module {}", file.file_name().unwrap_or_default().to_string_lossy());
        if file == kernel {
            continue;
        }
        let bytes = fs::read(&file).map_err(Error::file("read", &file))?;
        match Btf::parse_split(bytes, &base) {
            Ok(btf) => {
                let base = Some(kernel.to_path_buf());
                blobs.push(Blob { label, file, btf, base, architecture: None });
            }
            Err(error) => tally.skipped(&label, error.to_string()),
        }
    }
    Ok(())
}

/// What `x86_64-6.12` begins with.
fn architecture(name: &str) -> Option<String> {
    name.split_once('-').map(|(architecture, _)| architecture.to_owned())
}
