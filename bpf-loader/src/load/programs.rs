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
use crate::plan::{AttachPoint, Plan, PlanMap, PlanProgram, Ref, Step};
use crate::program::Program;
use crate::verifier::Report;

/// How often a load is tried that the kernel put off with `EAGAIN`.
const ATTEMPTS: u32 = 5;
/// The first and the largest buffer for a log, in bytes. Between them it grows fourfold.
const LOG_FIRST: usize = 64 << 10;
/// What all logs of a load take together, in bytes, if nothing else is said.
const LOGS: usize = 256 << 20;
/// Read-only data, and what sections with a name of their own begin with.
const RODATA: &str = ".rodata";
const RODATA_OF: &str = ".rodata.";
/// The smallest that every kernel takes.
const LOG_LEAST: usize = 128;
const LOG_MOST: usize = 64 << 20;

/// Programs, by their ids and the indexes of their instances.
pub(super) type Programs = BTreeMap<(ProgramId, u32), Program>;

/// How programs are loaded: on how many threads, with how much memory for logs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Means {
    pub(super) threads: Option<NonZero<usize>>,
    pub(super) log_memory: Option<usize>,
}

/// What happened to one program.
enum Outcome {
    Loaded(OwnedFd, Option<String>),
    /// It is to be loaded with a log: because it was refused, or because the user wants to see it.
    ToBeLogged(Option<SysError>),
    /// Without its cause, which is looked for when all are done.
    Refused(Asked, ProgramError),
    Dangling(Dangling),
}

/// What the programs of a load have in common.
#[derive(Clone, Copy)]
struct Common<'a> {
    plan: &'a Plan,
    maps: &'a HashMap<MapId, Map>,
    types: Types<'a>,
    sys: &'a dyn Sys,
}

/// Loads the programs of a plan, or some of them. Those that need a log are loaded once it is known how many they are: they
/// share the memory for logs evenly, so that what is kept of each does not depend on which thread was first.
pub(super) fn load(
    plan: &Plan,
    programs: &[&PlanProgram],
    maps: &HashMap<MapId, Map>,
    types: Types<'_>,
    means: Means,
    sys: &SysRef,
) -> Result<Programs, Stopped> {
    let common = Common { plan, maps, types, sys: sys.as_ref() };
    let mut outcomes = in_parallel(means.threads, programs, |program| common.load(program, Log::None));
    let wanted = |outcome: &Outcome| match outcome {
        Outcome::ToBeLogged(refused) => Some(*refused),
        _ => None,
    };
    let logged: Vec<(usize, Option<SysError>)> =
        outcomes.iter().enumerate().filter_map(|(at, outcome)| Some((at, wanted(outcome)?))).collect();
    let most = (means.log_memory.unwrap_or(LOGS) / logged.len().max(1)).clamp(LOG_LEAST, LOG_MOST);
    let again = in_parallel(means.threads, &logged, |(at, refused)| {
        programs.get(*at).map(|program| common.load(program, Log::Of { refused: *refused, most }))
    });
    for ((at, _), outcome) in logged.into_iter().zip(again) {
        if let (Some(place), Some(outcome)) = (outcomes.get_mut(at), outcome) {
            *place = outcome;
        }
    }
    collect(plan, programs, outcomes, types.token.is_some(), sys)
}

