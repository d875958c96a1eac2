//! Objects resolved against the running kernel, each contender opening object and kernel: 1,000 CO-RE relocations.

use super::btf::{aya_relocate, libbpf_relocate, relocate};
use super::cold;
use crate::case::{Case, Need};

const MANY_OF_40: &str = "relocs1000of40.o";
const MANY_OF_200: &str = "relocs1000of200.o";

pub(super) const CASES: &[Case] = &[
    // name, peer, the two contenders, the ratio that is aimed at, what it takes
    cold(
        "plan: 1000 relocations, 40 root types",
        "libbpf",
        |env| relocate(env, MANY_OF_40),
        |env| libbpf_relocate(env, MANY_OF_40),
        Some(6.0),
    )
    .needs(&[Need::Input(MANY_OF_40), Need::KernelBtf, Need::Privileges]),
    cold(
        "plan: 1000 relocations, 200 root types",
        "libbpf",
        |env| relocate(env, MANY_OF_200),
        |env| libbpf_relocate(env, MANY_OF_200),
        Some(30.0),
    )
    .needs(&[Need::Input(MANY_OF_200), Need::KernelBtf, Need::Privileges]),
    cold(
        "plan: 1000 relocations, 200 root types (aya)",
        "aya",
        |env| relocate(env, MANY_OF_200),
        |env| aya_relocate(env, MANY_OF_200),
        None,
    )
    .needs(&[Need::Input(MANY_OF_200), Need::KernelBtf]),
];
