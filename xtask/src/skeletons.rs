//! Holds generated types against whole kernels: some hundred types of each, drawn by a fixed seed, and all that they are made
//! of, have to compile without a warning, and every assertion of their layout has to hold.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use bpf_btf::{Btf, Kind, Type, TypeId};
use bpf_loader::codegen::types_of;
use fuzz_bodies::Random;

use crate::error::Error;
use crate::kernels;
use crate::workspace::Workspace;

/// The seed of the draw: the same for all.
const SEED: u32 = 7;

/// Generates types of each kernel in `from`, and has them compiled.
pub(crate) fn run(workspace: &Workspace, from: &Path, count: usize) -> Result<ExitCode, Error> {
    let target = workspace.metadata()?.target_directory;
    let home = target.join("skeletons");
    let sources = home.join("src");
    fs::create_dir_all(&sources).map_err(Error::file("create", &sources))?;
    let mut manifest = manifest(workspace);
    for (name, bytes) in kernels::sources(from)? {
        let started = Instant::now();
        let failed = |what: String| Error::Source { path: from.join(&name), what };
        let btf = Btf::parse(bytes).map_err(|error| failed(error.to_string()))?;
        let ids = draw(&btf, count);
        let text = types_of(&btf, &ids).map_err(|error| failed(error.to_string()))?;
        let module = format!("k_{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
        let path = sources.join(format!("{module}.rs"));
        fs::write(&path, format!("{ROOT}{text}")).map_err(Error::file("write", &path))?;
        let (asked, defined) = (ids.len(), text.matches("\npub ").count());
        println!(
            "{name}: {asked} types drawn, {defined} generated, {} bytes, {:.1?}",
            text.len(),
            started.elapsed()
        );
        // A crate of its own: the compiler keeps all of a crate in memory.
        manifest.push_str(&format!(
            "\n[[example]]\nname = \"{module}\"\npath = \"src/{module}.rs\"\ncrate-type = [\"lib\"]\n"
        ));
    }
    let write = |path: &Path, text: &str| fs::write(path, text).map_err(Error::file("write", path));
    write(&sources.join("lib.rs"), "//! Nothing.\n")?;
    write(&home.join("Cargo.toml"), &manifest)?;
    let started = Instant::now();
    // Not from inside the workspace: it is no part of it.
    let status = workspace
        .cargo()
        .current_dir(std::env::temp_dir())
        .args(["check", "--offline", "--quiet", "--examples", "--manifest-path"])
        .arg(home.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(home.join("target"))
        .status()
        .map_err(Error::spawn("cargo check"))?;
    if !status.success() {
        return Err(Error::Status {
            program: "compiling the generated types".into(),
            status: status.to_string(),
        });
    }
    println!("all compile, and all assertions hold: {:.0?}", started.elapsed());
    Ok(ExitCode::SUCCESS)
}

const ROOT: &str = "//! Types of kernels.\n#![deny(warnings, missing_docs)]\n#![forbid(unsafe_code)]\n\n";

fn manifest(workspace: &Workspace) -> String {
    let loader = workspace.root().join("bpf-loader");
    format!(
        "[package]\nname = \"skeletons\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         bpf-loader = {{ path = {:?} }}\n",
        loader.display().to_string()
    )
}

/// Types that can be generated, each once, in the order of the draw.
fn draw(btf: &Btf, count: usize) -> Vec<TypeId> {
    let wanted =
        |found: &Type<'_>| found.kind().is_composite() || found.kind().is_enum() || has_layout(btf, found);
    let mut all: Vec<TypeId> = btf.types().filter(wanted).map(|found| found.id()).collect();
    let mut random = Random::new(SEED);
    let mut drawn = Vec::with_capacity(count);
    while drawn.len() < count && !all.is_empty() {
        drawn.push(all.swap_remove(random.below(all.len())));
    }
    drawn
}

/// A typedef of something that has a size.
fn has_layout(btf: &Btf, found: &Type<'_>) -> bool {
    found.kind() == Kind::TYPEDEF && bpf_btf::layout::size_of(btf, found.id()).is_ok()
}
