//! libbpf's answers, as facts.
//!
//! # Safety
//!
//! Every pointer that is passed to libbpf comes from libbpf, and its object lives as long as [`Object`]; what libbpf
//! gives out (names, buffers) belongs to the object and is copied before anything else is called. One thread only.

#![allow(unsafe_code)]

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::NonNull;
use std::sync::Mutex;

use libbpf_sys as sys;

use crate::facts::{Digest, Line, Map, Means, Program, Refusal, SIZED, Sent, SentMap, Shape, Slot, insn};
use crate::record::{self, Load};

/// The warnings of libbpf since the last call that failed: the only place where it says why.
static SAID: Mutex<String> = Mutex::new(String::new());

pub(crate) fn version() -> String {
    // SAFETY: gives back a static C string.
    unsafe { text(sys::libbpf_version_string()) }
}

/// An open object.
pub(crate) struct Object(NonNull<sys::bpf_object>);

/// What came of loading.
pub(crate) struct Loaded {
    /// Beside each program what was sent for it.
    pub(crate) programs: Vec<Option<Sent>>,
    /// Beside each map what was created.
    pub(crate) maps: Vec<Option<SentMap>>,
    /// The object's types as they were loaded.
    pub(crate) btf: Option<Digest>,
    pub(crate) refused: Option<Refusal>,
}

impl Object {
    pub(crate) fn open(bytes: &[u8], name: &str) -> Result<Self, Refusal> {
        SAID.lock().unwrap().clear();
        // SAFETY: the callback has the signature that libbpf wants, but for the type of its last argument: a
        // `va_list` is a pointer to its state on x86-64 and is handed on untouched.
        unsafe { sys::libbpf_set_print(Some(print)) };
        let name = CString::new(name).unwrap_or_default();
        let opts = sys::bpf_object_open_opts {
            sz: size_of::<sys::bpf_object_open_opts>() as u64,
            object_name: name.as_ptr(),
            ..Default::default()
        };
        // SAFETY: the bytes and the options are there during the call; libbpf keeps copies.
        let object =
            unsafe { sys::bpf_object__open_mem(bytes.as_ptr().cast(), bytes.len() as u64, &raw const opts) };
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
        match NonNull::new(object) {
            Some(object) => Ok(Self(object)),
            None => Err(refusal(-errno)),
        }
    }

    fn each_program(&self) -> Vec<*mut sys::bpf_program> {
        let mut all = Vec::new();
        let mut at = std::ptr::null_mut();
        loop {
            // SAFETY: `at` is null or a program of this object.
            at = unsafe { sys::bpf_object__next_program(self.0.as_ptr(), at) };
            if at.is_null() {
                return all;
            }
            all.push(at);
        }
    }

    fn each_map(&self) -> Vec<*mut sys::bpf_map> {
        let mut all = Vec::new();
        let mut at = std::ptr::null_mut();
        loop {
            // SAFETY: `at` is null or a map of this object.
            at = unsafe { sys::bpf_object__next_map(self.0.as_ptr(), at) };
            if at.is_null() {
                return all;
            }
            all.push(at);
        }
    }

    pub(crate) fn programs(&self) -> Vec<Program> {
        let program = |program: *mut sys::bpf_program| {
            // SAFETY: a program of this object, all calls only read it.
            unsafe {
                Program {
                    name: text(sys::bpf_program__name(program)),
                    section: text(sys::bpf_program__section_name(program)),
                    program_type: sys::bpf_program__type(program),
                    attach_type: sys::bpf_program__expected_attach_type(program),
                    autoload: sys::bpf_program__autoload(program),
                    sent: None,
                    refused: None,
                }
            }
        };
        self.each_program().into_iter().map(program).collect()
    }

    pub(crate) fn maps(&self) -> Vec<Map> {
        let map = |map: *mut sys::bpf_map| {
            // SAFETY: a map of this object, all calls only read it.
            unsafe {
                let data = sys::bpf_map__is_internal(map);
                let inner = sys::bpf_map__inner_map(map);
                let mut size = 0;
                let value =
                    if data { sys::bpf_map__initial_value(map, &raw mut size) } else { std::ptr::null_mut() };
                Map {
                    name: map_name(map),
                    data,
                    shape: shape(map),
                    numa_node: sys::bpf_map__numa_node(map),
                    pinned: !sys::bpf_map__pin_path(map).is_null(),
                    autocreate: sys::bpf_map__autocreate(map),
                    inner: (!inner.is_null()).then(|| shape(inner)),
                    contents: (!value.is_null())
                        .then(|| Digest::of(std::slice::from_raw_parts(value.cast(), size as usize))),
                    sent: None,
                }
            }
        };
        self.each_map().into_iter().map(map).collect()
    }

