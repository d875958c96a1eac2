//! Definitions in C: the text that libbpf and bpftool print of the same types; and, of kernels, whether a compiler takes
//! our header and arrives at the layout that the BTF tells.

mod asserts;
mod blobs;
mod compile;
mod text;

use std::path::Path;

use bpf_loader::btf::dump;

use self::blobs::Blob;
use super::feed::Feed;
use super::peer::{self, Libbpf};
use super::tally::{Differs, Tally};
use crate::error::Error;
use crate::workspace::Workspace;

/// Compares what we print of everything that has types. `kernels` is a folder with whole kernels' BTF.
pub(crate) fn compare(
    workspace: &Workspace,
    tally: &mut Tally,
    libbpf: &Libbpf,
    feeds: &[Feed],
    kernels: Option<&Path>,
    dir: &Path,
) -> Result<(), Error> {
    let blobs = blobs::collect(workspace, tally, feeds, kernels, &dir.join("c"))?;
    let bpftool = peer::bpftool_version();
    for blob in &blobs {
        against_libbpf(tally, libbpf, blob)?;
        // bpftool 7.1 prints all of the base along with a module.
        if bpftool.is_some() && blob.base.is_none() {
            against_bpftool(tally, blob)?;
        }
    }
    if bpftool.is_none() {
        tally.skipped("bpftool", "bpftool is not installed");
    }
    let of_kernels: Vec<&Blob> = blobs.iter().filter(|blob| blob.architecture.is_some()).collect();
    compile::compare(tally, &of_kernels, &dir.join("c"))
}

/// Byte for byte, and the same types refused.
fn against_libbpf(tally: &mut Tally, libbpf: &Libbpf, blob: &Blob) -> Result<(), Error> {
    let what = format!("{}: libbpf", blob.label);
    let Some((theirs, refused)) = libbpf.c(&blob.file, blob.base.as_deref())? else {
        tally.compared(&what, &[differs("refused", "libbpf does not open it, we do".into())]);
        return Ok(());
    };
    let (ours, written) = dump::C::new(&blob.btf).all_text();
    tally.went_into("definitions", text::definitions(&ours).count());
    let mut found = text::first_difference(&ours, &theirs).map(|how| differs("text", how));
    if found.is_none() && written.left_out.len() != refused {
        let how = format!("{} types left out, libbpf refuses {refused}", written.left_out.len());
        found = Some(differs("refused", how));
    }
    tally.compared(&what, found.as_slice());
    Ok(())
}

/// The whole output, frame included, where the versions differ in nothing; definition by definition otherwise.
fn against_bpftool(tally: &mut Tally, blob: &Blob) -> Result<(), Error> {
    let what = format!("{}: bpftool", blob.label);
    let Some(theirs) = peer::bpftool_btf(&blob.file, "c")? else {
        tally.skipped(&what, "bpftool prints no C of it");
        return Ok(());
    };
    let (ours, _) = dump::C::new(&blob.btf).guard("__VMLINUX_H__").preserve_access_index(true).all_text();
    tally.compared(&what, &text::compare(&ours, &String::from_utf8_lossy(&theirs)));
    Ok(())
}

fn differs(field: &'static str, how: String) -> Differs {
    Differs { field, how }
}
