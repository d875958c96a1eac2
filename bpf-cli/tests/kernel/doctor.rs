//! `bpf doctor`, what refusals say to those without privileges, and BPF tokens: in containers made for it.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Completion, Failed, Trial};

use crate::commands::{DONE, Outcome, contains, fixture, is_registered, test, text};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("doctor: as root and as nobody", doctor),
        test("doctor: where nothing is mounted", bare),
        test("doctor: what is left is listed, and removed by name", leftovers),
        test("doctor: a trace instance of a process that is gone", instance),
        test("with some capabilities, all others are named at once", some_capabilities),
        test("a BPF token in a user namespace", token),
    ]
}

const BPF: &str = env!("CARGO_BIN_EXE_bpf");

fn code(output: &Output, wanted: i32) -> Result<String, Failed> {
    let text = text(output);
    if output.status.code() == Some(wanted) {
        Ok(text)
    } else {
        Err(format!("{}: {text}", output.status).into())
    }
}

/// A copy of the command where everybody can run it, removed in the end.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("bpf-{name}-{}", std::process::id()));
        std::fs::copy(BPF, &path)?;
        Ok(Self(path))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn doctor() -> Outcome {
    let output = Command::new(BPF).args(["--json", "doctor"]).output()?;
    let value: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let named =
        |name: &str| value["findings"].as_array().and_then(|all| all.iter().find(|one| one["name"] == name));
    let admin = named("CAP_SYS_ADMIN").ok_or("no CAP_SYS_ADMIN")?;
    if admin["answer"] != true || (value["well"] == true) != (output.status.code() == Some(0)) {
        return Err(value.to_string().into());
    }
    let copy = Copy::new("doctor")?;
    let output = Command::new(&copy.0).arg("doctor").uid(65534).gid(65534).output()?;
    let said = code(&output, 1)?;
    for wanted in ["no  CAP_BPF", "fix: run as root, or setcap cap_bpf+ep FILE", "things are missing"] {
        contains(&said, wanted)?;
    }
    DONE
}

/// Runs the command in a mount namespace where `/sys` is empty.
fn without_sys(args: &[&str]) -> std::io::Result<Output> {
    let script = "mount -t tmpfs none /sys && exec \"$@\"";
    Command::new("unshare").args(["-m", "sh", "-c", script, "sh", BPF]).args(args).output()
}

fn bare() -> Outcome {
    let output = without_sys(&["doctor"])?;
    if text(&output).contains("unshare") {
        return Ok(Completion::ignored_with(format!("no mount namespace: {}", text(&output))));
    }
    let said = code(&output, 1)?;
    for wanted in
        ["no  /sys/kernel/btf/vmlinux", "no  bpffs", "mount -t bpf bpffs /sys/fs/bpf", "no  tracefs"]
    {
        contains(&said, wanted)?;
    }
    // What loads says so too.
    let said = code(&without_sys(&["struct-ops", "register", &fixture("struct_ops/cong"), "--hold"])?, 1)?;
    contains(&said, "this kernel shows no BTF: /sys/kernel/btf/vmlinux does not exist")?;
    let said = code(&without_sys(&["run", &fixture("ring/printk"), "--for", "0.1"])?, 1)?;
    contains(&said, "tracefs")?;
    DONE
}

fn bpf(args: &[&str]) -> std::io::Result<Output> {
    Command::new(BPF).args(args).output()
}

fn leftovers() -> Outcome {
    code(&bpf(&["struct-ops", "register", &fixture("struct_ops/cong_nolink")])?, 0)?;
    let listed = bpf(&["doctor", "--leftovers"])?;
    let line = text(&listed)
        .lines()
        .find(|line| line.contains("tcp_congestion_ops bpf_without_any"))
        .map(str::to_owned);
    let key = line.as_deref().and_then(|line| line.split(": ").next()).unwrap_or_default().to_owned();
    let removed = bpf(&["doctor", "--leftovers", "--remove", &key])?;
    let still = is_registered("bpf_nolink")?;
    if still {
        code(&bpf(&["struct-ops", "unregister", "bpf_without_any_link"])?, 0)?;
    }
    contains(&code(&removed, 0)?, &format!("removed {key}"))?;
    if still || !key.starts_with("struct_ops:") {
        return Err(format!("`{key}` is still registered: {}", text(&listed)).into());
    }
    contains(&code(&bpf(&["doctor", "--leftovers", "--remove", &key])?, 2)?, "error[E0931]")?;
    DONE
}

