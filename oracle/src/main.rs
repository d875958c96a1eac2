//! `oracle FILE NAME [--kernel]` opens an object with libbpf and prints what libbpf makes of it, as JSON. With
//! `--kernel` the object is also loaded (nothing is attached, nothing pinned), and what the kernel was sent and said is
//! part of the answer. `oracle --c FILE [BASE]` prints the types in a raw BTF as C. `oracle --core LOCAL TARGET QUESTIONS`
//! resolves CO-RE relocations between two raw BTFs. `oracle --sec NAMES` tells what names of sections mean, a JSON array
//! of them, and which libbpf knows. `oracle --version` prints libbpf's version.
//!
//! One object a process: libbpf may crash on what it is given, and keeps state that outlives an object.

mod c;
mod core;
#[path = "../../xtask/src/oracle/facts.rs"]
mod facts;
mod libbpf;
mod record;
mod sec;

use std::process::ExitCode;

use facts::{Facts, Program, Question};
use libbpf::Object;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["--version"] => println!("{}", libbpf::version()),
        ["--c", file] => return print_c(file, None),
        ["--c", file, base] => return print_c(file, Some(base)),
        ["--core", local, target, questions] => return resolve(local, target, questions),
        ["--sec", names] => return sections(names),
        [file, name] => return answer(file, name, false),
        [file, name, "--kernel"] => return answer(file, name, true),
        _ => {
            eprintln!(
                "usage: oracle FILE NAME [--kernel] | oracle --c FILE [BASE] | \
                 oracle --core LOCAL TARGET QUESTIONS | oracle --sec NAMES | oracle --version"
            );
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn print_c(file: &str, base: Option<&str>) -> ExitCode {
    let printed = std::fs::read(file).and_then(|bytes| {
        let base = base.map(std::fs::read).transpose()?;
        c::print(&bytes, base.as_deref())
    });
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn resolve(local: &str, target: &str, questions: &str) -> ExitCode {
    let answered = || {
        let questions: Vec<Question> = serde_json::from_slice(&std::fs::read(questions)?)?;
        core::answer(&std::fs::read(local)?, &std::fs::read(target)?, &questions)
    };
    match answered() {
        Ok(answers) => {
            println!("{}", serde_json::to_string(&answers).expect("answers are plain data"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{local}, {target}, {questions}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn sections(names: &str) -> ExitCode {
    let read = std::fs::read(names).and_then(|text| Ok(serde_json::from_slice::<Vec<String>>(&text)?));
    match read {
        Ok(names) => {
            println!("{}", serde_json::to_string(&sec::answer(&names)).expect("answers are plain data"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{names}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer(file: &str, name: &str, kernel: bool) -> ExitCode {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{file}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let facts = ask(&bytes, name, kernel);
    println!("{}", serde_json::to_string(&facts).expect("facts are plain data"));
    ExitCode::SUCCESS
}

fn ask(bytes: &[u8], name: &str, kernel: bool) -> Facts {
    let object = match Object::open(bytes, name) {
        Ok(object) => object,
        Err(refused) => return Facts { refused: Some(refused), ..Facts::default() },
    };
    let mut facts = Facts { refused: None, programs: object.programs(), maps: object.maps(), btf: None };
    if kernel {
        load(bytes, name, object, &mut facts);
    }
    facts
}

/// Loads the whole object; then each program that did not get as far as the kernel in a new object without the others,
/// since it may have been one of those that stopped it.
fn load(bytes: &[u8], name: &str, object: Object, facts: &mut Facts) {
    let whole = object.load();
    for (map, sent) in facts.maps.iter_mut().zip(whole.maps) {
        map.sent = sent;
    }
    facts.btf = whole.btf;
    settle(&mut facts.programs, whole.programs);
    let left: Vec<usize> = (0..facts.programs.len()).filter(|at| is_open(&facts.programs[*at])).collect();
    for at in left {
        let Ok(alone) = Object::open(bytes, name) else { continue };
        alone.only(at);
        let outcome = alone.load();
        if facts.maps.iter().all(|map| map.sent.is_none()) {
            for (map, sent) in facts.maps.iter_mut().zip(outcome.maps) {
                map.sent = sent;
            }
        }
        settle(&mut facts.programs, outcome.programs);
        if is_open(&facts.programs[at]) {
            facts.programs[at].refused = outcome.refused;
        }
    }
}

fn settle(programs: &mut [Program], sent: Vec<Option<facts::Sent>>) {
    for (program, sent) in programs.iter_mut().zip(sent) {
        if sent.is_some() {
            program.sent = sent;
        }
    }
}

fn is_open(program: &Program) -> bool {
    program.autoload && program.sent.is_none()
}
