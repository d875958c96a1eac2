//! Ring buffers, tracepoints and trace output: what programs send arrives, in order, once.

use std::ops::ControlFlow::{Break, Continue};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bpf_loader::attach::SkipReason;
use bpf_loader::events::TraceOutput;
use bpf_loader::{AttachOptions, LoadedObject, RingBuffer};
use bpf_sys::Epoll;
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Failed, Outcome, equal, holds, linked_test, load, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("ring buffer: records arrive in order, discarded ones do not", in_order),
        test("ring buffer: around the end many times", around),
        test("ring buffer: a full one drops, and counts", full),
        test("ring buffer: stopping early loses and repeats nothing", stopping),
        test("ring buffer: a second reader begins where the first stopped", restarted),
        test("ring buffer: waiting ends when a record comes, or in time", waiting),
        test("ring buffer: no wake-up is lost", hammered),
        test("ring buffer: two in one reader, one of them from a tracepoint", two_rings),
        test("ring buffer: maps of other types are refused", other_types),
        test("tracepoint: counts while attached", tracepoint),
        test("tracepoint: a cookie", cookie),
        test("tracepoint: names that are not there", no_such_tracepoint),
        test("tracepoint: without a tracefs", no_tracefs),
        test("trace output: lines from now on, and no instance is left", trace_output),
        test("an object is attached as a whole", whole_object),
        linked_test("an object is attached as a whole, or not at all", all_or_none),
    ]
}

/// Runs a socket filter of ring/events once: 1 if its record found a place.
fn emit(loaded: &LoadedObject, how: &str) -> Result<bool, Failed> {
    Ok(loaded.program(how)?.test_run(TestRun::new().data_in(&[0; 64]))?.retval == 1)
}

fn small(loaded: &LoadedObject) -> Result<RingBuffer, Failed> {
    Ok(RingBuffer::new([loaded.map("small")?])?)
}

/// The number that a record begins with, and whether the rest is as the program writes it.
fn number(bytes: &[u8]) -> Option<u64> {
    let (number, fill) = bytes.split_first_chunk::<8>()?;
    let number = u64::from_ne_bytes(*number);
    let good = [0, 32].contains(&fill.len()) && fill.iter().all(|byte| u64::from(*byte) == number & 0xff);
    good.then_some(number)
}

/// The numbers of all records that are there.
fn numbers(ring: &mut RingBuffer) -> Result<Vec<u64>, Failed> {
    let mut found = Vec::new();
    let count = ring.consume(|record| {
        found.push(number(&record));
        Continue(())
    })?;
    equal("records and callbacks", count, found.len())?;
    found.into_iter().collect::<Option<Vec<_>>>().ok_or_else(|| "a record is not as it was written".into())
}

fn in_order() -> Outcome {
    let loaded = load("ring/events")?;
    let mut ring = small(&loaded)?;
    equal("nothing yet", numbers(&mut ring)?, vec![])?;
    for how in ["submit", "discard", "output", "discard", "discard", "submit"] {
        holds("it found a place", emit(&loaded, how)?)?;
    }
    equal("numbers", numbers(&mut ring)?, vec![0, 2, 5])?;
    emit(&loaded, "discard")?;
    equal("a discarded one alone", numbers(&mut ring)?, vec![])?;
    let waited = ring.poll(Some(Duration::from_millis(20)), |_| Continue(()))?;
    equal("waiting after a discarded one", waited, 0)?;
    DONE
}

fn around() -> Outcome {
    let loaded = load("ring/events")?;
    let mut ring = small(&loaded)?;
    let (mut wanted, mut found) = (Vec::new(), Vec::new());
    // 3 records of 48 bytes and one of 16 a round: a hundred times around 4 KiB.
    for round in 0..2600_u64 {
        for (at, how) in (0..).zip(["submit", "output", "discard", "submit"]) {
            holds("it found a place", emit(&loaded, how)?)?;
            if how != "discard" {
                wanted.push(4 * round + at);
            }
        }
        if round % 7 == 0 {
            found.extend(numbers(&mut ring)?);
        }
    }
    found.extend(numbers(&mut ring)?);
    equal("how many", found.len(), 3 * 2600)?;
    holds("each of them once, in order", found == wanted)?;
    DONE
}

