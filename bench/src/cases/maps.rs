//! Elements of maps that are loaded: one by one, beside the bare system call; and all of them.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use bpf_loader::map::{Array, Hash};
use bpf_loader::{LoadedObject, Object, OpenOptions};

use super::warm;
use crate::case::{Case, Done, Need, Work};
use crate::env::Env;
use crate::peers::libbpf;

const TABLE: &str = "table.o";
const NEEDS: &[Need] = &[Need::Input(TABLE), Need::Privileges];
/// Elements of the hash that is walked over.
const ELEMENTS: u32 = 65_536;
/// Elements that a sample reads or writes one by one.
const SOME: u32 = 1000;

pub(super) const CASES: &[Case] = &[
    // name, peer, the two contenders, the ratio that is aimed at
    warm(
        "maps: 1000 elements of a hash read",
        "libbpf",
        |env| get(env),
        |env| bare(env, libbpf::read),
        Some(0.95),
    )
    .needs(NEEDS),
    warm(
        "maps: 1000 elements of a hash written",
        "libbpf",
        |env| set(env),
        |env| bare(env, libbpf::write),
        Some(0.95),
    )
    .needs(NEEDS),
    warm("maps: 1000 elements of an array read", "libbpf", |env| list(env), |env| bare_list(env), Some(0.95))
        .needs(NEEDS),
    warm("maps: all 65536 elements of a hash", "libbpf", |env| walk(env), |env| bare_walk(env), Some(8.0))
        .needs(NEEDS),
];

/// The maps, loaded, with all elements in the hash: of each key the number after it.
struct Maps {
    table: Hash<u32, u64>,
    list: Array<u64>,
    _loaded: LoadedObject,
}

impl Maps {
    fn new(env: &Env) -> Result<Self, String> {
        let object: Object =
            OpenOptions::new().parse(&env.read(TABLE)?).map_err(|error| error.to_string())?;
        let loaded = object.load().map_err(|error| error.to_string())?;
        let map = |name| loaded.map(name).map_err(|error| error.to_string());
        let table = Hash::new(map("table")?).map_err(|error| error.to_string())?;
        let list = Array::new(map("list")?).map_err(|error| error.to_string())?;
        for key in 0..ELEMENTS {
            table.insert(&key, &(u64::from(key) + 1)).map_err(|error| error.to_string())?;
        }
        Ok(Self { table, list, _loaded: loaded })
    }
}

fn get(env: &Env) -> Result<Work, String> {
    let maps = Maps::new(env)?;
    Ok(Box::new(move || {
        let mut sum = 0;
        for key in 0..SOME {
            sum += maps.table.get(&key).map_err(|error| error.to_string())?.unwrap_or(0);
        }
        Done::new((u64::from(SOME), sum), ())
    }))
}

fn set(env: &Env) -> Result<Work, String> {
    let maps = Maps::new(env)?;
    Ok(Box::new(move || {
        for key in 0..SOME {
            maps.table.insert(&key, &(u64::from(key) + 1)).map_err(|error| error.to_string())?;
        }
        Done::new((u64::from(SOME), 0), ())
    }))
}

fn list(env: &Env) -> Result<Work, String> {
    let maps = Maps::new(env)?;
    Ok(Box::new(move || {
        let mut sum = 0;
        for index in 0..SOME {
            sum += maps.list.get(index).map_err(|error| error.to_string())?.unwrap_or(0);
        }
        Done::new((u64::from(SOME), sum), ())
    }))
}

fn walk(env: &Env) -> Result<Work, String> {
    let maps = Maps::new(env)?;
    Ok(Box::new(move || {
        let mut sum = 0;
        for element in maps.table.iter() {
            sum += element.map_err(|error| error.to_string())?.1;
        }
        Done::new((u64::from(ELEMENTS), sum), ())
    }))
}

/// The same map by its descriptor.
fn bare(env: &Env, each: fn(i32, u32) -> Result<u64, String>) -> Result<Work, String> {
    let (maps, fd) = described(env, |maps| maps.table.map().as_fd().try_clone_to_owned())?;
    Ok(Box::new(move || {
        let _ = &maps;
        let mut sum = 0;
        for key in 0..SOME {
            sum += each(fd.as_raw_fd(), key)?;
        }
        Done::new((u64::from(SOME), sum), ())
    }))
}

fn bare_list(env: &Env) -> Result<Work, String> {
    let (maps, fd) = described(env, |maps| maps.list.map().as_fd().try_clone_to_owned())?;
    Ok(Box::new(move || {
        let _ = &maps;
        let mut sum = 0;
        for index in 0..SOME {
            sum += libbpf::read(fd.as_raw_fd(), index)?;
        }
        Done::new((u64::from(SOME), sum), ())
    }))
}

/// Key by key, each value asked for by itself: how it is done with libbpf where nobody uses batches.
fn bare_walk(env: &Env) -> Result<Work, String> {
    let (maps, fd) = described(env, |maps| maps.table.map().as_fd().try_clone_to_owned())?;
    Ok(Box::new(move || {
        let _ = &maps;
        let (mut sum, mut count, mut last) = (0, 0, None);
        while let Some(key) = libbpf::next_key(fd.as_raw_fd(), last) {
            sum += libbpf::read(fd.as_raw_fd(), key)?;
            count += 1;
            last = Some(key);
        }
        Done::new((count, sum), ())
    }))
}

fn described(
    env: &Env,
    fd: impl FnOnce(&Maps) -> std::io::Result<OwnedFd>,
) -> Result<(Maps, OwnedFd), String> {
    let maps = Maps::new(env)?;
    let fd = fd(&maps).map_err(|error| error.to_string())?;
    Ok((maps, fd))
}
