//! Programs, maps and globals: what they do is read back.

use std::collections::HashSet;

use bpf_loader::load::LoadOptions;
use bpf_loader::map::Access;
use bpf_loader::{Diagnostic, Kernel, MapError};
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Failed, Outcome, equal, holds, load, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("socket filters return what they compute", socket_filters),
        test("maps hold what a program put there", maps),
        test("a raw tracepoint counts while attached", raw_tracepoint),
        test("a pinned link that only closing detaches", pinned_raw_tracepoint),
        test("globals: rodata before load, data while it runs", globals),
        test("CO-RE reads this kernel's structs", core_fields),
        test("CO-RE by a file of what the object needs", core_by_file),
        test("CO-RE relocations of the other kinds", core_kinds),
        test("guarded accesses load although they are poisoned", guarded),
        test("one object loaded by eight threads at once", threads),
        test("handles outlive what made them", handles),
    ]
}

/// Runs a program on a packet of that many bytes.
fn run(program: &bpf_loader::Program, len: usize) -> Result<u32, MapError> {
    Ok(program.test_run(TestRun::new().data_in(&vec![0; len]))?.retval)
}

/// A bpffs of this test's own, unmounted in the end.
pub(crate) struct Bpffs(pub(crate) std::path::PathBuf);

impl Bpffs {
    pub(crate) fn mount() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("bpf-loader-bpffs-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        let status = std::process::Command::new("mount").args(["-t", "bpf", "bpf"]).arg(&path).status()?;
        if status.success() {
            return Ok(Self(path));
        }
        std::fs::remove_dir(&path)?;
        Err(std::io::Error::other("mount failed"))
    }
}

