//! Maps that hold values for keys, or in an order; maps of maps and of programs.

use bpf_loader::LoadedObject;
use bpf_loader::map::{BloomFilter, LpmTrie, Queue, Stack};

use super::Case;
use crate::support::{Failed, let_go, load};
use crate::types::packet::run;
use crate::types::{Observed, long, number, open_with};

/// The fixture with the map of this type and the program that uses it; the names of both.
fn loaded(case: Case) -> Result<(LoadedObject, &'static str, String), Failed> {
    let map = case.of.short_name().ok_or("the type has no name")?;
    let program = format!("in_{map}");
    Ok((open_with(case.fixture, &[&program], &[map])?.load()?, map, program))
}

/// What a program returns for two packets of 50 bytes, and one of 60.
fn runs(loaded: &LoadedObject, program: &str) -> Result<[u32; 3], Failed> {
    Ok([run(loaded, program, 50)?, run(loaded, program, 50)?, run(loaded, program, 60)?])
}

pub(super) fn hash(case: Case) -> Result<Observed, Failed> {
    let (loaded, map, program) = loaded(case)?;
    let (returned, map) = (runs(&loaded, &program)?, loaded.map(map)?);
    let value = |key: u32| number(map, &key.to_ne_bytes());
    Ok(Observed::new((returned, value(50)?, value(60)?, value(70)?), ([1, 2, 1], Some(2), Some(1), None)))
}

/// The values of all processors together. (Which of them runs the program is not said.)
fn over_processors(loaded: &LoadedObject, map: &str, key: u32) -> Result<Option<u64>, Failed> {
    let value = loaded.map(map)?.lookup(&key.to_ne_bytes())?;
    value.map(|all| all.chunks(8).map(long).sum()).transpose()
}

pub(super) fn percpu_hash(case: Case) -> Result<Observed, Failed> {
    let (loaded, map, program) = loaded(case)?;
    runs(&loaded, &program)?;
    let value = |key| over_processors(&loaded, map, key);
    Ok(Observed::new((value(50)?, value(60)?, value(70)?), (Some(2), Some(1), None)))
}

pub(super) fn array(case: Case) -> Result<Observed, Failed> {
    let (loaded, map, program) = loaded(case)?;
    let (returned, map) = (runs(&loaded, &program)?, loaded.map(map)?);
    let value = |key: u32| number(map, &key.to_ne_bytes());
    Ok(Observed::new((returned, value(0)?, value(1)?, value(2)?), ([50, 100, 160], Some(0), Some(160), None)))
}

pub(super) fn percpu_array(case: Case) -> Result<Observed, Failed> {
    let (loaded, map, program) = loaded(case)?;
    runs(&loaded, &program)?;
    let value = |key| over_processors(&loaded, map, key);
    Ok(Observed::new((value(0)?, value(1)?, value(2)?), (Some(0), Some(160), None)))
}

pub(super) fn lpm_trie(case: Case) -> Result<Observed, Failed> {
    let (loaded, map, program) = loaded(case)?;
    let trie: LpmTrie<[u8; 4], u32> = LpmTrie::new(loaded.map(map)?)?;
    trie.insert(&[10, 0, 0, 0], 24, &7)?;
    trie.insert(&[10, 0, 0, 50], 32, &9)?;
    Ok(Observed::new(runs(&loaded, &program)?, [9, 9, 7]))
}

pub(super) fn queue(case: Case) -> Result<Observed, Failed> {
    let (loaded, map, program) = loaded(case)?;
    let (pushed, queue) = (runs(&loaded, &program)?, Queue::<u32>::new(loaded.map(map)?)?);
    let popped = [queue.pop()?, queue.pop()?, queue.pop()?, queue.pop()?];
    Ok(Observed::new((pushed, popped), ([0; 3], [Some(50), Some(50), Some(60), None])))
}

pub(super) fn stack(case: Case) -> Result<Observed, Failed> {
    let (loaded, map, program) = loaded(case)?;
    let (pushed, stack) = (runs(&loaded, &program)?, Stack::<u32>::new(loaded.map(map)?)?);
    let popped = [stack.pop()?, stack.pop()?, stack.pop()?, stack.pop()?];
    Ok(Observed::new((pushed, popped), ([0; 3], [Some(60), Some(50), Some(50), None])))
}

pub(super) fn bloom_filter(case: Case) -> Result<Observed, Failed> {
    let (loaded, map, program) = loaded(case)?;
    let (new, filter) = (runs(&loaded, &program)?, BloomFilter::<u32>::new(loaded.map(map)?)?);
    let may_contain = [filter.may_contain(&50)?, filter.may_contain(&60)?];
    // It may say yes to what is not in it, but hardly to all of these.
    let others = (1000..1032).map(|value| filter.may_contain(&value)).collect::<Result<Vec<_>, _>>()?;
    Ok(Observed::new((new, may_contain, others.contains(&false)), ([1, 0, 1], [true, true], true)))
}

/// Lets go slowly, as maps of programs have to.
fn nested<T>(case: Case, body: impl FnOnce(&LoadedObject) -> Result<T, Failed>) -> Result<T, Failed> {
    let loaded = load(case.fixture)?;
    let outcome = body(&loaded);
    let_go(loaded);
    outcome
}

pub(super) fn prog_array(case: Case) -> Result<Observed, Failed> {
    let returned = nested(case, |loaded| Ok((run(loaded, "count", 50)?, run(loaded, "empty_slot", 50)?)))?;
    Ok(Observed::new(returned, (42, 7)))
}

/// What is in a map after a packet of 50 bytes, and what the map of maps has where the program looks.
fn sum_in(case: Case, outer: &str, key: u32, inner: &str) -> Result<Observed, Failed> {
    nested(case, |loaded| {
        run(loaded, "count", 50)?;
        let slot = loaded.map(outer)?.lookup(&key.to_ne_bytes())?;
        let inner = loaded.map(inner)?;
        let wanted = (Some(inner.info()?.id.to_ne_bytes().to_vec()), Some(50));
        Ok(Observed::new((slot, number(inner, &[0; 4])?), wanted))
    })
}

pub(super) fn array_of_maps(case: Case) -> Result<Observed, Failed> {
    sum_in(case, "by_index", 2, "first")
}

pub(super) fn hash_of_maps(case: Case) -> Result<Observed, Failed> {
    sum_in(case, "by_key", 5, "second")
}

pub(super) fn insn_array(case: Case) -> Result<Observed, Failed> {
    let loaded = load(case.fixture)?;
    let at = |len| run(&loaded, "choose", len);
    Ok(Observed::new([at(40)?, at(41)?, at(42)?, at(43)?], [15, 27, 35, 47]))
}
