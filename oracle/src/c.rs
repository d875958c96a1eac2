//! What libbpf prints of a BTF as C.
//!
//! # Safety
//!
//! What is passed to libbpf comes from libbpf, but for the bytes and the callback's context, which outlive the dump.

#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};
use std::io::{self, Write};

use libbpf_sys as sys;

unsafe extern "C" {
    fn vsnprintf(to: *mut c_char, size: usize, format: *const c_char, args: *mut c_void) -> c_int;
}

/// Bytes of a `va_list` on x86-64, and what one is read as while it is saved.
type Saved = [u64; 3];

/// Prints every type, in order of ids; of split BTF its own. Ids that libbpf refuses go to the error output, with its code.
pub(crate) fn print(bytes: &[u8], base: Option<&[u8]>) -> io::Result<()> {
    let mut text: Vec<u8> = Vec::new();
    let mut refused = Vec::new();
    // SAFETY: the callbacks have the signatures that libbpf wants; sizes are those of the slices; every object is
    // freed once, the split one before its base.
    unsafe {
        sys::libbpf_set_print(Some(quiet));
        let base = base.map_or(std::ptr::null_mut(), |base| sys::btf__new(base.as_ptr().cast(), len(base)));
        let btf = match base.is_null() {
            true => sys::btf__new(bytes.as_ptr().cast(), len(bytes)),
            false => sys::btf__new_split(bytes.as_ptr().cast(), len(bytes), base),
        };
        if btf.is_null() {
            return Err(io::Error::last_os_error());
        }
        let context = (&raw mut text).cast();
        let dump = sys::btf_dump__new(btf, Some(collect), context, std::ptr::null());
        if dump.is_null() {
            return Err(io::Error::last_os_error());
        }
        let first = if base.is_null() { 1 } else { sys::btf__type_cnt(base) };
        for id in first..sys::btf__type_cnt(btf) {
            let code = sys::btf_dump__dump_type(dump, id);
            if code != 0 {
                refused.push((id, code));
            }
        }
        sys::btf_dump__free(dump);
        sys::btf__free(btf);
        sys::btf__free(base);
    }
    for (id, code) in refused {
        eprintln!("{id} {code}");
    }
    io::stdout().write_all(&text)
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("BTF is smaller than 4 GiB")
}

/// Appends a piece of text.
unsafe extern "C" fn collect(context: *mut c_void, format: *const c_char, args: *mut sys::__va_list_tag) {
    // SAFETY: the context is the vector that `print` passed, and nobody else uses it meanwhile.
    let text = unsafe { &mut *context.cast::<Vec<u8>>() };
    // SAFETY: that is how large the state of a `va_list` is there.
    let saved = unsafe { args.cast::<Saved>().read() };
    let mut piece = vec![0_u8; 1024];
    loop {
        // SAFETY: the buffer is as large as said; format and arguments belong together, as libbpf passes them.
        let needs = unsafe { vsnprintf(piece.as_mut_ptr().cast(), piece.len(), format, args.cast()) };
        let needs = usize::try_from(needs).unwrap_or(0);
        if needs < piece.len() {
            text.extend_from_slice(&piece[..needs]);
            return;
        }
        piece.resize(needs + 1, 0);
        // SAFETY: back to where it was before it was read through.
        unsafe { args.cast::<Saved>().write(saved) };
    }
}

unsafe extern "C" fn quiet(
    _: sys::libbpf_print_level,
    _: *const c_char,
    _: *mut sys::__va_list_tag,
) -> c_int {
    0
}
