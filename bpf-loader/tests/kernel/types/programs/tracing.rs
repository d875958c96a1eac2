//! Programs that watch the kernel and this process.

use std::hint::black_box;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use bpf_loader::{LoadedObject, Program};
use bpf_sys::perf;

use super::Case;
use crate::events::Tracefs;
use crate::support::{Failed, eventually, load};
use crate::types::packet::run;
use crate::types::{Observed, counter, open_with};

/// The fixture with one program that watches this process.
fn watching(case: Case, program: &str) -> Result<LoadedObject, Failed> {
    let mut object = open_with(case.fixture, &[program], &["by_number", "by_remainder"])?;
    object.global_mut("target_tgid")?.set(&std::process::id())?;
    Ok(object.load()?)
}

fn tracefs() -> Result<Tracefs, Failed> {
    Tracefs::mount().map_err(|why| Failed::no_place(format!("no tracefs can be mounted: {why}")))
}

/// A hundred system calls while the program is attached, and a hundred after it.
fn calls(loaded: &LoadedObject, program: &Program) -> Result<Observed, Failed> {
    let call = || (0..100).try_for_each(|_| std::fs::metadata("/").map(drop));
    let before = counter(loaded, "calls")?;
    let link = program.attach()?;
    call()?;
    drop(link);
    let meanwhile = counter(loaded, "calls")?;
    call()?;
    let after = counter(loaded, "calls")?;
    Ok(Observed::new((before, meanwhile >= 100, after - meanwhile), (0, true, 0)))
}

pub(super) fn tracepoint(case: Case) -> Result<Observed, Failed> {
    let _tracefs = tracefs()?;
    let loaded = watching(case, "traced")?;
    calls(&loaded, loaded.program("traced")?)
}

pub(super) fn raw_tracepoint(case: Case) -> Result<Observed, Failed> {
    let loaded = watching(case, "on_sys_enter")?;
    calls(&loaded, loaded.program("on_sys_enter")?)
}

pub(super) fn typed(case: Case) -> Result<Observed, Failed> {
    let loaded = watching(case, "on_sys_enter")?;
    calls(&loaded, loaded.program("on_sys_enter")?)
}

pub(super) fn writable(case: Case) -> Result<Observed, Failed> {
    let (loaded, other) = (watching(case, "spoil")?, load("socket/minimal")?);
    let answer = || run(&other, "seven", 50).map_err(|failed| failed.errno());
    let before = answer();
    let link = loaded.program("spoil")?.attach()?;
    let meanwhile = answer();
    drop(link);
    Ok(Observed::new([before, meanwhile, answer()], [Ok(7), Err(Some(77)), Ok(7)]))
}

pub(super) fn perf_event(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["ticks"], &[])?.load()?;
    let clock = perf::open_clock(0, 1_000_000)?;
    let before = counter(&loaded, "calls")?;
    perf::set_bpf(clock.as_fd(), loaded.program("ticks")?.as_fd())?;
    eventually("ten ticks", || Ok(counter(&loaded, "calls")? >= 10))?;
    drop(clock);
    Ok(Observed::new((before, counter(&loaded, "calls")? >= 10), (0, true)))
}

/// A function that is probed. What it computes is not known where it is called.
#[inline(never)]
extern "C" fn probed(number: u64) -> u64 {
    black_box(number) * 3
}

pub(super) fn kprobe(case: Case) -> Result<Observed, Failed> {
    let (loaded, tracefs) = (watching(case, "probed")?, tracefs()?);
    let call = || (0..3).map(|number| black_box(probed)(number)).sum::<u64>();
    let probe = Probe::new(&tracefs.path)?;
    let event = perf::open_tracepoint(probe.id()?)?;
    perf::set_bpf(event.as_fd(), loaded.program("probed")?.as_fd())?;
    let computed = call();
    drop(event);
    call();
    Ok(Observed::new((counter(&loaded, "calls")?, computed), (3, 9)))
}

/// A probe at that function, made through tracefs and removed in the end.
struct Probe<'a> {
    tracefs: &'a Path,
    name: String,
}

impl<'a> Probe<'a> {
    fn new(tracefs: &'a Path) -> Result<Self, Failed> {
        let name = format!("probed_{}", std::process::id());
        let (file, offset) = place(probed as *const () as u64)?;
        let line = format!("p:bpf_loader_types/{name} {}:{offset:#x}", file.display());
        write(tracefs, &line)?;
        Ok(Self { tracefs, name })
    }

    fn id(&self) -> Result<u64, Failed> {
        let file = self.tracefs.join("events/bpf_loader_types").join(&self.name).join("id");
        Ok(std::fs::read_to_string(file)?.trim().parse()?)
    }
}

impl Drop for Probe<'_> {
    fn drop(&mut self) {
        let _ = write(self.tracefs, &format!("-:bpf_loader_types/{}", self.name));
    }
}

fn write(tracefs: &Path, line: &str) -> Result<(), Failed> {
    let mut file = std::fs::File::options().append(true).open(tracefs.join("uprobe_events"))?;
    Ok(std::io::Write::write_all(&mut file, line.as_bytes())?)
}

/// Which file an address of this process is mapped from, and where in it.
fn place(address: u64) -> Result<(PathBuf, u64), Failed> {
    let maps = std::fs::read_to_string("/proc/self/maps")?;
    for line in maps.lines() {
        let mut words = line.split_ascii_whitespace();
        let (range, offset) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default());
        let Some((from, to)) = range.split_once('-') else { continue };
        let (from, to) = (u64::from_str_radix(from, 16)?, u64::from_str_radix(to, 16)?);
        if (from..to).contains(&address) {
            let file = words.nth(2).ok_or("it is mapped from no file")?;
            return Ok((file.into(), address - from + u64::from_str_radix(offset, 16)?));
        }
    }
    Err("the address is not mapped".into())
}
