//! Each command as a user runs it, as root and as nobody.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use bpf_loader::struct_ops::live;
use bpf_loader::{Kernel, Object};
use libtest_mimic::{Completion, Failed, Trial};

pub(crate) type Outcome = Result<Completion, Failed>;

pub(crate) const DONE: Outcome = Ok(Completion::Completed);

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("the demo runs and leaves nothing", demo),
        test("the demo as JSON", demo_json),
        test("the demo without privileges says what is missing", demo_unprivileged),
        test("without a link: register, list, dump, unregister", without_link),
        linked_test("a pinned link: register, list, unregister", pinned),
        linked_test("a failure half way registers nothing", half_way),
        linked_test("killing the process that holds a link unregisters", killed),
        linked_test("pinning outside a bpffs is refused", not_bpffs),
        test("names that are not there", no_such_name),
    ]
}

pub(crate) fn test(name: &str, body: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    Trial::ignorable_test(name, move || match why_not() {
        Some(reason) => Ok(Completion::ignored_with(reason)),
        None => body(),
    })
}

/// A test of objects with a `.struct_ops.link` section: planning them says whether this kernel has such links.
pub(crate) fn linked_test(name: &str, body: fn() -> Outcome) -> Trial {
    test(name, move || {
        if has_links()? { body() } else { Ok(Completion::ignored_with("needs Linux 6.4: struct_ops links")) }
    })
}

/// Whether a struct_ops can be registered through a link here: planning one says so.
fn has_links() -> Result<bool, Failed> {
    Ok(match Object::open(fixture("struct_ops/cong"))?.plan(&Kernel::running()) {
        Err(failed) => failed.errors().iter().all(|error| error.code() != "E0408"),
        Ok(_) => true,
    })
}

/// The state of what is registered, by link or without.
fn registered_state() -> Result<&'static str, Failed> {
    Ok(if has_links()? { "READY" } else { "INUSE" })
}

fn why_not() -> Option<String> {
    if std::env::var_os("BPF_TEST_KERNEL").is_none_or(|value| value != "1") {
        return Some("BPF_TEST_KERNEL=1 is not set".to_owned());
    }
    live(&Kernel::running()).err().map(|error| error.to_string())
}

fn bpf(args: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_bpf")).args(args).output()
}

pub(crate) fn fixture(name: &str) -> String {
    let root = std::env::var_os("BPF_TEST_FIXTURES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures"), PathBuf::from);
    let order = if cfg!(target_endian = "big") { "eb" } else { "el" };
    root.join(format!("{name}.{order}.bpf.o")).display().to_string()
}

pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn succeeds(args: &[&str]) -> Result<String, Failed> {
    let output = bpf(args)?;
    if output.status.success() {
        Ok(text(&output))
    } else {
        Err(format!("{args:?}: {}", text(&output)).into())
    }
}

pub(crate) fn fails(args: &[&str]) -> Result<String, Failed> {
    let output = bpf(args)?;
    if output.status.code() == Some(1) {
        Ok(text(&output))
    } else {
        Err(format!("{args:?}: {}", text(&output)).into())
    }
}

pub(crate) fn contains(text: &str, wanted: &str) -> Result<(), Failed> {
    if text.contains(wanted) { Ok(()) } else { Err(format!("no `{wanted}` in:\n{text}").into()) }
}

pub(crate) fn is_registered(control: &str) -> std::io::Result<bool> {
    let listed = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control")?;
    Ok(listed.split_whitespace().any(|listed| listed == control))
}

