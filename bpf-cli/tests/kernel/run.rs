//! `bpf run`: events are printed as they come, and nothing is left when it ends, however it ends.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Completion, Failed, Trial};

use crate::commands::{
    DONE, Outcome, contains, fails, fixture, gone, is_registered, linked_test, test, text,
};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("run: records of a ring buffer, until Ctrl-C", records),
        test("run: trace output, until SIGTERM; no instance is left", trace),
        test("run: JSON, a value a line, for a number of events", json),
        test("run: for a time, with timings", for_a_time),
        test("run: a reader that goes away ends it quietly", broken_pipe),
        linked_test("run: a struct_ops is registered meanwhile", struct_ops),
        test("run: nothing that attaches by itself", nothing),
        test("run: without privileges it says what is missing", unprivileged),
    ]
}

/// A running `bpf run`, ended with this value at the latest.
struct Running {
    child: Child,
    /// What it said on standard error until it was ready.
    said: String,
    errors: BufReader<std::process::ChildStderr>,
}

impl Running {
    /// Starts it, and waits until everything is attached.
    fn start(args: &[&str]) -> Result<Self, Failed> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bpf"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let errors = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        let mut running = Self { child, said: String::new(), errors };
        while !running.said.contains("press Ctrl-C") {
            if running.errors.read_line(&mut running.said)? == 0 {
                return Err(format!("it ended: {}", running.said).into());
            }
        }
        Ok(running)
    }

    fn signal(&self, name: &str) -> Result<(), Failed> {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status()?;
        if status.success() { Ok(()) } else { Err(format!("kill: {status}").into()) }
    }

    /// Waits for its end, ten seconds at most; what it printed, and what it said.
    fn end(mut self) -> Result<(ExitStatus, String, String), Failed> {
        let mut output = String::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            stdout.read_to_string(&mut output)?;
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err("it does not end".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut said = std::mem::take(&mut self.said);
        self.errors.read_to_string(&mut said)?;
        Ok((self.child.wait()?, output, said))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program under a name that nobody else uses: `true`, by a link that is removed again.
struct Named(PathBuf);

impl Named {
    fn new() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("bpfrun{}", std::process::id()));
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

/// A tracefs: the one that there is, or one of this test's own, unmounted in the end.
struct Tracefs {
    path: PathBuf,
    ours: bool,
}

impl Tracefs {
    fn mount() -> Result<Self, String> {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        if let Some(line) = mounts.lines().find(|line| line.contains(" - tracefs ")) {
            let path = PathBuf::from(line.split(' ').nth(4).unwrap_or_default());
            return Ok(Self { path, ours: false });
        }
        let path = std::env::temp_dir().join(format!("bpf-cli-tracefs-{}", std::process::id()));
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

fn ended_well(status: ExitStatus, said: &str) -> Result<(), Failed> {
    if status.success() { Ok(()) } else { Err(format!("{status}: {said}").into()) }
}

fn records() -> Outcome {
    let named = Named::new()?;
    let running = Running::start(&["run", &fixture("ring/events")])?;
    contains(&running.said, "attached program `on_exec` at raw tracepoint sched_process_exec")?;
    contains(&running.said, "skipped program `submit` in SEC(\"socket\")")?;
    (0..4).try_for_each(|_| named.run().map(drop))?;
    running.signal("-INT")?;
    let (status, output, said) = running.end()?;
    ended_well(status, &said)?;
    contains(&said, "detached 1, after ")?;
    // The name begins in the last four bytes of a line, and goes on in the next.
    let name = named.name();
    let (first, rest) = name.split_at(4);
    let lines: Vec<&str> = output.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0].starts_with("execs 32: ") && pair[0].ends_with(first));
    let count = pairs.filter(|pair| pair[1].contains(rest)).count();
    if count != 4 {
        return Err(format!("{count} of 4 in:\n{output}").into());
    }
    DONE
}

fn trace() -> Outcome {
    let tracefs = match Tracefs::mount() {
        Ok(tracefs) => tracefs,
        Err(why) => return Ok(Completion::ignored_with(format!("no tracefs can be mounted: {why}"))),
    };
    let named = Named::new()?;
    let running = Running::start(&["run", &fixture("ring/printk")])?;
    contains(&running.said, "attached program `on_exec` at tracepoint sched/sched_process_exec")?;
    let instance = tracefs.path.join(format!("instances/bpf_{}_0", running.child.id()));
    let there = instance.exists();
    let ids = [named.run()?, named.run()?];
    // Lines are looked at some times a second.
    std::thread::sleep(Duration::from_millis(500));
    running.signal("-TERM")?;
    let (status, output, said) = running.end()?;
    ended_well(status, &said)?;
    for id in ids {
        let wanted = format!("-{id} ");
        let line = output.lines().find(|line| line.contains(&wanted)).ok_or_else(|| output.clone())?;
        contains(line, ": bpf_trace_printk: fixture: exec ")?;
    }
    contains(&said, " of trace output)")?;
    if !there || instance.exists() {
        return Err(format!("{}: {there} meanwhile, {} now", instance.display(), instance.exists()).into());
    }
    DONE
}

fn json() -> Outcome {
    let named = Named::new()?;
    let running = Running::start(&["--json", "run", &fixture("ring/events"), "--events", "3", "--timings"])?;
    (0..3).try_for_each(|_| named.run().map(drop))?;
    let (status, output, said) = running.end()?;
    ended_well(status, &said)?;
    let values: Vec<serde_json::Value> =
        output.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let kinds: Vec<String> =
        values.iter().filter_map(|value| value.as_object()?.keys().next().cloned()).collect();
    if kinds != ["start", "timings", "event", "event", "event", "end"] {
        return Err(output.into());
    }
    for value in &values[2..5] {
        let event = &value["event"];
        // Others execute programs too: two at once may have got the same number.
        let number = event["hex"].as_str().and_then(|hex| hex.get(..16));
        let known =
            |number: &str| (0..4_u64).any(|n| n.to_ne_bytes().map(|b| format!("{b:02x}")).concat() == number);
        if !number.is_some_and(known) || event["len"] != 32 || event["map"] != "execs" {
            return Err(output.into());
        }
    }
    if values[5]["end"]["events"]["execs"] != 3 || values[0]["start"]["skipped"][0]["program"] != "submit" {
        return Err(output.into());
    }
    DONE
}

fn for_a_time() -> Outcome {
    let start = Instant::now();
    let running = Running::start(&["run", &fixture("ring/events"), "--for", "0.3", "--timings"])?;
    let (status, _, said) = running.end()?;
    ended_well(status, &said)?;
    let took = start.elapsed();
    for step in ["open ", "kernel ", "plan ", "load ", "attach ", "all "] {
        contains(said.lines().find(|line| line.starts_with("timings: ")).unwrap_or_default(), step)?;
    }
    if took < Duration::from_millis(300) {
        return Err(format!("it took {took:?}").into());
    }
    DONE
}

fn broken_pipe() -> Outcome {
    let named = Named::new()?;
    let mut running = Running::start(&["run", &fixture("ring/events")])?;
    drop(running.child.stdout.take());
    named.run()?;
    let (status, _, said) = running.end()?;
    ended_well(status, &said)?;
    if said.contains("error") || said.contains("panicked") {
        return Err(said.into());
    }
    DONE
}

fn struct_ops() -> Outcome {
    let running = Running::start(&["run", &fixture("struct_ops/cong")])?;
    contains(&running.said, "attached struct_ops `bpf_demo_cc`")?;
    let registered = is_registered("bpf_demo_cc")?;
    running.signal("-INT")?;
    let (status, _, said) = running.end()?;
    ended_well(status, &said)?;
    contains(&said, "detached 1, after 0 events")?;
    if !registered || is_registered("bpf_demo_cc")? {
        return Err("it is not registered exactly while it runs".into());
    }
    gone("bpf_demo_cc")?;
    DONE
}

fn nothing() -> Outcome {
    let said = fails(&["run", &fixture("socket/minimal")])?;
    contains(&said, "skipped program `seven` in SEC(\"socket\")")?;
    contains(&said, "error[E0920]: nothing of the object attaches by itself")?;
    DONE
}

fn unprivileged() -> Outcome {
    // The binary and the object may lie where nobody else can go: nobody gets copies.
    let path = |name: &str| std::env::temp_dir().join(format!("bpf-run-{}-{name}", std::process::id()));
    let (bpf, object) = (path("bpf"), path("events.bpf.o"));
    std::fs::copy(env!("CARGO_BIN_EXE_bpf"), &bpf)?;
    std::fs::copy(fixture("ring/events"), &object)?;
    let output = Command::new(&bpf).arg("run").arg(&object).uid(65534).gid(65534).output();
    std::fs::remove_file(&bpf)?;
    std::fs::remove_file(&object)?;
    let output = output?;
    if output.status.code() != Some(1) {
        return Err(text(&output).into());
    }
    contains(&text(&output), "CAP_BPF")?;
    contains(&text(&output), "help: run it as root")?;
    DONE
}
