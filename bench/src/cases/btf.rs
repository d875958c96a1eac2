//! Types: opened, looked up, printed, cut.

use std::collections::HashSet;
use std::ffi::CStr;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use bpf_btf::core::CandidateSet;
use bpf_btf::{Btf, Kind, TypeId, dump};
use bpf_loader::{Kernel, Object, OpenOptions};

use super::{cold, process, warm};
use crate::case::{Case, Done, Need, Process, Work, immediates};
use crate::env::Env;
use crate::peers::{VMLINUX, aya, btf_rs, libbpf};
use crate::stats::Answer;

/// A copy of the running kernel's BTF in an ordinary file.
const FILE: &str = "vmlinux.btf";
/// Objects that ask for a member of so many of the kernel's structs.
const ROOTS_40: &str = "roots40.o";
const ROOTS_200: &str = "roots200.o";

pub(super) const CASES: &[Case] = &[
    // name, peer, the two contenders, the ratio that is aimed at, what it takes
    cold("sysfs: open, find task_struct", "libbpf", find_sysfs, libbpf_find_sysfs, Some(8.0))
        .needs(&[Need::KernelBtf]),
    cold("sysfs: open, find task_struct (aya)", "aya", find_sysfs, aya_find_sysfs, None)
        .needs(&[Need::KernelBtf]),
    cold("file: read, find task_struct", "libbpf", find_file, libbpf_find_file, Some(2.5))
        .needs(&[Need::Input(FILE)]),
    cold("file: read, find task_struct (btf-rs maps)", "btf-rs", find_file, btf_rs_find_file, None)
        .needs(&[Need::Input(FILE)]),
    cold("file: map, find task_struct", "libbpf", find_mapped, libbpf_find_file, Some(15.0))
        .needs(&[Need::Input(FILE)]),
    cold("sysfs: validate every reference", "libbpf", validate_sysfs, libbpf_find_sysfs, Some(1.3))
        .needs(&[Need::KernelBtf]),
    cold("file: validate every reference", "libbpf", validate_file, libbpf_find_file, Some(2.0))
        .needs(&[Need::Input(FILE)]),
    // libbpf has no index of names; a program that wants one makes it of a map.
    cold("sysfs: index all names", "libbpf", index_sysfs, libbpf_index_sysfs, Some(3.0))
        .needs(&[Need::KernelBtf]),
    warm("a name that is there, indexed", "libbpf", |_| look_up(THERE), |_| libbpf_look_up(THERE), None)
        .needs(&[Need::KernelBtf]),
    warm(
        "a name that is not there, indexed",
        "libbpf",
        |_| look_up(ABSENT),
        |_| libbpf_look_up(ABSENT),
        None,
    )
    .needs(&[Need::KernelBtf]),
    cold(
        "sysfs: candidates of 200 root types",
        "libbpf",
        |env| candidates(env, ROOTS_200),
        |env| libbpf_candidates(env, ROOTS_200),
        Some(90.0),
    )
    .needs(&[Need::Input(ROOTS_200), Need::KernelBtf]),
    cold(
        "sysfs: 40 root types relocated",
        "libbpf",
        |env| relocate(env, ROOTS_40),
        |env| libbpf_relocate(env, ROOTS_40),
        None,
    )
    .needs(&[Need::Input(ROOTS_40), Need::KernelBtf, Need::Privileges]),
    cold(
        "sysfs: 200 root types relocated",
        "libbpf",
        |env| relocate(env, ROOTS_200),
        |env| libbpf_relocate(env, ROOTS_200),
        None,
    )
    .needs(&[Need::Input(ROOTS_200), Need::KernelBtf, Need::Privileges]),
    cold(
        "sysfs: 200 root types relocated (aya)",
        "aya",
        |env| relocate(env, ROOTS_200),
        |env| aya_relocate(env, ROOTS_200),
        None,
    )
    .needs(&[Need::Input(ROOTS_200), Need::KernelBtf]),
    cold("vmlinux as C, in memory", "libbpf", c_text, libbpf_c_text, Some(2.0)).needs(&[Need::KernelBtf]),
    process("vmlinux as C", "bpftool", |env| our_dump(env, "c"), |env| bpftool_dump(env, "c"), Some(8.0))
        .needs(&[Need::Input(FILE), Need::Bpf(&["btf", "dump"]), Need::Bpftool]),
    process(
        "vmlinux as raw text",
        "bpftool",
        |env| our_dump(env, "raw"),
        |env| bpftool_dump(env, "raw"),
        Some(8.0),
    )
    .needs(&[Need::Input(FILE), Need::Bpf(&["btf", "dump"]), Need::Bpftool]),
    process(
        "minimize: 40 root types",
        "bpftool",
        |env| minimize(env, "roots40"),
        |env| bpftool_minimize(env, "roots40"),
        Some(4.0),
    )
    .needs(&[Need::Input(ROOTS_40), Need::KernelBtf, Need::Bpftool]),
    process(
        "minimize: 200 root types",
        "bpftool",
        |env| minimize(env, "roots200"),
        |env| bpftool_minimize(env, "roots200"),
        Some(20.0),
    )
    .needs(&[Need::Input(ROOTS_200), Need::KernelBtf, Need::Bpftool]),
];

