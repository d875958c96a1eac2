//! Looks over libbpf's shoulder: what it asks of the kernel by bpf(2).
//!
//! libbpf makes that call through `syscall()`. The linker sends every use of that name in this program here
//! (`--wrap=syscall`, see `build.rs`), and from here the calls go on to the C library. The programs of the object that
//! is being looked at are noted as they are sent. When the kernel refuses one, libbpf is told that it was taken, so
//! that it goes on with the next: each program gets its own verdict.
//!
//! # Safety
//!
//! The wrapped function is variadic in C and has seven fixed arguments here. On Linux, x86-64 passes up to
//! seven integers of a variadic call in the places of a fixed one, and reading what the caller did not set is harmless:
//! the value is handed on and the kernel ignores it. What the pointers in a `bpf_attr` point to was put there by
//! libbpf for the kernel to read, and lives until the call returns.

#![allow(unsafe_code)]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_long};
use std::sync::Mutex;

use libbpf_sys as sys;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("how C passes variable arguments was thought through for x86-64 only");

/// A program as it was sent to the kernel.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) program_type: u32,
    pub(crate) attach_type: u32,
    pub(crate) attach_btf_id: u32,
    pub(crate) attach_btf_fd: u32,
    pub(crate) flags: u32,
    pub(crate) name: String,
    pub(crate) license: String,
    pub(crate) insns: Vec<[u8; 8]>,
    /// Instruction, type.
    pub(crate) functions: Vec<[u32; 2]>,
    /// Instruction, file, text, line and column.
    pub(crate) lines: Vec<[u32; 4]>,
    /// The kernel's error number; 0 if it took it.
    pub(crate) errno: i32,
    pub(crate) log: String,
}

struct Watch {
    /// The addresses of the instructions of each program: that tells them from the programs that libbpf makes up to
    /// find out what the kernel can do.
    programs: Vec<u64>,
    loads: HashMap<u64, Load>,
}

static WATCH: Mutex<Option<Watch>> = Mutex::new(None);

/// From now on, the programs whose instructions are at these addresses are noted.
pub(crate) fn start(programs: Vec<u64>) {
    *WATCH.lock().unwrap() = Some(Watch { programs, loads: HashMap::new() });
}

/// What was noted, by the address of the instructions.
pub(crate) fn stop() -> HashMap<u64, Load> {
    WATCH.lock().unwrap().take().map(|watch| watch.loads).unwrap_or_default()
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
    if number != libc::SYS_bpf || a != c_long::from(sys::BPF_PROG_LOAD) {
        return call();
    }
    // The lock is not held over the call: only this thread calls libbpf, but nothing here should have to know that.
    let mut attr = sys::bpf_attr__bindgen_ty_4::default();
    let size = usize::try_from(c).unwrap_or(0).min(size_of_val(&attr));
    // SAFETY: libbpf passes an address of `c` bytes, of which no more than our struct has are copied; every bit
    // pattern is a valid value of it.
    unsafe { std::ptr::copy_nonoverlapping(b as *const u8, (&raw mut attr).cast::<u8>(), size) };
    let watched = |watch: &Watch| watch.programs.contains(&attr.insns);
    if !WATCH.lock().unwrap().as_ref().is_some_and(watched) {
        return call();
    }
    let result = call();
    let errno =
        if result < 0 { std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL) } else { 0 };
    let mut watch = WATCH.lock().unwrap();
    let Some(watch) = watch.as_mut() else { return result };
    let load = watch.loads.entry(attr.insns).or_insert_with(|| note(&attr));
    (load.errno, load.log) = (errno, text(attr.log_buf, attr.log_size));
    if errno == 0 {
        return result;
    }
    // The first refusal stands: libbpf tries again with a log. After that it is told that all is well.
    if attr.log_level == 0 || errno == libc::ENOSPC {
        // SAFETY: errno belongs to this thread.
        unsafe { *libc::__errno_location() = errno };
        return result;
    }
    stand_in()
}

/// A descriptor of nothing in particular, for libbpf to close.
fn stand_in() -> c_long {
    // SAFETY: the path is a C string; the descriptor is the caller's.
    c_long::from(unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) })
}

fn note(attr: &sys::bpf_attr__bindgen_ty_4) -> Load {
    let name =
        attr.prog_name.iter().take_while(|byte| **byte != 0).map(|byte| *byte as u8).collect::<Vec<u8>>();
    Load {
        program_type: attr.prog_type,
        attach_type: attr.expected_attach_type,
        attach_btf_id: attr.attach_btf_id,
        // SAFETY: both members of the union are a u32.
        attach_btf_fd: unsafe { attr.__bindgen_anon_1.attach_btf_obj_fd },
        flags: attr.prog_flags,
        name: String::from_utf8_lossy(&name).into_owned(),
        license: text(attr.license, 128),
        insns: records(attr.insns, attr.insn_cnt, 8),
        functions: records(attr.func_info, attr.func_info_cnt, attr.func_info_rec_size),
        lines: records(attr.line_info, attr.line_info_cnt, attr.line_info_rec_size),
        errno: 0,
        log: String::new(),
    }
}

/// The first bytes of each of `count` records of `size` bytes.
fn records<T: Copy>(at: u64, count: u32, size: u32) -> Vec<T> {
    if at == 0 || (size as usize) < size_of::<T>() {
        return Vec::new();
    }
    let record = |index: u64| {
        // SAFETY: libbpf promises the kernel `count` records of `size` bytes there, and `T`, an array of integers, is
        // not larger than one of them.
        unsafe { std::ptr::read_unaligned((at + index * u64::from(size)) as *const T) }
    };
    (0..u64::from(count)).map(record).collect()
}

/// Text up to a NUL, if there is a buffer at all.
fn text(at: u64, size: u32) -> String {
    if at == 0 || size == 0 {
        return String::new();
    }
    // SAFETY: the kernel ends what it writes to a log with a NUL, and libbpf begins it with one; a license is a C
    // string.
    unsafe { CStr::from_ptr(at as *const c_char) }.to_string_lossy().into_owned()
}
