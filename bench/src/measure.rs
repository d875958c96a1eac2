//! Measures a case: both sides in turns, in one run.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::case::{Case, Figures, How, Outcome, Prepare, Process, Side, Work};
use crate::env::Env;
use crate::peers;
use crate::stats::{median, turns};

/// Samples of each side.
const PAIRS: usize = 31;
/// What a sample of warm work takes at least, in nanoseconds: it is repeated until then.
const SAMPLE_NS: u64 = 2_000_000;
/// The most repetitions in a sample.
const MOST: u64 = 10_000;

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) ns: u64,
    pub(crate) answer: u64,
    pub(crate) private_kib: u64,
}

impl Sample {
    pub(crate) fn to_line(self) -> String {
        format!("{} {} {}", self.ns, self.answer, self.private_kib)
    }

    fn from_line(line: &str) -> Option<Self> {
        let mut numbers = line.split_whitespace().map(str::parse);
        let (ns, answer, private_kib) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
        numbers.next().is_none().then_some(Self { ns, answer, private_kib })
    }
}

/// Measures a case.
pub(crate) fn case(case: &Case, env: &Env) -> Outcome {
    if let Some(why) = peers::missing(case) {
        return Outcome::NotRun(why);
    }
    let measured = match case.how {
        How::Cold { .. } => pairs(|side| child(case, side, env)),
        How::Warm { ours, peer } => warm(ours, peer, env),
        How::Process { ours, peer } => pairs(|side| process(&chosen(side, ours, peer)(env), side, env)),
    };
    let mut figures = match measured {
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

fn chosen<T>(side: Side, ours: T, peer: T) -> T {
    match side {
        Side::Ours => ours,
        Side::Peer => peer,
    }
}

/// Both sides in turns. What they answer must be the same, each time.
fn pairs(mut sample: impl FnMut(Side) -> Result<Sample, String>) -> Result<Figures, String> {
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    let mut agreed: Option<(Side, u64)> = None;
    for side in turns(PAIRS, Side::Ours, Side::Peer) {
        let taken = sample(side).map_err(|why| format!("{}: {why}", side.name()))?;
        match agreed {
            None => agreed = Some((side, taken.answer)),
            Some((first, answer)) if answer != taken.answer => {
                let (a, b) = (first.name(), side.name());
                return Err(format!("{a} answered {answer}, {b} {}: not the same work", taken.answer));
            }
            Some(_) => {}
        }
        chosen(side, &mut ours, &mut peer).push(taken);
    }
    let middle = |samples: &[Sample], of: fn(&Sample) -> u64| {
        median(&mut samples.iter().map(of).collect::<Vec<u64>>())
    };
    Ok(Figures {
        ours_ns: middle(&ours, |sample| sample.ns),
        peer_ns: middle(&peer, |sample| sample.ns),
        private_kib: Some((
            middle(&ours, |sample| sample.private_kib),
            middle(&peer, |sample| sample.private_kib),
        )),
        instructions: None,
    })
}

/// Does the work of one side once, here.
pub(crate) fn here(case: &Case, side: Side, env: &Env) -> Result<Sample, String> {
    let (How::Cold { ours, peer } | How::Warm { ours, peer }) = case.how else {
        return Err("is a process of its own already".into());
    };
    let mut work = chosen(side, ours, peer)(env)?;
    let before = private_kib();
    let start = Instant::now();
    let done = work()?;
    let ns = nanoseconds(start);
    Ok(Sample { ns, answer: done.answer, private_kib: private_kib().saturating_sub(before) })
}

fn warm(ours: Prepare, peer: Prepare, env: &Env) -> Result<Figures, String> {
    let mut ours = Repeated::new(ours(env)?)?;
    let mut peer = Repeated::new(peer(env)?)?;
    pairs(|side| chosen(side, &mut ours, &mut peer).sample())
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
        let mut answer = 0;
        let start = Instant::now();
        for _ in 0..self.times {
            answer = (self.work)()?.answer;
        }
        Ok(Sample { ns: nanoseconds(start) / self.times, answer, private_kib: 0 })
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
    Ok(Sample { ns, answer: (process.answer)(&output), private_kib: 0 })
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

/// The number behind `Collected :` in what callgrind says.
fn collected(said: &str) -> Option<u64> {
    let line = said.lines().find_map(|line| line.split_once("Collected :"))?;
    line.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_survive_the_way_between_processes() {
        let sample = Sample { ns: 1, answer: u64::MAX, private_kib: 3 };
        assert_eq!(Sample::from_line(&sample.to_line()), Some(sample));
        for wrong in ["", "1 2", "1 2 x", "1 2 3 4"] {
            assert_eq!(Sample::from_line(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn callgrind_is_understood() {
        assert_eq!(collected("==1== Events    : Ir\n==1== Collected : 215714\n"), Some(215_714));
        assert_eq!(collected("==1== nothing"), None);
    }

    #[test]
    fn sides_that_answer_differently_are_not_compared() {
        let sample = |answer| Ok(Sample { ns: 1, answer, private_kib: 0 });
        assert!(pairs(|_| sample(4)).is_ok());
        let told = pairs(|side| sample(if side == Side::Ours { 4 } else { 5 })).err();
        assert_eq!(told.as_deref(), Some("ours answered 4, peer 5: not the same work"));
    }
}
