//! Programs: loading them, and what the kernel tells about loaded ones. Running them is in [`test_run`].
//!
//! # Safety
//!
//! Each command is given the lengths of its buffers, and the kernel stays within them. What a loaded program does is
//! another matter: a privileged one may write to any process (`bpf_probe_write_user`), as any privileged process may.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use super::info::{self, info};
use crate::attr::{self, BindMapAttr, ProgLoadAttr};
use crate::error::SysError;
use crate::syscall;
use crate::uapi::flags::BPF_F_TOKEN_FD;
use crate::uapi::{AttachType, Command, Insn, ProgramType};
use crate::user_ptr::UserPtr;

mod test_run;

pub use test_run::{TestRun, TestRunOutput, test_run};

/// The most bytes of instructions, or of map ids, that this crate takes from the kernel.
const MAX_TAKEN: usize = 1 << 26;

/// The bytes of one instruction slot.
const SLOT: u32 = 8;
const _: () = assert!(SLOT as usize == Insn::SIZE);

/// A program to be loaded.
///
/// # Kernel
///
/// `BPF_PROG_LOAD`, since 3.18: `bpf_prog_load` in `kernel/bpf/syscall.c`.
#[derive(Clone, Copy, Debug)]
#[must_use]
#[doc(alias = "bpf_prog_load")]
pub struct ProgLoad<'a> {
    program_type: ProgramType,
    insns: &'a [u8],
    license: &'a CStr,
    name: &'a str,
    flags: u32,
    expected_attach: u32,
    btf: Option<BorrowedFd<'a>>,
    func_info: Records<'a>,
    line_info: Records<'a>,
    attach_btf_id: u32,
    attach_target: Option<BorrowedFd<'a>>,
    fd_array: &'a [BorrowedFd<'a>],
    ifindex: u32,
    kern_version: u32,
    token: Option<BorrowedFd<'a>>,
}

#[derive(Clone, Copy, Debug)]
struct Records<'a> {
    size: u32,
    bytes: &'a [u8],
}

impl<'a> ProgLoad<'a> {
    /// A program of encoded instructions in this machine's byte order, 8 bytes each.
    pub const fn new(program_type: ProgramType, insns: &'a [u8], license: &'a CStr) -> Self {
        let nothing = Records { size: 0, bytes: &[] };
        Self {
            program_type,
            insns,
            license,
            name: "",
            flags: 0,
            expected_attach: 0,
            btf: None,
            func_info: nothing,
            line_info: nothing,
            attach_btf_id: 0,
            attach_target: None,
            fd_array: &[],
            ifindex: 0,
            kern_version: 0,
            token: None,
        }
    }

    /// The name that the kernel shows: cut to 15 bytes, with `_` for characters that it refuses. Since 4.15.
    pub const fn name(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// Flags such as [`BPF_F_SLEEPABLE`](crate::uapi::flags::BPF_F_SLEEPABLE).
    pub const fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    /// Where the program will be attached; some types ask for it. Since 4.17.
    pub const fn expected_attach_type(self, attach_type: AttachType) -> Self {
        self.expected_attach_raw(attach_type.0)
    }

    /// The number in the place of the attach type: for a struct_ops program, the index of the struct's member.
    pub const fn expected_attach_raw(mut self, number: u32) -> Self {
        self.expected_attach = number;
        self
    }

    /// The BTF that the function and line information refers to. Since 4.20.
    pub const fn btf(mut self, btf: BorrowedFd<'a>) -> Self {
        self.btf = Some(btf);
        self
    }

    /// Which function each subprogram is: records of `rec_size` bytes. Since 4.20.
    pub const fn func_info(mut self, rec_size: u32, records: &'a [u8]) -> Self {
        self.func_info = Records { size: rec_size, bytes: records };
        self
    }

    /// Which source line the instructions come from: records of `rec_size` bytes. Since 5.0.
    pub const fn line_info(mut self, rec_size: u32, records: &'a [u8]) -> Self {
        self.line_info = Records { size: rec_size, bytes: records };
        self
    }

    /// The kernel function, hook or struct that the program is for, by BTF id. Since 5.5.
    pub const fn attach_btf_id(mut self, id: u32) -> Self {
        self.attach_btf_id = id;
        self
    }

    /// The module whose BTF [`Self::attach_btf_id`] is in. Shares its place with [`Self::attach_prog`]. Since 5.11.
    pub const fn attach_btf_obj(mut self, btf: BorrowedFd<'a>) -> Self {
        self.attach_target = Some(btf);
        self
    }

    /// The program that this one traces or extends. Shares its place with [`Self::attach_btf_obj`]. Since 5.5.
    pub const fn attach_prog(mut self, prog: BorrowedFd<'a>) -> Self {
        self.attach_target = Some(prog);
        self
    }

    /// The descriptors that instructions refer to by index: maps, and the BTF of modules. Since 5.14.
    pub const fn fd_array(mut self, fds: &'a [BorrowedFd<'a>]) -> Self {
        self.fd_array = fds;
        self
    }