    /// The object's types, final once they are loaded.
    fn btf(&self) -> Option<Digest> {
        // SAFETY: the types belong to the object; the bytes to the types.
        unsafe {
            let btf = sys::bpf_object__btf(self.0.as_ptr());
            if btf.is_null() {
                return None;
            }
            let mut size = 0;
            let bytes = sys::btf__raw_data(btf, &raw mut size);
            (!bytes.is_null()).then(|| Digest::of(std::slice::from_raw_parts(bytes.cast(), size as usize)))
        }
    }

    /// Loads nothing but that program.
    pub(crate) fn only(&self, at: usize) {
        for (other, program) in self.each_program().into_iter().enumerate() {
            // SAFETY: a program of this object, not loaded yet.
            unsafe {
                sys::bpf_program__set_autoload(program, other == at && sys::bpf_program__autoload(program))
            };
        }
    }

    pub(crate) fn load(self) -> Loaded {
        SAID.lock().unwrap().clear();
        let (programs, maps) = (self.each_program(), self.each_map());
        for map in &maps {
            // SAFETY: a map of this object that does not exist yet.
            unsafe { sys::bpf_map__set_pin_path(*map, std::ptr::null()) };
            // SAFETY: as above.
            let (map_type, entries) = unsafe { (sys::bpf_map__type(*map), sys::bpf_map__max_entries(*map)) };
            if entries == 0 && SIZED.contains(&map_type) {
                // SAFETY: as above.
                unsafe { sys::bpf_map__set_max_entries(*map, 1) };
            }
        }
        // A load that fails closes the maps, so they are looked at before.
        // SAFETY: an open object.
        let mut status = unsafe { sys::bpf_object__prepare(self.0.as_ptr()) };
        let mut refused = (status < 0).then(|| refusal(status));
        let kernel = KernelTypes::default();
        let names: HashMap<i32, String> = maps
            .iter()
            // SAFETY: maps of this object.
            .map(|map| unsafe { (sys::bpf_map__fd(*map), map_name(*map)) })
            .collect();
        let created = maps.iter().map(|map| created(*map, &kernel)).collect();
        let (mut loads, mut btf) = (HashMap::new(), None);
        if status == 0 {
            btf = self.btf();
            // SAFETY: programs of this object; their instructions stay where they are from now on.
            record::start(programs.iter().map(|p| unsafe { sys::bpf_program__insns(*p) } as u64).collect());
            // SAFETY: a prepared object.
            status = unsafe { sys::bpf_object__load(self.0.as_ptr()) };
            refused = (status < 0).then(|| refusal(status));
            loads = record::stop();
        }
        let own = self.own_types();
        let sent = |program: &*mut sys::bpf_program| {
            // SAFETY: a program of this object.
            let at = unsafe { sys::bpf_program__insns(*program) } as u64;
            loads.get(&at).map(|load| sent(load, &names, &kernel, &own))
        };
        Loaded { programs: programs.iter().map(sent).collect(), maps: created, btf, refused }
    }

    fn own_types(&self) -> Types {
        // SAFETY: an object that is there; the types are its own.
        Types(unsafe { sys::bpf_object__btf(self.0.as_ptr()) })
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: nobody else has it.
        unsafe { sys::bpf_object__close(self.0.as_ptr()) }
    }
}

unsafe extern "C" {
    fn vsnprintf(to: *mut c_char, size: usize, format: *const c_char, args: *mut c_void) -> c_int;
}

/// Keeps what libbpf says.
unsafe extern "C" fn print(
    level: sys::libbpf_print_level,
    format: *const c_char,
    args: *mut sys::__va_list_tag,
) -> c_int {
    if level != sys::LIBBPF_WARN {
        return 0;
    }
    let mut buffer = vec![0_u8; 4096];
    // SAFETY: the buffer is as large as said; format and arguments belong together, as libbpf passes them.
    unsafe { vsnprintf(buffer.as_mut_ptr().cast(), buffer.len(), format, args.cast()) };
    let line = CStr::from_bytes_until_nul(&buffer).unwrap_or_default().to_string_lossy();
    SAID.lock().unwrap().push_str(&line);
    0
}

/// Everything that libbpf says from now on is kept, not its warnings alone.
pub(crate) fn listen() {
    // SAFETY: as in `Object::open`.
    unsafe { sys::libbpf_set_print(Some(print_all)) };
}

