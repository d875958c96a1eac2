//! Maps of maps, program arrays, pins, maps that are shared, left out, resized or for one program: used in the kernel.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::Command;

use bpf_loader::load::LoadOptions;
use bpf_loader::object::InnerMap;
use bpf_loader::uapi::MapType;
use bpf_loader::{Answer, Diagnostic, Feature, Kernel, LoadedObject, Map, Object, OpenOptions};
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Failed, Outcome, equal, fixture, holds, let_go, load, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("maps: slots of a map of maps and of a program array", slots),
        test("maps: what is inside of a map of maps", inside),
        test("maps: one that is left out", left_out),
        test("maps: a data section of another length", resized),
        test("maps: pinned by name, found again, unpinned", pinned),
        test("maps: a pin that is something else", wrong_pins),
        test("maps: no pin stays of a load that failed", no_pin_stays),
        test("maps: all of an object, pinned and unpinned", all_pinned),
        test("maps: a path that is not on a bpffs", not_on_bpffs),
        test("maps: one that is given by another object", given),
        test("maps: one for a single program", exclusive),
        test("maps: numbers that the loader completes", completed),
    ]
}

/// The packet of a test run, and what of it the programs see.
const PACKET: usize = 64;
const SEEN: u64 = 64 - 14;

fn run(loaded: &LoadedObject, program: &str) -> Result<u32, Failed> {
    Ok(loaded.program(program)?.test_run(TestRun::new().data_in(&[0; PACKET]))?.retval)
}

fn first_value(map: &Map) -> Result<u64, Failed> {
    let value = map.lookup(&0_u32.to_ne_bytes())?.ok_or("the first element is missing")?;
    Ok(u64::from_ne_bytes(value.as_slice().try_into()?))
}

/// A bpffs of the test's own, unmounted in the end.
struct Pins(PathBuf);

