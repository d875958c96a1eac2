//! What modules define: types, functions and tracepoints found in the right one, and structs of callbacks implemented.
//!
//! The module is that of `fixtures/module/kernel`, which `cargo xtask vm` builds and inserts into its guests.

use bpf_loader::btf::Kind;
use bpf_loader::struct_ops::{MemberValue, live};
use bpf_loader::{Answer, Diagnostic, Feature, Kernel, LoadError};
use bpf_sys::object::{ObjectKind, fd_by_id, ids};
use libtest_mimic::{Completion, Trial};
use std::os::fd::AsFd;

use crate::support::{DONE, Failed, Outcome, equal, holds, load, open, test};

const MODULE: &str = "bpf_fixture";
/// Reads what came of the last command, and takes the next.
const COMMANDS: &str = "/proc/bpf_fixture";
/// What `cargo xtask vm` says where it inserts the module; anything else is the reason why it does not.
const INSERTED: &str = "inserted";

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("module BTF: every inserted module's, as the kernel tells it", every_module),
        module_test("module BTF: a type, a kfunc and a tracepoint", definitions),
        module_test("module BTF: one that is cut short is passed over", cut_short),
        module_test("CO-RE finds the types of a module", core),
        ops_test("struct_ops of a module, with a link", with_link),
        ops_test("struct_ops of a module, without a link", without_link),
        ops_test("struct_ops of a module: what it refuses", refused),
        ops_test("struct_ops of a module: a plan for other modules", other_modules),
    ]
}

/// A test with the module.
pub(crate) fn module_test(name: &str, body: fn() -> Outcome) -> Trial {
    test(name, move || with_module(body))
}

/// A test of its struct of callbacks.
fn ops_test(name: &str, body: fn() -> Outcome) -> Trial {
    test(name, move || {
        let kernel = Kernel::running();
        kernel.btf()?;
        match kernel.feature(Feature::StructOpsModule) {
            Answer::No => Ok(Completion::ignored_with("needs Linux 6.9: struct_ops of modules")),
            _ => with_module(body),
        }
    })
}

fn with_module(body: fn() -> Outcome) -> Outcome {
    let why = match std::env::var("BPF_TEST_MODULE") {
        Ok(word) if word == INSERTED => return body(),
        Ok(why) => why,
        Err(_) => "`cargo xtask vm` builds it and inserts it in its guests".into(),
    };
    Ok(Completion::ignored_with(format!("needs the test module {MODULE}: {why}")))
}

/// The names and sizes of the BTF of modules, as `bpf(2)` tells them.
fn in_kernel() -> Result<Vec<(String, usize)>, Failed> {
    let mut found = Vec::new();
    for id in ids(ObjectKind::Btf) {
        let Ok(fd) = fd_by_id(ObjectKind::Btf, id?) else { continue };
        let info = bpf_sys::btf::info(fd.as_fd())?;
        if info.kernel_btf && info.name != "vmlinux" {
            found.push((info.name, usize::try_from(info.size)?));
        }
    }
    found.sort();
    Ok(found)
}

fn every_module() -> Outcome {
    let kernel = Kernel::running();
    // kernel/bpf/btf.c has it for the modules' BTF alone.
    if kernel.btf()?.find("btf_module", Kind::STRUCT).is_none() {
        let reason = "needs Linux 5.11 and CONFIG_DEBUG_INFO_BTF_MODULES: BTF of modules";
        return Ok(Completion::ignored_with(reason));
    }
    let mut found = Vec::new();
    for module in kernel.modules() {
        let btf = module.btf()?;
        holds(
            "it continues the kernel's",
            btf.base().map(|base| base.last_id()) == Some(kernel.btf()?.last_id()),
        )?;
        // Each type has a name that can be read.
        for found in btf.types() {
            found.name()?;
        }
        found.push((module.name().to_owned(), btf.bytes().len()));
    }
    equal("modules", found.clone(), in_kernel()?)?;
    if found.is_empty() {
        return Ok(Completion::ignored_with("no module with BTF is inserted"));
    }
    DONE
}

