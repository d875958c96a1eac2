//! Types: opened, looked up, printed, cut.

use std::collections::HashSet;
use std::process::Command;

use bpf_btf::{Btf, Kind};
use bpf_loader::{Kernel, OpenOptions};

use super::{cold, process};
use crate::case::{Case, Done, Process, Work};
use crate::env::Env;
use crate::peers::{aya, libbpf};

/// A copy of the running kernel's BTF in an ordinary file.
const FILE: &str = "vmlinux.btf";

pub(super) const CASES: &[Case] = &[
    // name, peer, the two contenders, the ratio that is aimed at
    cold("sysfs: open, find task_struct", "libbpf", find_sysfs, libbpf_find_sysfs, Some(8.0)),
    cold("sysfs: open, find task_struct (aya)", "aya", find_sysfs, aya_find_sysfs, None),
    cold("file: read, find task_struct", "libbpf", find_file, libbpf_find_file, Some(2.5)),
    cold(
        "sysfs: 40 root types relocated",
        "libbpf",
        |env| relocate(env, "roots40.o"),
        |env| libbpf_relocate(env, "roots40.o"),
        None,
    ),
    cold(
        "sysfs: 200 root types relocated",
        "libbpf",
        |env| relocate(env, "roots200.o"),
        |env| libbpf_relocate(env, "roots200.o"),
        Some(90.0),
    ),
    cold(
        "sysfs: 200 root types relocated (aya)",
        "aya",
        |env| relocate(env, "roots200.o"),
        |env| aya_relocate(env, "roots200.o"),
        None,
    ),
    process(
        "minimize: 40 root types",
        "bpftool",
        |env| minimize(env, "roots40"),
        |env| bpftool_minimize(env, "roots40"),
        Some(4.0),
    ),
    process(
        "minimize: 200 root types",
        "bpftool",
        |env| minimize(env, "roots200"),
        |env| bpftool_minimize(env, "roots200"),
        Some(20.0),
    ),
];

const VMLINUX: &str = "/sys/kernel/btf/vmlinux";

fn find_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let kernel = Kernel::running();
        let btf = kernel.btf().map_err(|error| error.to_string())?;
        Done::new(find(btf), kernel.clone())
    }))
}

fn libbpf_find_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let btf = libbpf::Btf::vmlinux()?;
        Done::new(btf.find_struct(c"task_struct"), btf)
    }))
}

fn aya_find_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| aya::find_struct("task_struct")))
}

fn find_file(env: &Env) -> Result<Work, String> {
    let path = env.input(FILE);
    Ok(Box::new(move || {
        let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
        let btf = Btf::parse(bytes).map_err(|error| error.to_string())?;
        Done::new(find(&btf), btf)
    }))
}

fn libbpf_find_file(env: &Env) -> Result<Work, String> {
    let path = env.input(FILE);
    Ok(Box::new(move || {
        let btf = libbpf::Btf::file(&path)?;
        Done::new(btf.find_struct(c"task_struct"), btf)
    }))
}

fn find(btf: &Btf) -> u64 {
    btf.find("task_struct", Kind::STRUCT).map_or(0, |id| id.0.into())
}

/// Opens an object and resolves all that it asks of the running kernel's types.
fn relocate(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = OpenOptions::new().parse(&bytes).map_err(|error| error.to_string())?;
        let kernel = Kernel::running();
        let plan = object.plan(&kernel).map_err(|error| error.to_string())?;
        Done::new(plan.programs().len() as u64, (kernel, plan))
    }))
}

/// The same: libbpf does it in one step with loading the object's own types and creating its maps, of which it has none.
fn libbpf_relocate(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = libbpf::Object::open(&bytes)?;
        object.prepare()?;
        Done::new(object.programs(), object)
    }))
}

fn aya_relocate(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || aya::relocate(&bytes)))
}

fn minimize(env: &Env, object: &str) -> Process {
    let to = env.input("minimized.ours.btf");
    let mut command = Command::new(&env.bpf);
    command.args(["btf", "minimize", "vmlinux"]).arg(env.input(&format!("{object}.o"))).arg("-o").arg(&to);
    Process { command, writes: Some(to), answer: roots_kept(env, object) }
}

fn bpftool_minimize(env: &Env, object: &str) -> Process {
    let to = env.input("minimized.peer.btf");
    let mut command = Command::new("bpftool");
    command.args(["gen", "min_core_btf", VMLINUX]).arg(&to).arg(env.input(&format!("{object}.o")));
    Process { command, writes: Some(to), answer: roots_kept(env, object) }
}

/// Counts the structs with members that an object asks for, in what was kept. Its source declares them, one a line.
fn roots_kept(env: &Env, object: &str) -> Box<dyn Fn(&[u8]) -> u64> {
    let source = std::fs::read_to_string(env.input(&format!("{object}.bpf.c"))).unwrap_or_default();
    let root = |line: &str| Some(line.strip_prefix("struct ")?.split_once(" { unsigned int")?.0.to_owned());
    let roots: HashSet<String> = source.lines().filter_map(root).collect();
    Box::new(move |bytes| {
        let Ok(btf) = Btf::parse(bytes.to_vec()) else { return u64::MAX };
        let structs = btf.types().filter(|found| found.kind() == Kind::STRUCT && found.vlen() > 0);
        structs.filter(|found| found.name().is_ok_and(|name| roots.contains(name))).count() as u64
    })
}
