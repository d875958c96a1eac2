//! What libbpf is asked to do, in the calls that its users make.
//!
//! # Safety
//!
//! Every pointer that is passed to libbpf comes from libbpf and is used only while its owner here lives; buffers and
//! paths live as long as the call that takes them. libbpf is used from one thread.

use std::ffi::{CStr, CString};
use std::path::Path;
use std::ptr::{NonNull, null_mut};

use libbpf_sys as sys;

use crate::case::immediates;
use crate::stats::Answer;

pub(crate) fn version() -> String {
    // SAFETY: gives back a static C string.
    unsafe { CStr::from_ptr(sys::libbpf_version_string()) }.to_string_lossy().into_owned()
}

/// Lets libbpf print nothing: formatting messages is not the work that is measured.
fn quiet() {
    // SAFETY: without a function there is nothing to call.
    unsafe { sys::libbpf_set_print(None) };
}

fn errno() -> String {
    std::io::Error::last_os_error().to_string()
}

/// An open object.
pub(crate) struct Object(NonNull<sys::bpf_object>);

impl Object {
    pub(crate) fn open(bytes: &[u8]) -> Result<Self, String> {
        quiet();
        let opts = sys::bpf_object_open_opts {
            sz: size_of::<sys::bpf_object_open_opts>() as u64,
            object_name: c"bench".as_ptr(),
            ..Default::default()
        };
        // SAFETY: bytes and options are there during the call; libbpf keeps copies.
        let object =
            unsafe { sys::bpf_object__open_mem(bytes.as_ptr().cast(), bytes.len() as u64, &raw const opts) };
        NonNull::new(object).map(Self).ok_or_else(errno)
    }

    /// How many programs, and how many maps.
    pub(crate) fn contents(&self) -> Answer {
        (self.each_program().count() as u64, self.maps())
    }

    fn each_program(&self) -> impl Iterator<Item = *mut sys::bpf_program> {
        let mut at = null_mut();
        std::iter::from_fn(move || {
            // SAFETY: null, or a program of this object.
            at = unsafe { sys::bpf_object__next_program(self.0.as_ptr(), at) };
            (!at.is_null()).then_some(at)
        })
    }

    fn maps(&self) -> u64 {
        let mut at = null_mut();
        let next = std::iter::from_fn(|| {
            // SAFETY: null, or a map of this object.
            at = unsafe { sys::bpf_object__next_map(self.0.as_ptr(), at) };
            (!at.is_null()).then_some(())
        });
        next.count() as u64
    }

    /// Of all programs, as they are now.
    pub(crate) fn immediates(&self) -> Answer {
        immediates(self.each_program().flat_map(|program| {
            // SAFETY: a program of this object.
            let (first, count) =
                unsafe { (sys::bpf_program__insns(program), sys::bpf_program__insn_cnt(program)) };
            // SAFETY: so many instructions stand there until the object is changed, which nobody does meanwhile.
            let insns = unsafe { std::slice::from_raw_parts(first, usize::try_from(count).unwrap_or(0)) };
            insns.iter().map(|insn| insn.imm)
        }))
    }

    /// Everything before the programs are loaded: CO-RE, BTF, maps.
    pub(crate) fn prepare(&self) -> Result<(), String> {
        // SAFETY: an open object.
        let status = unsafe { sys::bpf_object__prepare(self.0.as_ptr()) };
        if status == 0 { Ok(()) } else { Err(format!("prepare: {status}")) }
    }

    pub(crate) fn load(&self) -> Result<(), String> {
        // SAFETY: an open object.
        let status = unsafe { sys::bpf_object__load(self.0.as_ptr()) };
        if status == 0 { Ok(()) } else { Err(format!("load: {status}")) }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: nobody else has it.
        unsafe { sys::bpf_object__close(self.0.as_ptr()) }
    }
}

/// Types.
pub(crate) struct Btf(NonNull<sys::btf>);

impl Btf {
    /// The running kernel's, as libbpf finds it.
    pub(crate) fn vmlinux() -> Result<Self, String> {
        quiet();
        // SAFETY: no arguments.
        NonNull::new(unsafe { sys::btf__load_vmlinux_btf() }).map(Self).ok_or_else(errno)
    }

    /// Those in a file.
    pub(crate) fn file(path: &Path) -> Result<Self, String> {
        quiet();
        let path = CString::new(path.as_os_str().as_encoded_bytes()).map_err(|error| error.to_string())?;
        // SAFETY: a C string; no place for `.BTF.ext` is given.
        NonNull::new(unsafe { sys::btf__parse_raw(path.as_ptr()) }).map(Self).ok_or_else(errno)
    }

    /// The id of a struct.
    pub(crate) fn find_struct(&self, name: &CStr) -> u64 {
        // SAFETY: types that are there, and a C string.
        let id = unsafe { sys::btf__find_by_name_kind(self.0.as_ptr(), name.as_ptr(), sys::BTF_KIND_STRUCT) };
        u64::try_from(id).unwrap_or(0)
    }
}

impl Drop for Btf {
    fn drop(&mut self) {
        // SAFETY: nobody else has it.
        unsafe { sys::btf__free(self.0.as_ptr()) }
    }
}
