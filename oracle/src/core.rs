//! How libbpf resolves CO-RE relocations: its own functions, which the archive has and the headers do not declare, asked
//! one relocation at a time.
//!
//! # Safety
//!
//! The declarations are those of libbpf 1.7 (`src/relo_core.h`, `src/libbpf_internal.h`), whose version `Cargo.toml`
//! fixes. BTF comes from `btf__new`, which checks it, and outlives all that refers to it.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{c_char, c_int, c_void};
use std::io;

use libbpf_sys as sys;

use crate::facts::{Answered, Question, Slot, Verdict};

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
struct Resolved {
    orig_val: u64,
    new_val: u64,
    poison: bool,
    validate: bool,
    fail_memsz_adjust: bool,
    orig_sz: u32,
    orig_type_id: u32,
    new_sz: u32,
    new_type_id: u32,
}

/// Room for three `struct bpf_core_spec` of 1312 bytes.
type Scratch = [u64; 1024];

unsafe extern "C" {
    fn bpf_core_essential_name_len(name: *const c_char) -> usize;
    fn bpf_core_add_cands(
        local: *mut Candidate,
        essential_len: usize,
        target: *const sys::btf,
        target_name: *const c_char,
        start_id: c_int,
        found: *mut Candidates,
    ) -> c_int;
    fn bpf_core_calc_relo_insn(
        program: *const c_char,
        relo: *const sys::bpf_core_relo,
        index: c_int,
        local: *const sys::btf,
        candidates: *mut Candidates,
        scratch: *mut Scratch,
        resolved: *mut Resolved,
    ) -> c_int;
    fn bpf_core_patch_insn(
        program: *const c_char,
        insn: *mut [u8; 8],
        at: c_int,
        relo: *const sys::bpf_core_relo,
        index: c_int,
        resolved: *const Resolved,
    ) -> c_int;
    fn vsnprintf(to: *mut c_char, size: usize, format: *const c_char, args: *mut c_void) -> c_int;
}

/// `enum bpf_core_relo_kind`.
const BYTE_SIZE: u32 = 1;
const LEFT_SHIFT: u32 = 4;
const RIGHT_SHIFT: u32 = 5;
const TYPE_ID_LOCAL: u32 = 6;

/// Answers every question, each as the first that is asked of its type: libbpf drops candidates from one to the next.
pub(crate) fn answer(local: &[u8], target: &[u8], questions: &[Question]) -> io::Result<Vec<Answered>> {
    // SAFETY: the callback has the signature that libbpf wants.
    unsafe { sys::libbpf_set_print(Some(note)) };
    let (local, target) = (open(local)?, open(target)?);
    let mut asked = Asked { local, target, candidates: HashMap::new() };
    let answers = questions.iter().map(|question| asked.one(question)).collect();
    // SAFETY: each is freed once, and nothing refers to them any more.
    unsafe {
        sys::btf__free(local);
        sys::btf__free(target);
    }
    Ok(answers)
}

fn open(bytes: &[u8]) -> io::Result<*mut sys::btf> {
    let len = u32::try_from(bytes.len()).expect("BTF is smaller than 4 GiB");
    // SAFETY: an address and how many bytes there are.
    let btf = unsafe { sys::btf__new(bytes.as_ptr().cast(), len) };
    if btf.is_null() { Err(io::Error::last_os_error()) } else { Ok(btf) }
}

struct Asked {
    local: *mut sys::btf,
    target: *mut sys::btf,
    /// Of each local type, as found.
    candidates: HashMap<u32, Result<Vec<Candidate>, c_int>>,
}

impl Asked {
    fn one(&mut self, question: &Question) -> Answered {
        let mut resolved = match self.resolve(question, question.kind) {
            Ok(resolved) => resolved,
            Err(code) => return Answered { verdict: Verdict::Refused(refusal(code)), patched: None },
        };
        if question.kind == LEFT_SHIFT
            && !resolved.poison
            && let Err(code) = self.for_its_byte_order(question, &mut resolved)
        {
            return Answered { verdict: Verdict::Refused(refusal(code)), patched: None };
        }
        let verdict = if resolved.poison {
            Verdict::Missing
        } else {
            let expected = resolved.validate.then_some(resolved.orig_val);
            Verdict::Value { expected, value: resolved.new_val }
        };
        let mut insns = question.insns.map(bytes);
        let relo = relo(question, question.kind);
        // SAFETY: two instructions, which is as far as it goes; the others outlive the call.
        let code = unsafe {
            bpf_core_patch_insn(
                c"asked".as_ptr(),
                insns.as_mut_ptr(),
                0,
                &raw const relo,
                0,
                &raw const resolved,
            )
        };
        let patched = if code == 0 { Ok(insns.map(slot)) } else { Err(refusal(code)) };
        Answered { verdict, patched: Some(patched) }
    }