    /// The network device that the program is offloaded or bound to, by index. Since 4.15.
    pub const fn ifindex(mut self, ifindex: u32) -> Self {
        self.ifindex = ifindex;
        self
    }

    /// The version of the kernel that the program was made for: kprobes need it before 5.0, others never.
    pub const fn kern_version(mut self, version: u32) -> Self {
        self.kern_version = version;
        self
    }

    /// A BPF token to load the program with; the flag that goes with it is set too. Since 6.9.
    pub const fn token(mut self, token: BorrowedFd<'a>) -> Self {
        self.token = Some(token);
        self
    }

    /// Loads the program.
    ///
    /// # Errors
    ///
    /// [`SysError::Kernel`]: `EAGAIN` if a signal came, then make the call again; `EACCES` or `EINVAL` if the verifier
    /// refuses, [`Self::load_with_log`] tells why. [`SysError::WrongLength`] for instructions or records of a broken
    /// length.
    pub fn load(&self) -> Result<OwnedFd, SysError> {
        self.load_with_log(0, &mut []).0
    }

    /// Loads the program, and lets the verifier write its log into `log`. Level 1 for what is refused, 2 for
    /// everything; or'ed with 4 for figures alone.
    ///
    /// # Errors
    ///
    /// As for [`Self::load`]; `ENOSPC` if the log does not fit. Since 6.4 the log's end is there then, before that its
    /// beginning. `EINVAL` before 6.4 if `log` has less than 128 bytes.
    pub fn load_with_log(&self, level: u32, log: &mut [u8]) -> (Result<OwnedFd, SysError>, LogSize) {
        let mut attr = match self.attr() {
            Ok(attr) => attr,
            Err(error) => return (Err(error), LogSize::default()),
        };
        attr.log_level = level;
        attr.log_size = LogSize::prepare(log);
        attr.log_buf = UserPtr::to_mut(log);
        // SAFETY: the addresses for reading are null or borrows of as many elements as the count beside each says,
        // `license` a NUL-terminated string; `log_buf` is null or valid for writing `log_size` bytes. From `fd_array`,
        // which has no count, the kernel only reads. The command returns a new descriptor.
        let result = unsafe { syscall::bpf_fd(Command::PROG_LOAD, &mut attr) };
        let true_size = attr.log_true_size;
        (result, LogSize::found(log, true_size))
    }

    fn attr(&self) -> Result<ProgLoadAttr<'a>, SysError> {
        let insn_cnt = count("instructions", Records { size: SLOT, bytes: self.insns })?;
        let func_info_cnt = count("function information", self.func_info)?;
        let line_info_cnt = count("line information", self.line_info)?;
        let number = |fd: Option<BorrowedFd<'_>>| fd.map_or(0, |fd| fd.as_raw_fd());
        Ok(ProgLoadAttr {
            prog_type: self.program_type.0,
            insn_cnt,
            insns: UserPtr::to(self.insns),
            license: UserPtr::to_c_str(self.license),
            kern_version: self.kern_version,
            prog_flags: self.flags | if self.token.is_some() { BPF_F_TOKEN_FD } else { 0 },
            prog_name: attr::object_name(self.name),
            prog_ifindex: self.ifindex,
            expected_attach_type: self.expected_attach,
            prog_btf_fd: number(self.btf),
            func_info_rec_size: self.func_info.size,
            func_info: UserPtr::to(self.func_info.bytes),
            func_info_cnt,
            line_info_rec_size: self.line_info.size,
            line_info: UserPtr::to(self.line_info.bytes),
            line_info_cnt,
            attach_btf_id: self.attach_btf_id,
            attach_prog_or_btf_obj_fd: number(self.attach_target),
            fd_array: UserPtr::to_fds(self.fd_array),
            prog_token_fd: number(self.token),
            ..ProgLoadAttr::default()
        })
    }
}

/// How many records there are; refuses a length that is not a whole number of them.
fn count(what: &'static str, records: Records<'_>) -> Result<u32, SysError> {
    let command = Command::PROG_LOAD;
    let found = records.bytes.len();
    let whole = match records.size as usize {
        0 if found == 0 => return Ok(0),
        0 => return Err(SysError::WrongLength { command, what, expected: 0, found }),
        size => found / size,
    };
    let expected = whole * records.size as usize;
    if expected != found {
        return Err(SysError::WrongLength { command, what, expected, found });
    }
    u32::try_from(whole).map_err(|_| SysError::TooLong { command, what, found })
}

