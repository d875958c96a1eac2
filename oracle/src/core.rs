//! What libbpf answers to CO-RE relocations: those of a list, of types of one BTF, against another.
//!
//! The functions are libbpf's own, which its loader calls; no header that is installed declares them. They are in the
//! archive that this program is linked with.
//!
//! # Safety
//!
//! The types below are those of `relo_core.h` of libbpf 1.7, with which this is built (`Cargo.lock`). Each list of
//! candidates belongs to libbpf, which moves its elements; it gets a copy that lives as long as the call.

#![allow(unsafe_code)]

use std::collections::HashMap;
use std::ffi::{c_char, c_int, c_void};
use std::io::{self, Write};

use libbpf_sys as sys;

#[repr(C)]
struct Relocation {
    offset: u32,
    type_id: u32,
    access: u32,
    kind: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Candidate {
    btf: *const sys::btf,
    id: u32,
}

#[repr(C)]
struct Candidates {
    list: *mut Candidate,
    len: c_int,
}

#[repr(C)]
#[derive(Default)]
struct Answer {
    original: u64,
    value: u64,
    poison: bool,
    validate: bool,
    no_access: bool,
    original_size: u32,
    original_type: u32,
    size: u32,
    of_type: u32,
}

/// Bytes that three `struct bpf_core_spec` have at most.
const SPECS: usize = 3 * 2048;
const FIELD_BYTE_OFFSET: u32 = 0;

unsafe extern "C" {
    fn bpf_core_add_cands(
        local: *mut Candidate,
        essential_len: usize,
        target: *const sys::btf,
        target_name: *const c_char,
        first: c_int,
        found: *mut Candidates,
    ) -> c_int;
    fn bpf_core_essential_name_len(name: *const c_char) -> usize;
    fn bpf_core_calc_relo_insn(
        program: *const c_char,
        relocation: *const Relocation,
        index: c_int,
        local: *const sys::btf,
        candidates: *mut Candidates,
        specs: *mut c_void,
        answer: *mut Answer,
    ) -> c_int;
}

/// Prints a line for each relocation of a list of three numbers each (type, access string, kind): `error`, `missing`, or
/// the value, what the instruction had (`-` where that is not compared), and how accesses change (`4>8`, `never`, `-`).
pub(crate) fn print(local: &[u8], target: &[u8], list: &[u8]) -> io::Result<()> {
    let mut text = String::new();
    // SAFETY: sizes are those of the slices, and both BTFs live until the end.
    unsafe {
        sys::libbpf_set_print(Some(quiet));
        let [local, target] =
            [local, target].map(|bytes| sys::btf__new(bytes.as_ptr().cast(), bytes.len().try_into().unwrap_or(0)));
        if local.is_null() || target.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut known = HashMap::new();
        for (record, index) in list.as_chunks::<12>().0.iter().zip(0..) {
            let [type_id, access, kind] =
                [0, 4, 8].map(|at| u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]]));
            let relocation = Relocation { offset: 0, type_id, access, kind };
            let candidates = known.entry(type_id).or_insert_with(|| candidates(local, target, type_id));
            text.push_str(&answer(local, &relocation, index, candidates));
            text.push('\n');
        }
        sys::btf__free(local);
        sys::btf__free(target);
    }
    io::stdout().write_all(text.as_bytes())
}

/// The target's types of the same essential name, as libbpf looks them up; `None` where that fails.
unsafe fn candidates(local: *mut sys::btf, target: *mut sys::btf, id: u32) -> Option<Vec<Candidate>> {
    // SAFETY: the BTFs are open, and what libbpf allocated is freed once, after it was copied.
    unsafe {
        let found = sys::btf__type_by_id(local, id);
        let name = found.as_ref().map(|found| sys::btf__name_by_offset(local, found.name_off))?;
        if name.is_null() || *name == 0 {
            // The relocation itself is refused then.
            return Some(Vec::new());
        }
        let mut root = Candidate { btf: local, id };
        let mut list = Candidates { list: std::ptr::null_mut(), len: 0 };
        let length = bpf_core_essential_name_len(name);
        let code = bpf_core_add_cands(&raw mut root, length, target, c"target".as_ptr(), 1, &raw mut list);
        let copy = match list.list.is_null() {
            true => Vec::new(),
            false => std::slice::from_raw_parts(list.list, usize::try_from(list.len).unwrap_or(0)).to_vec(),
        };
        libc::free(list.list.cast());
        (code == 0).then_some(copy)
    }
}

unsafe fn answer(
    local: *mut sys::btf,
    relocation: &Relocation,
    index: c_int,
    candidates: &Option<Vec<Candidate>>,
) -> String {
    let Some(candidates) = candidates else { return "error".into() };
    let mut copy = candidates.clone();
    let len = c_int::try_from(copy.len()).unwrap_or(0);
    let mut list = Candidates { list: copy.as_mut_ptr(), len };
    let mut specs = vec![0_u64; SPECS / 8];
    let mut answer = Answer::default();
    // SAFETY: everything outlives the call; the scratch is larger than what is kept in it, and aligned for it.
    let code = unsafe {
        bpf_core_calc_relo_insn(
            c"program".as_ptr(),
            relocation,
            index,
            local,
            &raw mut list,
            specs.as_mut_ptr().cast(),
            &raw mut answer,
        )
    };
    if code != 0 {
        return "error".into();
    }
    if answer.poison {
        return "missing".into();
    }
    let original = if answer.validate { answer.original.to_string() } else { "-".into() };
    let resized = relocation.kind == FIELD_BYTE_OFFSET && answer.original_size != answer.size;
    let access = match (answer.no_access, resized) {
        (true, _) => "never".into(),
        (false, true) => format!("{}>{}", answer.original_size, answer.size),
        (false, false) => "-".into(),
    };
    format!("{} {original} {access}", answer.value)
}

unsafe extern "C" fn quiet(
    _: sys::libbpf_print_level,
    _: *const c_char,
    _: *mut sys::__va_list_tag,
) -> c_int {
    0
}
