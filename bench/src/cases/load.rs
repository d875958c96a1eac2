//! Opening objects, and loading them.

use std::num::NonZero;

use bpf_loader::load::LoadOptions;
use bpf_loader::{Kernel, OpenOptions};

use super::{cold, no, warm};
use crate::case::{Case, Done, Need, Work};
use crate::env::Env;
use crate::peers::{aya, libbpf};

/// The object of 200 programs, each with a map, a global and a call in it.
const MANY: &str = "many.o";
/// The object of 2,000 global variables.
const GLOBALS: &str = "globals.o";
const NO_STRUCT_OPS: &str = "aya 0.14 has no struct_ops";

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
    warm("open: 200 programs", "libbpf", |env| open(env, MANY), |env| libbpf_open(env, MANY), None)
        .needs(&[Need::Input(MANY)]),
    warm("open: 200 programs (aya)", "aya", |env| open(env, MANY), |env| aya_open(env, MANY), None)
        .needs(&[Need::Input(MANY)]),
    cold("open: 200 programs, cold", "libbpf", |env| open(env, MANY), |env| libbpf_open(env, MANY), None)
        .needs(&[Need::Input(MANY)]),
    warm(
        "open: 2000 globals",
        "libbpf",
        |env| open(env, GLOBALS),
        |env| libbpf_open(env, GLOBALS),
        Some(12.0),
    )
    .needs(&[Need::Input(GLOBALS)]),
    warm(
        "open: 2000 globals (aya)",
        "aya",
        |env| open(env, GLOBALS),
        |env| aya_open(env, GLOBALS),
        Some(1.0),
    )
    .needs(&[Need::Input(GLOBALS)]),
    no("open: a congestion control (aya)", "aya", NO_STRUCT_OPS, None),
    cold(
        "load: the smallest object, cold",
        "libbpf",
        |env| load(env, "minimal.o", None),
        |env| libbpf_load(env, "minimal.o"),
        None,
    )
    .needs(&[Need::Privileges]),
    warm(
        "load: the smallest object",
        "libbpf",
        |env| load(env, "minimal.o", None),
        |env| libbpf_load(env, "minimal.o"),
        None,
    )
    .needs(&[Need::Privileges]),
    warm(
        "load: the smallest object (aya)",
        "aya",
        |env| load(env, "minimal.o", None),
        |env| aya_load(env, "minimal.o"),
        None,
    )
    .needs(&[Need::Privileges]),
    cold(
        "load: a congestion control, cold",
        "libbpf",
        |env| load(env, "cong.o", None),
        |env| libbpf_load(env, "cong.o"),
        None,
    )
    .needs(&[Need::Privileges, Need::KernelBtf]),
    warm(
        "load: a congestion control",
        "libbpf",
        |env| load(env, "cong.o", None),
        |env| libbpf_load(env, "cong.o"),
        None,
    )
    .needs(&[Need::Privileges, Need::KernelBtf]),
    warm("load: 200 programs", "libbpf", |env| load(env, MANY, None), |env| libbpf_load(env, MANY), None)
        .needs(&[Need::Input(MANY), Need::Privileges]),
    warm("load: 200 programs (aya)", "aya", |env| load(env, MANY, None), |env| aya_load(env, MANY), None)
        .needs(&[Need::Input(MANY), Need::Privileges]),
    warm(
        "load: 200 programs, ours in one thread",
        "libbpf",
        |env| load(env, MANY, Some(NonZero::<usize>::MIN)),
        |env| libbpf_load(env, MANY),
        None,
    )
    .needs(&[Need::Input(MANY), Need::Privileges]),
    warm(
        "load: 200 programs, ours in one thread (aya)",
        "aya",
        |env| load(env, MANY, Some(NonZero::<usize>::MIN)),
        |env| aya_load(env, MANY),
        None,
    )
    .needs(&[Need::Input(MANY), Need::Privileges]),
    no("load: a congestion control (aya)", "aya", NO_STRUCT_OPS, None),
];

fn open(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = OpenOptions::new().parse(&bytes).map_err(|error| error.to_string())?;
        let programs = object.programs().len() as u64;
        Done::new((programs, object.maps().len() as u64), object)
    }))
}

fn libbpf_open(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = libbpf::Object::open(&bytes)?;
        Done::new(object.contents(), object)
    }))
}

fn aya_open(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || aya::open(&bytes)))
}

/// Opens and loads an object, and lets go of it; how many programs and maps.
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
        let maps = loaded.maps().count() as u64;
        Done::new((loaded.programs().count() as u64, maps), (object, loaded))
    }))
}

fn libbpf_load(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || {
        let object = libbpf::Object::open(&bytes)?;
        object.load()?;
        Done::new(object.contents(), object)
    }))
}

fn aya_load(env: &Env, name: &str) -> Result<Work, String> {
    let bytes = env.read(name)?;
    Ok(Box::new(move || aya::load(&bytes)))
}