/// How much of a log there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogSize {
    /// The bytes of text in the buffer, without the NUL after them.
    pub written: usize,
    /// The bytes that the whole log would take, with its NUL, if the kernel tells (since 6.4).
    pub true_size: Option<u32>,
}

impl LogSize {
    /// Empties the buffer and answers its length for the kernel, which takes no more than 1 GiB.
    pub(super) fn prepare(log: &mut [u8]) -> u32 {
        if let Some(first) = log.first_mut() {
            *first = 0;
        }
        u32::try_from(log.len()).unwrap_or(u32::MAX).min(u32::MAX >> 2)
    }

    /// Finds how much the kernel wrote: it ends every log with a NUL.
    pub(super) fn found(log: &[u8], true_size: u32) -> Self {
        let written = log.iter().position(|byte| *byte == 0).unwrap_or(log.len());
        Self { written, true_size: Some(true_size).filter(|size| *size > 0) }
    }
}

/// Keeps a map alive as long as a program, though no instruction refers to it.
///
/// # Errors
///
/// [`SysError::Kernel`].
///
/// # Kernel
///
/// `BPF_PROG_BIND_MAP`, since 5.10.
#[doc(alias = "bpf_prog_bind_map")]
pub fn bind_map(prog: BorrowedFd<'_>, map: BorrowedFd<'_>) -> Result<(), SysError> {
    let mut attr =
        BindMapAttr { prog_fd: prog.as_raw_fd(), map_fd: map.as_raw_fd(), ..BindMapAttr::default() };
    // SAFETY: there is no address in the argument.
    unsafe { syscall::bpf(Command::PROG_BIND_MAP, &mut attr) }.map(drop)
}

/// What the kernel tells about a program. A field that the kernel does not know, or does not tell us, is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_prog_info")]
pub struct ProgInfo {
    /// The type.
    pub program_type: ProgramType,
    /// The id.
    pub id: u32,
    /// A hash of the instructions as they were loaded.
    pub tag: [u8; 8],
    /// The name, at most 15 bytes.
    pub name: String,
    /// When it was loaded, in nanoseconds since boot.
    pub load_time: u64,
    /// The user who loaded it.
    pub created_by_uid: u32,
    /// Whether its licence is compatible with the kernel's.
    pub gpl_compatible: bool,
    /// The network device it is offloaded to.
    pub ifindex: u32,
    /// The network namespace of an offloaded program: its device.
    pub netns_dev: u64,
    /// The network namespace of an offloaded program: its inode.
    pub netns_ino: u64,
    /// How many maps it uses.
    pub nr_map_ids: u32,
    /// The bytes of its instructions as the verifier rewrote them.
    pub xlated_len: u32,
    /// The bytes of its machine code.
    pub jited_len: u32,
    /// The id of its BTF.
    pub btf_id: u32,
    /// How many functions it has information on.
    pub nr_func_info: u32,
    /// How many instructions it has the source line of.
    pub nr_line_info: u32,
    /// How long it has run, in nanoseconds, while run-time statistics were on.
    pub run_time_ns: u64,
    /// How often it has run, while run-time statistics were on.
    pub run_cnt: u64,
    /// How often it was not run because it was running already.
    pub recursion_misses: u64,
    /// How many instructions the verifier walked. Since 5.16.
    pub verified_insns: u32,
    /// The id of the BTF that the target's type is in. Since 5.19.
    pub attach_btf_obj_id: u32,
    /// The target's type. Since 5.19.
    pub attach_btf_id: u32,
}

/// What the kernel tells about a program.
///
/// # Errors
///
/// [`SysError::Kernel`].
///
/// # Kernel
///
/// `BPF_OBJ_GET_INFO_BY_FD`, since 4.13.
#[doc(alias = "bpf_prog_get_info_by_fd")]
pub fn info(prog: BorrowedFd<'_>) -> Result<ProgInfo, SysError> {
    let mut raw = RawProgInfo::default();
    // SAFETY: all addresses in the struct are null.
    unsafe { info::fill(prog, &mut raw) }?;
    // A bit field of one bit: the first one of its word, which is the highest on a big-endian machine.
    let gpl_compatible = if cfg!(target_endian = "big") { raw.bits >> 31 } else { raw.bits & 1 };
    Ok(ProgInfo {
        program_type: ProgramType(raw.program_type),
        id: raw.id,
        tag: raw.tag,
        name: attr::fixed_text(&raw.name),
        load_time: raw.load_time,
        created_by_uid: raw.created_by_uid,
        gpl_compatible: gpl_compatible == 1,
        ifindex: raw.ifindex,
        netns_dev: raw.netns_dev,
        netns_ino: raw.netns_ino,
        nr_map_ids: raw.nr_map_ids,
        xlated_len: raw.xlated_prog_len,
        jited_len: raw.jited_prog_len,
        btf_id: raw.btf_id,
        nr_func_info: raw.nr_func_info,
        nr_line_info: raw.nr_line_info,
        run_time_ns: raw.run_time_ns,
        run_cnt: raw.run_cnt,
        recursion_misses: raw.recursion_misses,
        verified_insns: raw.verified_insns,
        attach_btf_obj_id: raw.attach_btf_obj_id,
        attach_btf_id: raw.attach_btf_id,
    })
}

