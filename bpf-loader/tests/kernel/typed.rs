//! Typed handles of maps.

use std::collections::BTreeMap;

use bpf_loader::map::{
    Array, ArrayOfMaps, BloomFilter, Hash, HashOfMaps, LpmTrie, PerCpuArray, PerCpuHash, ProgArray, Queue,
    Stack,
};
use bpf_loader::uapi::MapType;
use bpf_loader::zerocopy::{FromBytes, Immutable, IntoBytes};
use bpf_loader::{LoadedObject, MapError};
use bpf_sys::possible_cpus;
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Failed, Outcome, equal, let_go, load, open, test};

#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Flow {
    packets: u64,
    bytes: u32,
    seen: u32,
}

impl Flow {
    fn of(number: u32) -> Self {
        Self { packets: number.into(), bytes: number * 3, seen: 1 }
    }
}

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("typed maps: a hash, one by one", hash),
        test("typed maps: a hash, many at a time", hash_batches),
        test("typed maps: the least recent goes", lru),
        test("typed maps: an array, beside a program", array),
        test("typed maps: values of each processor", per_cpu),
        test("typed maps: queue and stack", ends),
        test("typed maps: a Bloom filter", filter),
        test("typed maps: longest prefixes", trie),
        test("typed maps: maps of maps and of programs", of_maps),
        test("typed maps: what does not fit", wrong),
    ]
}

/// Without the filter where there is none.
fn loaded() -> Result<LoadedObject, Failed> {
    if bpf_sys::kernel_version().is_some_and(|version| version < MapType::BLOOM_FILTER.since().unwrap()) {
        let mut object = open("maps/typed")?;
        object.map_mut("filter")?.set_autocreate(false);
        return Ok(object.load()?);
    }
    load("maps/typed")
}

fn hash() -> Outcome {
    let loaded = loaded()?;
    let flows: Hash<u32, Flow> = Hash::new(loaded.map("flows")?)?;
    equal("nothing", flows.get(&7)?, None)?;
    equal("not there to be replaced", flows.replace(&7, &Flow::of(1))?, false)?;
    equal("new", flows.insert_new(&7, &Flow::of(7))?, true)?;
    equal("not new", flows.insert_new(&7, &Flow::of(8))?, false)?;
    equal("as it was put in", flows.get(&7)?, Some(Flow::of(7)))?;
    equal("replaced", flows.replace(&7, &Flow::of(9))?, true)?;
    equal("the other", flows.get(&7)?, Some(Flow::of(9)))?;
    equal("removed", flows.remove(&7)?, true)?;
    equal("gone", flows.remove(&7)?, false)?;
    flows.insert(&8, &Flow::of(8))?;
    match flows.take(&8) {
        Err(MapError::Refused { source, .. }) if source.is(bpf_sys::errno::ENOTSUPP) => {
            return Ok(Completion::ignored_with("needs Linux 5.14: lookup and delete in hash maps"));
        }
        taken => equal("taken", taken?, Some(Flow::of(8)))?,
    }
    equal("taken before", flows.take(&8)?, None)?;
    DONE
}

fn hash_batches() -> Outcome {
    const COUNT: u32 = 20_000;
    let loaded = loaded()?;
    let flows: Hash<u32, Flow> = loaded.map("flows")?.try_into()?;
    let keys: Vec<u32> = (0..COUNT).collect();
    let values: Vec<Flow> = keys.iter().copied().map(Flow::of).collect();
    equal(
        "one value too few",
        flows.insert_all(&keys, &values[1..]).map_err(|error| error.code()),
        Err("E0719"),
    )?;
    flows.insert_all(&keys, &values)?;
    let whole: BTreeMap<u32, Flow> = keys.iter().copied().zip(values.iter().copied()).collect();
    equal("all", flows.iter().collect::<Result<BTreeMap<_, _>, _>>()? == whole, true)?;
    equal("keys, each once", flows.keys().collect::<Result<Vec<_>, _>>()?.len(), keys.len())?;
    let full = flows.insert_all(&[1, COUNT, 2], &[Flow::of(0); 3]).unwrap_err();
    equal("full", full.to_string().as_str(), "updating map `flows` failed after 1 of 3 elements")?;
    // 5 is not there the second time, and does not stop the rest.
    equal("removed", flows.remove_all(&[5, 6])?, 2)?;
    equal("removed but one", flows.remove_all(&[4, 5, 7, COUNT + 1, 8])?, 3)?;
    equal("drained", flows.drain().collect::<Result<Vec<_>, _>>()?.len(), keys.len() - 5)?;
    equal("empty", flows.iter().count(), 0)?;
    equal("none", flows.remove_all(&[])?, 0)?;
    DONE
}

fn lru() -> Outcome {
    let loaded = loaded()?;
    let recent: Hash<u64, u32> = Hash::new(loaded.map("recent")?)?;
    for key in 0..1000 {
        recent.insert(&key, &1)?;
    }
    let left = recent.keys().collect::<Result<Vec<_>, _>>()?;
    equal(
        "no more than there is room for, and the last of them",
        (left.len() <= 128, left.contains(&999)),
        (true, true),
    )?;
    DONE
}