impl Drop for Bpffs {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

fn pinned_raw_tracepoint() -> Outcome {
    let bpffs = match Bpffs::mount() {
        Ok(bpffs) => bpffs,
        Err(why) => return Ok(Completion::ignored_with(format!("no bpffs can be mounted: {why}"))),
    };
    let (loaded, pin) = (load("tracing/raw_tp")?, bpffs.0.join("link"));
    let link = loaded.program("on_sys_enter")?.attach()?;
    link.pin(&pin)?;
    let failed = link.detach().map(drop).err().ok_or("it is pinned, and was said to be detached")?;
    holds("what to do is said", failed.help().is_some_and(|help| help.contains("pin")))?;
    std::fs::remove_file(pin)?;
    drop(failed);
    DONE
}

fn socket_filters() -> Outcome {
    equal("seven", run(load("socket/minimal")?.program("seven")?, 64)?, 7)?;
    equal("length without the Ethernet header", run(load("socket/filter")?.program("keep_all")?, 100)?, 86)?;
    equal("without BTF", run(load("socket/no_btf")?.program("nine")?, 64)?, 9)?;
    DONE
}

fn maps() -> Outcome {
    let mut object = open("socket/filter_maps")?;
    object.map_mut("lengths")?.set_max_entries(8)?;
    let loaded = object.load()?;
    let program = loaded.program("count_lengths")?;
    equal("first of its length", run(program, 114)?, 1)?;
    equal("second of its length", run(program, 114)?, 2)?;
    equal("another length", run(program, 64)?, 1)?;

    let lengths = loaded.map("lengths")?;
    equal("edited before load", lengths.info()?.max_entries, 8)?;
    let bucket = lengths.lookup(&100_u32.to_ne_bytes())?.ok_or("no bucket for 100")?;
    equal("packets of 100", &bucket[..8], &2_u64.to_ne_bytes())?;
    equal("nothing of 99", lengths.lookup(&99_u32.to_ne_bytes())?, None)?;
    let keys: HashSet<Vec<u8>> = lengths.keys().collect::<Result<_, _>>()?;
    equal("keys", keys, HashSet::from([100_u32, 50].map(|key| key.to_ne_bytes().to_vec())))?;
    let total = loaded.map("totals")?.lookup(&1_u32.to_ne_bytes())?;
    equal("sum of lengths", total, Some(250_u64.to_ne_bytes().to_vec()))?;
    holds(
        "a key is deleted once",
        lengths.delete(&50_u32.to_ne_bytes())? && !lengths.delete(&50_u32.to_ne_bytes())?,
    )?;
    let error = lengths.lookup(&[0; 3]).err().ok_or("a key of 3 bytes was taken")?;
    equal("a wrong key length", error.code(), "E0702")?;
    DONE
}

fn raw_tracepoint() -> Outcome {
    let mut object = open("tracing/raw_tp")?;
    object.global_mut("target_tgid")?.set(&std::process::id())?;
    let loaded = object.load()?;
    let calls = || loaded.global("calls").and_then(|calls| calls.get::<u64>());
    equal("before", calls()?, 0)?;
    let link = loaded.program("on_sys_enter")?.attach()?;
    for _ in 0..100 {
        std::fs::metadata("/")?;
    }
    let seen = calls()?;
    holds("at least one call each", seen >= 100)?;
    holds("weight grew with them", loaded.global("weight")?.get::<u64>()? >= seen)?;
    let counted = loaded.map("by_number")?.keys().count();
    holds("the hash has the numbers of several calls", counted >= 1)?;
    let info = link.info()?.ok_or("a raw tracepoint has a link")?;
    equal("the link's program", info.prog_id, loaded.program("on_sys_enter")?.info()?.id)?;
    link.detach()?;
    let after = calls()?;
    for _ in 0..100 {
        std::fs::metadata("/")?;
    }
    equal("it stands still", calls()?, after)?;
    DONE
}

fn globals() -> Outcome {
    let mut object = open("socket/filter_maps")?;
    equal("initial value", object.global_mut("refuse_above")?.get::<u32>()?, 1500)?;
    object.global_mut("refuse_above")?.set(&200_u32)?;
    let error = object.global_mut("refuse_above")?.set(&200_u64).err().ok_or("8 bytes went into 4")?;
    equal("wrong size", error.code(), "E0312")?;
    let loaded = object.load()?;
    let program = loaded.program("count_lengths")?;
    equal("above the limit", run(program, 400)?, 0)?;
    equal("below the limit", run(program, 200)?, 1)?;
    let refused = loaded.global("refused")?;
    equal("access", refused.access(), Access::Mapped)?;
    equal("counted", refused.get::<u64>()?, 1)?;
    refused.set(&40_u64)?;
    run(program, 400)?;
    equal("counted on from what was set", refused.get::<u64>()?, 41)?;
    let limit = loaded.global("refuse_above")?;
    equal("rodata can be read", limit.get::<u32>()?, 200)?;
    equal("rodata cannot be written", limit.set(&1_u32).map_err(|e| e.code()), Err("E0705"))?;
    let rodata = loaded.map(".rodata")?;
    let frozen = rodata.update(&0_u32.to_ne_bytes(), &vec![0; rodata.value_size()], 0);
    holds("rodata is frozen", frozen.is_err())?;
    equal(
        "an unknown global",
        loaded.global("refusd").map(drop).map_err(|e| e.help()),
        Err(Some("did you mean `refused`?".into())),
    )?;
    DONE
}

fn core_fields() -> Outcome {
    let object = open("core/fields")?;
    reads_this_process(object, &Kernel::running()).map(drop)?;
    DONE
}

/// As for a kernel without BTF: this one's own is not looked at. A plan made so loads whether or not the file is given
/// again.
fn core_by_file() -> Outcome {
    let object = open("core/fields")?;
    let path = std::env::temp_dir().join(format!("bpf-loader-core-{}.btf", std::process::id()));
    std::fs::write(&path, Kernel::running().cut_to([&object])?.btf()?.bytes())?;
    let read = bpf_loader::kernel::btf_file(&path, None);
    std::fs::remove_file(&path)?;
    let kernel = Kernel::running().with_core_btf(read?)?;
    holds("it is smaller", kernel.core_btf().is_some_and(|btf| btf.bytes().len() < 64 << 10))?;
    let plan = reads_this_process(object, &kernel)?;
    equal("the kernel's own BTF", (plan.kernel_btf_hash()?, kernel.read_time()), (None, None))?;
    equal("what was used instead", plan.core_btf_hash(), kernel.core_btf_hash())?;
    drop(plan.load(&Kernel::running())?);
    DONE
}

/// The programs of `core/fields`, loaded by that kernel's types, read what is known of this process otherwise.
fn reads_this_process(mut object: bpf_loader::Object, kernel: &Kernel) -> Result<bpf_loader::Plan, Failed> {
    object.global_mut("target_tgid")?.set(&std::process::id())?;
    let loaded = object.plan(kernel)?.load(kernel)?;
    let links = loaded.programs().map(bpf_loader::Program::attach).collect::<Result<Vec<_>, _>>()?;
    std::fs::metadata("/")?;
    drop(links);
    let word = |name| loaded.global(name).and_then(|global| global.get::<u32>());
    equal("tgid", word("tgid")?, std::process::id())?;
    equal("pid and tgid as the helper says", word("same_pid")?, 1)?;
    equal("a flavor that no kernel has", word("has_imagined")?, 0)?;
    equal("one of the two names of the state", word("has_old_state")? + word("has_new_state")?, 1)?;
    equal("bytes of comm", word("comm_size")?, 16)?;
    let comm = loaded.global("comm")?.get::<[u8; 16]>()?;
    let thread = std::fs::read_to_string("/proc/thread-self/comm")?;
    equal(
        "comm",
        String::from_utf8_lossy(&comm).trim_end_matches('\0').to_owned(),
        thread.trim_end().to_owned(),
    )?;
    Ok(loaded.plan().clone())
}

fn core_kinds() -> Outcome {
    let loaded = load("core/kinds")?;
    let link = loaded.program("other_kinds")?.attach()?;
    std::fs::metadata("/")?;
    drop(link);
    let word = |name| loaded.global(name).and_then(|global| global.get::<u32>());
    equal("prio is signed", word("prio_signed")?, 1)?;
    equal("a type that every kernel has", word("has_task")?, 1)?;
    equal("a type that no kernel has", word("has_missing")?, 0)?;
    equal("an enumerator's value", (word("has_tgid")?, word("tgid_value")?), (1, 1))?;
    equal("an enumerator that no kernel has", word("has_gone")?, 0)?;
    holds("the size of a task", word("task_bytes")? > 1000)?;
    holds("an id of the object", word("local_id")? > 0)?;
    let types = Kernel::running();
    let task = types.btf()?.find("task_struct", bpf_loader::btf::Kind::STRUCT);
    equal("the id of the kernel", Some(bpf_loader::btf::TypeId(word("kernel_id")?)), task)?;
    DONE
}

fn guarded() -> Outcome {
    let object = open("core/guarded")?;
    let plan = object.plan(&Kernel::running())?;
    holds("what is poisoned is noticed", !plan.notices().is_empty())?;
    equal("result", run(load("core/guarded")?.program("checked_first")?, 64)?, 5)?;
    DONE
}

fn threads() -> Outcome {
    let object = open("struct_ops/cong")?;
    let kernel = Kernel::running();
    let plan = object.plan(&kernel)?;
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|at| {
                let (plan, kernel) = (&plan, &kernel);
                let threads = std::num::NonZero::new(1 + at % 3).unwrap_or(std::num::NonZero::<usize>::MIN);
                scope.spawn(move || {
                    LoadOptions::new().threads(threads).load(plan, kernel).map(|l| l.programs().count())
                })
            })
            .collect();
        all.into_iter().try_for_each(|thread| equal("programs", thread.join().map_err(|_| "panicked")??, 7))
    })?;
    DONE
}

fn handles() -> Outcome {
    fn is_static<T: Send + Sync + 'static>(_: &T) {}
    let loaded = load("socket/filter_maps")?;
    let (map, program) = (loaded.map("totals")?.clone(), loaded.program("count_lengths")?.clone());
    let global = loaded.global("refused")?;
    is_static(&(map.clone(), program.clone(), global.clone()));
    drop(loaded);
    run(&program, 114)?;
    equal("the map lives", map.lookup(&0_u32.to_ne_bytes())?, Some(1_u64.to_ne_bytes().to_vec()))?;
    equal("the global lives", global.get::<u64>()?, 0)?;
    DONE
}