fn instance() -> Outcome {
    let instances = Path::new("/sys/kernel/tracing/instances");
    // No process has such a number.
    let folder = instances.join("bpf_4194399_7");
    if std::fs::create_dir(&folder).is_err() {
        return Ok(Completion::ignored_with("no trace instance can be made in /sys/kernel/tracing"));
    }
    let listed = bpf(&["doctor", "--leftovers"])?;
    let removed = bpf(&["doctor", "--leftovers", "--remove"])?;
    let left = folder.exists();
    if left {
        std::fs::remove_dir(&folder)?;
    }
    let key = format!("trace:{}", folder.display());
    contains(&code(&listed, 0)?, &format!("{key}: trace instance of process 4194399, which is gone"))?;
    contains(&code(&removed, 0)?, &format!("removed {key}"))?;
    if left { Err("it is still there".into()) } else { DONE }
}

/// Runs the command with these capabilities alone, as `+bpf,+perfmon`.
fn with(capabilities: &str, args: &[&str]) -> std::io::Result<Output> {
    let set = format!("-all,{capabilities}");
    Command::new("setpriv").args(["--inh-caps", &set, "--bounding-set", &set, BPF]).args(args).output()
}

fn some_capabilities() -> Outcome {
    let file = fixture("ring/events");
    let output = with("+net_admin", &["run", &file, "--for", "0.1"])?;
    if let Some(line) = text(&output).lines().find(|line| line.contains("setpriv")) {
        return Ok(Completion::ignored_with(format!("needs the setpriv of util-linux: {line}")));
    }
    let said = code(&output, 1)?;
    contains(&said, "this process does not have CAP_BPF and CAP_PERFMON")?;
    contains(&said, "start the container or service with it")?;
    let said = code(&with("+bpf", &["run", &file, "--for", "0.1"])?, 1)?;
    contains(&said, "this process does not have CAP_PERFMON")?;
    let said = code(&with("+bpf,+perfmon", &["run", &file, "--for", "0.1"])?, 0)?;
    if said.contains("error") { Err(said.into()) } else { DONE }
}

/// Runs the command in a user namespace with a bpffs at `folder` that delegates.
fn inside(folder: &Path, delegates: &[&str], token: Option<&str>, args: &[&str]) -> std::io::Result<Output> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kernel/in_namespace.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(folder).args(delegates).arg("--").arg(BPF).args(args);
    command.env_remove("LIBBPF_BPF_TOKEN_PATH");
    if let Some(path) = token {
        command.env("LIBBPF_BPF_TOKEN_PATH", path);
    }
    command.output()
}

fn token() -> Outcome {
    let folder = std::env::temp_dir().join(format!("bpf-cli-token-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = token_in(&folder);
    std::fs::remove_dir(&folder)?;
    outcome
}

fn token_in(folder: &Path) -> Outcome {
    let all = ["delegate_cmds=any", "delegate_maps=any", "delegate_progs=any", "delegate_attachs=any"];
    let file = fixture("ring/events");
    let run = ["run", &file, "--for", "0.1"];
    // Of its own accord, once the kernel has refused.
    let output = match inside(folder, &all, None, &run) {
        Err(error) => return Ok(Completion::ignored_with(format!("python3: {error}"))),
        Ok(output) if output.status.code() == Some(77) => {
            return Ok(Completion::ignored_with(format!("no such namespace can be made: {}", text(&output))));
        }
        Ok(output) => output,
    };
    code(&output, 0)?;
    let path = folder.display().to_string();
    code(&inside(folder, &all, Some(&path), &run)?, 0)?;
    // Not with the token switched off.
    let said = code(&inside(folder, &all, Some(""), &run)?, 1)?;
    contains(&said, "only inside its own user namespace, where bpf(2) does not count it")?;
    contains(&said, "with a BPF token of it")?;
    // What is not delegated is named.
    let few = ["delegate_cmds=any", "delegate_maps=any", "delegate_progs=xdp", "delegate_attachs=any"];
    let said = code(&inside(folder, &few, None, &run)?, 1)?;
    contains(&said, &format!("the BPF token of {path} does not cover the type raw_tracepoint"))?;
    let said = code(&inside(folder, &all, Some("/proc"), &run)?, 1)?;
    contains(&said, "error[E0522]")?;
    contains(&said, "/proc, which is not on a bpffs")?;
    // The doctor tells.
    let said = text(&inside(folder, &all, None, &["doctor"])?);
    contains(&said, &format!("a BPF token of {path} stands in for capabilities: delegate_cmds=any"))?;
    DONE
}
