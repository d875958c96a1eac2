//! Which types of maps and programs a kernel has: its BTF lists them, as the values of an enumeration each.

use std::collections::BTreeSet;

use bpf_btf::minimize::Keep;
use bpf_btf::{Btf, Kind, Type};
use bpf_sys::uapi::{MapType, ProgramType};

use crate::kernel::Kernel;
use crate::object::{MapSpec, Object, ProgramSpec};

/// `enum bpf_map_type`, `enum bpf_prog_type` of `include/uapi/linux/bpf.h`.
const MAPS: &str = "bpf_map_type";
const PROGRAMS: &str = "bpf_prog_type";
/// The first of each list, a hash map and a socket filter: a list without it is not what it seems to be.
const OLDEST: u32 = 1;

/// Whether a kernel is known not to have such maps.
pub(super) fn lacks_maps(kernel: &Kernel, map_type: MapType) -> bool {
    lacks(kernel, MAPS, map_type.0)
}

/// Whether a kernel is known not to have such programs.
pub(super) fn lacks_programs(kernel: &Kernel, program_type: ProgramType) -> bool {
    lacks(kernel, PROGRAMS, program_type.0)
}

fn lacks(kernel: &Kernel, list: &'static str, number: u32) -> bool {
    // The running kernel says so itself, and reading all of its types for that would cost more than asking.
    if kernel.is_running() {
        return false;
    }
    let Ok(btf) = kernel.btf() else { return false };
    let list = listed(btf, list).filter(|list| position(*list, OLDEST).is_some());
    list.is_some_and(|list| position(list, number).is_none())
}

/// Keeps what is looked at of a kernel for these maps and programs, so that one that was cut answers the same.
pub(crate) fn keep_listed(object: &Object, btf: &Btf, keep: &mut Keep) {
    let defs = object.maps().iter().map(MapSpec::def);
    let maps = defs.flat_map(|def| [Some(def.map_type.0), def.inner.as_ref().map(|inner| inner.map_type.0)]);
    let programs = object.programs().iter().filter_map(ProgramSpec::def).map(|def| def.program_type.0);
    let used: [(&str, BTreeSet<u32>); 2] = [(MAPS, maps.flatten().collect()), (PROGRAMS, programs.collect())];
    for (list, numbers) in used.into_iter().filter(|(_, numbers)| !numbers.is_empty()) {
        let Some(list) = listed(btf, list) else { continue };
        keep.layout(list.id());
        for at in numbers.into_iter().chain([OLDEST]).filter_map(|number| position(list, number)) {
            keep.element(list.id(), at);
        }
    }
}

fn listed<'a>(btf: &'a Btf, list: &str) -> Option<Type<'a>> {
    btf.get(btf.find_where(list, Kind::is_enum)?).ok()
}

fn position(list: Type<'_>, number: u32) -> Option<u32> {
    let at = list.enumerators().position(|one| one.value == u64::from(number))?;
    u32::try_from(at).ok()
}
