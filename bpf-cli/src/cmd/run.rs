//! `bpf run`: load an object, attach it, and print what its programs send until somebody ends it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bpf_loader::events::TraceOutput;
use bpf_loader::uapi::{Helper, MapType};
use bpf_loader::{Links, LoadedObject, Object, RingBuffer};
use serde_json::{Value, json};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::args::Run;
use crate::cmd::{CommandError, Outcome, kernel};
use crate::out::Out;
use crate::render::event;

/// How often signals and trace output are looked at. Records of ring buffers come at once.
const TURN: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &Run, out: &Out) -> Outcome {
    out.value_a_line();
    let stop = Stop::new(args)?;
    let mut timings = Timings::new();
    let object = timings.step("open", || Object::open(&args.file))?;
    let kernel = kernel::chosen(None, &args.core)?;
    let plan = timings.step("plan", || object.plan(&kernel))?;
    timings.take_out("kernel", kernel.read_time().unwrap_or_default());
    let loaded = timings.step("load", || plan.load(&kernel))?;
    // Before anything is attached: its first event is not to be missed.
    let mut sources = Sources::open(&loaded, out)?;
    let links = timings.step("attach", || loaded.attach())?;
    report(&links, out);
    if args.timings {
        timings.show(out);
    }
    if links.links().is_empty() {
        return Err(nothing_attached(args, &links).into());
    }
    out.note("press Ctrl-C to stop");
    let mut seen = Seen::default();
    let outcome = watch(&mut sources, &stop, &mut seen, out);
    let count = links.links().len();
    links.detach().map_err(|failed| failed.error)?;
    outcome?;
    seen.show(count, out);
    Ok(())
}

/// Prints events until it is time to stop.
fn watch(sources: &mut Sources, stop: &Stop, seen: &mut Seen, out: &Out) -> Outcome {
    let begin = Instant::now();
    loop {
        let left = stop.time.map(|time| time.saturating_sub(begin.elapsed()));
        sources.rings.poll(Some(left.map_or(TURN, |left| left.min(TURN))), |record| {
            let map = record.map().name();
            out.part(|| event::record(map, record.bytes()), || event::record_json(map, record.bytes()));
            *seen.records.entry(map.to_owned()).or_default() += 1;
            if stop.enough(seen) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let Some(trace) = &mut sources.trace {
            trace.read(|line| {
                if !stop.enough(seen) {
                    out.part(|| event::trace(line), || event::trace_json(line));
                    seen.lines += 1;
                }
            })?;
        }
        let over = left.is_some_and(|left| left.is_zero());
        if !out.flush() || over || stop.enough(seen) || stop.asked.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
}

/// Where events come from.
struct Sources {
    rings: RingBuffer,
    trace: Option<TraceOutput>,
}

impl Sources {
    fn open(loaded: &LoadedObject, out: &Out) -> Result<Self, bpf_loader::EventError> {
        let rings = RingBuffer::new(loaded.maps().filter(|map| map.map_type() == MapType::RINGBUF))?;
        if !prints(loaded) {
            return Ok(Self { rings, trace: None });
        }
        let trace = TraceOutput::open();
        if let Err(error) = &trace {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
            let help = error.help().map(|help| format!(" ({help})"));
            let (cause, help) = (cause.unwrap_or_default(), help.unwrap_or_default());
            out.note(format!("trace output is not shown: {error}{cause}{help}"));
        }
        Ok(Self { rings, trace: trace.ok() })
    }
}

/// Whether any program prints trace output. The output of the others on the machine is not asked for then.
fn prints(loaded: &LoadedObject) -> bool {
    let helpers = [Helper::TRACE_PRINTK, Helper::TRACE_VPRINTK];
    let mut insns = loaded.plan().programs().iter().flat_map(|program| &program.insns).map(|insn| insn.insn);
    insns.any(|insn| {
        (insn.code, insn.src) == (CALL, 0)
            && helpers.iter().any(|helper| i64::from(helper.0) == i64::from(insn.imm))
    })
}

/// `BPF_JMP | BPF_CALL`: of a helper, where the source register is 0.
const CALL: u8 = 0x85;

/// When to stop.
struct Stop {
    /// Set by a signal; the second one ends the process.
    asked: Arc<AtomicBool>,
    time: Option<Duration>,
    events: u64,
}

impl Stop {
    fn new(args: &Run) -> Result<Self, CommandError> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            let second =
                signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, asked.clone());
            let first = second.and_then(|_| signal_hook::flag::register(signal, asked.clone()));
            first.map_err(|error| CommandError::new("E0919", "signals cannot be caught").source(error))?;
        }
        Ok(Self { asked, time: args.for_time, events: args.events.unwrap_or(u64::MAX) })
    }

    fn enough(&self, seen: &Seen) -> bool {
        seen.all() >= self.events
    }
}

