//! Loading programs: independent of each other, so in parallel; errors in the order of the file, all of them.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap};
use std::ffi::CString;
use std::num::NonZero;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use bpf_elf::{MapId, ProgramId};
use bpf_sys::prog::ProgLoad;
use bpf_sys::uapi::MapType;
use bpf_sys::{SysError, errno};

use crate::diagnose::{Asked, Circumstances, Refused, cause_among};
use crate::doctor::Facts;
use crate::load::encode::{Dangling, FUNC_INFO_SIZE, LINE_INFO_SIZE, encode};
use crate::load::{LoadError, ProgramError, ProgramsFailed, Stopped, Sys, SysRef, Types, jump_tables};
use crate::map::Map;
use crate::plan::{AttachPoint, Plan, PlanProgram, Step};
use crate::program::Program;
use crate::verifier::Report;

/// How often a load is tried that the kernel put off with `EAGAIN`.
const ATTEMPTS: u32 = 5;
/// The first and the largest buffer for a log, in bytes. Between them it grows fourfold.
const LOG_FIRST: usize = 64 << 10;
/// The smallest that every kernel takes.
const LOG_LEAST: usize = 128;
const LOG_MOST: usize = 64 << 20;

/// Programs, by their ids and the indexes of their instances.
pub(super) type Programs = BTreeMap<(ProgramId, u32), Program>;

/// What happened to one program.
enum Outcome {
    Loaded(OwnedFd, Option<String>),
    /// Without its cause, which is looked for when all are done.
    Refused(Asked, ProgramError),
    Dangling(Dangling),
}

/// Loads the programs of a plan, or some of them.
pub(super) fn load(
    plan: &Plan,
    programs: &[&PlanProgram],
    maps: &HashMap<MapId, Map>,
    types: Types<'_>,
    threads: Option<NonZero<usize>>,
    sys: &SysRef,
) -> Result<Programs, Stopped> {
    let outcomes: Vec<Mutex<Option<Outcome>>> = programs.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let (Some(program), Some(outcome)) = (programs.get(at), outcomes.get(at)) else { return };
            let loaded = load_one(plan, program, maps, types, sys.as_ref());
            *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(loaded);
        }
    };
    let threads = threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get);
    match threads.min(programs.len()) {
        0 | 1 => work(),
        threads => std::thread::scope(|scope| {
            // A thread that cannot be had is one less; this one works too.
            for _ in 1..threads {
                if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        }),
    }
    let outcomes =
        outcomes.into_iter().map(|outcome| outcome.into_inner().unwrap_or_else(PoisonError::into_inner));
    collect(plan, programs, outcomes, types.token.is_some(), sys)
}

fn collect(
    plan: &Plan,
    programs: &[&PlanProgram],
    outcomes: impl Iterator<Item = Option<Outcome>>,
    token: bool,
    sys: &SysRef,
) -> Result<Programs, Stopped> {
    let mut loaded = Programs::new();
    let (mut steps, mut errors) = (Vec::new(), Vec::new());
    let known = LazyCell::new(|| (plan.needed_capabilities(), Facts::read()));
    for (program, outcome) in programs.iter().zip(outcomes) {
        match outcome {
            Some(Outcome::Loaded(fd, log)) => {
                let key = (program.id, program.instance);
                loaded.insert(key, Program::new(plan, program, fd, log, sys.clone()));
            }
            Some(Outcome::Refused(asked, mut error)) => {
                let log = error.report.as_ref().map_or("", |report| report.log.as_str());
                let (needed, facts) = (known.0.as_slice(), &known.1);
                let circumstances = Circumstances { needed, token, log };
                *error.refused = cause_among(asked, &circumstances, &error.source, facts);
                steps.push(Step::Program(program.id));
                errors.push(error);
            }
            Some(Outcome::Dangling(dangling)) => {
                return Err(Stopped { steps: Vec::new(), error: dangle(program, &dangling) });
            }
            None => {}
        }
    }
    if errors.is_empty() {
        return Ok(loaded);
    }
    let object = plan.object().name().to_owned();
    Err(Stopped { steps, error: LoadError::Programs(ProgramsFailed { object, errors }) })
}

pub(super) fn dangle(program: &PlanProgram, dangling: &Dangling) -> LoadError {
    let (at, what) = match dangling {
        Dangling::Function(at) => (at, "a function that is not in the program"),
        Dangling::Map(at) => (at, "a map that was not created"),
        Dangling::Extern(at) => (at, "something of the kernel that was not found"),
    };
    LoadError::Dangling { program: program.name.clone(), at: at.0, what }
}