impl Pins {
    fn mount(name: &str) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("bpf-loader-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let pins = Self(folder);
        let output = Command::new("mount").args(["-t", "bpf", "bpf"]).arg(&pins.0).output();
        let output = output.map_err(|error| format!("mount: {error}"))?;
        if output.status.success() {
            Ok(pins)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Result<Vec<String>, Failed> {
        let entries = std::fs::read_dir(&self.0)?.collect::<Result<Vec<_>, _>>()?;
        let names = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned());
        // The kernel puts `maps.debug` and `progs.debug` into a new one.
        Ok(names.filter(|name| !name.ends_with(".debug")).collect())
    }
}

impl Drop for Pins {
    fn drop(&mut self) {
        // What is pinned goes with its file system.
        let _ = Command::new("umount").arg(&self.0).output();
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// Mounts it, or ends the test with the reason.
macro_rules! pins {
    ($name:literal) => {
        match Pins::mount($name) {
            Ok(pins) => pins,
            Err(why) => return Ok(Completion::ignored_with(format!("no bpffs can be mounted: {why}"))),
        }
    };
}

fn slots() -> Outcome {
    let loaded = load("maps/nested")?;
    equal("a tail call to slot 2", run(&loaded, "count")?, 42)?;
    equal("a tail call to an empty slot", run(&loaded, "empty_slot")?, 7)?;
    equal("what was found in slot 2", first_value(loaded.map("first")?)?, SEEN)?;
    equal("what was found by key 5", first_value(loaded.map("second")?)?, SEEN)?;
    // A slot is read as the id of what stands there.
    let id = |outer: &str, key: u32| -> Result<Option<u32>, Failed> {
        let value = loaded.map(outer)?.lookup(&key.to_ne_bytes())?;
        Ok(value.map(|value| value.as_slice().try_into().map(u32::from_ne_bytes)).transpose()?)
    };
    let (first, second) = (loaded.map("first")?.info()?.id, loaded.map("second")?.info()?.id);
    equal("by_index[2]", id("by_index", 2)?, Some(first))?;
    equal("by_index[1]", id("by_index", 1)?, None)?;
    equal("by_key[0] and [5]", (id("by_key", 0)?, id("by_key", 5)?), (Some(first), Some(second)))?;
    equal("tails[2]", id("tails", 2)?, Some(loaded.program("last")?.info()?.id))?;
    equal("tails[0]", id("tails", 0)?, None)?;

    // A program that is left out leaves its slot empty, and the tail call goes on behind the call.
    let mut object = open("maps/nested")?;
    object.program_mut("last")?.set_autoload(false);
    let without = object.load()?;
    equal("a tail call to what is left out", run(&without, "count")?, 1)?;
    let_go((loaded, without));
    DONE
}

fn inside() -> Outcome {
    let mut object = open("maps/nested")?;
    // Another definition than that of the maps in the slots: the kernel refuses to put them there.
    object.map_mut("by_index")?.set_inner(&InnerMap::new(MapType::ARRAY, 4, 16, 2))?;
    let error = refused(object.load())?;
    let_go(());
    equal("code", error.code, "E0503")?;
    holds(&error.text, error.text.starts_with("filling slot 2 of map `by_index`"))?;
    // One that fits, made by hand.
    let like = InnerMap::like(object.map_mut("first")?);
    object.map_mut("by_index")?.set_inner(&like)?;
    let loaded = object.load()?;
    equal("a tail call to slot 2", run(&loaded, "count")?, 42)?;
    let_go(loaded);
    DONE
}

/// What a refusal says, without what it holds open.
struct Diagnosed {
    code: &'static str,
    text: String,
    help: Option<String>,
}

impl<E: Diagnostic + std::fmt::Display> From<E> for Diagnosed {
    fn from(error: E) -> Self {
        Self { code: error.code(), text: error.to_string(), help: error.help() }
    }
}

fn refused(outcome: Result<LoadedObject, bpf_loader::LoadError>) -> Result<Diagnosed, Failed> {
    Ok(outcome.map(drop).map_err(Diagnosed::from).err().ok_or("it was loaded")?)
}

fn left_out() -> Outcome {
    let mut object = open("maps/optional")?;
    object.map_mut("extra")?.set_autocreate(false);
    object.global_mut("use_extra")?.set(&0_u32)?;
    // One program uses it always: that is named, and which map it was.
    let error = refused(object.load())?;
    equal("code", error.code, "E0424")?;
    equal(
        "text",
        error.text.as_str(),
        "program `always` was refused: map `extra` is used here and is not to be created",
    )?;
    holds("it says what to do", error.help.is_some())?;
    // The other does not get there, as the verifier sees.
    object.program_mut("always")?.set_autoload(false);
    let loaded = object.load()?;
    equal("the other one runs", run(&loaded, "guarded")?, 3)?;
    equal("kept", first_value(loaded.map("kept")?)?, 1)?;
    holds("the map is not there", loaded.map("extra").is_err())?;
    DONE
}

fn resized() -> Outcome {
    let mut object = open("maps/sizes")?;
    let elements = 2000;
    object.map_mut(".data.table")?.set_value_size(8 + elements * 8)?;
    let mut table = vec![0_u64; elements as usize];
    (table[0], table[1], table[1999]) = (100, 200, 7);
    object.global_mut("table")?.set(table.as_slice())?;
    let loaded = object.load()?;
    equal("plain + table[0] + table[1]", run(&loaded, "sum")?, 301)?;
    let map = loaded.map(".data.table")?;
    let info = map.info()?;
    equal("bytes in the kernel", info.value_size, 8 + elements * 8)?;
    holds("the kernel knows its type", info.btf_value_type_id != 0)?;
    let live = loaded.global("table")?;
    equal("bytes of the variable", live.size(), 16000)?;
    let mut bytes = vec![0; 16000];
    live.read(&mut bytes)?;
    equal("the last element", &bytes[15992..], &7_u64.to_ne_bytes()[..])?;
    table[0] = 1000;
    live.set(table.as_slice())?;
    equal("the program sees it", run(&loaded, "sum")?, 1201)?;
    DONE
}

fn open_pinned(pins: &Pins) -> Result<Object, Failed> {
    Ok(OpenOptions::new().pin_root(&pins.0).open(fixture("maps/pinned"))?)
}

fn pinned() -> Outcome {
    let pins = pins!("pinned");
    let object = open_pinned(&pins)?;
    let first = object.load()?;
    equal("pins", pins.names()?, vec!["pinned_counts".to_owned()])?;
    let id = first.map("pinned_counts")?.info()?.id;
    equal("a run", run(&first, "count")?, 5)?;
    if let Some(witness) = bpftool_map(&pins.path("pinned_counts"))? {
        equal("bpftool: id", witness["id"].as_u64(), Some(u64::from(id)))?;
        equal("bpftool: name", witness["name"].as_str(), Some("pinned_counts"))?;
        equal("bpftool: value", witness["bytes_value"].as_u64(), Some(8))?;
    }
    // It outlives the object; the next one uses it.
    drop(first);
    let second = object.load()?;
    equal("the same map", second.map("pinned_counts")?.info()?.id, id)?;
    run(&second, "count")?;
    equal("counted by both", first_value(second.map("pinned_counts")?)?, 2)?;
    let opened = Map::open_pinned(pins.path("pinned_counts"))?;
    equal("opened by its path", (opened.info()?.id, first_value(&opened)?), (id, 2))?;
    equal("its name", opened.name(), "pinned_counts")?;
    holds("it is of no object", opened.id().is_none())?;

    // Only a pin of the map itself is removed.
    let other = load("maps/optional")?;
    let error = other.map("kept")?.unpin(pins.path("pinned_counts")).unwrap_err();
    equal("code", error.code(), "E0706")?;
    second.map("pinned_counts")?.unpin(pins.path("pinned_counts"))?;
    equal("pins", pins.names()?, Vec::new())?;
    let error = opened.unpin(pins.path("pinned_counts")).unwrap_err();
    equal("nothing is there any more", error.code(), "E0702")?;
    DONE
}

/// What bpftool says of a pinned map; nothing where there is no bpftool.
fn bpftool_map(path: &Path) -> Result<Option<serde_json::Value>, Failed> {
    let Ok(found) = Command::new("bpftool").args(["map", "show", "-j", "pinned"]).arg(path).output() else {
        return Ok(None);
    };
    holds("bpftool answers", found.status.success())?;
    Ok(Some(serde_json::from_slice(&found.stdout)?))
}

fn wrong_pins() -> Outcome {
    let pins = pins!("wrong");
    let object = open_pinned(&pins)?;
    let other = load("socket/filter_maps")?;
    other.map("lengths")?.pin(pins.path("pinned_counts"))?;
    let error = refused(object.load())?;
    equal("code", error.code, "E0514")?;
    let wanted = format!(
        "map `pinned_counts`: what is pinned at {} is another map: type hash instead of array, value size 16 \
         instead of 8, max_entries 64 instead of 2, map_flags 0x1 instead of 0x0",
        pins.path("pinned_counts").display()
    );
    equal("text", error.text, wanted)?;
    equal("it stays", pins.names()?, vec!["pinned_counts".to_owned()])?;
    other.map("lengths")?.unpin(pins.path("pinned_counts"))?;

    other.program("count_lengths")?.pin(pins.path("pinned_counts"))?;
    let error = refused(object.load())?;
    let wanted = format!("what is pinned at {} is no map", pins.path("pinned_counts").display());
    equal("code", error.code, "E0515")?;
    holds(&error.text, error.text.ends_with(&wanted))?;
    equal("opened as a map", Map::open_pinned(pins.path("pinned_counts")).unwrap_err().code(), "E0707")?;
    DONE
}

fn no_pin_stays() -> Outcome {
    let pins = pins!("failed");
    let mut object = open("maps/optional")?;
    // Pinned well, in a folder of its own; then a program is refused.
    object.map_mut("kept")?.set_pin_path(Some(&pins.path("app/kept")));
    object.map_mut("extra")?.set_autocreate(false);
    object.global_mut("use_extra")?.set(&0_u32)?;
    equal("code", refused(object.load())?.code, "E0424")?;
    equal("neither pin nor folder", pins.names()?, Vec::new())?;
    object.program_mut("always")?.set_autoload(false);
    drop(object.load()?);
    equal("both", pins.names()?, vec!["app".to_owned()])?;
    // One that was there stays, whatever comes after.
    object.program_mut("always")?.set_autoload(true);
    equal("code", refused(object.load())?.code, "E0424")?;
    holds("it stays", pins.path("app/kept").exists())?;
    DONE
}

fn all_pinned() -> Outcome {
    let pins = pins!("all");
    let loaded = load("maps/sizes")?;
    loaded.pin_maps(pins.path("app"))?;
    let mut names: Vec<String> = std::fs::read_dir(pins.path("app"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, Failed>>()?;
    names.sort();
    equal("names", names.join(" "), "_data_plain _data_table perf prefixes queue ring".to_owned())?;
    loaded.unpin_maps(pins.path("app"))?;
    equal("nothing left", std::fs::read_dir(pins.path("app"))?.count(), 0)?;
    // One name is taken: none of the others is pinned either.
    load("maps/optional")?.map("kept")?.pin(pins.path("app/queue"))?;
    let error = loaded.pin_maps(pins.path("app")).unwrap_err();
    equal("code", error.code(), "E0517")?;
    equal("only that one", std::fs::read_dir(pins.path("app"))?.count(), 1)?;
    let error = loaded.map("queue")?.unpin(pins.path("app/queue")).unwrap_err();
    equal("another map's pin stays", error.code(), "E0706")?;
    // A name that no bpffs takes.
    let mut object = open("maps/pinned")?;
    object.map_mut("pinned_counts")?.set_pin_path(Some(&pins.path("with.dot")));
    let error = refused(object.load())?;
    equal("code", error.code, "E0516")?;
    holds("it says what is wrong", error.help.is_some_and(|help| help.contains("no dots")))?;
    DONE
}

fn not_on_bpffs() -> Outcome {
    let folder = std::env::temp_dir().join(format!("bpf_loader_test_{}", std::process::id()));
    let mut object = open("maps/pinned")?;
    object.map_mut("pinned_counts")?.set_pin_path(Some(&folder.join("counts")));
    let error = refused(object.load())?;
    equal("code", error.code, "E0517")?;
    holds(&error.text, error.text.ends_with("counts, which is not on a bpffs"))?;
    holds("it says how to mount one", error.help.is_some_and(|help| help.contains("mount -t bpf")))?;
    holds("the folder is gone again", !folder.exists())?;
    DONE
}

fn given() -> Outcome {
    let kernel = Kernel::running();
    let mut object = open("maps/pinned")?;
    object.map_mut("pinned_counts")?.set_pin_path(None);
    let first = object.load()?;
    run(&first, "count")?;
    let plan = object.plan(&kernel)?;
    let counts = first.map("pinned_counts")?;
    let second = LoadOptions::new().reuse_map("pinned_counts", counts).load(&plan, &kernel)?;
    run(&second, "count")?;
    equal("both count in one map", first_value(counts)?, 2)?;
    let fd = counts.as_fd().try_clone_to_owned()?;
    let third = LoadOptions::new().reuse_fd("pinned_counts", fd).load(&plan, &kernel)?;
    equal("the same", third.map("pinned_counts")?.info()?.id, counts.info()?.id)?;

    object.map_mut("pinned_counts")?.set_max_entries(3)?;
    let plan = object.plan(&kernel)?;
    let error = refused(LoadOptions::new().reuse_map("pinned_counts", counts).load(&plan, &kernel))?;
    equal(
        "text",
        error.text.as_str(),
        "map `pinned_counts`: what was given for it is another map: max_entries 2 instead of 3",
    )?;
    DONE
}

fn exclusive() -> Outcome {
    let kernel = Kernel::running();
    kernel.btf()?;
    if kernel.feature(Feature::ExclusiveMaps) == Answer::No {
        return Ok(Completion::ignored_with("needs Linux 6.18: maps for one program only"));
    }
    let mut object = open("maps/optional")?;
    object.map_mut("kept")?.set_exclusive(Some("guarded"));
    let loaded = object.load()?;
    equal("the one program runs", run(&loaded, "guarded")?, 3)?;
    equal("and counts", first_value(loaded.map("kept")?)?, 1)?;
    // `guarded` uses both; a map that is for `always` only is refused to it.
    object.map_mut("extra")?.set_exclusive(Some("always"));
    let error = refused(object.load())?;
    holds(&error.text, error.text.starts_with("program `guarded` was refused"))?;
    DONE
}

fn completed() -> Outcome {
    let loaded = load("maps/sizes")?;
    let entries = |name: &str| -> Result<u32, Failed> { Ok(loaded.map(name)?.info()?.max_entries) };
    equal("as many as processors", entries("perf")?, bpf_sys::possible_cpus()?)?;
    equal("two pages", entries("ring")?, 8192)?;
    equal("sum", run(&loaded, "sum")?, 31)?;
    equal("a name with dots", loaded.map(".data.plain")?.info()?.name.as_str(), ".data.plain")?;
    DONE
}
