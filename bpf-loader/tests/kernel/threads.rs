//! Objects that several threads open, load and drop at a time, with one `Kernel` for all; programs that all are refused; what
//! the smallest object costs.

use std::fs::read_dir;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bpf_loader::load::LoadOptions;
use bpf_loader::object::Instances;
use bpf_loader::{Kernel, LoadError, LoadedObject, Map, Object, OpenOptions};
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::programs::Bpffs;
use crate::support::{DONE, Failed, Outcome, equal, fixture, holds, load, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("threads: eight load and drop what shares a kernel, and nothing stays open", together),
        test("threads: eight load an object with a pin, and have one map", one_pin),
        test("threads: 200 programs that are refused take a bounded memory", bounded),
        test("the smallest object costs two calls of bpf(2), and no types of the kernel", smallest),
    ]
}

const THREADS: usize = 8;

/// With one processor, as in a guest, there is less to be seen in more time.
fn how_long() -> Duration {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Duration::from_secs(if processors == 1 { 5 } else { 30 })
}

fn open_files() -> Result<usize, Failed> {
    Ok(read_dir("/proc/self/fd")?.count())
}

/// Objects with and without maps, globals, CO-RE, callbacks, instances.
fn objects() -> Result<Vec<Object>, Failed> {
    let mut instances = open("instances/filter")?;
    instances.program_mut("loops")?.set_autoload(false);
    instances.set_instances("pick", Instances::new(4).global("number", |index| index + 1))?;
    let names = ["socket/minimal", "socket/filter_maps", "struct_ops/cong", "tracing/raw_tp"];
    let mut objects = names.into_iter().map(open).collect::<Result<Vec<_>, _>>()?;
    objects.push(instances);
    Ok(objects)
}

fn once(object: &Object, kernel: &Kernel) -> Result<(), Failed> {
    let loaded = object.plan(kernel)?.load(kernel)?;
    let Ok(program) = loaded.program("seven") else { return Ok(()) };
    equal("seven", program.test_run(TestRun::new().data_in(&[0; 64]))?.retval, 7)
}

fn together() -> Outcome {
    let (kernel, objects) = (Kernel::running(), objects()?);
    // What is read once stays open.
    objects.iter().try_for_each(|object| once(object, &kernel))?;
    let (before, deadline) = (open_files()?, Instant::now() + how_long());
    let loads: Vec<AtomicU32> = objects.iter().map(|_| AtomicU32::new(0)).collect();
    let work = |first: usize| -> Result<(), Failed> {
        for at in (first..).take_while(|_| Instant::now() < deadline) {
            let at = at % objects.len();
            once(&objects[at], &kernel)?;
            // Opened anew, too.
            drop(Object::open(fixture("socket/minimal"))?);
            loads[at].fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || work(first))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread panicked")?)
    })?;
    equal("open files", open_files()?, before)?;
    holds("each object was loaded", loads.iter().all(|count| count.load(Ordering::Relaxed) > 0))?;
    DONE
}

/// Whoever comes first makes the map and its pin; all others use it, also those that found no pin when they looked.
fn one_pin() -> Outcome {
    let bpffs = match Bpffs::mount() {
        Ok(bpffs) => bpffs,
        Err(why) => return Ok(Completion::ignored_with(format!("no bpffs can be mounted: {why}"))),
    };
    let object = OpenOptions::new().pin_root(&bpffs.0).open(fixture("maps/pinned"))?;
    let kernel = Kernel::running();
    let plan = object.plan(&kernel)?;
    for _ in 0..20 {
        let start = std::sync::Barrier::new(THREADS);
        let loaded: Vec<LoadedObject> = std::thread::scope(|scope| {
            let load = || -> Result<LoadedObject, Failed> {
                start.wait();
                Ok(plan.load(&kernel)?)
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(load)).collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
                thread.join().map_err(|_| Failed::from("a thread panicked"))?
            };
            threads.into_iter().map(join).collect::<Result<_, Failed>>()
        })?;
        let path = bpffs.0.join("pinned_counts");
        let pinned = Map::open_pinned(&path)?.info()?.id;
        for one in &loaded {
            equal("its map", one.map("pinned_counts")?.info()?.id, pinned)?;
        }
        std::fs::remove_file(path)?;
    }
    DONE
}

/// The most memory that this process had, in bytes.
fn most_memory() -> Result<u64, Failed> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? << 10)
}

fn bounded() -> Outcome {
    let mut object = open("verifier/reject")?;
    for name in ["fine_before", "fine_after", "null_dereference"] {
        if let Ok(program) = object.program_mut(name) {
            program.set_autoload(false);
        }
    }
    object.set_instances("out_of_bounds", Instances::new(200))?;
    let kernel = Kernel::running();
    let plan = object.plan(&kernel)?;
    let before = most_memory()?;
    let error = LoadOptions::new().log_memory(8 << 20).load(&plan, &kernel).map(drop).unwrap_err();
    let LoadError::Programs(failed) = error else { return Err(error.into()) };
    let indexes: Vec<_> = failed.errors().iter().filter_map(|error| error.instance).collect();
    equal("all of them, in their order", indexes, (0..200).collect())?;
    let kept: usize = failed.errors().iter().filter_map(|error| Some(error.report.as_ref()?.log.len())).sum();
    holds("each has a log", failed.errors().iter().all(|error| error.report.is_some()))?;
    holds("the logs have room", kept <= 8 << 20)?;
    let more = most_memory()?.saturating_sub(before);
    holds(&format!("{more} bytes more are no more than 64 MiB"), more <= 64 << 20)?;
    DONE
}

/// The number of bpf(2).
const BPF: u32 = if cfg!(target_arch = "x86_64") {
    321
} else if cfg!(target_arch = "s390x") {
    351
} else {
    280
};

/// Counted by a program at the entry of system calls, which knows nothing of the loader.
fn smallest() -> Outcome {
    let mut watching = open("tracing/raw_tp")?;
    watching.global_mut("target_tgid")?.set(&std::process::id())?;
    let watching = watching.load()?;
    let link = watching.program("on_sys_enter")?.attach()?;
    let counts = watching.map("by_number")?;
    let calls = || -> Result<u64, Failed> {
        let value = counts.lookup(&BPF.to_ne_bytes())?.ok_or("bpf(2) was not seen")?;
        Ok(u64::from_ne_bytes(value.as_slice().try_into()?))
    };
    // That element is made by the first that is seen, which may be this one.
    let _ = counts.lookup(&BPF.to_ne_bytes())?;
    let idle = calls()?;
    equal("a look at the count is a call itself", calls()? - idle, 1)?;

    for (name, wanted) in [("socket/minimal", 2), ("socket/no_btf", 1), ("socket/filter_maps", 8)] {
        let kernel = Kernel::running();
        let before = calls()?;
        let loaded = Object::open(fixture(name))?.plan(&kernel)?.load(&kernel)?;
        let seen = calls()? - before - 1;
        equal("the types of the kernel were read", kernel.read_time().is_some(), false)?;
        holds(&format!("{name}: {seen} calls, {wanted} wanted"), seen <= wanted)?;
        drop(loaded);
    }
    drop(load("socket/minimal")?);
    link.detach()?;
    DONE
}