    fn resolve(&mut self, question: &Question, kind: u32) -> Result<Resolved, c_int> {
        let mut found = match kind {
            TYPE_ID_LOCAL => Vec::new(),
            _ => self.candidates(question.type_id)?,
        };
        let mut candidates = Candidates {
            list: found.as_mut_ptr(),
            len: c_int::try_from(found.len()).expect("there are fewer types than that"),
        };
        let (mut resolved, relo) = (Resolved::default(), relo(question, kind));
        let mut scratch: Scratch = [0; 1024];
        // SAFETY: the list is as long as said and is only moved about within; the scratch has room for three
        // specifications; the rest outlives the call.
        let code = unsafe {
            bpf_core_calc_relo_insn(
                c"asked".as_ptr(),
                &raw const relo,
                0,
                self.local,
                &raw mut candidates,
                &raw mut scratch,
                &raw mut resolved,
            )
        };
        if code == 0 { Ok(resolved) } else { Err(code) }
    }

    /// libbpf computes shifts for the machine that it runs on. For types of the other byte order the shift follows from
    /// what it says of the same field besides: the bytes of the load, and the shift to the right.
    fn for_its_byte_order(&mut self, question: &Question, resolved: &mut Resolved) -> Result<(), c_int> {
        // SAFETY: BTF that is open.
        if unsafe { sys::btf__endianness(self.target) } == sys::BTF_LITTLE_ENDIAN {
            return Ok(());
        }
        let size = self.resolve(question, BYTE_SIZE)?.new_val;
        let right = self.resolve(question, RIGHT_SHIFT)?.new_val;
        // The bits before the field: 64 - left - width here, with the bytes that are not loaded in front there.
        resolved.new_val =
            64_u64.wrapping_sub(size.wrapping_mul(8)).wrapping_add(right).wrapping_sub(resolved.new_val);
        Ok(())
    }

    fn candidates(&mut self, id: u32) -> Result<Vec<Candidate>, c_int> {
        let (local, target) = (self.local, self.target);
        self.candidates.entry(id).or_insert_with(|| candidates(local, target, id)).clone()
    }
}

/// As `bpf_core_find_cands` does it for one BTF.
fn candidates(local: *mut sys::btf, target: *mut sys::btf, id: u32) -> Result<Vec<Candidate>, c_int> {
    // SAFETY: both are open; names are C strings of theirs. The list that is made is read, copied and freed once.
    unsafe {
        let found = sys::btf__type_by_id(local, id);
        if found.is_null() {
            return Err(-libc::EINVAL);
        }
        let name = sys::btf__name_by_offset(local, (*found).name_off);
        if name.is_null() || *name == 0 {
            return Err(-libc::EINVAL);
        }
        let mut own = Candidate { btf: local, id };
        let mut list = Candidates { list: std::ptr::null_mut(), len: 0 };
        let len = bpf_core_essential_name_len(name);
        let code = bpf_core_add_cands(&raw mut own, len, target, c"vmlinux".as_ptr(), 1, &raw mut list);
        let mut copy = Vec::new();
        if !list.list.is_null() {
            copy.extend_from_slice(std::slice::from_raw_parts(
                list.list,
                usize::try_from(list.len).unwrap_or(0),
            ));
        }
        libc::free(list.list.cast());
        if code == 0 { Ok(copy) } else { Err(code) }
    }
}

fn relo(question: &Question, kind: u32) -> sys::bpf_core_relo {
    sys::bpf_core_relo { insn_off: 0, type_id: question.type_id, access_str_off: question.access, kind }
}

fn bytes(slot: Slot) -> [u8; 8] {
    let ([a, b], [c, d, e, f]) = (slot.off.to_le_bytes(), slot.imm.to_le_bytes());
    [slot.code, slot.dst | slot.src << 4, a, b, c, d, e, f]
}

fn slot([code, registers, a, b, c, d, e, f]: [u8; 8]) -> Slot {
    Slot {
        code,
        dst: registers & 0xf,
        src: registers >> 4,
        off: i16::from_le_bytes([a, b]),
        imm: i32::from_le_bytes([c, d, e, f]),
    }
}

thread_local! {
    /// The last warning.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A code, and what was said about it.
fn refusal(code: c_int) -> String {
    let said = SAID.with_borrow_mut(std::mem::take);
    let said = said.split("relo #0: ").last().unwrap_or_default().trim().to_owned();
    format!("libbpf {code}: {said}")
}

unsafe extern "C" fn note(
    level: sys::libbpf_print_level,
    format: *const c_char,
    args: *mut sys::__va_list_tag,
) -> c_int {
    if level != sys::LIBBPF_WARN {
        return 0;
    }
    let mut text = vec![0_u8; 512];
    // SAFETY: the buffer is as large as said; format and arguments belong together, as libbpf passes them.
    let len = unsafe { vsnprintf(text.as_mut_ptr().cast(), text.len(), format, args.cast()) };
    text.truncate(usize::try_from(len).unwrap_or(0).min(511));
    SAID.with_borrow_mut(|said| *said = String::from_utf8_lossy(&text).into_owned());
    0
}
