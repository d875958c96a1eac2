//! Whether the running kernel has a type of programs, one for an attach type, and a helper there: it is asked to load one of
//! two instructions.

use bpf_sys::prog::ProgLoad;
use bpf_sys::uapi::{AttachType, Helper, Insn, ProgramType, flags};
use bpf_sys::{SysError, errno};

use super::{Probed, told_apart};
use crate::kernel::Answer;

/// Bytes of the verifier's log that tell.
const LOG: usize = 4096;

/// What the kernel says of the first type of its BTF, which is no function and no tracepoint: it has got that far.
const NOT_ITS_TARGET: [&str; 2] = ["attach_btf_id 1 is not a ", "attach_btf_id 1 points to wrong type"];
/// What it says of a program that is to stand in for another, and does not say for which.
const NO_OTHER: &str = "Cannot replace kernel functions";

/// What it says of a helper that programs of the type do not have: by age, of one that it has and of one that it has not.
const NO_HELPER: [&str; 3] = ["invalid func ", "unknown func ", "program of this type cannot use helper"];

pub(super) fn ask(program: ProgramType) -> Probed {
    if program.name().is_none() {
        return Probed::unknown("this number is not known here");
    }
    // What is attached in one way may be refused, and what is attached in another not.
    let pairs = told_apart(program);
    if pairs.is_empty() {
        return load(program, None);
    }
    let mut found: Option<Probed> = None;
    for attach in pairs {
        let probed = load(program, Some(*attach));
        if probed.answer == Answer::Yes {
            return probed;
        }
        let better = found.as_ref().is_none_or(|found| found.answer == Answer::No);
        found = if better { Some(probed) } else { found };
    }
    found.unwrap_or_else(|| load(program, None))
}

pub(super) fn ask_attach(program: ProgramType, attach: AttachType) -> Probed {
    if program.name().is_none() || attach.name().is_none() {
        return Probed::unknown("this number is not known here");
    }
    if !told_apart(program).contains(&attach) {
        return Probed::unknown("kernels do not look at the attach type when such a program is loaded");
    }
    load(program, Some(attach))
}

pub(super) fn ask_helper(program: ProgramType, helper: Helper) -> Probed {
    let by_target = [ProgramType::TRACING, ProgramType::EXT, ProgramType::LSM, ProgramType::STRUCT_OPS];
    if by_target.contains(&program) {
        return Probed::unknown("which helpers such a program has depends on what it is for");
    }
    let insns = [Insn::call_helper(helper), Insn::exit()];
    let (outcome, log) = send(program, told_apart(program).first().copied(), &insns);
    let said = |words: &&str| log.contains(words);
    match outcome {
        Ok(()) => Probed::yes(),
        Err(_) if NO_HELPER.iter().any(said) => Probed::no(last_line(&log)),
        // The verifier went on to what the helper was called with: it has it.
        Err(error) if !log.is_empty() && (error.is(errno::EACCES) || error.is(errno::EINVAL)) => {
            Probed::yes()
        }
        Err(error) if error.is(errno::EINVAL) => Probed::no(error.to_string()),
        Err(error) => Probed::unknown(error.to_string()),
    }
}

/// The first line that says something against it.
fn last_line(log: &str) -> String {
    let line = log.lines().find(|line| NO_HELPER.iter().any(|words| line.contains(words)));
    line.unwrap_or_default().trim().to_owned()
}

fn load(program: ProgramType, attach: Option<AttachType>) -> Probed {
    // Every type may return 1; some must, as those that see where a packet came from (`check_return_code`).
    let (outcome, log) = send(program, attach, &[Insn::mov64_imm(0, 1), Insn::exit()]);
    let error = match outcome {
        Ok(()) => return Probed::yes(),
        Err(error) => error,
    };
    let got_there = match program {
        ProgramType::TRACING | ProgramType::LSM => NOT_ITS_TARGET.iter().any(|words| log.contains(words)),
        ProgramType::EXT => log.contains(NO_OTHER),
        ProgramType::STRUCT_OPS => error.is(errno::ENOTSUPP) || log.contains("attach_btf_id 1"),
        _ => false,
    };
    if got_there {
        Probed::yes()
    } else if error.is(errno::EINVAL) || error.is(errno::E2BIG) {
        Probed::no(error.to_string())
    } else {
        Probed::unknown(error.to_string())
    }
}

/// Sends a program, and what the verifier said.
fn send(program: ProgramType, attach: Option<AttachType>, insns: &[Insn]) -> (Result<(), SysError>, String) {
    let code: Vec<u8> = insns.iter().flat_map(|insn| insn.to_ne_bytes()).collect();
    let mut load = ProgLoad::new(program, &code, c"GPL");
    if let Some(attach) = attach {
        load = load.expected_attach_type(attach);
    }
    load = match program {
        ProgramType::TRACING | ProgramType::LSM | ProgramType::EXT | ProgramType::STRUCT_OPS => {
            load.attach_btf_id(1)
        }
        ProgramType::SYSCALL => load.flags(flags::BPF_F_SLEEPABLE),
        ProgramType::LIRC_MODE2 => load.expected_attach_type(AttachType::LIRC_MODE2),
        _ => load,
    };
    let mut log = [0; LOG];
    let (outcome, size) = load.load_with_log(1, &mut log);
    let said = String::from_utf8_lossy(log.get(..size.written).unwrap_or_default()).into_owned();
    (outcome.map(drop), said)
}
