//! Instances of programs, seen to run: each with its instructions, its values, its target.

use bpf_btf::{Kind, Place};
use bpf_loader::attach::SkipReason;
use bpf_loader::load::InstanceAccess;
use bpf_loader::object::{Instances, Rewrite};
use bpf_loader::plan::{EditInsn, EditStream};
use bpf_loader::uapi::{Insn, ProgramType};
use bpf_loader::{Diagnostic, Kernel, LoadError, LoadedObject, Object, Program};
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::programs::Bpffs;
use crate::support::{DONE, Failed, Outcome, equal, holds, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("64 instances of a program each return their index", indexes),
        test("an instance that is longer, with a callback that is too", longer),
        test("instances with values of their own in .rodata", values),
        test("instances that are left out", skipped),
        test("instances that are added after loading", added),
        test("an edit that goes nowhere is refused before the kernel sees it", dangling),
        test("the verifier's refusal of an edited program names the source line", source_line),
        test("instances are attached with their object, each to its target", attached),
        test("an edited program throws, and what catches stays where nothing calls it", throws),
        test("a program of a type and with instructions that were set", set),
        test("instances are pinned by name and index", pinned),
        test("the verifier's log of a program that is not refused", log),
    ]
}

/// The object, without what needs `bpf_loop` (5.17).
fn object() -> Result<Object, Failed> {
    let mut object = open("instances/filter")?;
    object.program_mut("loops")?.set_autoload(false);
    Ok(object)
}

fn with(program: &str, instances: Instances) -> Result<LoadedObject, Failed> {
    let mut object = object()?;
    object.set_instances(program, instances)?;
    Ok(object.load()?)
}

fn run(program: &Program, len: usize) -> Result<u32, Failed> {
    Ok(program.test_run(TestRun::new().data_in(&vec![0; len]))?.retval)
}

fn returns_index(index: u32, mut stream: EditStream) -> Rewrite {
    let end = stream.function("pick").map_or(0, |range| range.end);
    let number = Insn::mov64_imm(0, index.cast_signed());
    stream.replace(0..end, [number, Insn::exit()].map(EditInsn::new));
    Rewrite::Replace(stream)
}

fn indexes() -> Outcome {
    let loaded = with("pick", Instances::new(64).rewrite(returns_index))?;
    let mut ids = Vec::new();
    for index in 0..64 {
        let program = loaded.instance("pick", index)?;
        equal("what it returns", run(program, 64)?, index)?;
        equal("its index", program.instance(), index)?;
        ids.push(program.info()?.id);
    }
    ids.sort_unstable();
    ids.dedup();
    equal("programs in the kernel", ids.len(), 64)?;
    equal("programs of the object", loaded.programs().count(), 65)?;
    equal("the first of them is the program", run(loaded.program("pick")?, 64)?, 0)?;
    DONE
}

/// The callback runs as often as the instance's index says, and adds twice each number: 0 + 1 + … twice.
fn longer() -> Outcome {
    if Kernel::running().btf()?.find("bpf_loop", Kind::FUNC).is_none() {
        return Ok(Completion::ignored_with("needs Linux 5.17: bpf_loop"));
    }
    let mut object = open("instances/filter")?;
    let instances = Instances::new(8).rewrite(|index, mut stream| {
        // `w1 = 5`, how often.
        stream.insns_mut()[4].insn.imm = index.cast_signed();
        let Some(add) = stream.function("add") else { return Rewrite::Skip };
        // `r1 += r1`: BPF_ALU64 | BPF_ADD | BPF_X.
        stream.insert(add.start, [EditInsn::new(Insn { code: 0x0f, dst: 1, src: 1, ..Insn::default() })]);
        Rewrite::Replace(stream)
    });
    object.set_instances("loops", instances)?;
    let loaded = object.load()?;
    for index in 0..8 {
        equal("twice the sum", run(loaded.instance("loops", index)?, 64)?, index * index.saturating_sub(1))?;
    }
    DONE
}

fn values() -> Outcome {
    let loaded = with("pick", Instances::new(4).global("number", |index| 10 * index))?;
    let zero = 0_u32.to_ne_bytes();
    for index in 0..4 {
        let program = loaded.instance("pick", index)?;
        equal("its number", run(program, 64)?, 10 * index)?;
        equal("its number, and 100 for a long packet", run(program, 200)?, 10 * index + 100)?;
        let map = loaded.instance_map("pick", index, ".rodata")?;
        let section = map.lookup(&zero)?.ok_or("no section")?;
        equal("in its map", section[..4].to_vec(), (10 * index).to_ne_bytes().to_vec())?;
        equal("what was not set", section[4..8].to_vec(), 1000_u32.to_ne_bytes().to_vec())?;
        holds("it cannot be written", map.update(&zero, &section, 0).is_err())?;
        let shared = loaded.instance_map("pick", index, ".bss")?.info()?.id;
        equal("what programs write is shared", shared, loaded.map(".bss")?.info()?.id)?;
    }
    equal("the object's own", loaded.global("number")?.get::<u32>()?, 7)?;
    DONE
}