fn definitions() -> Outcome {
    let kernel = Kernel::running();
    let module = kernel.module(MODULE).ok_or("it is not inserted")?.btf()?;
    for (name, kind) in [
        ("bpf_fixture_state", Kind::STRUCT),
        ("bpf_struct_ops_bpf_fixture_ops", Kind::STRUCT),
        ("bpf_fixture_add", Kind::FUNC),
        ("btf_trace_bpf_fixture_command", Kind::TYPEDEF),
    ] {
        let id = module.find_own(name, kind).ok_or(format!("{name} is not in the module"))?;
        holds("its id comes after the kernel's", id > kernel.btf()?.last_id())?;
        equal("in the kernel itself", kernel.btf()?.find(name, kind), None)?;
        for other in kernel.modules().filter(|other| other.name() != MODULE) {
            equal(other.name(), other.btf()?.find_own(name, kind), None)?;
        }
    }
    let state = module.find("bpf_fixture_state", Kind::STRUCT).ok_or("no state")?;
    let size = module.get(state)?.size();
    equal("two of four bytes and one of eight", size, Some(16))?;
    // The types of the kernel are seen through it.
    equal(
        "task_struct",
        module.find("task_struct", Kind::STRUCT),
        kernel.btf()?.find("task_struct", Kind::STRUCT),
    )?;
    DONE
}

fn cut_short() -> Outcome {
    let running = Kernel::running();
    let whole = running.module(MODULE).ok_or("it is not inserted")?.btf()?.bytes().to_vec();
    let cut = whole[..whole.len() * 2 / 3].to_vec();
    let btf = running.btf()?.clone();
    let kernel =
        Kernel::builder().btf(btf.clone()).module("a_cut_one", cut.clone()).module(MODULE, whole).build();
    let error = kernel.module("a_cut_one").ok_or("it is not listed")?.btf().map(drop);
    equal("its error", error.map_err(|error| error.code()), Err("E0327"))?;
    let object = open("module/ops")?;
    let plan = object.plan(&kernel)?;
    let notices: Vec<&str> = plan.notices().iter().map(|notice| notice.code()).collect();
    equal("what is said of it", notices, vec!["E0452"])?;
    equal("the other one is used", plan.modules().collect::<Vec<_>>(), vec![MODULE])?;
    let failed = object
        .plan(&Kernel::builder().btf(btf).module(MODULE, cut).build())
        .err()
        .ok_or("planned from half a module")?;
    holds("no other has it", failed.errors().iter().any(|error| error.code() == "E0407"))?;
    DONE
}

fn core() -> Outcome {
    let loaded = load("module/core")?;
    equal("the plan rests on it", loaded.plan().modules().collect::<Vec<_>>(), vec![MODULE])?;
    let link = loaded.program("ask")?.attach()?;
    std::fs::metadata("/")?;
    drop(link);
    let word = |name| loaded.global(name).and_then(|global| global.get::<u32>());
    equal("the module's type", [word("has_state")?, word("has_total")?], [1, 1])?;
    equal("total, after two of four bytes", word("total_at")?, 8)?;
    equal("the kernel's, and nobody's", [word("has_task")?, word("has_nobody")?], [1, 0])?;
    DONE
}

/// What the module says of the last command.
fn says(what: &str) -> Result<bool, Failed> {
    Ok(std::fs::read_to_string(COMMANDS)?.trim() == what)
}

