//! Development tasks: `cargo xtask fixtures` builds the BPF fixtures, `cargo xtask kernels` cuts the stored kernels for
//! them, `cargo xtask test` runs everything that can be tested on this machine and says what could not, `cargo xtask vm`
//! runs the kernel tests on other kernels, `cargo xtask fuzz` the fuzz targets, `cargo xtask sanitize` the unit tests
//! under sanitizers, `cargo xtask tidy` checks the rules;
//! `cargo xtask oracle` and `cargo xtask bench` hold us against other loaders.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod api;
mod apt;
mod bench;
mod clang;
mod error;
mod fixtures;
mod fuzz;
mod kernels;
mod machine;
mod oracle;
mod outside;
mod sanitize;
mod skeletons;
mod test;
mod tidy;
mod vm;
mod workspace;

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Error;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development tasks of this workspace", version)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the BPF objects of fixtures/ from their C sources (needs clang 15 or newer)
    Fixtures {
        /// Change nothing: rebuild elsewhere and compare with what is committed
        #[arg(long)]
        check: bool,
        /// Build into this directory instead of beside the sources
        #[arg(long, value_name = "DIR", conflicts_with = "check")]
        out: Option<PathBuf>,
        /// Where clang is missing and can be installed (Debian, Ubuntu, as root): do it without asking
        #[arg(long)]
        install_clang: bool,
    },
    /// Check the stored kernels of fixtures/, or cut them again from whole BTF for the fixtures as they are
    Kernels {
        /// Cut: a folder with the vmlinux BTF of each, as NAME.btf or NAME.btf.xz (NAME: architecture-release)
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// Run everything that can be tested on this machine, and list what could not run and why
    Test,
    /// Check the rules of the house: layers, unsafe, what may do I/O, documents that name files, lists of what is public
    Tidy {
        /// Write public-api.txt of each crate anew
        #[arg(long)]
        bless: bool,
    },
    /// Fuzz the parsers and planning (needs a nightly compiler and cargo-fuzz)
    Fuzz {
        /// Only that target
        #[arg(value_parser = fuzz::names())]
        target: Option<String>,
        /// Seconds for each target
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        time: u32,
        /// Run nothing: make the seeds in fuzz/seeds/ from the fixtures and stored kernels as they are
        #[arg(long, conflicts_with = "target")]
        seeds: bool,
    },
    /// Run the unit tests under the address and the thread sanitizer (needs a nightly compiler)
    Sanitize {
        /// Only that one
        #[arg(value_enum)]
        sanitizer: Option<sanitize::Sanitizer>,
        /// Only tests with that in their name
        #[arg(last = true, num_args = 1)]
        filter: Option<String>,
    },
    /// Boot Debian kernels in qemu and run the kernel tests there
    Vm {
        /// `6.12`, `6.18-full` (with all drivers), `6.16+` (the oldest from it on), `7.x` (the newest), or `all`;
        /// without any: 6.1 and 6.12
        kernels: Vec<String>,
        /// CPUs of each guest
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=8))]
        smp: u32,
        /// Guests at a time; without: as many as there are CPUs for
        #[arg(long, value_name = "N")]
        jobs: Option<NonZero<usize>>,
        /// Install what is missing, where that can be done (Debian, as root); in CI that is so without saying it
        #[arg(long)]
        install: bool,
        /// For the test binaries: a name, or a part of one
        #[arg(last = true, num_args = 1)]
        filter: Option<String>,
    },
    /// Measure beside libbpf, aya and bpftool how fast we are: ratios, each out of one run
    Bench {
        /// Only that suite
        #[arg(value_parser = bench::SUITES)]
        suite: Option<String>,
        /// Only cases with that in their name
        #[arg(long, value_name = "PART")]
        case: Option<String>,
        /// Count instructions too (takes valgrind)
        #[arg(long)]
        instructions: bool,
    },
    /// Compare with libbpf and bpftool what we make of the fixtures and of objects in Debian packages
    ///
    /// `open`: what stands in a file. `plan`: what the kernel is sent. `btf` and `c`: types as text. `core`: CO-RE
    /// relocations of all kinds, made up by the thousand. `min`: BTF cut down to what objects need.
    Oracle {
        /// Only that suite
        #[arg(value_parser = oracle::SUITES)]
        suite: Option<String>,
        /// For the suites `c`, `core` and `min`: a folder with the vmlinux BTF of kernels, as NAME.btf or NAME.btf.xz
        /// (NAME: architecture-release)
        #[arg(long, value_name = "DIR")]
        kernels: Option<PathBuf>,
    },
    /// Generate Rust types from whole kernels, and have them compiled: every assertion of their layout has to hold
    Skeletons {
        /// A folder with the vmlinux BTF of kernels, as NAME.btf or NAME.btf.xz
        #[arg(long, value_name = "DIR")]
        kernels: PathBuf,
        /// How many types are drawn of each, always the same
        #[arg(long, value_name = "N", default_value_t = 500)]
        count: usize,
    },
}

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = std::error::Error::source(&error);
            while let Some(inner) = cause {
                eprintln!("  caused by: {inner}");
                cause = inner.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<ExitCode, Error> {
    let workspace = Workspace::find()?;
    match args.task {
        Task::Fixtures { check, out, install_clang } => {
            let clang =
                clang::find_or_install(fixtures::recorded_clang(&workspace).as_deref(), install_clang)?;
            match out {
                Some(dir) => fixtures::build_into(&workspace, &clang, &dir)?,
                None if check => fixtures::check(&workspace, &clang)?.print(),
                None => fixtures::build_in_place(&workspace, &clang)?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Task::Kernels { from } => {
            match from {
                Some(dir) => kernels::make(&workspace, &dir)?,
                None => kernels::check(&workspace)?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Task::Test => test::run(&workspace),
        Task::Tidy { bless } => {
            if bless {
                api::bless(workspace.root())?;
            }
            Ok(tidy(&workspace))
        }
        Task::Fuzz { target, time, seeds } => {
            fuzz::run(&workspace, &fuzz::Options { target, seconds: time, seeds })
        }
        Task::Sanitize { sanitizer, filter } => sanitize::run(&workspace, sanitizer, filter.as_deref()),
        Task::Vm { kernels, smp, jobs, install, filter } => vm::run(
            &workspace,
            &vm::Options { kernels, cpus: smp, jobs, install, filter: filter.into_iter().collect() },
        ),
        Task::Bench { suite, case, instructions } => {
            bench::run(&workspace, suite.as_deref(), case.as_deref(), instructions)
        }
        Task::Skeletons { kernels, count } => skeletons::run(&workspace, &kernels, count),
        Task::Oracle { suite, kernels } => oracle::run(&workspace, suite.as_deref(), kernels.as_deref()),
    }
}

fn tidy(workspace: &Workspace) -> ExitCode {
    let findings = tidy::findings(workspace.root());
    findings.iter().for_each(|finding| println!("{finding}"));
    if findings.is_empty() {
        println!("the house is in order");
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}