/// What was printed.
#[derive(Default)]
struct Seen {
    /// By map.
    records: BTreeMap<String, u64>,
    lines: u64,
}

impl Seen {
    fn all(&self) -> u64 {
        self.records.values().sum::<u64>() + self.lines
    }

    fn show(&self, links: usize, out: &Out) {
        let of_map = self.records.iter().map(|(map, count)| format!("{count} of {map}"));
        let lines = (self.lines > 0).then(|| format!("{} of trace output", self.lines));
        let parts: Vec<String> = of_map.chain(lines).collect();
        let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
        out.note(format!("detached {links}, after {} events{parts}", self.all()));
        let value = || json!({ "end": { "detached": links, "events": self.records, "trace": self.lines } });
        out.value(value);
    }
}

/// Says what is attached, and what is not.
fn report(links: &Links, out: &Out) {
    for link in links.links() {
        out.note(format!("attached {}", link.what()));
    }
    for skipped in links.skipped() {
        out.note(format!("skipped {skipped}"));
    }
    out.value(|| {
        let attached: Vec<&str> = links.links().iter().map(bpf_loader::Link::what).collect();
        let skipped = links.skipped().iter().map(|skipped| {
            let reason = skipped.reason.to_string();
            json!({ "program": skipped.program, "section": skipped.section, "reason": reason })
        });
        json!({ "start": { "attached": attached, "skipped": skipped.collect::<Vec<_>>() } })
    });
}

fn nothing_attached(args: &Run, links: &Links) -> CommandError {
    let error = CommandError::new("E0920", "nothing of the object attaches by itself").at(&args.file, None);
    match links.skipped() {
        [] => error.help("it has no programs that are loaded, and no struct_ops variables"),
        _ => error.help("name targets in the sections, such as SEC(\"tracepoint/sched/sched_process_exec\")"),
    }
}

/// How long each step took, by the clock on the wall.
struct Timings {
    steps: Vec<(&'static str, Duration)>,
}

impl Timings {
    fn new() -> Self {
        Self { steps: Vec::new() }
    }

    fn step<T>(&mut self, name: &'static str, step: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = step();
        self.steps.push((name, start.elapsed()));
        done
    }

    /// Shows a part of the last step as one before it.
    fn take_out(&mut self, name: &'static str, part: Duration) {
        if let Some((whole, time)) = self.steps.pop() {
            self.steps.extend([(name, part), (whole, time.saturating_sub(part))]);
        }
    }

    fn show(&self, out: &Out) {
        let all: Duration = self.steps.iter().map(|(_, time)| *time).sum();
        let steps = || self.steps.iter().copied().chain([("all", all)]);
        let text: Vec<String> = steps().map(|(name, time)| format!("{name} {}", shown(time))).collect();
        out.note(format!("timings: {}", text.join(", ")));
        out.value(|| {
            let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
            let steps: serde_json::Map<String, Value> =
                steps().map(|(name, time)| (format!("{name}_us"), json!(micros(time)))).collect();
            json!({ "timings": steps })
        });
    }
}

/// Microseconds, or milliseconds from ten of them on.
fn shown(time: Duration) -> String {
    match time.as_micros() {
        micros @ 0..10_000 => format!("{micros} µs"),
        micros => format!("{}.{} ms", micros / 1000, micros / 100 % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (micros, wanted) in
            [(0, "0 µs"), (9_999, "9999 µs"), (10_000, "10.0 ms"), (1_234_567, "1234.5 ms")]
        {
            assert_eq!(shown(Duration::from_micros(micros)), wanted);
        }
        let mut timings = Timings { steps: vec![("plan", Duration::from_micros(10))] };
        timings.take_out("kernel", Duration::from_micros(4));
        let steps = timings.steps.iter().map(|(name, time)| (*name, time.as_micros())).collect::<Vec<_>>();
        assert_eq!(steps, [("kernel", 4), ("plan", 6)]);
    }
}
