//! A kernel's header through clang, for BPF and for the kernel's machine, with assertions about every layout.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use bpf_loader::btf::{Endian, dump};

use super::asserts::{self, Asserts};
use super::blobs::Blob;
use super::differs;
use crate::clang::{self, Clang};
use crate::error::Error;
use crate::oracle::tally::Tally;

pub(super) fn compare(tally: &mut Tally, blobs: &[&Blob], dir: &Path) -> Result<(), Error> {
    let clang = match clang::find(None) {
        Ok(clang) => clang,
        Err(error) => {
            tally.skipped("everything that is compiled", error.to_string());
            return Ok(());
        }
    };
    for blob in blobs {
        let (header, asserts) = (dir.join("header.h"), asserts::asserts(&blob.btf));
        let (text, written) = dump::C::new(&blob.btf)
            .guard("__VMLINUX_H__")
            .preserve_access_index(true)
            .kfuncs(true)
            .order(dump::c::Order::Names)
            .all_text();
        if let Some((id, error)) = written.left_out.first() {
            tally.compared(
                &format!("{}: header", blob.label),
                &[differs("left out", format!("[{id}] {error}"))],
            );
        }
        fs::write(&header, text).map_err(Error::file("write", &header))?;
        for target in targets(blob) {
            against(tally, &clang, blob, &target, &asserts, dir)?;
        }
    }
    Ok(())
}

/// BPF of the same byte order, and the machine that the kernel is for.
fn targets(blob: &Blob) -> Vec<String> {
    let bpf = if blob.btf.endian() == Endian::Big { "bpfeb" } else { "bpfel" };
    let machine = blob.architecture.iter().map(|machine| format!("{machine}-linux-gnu"));
    std::iter::once(bpf.to_owned()).chain(machine).collect()
}

/// Compiles the header as it is, then the assertions. Each type counts as compared.
fn against(
    tally: &mut Tally,
    clang: &Clang,
    blob: &Blob,
    target: &str,
    asserts: &[Asserts],
    dir: &Path,
) -> Result<(), Error> {
    let label = format!("{} for {target}", blob.label);
    let errors = errors(clang, target, &[], dir)?;
    let compiles = errors.first().map(|error| differs("compiles", error.clone()));
    tally.compared(&format!("{label}: header"), compiles.as_slice());
    if compiles.is_some() {
        return Ok(());
    }
    let mut failed: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for error in self::errors(clang, target, asserts, dir)? {
        let number = error.rsplit_once('#').and_then(|(_, number)| number.parse().ok());
        // An error without a number is about no assertion in particular.
        failed.entry(number.unwrap_or(usize::MAX)).or_default().push(error);
    }
    if let Some(others) = failed.get(&usize::MAX) {
        let first = others.first().cloned().unwrap_or_default();
        tally.compared(&format!("{label}: assertions"), &[differs("compiles", first)]);
    }
    for (number, asserts) in asserts.iter().enumerate() {
        let found = failed.get(&number).and_then(|errors| errors.first());
        let found = found.map(|error| differs("layout", error.clone()));
        tally.compared(&format!("{label}: {}", asserts.of), found.as_slice());
        tally.went_into("assertions about layouts", asserts.count);
    }
    Ok(())
}

/// What clang says against the header with those assertions.
fn errors(clang: &Clang, target: &str, asserts: &[Asserts], dir: &Path) -> Result<Vec<String>, Error> {
    let source = dir.join("header.c");
    let text: String = asserts.iter().map(|asserts| asserts.text.as_str()).collect();
    fs::write(&source, format!("#include \"header.h\"\n{text}")).map_err(Error::file("write", &source))?;
    let output = Command::new(&clang.program)
        // Linux 7.2 embeds structs by their tag alone, as only -fms-extensions allows.
        .args(["-target", target, "-std=gnu11", "-fms-extensions", "-fsyntax-only", "-w", "-ferror-limit=0"])
        .args(["-fno-caret-diagnostics", "-fno-show-source-location"])
        .arg(&source)
        .output()
        .map_err(Error::spawn("clang"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let mut errors: Vec<String> = said
        .lines()
        .filter_map(|line| line.strip_prefix("error: ").or_else(|| line.strip_prefix("fatal error: ")))
        .map(str::to_owned)
        .collect();
    if !output.status.success() && errors.is_empty() {
        errors.push(format!("clang ended with {}", output.status));
    }
    Ok(errors)
}
