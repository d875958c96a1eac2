//! Programs in the place of something: of the kernel's functions, of another program's; and at its security hooks.

use std::os::fd::{AsFd, OwnedFd};

use bpf_loader::uapi::ProgramType;
use bpf_loader::{Kernel, LoadedObject};
use bpf_sys::ProgLoad;
use bpf_sys::object::{ObjectKind, fd_by_id};

use super::Case;
use crate::support::{Failed, load, transfer};
use crate::types::packet::run;
use crate::types::{Observed, counter, open_with};

pub(super) fn struct_ops(case: Case) -> Result<Observed, Failed> {
    let loaded = load(case.fixture)?;
    let link = loaded.struct_ops("bpf_demo_cc")?.attach()?;
    transfer("bpf_demo_cc", 1)?;
    drop(link);
    let counted = ["connections_opened", "acks_seen"].map(|name| counter(&loaded, name));
    let [opened, acks] = counted;
    Ok(Observed::new((opened? >= 1, acks? >= 1), (true, true)))
}

pub(super) fn lsm(case: Case) -> Result<Observed, Failed> {
    let mut object = open_with(case.fixture, &["on_open"], &[])?;
    object.global_mut("target_tgid")?.set(&std::process::id())?;
    let loaded = object.load()?;
    let link = loaded.program("on_open")?.attach()?;
    (0..10).try_for_each(|_| std::fs::File::open("/proc/self/exe").map(drop))?;
    drop(link);
    Ok(Observed::new(counter(&loaded, "opens")?, 10))
}

pub(super) fn extension(case: Case) -> Result<Observed, Failed> {
    let target = open_with(case.fixture, &["all"], &[])?.load()?;
    let before = run(&target, "all", 50)?;
    let extension = load_extension(case, &target)?;
    let link = bpf_sys::link::raw_tracepoint_open(None, extension.as_fd(), 0)?;
    let meanwhile = run(&target, "all", 50)?;
    drop(link);
    Ok(Observed::new([before, meanwhile, run(&target, "all", 50)?], [51, 500, 51]))
}

/// Loads `ten_times` for `part` of the loaded program. It is planned as what it is not, since a plan knows of no other
/// program; both have the BTF of their object.
fn load_extension(case: Case, target: &LoadedObject) -> Result<OwnedFd, Failed> {
    let mut object = open_with(case.fixture, &["ten_times"], &[])?;
    object.program_mut("ten_times")?.set_program_type(ProgramType::SOCKET_FILTER);
    let plan = object.plan(&Kernel::running())?;
    let planned = plan.programs().first().ok_or("nothing is planned")?;
    let insns: Vec<u8> = planned.insns.iter().flat_map(|planned| planned.insn.to_ne_bytes()).collect();
    let functions = planned.func_info.iter().map(|(at, of)| (at.0, of.0));
    let functions: Vec<u8> =
        functions.flat_map(|(at, of)| [at.to_ne_bytes(), of.to_ne_bytes()]).flatten().collect();
    let btf = target.plan().btf().ok_or("the object is loaded without BTF")?;
    let part = btf.find("part", bpf_btf::Kind::FUNC).ok_or("there is no function `part`")?;
    let program = target.program("all")?;
    let btf = fd_by_id(ObjectKind::Btf, program.info()?.btf_id)?;
    let load = ProgLoad::new(ProgramType::EXT, &insns, c"GPL")
        .name("ten_times")
        .btf(btf.as_fd())
        .func_info(8, &functions)
        .attach_prog(program.as_fd())
        .attach_btf_id(part.0);
    Ok(load.load()?)
}