/// The ids of the maps that a program uses.
///
/// # Errors
///
/// [`SysError::Kernel`].
///
/// # Kernel
///
/// As for [`info`]; the list is there since 4.15.
pub fn map_ids(prog: BorrowedFd<'_>) -> Result<Vec<u32>, SysError> {
    let wanted = info(prog)?.nr_map_ids;
    let mut ids = vec![0; bounded("list of maps", wanted, 4)?];
    let mut raw =
        RawProgInfo { map_ids: UserPtr::to_u32s(&mut ids), nr_map_ids: wanted, ..RawProgInfo::default() };
    // SAFETY: `ids` has `nr_map_ids` elements; the other addresses are null.
    unsafe { info::fill(prog, &mut raw) }?;
    let found = raw.nr_map_ids as usize;
    ids.truncate(found);
    Ok(ids)
}

/// The instructions of a program as the verifier rewrote them, 8 bytes each, in this machine's byte order. Empty if
/// the kernel does not show them.
///
/// # Errors
///
/// [`SysError::Kernel`]; [`SysError::TooLong`] if there are more than 64 MiB.
///
/// # Kernel
///
/// As for [`info`]. Addresses in them are blanked unless `kernel.kptr_restrict` allows more.
pub fn xlated(prog: BorrowedFd<'_>) -> Result<Vec<u8>, SysError> {
    let wanted = info(prog)?.xlated_len;
    let mut bytes = vec![0; bounded("program", wanted, 1)?];
    let mut raw = RawProgInfo {
        xlated_prog_insns: UserPtr::to_mut(&mut bytes),
        xlated_prog_len: wanted,
        ..RawProgInfo::default()
    };
    // SAFETY: `bytes` has `xlated_prog_len` bytes; the other addresses are null.
    unsafe { info::fill(prog, &mut raw) }?;
    // The kernel sets the address to null if it does not show the instructions.
    let shown = if raw.xlated_prog_insns.is_null() { 0 } else { raw.xlated_prog_len as usize };
    bytes.truncate(shown);
    Ok(bytes)
}

fn bounded(what: &'static str, count: u32, size: usize) -> Result<usize, SysError> {
    let count = count as usize;
    if count > MAX_TAKEN / size {
        return Err(SysError::TooLong { command: Command::OBJ_GET_INFO_BY_FD, what, found: count });
    }
    Ok(count)
}

info! {
    /// `struct bpf_prog_info`, as of 7.2.
    RawProgInfo<'a> [232] {
        program_type: u32 = 0,
        id: u32 = 4,
        tag: [u8; 8] = 8,
        jited_prog_len: u32 = 16,
        xlated_prog_len: u32 = 20,
        jited_prog_insns: UserPtr<'a> = 24,
        xlated_prog_insns: UserPtr<'a> = 32,
        load_time: u64 = 40,
        created_by_uid: u32 = 48,
        nr_map_ids: u32 = 52,
        map_ids: UserPtr<'a> = 56,
        name: [u8; 16] = 64,
        ifindex: u32 = 80,
        bits: u32 = 84,
        netns_dev: u64 = 88,
        netns_ino: u64 = 96,
        nr_jited_ksyms: u32 = 104,
        nr_jited_func_lens: u32 = 108,
        jited_ksyms: UserPtr<'a> = 112,
        jited_func_lens: UserPtr<'a> = 120,
        btf_id: u32 = 128,
        func_info_rec_size: u32 = 132,
        func_info: UserPtr<'a> = 136,
        nr_func_info: u32 = 144,
        nr_line_info: u32 = 148,
        line_info: UserPtr<'a> = 152,
        jited_line_info: UserPtr<'a> = 160,
        nr_jited_line_info: u32 = 168,
        line_info_rec_size: u32 = 172,
        jited_line_info_rec_size: u32 = 176,
        nr_prog_tags: u32 = 180,
        prog_tags: UserPtr<'a> = 184,
        run_time_ns: u64 = 192,
        run_cnt: u64 = 200,
        recursion_misses: u64 = 208,
        verified_insns: u32 = 216,
        attach_btf_obj_id: u32 = 220,
        attach_btf_id: u32 = 224,
        hole: u32 = 228,
    }
}