/// What libbpf said since this was asked.
pub(crate) fn said() -> String {
    std::mem::take(&mut *SAID.lock().unwrap())
}

/// # Safety
/// As [`print`].
unsafe extern "C" fn print_all(
    _: sys::libbpf_print_level,
    format: *const c_char,
    args: *mut sys::__va_list_tag,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { print(sys::LIBBPF_WARN, format, args) }
}

fn refusal(status: i32) -> Refusal {
    Refusal {
        errno: (status > -4000).then_some(-status),
        code: format!("libbpf {status}"),
        text: std::mem::take(&mut *SAID.lock().unwrap()).trim_end().to_owned(),
    }
}

/// # Safety
/// Null, or a C string that nobody changes meanwhile.
unsafe fn text(at: *const c_char) -> String {
    if at.is_null() {
        return String::new();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(at) }.to_string_lossy().into_owned()
}

/// A map's name; that of a section of variables is its section's, without the object's name in front.
///
/// # Safety
/// A map of an object that is open.
unsafe fn map_name(map: *const sys::bpf_map) -> String {
    // SAFETY: as the caller promises; all calls only read.
    let (name, data) = unsafe { (text(sys::bpf_map__name(map)), sys::bpf_map__is_internal(map)) };
    match name.find('.') {
        Some(dot) if data => name[dot..].to_owned(),
        _ => name,
    }
}

/// # Safety
/// A map of an object that is open.
unsafe fn shape(map: *mut sys::bpf_map) -> Shape {
    // SAFETY: as the caller promises; all calls only read.
    unsafe {
        Shape {
            map_type: sys::bpf_map__type(map),
            key_size: sys::bpf_map__key_size(map),
            value_size: sys::bpf_map__value_size(map),
            max_entries: sys::bpf_map__max_entries(map),
            flags: sys::bpf_map__map_flags(map),
            extra: sys::bpf_map__map_extra(map),
            key_type: sys::bpf_map__btf_key_type_id(map),
            value_type: sys::bpf_map__btf_value_type_id(map),
        }
    }
}

/// A map that exists, as the kernel describes it.
fn created(map: *mut sys::bpf_map, kernel: &KernelTypes) -> Option<SentMap> {
    let mut info = sys::bpf_map_info::default();
    let mut size = size_of_val(&info) as u32;
    // SAFETY: a map of an open object; before it exists its descriptor is of something else, and the kernel says so.
    let status = unsafe { sys::bpf_map_get_info_by_fd(sys::bpf_map__fd(map), &raw mut info, &raw mut size) };
    if status != 0 {
        return None;
    }
    // The kernel closes these to programs by itself; that is not what libbpf asked for.
    if [sys::BPF_MAP_TYPE_DEVMAP, sys::BPF_MAP_TYPE_DEVMAP_HASH].contains(&info.type_) {
        // SAFETY: a map of an open object.
        let asked = unsafe { sys::bpf_map__map_flags(map) };
        info.map_flags &= asked | !sys::BPF_F_RDONLY_PROG;
    }
    Some(SentMap {
        // SAFETY: the kernel ends the name with a NUL.
        name: unsafe { text(info.name.as_ptr()) },
        shape: Shape {
            map_type: info.type_,
            key_size: info.key_size,
            value_size: info.value_size,
            max_entries: info.max_entries,
            flags: info.map_flags,
            extra: info.map_extra,
            key_type: info.btf_key_type_id,
            value_type: info.btf_value_type_id,
        },
        kernel_value: (info.btf_vmlinux_value_type_id != 0)
            .then(|| kernel.get().name(info.btf_vmlinux_value_type_id)),
    })
}

/// Types that belong to someone else.
struct Types(*const sys::btf);

impl Types {
    fn name(&self, id: u32) -> String {
        // SAFETY: null, or types that outlive this; an id that is not there gives null.
        unsafe {
            let found = if self.0.is_null() { std::ptr::null() } else { sys::btf__type_by_id(self.0, id) };
            if found.is_null() {
                format!("[{id}]")
            } else {
                text(sys::btf__name_by_offset(self.0, (*found).name_off))
            }
        }
    }

    /// The name of the function that a type id of function information stands for.
    fn string(&self, offset: u32) -> String {
        // SAFETY: null, or types that outlive this; an offset that is not there gives null.
        unsafe {
            if self.0.is_null() { String::new() } else { text(sys::btf__str_by_offset(self.0, offset)) }
        }
    }
}