/// Whether a struct_ops map of that name is in the kernel, within two seconds of it not being so.
pub(crate) fn gone(name: &str) -> Result<(), Failed> {
    let deadline = Instant::now() + Duration::from_secs(2);
    while live(&Kernel::running())?.iter().any(|live| live.name == name) {
        if Instant::now() > deadline {
            return Err(format!("{name} is still in the kernel").into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn demo() -> Outcome {
    let text = succeeds(&["demo"])?;
    contains(&text, "sent 64 MiB over loopback with bpf_demo_cc")?;
    contains(&text, "both ends agree on sha256")?;
    contains(&text, &format!("state {}", registered_state()?))?;
    contains(&text, "program demo_cong_avoid (id ")?;
    contains(&text, "the kernel no longer lists bpf_demo_cc")?;
    gone("bpf_demo_cc")?;
    DONE
}

fn demo_json() -> Outcome {
    let output = bpf(&["--json", "demo"])?;
    let value: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let acks = value["counters"]["acks_seen"].as_u64().ok_or("no counters")?;
    if acks == 0 || value["gone"] != true || value["struct_ops"]["state"] != registered_state()? {
        return Err(value.to_string().into());
    }
    DONE
}

fn demo_unprivileged() -> Outcome {
    // The binary may lie where nobody else can go: nobody gets a copy.
    let copy = std::env::temp_dir().join(format!("bpf-demo-{}", std::process::id()));
    std::fs::copy(env!("CARGO_BIN_EXE_bpf"), &copy)?;
    let output = Command::new(&copy).arg("demo").uid(65534).gid(65534).output();
    std::fs::remove_file(&copy)?;
    let output = output?;
    if output.status.code() != Some(1) {
        return Err(text(&output).into());
    }
    contains(&text(&output), "CAP_BPF")?;
    contains(&text(&output), "help: run it as root")?;
    contains(&text(&output), "plan of demo")?;
    DONE
}

fn without_link() -> Outcome {
    let file = fixture("struct_ops/cong_nolink");
    contains(&succeeds(&["struct-ops", "register", &file])?, "it stays until it is unregistered")?;
    let outcome = (|| {
        if !is_registered("bpf_nolink")? {
            return Err("it is not registered".into());
        }
        let list = succeeds(&["struct-ops", "list"])?;
        contains(&list, "bpf_without_any")?;
        contains(&list, "without a link: stays when its process ends")?;
        contains(&succeeds(&["struct-ops", "dump", "bpf_without_any_link"])?, "state INUSE")?;
        contains(&fails(&["struct-ops", "register", &file])?, "\"bpf_nolink\" is registered already")
    })();
    contains(
        &succeeds(&["struct-ops", "unregister", "bpf_without_any_link"])?,
        "unregistered bpf_without_any",
    )?;
    outcome?;
    if is_registered("bpf_nolink")? {
        return Err("it is still registered".into());
    }
    gone("bpf_without_any")?;
    DONE
}

/// A bpffs of this test's own, unmounted in the end.
struct Bpffs(PathBuf);

impl Bpffs {
    fn mount() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("bpf-cli-bpffs-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| error.to_string())?;
        let output = Command::new("mount").args(["-t", "bpf", "bpf"]).arg(&path).output();
        let output = output.map_err(|error| format!("mount: {error}"))?;
        if output.status.success() {
            return Ok(Self(path));
        }
        let _ = std::fs::remove_dir(&path);
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

impl Drop for Bpffs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

fn pinned() -> Outcome {
    let bpffs = match Bpffs::mount() {
        Ok(bpffs) => bpffs,
        Err(why) => return Ok(Completion::ignored_with(format!("no bpffs can be mounted: {why}"))),
    };
    let (file, dir) = (fixture("struct_ops/cong"), bpffs.0.display().to_string());
    contains(&succeeds(&["struct-ops", "register", &file, "--pin", &dir])?, "link pinned to")?;
    contains(&succeeds(&["struct-ops", "list"])?, "by link")?;
    if !is_registered("bpf_demo_cc")? {
        return Err("it is not registered after the command".into());
    }
    contains(&succeeds(&["struct-ops", "unregister", "bpf_demo_cc"])?, "its link is detached")?;
    if is_registered("bpf_demo_cc")? {
        return Err("it is still registered".into());
    }
    // Its pin is still there, and said to be in the way.
    let pin = bpffs.0.join("bpf_demo_cc");
    let in_the_way = fails(&["struct-ops", "register", &file, "--pin", &dir])?;
    contains(&in_the_way, &format!("rm {}", pin.display()))?;
    std::fs::remove_file(pin)?;
    gone("bpf_demo_cc")?;
    DONE
}

fn half_way() -> Outcome {
    let bpffs = match Bpffs::mount() {
        Ok(bpffs) => bpffs,
        Err(why) => return Ok(Completion::ignored_with(format!("no bpffs can be mounted: {why}"))),
    };
    // The second of two cannot be pinned: something stands in its place.
    std::fs::create_dir(bpffs.0.join("bpf_fast"))?;
    let refused = fails(&[
        "struct-ops",
        "register",
        &fixture("struct_ops/cong_shared"),
        "--pin",
        &bpffs.0.display().to_string(),
    ])?;
    contains(&refused, "bpf_fast")?;
    if is_registered("bpf_slow")? || is_registered("bpf_fast")? || bpffs.0.join("bpf_slow").exists() {
        return Err("the first of the two is still there".into());
    }
    std::fs::remove_dir(bpffs.0.join("bpf_fast"))?;
    gone("bpf_slow")?;
    DONE
}

fn killed() -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bpf"))
        .args(["struct-ops", "register", &fixture("struct_ops/cong"), "--hold"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let registered = is_registered("bpf_demo_cc")?;
    child.kill()?;
    child.wait()?;
    contains(&line, "registered bpf_demo_cc")?;
    if !registered {
        return Err("it was not registered while held".into());
    }
    gone("bpf_demo_cc")?;
    if is_registered("bpf_demo_cc")? {
        return Err("it is registered although its process is gone".into());
    }
    DONE
}

fn not_bpffs() -> Outcome {
    let dir = std::env::temp_dir().display().to_string();
    let refused = fails(&["struct-ops", "register", &fixture("struct_ops/cong"), "--pin", &dir])?;
    contains(&refused, "is not on a bpffs")?;
    contains(&refused, "mount -t bpf")?;
    if is_registered("bpf_demo_cc")? {
        return Err("it is registered".into());
    }
    DONE
}

fn no_such_name() -> Outcome {
    contains(&fails(&["struct-ops", "dump", "zzz"])?, "no struct_ops `zzz` is loaded")?;
    contains(&fails(&["struct-ops", "unregister", "id:4000000000"])?, "no struct_ops `id:4000000000`")?;
    contains(&fails(&["struct-ops", "register", &fixture("struct_ops/cong")])?, "--pin DIR keeps the link")?;
    contains(
        &fails(&["struct-ops", "register", &fixture("socket/minimal")])?,
        "has no struct_ops variables",
    )?;
    DONE
}
