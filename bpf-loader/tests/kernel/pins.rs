//! Objects that are pinned whole, with instances and their copies of maps; what instances do to slots of program arrays;
//! values of the configuration as globals; read-only data that no instruction refers to.

use std::path::Path;

use bpf_loader::object::{Instances, Rewrite};
use bpf_loader::plan::{EditInsn, EditStream};
use bpf_loader::uapi::Insn;
use bpf_loader::{Diagnostic, Kernel, LoadedObject, Map};
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::programs::Bpffs;
use crate::support::{DONE, Failed, Outcome, equal, holds, let_go, load, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("pins: a whole object with instances, and their copies of maps", whole),
        test("pins: all or none, and only what is ours is removed", all_or_none),
        test("pins: a program and a map outside of a bpffs", outside),
        test("pins: a slot of a program array whose program has instances", slot_with_instances),
        test("pins: a device that takes no programs", device),
        test("pins: values of the configuration are globals", configuration),
        test("pins: read-only data is bound to programs that do not refer to it", bound),
    ]
}

/// Mounts one, or ends the test with the reason.
macro_rules! bpffs {
    () => {
        match Bpffs::mount() {
            Ok(bpffs) => bpffs,
            Err(why) => return Ok(Completion::ignored_with(format!("no bpffs can be mounted: {why}"))),
        }
    };
}

fn names(folder: &Path) -> Result<String, Failed> {
    let entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut names: Vec<_> =
        entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names.join(" "))
}

/// `pick` with two instances, each with a number of its own.
fn two() -> Result<LoadedObject, Failed> {
    let mut object = open("instances/filter")?;
    object.program_mut("loops")?.set_autoload(false);
    object.set_instances("pick", Instances::new(2).global("number", |index| index + 1))?;
    Ok(object.load()?)
}

fn whole() -> Outcome {
    let bpffs = bpffs!();
    let folder = bpffs.0.join("app");
    let loaded = two()?;
    loaded.pin(&folder)?;
    equal(
        "names",
        names(&folder)?.as_str(),
        "_bss _rodata _rodata_pick_0 _rodata_pick_1 counted pick_0 pick_1",
    )?;
    // Each copy under its own instance.
    for index in [0, 1] {
        let copy = Map::open_pinned(folder.join(format!("_rodata_pick_{index}")))?;
        equal("its copy", copy.info()?.id, loaded.instance_map("pick", index, ".rodata")?.info()?.id)?;
    }
    let error = loaded.instance("pick", 1)?.unpin(folder.join("pick_0")).unwrap_err();
    equal("another instance's pin stays", error.code(), "E0706")?;
    equal("text", error.to_string().split('/').next(), Some("program `pick` is not what is pinned to "))?;
    loaded.unpin(&folder)?;
    equal("nothing is left", names(&folder)?.as_str(), "")?;
    loaded.pin_programs(&folder)?;
    equal("programs alone", names(&folder)?.as_str(), "counted pick_0 pick_1")?;
    loaded.unpin_programs(&folder)?;
    equal("nothing is left", names(&folder)?.as_str(), "")?;
    DONE
}

fn all_or_none() -> Outcome {
    let bpffs = bpffs!();
    let folder = bpffs.0.join("app");
    let loaded = two()?;
    let other = load("socket/minimal")?;
    std::fs::create_dir(&folder)?;
    // The last name is taken.
    other.program("seven")?.pin(folder.join("counted"))?;
    let error = loaded.pin(&folder).unwrap_err();
    equal("code", error.code(), "E0541")?;
    holds(&error.to_string(), error.to_string().starts_with("program `counted` cannot be pinned to"))?;
    equal("only that one", names(&folder)?.as_str(), "counted")?;
    let error = loaded.unpin(&folder).unwrap_err();
    equal("nothing of ours is there", error.code(), "E0702")?;
    equal("and it stays", names(&folder)?.as_str(), "counted")?;
    other.program("seven")?.unpin(folder.join("counted"))?;
    DONE
}

