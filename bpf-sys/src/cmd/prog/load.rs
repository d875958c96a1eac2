//! Loading a program.
//!
//! # Safety
//!
//! Every array goes with its count, and the kernel stays within it; only the log is written to.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use super::LogSize;
use crate::attr::{self, ProgLoadAttr};
use crate::error::SysError;
use crate::syscall;
use crate::uapi::flags::BPF_F_TOKEN_FD;
use crate::uapi::{AttachType, Command, Insn, ProgramType};
use crate::user_ptr::UserPtr;

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