fn skipped() -> Outcome {
    let odd = |index: u32, _| if index % 2 == 1 { Rewrite::Keep } else { Rewrite::Skip };
    let loaded = with("counted", Instances::new(4).rewrite(odd))?;
    equal("programs", loaded.programs().count(), 3)?;
    for (at, index) in [(1, 1), (2, 3)] {
        // They count in the same variable.
        equal("how often they ran", run(loaded.instance("counted", index)?, 64)?, at)?;
    }
    let program = || "counted".to_owned();
    let refused = |index| loaded.instance("counted", index).err();
    equal("left out", refused(2), Some(InstanceAccess::Skipped { program: program(), index: 2 }))?;
    let out_of_range = InstanceAccess::OutOfRange { program: program(), index: 4, count: 4 };
    equal("out of range", refused(4), Some(out_of_range))?;
    let codes: Vec<&str> = [2, 4].into_iter().filter_map(refused).map(|error| error.code()).collect();
    equal("their codes", codes, vec!["E0714", "E0713"])?;
    let one = InstanceAccess::OutOfRange { program: "pick".into(), index: 1, count: 1 };
    equal("a program without instances is one", loaded.instance("pick", 1).err(), Some(one))?;
    DONE
}

fn added() -> Outcome {
    let numbers = |count| Instances::new(count).global("number", |index| 3 * index);
    let mut loaded = with("pick", numbers(2).keep_stream())?;
    equal("the indexes of those added", loaded.add_instances("pick", &numbers(3))?, 2..5)?;
    for index in 0..5 {
        equal("its number", run(loaded.instance("pick", index)?, 64)?, 3 * index)?;
    }
    equal("programs of the plan", loaded.plan().programs().len(), 6)?;
    let nonsense = Instances::new(2).rewrite(|_, mut stream| {
        stream.remove(11..12);
        Rewrite::Replace(stream)
    });
    let refused = loaded.add_instances("pick", &nonsense).err().ok_or("added")?;
    equal("two errors", refused.related().len(), 2)?;
    // The verifier refuses one of these, and so all of them.
    let unread = Instances::new(2).rewrite(|index, mut stream| {
        if index == 6 {
            stream.insns_mut()[5].insn = Insn::mov64_reg(0, 9);
        }
        Rewrite::Replace(stream)
    });
    let refused = loaded.add_instances("pick", &unread).err().ok_or("added")?;
    holds(
        "it names the instance",
        refused.to_string().starts_with("program `pick`, instance 6, was refused"),
    )?;
    equal("nothing was added", loaded.programs().count(), 6)?;
    equal("indexes go on", loaded.add_instances("pick", &Instances::new(1).rewrite(returns_index))?, 5..6)?;
    equal("it returns its index", run(loaded.instance("pick", 5)?, 64)?, 5)?;
    let refused = loaded.add_instances("counted", &Instances::new(1)).err().ok_or("added")?;
    equal("nothing was kept of others", refused.code(), "E0715")?;
    DONE
}

fn dangling() -> Outcome {
    let instances = Instances::new(2).rewrite(|_, mut stream| {
        stream.remove(11..12);
        Rewrite::Replace(stream)
    });
    let mut object = object()?;
    object.set_instances("pick", instances)?;
    let refused = object.load().err().ok_or("loaded")?;
    let LoadError::Plan(failed) = &refused else { return Err(refused.into()) };
    let codes: Vec<&str> = failed.errors().iter().map(|error| error.code()).collect();
    equal("both are refused", codes, vec!["E0471", "E0471"])?;
    DONE
}

fn source_line() -> Outcome {
    let mut object = object()?;
    let instances = Instances::new(3).rewrite(|index, mut stream| {
        if index == 1 {
            // `w0 = w1` of the last line; r9 was never written.
            stream.insns_mut()[5].insn = Insn::mov64_reg(0, 9);
        }
        let nothing = EditInsn::new(Insn::mov64_imm(3, 0));
        stream.insert(7, [nothing; 3]);
        stream.insert(1, [nothing; 5]);
        stream.insert(0, [nothing; 4]);
        Rewrite::Replace(stream)
    });
    object.set_instances("pick", instances)?;
    let refused = object.load().err().ok_or("loaded")?;
    let LoadError::Programs(failed) = &refused else { return Err(refused.into()) };
    let [error] = failed.errors() else { return Err(refused.into()) };
    equal("the instance", error.instance, Some(1))?;
    let report = error.report.as_ref().ok_or("no report")?;
    equal("the instruction that was sent", report.insn, Some(5 + 4 + 5))?;
    let Some(Place::Source { line, text, .. }) = &report.source else { return Err("no source".into()) };
    equal("the line", (*line, text.trim()), (33, "return number + more;"))?;
    // The kernel was told the same: it prints the line before the first instruction of it.
    let last = report.log.lines().rfind(|line| line.starts_with("; ")).unwrap_or_default();
    holds("the kernel's own idea of the line", last.starts_with("; return number + more;"))?;
    let lines: Vec<&str> = report.log.lines().filter(|line| line.starts_with("; ")).collect();
    holds("the call before it", lines.iter().any(|line| line.starts_with("; int more = large(skb);")))?;
    holds("and what is called", lines.iter().any(|line| line.starts_with("; if (skb->len > 64)")))?;
    DONE
}