fn full() -> Outcome {
    let loaded = load("ring/events")?;
    let mut ring = small(&loaded)?;
    let mut placed = Vec::new();
    for number in 0..2000 {
        if emit(&loaded, "submit")? {
            placed.push(number);
        }
    }
    let size = loaded.map("small")?.info()?.max_entries;
    // 8 bytes of header and 40 of record each; the kernel leaves the last byte of a ring free.
    equal("as many as fit", placed.len(), (size as usize - 1) / 48)?;
    equal("dropped", loaded.global("dropped")?.get::<u64>()?, 2000 - placed.len() as u64)?;
    equal("what fit", numbers(&mut ring)?, placed)?;
    holds("there is room again", emit(&loaded, "submit")?)?;
    equal("and it comes", numbers(&mut ring)?, vec![2000])?;
    DONE
}

fn stopping() -> Outcome {
    let loaded = load("ring/events")?;
    let mut ring = small(&loaded)?;
    (0..9).try_for_each(|_| emit(&loaded, "submit").map(drop))?;
    let mut found = Vec::new();
    for wanted in [1, 2, 6, 0] {
        let mut left = wanted;
        let count = ring.consume(|record| {
            found.push(number(&record));
            left -= 1;
            if left == 0 { Break(()) } else { Continue(()) }
        })?;
        equal("how many came", count, wanted)?;
    }
    equal("each once", found, (0..9).map(Some).collect())?;
    // One whose callback panics is done with too.
    emit(&loaded, "submit")?;
    emit(&loaded, "submit")?;
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let caught =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ring.consume(|_| panic!("on purpose"))));
    std::panic::set_hook(hook);
    holds("it panicked", caught.is_err())?;
    equal("the next one", numbers(&mut ring)?, vec![10])?;
    DONE
}

fn restarted() -> Outcome {
    let loaded = load("ring/events")?;
    let mut first = small(&loaded)?;
    (0..4).try_for_each(|_| emit(&loaded, "output").map(drop))?;
    let second = RingBuffer::new([loaded.map("small")?]).map(drop).map_err(|error| error.code());
    equal("a second reader at the same time", second, Err("E0802"))?;
    first.consume(|_| Break(()))?;
    drop(first);
    equal("what is left", numbers(&mut small(&loaded)?)?, vec![1, 2, 3])?;
    // A reader outlives the object, and can go to another thread.
    let mut third = small(&loaded)?;
    emit(&loaded, "output")?;
    drop(loaded);
    let found = std::thread::spawn(move || numbers(&mut third).ok()).join();
    equal("in another thread", found.map_err(|_| "panicked")?, Some(vec![4]))?;
    DONE
}

fn waiting() -> Outcome {
    let loaded = load("ring/events")?;
    let mut ring = small(&loaded)?;
    let start = Instant::now();
    equal("nothing comes", ring.poll(Some(Duration::from_millis(60)), |_| Continue(()))?, 0)?;
    holds("it waited", start.elapsed() >= Duration::from_millis(60))?;
    let outer = Epoll::new()?;
    outer.add(ring.as_fd(), 1)?;
    let readable = || -> Result<bool, Failed> {
        let mut ready = Vec::new();
        outer.wait(Some(Duration::ZERO), &mut ready)?;
        Ok(!ready.is_empty())
    };
    holds("it is not readable", !readable()?)?;
    let start = Instant::now();
    let count = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            emit(&loaded, "submit").is_ok()
        });
        ring.poll(Some(Duration::from_secs(20)), |_| Continue(()))
    })?;
    equal("one came", count, 1)?;
    let waited = start.elapsed();
    holds("when it was sent", waited >= Duration::from_millis(100) && waited < Duration::from_secs(10))?;
    emit(&loaded, "submit")?;
    emit(&loaded, "submit")?;
    holds("it is readable", readable()?)?;
    ring.consume(|_| Break(()))?;
    holds("it is readable after half of it", readable()?)?;
    ring.consume(|_| Continue(()))?;
    holds("it is not readable when empty", !readable()?)?;
    DONE
}

