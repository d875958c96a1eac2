//! Measures a case: both sides in turns, in one run.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::calls;
use crate::case::{Case, Curve, How, Prepare, Process, Work};
use crate::env::Env;
use crate::peers;
use crate::report::{Outcome, Point};
use crate::stats::{Figures, Sample, Side, collected, measured, median};

/// How many of something the objects of a curve have.
const ITEMS: [u64; 4] = [10, 100, 1_000, 10_000];
/// Samples of each point of a curve.
const ROUNDS: usize = 11;
/// Samples of each side.
const PAIRS: usize = 31;
/// What a sample of warm work takes at least, in nanoseconds: it is repeated until then.
const SAMPLE_NS: u64 = 2_000_000;
/// The most repetitions in a sample.
const MOST: u64 = 10_000;

/// Measures a case.
pub(crate) fn case(case: &Case, env: &Env) -> Outcome {
    if let Some(why) = case.needs.iter().find_map(|need| peers::missing(*need, env)) {
        return Outcome::NotRun(why);
    }
    let figures = match case.how {
        How::Cold { .. } => measured(PAIRS, |side| child(case, side, env)),
        How::Warm { ours, peer } => warm(ours, peer, env),
        How::Process { ours, peer } => {
            measured(PAIRS, |side| process(&side.chosen(ours, peer)(env), side, env))
        }
        How::No(why) => return Outcome::NotRun(why.into()),
    };
    let mut figures = match figures {
        Ok(figures) => figures,
        Err(why) => return Outcome::Failed(why),
    };
    if !matches!(case.how, How::Cold { .. }) {
        figures.private_kib = None;
    }
    if env.instructions && !matches!(case.how, How::Process { .. }) {
        match instructions(case, env) {
            Ok(counted) => figures.instructions = Some(counted),
            Err(why) => eprintln!("{}: no instruction count: {why}", case.name),
        }
    }
    Outcome::Measured(figures)
}

/// Measures a curve: objects of all sizes in turns. Nanoseconds for each item.
pub(crate) fn curve(curve: &Curve, env: &Env) -> Result<Vec<Point>, String> {
    let mut sizes = Vec::new();
    for items in ITEMS {
        let name = format!("{}{items}.o", curve.of);
        let need = env.input(&name);
        if !need.is_file() {
            return Err(format!("{name} could not be made: it takes clang, or this kernel's BTF"));
        }
        sizes.push((items, Repeated::new((curve.work)(env, &name)?)?, Vec::new()));
    }
    for _ in 0..ROUNDS {
        for (_, work, samples) in &mut sizes {
            samples.push(work.sample()?.ns);
        }
    }
    let point =
        |(items, _, mut samples): (u64, Repeated, Vec<u64>)| Point { items, ns: median(&mut samples) };
    Ok(sizes.into_iter().map(point).collect())
}

/// Does the work of one side once, here.
pub(crate) fn here(case: &Case, side: Side, env: &Env) -> Result<Sample, String> {
    let (How::Cold { ours, peer } | How::Warm { ours, peer }) = case.how else {
        return Err("cannot be done in this process".into());
    };
    let mut work = side.chosen(ours, peer)(env)?;
    let (before, kernel) = (private_kib(), calls::nanoseconds());
    let start = Instant::now();
    let done = work()?;
    let ns = nanoseconds(start);
    let kernel_ns = calls::nanoseconds() - kernel;
    Ok(Sample { ns, answer: done.answer, private_kib: private_kib().saturating_sub(before), kernel_ns })
}

fn warm(ours: Prepare, peer: Prepare, env: &Env) -> Result<Figures, String> {
    let mut ours = Repeated::new(ours(env)?)?;
    let mut peer = Repeated::new(peer(env)?)?;
    measured(PAIRS, |side| side.chosen(&mut ours, &mut peer).sample())
}

/// Work, and how often it has to be done for a sample.
struct Repeated {
    work: Work,
    times: u64,
}

impl Repeated {
    fn new(mut work: Work) -> Result<Self, String> {
        // The first time is cold.
        work()?;
        let start = Instant::now();
        work()?;
        let times = (SAMPLE_NS / nanoseconds(start).max(1)).clamp(1, MOST);
        Ok(Self { work, times })
    }

    fn sample(&mut self) -> Result<Sample, String> {
        let (mut answer, kernel) = ((0, 0), calls::nanoseconds());
        let start = Instant::now();
        for _ in 0..self.times {
            answer = (self.work)()?.answer;
        }
        let (ns, kernel_ns) = (nanoseconds(start), calls::nanoseconds() - kernel);
        Ok(Sample { ns: ns / self.times, answer, private_kib: 0, kernel_ns: kernel_ns / self.times })
    }
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Memory that this process has for itself and that is in use, in KiB.
fn private_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.trim().strip_suffix("kB")).and_then(|n| n.trim().parse().ok()).unwrap_or(0)
}

/// This program, doing the work of one side.
fn one(case: &Case, side: Side, env: &Env) -> Result<(PathBuf, Vec<PathBuf>), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut arguments: Vec<PathBuf> = ["one", case.name, side.name()].map(PathBuf::from).into();
    arguments.extend(env.arguments().map(Path::to_path_buf));
    Ok((program, arguments))
}

fn child(case: &Case, side: Side, env: &Env) -> Result<Sample, String> {
    let (program, arguments) = one(case, side, env)?;
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let sample = Sample::from_line(&said).filter(|_| output.status.success());
    sample.ok_or_else(|| format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}

fn process(process: &Process, side: Side, env: &Env) -> Result<Sample, String> {
    let stdout = env.input(&format!("output.{}", side.name()));
    let path = process.writes.as_ref().unwrap_or(&stdout);
    // What an earlier process wrote must not pass for what this one did.
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(format!("{}: {error}", path.display()));
    }
    let file = File::create(&stdout).map_err(|error| format!("{}: {error}", stdout.display()))?;
    let mut command = Command::new(process.command.get_program());
    command.args(process.command.get_args()).stdin(Stdio::null()).stdout(file).stderr(Stdio::piped());
    let start = Instant::now();
    let ended = command.spawn().and_then(std::process::Child::wait_with_output);
    let ns = nanoseconds(start);
    let ended = ended.map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if !ended.status.success() {
        return Err(format!("{}: {}", ended.status, String::from_utf8_lossy(&ended.stderr).trim()));
    }
    let output = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Sample { ns, answer: (process.answer)(&output), private_kib: 0, kernel_ns: 0 })
}

/// Instructions of the work alone: those of a process that does it, less those of one that does nothing.
fn instructions(case: &Case, env: &Env) -> Result<(u64, u64), String> {
    let count = |name: &'static str, side| {
        let (program, arguments) = one(&Case { name, ..*case }, side, env)?;
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(program)
            .args(arguments)
            .output()
            .map_err(|error| format!("valgrind: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let counted = collected(&said).filter(|_| output.status.success());
        counted.ok_or_else(|| said.lines().last().unwrap_or_default().to_owned())
    };
    let nothing = count(crate::cases::NOTHING.name, Side::Ours)?;
    let of = |side| Ok::<_, String>(count(case.name, side)?.saturating_sub(nothing));
    Ok((of(Side::Ours)?, of(Side::Peer)?))
}