fn outside() -> Outcome {
    let folder = std::env::temp_dir().join(format!("bpf_loader_outside_{}", std::process::id()));
    let loaded = load("socket/filter_maps")?;
    let error = loaded.pin(&folder).unwrap_err();
    equal("code", error.code(), "E0517")?;
    holds(&error.to_string(), error.to_string().ends_with(", which is not on a bpffs"))?;
    let error = loaded.pin_programs(&folder).unwrap_err();
    equal("code", error.code(), "E0541")?;
    holds("it says how to mount one", error.help().is_some_and(|help| help.contains("mount -t bpf")))?;
    holds("the folder is gone again", !folder.exists())?;
    let path = std::env::temp_dir().join(format!("bpf_loader_pin_{}", std::process::id()));
    let program = loaded.program("count_lengths")?.pin(&path).unwrap_err();
    let map = loaded.map("lengths")?.pin(&path).unwrap_err();
    for (error, what) in [(program, "program `count_lengths`"), (map, "map `lengths`")] {
        equal("code", error.code(), "E0721")?;
        let wanted = format!("{what} cannot be pinned to {}, which is not on a bpffs", path.display());
        equal("text", error.to_string(), wanted)?;
        holds("it says how to mount one", error.help().is_some_and(|help| help.contains("mount -t bpf")))?;
    }
    holds("no file is made", !path.exists())?;
    DONE
}

fn returns(number: i32, mut stream: EditStream) -> Rewrite {
    let end = stream.function("last").map_or(0, |range| range.end);
    stream.replace(0..end, [Insn::mov64_imm(0, number), Insn::exit()].map(EditInsn::new));
    Rewrite::Replace(stream)
}

/// The first that was loaded stands there; where all are left out, nothing does.
fn slot_with_instances() -> Outcome {
    for (loaded_from, wanted) in [(0, 100), (2, 102), (3, 1)] {
        let mut object = open("maps/nested")?;
        let instances = Instances::new(3).rewrite(move |index, stream| match index < loaded_from {
            true => Rewrite::Skip,
            false => returns(100 + index.cast_signed(), stream),
        });
        object.set_instances("last", instances)?;
        let loaded = object.load()?;
        let found = loaded.program("count")?.test_run(TestRun::new().data_in(&[0; 64]))?.retval;
        equal(&format!("a tail call to slot 2 with instances from {loaded_from} on"), found, wanted)?;
        let_go(loaded);
    }
    DONE
}

/// The loopback device takes neither maps nor programs.
fn device() -> Outcome {
    let mut object = open("socket/filter_maps")?;
    object.map_mut("lengths")?.set_ifindex(1);
    let error = object.load().map(drop).unwrap_err();
    equal("code", error.code(), "E0503")?;
    holds(&error.to_string(), error.to_string().starts_with("creating map `lengths` was refused"))?;
    object.map_mut("lengths")?.set_ifindex(0);
    object.program_mut("count_lengths")?.set_ifindex(1);
    let error = object.load().map(drop).unwrap_err();
    holds(&error.to_string(), error.to_string().starts_with("program `count_lengths` was refused"))?;
    object.program_mut("count_lengths")?.set_ifindex(0);
    object.load()?;
    DONE
}

fn configuration() -> Outcome {
    let kernel = Kernel::running();
    let text = match kernel.kconfig() {
        Ok(text) => text.to_owned(),
        Err(error) if error.code() == "E0328" => return Ok(Completion::ignored_with(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    let said = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let loaded = open("externs/kconfig")?.plan(&kernel)?.load(&kernel)?;
    let hz = loaded.global("CONFIG_HZ")?;
    equal("HZ", Some(hz.get::<i32>()?.to_string().as_str()), said("CONFIG_HZ"))?;
    let syscall = loaded.global("CONFIG_BPF_SYSCALL")?.get::<u8>()?;
    equal("a truth", syscall == 1, said("CONFIG_BPF_SYSCALL") == Some("y"))?;
    equal("its size is checked", hz.get::<u64>().unwrap_err().code(), "E0704")?;
    equal("it cannot be written", hz.set(&1_i32).unwrap_err().code(), "E0705")?;
    let error = loaded.global("CONFIG_HZZ").unwrap_err();
    equal("a near name", error.help().as_deref(), Some("did you mean `CONFIG_HZ`?"))?;
    DONE
}

/// `counted` refers to nothing in .rodata, which is bound to it nevertheless.
fn bound() -> Outcome {
    let loaded = two()?;
    if !has_bind_map()? {
        return Ok(Completion::ignored_with("needs Linux 5.10: BPF_PROG_BIND_MAP"));
    }
    // .bss, which it counts in, and .rodata; an instance has its own copy of that, and nothing else.
    equal("maps of `counted`", loaded.program("counted")?.info()?.nr_map_ids, 2)?;
    equal("maps of an instance", loaded.instance("pick", 1)?.info()?.nr_map_ids, 1)?;
    DONE
}

fn has_bind_map() -> Result<bool, Failed> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let mut numbers = release.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    Ok((numbers.next(), numbers.next()) >= (Some(5), Some(10)))
}
