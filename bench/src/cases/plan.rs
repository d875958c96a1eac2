//! Objects resolved against the running kernel: 1,000 CO-RE relocations, each contender opening object and kernel; and
//! how the time grows with what is in an object.

use bpf_loader::{Kernel, OpenOptions};

use super::btf::{aya_relocate, libbpf_relocate, relocate};
use super::cold;
use crate::case::{Case, Curve, Done, Need, Work};
use crate::env::Env;

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

/// All that an object may have many of.
pub(super) const CURVES: &[Curve] = &[
    Curve { name: "plan", of: "programs", work: plan },
    Curve { name: "plan", of: "globals", work: plan },
    Curve { name: "plan", of: "relocations", work: plan },
    Curve { name: "plan", of: "maps", work: plan },
    Curve { name: "plan", of: "subprograms", work: plan },
    Curve { name: "plan", of: "externs", work: plan },
];

/// Plans an object that is open for a kernel that is known.
fn plan(env: &Env, name: &str) -> Result<Work, String> {
    let object = OpenOptions::new().parse(&env.read(name)?).map_err(|error| error.to_string())?;
    let kernel = Kernel::running();
    Ok(Box::new(move || {
        let plan = object.plan(&kernel).map_err(|error| error.to_string())?;
        Done::new((plan.programs().len() as u64, plan.maps().len() as u64), plan)
    }))
}
