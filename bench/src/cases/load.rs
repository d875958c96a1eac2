//! Loading objects.

use std::num::NonZero;

use bpf_loader::load::LoadOptions;
use bpf_loader::{Kernel, OpenOptions};

use super::open::{MANY, NO_STRUCT_OPS};
use super::{cold, no, warm};
use crate::case::{Case, Done, Need, Work};
use crate::env::Env;
use crate::peers::{aya, libbpf};

const OF_40: &str = "relocs1000of40.o";
const OF_200: &str = "relocs1000of200.o";
const GLOBALS: &str = "globals2000.o";
const OWN: &str = "own20.o";
const SMALLEST: &str = "minimal.o";

/// Programs are loaded by one thread.
const ONE: Option<NonZero<usize>> = Some(NonZero::<usize>::MIN);

pub(super) const CASES: &[Case] = &[
    // name, peer, how it is measured, the ratio that is aimed at
    cold(
        "load: the smallest object, cold",
        "libbpf",
        |env| load(env, SMALLEST, None),
        |env| libbpf_load(env, SMALLEST),
        Some(1.8),
    )
    .needs(&[Need::Privileges]),
    cold(
        "load: the smallest object, cold (aya)",
        "aya",
        |env| load(env, SMALLEST, None),
        |env| aya_load(env, SMALLEST),
        Some(90.0),
    )
    .needs(&[Need::Privileges]),
    warm(
        "load: the smallest object",
        "libbpf",
        |env| load(env, SMALLEST, None),
        |env| libbpf_load(env, SMALLEST),
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
    cold(
        "load: 1000 relocations, 200 root types",
        "libbpf",
        |env| load(env, OF_200, None),
        |env| libbpf_load(env, OF_200),
        Some(20.0),
    )
    .needs(&[Need::Input(OF_200), Need::Privileges, Need::KernelBtf]),
    cold(
        "load: 1000 relocations, 40 root types",
        "libbpf",
        |env| load(env, OF_40, None),
        |env| libbpf_load(env, OF_40),
        Some(6.0),
    )
    .needs(&[Need::Input(OF_40), Need::Privileges, Need::KernelBtf]),
    warm(
        "load: 20 programs with 20 maps",
        "libbpf",
        |env| load(env, OWN, None),
        |env| libbpf_load(env, OWN),
        Some(2.2),
    )
    .needs(&[Need::Input(OWN), Need::Privileges]),
    warm(
        "load: 2000 globals",
        "libbpf",
        |env| load(env, GLOBALS, None),
        |env| libbpf_load(env, GLOBALS),
        Some(2.2),
    )
    .needs(&[Need::Input(GLOBALS), Need::Privileges]),
    warm(
        "load: 200 programs",
        "libbpf",
        |env| load(env, MANY, None),
        |env| libbpf_load(env, MANY),
        Some(1.7),
    )
    .needs(&[Need::Input(MANY), Need::Privileges]),
    warm("load: 200 programs (aya)", "aya", |env| load(env, MANY, None), |env| aya_load(env, MANY), None)
        .needs(&[Need::Input(MANY), Need::Privileges]),
    warm(
        "load: 200 programs, ours in one thread",
        "libbpf",
        |env| load(env, MANY, ONE),
        |env| libbpf_load(env, MANY),
        Some(1.1),
    )
    .needs(&[Need::Input(MANY), Need::Privileges]),
    warm(
        "load: 200 programs, ours in one thread (aya)",
        "aya",
        |env| load(env, MANY, ONE),
        |env| aya_load(env, MANY),
        None,
    )
    .needs(&[Need::Input(MANY), Need::Privileges]),
    no("load: a congestion control (aya)", "aya", NO_STRUCT_OPS, None),
];

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
