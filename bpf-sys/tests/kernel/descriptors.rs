//! Descriptors: close-on-exec, and never one of the standard streams, even when those are closed.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::process::Command;

use bpf_sys::uapi::ProgramType;
use bpf_sys::{ObjectKind, link, object, prog};
use libtest_mimic::Trial;

use crate::support::{DONE, Outcome, returning, small_hash, test};

const CHILD: &str = "BPF_SYS_TEST_CHILD";

pub(crate) fn tests() -> Vec<Trial> {
    vec![test("descriptors::open", open), test("descriptors::standard_streams_closed", streams_closed)]
}

fn open() -> Outcome {
    check_all(0)
}

/// Only a process of its own can close its standard streams without harm to others.
fn streams_closed() -> Outcome {
    let output = Command::new(std::env::current_exe()?).env(CHILD, "1").output()?;
    assert!(output.status.success(), "the child failed: {}", output.status);
    DONE
}

pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

pub(crate) fn child() {
    let result = std::panic::catch_unwind(|| {
        for number in 0..3 {
            // SAFETY: this thread is alone, and nothing here uses the standard streams after this.
            drop(unsafe { OwnedFd::from_raw_fd(number) });
        }
        check_all(0).is_ok()
    });
    std::process::exit(if matches!(result, Ok(true)) { 0 } else { 7 });
}

/// Makes a descriptor by every command that returns one.
fn check_all(cookie: u64) -> Outcome {
    let map = small_hash()?;
    check(map.as_fd());
    check(object::fd_by_id(ObjectKind::Map, map.info()?.id)?.as_fd());
    let program = returning(ProgramType::RAW_TRACEPOINT, 0)?;
    check(program.as_fd());
    check(object::fd_by_id(ObjectKind::Program, prog::info(program.as_fd())?.id)?.as_fd());
    let fd = link::raw_tracepoint_open(Some(c"sys_enter"), program.as_fd(), cookie)?;
    check(fd.as_fd());
    check(object::fd_by_id(ObjectKind::Link, link::info(fd.as_fd())?.id)?.as_fd());
    check(map.try_clone()?.as_fd());
    DONE
}

fn check(fd: BorrowedFd<'_>) {
    let number = fd.as_raw_fd();
    assert!(number > 2, "{number} is a standard stream");
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap();
    let flags = u32::from_str_radix(flags.trim(), 8).unwrap();
    assert!(flags & 0o2_000_000 != 0, "{number} is not close-on-exec");
}