fn find_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let kernel = Kernel::running();
        let btf = kernel.btf().map_err(|error| error.to_string())?;
        Done::new((find(btf), 0), kernel.clone())
    }))
}

fn libbpf_find_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let btf = libbpf::Btf::vmlinux()?;
        Done::new((btf.find_struct(c"task_struct"), 0), btf)
    }))
}

fn aya_find_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| aya::find_struct("task_struct")))
}

fn read(path: &Path) -> Result<Btf, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let bytes = bpf_sys::FileBytes::read(&file).map_err(|error| error.to_string())?;
    Btf::lazy(bytes).map_err(|error| error.to_string())
}

fn find_file(env: &Env) -> Result<Work, String> {
    let path = env.input(FILE);
    Ok(Box::new(move || {
        let btf = read(&path)?;
        Done::new((find(&btf), 0), btf)
    }))
}

fn find_mapped(env: &Env) -> Result<Work, String> {
    let path = env.input(FILE);
    Ok(Box::new(move || {
        let file = File::open(&path).map_err(|error| error.to_string())?;
        // SAFETY: the file was made for this run, and nobody writes to it while that lasts.
        let mapped = unsafe { bpf_sys::FileMapping::unchanging(&file) };
        let btf = Btf::lazy(mapped.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        Done::new((find(&btf), 0), btf)
    }))
}

fn validate_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let kernel = Kernel::running();
        let btf = kernel.btf().map_err(|error| error.to_string())?;
        btf.validate().map_err(|error| error.to_string())?;
        Done::new((find(btf), 0), kernel.clone())
    }))
}

fn validate_file(env: &Env) -> Result<Work, String> {
    let path = env.input(FILE);
    Ok(Box::new(move || {
        let btf = read(&path)?;
        btf.validate().map_err(|error| error.to_string())?;
        Done::new((find(&btf), 0), btf)
    }))
}

fn index_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let kernel = Kernel::running();
        let btf = kernel.btf().map_err(|error| error.to_string())?;
        btf.index_names();
        Done::new((find(btf), 0), kernel.clone())
    }))
}

fn libbpf_index_sysfs(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let btf = libbpf::Btf::vmlinux()?;
        let id = btf.index_names(c"task_struct");
        Done::new((id, 0), btf)
    }))
}

/// A struct, and none.
const THERE: &CStr = c"vm_area_struct";
const ABSENT: &CStr = c"vm_area_strict";

fn look_up(name: &'static CStr) -> Result<Work, String> {
    let btf = Kernel::running().btf().map_err(|error| error.to_string())?.clone();
    btf.index_names();
    let name = name.to_str().map_err(|error| error.to_string())?;
    Ok(Box::new(move || Done::new((btf.find(name, Kind::STRUCT).map_or(0, |id| id.0.into()), 0), ())))
}

fn libbpf_look_up(name: &'static CStr) -> Result<Work, String> {
    let btf = libbpf::Btf::vmlinux()?;
    Ok(Box::new(move || Done::new((btf.find_struct(name), 0), ())))
}

/// What an object's root types may mean: the step that takes libbpf longest. Both sides find it from an object's bytes
/// and the running kernel.
fn candidates(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = OpenOptions::new().parse(&bytes).map_err(|error| error.to_string())?;
        let local = object.file().btf().ok_or("no BTF")?;
        let kernel = Kernel::running();
        let btf = kernel.btf().map_err(|error| error.to_string())?;
        let roots = roots(&object);
        let set = CandidateSet::find(local, roots.iter().copied(), &[btf]);
        let found =
            roots.iter().filter_map(|root| set.get(*root)?.ok()).map(|one| one.as_slice().len() as u64);
        let answer = (roots.len() as u64, found.sum());
        Done::new(answer, (kernel.clone(), set))
    }))
}

fn roots(object: &Object) -> HashSet<TypeId> {
    let relocs = object.file().functions().iter().flat_map(|function| &function.core);
    relocs.map(|reloc| reloc.record.type_id).collect()
}

