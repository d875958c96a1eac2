//! What libbpf is asked to do, in the calls that its users make.
//!
//! # Safety
//!
//! Every pointer that is passed to libbpf comes from libbpf and is used only while its owner here lives; buffers and
//! paths live as long as the call that takes them. libbpf is used from one thread.

use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::path::Path;
use std::ptr::{NonNull, null, null_mut};

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

/// Reads an element of a map of 4-byte keys and 8-byte values: one system call and hardly more.
pub(crate) fn read(map: i32, key: u32) -> Result<u64, String> {
    let mut value = 0_u64;
    // SAFETY: key and value are there during the call, and as large as the map's are.
    let status = unsafe { sys::bpf_map_lookup_elem(map, (&raw const key).cast(), (&raw mut value).cast()) };
    if status == 0 { Ok(value) } else { Err(errno()) }
}

/// Writes an element: to each key the number after it. Answers 0.
pub(crate) fn write(map: i32, key: u32) -> Result<u64, String> {
    let value = u64::from(key) + 1;
    // SAFETY: as in `read`.
    let status =
        unsafe { sys::bpf_map_update_elem(map, (&raw const key).cast(), (&raw const value).cast(), 0) };
    if status == 0 { Ok(0) } else { Err(errno()) }
}

/// The key after that one, or the first.
pub(crate) fn next_key(map: i32, after: Option<u32>) -> Option<u32> {
    let mut next = 0_u32;
    let after = after.as_ref().map_or(null(), |key| std::ptr::from_ref(key).cast());
    // SAFETY: as in `read`; null asks for the first.
    let status = unsafe { sys::bpf_map_get_next_key(map, after, (&raw mut next).cast()) };
    (status == 0).then_some(next)
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

impl Btf {
    /// The highest id.
    fn last_id(&self) -> u32 {
        // SAFETY: types that are there.
        unsafe { sys::btf__type_cnt(self.0.as_ptr()) - 1 }
    }

    /// The kind and the name of each type, in order of ids.
    fn each(&self) -> impl Iterator<Item = (u32, u32, &CStr)> {
        (1..=self.last_id()).map(|id| {
            // SAFETY: an id of these types; the record stays where it is.
            let record = unsafe { &*sys::btf__type_by_id(self.0.as_ptr(), id) };
            // SAFETY: libbpf checked the names when it opened them; they live as long as the types.
            let name = unsafe { CStr::from_ptr(sys::btf__name_by_offset(self.0.as_ptr(), record.name_off)) };
            (id, record.info >> 24 & 0x1f, name)
        })
    }

    /// Puts all names into a map, and looks one struct up in it.
    pub(crate) fn index_names(&self, name: &CStr) -> u64 {
        let mut names: HashMap<&CStr, Vec<(u32, u32)>> = HashMap::new();
        for (id, kind, name) in self.each().filter(|(_, _, name)| !name.is_empty()) {
            names.entry(name).or_default().push((id, kind));
        }
        let found = names.get(name).into_iter().flatten();
        found
            .filter(|(_, kind)| *kind == sys::BTF_KIND_STRUCT)
            .map(|(id, _)| u64::from(*id))
            .next()
            .unwrap_or(0)
    }

    /// How many structs have that name, without what stands behind `___` in theirs.
    pub(crate) fn structs_named(&self, essential: &str) -> u64 {
        let fits = |name: &CStr| {
            let name = name.to_bytes();
            name.starts_with(essential.as_bytes())
                && (name.len() == essential.len()
                    || std::str::from_utf8(name).is_ok_and(|name| bpf_btf::essential_name(name) == essential))
        };
        self.each().filter(|(_, kind, name)| *kind == sys::BTF_KIND_STRUCT && fits(name)).count() as u64
    }

    /// All of it as C.
    pub(crate) fn dump_c(&self) -> Result<Vec<u8>, String> {
        let mut text: Vec<u8> = Vec::new();
        // SAFETY: types that are there; the context is the buffer, which outlives the printer; the callback has the
        // signature that libbpf wants.
        let dump =
            unsafe { sys::btf_dump__new(self.0.as_ptr(), Some(print), (&raw mut text).cast(), null()) };
        let dump = NonNull::new(dump).ok_or_else(errno)?;
        let mut failed = 0;
        for id in 1..=self.last_id() {
            // SAFETY: the printer is there; ids are those of its types.
            let status = unsafe { sys::btf_dump__dump_type(dump.as_ptr(), id) };
            failed = if status < 0 { status } else { failed };
        }
        // SAFETY: nobody else has it.
        unsafe { sys::btf_dump__free(dump.as_ptr()) };
        if failed == 0 { Ok(text) } else { Err(format!("dump: {failed}")) }
    }
}

impl Drop for Btf {
    fn drop(&mut self) {
        // SAFETY: nobody else has it.
        unsafe { sys::btf__free(self.0.as_ptr()) }
    }
}

unsafe extern "C" {
    fn vsnprintf(
        to: *mut std::ffi::c_char,
        size: usize,
        format: *const std::ffi::c_char,
        args: *mut sys::__va_list_tag,
    ) -> std::ffi::c_int;
}

/// Appends to the buffer that is the context, as a C program would that prints into memory.
unsafe extern "C" fn print(
    context: *mut std::ffi::c_void,
    format: *const std::ffi::c_char,
    args: *mut sys::__va_list_tag,
) {
    // SAFETY: the context is the buffer that `dump_c` gave, and used by nothing else meanwhile.
    let text = unsafe { &mut *context.cast::<Vec<u8>>() };
    text.reserve(1 << 12);
    let room = text.capacity() - text.len();
    // SAFETY: there is as much room as said; format and arguments belong together, as libbpf passes them.
    let written = unsafe { vsnprintf(text.spare_capacity_mut().as_mut_ptr().cast(), room, format, args) };
    let written = usize::try_from(written).unwrap_or(0).min(room - 1);
    // SAFETY: that many bytes have been written.
    unsafe { text.set_len(text.len() + written) };
}
