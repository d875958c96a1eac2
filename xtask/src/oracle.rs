//! Asks the loaders that everybody uses what they make of an object, and compares: libbpf for what stands in a file and
//! for what the kernel is sent, both for types as text, clang for headers.

mod btf;
mod c;
mod compare;
mod core;
mod facts;
mod feed;
mod floors;
pub(crate) mod headers;
mod known;
mod min;
mod ours;
mod peer;
mod scan;
mod sec;
mod tally;
mod whole;

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use bpf_loader::Kernel;

use crate::error::Error;
use crate::machine;
use crate::workspace::Workspace;
use feed::Feeds;
use peer::Libbpf;
use tally::{Entry, Tally};

/// The names of the suites.
pub(crate) const SUITES: [&str; 8] = ["open", "plan", "sec", "btf", "c", "core", "min", "headers"];

/// Runs one suite or all; `kernels` is a folder with whole kernels' BTF, for the suites
/// `c`, `core` and `min`. The exit code says whether a difference is unexplained, or too little was compared.
pub(crate) fn run(
    workspace: &Workspace,
    suite: Option<&str>,
    kernels: Option<&Path>,
) -> Result<ExitCode, Error> {
    let started = Instant::now();
    let target = workspace.metadata()?.target_directory;
    let dir = target.join("oracle");
    let wants = |name: &str| suite.is_none_or(|suite| suite == name);

    // The headers need none of the objects.
    let feeds = match suite {
        Some("headers") => Feeds::default(),
        _ => Feeds::collect(workspace, &dir.join("objects"))?,
    };
    let mut tallies = Vec::new();
    if ["open", "plan", "sec", "c", "core", "min"].iter().any(|name| wants(name)) {
        let libbpf = Libbpf::build(workspace, &dir)?;
        println!("libbpf {}", libbpf.version);
        if wants("open") || wants("plan") {
            loaders(&mut tallies, &libbpf, &feeds, &wants, &dir)?;
        }
        if wants("sec") {
            let mut tally = Tally::new("sec");
            sec::compare(&mut tally, &libbpf, &dir)?;
            tallies.push(tally);
        }
        if wants("c") {
            let mut tally = Tally::new("c");
            c::compare(workspace, &mut tally, &libbpf, &feeds.objects, kernels, &dir)?;
            tallies.push(tally);
        }
        if wants("core") {
            let mut tally = Tally::new("core");
            core::compare(&mut tally, &libbpf, kernels, &dir)?;
            tallies.push(tally);
        }
        if wants("min") {
            let mut tally = Tally::new("min");
            min::compare(&mut tally, &libbpf, &feeds.objects, kernels, &dir)?;
            tallies.push(tally);
        }
    }
    if wants("btf") {
        let mut tally = Tally::new("btf");
        match peer::bpftool_version() {
            Some(version) => {
                println!("{version}");
                btf::compare(&mut tally, &feeds.objects)?;
            }
            None => tally.skipped("everything", "bpftool is not installed"),
        }
        tallies.push(tally);
    }
    if wants("headers") {
        let mut tally = Tally::new("headers");
        headers::compare(workspace, &mut tally, &dir)?;
        tallies.push(tally);
    }
    println!(
        "packages: {}",
        if feeds.packages.is_empty() { "none".into() } else { feeds.packages.join(", ") }
    );
    for tally in &mut tallies {
        tally.skipped.extend(feeds.missing.iter().cloned());
    }
    print(&tallies);
    write(&tallies, &target.join("oracle.json"))?;
    for known in tallies.iter().flat_map(|tally| known::unseen(tally.suite, &tally.different)) {
        println!("{}: known, and not seen in this run: {} ({})", known.suite, known.what, known.field);
    }
    let short = short(&tallies, &feeds.missing);
    for what in &short {
        println!("{what}");
    }
    println!("{} objects in {:.0?}", feeds.objects.len(), started.elapsed());
    let clean = short.is_empty() && tallies.iter().all(|tally| tally.unexplained.is_empty());
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The suites that compare us with libbpf: both look at the same two answers.
fn loaders(
    tallies: &mut Vec<Tally>,
    libbpf: &Libbpf,
    feeds: &Feeds,
    wants: &dyn Fn(&str) -> bool,
    dir: &Path,
) -> Result<(), Error> {
    let (mut open, mut plan) = (Tally::new("open"), Tally::new("plan"));
    let possible = machine::kernel_tests_possible();
    let kernel = match &possible {
        Ok(()) if wants("plan") => Some(Kernel::running()),
        Ok(()) => None,
        Err(why) => {
            plan.skipped("everything", why);
            None
        }
    };
    for feed in &feeds.objects {
        let theirs = libbpf.ask(&feed.file, &feed.name, kernel.is_some(), dir)?;
        let ours = ours::ask(&feed.bytes, &feed.name, kernel.as_ref());
        if kernel.is_some() {
            compare::sent(&mut plan, &feed.label, &ours, &theirs);
        }
        let theirs = if kernel.is_some() && peer::died(&theirs) {
            libbpf.ask(&feed.file, &feed.name, false, dir)?
        } else {
            theirs
        };
        compare::opened(&mut open, &feed.label, &ours, &theirs);
    }
    tallies.extend([open, plan].into_iter().filter(|tally| wants(tally.suite)));
    Ok(())
}

/// Lines of unexplained differences, and of reasons, that are shown; all of them are in the file.
const SHOWN: usize = 40;

fn print(tallies: &[Tally]) {
    for tally in tallies {
        let suite = tally.suite;
        for entry in tally.unexplained.iter().take(SHOWN) {
            println!("{suite}: {}: {}", entry.what, entry.why);
        }
        let explained = tally.different.iter().filter(|entry| !entry.why.contains(tally::UNEXPLAINED));
        let explained: Vec<Entry> = explained.cloned().collect();
        for (title, entries) in [("differ", &explained), ("skipped", &tally.skipped)] {
            for (why, count, what) in Tally::grouped(entries).into_iter().take(SHOWN) {
                println!("{suite}: {count} {title}: {why}\n    e.g. {what}");
            }
        }
    }
    println!("\n{}", tally::table(tallies));
}

fn write(tallies: &[Tally], path: &Path) -> Result<(), Error> {
    let json = serde_json::to_vec_pretty(tallies)
        .map_err(|source| Error::Json { path: path.to_path_buf(), source })?;
    fs::write(path, json).map_err(Error::file("write", path))
}

/// The suites that compared less than they have to. Where something is missing that is no fault of theirs.
fn short(tallies: &[Tally], missing: &[Entry]) -> Vec<String> {
    let floor = |tally: &Tally| {
        floors::SUITES.iter().find(|(suite, _)| *suite == tally.suite).map(|(_, least)| *least)
    };
    let complete = |tally: &&Tally| {
        missing.is_empty() && !tally.skipped.iter().any(|entry| entry.what.starts_with("everything"))
    };
    let depths = tallies.iter().filter(complete).flat_map(|tally| {
        let floors = floors::DEPTH.iter().filter(|(suite, ..)| *suite == tally.suite);
        floors.filter_map(|(suite, what, least)| {
            let found = tally.depth.get(what).copied().unwrap_or(0);
            (found < *least).then(|| format!("{suite}: {found} {what}, at least {least} are expected"))
        })
    });
    tallies
        .iter()
        .filter(complete)
        .filter_map(|tally| Some((tally, floor(tally)?)))
        .filter(|(tally, least)| tally.compared < *least)
        .map(|(tally, least)| {
            format!("{}: {} compared, at least {least} are expected", tally.suite, tally.compared)
        })
        .chain(depths)
        .collect()
}