fn load_one(
    plan: &Plan,
    program: &PlanProgram,
    maps: &HashMap<MapId, Map>,
    types: Types<'_>,
    sys: &dyn Sys,
) -> Outcome {
    let tables = match jump_tables::create(program, types.token, sys) {
        Ok(tables) => tables,
        Err(source) => {
            let asked = Asked::map(MapType::INSN_ARRAY);
            return Outcome::Refused(asked, refusal(plan, program, None, source));
        }
    };
    let encoded = match encode(plan, program, maps, &tables, types) {
        Ok(encoded) => encoded,
        Err(dangling) => return Outcome::Dangling(dangling),
    };
    let license = license(&program.license);
    let mut load = ProgLoad::new(program.program_type, &encoded.insns, &license)
        .name(&program.kernel_name)
        .flags(program.flags)
        .ifindex(program.ifindex);
    load = match &program.attach {
        AttachPoint::None => load,
        AttachPoint::Type(attach) => load.expected_attach_type(*attach),
        AttachPoint::KernelType { attach_type, target } => {
            let load = load.attach_btf_id(target.id.0).expected_attach_type(*attach_type);
            match types.home(target) {
                Some(module) => load.attach_btf_obj(module),
                None => load,
            }
        }
        AttachPoint::StructOps { ops, member, .. } => {
            let load = load.attach_btf_id(ops.id.0).expected_attach_raw(*member);
            match types.home(ops) {
                Some(module) => load.attach_btf_obj(module),
                None => load,
            }
        }
    };
    // Descriptors are counted from 1; what stands at 0 is not looked at.
    let modules = program.modules.iter().take(1).chain(&program.modules);
    let modules: Vec<BorrowedFd<'_>> = modules.filter_map(|name| types.module(name)).collect();
    load = load.fd_array(&modules);
    if let Some(token) = types.token {
        load = load.token(token.as_fd());
    }
    if let Some(btf) = types.object {
        load = load.btf(btf.as_fd());
        load =
            load.func_info(FUNC_INFO_SIZE, &encoded.func_info).line_info(LINE_INFO_SIZE, &encoded.line_info);
    }
    if program.log_level != 0 {
        return with_log(plan, program, &load, None, sys);
    }
    let mut outcome = sys.prog_load(&load);
    for _ in 1..ATTEMPTS {
        if !outcome.as_ref().is_err_and(|error| error.is(errno::EAGAIN)) {
            break;
        }
        outcome = sys.prog_load(&load);
    }
    match outcome {
        Ok(fd) => Outcome::Loaded(fd, None),
        Err(error) => with_log(plan, program, &load, Some(error), sys),
    }
}

/// The license as a C string: up to a NUL, if there is one inside.
fn license(text: &str) -> CString {
    let until_nul = text.split('\0').next().unwrap_or_default();
    CString::new(until_nul).unwrap_or_default()
}

/// Loads with a log: because it was refused, or because the user wants to see it. Should it succeed where it was refused
/// before, so much the better.
fn with_log(
    plan: &Plan,
    program: &PlanProgram,
    load: &ProgLoad<'_>,
    refused: Option<SysError>,
    sys: &dyn Sys,
) -> Outcome {
    let wanted = program.log_size.and_then(|size| usize::try_from(size).ok());
    let mut size = wanted.map_or(LOG_FIRST, |size| size.clamp(LOG_LEAST, LOG_MOST));
    let mut put_off = 0;
    let (source, log, truncated) = loop {
        let mut buffer = vec![0; size];
        let (again, found) = sys.prog_load_with_log(load, program.log_level.max(1), &mut buffer);
        let source = match again {
            Ok(fd) => {
                buffer.truncate(found.written);
                let log = (program.log_level != 0).then(|| String::from_utf8_lossy(&buffer).into_owned());
                return Outcome::Loaded(fd, log);
            }
            Err(source) => source,
        };
        if refused.is_none() && source.is(errno::EAGAIN) && put_off + 1 < ATTEMPTS {
            put_off += 1;
            continue;
        }
        let needed = found.true_size.and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        let full = source.is(errno::ENOSPC) || needed > size;
        if !full || size >= LOG_MOST {
            buffer.truncate(found.written);
            // A full buffer is reported as ENOSPC, which says nothing of the program: the first answer does.
            let source = if source.is(errno::ENOSPC) { refused.unwrap_or(source) } else { source };
            break (source, String::from_utf8_lossy(&buffer).into_owned(), full);
        }
        size = needed.max(size.saturating_mul(4)).min(LOG_MOST);
    };
    let report = Report::read(plan, program, log, truncated).map(Box::new);
    Outcome::Refused(Asked::from(program), refusal(plan, program, report, source))
}

fn refusal(
    plan: &Plan,
    program: &PlanProgram,
    report: Option<Box<Report>>,
    source: SysError,
) -> ProgramError {
    let instance = plan.is_one_of_several(program).then_some(program.instance);
    let refused = Box::new(Refused::default());
    ProgramError { program: program.name.clone(), instance, report, refused, source }
}
