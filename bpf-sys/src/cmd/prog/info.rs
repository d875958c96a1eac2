//! What the kernel tells about a program.
//!
//! # Safety
//!
//! Of the addresses in the struct at most one is not null, and that array is as long as the count beside it says.

#![allow(unsafe_code)]

use std::os::fd::BorrowedFd;

use crate::attr;
use crate::cmd::info::{self, info};
use crate::error::SysError;
use crate::uapi::{Command, ProgramType};
use crate::user_ptr::UserPtr;

/// The most bytes of instructions, or of map ids, that this crate takes from the kernel.
const MAX_TAKEN: usize = 1 << 26;

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