/// The kernel's types, read when the first is asked for, and kept until the process ends.
#[derive(Default)]
struct KernelTypes(std::cell::OnceCell<Types>);

impl KernelTypes {
    fn get(&self) -> &Types {
        // SAFETY: no arguments; what it gives back is ours, and never freed.
        self.0.get_or_init(|| Types(unsafe { sys::btf__load_vmlinux_btf() }))
    }
}

fn sent(load: &Load, maps: &HashMap<i32, String>, kernel: &KernelTypes, own: &Types) -> Sent {
    let place = match load.attach_btf_fd {
        0 => String::new(),
        _ => "module: ".to_owned(),
    };
    Sent {
        name: load.name.clone(),
        program_type: load.program_type,
        attach_type: load.attach_type,
        attach_btf: (load.attach_btf_id != 0).then(|| place + &kernel.get().name(load.attach_btf_id)),
        flags: load.flags,
        license: load.license.clone(),
        insns: insns(&load.insns, maps, kernel),
        functions: load.functions.iter().map(|[at, id]| (*at, own.name(*id))).collect(),
        lines: load
            .lines
            .iter()
            .map(|[insn, file, text, line]| Line {
                insn: *insn,
                file: own.string(*file),
                text: own.string(*text),
                line: line >> 10,
                column: line & 0x3ff,
            })
            .collect(),
        answer: (load.errno != 0).then(|| Refusal {
            errno: Some(load.errno),
            code: format!("errno {}", load.errno),
            text: last_lines(&load.log),
        }),
        asked: true,
    }
}

fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

const LD_IMM64: u8 = 0x18;
const CALL: u8 = 0x85;

fn insns(raw: &[[u8; 8]], maps: &HashMap<i32, String>, kernel: &KernelTypes) -> Vec<String> {
    let slots: Vec<Slot> = raw.iter().map(decode).collect();
    let map = |fd: i32| maps.get(&fd).cloned().unwrap_or_else(|| "?".to_owned());
    let relative = |at: usize, imm: i32| Means::Insn((at as i64 + 1 + i64::from(imm)) as u32);
    let mut lines = Vec::with_capacity(slots.len());
    let mut upper = false;
    for (at, slot) in slots.iter().enumerate() {
        let imm = slot.imm;
        let means = match (slot.code, u32::from(slot.src)) {
            _ if upper => Means::Upper,
            (LD_IMM64, sys::BPF_PSEUDO_MAP_FD) => Means::Map(map(imm)),
            (LD_IMM64, sys::BPF_PSEUDO_MAP_VALUE) => {
                Means::MapValue(map(imm), slots.get(at + 1).map_or(0, |upper| upper.imm as u32))
            }
            (LD_IMM64, sys::BPF_PSEUDO_FUNC) => relative(at, imm),
            (LD_IMM64, sys::BPF_PSEUDO_BTF_ID) => Means::Kernel(kernel.get().name(imm as u32)),
            (LD_IMM64, 0) => match symbol_at(imm, slots.get(at + 1).map_or(0, |upper| upper.imm)) {
                Some(name) => Means::Address(name),
                None => Means::Number,
            },
            (CALL, sys::BPF_PSEUDO_CALL) => relative(at, imm),
            (CALL, sys::BPF_PSEUDO_KFUNC_CALL) => Means::Kernel(kernel.get().name(imm as u32)),
            _ => Means::Number,
        };
        upper = !upper && slot.code == LD_IMM64 && means != Means::Number;
        lines.push(insn(*slot, &means));
    }
    lines
}

/// The symbol of the kernel at an address, the first by name, if that number is one.
fn symbol_at(low: i32, high: i32) -> Option<String> {
    let address = u64::from(high as u32) << 32 | u64::from(low as u32);
    // Addresses of the kernel are in the upper half; so are negative numbers, which no symbol is at.
    if high >= 0 {
        return None;
    }
    let symbols = std::fs::read_to_string("/proc/kallsyms").ok()?;
    let named = symbols.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let found = u64::from_str_radix(words.next()?, 16).ok()?;
        (found == address).then(|| words.nth(1).map(str::to_owned))?
    });
    named.min()
}

fn decode(raw: &[u8; 8]) -> Slot {
    let [code, registers, o0, o1, i0, i1, i2, i3] = *raw;
    let (low, high) = (registers & 0xf, registers >> 4);
    let (dst, src) = if cfg!(target_endian = "little") { (low, high) } else { (high, low) };
    Slot { code, dst, src, off: i16::from_ne_bytes([o0, o1]), imm: i32::from_ne_bytes([i0, i1, i2, i3]) }
}
