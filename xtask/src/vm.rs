//! Boots Debian kernels in qemu, runs the kernel suites there, and shows what ran where.

mod fixture_module;
mod image;
mod kernels;
mod modules;
mod packages;
mod qemu;
mod report;
mod suites;
mod tools;

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::error::Error;
use crate::workspace::Workspace;
use fixture_module::FixtureModule;
use image::Image;
use kernels::{Request, Version};
use packages::{Kernel, Store};
use qemu::{Ended, Ending, Guest};
use report::{Column, Report};
use suites::Suite;

/// What a guest starts with.
const INIT: &str = include_str!("vm/init.sh");
/// How often a guest that died or timed out is booted in all. Tests that fail are not repeated.
const BOOTS: usize = 3;
const TABLE: &str = "vm.json";

/// What is asked for.
pub(crate) struct Options {
    pub(crate) kernels: Vec<String>,
    pub(crate) cpus: u32,
    pub(crate) jobs: Option<NonZero<usize>>,
    pub(crate) install: bool,
    /// For the suites.
    pub(crate) filter: Vec<String>,
}

/// Gets the kernels, builds the suites, boots, and prints the table. The exit code says whether anything is wrong.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode, Error> {
    let started = Instant::now();
    let requests = requests(&options.kernels)?;
    let busybox = tools::find(options.install)?;
    let metadata = workspace.metadata()?;
    let folder = metadata.target_directory.join("vm");

    println!("== kernels");
    let store = Store::new(folder.clone());
    let (mut kernels, mut missing) = (Vec::<(Kernel, FixtureModule)>::new(), Vec::new());
    for request in &requests {
        match store.get(request) {
            Ok(kernel) if kernels.iter().any(|(other, _)| other.name == kernel.name) => {}
            Ok(kernel) => {
                let module = FixtureModule::of(workspace, &store, request, &kernel);
                println!("{request}: {}, {}", kernel.release, module.remark());
                kernels.push((kernel, module));
            }
            Err(error) => {
                println!("{request}: {error}");
                missing.push((request.to_string(), error.to_string()));
            }
        }
    }

    println!("\n== the suites, linked statically");
    let suites =
        if kernels.is_empty() { Vec::new() } else { suites::build(workspace, &metadata, &options.filter)? };
    for suite in &suites {
        println!("{}: {} tests", suite.package, suite.tests.len());
    }

    let guests = Guests { workspace, folder: &folder, suites: &suites, options, busybox: &busybox };
    let columns = guests.run(&kernels)?;
    let report = Report::new(&suites, columns, missing);
    let path = metadata.target_directory.join(TABLE);
    fs::write(&path, report.json()).map_err(Error::file("write", &path))?;
    print!("\n== what ran on which kernel\n{report}");
    let took = started.elapsed().as_secs();
    println!("\ntook {} min {} s; the table is also in {}", took / 60, took % 60, path.display());
    println!("{}", report.summary());
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn requests(names: &[String]) -> Result<Vec<Request>, Error> {
    let mut requests: Vec<Request> = Vec::new();
    let default: Vec<String> = kernels::DEFAULT.map(String::from).into();
    for name in if names.is_empty() { &default } else { names } {
        let all = if name == "all" { kernels::ALL.map(String::from).into() } else { vec![name.clone()] };
        for name in all {
            let request = name.parse().map_err(Error::NoKernel)?;
            if !requests.contains(&request) {
                requests.push(request);
            }
        }
    }
    Ok(requests)
}

/// What all guests share.
struct Guests<'a> {
    workspace: &'a Workspace,
    folder: &'a Path,
    suites: &'a [Suite],
    options: &'a Options,
    busybox: &'a Path,
}

