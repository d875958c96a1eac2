//! Programs: loading, logs, running, what the kernel tells; and BTF.

use std::os::fd::AsFd;

use bpf_sys::uapi::flags::{BPF_F_SLEEPABLE, BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_IDX};
use bpf_sys::uapi::{Helper, Insn, MapType, ProgramType, insn};
use bpf_sys::{MapCreate, ProgLoad, SysError, TestRun, btf, prog};
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, GPL, Outcome, encode, returning, small_hash, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("programs::run", run),
        test("programs::run_syscall", run_syscall),
        test("programs::refused_with_log", refused_with_log),
        test("programs::short_log", short_log),
        test("programs::broken_lengths", broken_lengths),
        test("programs::info", info),
        test("programs::maps", maps),
        test("btf::load", load_btf),
        test("btf::refused_with_log", refused_btf),
        test("btf::vmlinux", vmlinux),
    ]
}

fn run() -> Outcome {
    let program = returning(ProgramType::SOCKET_FILTER, 42)?;
    let data = [0x11; 64];
    let output = prog::test_run(program.as_fd(), TestRun::new().data_in(&data).repeat(3))?;
    assert_eq!(output.retval, 42);
    let mut out = [0; 80];
    let output = prog::test_run(program.as_fd(), TestRun::new().data_in(&data).data_out(&mut out[..64]))?;
    assert_eq!(output.data_size_out, 64);
    // The kernel blanks the Ethernet header, which a socket filter does not see.
    assert_eq!((&out[14..64], &out[64..]), (&data[14..], &[0; 16][..]));
    let mut short = [0; 16];
    let error =
        prog::test_run(program.as_fd(), TestRun::new().data_in(&data).data_out(&mut short[..8])).unwrap_err();
    assert_eq!(error.errno_name(), Some("ENOSPC"));
    assert_eq!(short[8..], [0; 8]);
    DONE
}

fn run_syscall() -> Outcome {
    // A store of a register: kernels before 6.3 refuse storing a constant into a context.
    let insns = encode(&[
        Insn::mov64_imm(2, 7),
        Insn { code: insn::BPF_STX | insn::BPF_MEM | insn::BPF_DW, dst: 1, src: 2, off: 8, imm: 0 },
        Insn::mov64_imm(0, 5),
        Insn::exit(),
    ]);
    let program = match ProgLoad::new(ProgramType::SYSCALL, &insns, GPL).flags(BPF_F_SLEEPABLE).load() {
        Err(error) if error.errno_name() == Some("EINVAL") => {
            return Ok(Completion::ignored_with("needs Linux 5.14: programs of the type syscall"));
        }
        result => result?,
    };
    let mut context = [0xff; 16];
    let output = prog::test_run(program.as_fd(), TestRun::new().ctx_in(&mut context))?;
    assert_eq!(output.retval, 5);
    assert_eq!(context[..8], [0xff; 8]);
    assert_eq!(context[8..], 7u64.to_ne_bytes());
    DONE
}

fn refused_with_log() -> Outcome {
    let insns = encode(&[Insn::mov64_reg(0, 2), Insn::exit()]);
    let mut log = vec![0xaa; 4096];
    let (result, size) = ProgLoad::new(ProgramType::SOCKET_FILTER, &insns, GPL).load_with_log(1, &mut log);
    assert_eq!(result.unwrap_err().errno_name(), Some("EACCES"));
    let text = std::str::from_utf8(&log[..size.written])?;
    assert!(text.contains("R2 !read_ok") && text.contains("(bf) r0 = r2"), "{text}");
    if let Some(true_size) = size.true_size {
        assert_eq!(usize::try_from(true_size)?, size.written + 1);
    }
    DONE
}

fn short_log() -> Outcome {
    let insns = encode(&[Insn::mov64_reg(0, 2), Insn::exit()]);
    let mut log = [0xaa; 256];
    let load = ProgLoad::new(ProgramType::SOCKET_FILTER, &insns, GPL);
    let (result, size) = load.load_with_log(1, &mut log[..8]);
    assert!(result.is_err() && size.written <= 8);
    assert!(log[8..].iter().all(|byte| *byte == 0xaa));
    // Without a log there is nothing to write.
    let (result, size) = load.load_with_log(0, &mut []);
    assert!(result.is_err());
    assert_eq!((size.written, size.true_size), (0, None));
    DONE
}

fn broken_lengths() -> Outcome {
    let insns = encode(&[Insn::mov64_imm(0, 0), Insn::exit()]);
    let error = ProgLoad::new(ProgramType::SOCKET_FILTER, &insns[..15], GPL).load().unwrap_err();
    assert_eq!(error.to_string(), "BPF_PROG_LOAD: instructions of 15 bytes, expected 8");
    let error =
        ProgLoad::new(ProgramType::SOCKET_FILTER, &insns, GPL).line_info(0, &insns).load().unwrap_err();
    assert!(matches!(error, SysError::WrongLength { what: "line information", .. }));
    DONE
}

