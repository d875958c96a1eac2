//! Opening objects, and loading them.

use std::num::NonZero;

use bpf_loader::load::LoadOptions;
use bpf_loader::{Kernel, OpenOptions};

use super::{cold, warm};
use crate::case::{Case, Done, Work};
use crate::env::Env;
use crate::peers::{aya, libbpf};

/// The object of 200 programs, each with a map, a global and a call in it.
const MANY: &str = "many.o";

pub(super) const CASES: &[Case] = &[
    // name, peer, how it is measured, the ratio that is aimed at
    warm(
        "open: the smallest object",
        "libbpf",
        |env| open(env, "minimal.o"),
        |env| libbpf_open(env, "minimal.o"),
        Some(1.5),
    ),
    warm(
        "open: the smallest object (aya)",
        "aya",
        |env| open(env, "minimal.o"),
        |env| aya_open(env, "minimal.o"),
        Some(1.0),
    ),
    warm(
        "open: a congestion control",
        "libbpf",
        |env| open(env, "cong.o"),
        |env| libbpf_open(env, "cong.o"),
        None,
    ),
    warm("open: 200 programs", "libbpf", |env| open(env, MANY), |env| libbpf_open(env, MANY), None),
    warm("open: 200 programs (aya)", "aya", |env| open(env, MANY), |env| aya_open(env, MANY), None),
    cold(
        "load: the smallest object, cold",
        "libbpf",
        |env| load(env, "minimal.o", None),
        |env| libbpf_load(env, "minimal.o"),
        None,
    ),
    warm(
        "load: the smallest object",
        "libbpf",
        |env| load(env, "minimal.o", None),
        |env| libbpf_load(env, "minimal.o"),
        None,
    ),
    warm(
        "load: the smallest object (aya)",
        "aya",
        |env| load(env, "minimal.o", None),
        |env| aya_load(env, "minimal.o"),
        None,
    ),
    cold(
        "load: a congestion control, cold",
        "libbpf",
        |env| load(env, "cong.o", None),
        |env| libbpf_load(env, "cong.o"),
        None,
    ),
    warm(
        "load: a congestion control",
        "libbpf",
        |env| load(env, "cong.o", None),
        |env| libbpf_load(env, "cong.o"),
        None,
    ),
    warm("load: 200 programs", "libbpf", |env| load(env, MANY, None), |env| libbpf_load(env, MANY), None),
    warm("load: 200 programs (aya)", "aya", |env| load(env, MANY, None), |env| aya_load(env, MANY), None),
    warm(
        "load: 200 programs, ours in one thread",
        "libbpf",
        |env| load(env, MANY, Some(NonZero::<usize>::MIN)),
        |env| libbpf_load(env, MANY),
        None,
    ),
];

fn open(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = OpenOptions::new().parse(&bytes).map_err(|error| error.to_string())?;
        Done::new(object.programs().len() as u64, object)
    }))
}

fn libbpf_open(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = libbpf::Object::open(&bytes)?;
        Done::new(object.programs(), object)
    }))
}

fn aya_open(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || aya::open(&bytes)))
}

/// Opens and loads an object, and lets go of it; its number of programs.
fn load(env: &Env, name: &str, threads: Option<NonZero<usize>>) -> Result<Work, String> {
    let bytes = env.read(name)?;
    let mut options = LoadOptions::new();
    if let Some(threads) = threads {
        options = options.threads(threads);
    }
    Ok(Box::new(move || {
        let object = OpenOptions::new().parse(&bytes).map_err(|error| error.to_string())?;
        let kernel = Kernel::running();
        let plan = object.plan(&kernel).map_err(|error| error.to_string())?;
        let loaded = options.load(&plan, &kernel).map_err(|error| error.to_string())?;
        Done::new(loaded.programs().count() as u64, (object, loaded))
    }))
}

fn libbpf_load(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = libbpf::Object::open(&bytes)?;
        object.load()?;
        Done::new(object.programs(), object)
    }))
}

fn aya_load(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || aya::load(&bytes)))
}