fn array() -> Outcome {
    let loaded = loaded()?;
    let counts: Array<u64> = Array::new(loaded.map("counts")?)?;
    let per_cpu: PerCpuArray<u32> = PerCpuArray::new(loaded.map("counts_per_cpu")?)?;
    for _ in 0..5 {
        loaded.program("count")?.test_run(TestRun::new().data_in(&[0; 64]))?;
    }
    equal("counted by the program", counts.get(1)?, Some(5))?;
    let each = per_cpu.get(1)?.unwrap_or_default();
    equal("processors", each.len(), usize::try_from(possible_cpus()?)?)?;
    equal("counted on all processors", each.iter().sum::<u32>(), 5)?;
    equal("beyond the end", counts.get(1000)?, None)?;
    equal("set beyond the end", counts.set(1000, &1).map_err(|error| error.code()), Err("E0702"))?;
    counts.set(999, &u64::MAX)?;
    counts.set_all(&[3, 4], &[30, 40])?;
    let all = counts.iter().collect::<Result<Vec<_>, _>>()?;
    equal("elements", all.len(), 1000)?;
    let set: Vec<_> = all.into_iter().filter(|(_, value)| *value != 0).collect();
    equal("those that were set", set, vec![(1, 5), (3, 30), (4, 40), (999, u64::MAX)])?;
    DONE
}

fn per_cpu() -> Outcome {
    let loaded = loaded()?;
    let flows: PerCpuHash<u32, Flow> = PerCpuHash::new(loaded.map("flows_per_cpu")?)?;
    let cpus = possible_cpus()?;
    let values: Vec<Flow> = (0..cpus).map(Flow::of).collect();
    flows.insert(&1, &values)?;
    equal("each processor's", flows.get(&1)?, Some(values.clone()))?;
    let wrong = flows.insert(&1, &values[1..]).map_err(|error| error.code());
    equal("one too few", wrong, Err("E0718"))?;
    flows.insert_everywhere(&2, &Flow::of(9))?;
    let everywhere = vec![Flow::of(9); values.len()];
    let all = flows.iter().collect::<Result<BTreeMap<_, _>, _>>()?;
    equal("all", all, BTreeMap::from([(1, values), (2, everywhere.clone())]))?;
    equal("removed", flows.remove(&1)?, true)?;
    equal("drained", flows.drain().collect::<Result<Vec<_>, _>>()?, vec![(2, everywhere)])?;
    equal("nothing", flows.get(&2)?, None)?;
    // Values of four bytes stand eight bytes apart.
    let counts: PerCpuArray<u32> = PerCpuArray::new(loaded.map("counts_per_cpu")?)?;
    let numbers: Vec<u32> = (1..=cpus).collect();
    counts.set(3, &numbers)?;
    counts.set_everywhere(4, &7)?;
    let all = counts.iter().collect::<Result<Vec<_>, _>>()?;
    let set: Vec<_> = all.into_iter().filter(|(_, values)| values.iter().any(|value| *value != 0)).collect();
    equal("those that were set", set, vec![(3, numbers), (4, vec![7; cpus as usize])])?;
    DONE
}

fn ends() -> Outcome {
    let loaded = loaded()?;
    let (queue, stack): (Queue<u32>, Stack<u32>) =
        (Queue::new(loaded.map("queue")?)?, Stack::new(loaded.map("stack")?)?);
    equal("empty", (queue.pop()?, stack.peek()?), (None, None))?;
    for value in 1..=4 {
        queue.push(&value)?;
        stack.push(&value)?;
    }
    equal("full", queue.push(&5).map_err(|error| error.code()), Err("E0702"))?;
    queue.push_over(&5)?;
    stack.push_over(&5)?;
    equal("the first that is left, the last", (queue.peek()?, stack.peek()?), (Some(2), Some(5)))?;
    equal("taken", (queue.pop()?, stack.pop()?), (Some(2), Some(5)))?;
    equal("next", (queue.pop()?, stack.pop()?), (Some(3), Some(4)))?;
    DONE
}

fn filter() -> Outcome {
    let loaded = loaded()?;
    let Ok(map) = loaded.map("filter") else {
        return Ok(Completion::ignored_with("needs Linux 5.16: Bloom filters"));
    };
    let filter: BloomFilter<u64> = BloomFilter::new(map)?;
    for value in 0..16 {
        filter.insert(&value)?;
    }
    equal(
        "what was put in",
        (0..16).map(|value| filter.may_contain(&value)).collect::<Result<Vec<_>, _>>()?,
        vec![true; 16],
    )?;
    let others = (1000..2000).map(|value| filter.may_contain(&value)).collect::<Result<Vec<_>, _>>()?;
    equal("most others", others.iter().filter(|found| **found).count() < 500, true)?;
    DONE
}