fn hammered() -> Outcome {
    let loaded = load("ring/events")?;
    let mut ring = small(&loaded)?;
    let end = Instant::now() + Duration::from_secs(2);
    let (sent, found) = std::thread::scope(|scope| {
        let producer = scope.spawn(|| -> Result<u64, String> {
            let mut sent = 0;
            while Instant::now() < end {
                // One at a time, so that the reader is always about to fall asleep.
                if emit(&loaded, "output").map_err(|error| error.message().to_owned())? {
                    sent += 1;
                }
            }
            Ok(sent)
        });
        let mut found = Vec::new();
        loop {
            let over = producer.is_finished();
            // A lost wake-up would make this take its whole time once.
            let start = Instant::now();
            let count = ring.poll(Some(Duration::from_secs(1)), |record| {
                found.push(number(&record));
                Continue(())
            })?;
            if count > 0 && start.elapsed() > Duration::from_millis(900) {
                return Err(Failed::from("a record lay there for a second"));
            }
            if over && count == 0 {
                break;
            }
        }
        let sent = producer.join().map_err(|_| "panicked")??;
        Ok((sent, found))
    })?;
    let dropped = loaded.global("dropped")?.get::<u64>()?;
    holds("enough were sent to say anything", sent > 1000)?;
    equal("how many", (found.len() as u64, loaded.global("emitted")?.get::<u64>()?), (sent, sent + dropped))?;
    holds("all good, in order", found.iter().all(Option::is_some) && found.is_sorted_by(|a, b| a < b))?;
    DONE
}

/// A program under a name that nobody else uses: `true`, by a link that is removed again.
struct Named(PathBuf);

impl Named {
    fn new() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("bpfexec{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        std::os::unix::fs::symlink("/bin/true", &path)?;
        Ok(Self(path))
    }

    fn name(&self) -> String {
        self.0.file_name().unwrap_or_default().to_string_lossy().chars().take(15).collect()
    }

