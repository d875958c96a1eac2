//! Maps that say where packets go: devices, processors, sockets of the XDP kind.

use std::os::fd::{AsFd, AsRawFd};

use bpf_loader::LoadedObject;
use socket2::{Domain, Socket, Type};

use super::Case;
use super::sockets::AF_XDP;
use crate::support::Failed;
use crate::types::{Observed, open_with, packet, word};

const XDP_PASS: u32 = 2;
const XDP_REDIRECT: u32 = 4;
const LOOPBACK: u32 = 1;

/// The fixture with the map of this type, `value` in its slot 0; what its program says about slots 0 and 1.
fn asked(case: Case, value: u32) -> Result<(LoadedObject, &'static str, [u32; 2]), Failed> {
    let map = case.of.short_name().ok_or("the type has no name")?;
    let program = format!("by_{map}");
    let loaded = open_with(case.fixture, &[&program], &[map])?.load()?;
    loaded.map(map)?.update(&0_u32.to_ne_bytes(), &value.to_ne_bytes(), 0)?;
    let answer = |slot| -> Result<u32, Failed> {
        let mut packet = packet::of(50);
        packet[0] = slot;
        let run = bpf_sys::TestRun::new().data_in(&packet);
        Ok(loaded.program(&program)?.test_run(run)?.retval)
    };
    let answers = [answer(0)?, answer(1)?];
    Ok((loaded, map, answers))
}

/// Also what is in slots 0 and 1 for who reads them.
fn asked_and_read(case: Case, value: u32, empty: Option<u32>) -> Result<Observed, Failed> {
    let (loaded, map, answers) = asked(case, value)?;
    let map = loaded.map(map)?;
    let slot = |slot: u32| map.lookup(&slot.to_ne_bytes())?.map(|value| word(&value)).transpose();
    let slots = [slot(0)?, slot(1)?];
    Ok(Observed::new((answers, slots), ([XDP_REDIRECT, XDP_PASS], [Some(value), empty])))
}

pub(super) fn devmap(case: Case) -> Result<Observed, Failed> {
    asked_and_read(case, LOOPBACK, None)
}

pub(super) fn cpumap(case: Case) -> Result<Observed, Failed> {
    let queue = 192;
    asked_and_read(case, queue, None)
}

pub(super) fn xskmap(case: Case) -> Result<Observed, Failed> {
    let socket = Socket::new(Domain::from(AF_XDP), Type::RAW, None)?;
    let fd = u32::try_from(socket.as_fd().as_raw_fd())?;
    let (_loaded, _, answers) = asked(case, fd)?;
    Ok(Observed::new(answers, [XDP_REDIRECT, XDP_PASS]))
}