impl Guests<'_> {
    /// Boots each kernel, several at a time; the columns are in the order of the kernels.
    fn run(&self, kernels: &[(Kernel, FixtureModule)]) -> Result<Vec<Column>, Error> {
        let cpus = std::thread::available_parallelism().map_or(1, NonZero::get);
        let cpus_each = usize::try_from(self.options.cpus).unwrap_or(1);
        let jobs = self.options.jobs.map_or(cpus / cpus_each, NonZero::get).clamp(1, kernels.len().max(1));
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| {
                    while let Some((at, (kernel, module))) =
                        Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, kernels.get(at)?)))
                    {
                        let column = self.column(kernel, module);
                        if let Ok(mut done) = done.lock() {
                            done.push((at, column));
                        }
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, column)| column).collect()
    }

    fn column(&self, kernel: &Kernel, module: &FixtureModule) -> Result<Column, Error> {
        let folder = self.folder.join("guests").join(&kernel.name);
        fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        let initramfs = folder.join("initramfs");
        fs::write(&initramfs, self.image(kernel, module)?).map_err(Error::file("write", &initramfs))?;
        let guest = Guest {
            image: &kernel.image,
            initramfs: &initramfs,
            parameters: parameters(kernel.version),
            cpus: self.options.cpus,
            folder: &folder,
        };
        let mut retried = 0;
        let ended = loop {
            let ended = guest.run()?;
            show(kernel, &ended);
            if ended.ending == Ending::Finished || retried + 1 == BOOTS {
                break ended;
            }
            retried += 1;
        };
        fs::remove_file(&initramfs).map_err(Error::file("remove", &initramfs))?;
        Ok(Column::new(kernel, module.remark(), self.suites, &ended, retried))
    }

    /// The file system for this kernel.
    fn image(&self, kernel: &Kernel, of_fixtures: &FixtureModule) -> Result<Vec<u8>, Error> {
        let read = |path: &Path| fs::read(path).map_err(Error::file("read", path));
        let mut image = Image::new();
        for folder in ["/dev", "/proc", "/sys", "/tmp", "/modules"] {
            image.folder(folder);
        }
        image.file("/bin/busybox", &read(self.busybox)?);
        image.file("/init", INIT.as_bytes());

        let modules = modules::collect(&kernel.folder, &modules::WANTED)?;
        for module in &modules {
            image.file(&format!("/modules/{}.ko", module.name), &module.bytes);
        }
        let mut order: String = modules.iter().flat_map(|module| [module.name.as_str(), "\n"]).collect();
        if let Some(path) = of_fixtures.path() {
            image.file(&format!("/modules/{}.ko", fixture_module::NAME), &read(path)?);
            order.push_str(fixture_module::NAME);
            order.push('\n');
        }
        image.file("/modules/order", order.as_bytes());

        let fixtures = self.workspace.fixtures();
        for path in packages::files(&fixtures) {
            let Ok(below) = path.strip_prefix(&fixtures) else { continue };
            if path.extension().is_some_and(|extension| extension == "o") {
                image.file(&format!("/fixtures/{}", below.display()), &read(&path)?);
            }
        }
        let word = of_fixtures.word().replace('\'', r"'\''");
        let mut script = format!("export BPF_TEST_MODULE='{word}'\n");
        for suite in self.suites {
            image.file(&format!("/tests/{}", suite.package), &read(&suite.executable)?);
            script.push_str(&suite.script(&self.options.filter));
            for program in &suite.programs {
                image.file(&program.display().to_string(), &read(program)?);
            }
        }
        image.file("/suites", script.as_bytes());
        Ok(image.finish())
    }
}

/// What a kernel has to be told.
fn parameters(version: Version) -> &'static str {
    // Later ones have BPF in their default list of security modules.
    if version < Version(5, 11) { "lsm=lockdown,yama,bpf" } else { "" }
}

/// What a guest printed, in one piece.
fn show(kernel: &Kernel, ended: &Ended) {
    let mut text = format!("\n== {} ({})\n", kernel.name, kernel.release);
    text.push_str(ended.output.trim_end());
    text.push('\n');
    text.push_str(&match ended.ending {
        Ending::Finished => format!("it ran for {:.1} s\n", ended.took.as_secs_f64()),
        Ending::Died => {
            format!("it DIED after {:.1} s: {}\n", ended.took.as_secs_f64(), last_words(&ended.console))
        }
        Ending::TimedOut => format!("it was ended after {:.1} s\n", ended.took.as_secs_f64()),
    });
    print!("{text}");
}

/// The line on the console that most likely says why.
fn last_words(console: &PathBuf) -> String {
    let text = String::from_utf8_lossy(&fs::read(console).unwrap_or_default()).replace('\r', "");
    let panic = text.lines().find(|line| line.contains("Kernel panic") || line.contains("BUG:"));
    panic.or(text.lines().last()).unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for() {
        let names = |names: &[&str]| -> Vec<String> {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            requests(&names).unwrap().iter().map(ToString::to_string).collect()
        };
        assert_eq!(names(&[]), kernels::DEFAULT);
        assert_eq!(names(&["all", "6.1"]), kernels::ALL);
        assert_eq!(names(&["6.18-full"]), ["6.18-full"]);
        assert!(requests(&["six".into()]).is_err());
    }
}
