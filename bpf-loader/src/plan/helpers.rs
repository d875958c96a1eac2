//! Helper functions that an old kernel does not have, and what does the same there.

use bpf_sys::uapi::Helper;

use crate::kernel::Feature;
use crate::plan::{Context, PlanInsn, Step};

/// A helper, the feature that it came with, and the older helper that takes the same arguments. The older one reads
/// kernel and user memory alike, which goes well where addresses tell them apart: on every machine that had such kernels.
const OLDER: [(Helper, Feature, Helper); 4] = [
    (Helper::PROBE_READ_KERNEL, Feature::ProbeReadKernel, Helper::PROBE_READ),
    (Helper::PROBE_READ_USER, Feature::ProbeReadKernel, Helper::PROBE_READ),
    (Helper::PROBE_READ_KERNEL_STR, Feature::ProbeReadKernel, Helper::PROBE_READ_STR),
    (Helper::PROBE_READ_USER_STR, Feature::ProbeReadKernel, Helper::PROBE_READ_STR),
];

/// Calls the older helper where this kernel does not have the newer one.
pub(crate) fn replace(cx: &mut Context<'_>, step: Step, insns: &mut [PlanInsn]) {
    // Asked once for each program, since an assumption is noted each time.
    let mut uses = None;
    for planned in insns.iter_mut().filter(|planned| planned.reference.is_none()) {
        let insn = planned.insn;
        if !(insn.is_call() && insn.src == 0 && insn.dst == 0) {
            continue;
        }
        let called = Helper(insn.imm.cast_unsigned());
        let Some((_, feature, older)) = OLDER.iter().find(|(newer, ..)| *newer == called) else { continue };
        if !*uses.get_or_insert_with(|| cx.uses(*feature, step)) {
            planned.insn.imm = older.0.cast_signed();
        }
    }
}
