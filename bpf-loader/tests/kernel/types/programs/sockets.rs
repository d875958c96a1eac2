//! Programs of sockets.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::fd::AsFd;

use bpf_loader::uapi::AttachType;
use bpf_sys::LinkCreate;
use bpf_sys::prog::{attach, detach};

use super::Case;
use crate::support::{Failed, eventually};
use crate::types::maps::{group, put};
use crate::types::sockets::{lengths, listener, pair, receive, udp};
use crate::types::{Observed, counter, open_with};

pub(super) fn filter(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["short_ones"], &[])?.load()?;
    let (sender, receiver) = (udp()?, udp()?);
    let send = || {
        [10, 100, 20].iter().try_for_each(|len| -> Result<(), Failed> {
            sender.send_to(&vec![0; *len], receiver.local_addr()?)?;
            Ok(())
        })
    };
    bpf_sys::socket::attach(receiver.as_fd(), loaded.program("short_ones")?.as_fd())?;
    send()?;
    let filtered = lengths(&receiver)?;
    bpf_sys::socket::detach(receiver.as_fd())?;
    send()?;
    Ok(Observed::new((filtered, lengths(&receiver)?), (vec![10, 20], vec![10, 100, 20])))
}

pub(super) fn verdict(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["whole", "count_received"], &["sockmap"])?.load()?;
    let map = loaded.map("sockmap")?;
    let places = [
        (loaded.program("whole")?, AttachType::SK_SKB_STREAM_PARSER),
        (loaded.program("count_received")?, AttachType::SK_SKB_STREAM_VERDICT),
    ];
    places.iter().try_for_each(|(program, place)| attach(map.as_fd(), program.as_fd(), *place, 0))?;
    let (mut caller, answerer) = pair()?;
    put(map, 0, &answerer)?;
    caller.write_all(b"0123456789")?;
    eventually("ten bytes were seen", || Ok(counter(&loaded, "received")? == 10))?;
    let received = receive(&answerer, 10)?;
    places.iter().try_for_each(|(program, place)| detach(map.as_fd(), program.as_fd(), *place))?;
    Ok(Observed::new((counter(&loaded, "received")?, received), (10, b"0123456789".to_vec())))
}

pub(super) fn message(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["no_x"], &["sockmap"])?.load()?;
    let (map, program) = (loaded.map("sockmap")?, loaded.program("no_x")?);
    attach(map.as_fd(), program.as_fd(), AttachType::SK_MSG_VERDICT, 0)?;
    let (mut caller, answerer) = pair()?;
    put(map, 0, &caller)?;
    // Once refused, a socket stays so on some kernels.
    let sent = [b"abc", b"def", b"xyz"].map(|text| caller.write_all(text).map_err(|error| error.kind()));
    let received = receive(&answerer, 7)?;
    detach(map.as_fd(), program.as_fd(), AttachType::SK_MSG_VERDICT)?;
    let wanted = [Ok(()), Ok(()), Err(ErrorKind::PermissionDenied)];
    Ok(Observed::new((sent, received), (wanted, b"abcdef".to_vec())))
}

pub(super) fn reuseport(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["choose"], &["reuseport"])?.load()?;
    let ([first, second], address) = group(loaded.map("reuseport")?)?;
    bpf_sys::socket::attach_reuseport(first.as_fd(), loaded.program("choose")?.as_fd())?;
    for (chosen, len) in [(0_u32, 10), (1, 20), (1, 21), (0, 11)] {
        loaded.global("chosen")?.set(&chosen)?;
        udp()?.send_to(&vec![0; len], address)?;
    }
    Ok(Observed::new((lengths(&first)?, lengths(&second)?), (vec![10, 11], vec![20, 21])))
}

pub(super) fn lookup(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["answer"], &["sockmap"])?.load()?;
    let ((chosen, _), (closed, port)) = (listener()?, listener()?);
    drop(closed);
    put(loaded.map("sockmap")?, 0, &chosen)?;
    loaded.global("port")?.set(&u32::from(port))?;
    let network = File::open("/proc/self/ns/net")?;
    let call = || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(|error| error.kind());
    let before = call().map(drop);
    let link = LinkCreate::new(loaded.program("answer")?.as_fd(), AttachType::SK_LOOKUP)
        .target_fd(network.as_fd())
        .create()?;
    let caller = call().map_err(std::io::Error::from)?;
    let (answerer, from) = chosen.accept()?;
    drop(link);
    Ok(Observed::new(
        (before, from, answerer.local_addr()?.port()),
        (Err(ErrorKind::ConnectionRefused), caller.local_addr()?, port),
    ))
}
