//! Programs that are run on given input (`BPF_PROG_TEST_RUN`).

use bpf_loader::LoadedObject;
use bpf_sys::TestRun;

use super::Case;
use crate::support::Failed;
use crate::types::packet::{self, ETHERNET, run_marked};
use crate::types::{Observed, counter, long, open_with};

const LEN: usize = 50;
const MARK: u32 = 1000;

fn loaded(case: Case, program: &str) -> Result<LoadedObject, Failed> {
    Ok(open_with(case.fixture, &[program], &[])?.load()?)
}

/// What a program returns for a marked packet, and the mark; it sees as many bytes.
fn marked(case: Case, program: &str, verdict: u32, seen: usize) -> Result<Observed, Failed> {
    let loaded = loaded(case, program)?;
    let (ran, mark) = run_marked(loaded.program(program)?, LEN, MARK)?;
    Ok(Observed::new((ran.retval, mark), (verdict, MARK + u32::try_from(seen)?)))
}

pub(super) fn classifier(case: Case) -> Result<Observed, Failed> {
    marked(case, "sched_cls", 2, ETHERNET + LEN)
}

pub(super) fn action(case: Case) -> Result<Observed, Failed> {
    marked(case, "sched_act", 1, ETHERNET + LEN)
}

// Tunnels see packets without the Ethernet header.
pub(super) fn tunnel_in(case: Case) -> Result<Observed, Failed> {
    marked(case, "lwt_in", 0, LEN)
}

pub(super) fn tunnel_out(case: Case) -> Result<Observed, Failed> {
    marked(case, "lwt_out", 2, LEN)
}

pub(super) fn tunnel_xmit(case: Case) -> Result<Observed, Failed> {
    marked(case, "lwt_xmit", 0, LEN)
}

pub(super) fn xdp(case: Case) -> Result<Observed, Failed> {
    let loaded = loaded(case, "xdp")?;
    let (before, mut after) = (packet::of(LEN), vec![0; 256]);
    let run = TestRun::new().data_in(&before).data_out(&mut after);
    let ran = loaded.program("xdp")?.test_run(run)?;
    after.truncate(usize::try_from(ran.data_size_out)?);
    let mut wanted = before;
    wanted[0] += 1;
    let xdp_tx = 3;
    Ok(Observed::new((ran.retval, after), (xdp_tx, wanted)))
}

pub(super) fn flow(case: Case) -> Result<Observed, Failed> {
    let loaded = loaded(case, "flow")?;
    let (packet, mut keys) = (packet::of(LEN), [0; 128]);
    // What it returns is told in two ways: older kernels (seen: 5.10) make 1 of BPF_OK.
    loaded.program("flow")?.test_run(TestRun::new().data_in(&packet).data_out(&mut keys))?;
    // `thoff` and `ip_proto` of struct bpf_flow_keys.
    let (thoff, protocol) = (u16::from_ne_bytes([keys[2], keys[3]]), keys[9]);
    Ok(Observed::new((thoff, protocol), (34, 77)))
}

pub(super) fn netfilter(case: Case) -> Result<Observed, Failed> {
    let loaded = loaded(case, "netfilter")?;
    let verdict = || packet::run(&loaded, "netfilter", LEN);
    let verdicts = [verdict()?, verdict()?, verdict()?];
    let (drop, accept) = (0, 1);
    Ok(Observed::new((verdicts, counter(&loaded, "packets")?), ([accept, drop, accept], 3)))
}

pub(super) fn syscall(case: Case) -> Result<Observed, Failed> {
    let loaded = loaded(case, "add_up")?;
    let mut context = [0; 24];
    for (at, number) in [u32::MAX, 3, 40].into_iter().enumerate() {
        context[4 * at..][..4].copy_from_slice(&number.to_ne_bytes());
    }
    let returned = loaded.program("add_up")?.test_run(TestRun::new().ctx_in(&mut context))?.retval;
    Ok(Observed::new((returned, long(&context[16..])?), (7, u64::from(u32::MAX) + 43)))
}

pub(super) fn segments(case: Case) -> Result<Observed, Failed> {
    in_kernel(case, "segments")
}

pub(super) fn infrared(case: Case) -> Result<Observed, Failed> {
    in_kernel(case, "infrared")
}

/// What the kernel says of a program that is only loaded: its type, and as many instructions as were sent.
fn in_kernel(case: Case, program: &str) -> Result<Observed, Failed> {
    let loaded = loaded(case, program)?;
    let info = loaded.program(program)?.info()?;
    let sent = loaded.plan().programs().iter().map(|program| program.insns.len() * 8).sum::<usize>();
    Ok(Observed::new((info.program_type, usize::try_from(info.xlated_len)?), (case.of, sent)))
}
