//! Opening objects: beside others, and how the time grows with what is in them.

use bpf_loader::OpenOptions;

use super::{cold, no, warm};
use crate::case::{Case, Curve, Done, Need, Work};
use crate::env::Env;
use crate::peers::{aya, libbpf};

/// The object of 200 programs, each with a map, a global and a call in it.
pub(super) const MANY: &str = "many.o";
/// The object of 2,000 global variables.
const GLOBALS: &str = "globals2000.o";
pub(super) const NO_STRUCT_OPS: &str = "aya 0.14 has no struct_ops";

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
];

/// All that an object may have many of.
pub(super) const CURVES: &[Curve] = &[
    Curve { name: "open", of: "programs", work: open },
    Curve { name: "open", of: "globals", work: open },
    Curve { name: "open", of: "relocations", work: open },
    Curve { name: "open", of: "maps", work: open },
    Curve { name: "open", of: "subprograms", work: open },
    Curve { name: "open", of: "externs", work: open },
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