    /// Runs it; answers its process id.
    fn run(&self) -> std::io::Result<u32> {
        let mut child = Command::new(&self.0).arg0("true").spawn()?;
        child.wait()?;
        Ok(child.id())
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn two_rings() -> Outcome {
    let named = Named::new()?;
    let mut object = open("ring/events")?;
    let mut only = [0_u8; 16];
    only.iter_mut().zip(named.name().bytes()).for_each(|(to, from)| *to = from);
    object.global_mut("only_comm")?.set(&only)?;
    let loaded = object.load()?;
    let link = loaded.program("on_exec")?.attach()?;
    let mut both = RingBuffer::new([loaded.map("execs")?, loaded.map("small")?])?;
    equal(
        "maps",
        both.maps().map(|map| map.name().to_owned()).collect(),
        vec!["execs".to_owned(), "small".into()],
    )?;
    let mut wanted = Vec::new();
    for _ in 0..3 {
        wanted.push(named.run()?);
        emit(&loaded, "output")?;
    }
    let (mut execs, mut smalls) = (Vec::new(), Vec::new());
    let count = both.poll(Some(Duration::from_secs(1)), |record| {
        match record.map().name() {
            "execs" => {
                execs.push((number_at(&record, 0), record.get(8..12).map(<[u8]>::to_vec), record.len()));
            }
            _ => smalls.push(number(&record)),
        }
        Continue(())
    })?;
    equal("all at once", count, 6)?;
    let wanted: Vec<_> =
        (0..).zip(&wanted).map(|(at, id)| (Some(at), Some(id.to_ne_bytes().to_vec()), 32)).collect();
    equal("number, process and length of each", execs, wanted)?;
    equal("the other ring", smalls, vec![Some(0), Some(1), Some(2)])?;
    // A callback that stops each time leaves no ring out.
    named.run()?;
    (0..3).try_for_each(|_| emit(&loaded, "output").map(drop))?;
    let mut seen = Vec::new();
    for _ in 0..2 {
        both.consume(|record| {
            seen.push(record.map().name().to_owned());
            Break(())
        })?;
    }
    seen.sort();
    equal("one of each", seen, vec!["execs".to_owned(), "small".into()])?;
    link.detach()?;
    both.consume(|_| Continue(()))?;
    named.run()?;
    equal("nothing after detaching", both.consume(|_| Continue(()))?, 0)?;
    DONE
}

fn number_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn other_types() -> Outcome {
    let loaded = load("socket/filter_maps")?;
    for name in ["lengths", ".bss"] {
        let error = RingBuffer::new([loaded.map(name)?]).map(drop).err().ok_or("it was taken")?;
        equal("code", error.code(), "E0801")?;
        let text = error.to_string();
        holds("the map is named", text.contains(name) && text.contains("is not a ring buffer"))?;
        holds("what works is said", error.help().is_some_and(|help| help.contains("type ringbuf")))?;
    }
    DONE
}

/// A tracefs: the one that there is, or one of this test's own, unmounted in the end.
pub(crate) struct Tracefs {
    pub(crate) path: PathBuf,
    ours: bool,
}

impl Tracefs {
    fn there() -> Option<PathBuf> {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
        let line = mounts.lines().find(|line| line.contains(" - tracefs "))?;
        line.split(' ').nth(4).map(PathBuf::from)
    }

    pub(crate) fn mount() -> Result<Self, String> {
        if let Some(path) = Self::there() {
            return Ok(Self { path, ours: false });
        }
        let path = std::env::temp_dir().join(format!("bpf-loader-tracefs-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| error.to_string())?;
        let output = Command::new("mount").args(["-t", "tracefs", "tracefs"]).arg(&path).output();
        match output {
            Ok(output) if output.status.success() => Ok(Self { path, ours: true }),
            failed => {
                let _ = std::fs::remove_dir(&path);
                Err(format!("{failed:?}"))
            }
        }
    }
}

impl Drop for Tracefs {
    fn drop(&mut self) {
        if self.ours {
            let _ = Command::new("umount").arg(&self.path).status();
            let _ = std::fs::remove_dir(&self.path);
        }
    }
}

/// Runs a test that needs a tracefs.
fn with_tracefs(body: impl FnOnce(&Path) -> Outcome) -> Outcome {
    match Tracefs::mount() {
        Ok(tracefs) => body(&tracefs.path),
        Err(why) => Ok(Completion::ignored_with(format!("no tracefs can be mounted: {why}"))),
    }
}

fn tracepoint() -> Outcome {
    with_tracefs(|_| {
        let (loaded, named) = (load("ring/printk")?, Named::new()?);
        let seen = || loaded.global("execs_seen").and_then(|seen| seen.get::<u64>());
        let link = loaded.program("on_exec")?.attach()?;
        (0..5).try_for_each(|_| named.run().map(drop))?;
        // Others execute programs too.
        holds("all were seen", seen()? >= 5)?;
        holds("what is attached is said", link.what().contains("tracepoint sched/sched_process_exec"))?;
        link.detach()?;
        let after = seen()?;
        named.run()?;
        equal("it stands still", seen()?, after)?;
        let link = loaded.program("on_exec")?.attach_tracepoint("sched", "sched_process_exec")?;
        named.run()?;
        holds("attached again, by name", seen()? > after)?;
        drop(link);
        let after = seen()?;
        named.run()?;
        equal("dropping detaches", seen()?, after)?;
        DONE
    })
}

fn cookie() -> Outcome {
    with_tracefs(|_| {
        let options = AttachOptions::new().cookie(0x1234_5678_9abc);
        let plain = load("ring/printk")?;
        match options.attach(plain.program("on_exec")?) {
            Err(error) if error.code() == "E0610" => {
                return Ok(Completion::ignored_with("needs Linux 5.15: perf event links"));
            }
            attached => drop(attached?),
        }
        let mut object = open("ring/printk")?;
        object.global_mut("with_cookie")?.set(&1_u8)?;
        let loaded = object.load()?;
        let link = options.attach(loaded.program("on_exec")?)?;
        Named::new()?.run()?;
        equal("the cookie", loaded.global("cookie")?.get::<u64>()?, 0x1234_5678_9abc)?;
        let info = link.info()?.ok_or("it is a link")?;
        equal("the link's program", info.prog_id, loaded.program("on_exec")?.info()?.id)?;
        DONE
    })
}

fn no_such_tracepoint() -> Outcome {
    with_tracefs(|_| {
        let loaded = load("ring/printk")?;
        let program = loaded.program("on_exec")?;
        for (category, name) in
            [("sched", "sched_proces_exec"), ("shed", "sched_process_exec"), ("task", "sched_process_exec")]
        {
            let error = program.attach_tracepoint(category, name).map(drop).err().ok_or("it was attached")?;
            equal("code", error.code(), "E0603")?;
            holds("it is named", error.to_string().contains(&format!("`{category}/{name}`")))?;
            let help = error.help().unwrap_or_default();
            holds(&format!("{help} names the right one"), help.contains("`sched/sched_process_exec`"))?;
        }
        for name in ["../sched", "", ".."] {
            let error = program.attach_tracepoint("sched", name).map(drop).map_err(|error| error.code());
            equal("no path", error, Err("E0603"))?;
        }
        let raw = load("ring/events")?;
        let error = raw.program("on_exec")?.attach_raw_tracepoint("sched_proces_exec").map(drop);
        let help = error.err().and_then(|error| error.help()).unwrap_or_default();
        holds(&format!("{help} names the raw one"), help.contains("`sched_process_exec`"))?;
        DONE
    })
}

fn no_tracefs() -> Outcome {
    if Tracefs::there().is_some() || Path::new("/sys/kernel/debug/tracing/events").exists() {
        return Ok(Completion::ignored_with("a tracefs is mounted here"));
    }
    let error = load("ring/printk")?.attach().map(drop).err().ok_or("it was attached")?;
    equal("code", error.code(), "E0607")?;
    holds("what to do is said", error.help().is_some_and(|help| help.contains("mount -t tracefs")))?;
    equal("trace output", TraceOutput::open().map(drop).map_err(|error| error.code()), Err("E0805"))?;
    DONE
}

fn trace_output() -> Outcome {
    with_tracefs(|tracefs| {
        let instances = || -> std::io::Result<Vec<String>> {
            let own = format!("bpf_{}_", std::process::id());
            let names = std::fs::read_dir(tracefs.join("instances"))?.flatten();
            let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
            Ok(names.filter(|name| name.starts_with(&own)).collect())
        };
        let (loaded, named) = (load("ring/printk")?, Named::new()?);
        let links = loaded.attach()?;
        named.run()?;
        let mut output = TraceOutput::open()?;
        equal("an instance", instances()?.len(), 1)?;
        let mut lines = Vec::new();
        let mut read = |lines: &mut Vec<(String, String)>| {
            output.read(|line| {
                let message = line.message().unwrap_or_default().to_owned();
                if line.line().contains(&named.name()) || message.starts_with("fixture: ") {
                    lines.push((line.line().to_owned(), message));
                }
            })
        };
        read(&mut lines)?;
        let before = loaded.global("execs_seen")?.get::<u64>()?;
        let id = named.run()?;
        let deadline = Instant::now() + Duration::from_secs(5);
        let wanted = format!("-{id} ");
        while !lines.iter().any(|(line, _)| line.contains(&wanted)) {
            holds("the line comes within seconds", Instant::now() < deadline)?;
            std::thread::sleep(Duration::from_millis(10));
            read(&mut lines)?;
        }
        holds("no line from before", !lines.iter().any(|(_, message)| message == "fixture: exec 0"))?;
        let (line, message) = lines.iter().find(|(line, _)| line.contains(&wanted)).ok_or("gone")?;
        let number: u64 = message
            .strip_prefix("fixture: exec ")
            .and_then(|number| number.parse().ok())
            .ok_or("no number")?;
        holds(&format!("{line} has its number"), number >= before)?;
        drop(output);
        equal("no instance", instances()?, vec![])?;
        links.detach()?;
        DONE
    })
}

fn whole_object() -> Outcome {
    let loaded = load("ring/events")?;
    let links = loaded.attach()?;
    equal("links", links.links().len(), 1)?;
    let skipped: Vec<_> = links.skipped().iter().map(|one| (one.program.as_str(), one.reason)).collect();
    let by_hand = |name| (name, SkipReason::ByHand);
    equal("skipped", skipped, vec![by_hand("submit"), by_hand("output"), by_hand("discard")])?;
    let named = Named::new()?;
    named.run()?;
    let seen = loaded.global("execs_seen")?.get::<u64>()?;
    holds("it is attached", seen >= 1)?;
    links.detach()?;
    let seen = loaded.global("execs_seen")?.get::<u64>()?;
    named.run()?;
    equal("and detached", loaded.global("execs_seen")?.get::<u64>()?, seen)?;
    DONE
}

fn all_or_none() -> Outcome {
    let loaded = load("struct_ops/cong_shared")?;
    let last = loaded.struct_ops_variables().last().ok_or("no variables")?;
    let link = last.attach()?;
    equal(
        "one is registered already",
        loaded.attach().map(drop).map_err(|error| error.code()),
        Err("E0604"),
    )?;
    let registered: Vec<_> = loaded
        .struct_ops_variables()
        .map(|ops| (ops.name().to_owned(), ops.state() == bpf_loader::struct_ops::State::Registered))
        .collect();
    holds("there are two", registered.len() == 2)?;
    holds("only that one is", registered.iter().all(|(name, state)| *state == (name == last.name())))?;
    link.detach()?;
    let links = loaded.attach()?;
    equal("now both", (links.links().len(), links.skipped().len()), (2, 0))?;
    drop(links);
    DONE
}
