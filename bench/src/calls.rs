//! How long the kernel takes for bpf(2): we, libbpf and aya all make it through the C library's `syscall()`, and the
//! linker sends every use of that name in this program here (`--wrap=syscall`, see `build.rs`).
//!
//! # Safety
//!
//! The wrapped function is variadic in C and has seven fixed arguments here. On Linux, x86-64 passes up to seven
//! integers of a variadic call in the places of a fixed one, and reading what the caller did not set is harmless: the
//! value is handed on and the kernel ignores it.

use std::ffi::c_long;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("how C passes variable arguments was thought through for x86-64 only");

/// bpf(2) on x86-64.
const SYS_BPF: c_long = 321;

/// Whether calls are timed: that takes some tens of nanoseconds for each.
static TIMED: AtomicBool = AtomicBool::new(false);
static NANOSECONDS: AtomicU64 = AtomicU64::new(0);

/// From now on calls are timed.
pub(crate) fn time() {
    TIMED.store(true, Ordering::Relaxed);
}

/// Nanoseconds that all calls took that ended so far; of threads beside each other the sum.
pub(crate) fn nanoseconds() -> u64 {
    NANOSECONDS.load(Ordering::Relaxed)
}

unsafe extern "C" {
    fn __real_syscall(number: c_long, ...) -> c_long;
}

#[unsafe(no_mangle)]
extern "C" fn __wrap_syscall(
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    // SAFETY: what came in goes on unchanged, in the same order.
    let call = || unsafe { __real_syscall(number, a, b, c, d, e, f) };
    if number != SYS_BPF || !TIMED.load(Ordering::Relaxed) {
        return call();
    }
    let start = Instant::now();
    let result = call();
    // The clock does not touch errno.
    let took = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    NANOSECONDS.fetch_add(took, Ordering::Relaxed);
    result
}