fn attached() -> Outcome {
    let mut object = open("tracing/raw_tp")?;
    let name = object.programs().first().ok_or("no program")?.name().to_owned();
    let own = |index| ["sys_enter", "sys_exit", "sys_enter"][usize::from(index == 1)];
    object.set_instances(&name, Instances::new(3).target(own))?;
    let loaded = object.load()?;
    let links = loaded.attach()?;
    equal("links", links.links().len(), 3)?;
    let targets: Vec<_> =
        (0..3).map(|index| Ok(loaded.instance(&name, index)?.target())).collect::<Result<_, Failed>>()?;
    equal("targets", targets, vec![Some("sys_enter"), Some("sys_exit"), Some("sys_enter")])?;
    links.detach().map_err(|error| error.to_string())?;

    let mut object = open("tracing/raw_tp")?;
    object.program_mut(&name)?.set_autoattach(false);
    let links = object.load()?.attach()?;
    let left: Vec<String> = links.skipped().iter().map(|left| left.reason.to_string()).collect();
    equal("links, and why not", (links.links().len(), left), (0, vec![SkipReason::Off.to_string()]))?;
    DONE
}

fn throws() -> Outcome {
    if Kernel::running().btf()?.find("bpf_throw", Kind::FUNC).is_none() {
        return Ok(Completion::ignored_with("needs Linux 6.7: bpf_throw"));
    }
    let mut object = open("functions/throws")?;
    let instances = Instances::new(2).rewrite(|index, mut stream| {
        if index == 0 {
            let nothing = EditInsn::new(Insn::mov64_imm(3, 0));
            for name in ["plus_64", "caught", "check", "throws"] {
                let start = stream.function(name).map_or(0, |range| range.start);
                stream.insert(start, [nothing; 2]);
            }
        } else {
            // The call, and the 0 that clang knows it to return.
            stream.replace(0..2, [EditInsn::new(Insn::mov64_imm(0, 5))]);
        }
        Rewrite::Replace(stream)
    });
    object.set_instances("throws", instances)?;
    let loaded = object.load()?;
    let longer = loaded.instance("throws", 0)?;
    equal("nothing is thrown for a short packet", run(longer, 64)?, 0)?;
    equal("13 is thrown, and 64 added where it is caught", run(longer, 100)?, 77)?;
    let plan = loaded.plan().instance(longer.id(), 1).ok_or("not planned")?;
    let names: Vec<&str> = plan.functions.iter().map(|placed| placed.name.as_str()).collect();
    equal("functions that are left", names, vec!["throws", "caught", "plus_64"])?;
    equal("nothing is called", run(loaded.instance("throws", 1)?, 100)?, 5)?;
    DONE
}

fn set() -> Outcome {
    let mut object = object()?;
    let spec = object.program_mut("pick")?;
    spec.set_program_type(ProgramType::SCHED_CLS).set_insns([Insn::mov64_imm(0, 77), Insn::exit()]);
    let loaded = object.load()?;
    let program = loaded.program("pick")?;
    equal("its type", program.info()?.program_type, ProgramType::SCHED_CLS)?;
    equal("what it returns", run(program, 64)?, 77)?;
    DONE
}

fn pinned() -> Outcome {
    let bpffs = match Bpffs::mount() {
        Ok(bpffs) => bpffs,
        Err(why) => return Ok(Completion::ignored_with(format!("no bpffs can be mounted: {why}"))),
    };
    let loaded = with("pick", Instances::new(2).rewrite(returns_index))?;
    for (program, name) in loaded.programs().zip(["pick_0", "pick_1", "counted"]) {
        equal("the path", program.pin_in(&bpffs.0)?, bpffs.0.join(name))?;
        holds("it is there", bpffs.0.join(name).exists())?;
    }
    DONE
}

fn log() -> Outcome {
    let mut object = object()?;
    object.program_mut("pick")?.set_log_level(2).set_log_size(0);
    let loaded = object.load()?;
    let log = loaded.program("pick")?.log().ok_or("no log")?;
    holds("it shows the program", log.contains("; return number + more;") && log.contains("processed "))?;
    equal("what did not ask for it has none", loaded.program("counted")?.log(), None)?;
    DONE
}