/// libbpf's search is not to be had alone, so it is done as libbpf does it, by libbpf's calls: all types for each root.
fn libbpf_candidates(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = OpenOptions::new().parse(&bytes).map_err(|error| error.to_string())?;
        let local = object.file().btf().ok_or("no BTF")?;
        let btf = libbpf::Btf::vmlinux()?;
        let mut answer = (0, 0);
        for root in roots(&object) {
            let name = local.get(root).and_then(|root| root.name()).map_err(|error| error.to_string())?;
            answer = (answer.0 + 1, answer.1 + btf.structs_named(bpf_btf::essential_name(name)));
        }
        Done::new(answer, btf)
    }))
}

fn c_text(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let kernel = Kernel::running();
        let btf = kernel.btf().map_err(|error| error.to_string())?;
        let (text, written) = dump::C::new(btf).all_text();
        let answer = (text.len() as u64, written.left_out.len() as u64);
        Done::new(answer, (text, kernel.clone()))
    }))
}

fn libbpf_c_text(_: &Env) -> Result<Work, String> {
    Ok(Box::new(|| {
        let btf = libbpf::Btf::vmlinux()?;
        let text = btf.dump_c()?;
        Done::new((text.len() as u64, 0), (text, btf))
    }))
}

fn libbpf_find_file(env: &Env) -> Result<Work, String> {
    let path = env.input(FILE);
    Ok(Box::new(move || {
        let btf = libbpf::Btf::file(&path)?;
        Done::new((btf.find_struct(c"task_struct"), 0), btf)
    }))
}

fn btf_rs_find_file(env: &Env) -> Result<Work, String> {
    let path = env.input(FILE);
    Ok(Box::new(move || btf_rs::find_struct(&path, "task_struct")))
}

fn find(btf: &Btf) -> u64 {
    btf.find("task_struct", Kind::STRUCT).map_or(0, |id| id.0.into())
}

/// Opens an object and resolves all that it asks of the running kernel's types.
pub(super) fn relocate(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = OpenOptions::new().parse(&bytes).map_err(|error| error.to_string())?;
        let kernel = Kernel::running();
        let plan = object.plan(&kernel).map_err(|error| error.to_string())?;
        let insns = plan.programs().iter().flat_map(|program| &program.insns);
        Done::new(immediates(insns.map(|planned| planned.insn.imm)), (kernel, plan))
    }))
}

/// The same: libbpf does it in one step with loading the object's own types and creating its maps, of which it has none.
pub(super) fn libbpf_relocate(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = libbpf::Object::open(&bytes)?;
        object.prepare()?;
        Done::new(object.immediates(), object)
    }))
}

pub(super) fn aya_relocate(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || aya::relocate(&bytes)))
}

fn our_dump(env: &Env, format: &str) -> Process {
    let mut command = Command::new(&env.bpf);
    command.args(["btf", "dump"]).arg(env.input(FILE)).args(["--format", format]);
    Process { command, writes: None, answer: text(format) }
}

fn bpftool_dump(env: &Env, format: &str) -> Process {
    let mut command = Command::new("bpftool");
    command.args(["btf", "dump", "file"]).arg(env.input(FILE)).args(["format", format]);
    Process { command, writes: None, answer: text(format) }
}

/// Raw text has to be the same in lines and bytes. Headers may differ in order and guards: in C the definitions count.
fn text(format: &str) -> Box<dyn Fn(&[u8]) -> Answer> {
    if format == "raw" {
        return Box::new(|text| {
            (text.iter().filter(|byte| **byte == b'\n').count() as u64, text.len() as u64)
        });
    }
    Box::new(|text| {
        let lines = || text.split(|byte| *byte == b'\n');
        let is = |line: &[u8], start: &[u8], end: &[u8]| line.starts_with(start) && line.ends_with(end);
        let structs = lines().filter(|line| is(line, b"struct ", b" {")).count();
        (structs as u64, lines().filter(|line| is(line, b"typedef ", b";")).count() as u64)
    })
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

/// Counts the structs that an object asks for, and their members, in what was kept. Its source declares them, one a line.
fn roots_kept(env: &Env, object: &str) -> Box<dyn Fn(&[u8]) -> Answer> {
    let source = std::fs::read_to_string(env.input(&format!("{object}.bpf.c"))).unwrap_or_default();
    let root = |line: &str| Some(line.strip_prefix("struct ")?.split_once(" { unsigned int")?.0.to_owned());
    let roots: HashSet<String> = source.lines().filter_map(root).collect();
    Box::new(move |bytes| {
        let Ok(btf) = Btf::parse(bytes.to_vec()) else { return (0, 0) };
        let structs = btf.types().filter(|found| found.kind() == Kind::STRUCT && found.vlen() > 0);
        let kept = structs.filter(|found| found.name().is_ok_and(|name| roots.contains(name)));
        kept.fold((0, 0), |(types, members), found| (types + 1, members + u64::from(found.vlen())))
    })
}
