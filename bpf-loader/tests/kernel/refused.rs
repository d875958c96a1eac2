//! What is refused, by us before any call or by the kernel: the message, and nothing left behind.

use bpf_loader::{Diagnostic, Kernel, LoadError};
use libtest_mimic::Trial;

use crate::support::{DONE, Outcome, equal, holds, is_registered, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("members that do not fit this kernel", members),
        test("a member that the kernel needs is missing", incomplete),
        test("a name that is taken", taken),
        test("the verifier's refusals, all of them in order", verifier),
        test("an unguarded access to what is not there", unresolved),
        test("an object of the other byte order", other_endian),
        test("a plan for another kernel", other_kernel),
    ]
}

fn members() -> Outcome {
    for (fixture, code) in [
        ("cong_extra_nonzero", "E0411"),
        ("cong_extra_scalar", "E0411"),
        ("cong_wrong_size", "E0412"),
        ("cong_wrong_kind", "E0413"),
        ("cong_unknown_ops", "E0407"),
        ("cong_bitfield_nonzero", "E0411"),
    ] {
        let refused =
            open(&format!("struct_ops/{fixture}"))?.load().err().ok_or(format!("{fixture} was loaded"))?;
        let LoadError::Plan(failed) = &refused else { return Err(format!("{fixture}: {refused}").into()) };
        let others: Vec<&str> =
            failed.errors().iter().map(|error| error.code()).filter(|found| *found != code).collect();
        equal(fixture, others, vec![])?;
    }
    DONE
}

fn incomplete() -> Outcome {
    let loaded = open("struct_ops/cong_incomplete")?.load()?;
    let refused =
        loaded.struct_ops_variables().next().ok_or("no variable")?.attach().err().ok_or("registered")?;
    holds("it names the member", refused.to_string().contains("needs ssthresh, which is not set"))?;
    DONE
}

fn taken() -> Outcome {
    let (first, second) = (open("struct_ops/cong")?.load()?, open("struct_ops/cong")?.load()?);
    let link = first.struct_ops("bpf_demo_cc")?.attach()?;
    let refused = second.struct_ops("bpf_demo_cc")?.attach().err().ok_or("registered twice")?;
    holds("it names the name", refused.to_string().contains("\"bpf_demo_cc\" is registered already"))?;
    drop(link);
    let _link = second.struct_ops("bpf_demo_cc")?.attach()?;
    holds("then the second can be registered", is_registered("bpf_demo_cc")?)?;
    DONE
}

fn verifier() -> Outcome {
    let refused = open("verifier/reject")?.load().err().ok_or("loaded")?;
    let LoadError::Programs(failed) = &refused else { return Err(refused.into()) };
    let names: Vec<&str> = failed.errors().iter().map(|error| error.program.as_str()).collect();
    equal("refused programs", names, vec!["out_of_bounds", "null_dereference"])?;
    for (error, line) in failed.errors().iter().zip(["value[index]", "value[1]"]) {
        let report = error.report.as_ref().ok_or("no report")?;
        let labels = error.labels();
        holds(
            "the source line is named",
            labels.iter().any(|label| format!("{:?}", label.place).contains(line)),
        )?;
        holds("the log is whole", !report.truncated && report.log.contains("processed"))?;
    }
    DONE
}

fn unresolved() -> Outcome {
    let refused = open("core/missing")?.load().err().ok_or("loaded")?;
    let LoadError::Programs(failed) = &refused else { return Err(refused.into()) };
    let codes: Vec<&str> = failed.errors().iter().map(Diagnostic::code).collect();
    equal("a missing member, a missing struct, another kind", codes, vec!["E0152", "E0151", "E0153"])?;
    DONE
}

fn other_endian() -> Outcome {
    let mut path = crate::support::fixture("socket/minimal").display().to_string();
    let (from, to) = if cfg!(target_endian = "big") { (".eb.", ".el.") } else { (".el.", ".eb.") };
    path = path.replace(from, to);
    let refused = bpf_loader::Object::open(path)?.load().err().ok_or("loaded")?;
    equal("code", refused.code(), "E0401")?;
    DONE
}

fn other_kernel() -> Outcome {
    let object = open("struct_ops/cong")?;
    let here = Kernel::running();
    let copy = Kernel::builder().btf(here.btf()?.clone()).build();
    let plan = object.plan(&copy)?;
    holds("the same BTF is the same kernel", plan.load(&here).is_ok())?;
    equal(
        "not into one that is not running",
        plan.load(&copy).map(drop).map_err(|e| e.code()),
        Err("E0501"),
    )?;
    DONE
}