fn info() -> Outcome {
    let program = returning(ProgramType::SOCKET_FILTER, 42)?;
    let info = prog::info(program.as_fd())?;
    assert_eq!((info.program_type, info.name.as_str()), (ProgramType::SOCKET_FILTER, "returning"));
    assert!(info.id > 0 && info.gpl_compatible && info.load_time > 0 && info.tag != [0; 8]);
    assert_eq!((info.nr_map_ids, info.btf_id), (0, 0));
    let xlated = prog::xlated(program.as_fd())?;
    assert_eq!(u32::try_from(xlated.len())?, info.xlated_len);
    let first = Insn::from_ne_bytes(*xlated.first_chunk().ok_or("no instructions")?);
    assert_eq!(first.to_string(), "(b7) r0 = 42");
    let insns = encode(&[Insn::mov64_imm(0, 0), Insn::exit()]);
    let other = ProgLoad::new(ProgramType::SOCKET_FILTER, &insns, c"Proprietary").load()?;
    assert!(!prog::info(other.as_fd())?.gpl_compatible);
    DONE
}

fn maps() -> Outcome {
    let (by_fd, by_index, bound) = (small_hash()?, small_hash()?, small_hash()?);
    let fd = std::os::fd::AsRawFd::as_raw_fd(&by_fd.as_fd());
    let mut insns = Vec::new();
    insns.extend(Insn::ld_imm64(1, BPF_PSEUDO_MAP_FD, u64::try_from(fd)?));
    insns.extend(Insn::ld_imm64(1, BPF_PSEUDO_MAP_IDX, 0));
    insns.extend([Insn::mov64_reg(2, 10), Insn { code: 0x07, dst: 2, imm: -4, ..Insn::default() }]);
    insns.extend([Insn { code: 0x62, dst: 10, off: -4, ..Insn::default() }]);
    insns.extend([Insn::call_helper(Helper::MAP_LOOKUP_ELEM), Insn::mov64_imm(0, 0), Insn::exit()]);
    let insns = encode(&insns);
    let array = [by_index.as_fd()];
    let program = match ProgLoad::new(ProgramType::SOCKET_FILTER, &insns, GPL).fd_array(&array).load() {
        Err(error) if error.errno_name() == Some("E2BIG") => {
            return Ok(Completion::ignored_with("needs Linux 5.14: maps by their index in fd_array"));
        }
        result => result?,
    };
    prog::bind_map(program.as_fd(), bound.as_fd())?;
    let mut ids = prog::map_ids(program.as_fd())?;
    ids.sort_unstable();
    let mut expected = [by_fd.info()?.id, by_index.info()?.id, bound.info()?.id];
    expected.sort_unstable();
    assert_eq!(ids, expected);
    DONE
}

/// BTF with one type: `int`, 4 bytes.
pub(crate) fn minimal_btf() -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(0xeb9fu16.to_ne_bytes());
    bytes.extend([1, 0]);
    let header: [u32; 5] = [24, 0, 16, 16, 5];
    let int: [u32; 4] = [1, 1 << 24, 4, 1 << 24 | 32];
    bytes.extend(header.iter().chain(&int).flat_map(|word| word.to_ne_bytes()));
    bytes.extend(b"\0int\0");
    bytes
}

fn load_btf() -> Outcome {
    let data = minimal_btf();
    let fd = btf::load(&data, None)?;
    let info = btf::info(fd.as_fd())?;
    assert_eq!((info.name.as_str(), info.kernel_btf), ("", false));
    assert_eq!(usize::try_from(info.size)?, data.len());
    assert!(info.id > 0);
    assert_eq!(btf::raw(fd.as_fd())?, data);
    let map = MapCreate::new(MapType::ARRAY, 4, 4, 1).btf(fd.as_fd(), 1, 1).create()?;
    let described = map.info()?;
    assert_eq!((described.btf_id, described.btf_key_type_id, described.btf_value_type_id), (info.id, 1, 1));
    DONE
}

fn refused_btf() -> Outcome {
    let mut data = minimal_btf();
    data[32..36].copy_from_slice(&3u32.to_ne_bytes());
    let mut log = [0; 1024];
    let (result, size) = btf::load_with_log(&data, 1, &mut log);
    assert_eq!(result.unwrap_err().errno_name(), Some("EINVAL"));
    assert!(size.written > 0);
    assert!(btf::load(&[], None).is_err());
    DONE
}

fn vmlinux() -> Outcome {
    use bpf_sys::{ObjectKind, object};
    // The kernel's own comes first, before whatever was loaded later.
    for id in object::ids(ObjectKind::Btf) {
        let fd = object::fd_by_id(ObjectKind::Btf, id?)?;
        let info = btf::info(fd.as_fd())?;
        if info.name == "vmlinux" {
            assert!(info.kernel_btf);
            let bytes = btf::raw(fd.as_fd())?;
            assert_eq!(bytes, std::fs::read("/sys/kernel/btf/vmlinux")?);
            return DONE;
        }
    }
    Ok(Completion::ignored_with("needs Linux 5.11 and CONFIG_DEBUG_INFO_BTF: an id for the BTF of vmlinux"))
}
