//! Functions of programs: what is called when they throw, contexts by tag, helpers.

use bpf_btf::Kind;
use bpf_loader::{Kernel, Program};
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Failed, Outcome, equal, holds, load, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("programs throw, and what they name catches", throws),
        test("contexts by tag, in programs of two types", contexts),
        test("registers by tag, declared by their typedef", registers),
        test("helpers that read kernel and user memory", helpers),
    ]
}

fn run(program: &Program, len: usize) -> Result<u32, Failed> {
    Ok(program.test_run(TestRun::new().data_in(&vec![0; len]))?.retval)
}

fn throws() -> Outcome {
    if Kernel::running().btf()?.find("bpf_throw", Kind::FUNC).is_none() {
        return Ok(Completion::ignored_with("needs Linux 6.7: bpf_throw"));
    }
    let loaded = load("functions/throws")?;
    equal("nothing is thrown for a short packet", run(loaded.program("throws")?, 64)?, 0)?;
    equal("13 is thrown, and 64 added where it is caught", run(loaded.program("throws")?, 100)?, 77)?;
    equal("what is thrown is returned where nothing catches", run(loaded.program("plain")?, 64)?, 21)?;
    DONE
}

fn contexts() -> Outcome {
    let loaded = load("functions/arg_ctx")?;
    equal("length without the Ethernet header", run(loaded.program("filter")?, 100)?, 86)?;
    equal("XDP_PASS, a byte cut off", run(loaded.program("pass")?, 100)?, 2)?;
    // Where the kernel knows the tag the object's types are loaded as they are.
    let plan = loaded.plan();
    let count = |btf: Option<&bpf_btf::Btf>| btf.map_or(0, |btf| btf.last_id().0);
    let added = count(plan.btf()).saturating_sub(count(plan.object().file().btf()));
    let knows = Kernel::running().btf()?.find("btf_arg_tag", Kind::ENUM).is_some();
    equal("types added for a kernel without the tag", added, if knows { 0 } else { 10 })
        .and_then(|()| holds("the plan that was sent has types", plan.btf().is_some()))?;
    DONE
}

/// The verifier looks at a global function by itself, and lets it read registers only if it takes them for the context.
fn registers() -> Outcome {
    let loaded = load("functions/arg_ctx_regs")?;
    for name in ["probe", "sample"] {
        holds("the program is in the kernel", loaded.program(name)?.info()?.id != 0)?;
    }
    DONE
}

fn helpers() -> Outcome {
    let loaded = load("functions/probe_read")?;
    let calls = |program: &bpf_loader::plan::PlanProgram| -> Vec<i32> {
        let calls = program.insns.iter().filter(|planned| planned.insn.is_helper_call());
        calls.map(|planned| planned.insn.imm).collect()
    };
    let sent = loaded.plan().programs().iter().find(|program| program.name == "reads").map(calls);
    // Every kernel that these tests run on has them (5.5).
    equal("what was sent", sent, Some(vec![4, 113, 112, 115, 114]))?;
    let id = loaded.program("reads")?.info()?.id;
    holds("the program is in the kernel", id != 0)?;
    DONE
}
