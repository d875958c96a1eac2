//! Maps of what happens: counters, stacks, rings; and what is shared with the kernel otherwise.

use std::ops::ControlFlow::Continue;
use std::os::fd::{AsRawFd, OwnedFd};

use bpf_loader::{LoadedObject, RingBuffer};
use bpf_sys::TestRun;
use bpf_sys::uapi::flags::BPF_F_TEST_RUN_ON_CPU;

use super::Case;
use crate::support::{Failed, load};
use crate::types::packet::run;
use crate::types::{Observed, counter, long, open_with};

/// What the program reads in slot 0 on processor 0: its answer, and the count.
fn read_event(loaded: &LoadedObject) -> Result<(i64, u64), Failed> {
    let run = TestRun::new().flags(BPF_F_TEST_RUN_ON_CPU).cpu(0);
    loaded.program("counter")?.test_run(run)?;
    Ok((loaded.global("answer")?.get::<i64>()?, counter(loaded, "counted")?))
}

pub(super) fn perf_event_array(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["counter"], &["perf_event_array"])?.load()?;
    let (map, slot) = (loaded.map("perf_event_array")?, 0_u32.to_ne_bytes());
    let clock: OwnedFd = bpf_sys::perf::open_clock(0, 1_000_000_000)?;
    let (empty, _) = read_event(&loaded)?;
    map.update(&slot, &clock.as_raw_fd().to_ne_bytes(), 0)?;
    let (first, second) = (read_event(&loaded)?, read_event(&loaded)?);
    map.delete(&slot)?;
    let (gone, _) = read_event(&loaded)?;
    let enoent = -i64::from(bpf_sys::errno::ENOENT);
    Ok(Observed::new(
        (empty, first.0, second.0, second.1 > first.1, gone, map.info()?.max_entries),
        (enoent, 0, 0, true, enoent, bpf_sys::possible_cpus()?),
    ))
}

pub(super) fn stack_trace(case: Case) -> Result<Observed, Failed> {
    let mut object = open_with(case.fixture, &["stack"], &["stack_trace"])?;
    object.global_mut("target_tgid")?.set(&std::process::id())?;
    let loaded = object.load()?;
    let link = loaded.program("stack")?.attach()?;
    std::fs::metadata("/")?;
    drop(link);
    let id = u32::try_from(loaded.global("stack_id")?.get::<i64>()?)?;
    let stack = loaded.map("stack_trace")?.lookup(&id.to_ne_bytes())?.ok_or("nothing under that id")?;
    let frames = stack.chunks(8).map(long).collect::<Result<Vec<_>, _>>()?;
    let frames: Vec<_> = frames.into_iter().take_while(|address| *address != 0).collect();
    // The kernel has the upper half.
    let of_kernel = frames.iter().all(|address| address >> 63 == 1 || cfg!(target_arch = "s390x"));
    Ok(Observed::new((!frames.is_empty(), of_kernel), (true, true)))
}

pub(super) fn struct_ops(case: Case) -> Result<Observed, Failed> {
    let loaded = load(case.fixture)?;
    let ops = loaded.struct_ops_variables().next().ok_or("no variable")?;
    let state = || -> Result<String, Failed> { Ok(ops.info()?.state.to_string()) };
    let before = state()?;
    let link = ops.attach()?;
    let meanwhile = state()?;
    drop(link);
    Ok(Observed::new((before.as_str(), meanwhile.as_str()), ("INIT", "INUSE")))
}

pub(super) fn ringbuf(case: Case) -> Result<Observed, Failed> {
    let loaded = load(case.fixture)?;
    let mut ring = RingBuffer::new([loaded.map("small")?])?;
    for how in ["submit", "discard", "output"] {
        run(&loaded, how, 50)?;
    }
    let mut numbers = Vec::new();
    ring.consume(|record| {
        numbers.push(record.bytes().first_chunk().map(|number| u64::from_ne_bytes(*number)));
        Continue(())
    })?;
    Ok(Observed::new(numbers, vec![Some(0), Some(2)]))
}

pub(super) fn user_ringbuf(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["drain"], &["user_ringbuf"])?.load()?;
    let drained = loaded.program("drain")?.test_run(TestRun::new())?.retval;
    let info = loaded.map("user_ringbuf")?.info()?;
    Ok(Observed::new((drained, counter(&loaded, "records")?, info.max_entries), (0, 0, 4096)))
}

pub(super) fn arena(case: Case) -> Result<Observed, Failed> {
    let loaded = load(case.fixture)?;
    let value = || -> Result<u32, Failed> { Ok(loaded.global("counter")?.get::<u32>()?) };
    let before = value()?;
    let returned = loaded.program("use")?.test_run(TestRun::new())?.retval;
    loaded.global("counter")?.set(&500_u32)?;
    loaded.program("use")?.test_run(TestRun::new())?;
    Ok(Observed::new((before, returned, value()?), (40, 44, 501)))
}
