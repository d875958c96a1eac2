//! The limit on locked memory, against which kernels before 5.11 count maps and programs.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::os;
use crate::uapi::KernelVersion;

/// Lifts the limit on locked memory of this process where the kernel counts maps and programs against it: before 5.11,
/// where 64 KiB are usual and a command beyond that answers `EPERM`. True if that helped, now or in an earlier call, so
/// that a refused command is worth a second try. False, with nothing changed, on all other kernels.
///
/// As high as it may go: without `CAP_SYS_RESOURCE` that is the hard limit.
///
/// # Kernel
///
/// `bpf_map_charge_init` in `kernel/bpf/syscall.c` up to 5.10.
#[doc(alias = "libbpf_set_memlock_rlim")]
pub fn raise_memlock_limit() -> bool {
    static RAISED: AtomicBool = AtomicBool::new(false);
    if os::kernel_version().is_none_or(|version| version >= KernelVersion::new(5, 11)) {
        return false;
    }
    if os::raise_memlock_limit() {
        RAISED.store(true, Ordering::Relaxed);
    }
    // Several threads may have been refused before the first of them came here.
    RAISED.load(Ordering::Relaxed)
}