fn with_link() -> Outcome {
    holds("nothing is registered yet", says("nothing is registered")?)?;
    let loaded = load("module/ops")?;
    let ops = loaded.struct_ops("fixture_all")?;
    equal("state after load", ops.info()?.state.to_string(), "INIT".to_owned())?;
    let info = ops.map().info()?;
    holds("the map's value is a type of the module", info.btf_vmlinux_id != 0)?;
    let link = ops.attach()?;
    equal("state while linked", ops.info()?.state.to_string(), "READY".to_owned())?;
    for _ in 0..2 {
        std::fs::write(COMMANDS, "3 4")?;
    }
    holds(
        "sum is 3 + 4 + level, scaled that three times, total both scaled ones",
        says("name=all level=100 calls=2 sum=107 scaled=321 total=642")?,
    )?;
    let counter = |name| loaded.global(name).and_then(|global| global.get::<u64>());
    equal(
        "calls of each callback, and the last number of a call",
        [counter("sums")?, counter("scales")?, counter("ends")?, counter("last_call")?],
        [2; 4],
    )?;
    let value = ops.info()?;
    let level = value
        .members
        .iter()
        .find(|member| matches!(member, MemberValue::Data { name, .. } if name == "level"));
    equal(
        "level, decoded by the module's BTF",
        level,
        Some(&MemberValue::Data { name: "level".into(), value: "100".into(), zero: false }),
    )?;
    let all = live(&Kernel::running())?;
    let found =
        all.iter().find(|live| live.name == "fixture_all").ok_or("it is not in the list of live ones")?;
    equal("live: its struct", found.ops.as_str(), "bpf_fixture_ops")?;
    holds("live: one link, registered", found.links.len() == 1 && found.is_registered())?;
    link.detach()?;
    holds("it is gone", says("nothing is registered")?)?;
    let again = ops.attach()?;
    std::fs::write(COMMANDS, "1 1")?;
    holds("it counts anew", says("name=all level=100 calls=1 sum=102 scaled=306 total=306")?)?;
    drop(again);
    holds("it is gone again", says("nothing is registered")?)?;
    DONE
}

fn without_link() -> Outcome {
    let loaded = load("module/ops_nolink")?;
    let ops = loaded.struct_ops("fixture_few")?;
    equal("state after load", ops.info()?.state.to_string(), "INIT".to_owned())?;
    let link = ops.attach()?;
    equal("state", ops.info()?.state.to_string(), "INUSE".to_owned())?;
    std::fs::write(COMMANDS, "3 4")?;
    holds("what was called, and what was not", says("name=few level=0 calls=1 sum=12 scaled=0 total=0")?)?;
    link.detach()?;
    holds("it is gone", says("nothing is registered")?)?;
    holds("nothing takes the command", std::fs::write(COMMANDS, "3 4").is_err())?;
    DONE
}

fn refused() -> Outcome {
    // The module wants a sum; without it nothing is registered.
    let mut object = open("module/ops_nolink")?;
    object.struct_ops_mut("fixture_few")?.clear("sum")?;
    let attached = object.load()?.struct_ops("fixture_few")?.attach();
    equal(
        "without a callback that it needs",
        attached.map(drop).map_err(|error| error.code()),
        Err("E0601"),
    )?;
    let (first, second) = (load("module/ops_nolink")?, load("module/ops_nolink")?);
    let _link = first.struct_ops("fixture_few")?.attach()?;
    let attached = second.struct_ops("fixture_few")?.attach();
    equal("a second one", attached.map(drop).map_err(|error| error.code()), Err("E0601"))?;
    DONE
}

fn other_modules() -> Outcome {
    let running = Kernel::running();
    let object = open("module/ops_nolink")?;
    let btf = running.btf()?.clone();
    let module = running.module(MODULE).ok_or("it is not inserted")?.btf()?.bytes().to_vec();
    let same = Kernel::builder().btf(btf.clone()).module(MODULE, module.clone()).build();
    holds("the same module", object.plan(&same)?.load(&running).is_ok())?;
    let gone = Kernel::builder().btf(btf).module("bpf_fixture_too", module).build();
    let refused = object.plan(&gone)?.load(&running).err().ok_or("loaded with a module that is not there")?;
    equal("a module that is not there", refused.code(), "E0508")?;
    holds("it is named", matches!(&refused, LoadError::NoModule { module } if module == "bpf_fixture_too"))?;
    DONE
}