fn trie() -> Outcome {
    let loaded = loaded()?;
    let routes: LpmTrie<[u8; 4], u32> = LpmTrie::new(loaded.map("routes")?)?;
    routes.insert(&[10, 0, 0, 0], 8, &8)?;
    routes.insert(&[10, 1, 0, 0], 16, &16)?;
    equal("the longer one", routes.get(&[10, 1, 2, 3], 32)?, Some(16))?;
    equal("the shorter one", routes.get(&[10, 2, 2, 3], 32)?, Some(8))?;
    equal("none", routes.get(&[11, 0, 0, 1], 32)?, None)?;
    equal("33 bits", routes.insert(&[10, 0, 0, 0], 33, &1).map_err(|error| error.code()), Err("E0702"))?;
    let mut all = routes.iter().collect::<Result<Vec<_>, _>>()?;
    all.sort_unstable();
    equal("all", all, vec![([10, 0, 0, 0], 8, 8), ([10, 1, 0, 0], 16, 16)])?;
    equal("removed", routes.remove(&[10, 1, 0, 0], 16)?, true)?;
    equal("the shorter one now", routes.get(&[10, 1, 2, 3], 32)?, Some(8))?;
    DONE
}

fn of_maps() -> Outcome {
    let loaded = load("maps/nested")?;
    let ids = |name| -> Result<u32, Failed> { Ok(loaded.map(name)?.info()?.id) };
    let (first, second) = (ids("first")?, ids("second")?);
    let by_index = ArrayOfMaps::new(loaded.map("by_index")?)?;
    equal(
        "as the file has it",
        (by_index.id(2)?, by_index.id(1)?, by_index.id(9)?),
        (Some(first), None, None),
    )?;
    by_index.set(1, loaded.map("second")?)?;
    equal("put in", by_index.id(1)?, Some(second))?;
    equal("cleared, once", (by_index.clear(1)?, by_index.clear(1)?, by_index.id(1)?), (true, false, None))?;
    let not_alike = by_index.set(1, loaded.map("by_key")?).map_err(|error| error.code());
    equal("a map that is not like the template", not_alike, Err("E0702"))?;

    let by_key: HashOfMaps<u32> = HashOfMaps::new(loaded.map("by_key")?)?;
    by_key.insert(&9, loaded.map("first")?)?;
    equal("removed, once", (by_key.remove(&0)?, by_key.remove(&0)?), (true, false))?;
    let all = by_key.iter().collect::<Result<BTreeMap<_, _>, _>>()?;
    equal("all, by their ids", all, BTreeMap::from([(5, second), (9, first)]))?;

    // A tail call goes where the array says at that moment.
    let tails = ProgArray::new(loaded.map("tails")?)?;
    let empty_slot = loaded.program("empty_slot")?;
    let run = || -> Result<u32, Failed> { Ok(empty_slot.test_run(TestRun::new().data_in(&[0; 64]))?.retval) };
    equal("slot 1 is empty", (tails.id(1)?, run()?), (None, 7))?;
    tails.set(1, loaded.program("last")?)?;
    equal("slot 1 is `last`", (tails.id(1)?, run()?), (Some(loaded.program("last")?.info()?.id), 42))?;
    equal("cleared", (tails.clear(1)?, run()?), (true, 7))?;
    let_go((tails, loaded));
    DONE
}

fn wrong() -> Outcome {
    let loaded = loaded()?;
    let said = |outcome: Result<(), MapError>| outcome.unwrap_err().to_string();
    let flows = loaded.map("flows")?;
    equal(
        "an array of a hash",
        said(Array::<u64>::new(flows).map(drop)).as_str(),
        "map `flows` is of the type hash, and this is a handle of array",
    )?;
    equal(
        "a long key",
        said(Hash::<u64, Flow>::new(flows).map(drop)).as_str(),
        "a key of map `flows` has 4 bytes, and `u64` makes 8",
    )?;
    equal(
        "a short value",
        said(Hash::<u32, [u8; 15]>::new(flows).map(drop)).as_str(),
        "a value of map `flows` has 16 bytes, and `[u8; 15]` makes 15",
    )?;
    equal(
        "an address of the other family",
        said(LpmTrie::<[u8; 16], u32>::new(loaded.map("routes")?).map(drop)).as_str(),
        "a key of map `routes` has 8 bytes, and `[u8; 16]` makes 20",
    )?;
    // The value of one processor counts.
    PerCpuArray::<u32>::new(loaded.map("counts_per_cpu")?)?;
    equal(
        "all of its eight bytes",
        said(PerCpuArray::<u64>::new(loaded.map("counts_per_cpu")?).map(drop)).as_str(),
        "a value of map `counts_per_cpu` has 4 bytes, and `u64` makes 8",
    )?;
    equal("a program array", ProgArray::new(flows).map(drop).map_err(|error| error.code()), Err("E0716"))?;
    DONE
}
