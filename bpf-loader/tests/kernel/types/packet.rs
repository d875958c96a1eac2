//! Packets that programs are run on.

use bpf_loader::{LoadedObject, Program};
use bpf_sys::prog::{TestRun, TestRunOutput};

use crate::support::Failed;
use crate::types::word;

/// The bytes before an IP packet.
pub(super) const ETHERNET: usize = 14;

/// An IPv4 packet of UDP: as many bytes after its Ethernet header.
pub(super) fn of(len: usize) -> Vec<u8> {
    let mut packet = vec![0; ETHERNET + len];
    packet[12..16].copy_from_slice(&[8, 0, 0x45, 0]);
    packet[23] = 17;
    packet
}

/// Runs a program on a packet with as many bytes after its Ethernet header.
pub(super) fn run(loaded: &LoadedObject, program: &str, len: usize) -> Result<u32, Failed> {
    Ok(loaded.program(program)?.test_run(TestRun::new().data_in(&of(len)))?.retval)
}

/// Where `struct __sk_buff` has the mark.
const MARK: std::ops::Range<usize> = 8..12;

/// Runs a program on a packet that has a mark: what it returns, and what the mark is then.
pub(super) fn run_marked(program: &Program, len: usize, mark: u32) -> Result<(TestRunOutput, u32), Failed> {
    let (mut before, mut after) = ([0; MARK.end], [0; 512]);
    before[MARK].copy_from_slice(&mark.to_ne_bytes());
    let packet = of(len);
    let run = TestRun::new().data_in(&packet).ctx_in(&mut before).ctx_out(&mut after);
    let ran = program.test_run(run)?;
    Ok((ran, word(&after[MARK])?))
}