/// Does something with each item on that many threads; the results are in the order of the items.
fn in_parallel<T: Sync, R: Send>(
    threads: Option<NonZero<usize>>,
    items: &[T],
    work_on: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let (Some(item), Some(place)) = (items.get(at), results.get(at)) else { return };
            let result = work_on(item);
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    };
    // How many processors may be used takes a look at a dozen files.
    let threads = match items.len() {
        0 | 1 => 1,
        _ => threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get),
    };
    match threads.min(items.len()) {
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
    results
        .into_iter()
        .filter_map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// Binds to programs the read-only data that they do not refer to, so that what is said there of the object can be read
/// as long as the program lives (`bpf_metadata_…`, which bpftool shows). Nothing depends on it: kernels before 5.10 refuse,
/// and the load goes on.
pub(super) fn bind(
    plan: &Plan,
    programs: &[&PlanProgram],
    maps: &HashMap<MapId, Map>,
    loaded: &Programs,
    sys: &dyn Sys,
) {
    let data = |map: &&PlanMap| map.freeze && (map.name == RODATA || map.name.starts_with(RODATA_OF));
    for program in programs {
        let Some(live) = loaded.get(&(program.id, program.instance)) else { continue };
        let is_own = |map: &PlanMap| {
            map.copy.is_some_and(|copy| (copy.program, copy.instance) == (program.id, program.instance))
        };
        // An instance that has a copy has nothing to do with what it is a copy of.
        let of_another = |map: &&PlanMap| match map.copy {
            Some(_) => !is_own(map),
            None => {
                plan.maps().iter().any(|copy| is_own(copy) && copy.copy.map(|copy| copy.of) == Some(map.id))
            }
        };
        let used = |map: &&PlanMap| {
            program.insns.iter().any(|insn| match insn.reference {
                Some(Ref::Map(id) | Ref::MapValue { map: id, .. }) => id == map.id,
                _ => false,
            })
        };
        for map in plan.maps().iter().filter(data).filter(|map| !of_another(map) && !used(map)) {
            let Some(bound) = maps.get(&map.id) else { continue };
            if let Err(error) = sys.prog_bind_map(live.as_fd(), bound.as_fd()) {
                tracing::debug!(program = program.name, map = map.name, %error, "not bound");
            }
        }
    }
}

fn collect(
    plan: &Plan,
    programs: &[&PlanProgram],
    outcomes: Vec<Outcome>,
    token: bool,
    sys: &SysRef,
) -> Result<Programs, Stopped> {
    let mut loaded = Programs::new();
    let (mut steps, mut errors) = (Vec::new(), Vec::new());
    let known = LazyCell::new(|| (plan.needed_capabilities(), Facts::read()));
    for (program, outcome) in programs.iter().zip(outcomes) {
        match outcome {
            Outcome::Loaded(fd, log) => {
                let key = (program.id, program.instance);
                loaded.insert(key, Program::new(plan, program, fd, log, sys.clone()));
            }
            Outcome::Refused(asked, mut error) => {
                let log = error.report.as_ref().map_or("", |report| report.log.as_str());
                let (needed, facts) = (known.0.as_slice(), &known.1);
                let circumstances = Circumstances { needed, token, log };
                *error.refused = cause_among(asked, &circumstances, &error.source, facts);
                steps.push(Step::Program(program.id));
                errors.push(error);
            }
            Outcome::Dangling(dangling) => {
                return Err(Stopped { steps: Vec::new(), error: dangle(program, &dangling) });
            }
            // It was loaded again.
            Outcome::ToBeLogged(_) => {}
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

/// Whether a program is loaded with a log.
#[derive(Clone, Copy)]
enum Log {
    /// Without, unless it wants one.
    None,
    /// With, of so many bytes at most; what it was refused with before.
    Of { refused: Option<SysError>, most: usize },
}

impl Common<'_> {
    fn load(self, program: &PlanProgram, log: Log) -> Outcome {
        if matches!(log, Log::None) && program.log_level != 0 {
            return Outcome::ToBeLogged(None);
        }
        let Self { plan, maps, types, sys } = self;
        let tables = match jump_tables::create(program, types.token, sys) {
            Ok(tables) => tables,
            Err(source) => {
                let error = ProgramError {
                    part: Some("a jump table"),
                    ..ProgramError::new(plan, program, Box::<Refused>::default(), source)
                };
                return Outcome::Refused(Asked::map(MapType::INSN_ARRAY), error);
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
            load = load
                .func_info(FUNC_INFO_SIZE, &encoded.func_info)
                .line_info(LINE_INFO_SIZE, &encoded.line_info);
        }
        if let Log::Of { refused, most } = log {
            return self.with_log(program, &load, refused, most);
        }
        match patiently(|| sys.prog_load(&load)) {
            Ok(fd) => Outcome::Loaded(fd, None),
            Err(error) => Outcome::ToBeLogged(Some(error)),
        }
    }
}

/// A load that the kernel puts off is tried again.
fn patiently<T>(load: impl Fn() -> Result<T, SysError>) -> Result<T, SysError> {
    let mut outcome = load();
    for _ in 1..ATTEMPTS {
        if !outcome.as_ref().is_err_and(|error| error.is(errno::EAGAIN)) {
            break;
        }
        outcome = load();
    }
    outcome
}

/// The license as a C string: up to a NUL, if there is one inside.
fn license(text: &str) -> CString {
    let until_nul = text.split('\0').next().unwrap_or_default();
    CString::new(until_nul).unwrap_or_default()
}

/// Loads with a log: because it was refused, or because the user wants to see it. Should it succeed where it was refused
/// before, so much the better.
impl Common<'_> {
    fn with_log(
        self,
        program: &PlanProgram,
        load: &ProgLoad<'_>,
        refused: Option<SysError>,
        most: usize,
    ) -> Outcome {
        let Self { plan, sys, .. } = self;
        let wanted = program.log_size.and_then(|size| usize::try_from(size).ok());
        let mut size = wanted.unwrap_or(LOG_FIRST).clamp(LOG_LEAST, most);
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
            if !full || size >= most {
                buffer.truncate(found.written);
                // A full buffer is reported as ENOSPC, which says nothing of the program: the first answer does.
                let source = if source.is(errno::ENOSPC) { refused.unwrap_or(source) } else { source };
                break (source, String::from_utf8_lossy(&buffer).into_owned(), full);
            }
            size = needed.max(size.saturating_mul(4)).min(most);
        };
        let report = Report::read(plan, program, log, truncated).map(Box::new);
        let error =
            ProgramError { report, ..ProgramError::new(plan, program, Box::<Refused>::default(), source) };
        Outcome::Refused(Asked::from(program), error)
    }
}
