//! Which capabilities the kernel asks for, type by type, against the tables: with all of them, and without each.

use bpf_sys::uapi::{Capability, Insn, KernelVersion, MapType, ProgramType};
use bpf_sys::{MapCreate, ProgLoad, SysError, errno};
use libtest_mimic::{Completion, Failed, Trial};

use crate::support::{DONE, GPL, Outcome, encode, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![test("capabilities::programs", programs), test("capabilities::maps", maps)]
}

/// `_LINUX_CAPABILITY_VERSION_3`.
const VERSION: u32 = 0x2008_0522;

/// Keeps these effective capabilities alone. It counts for the thread that calls it, so that one is to end then.
fn keep(capabilities: &[Capability]) -> Result<(), Failed> {
    let bits = capabilities.iter().fold(0_u64, |bits, capability| bits | 1 << capability.number());
    let halves = [bits & u64::from(u32::MAX), bits >> 32].map(|half| u32::try_from(half).unwrap_or(0));
    let header = [VERSION, 0];
    // Effective, permitted, inheritable; twice 32 bits.
    let data = [halves[0], halves[0], 0, halves[1], halves[1], 0];
    // SAFETY: capset reads a header of two words and, for this version, two sets of three words; both are there.
    let result = unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), data.as_ptr()) };
    if result == 0 { Ok(()) } else { Err(format!("capset: {}", std::io::Error::last_os_error()).into()) }
}

/// Whether a call is refused for want of a capability in a thread that has these alone.
fn refused_with(
    capabilities: &[Capability],
    call: impl FnOnce() -> Result<(), SysError> + Send,
) -> Result<bool, Failed> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            keep(capabilities)?;
            Ok(call().is_err_and(|error| error.is(errno::EPERM)))
        });
        thread.join().map_err(|_| Failed::from("the thread panicked"))?
    })
}

/// Needs exactly these: is refused without any one of them, and with all of them only where it is with all there are.
fn check(
    name: &str,
    needed: &[Capability],
    call: impl Fn() -> Result<(), SysError> + Send + Copy,
) -> Result<(), Failed> {
    if call().is_err_and(|error| error.is(errno::EPERM)) {
        // Another policy refuses it to everybody.
        return Ok(());
    }
    if refused_with(needed, call)? {
        return Err(format!("{name} takes more than {needed:?}").into());
    }
    for left_out in needed {
        let rest: Vec<Capability> = needed.iter().copied().filter(|one| one != left_out).collect();
        if !refused_with(&rest, call)? {
            return Err(format!("{name} does without {left_out}").into());
        }
    }
    Ok(())
}

fn why_not() -> Option<&'static str> {
    if bpf_sys::kernel_version().is_none_or(|version| version < Capability::SPLIT) {
        return Some("needs Linux 5.8: CAP_BPF and CAP_PERFMON");
    }
    None
}

/// Whether `CAP_BPF` is asked for, of types that anybody may use where that is allowed.
fn asks_anybody() -> bool {
    std::fs::read_to_string("/proc/sys/kernel/unprivileged_bpf_disabled").is_ok_and(|text| text.trim() != "0")
}

fn needed(anybody: bool, also: &[Capability]) -> Vec<Capability> {
    let bpf = (!anybody || asks_anybody()).then_some(Capability::Bpf);
    bpf.into_iter().chain(also.iter().copied()).collect()
}

fn programs() -> Outcome {
    if let Some(reason) = why_not() {
        return Ok(Completion::ignored_with(reason));
    }
    let insns = encode(&[Insn::mov64_imm(0, 0), Insn::exit()]);
    let insns = insns.as_slice();
    let mut seen = 0;
    for program_type in ProgramType::ALL {
        // Whatever else is wrong with it, the capabilities are looked at first.
        let call = || ProgLoad::new(*program_type, insns, GPL).load().map(drop);
        if program_type.since().is_none_or(|since| bpf_sys::kernel_version().is_none_or(|here| here < since))
        {
            continue;
        }
        seen += 1;
        let mut needed = needed(program_type.is_for_anybody(), program_type.also_needs());
        // 5.10 and 6.1 ask for it too, 6.12 and 6.18 do not.
        let old = bpf_sys::kernel_version().is_some_and(|here| here < KernelVersion::new(6, 12));
        if *program_type == ProgramType::LIRC_MODE2 && old {
            needed.push(Capability::NetAdmin);
        }
        check(&program_type.to_string(), &needed, call)?;
    }
    assert!(seen > 28, "{seen} types");
    DONE
}

fn maps() -> Outcome {
    if let Some(reason) = why_not() {
        return Ok(Completion::ignored_with(reason));
    }
    for (map_type, key, value, entries, flags) in [
        (MapType::HASH, 4, 4, 1, 0),
        (MapType::ARRAY, 4, 4, 1, 0),
        (MapType::PERCPU_HASH, 4, 4, 1, 0),
        (MapType::RINGBUF, 0, 0, 65536, 0),
        (MapType::LRU_HASH, 4, 4, 1, 0),
        (MapType::LPM_TRIE, 8, 4, 1, 1),
        (MapType::QUEUE, 0, 4, 1, 0),
        (MapType::STACK_TRACE, 4, 8, 1, 0),
        (MapType::CPUMAP, 4, 4, 1, 0),
        (MapType::SOCKMAP, 4, 4, 1, 0),
        (MapType::SOCKHASH, 4, 4, 1, 0),
        (MapType::DEVMAP, 4, 4, 1, 0),
        (MapType::DEVMAP_HASH, 4, 4, 1, 0),
        (MapType::XSKMAP, 4, 4, 1, 0),
    ] {
        let call = || MapCreate::new(map_type, key, value, entries).flags(flags).create().map(drop);
        if call().is_err_and(|error| error.is(errno::EINVAL)) {
            // The kernel was built without it.
            continue;
        }
        check(&map_type.to_string(), &needed(map_type.is_for_anybody(), map_type.also_needs()), call)?;
    }
    DONE
}
