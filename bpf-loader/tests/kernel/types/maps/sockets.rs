//! Maps of sockets.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};

use bpf_loader::Map;
use bpf_loader::uapi::AttachType;
use socket2::{Domain, SockRef, Socket, Type};

use super::Case;
use crate::support::Failed;
use crate::types::sockets::{lengths, pair, receive, udp};
use crate::types::{Observed, number, open_with};

/// The family of sockets that take frames from XDP programs.
pub(super) const AF_XDP: i32 = 44;
/// What the kernel answers where it has no such family.
pub(super) const EAFNOSUPPORT: i32 = 97;

/// Puts a socket into a slot of a map of 64-bit values.
pub(in crate::types) fn put(map: &Map, slot: u32, socket: &impl AsFd) -> Result<(), Failed> {
    let fd = u64::try_from(socket.as_fd().as_raw_fd())?;
    Ok(map.update(&slot.to_ne_bytes(), &fd.to_ne_bytes(), 0)?)
}

/// The callers of two connections are in the map, and a program puts into the second what the first one sends.
fn redirected(case: Case, map: &str, program: &str) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &[program], &[map])?.load()?;
    let (map, program) = (loaded.map(map)?, loaded.program(program)?);
    bpf_sys::prog::attach(map.as_fd(), program.as_fd(), AttachType::SK_MSG_VERDICT, 0)?;
    let ((mut first, other), (second, _answerer)) = (pair()?, pair()?);
    put(map, 0, &first)?;
    put(map, 1, &second)?;
    let cookie = number(map, &1_u32.to_ne_bytes())?;
    first.write_all(b"hello")?;
    let at_second = receive(&second, 5)?;
    other.set_nonblocking(true)?;
    let at_other = std::io::Read::read(&mut &other, &mut [0; 8]).map_err(|error| error.kind());
    bpf_sys::prog::detach(map.as_fd(), program.as_fd(), AttachType::SK_MSG_VERDICT)?;
    Ok(Observed::new(
        (String::from_utf8_lossy(&at_second).into_owned(), at_other, cookie),
        ("hello".to_owned(), Err(std::io::ErrorKind::WouldBlock), Some(SockRef::from(&second).cookie()?)),
    ))
}

pub(super) fn sockmap(case: Case) -> Result<Observed, Failed> {
    redirected(case, "sockmap", "to_second")
}

pub(super) fn sockhash(case: Case) -> Result<Observed, Failed> {
    redirected(case, "sockhash", "to_second_of_hash")
}

/// Two sockets that share a port, in slots 0 and 1.
pub(in crate::types) fn group(map: &Map) -> Result<([UdpSocket; 2], SocketAddr), Failed> {
    let shared = |address: SocketAddr| -> Result<UdpSocket, Failed> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        Ok(socket.into())
    };
    let first = shared((Ipv4Addr::LOCALHOST, 0).into())?;
    let address = first.local_addr()?;
    let second = shared(address)?;
    put(map, 0, &first)?;
    put(map, 1, &second)?;
    Ok(([first, second], address))
}

pub(super) fn reuseport_sockarray(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &["choose"], &["reuseport"])?.load()?;
    let map = loaded.map("reuseport")?;
    let ([first, second], address) = group(map)?;
    bpf_sys::socket::attach_reuseport(first.as_fd(), loaded.program("choose")?.as_fd())?;
    loaded.global("chosen")?.set(&1_u32)?;
    let (sender, slot) = (udp()?, 1_u32.to_ne_bytes());
    let cookie = number(map, &slot)?;
    sender.send_to(&[0; 10], address)?;
    let before = (lengths(&first)?, lengths(&second)?);
    map.delete(&slot)?;
    sender.send_to(&[0; 11], address)?;
    let after = (lengths(&first)?, lengths(&second)?);
    let wanted = Some(SockRef::from(&second).cookie()?);
    Ok(Observed::new((before, after, cookie), ((vec![], vec![10]), (vec![], vec![]), wanted)))
}
