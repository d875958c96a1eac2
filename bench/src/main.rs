//! `bench SUITE --inputs DIR --bpf PROGRAM --out FILE [--instructions] [--case PART]` measures every case of a suite:
//! our work and a peer's, taking turns in one run. It prints a table and writes the figures as JSON.
//!
//! `bench one CASE ours|peer …` does the work of one side once, in a process of its own, and prints what it took: the
//! form that cold cases and instruction counts are measured by.

mod calls;
mod case;
mod cases;
mod env;
mod measure;
mod peers;
mod report;
mod stats;

use std::process::ExitCode;

use case::Case;
use env::Env;
use report::{Bend, Line, Outcome};
use stats::Side;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["one", case, side, rest @ ..] => one(case, side, rest),
        [suite, rest @ ..] if !suite.starts_with('-') => run(suite, rest),
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: bench SUITE --inputs DIR --bpf PROGRAM --out FILE [--instructions] [--case PART]");
    eprintln!("suites: {}", cases::NAMES.join(", "));
    ExitCode::from(2)
}

/// Does the work of one side once.
fn one(name: &str, side: &str, rest: &[&str]) -> ExitCode {
    let Some((env, side)) = Env::parse(rest).zip(Side::named(side)) else { return usage() };
    let Some(case) = cases::all().into_iter().find(|case| case.name == name) else { return usage() };
    if case.kernel {
        calls::time();
    }
    match measure::here(&case, side, &env) {
        Ok(sample) => println!("{}", sample.to_line()),
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run(suite: &str, rest: &[&str]) -> ExitCode {
    let (Some(cases), Some(env)) = (cases::suite(suite), Env::parse(rest)) else { return usage() };
    println!("{}", peers::versions());
    if cases.iter().any(|case| case.kernel) {
        calls::time();
    }
    let wanted = |case: &Case| env.only.as_ref().is_none_or(|part| case.name.contains(part.as_str()));
    let mut lines = Vec::new();
    for case in cases.into_iter().filter(wanted) {
        eprintln!("{} / {}", case.name, case.peer);
        let outcome = measure::case(&case, &env);
        lines.push(Line { case: case.name, peer: case.peer, wanted: case.wanted, outcome });
    }
    let mut bends = Vec::new();
    for curve in cases::curves(suite) {
        let name = format!("{}, {}", curve.name, curve.of);
        if env.only.as_ref().is_none_or(|part| name.contains(part.as_str())) {
            eprintln!("{name}");
            bends.push(Bend { outcome: measure::curve(curve, &env), curve: name });
        }
    }
    print!("{}", report::table(&lines));
    print!("{}", report::curves(&bends));
    if let Some(path) = &env.out
        && let Err(error) = std::fs::write(path, report::json(&lines, &bends))
    {
        eprintln!("{}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    let failed = lines.iter().any(|line| matches!(line.outcome, Outcome::Failed(_)))
        || bends.iter().any(|bend| bend.outcome.is_err());
    if failed || lines.len() + bends.len() == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
