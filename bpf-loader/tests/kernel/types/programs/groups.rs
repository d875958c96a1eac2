//! Programs of control groups.

use std::fs::File;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpStream};

use bpf_loader::LoadedObject;
use bpf_loader::uapi::AttachType;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::Case;
use crate::support::Failed;
use crate::types::cgroup::Group;
use crate::types::sockets::{listener, pair, udp};
use crate::types::{Observed, counter, open_with};

fn loaded(case: Case, program: &str) -> Result<(LoadedObject, Group), Failed> {
    Ok((open_with(case.fixture, &[program], &[])?.load()?, Group::new()?))
}

/// Why it was not done.
fn kind<T>(outcome: std::io::Result<T>) -> Result<(), ErrorKind> {
    outcome.map(drop).map_err(|error| error.kind())
}

const REFUSED: Result<(), ErrorKind> = Err(ErrorKind::PermissionDenied);

/// Two things are tried with the program attached, within and outside of the group: within, the first is refused.
fn refuses(
    case: Case,
    program: &str,
    attach_type: AttachType,
    tried: impl Fn() -> [Result<(), ErrorKind>; 2],
) -> Result<Observed, Failed> {
    let (loaded, group) = loaded(case, program)?;
    let link = group.attach(loaded.program(program)?, attach_type)?;
    let (within, outside) = (group.within(|| Ok(tried()))?, tried());
    drop(link);
    Ok(Observed::new((within, outside), ([REFUSED, Ok(())], [Ok(()), Ok(())])))
}

pub(super) fn sockets(case: Case) -> Result<Observed, Failed> {
    let socket = |kind, protocol| Socket::new(Domain::IPV4, kind, Some(Protocol::from(protocol)));
    refuses(case, "no_raw", AttachType::CGROUP_INET_SOCK_CREATE, || {
        [kind(socket(Type::RAW, 253)), kind(socket(Type::DGRAM, 17))]
    })
}

pub(super) fn devices(case: Case) -> Result<Observed, Failed> {
    refuses(case, "no_zero", AttachType::CGROUP_DEVICE, || {
        [kind(File::open("/dev/zero")), kind(File::open("/dev/null"))]
    })
}

pub(super) fn settings(case: Case) -> Result<Observed, Failed> {
    let read = |name: &str| kind(std::fs::read(format!("/proc/sys/kernel/{name}")));
    refuses(case, "no_ostype", AttachType::CGROUP_SYSCTL, || [read("ostype"), read("osrelease")])
}

pub(super) fn packets(case: Case) -> Result<Observed, Failed> {
    let (loaded, group) = loaded(case, "sent")?;
    let receiver = udp()?;
    let send = |count| -> Result<(), Failed> {
        let (sender, to) = (udp()?, receiver.local_addr()?);
        (0..count).try_for_each(|_| sender.send_to(&[0; 10], to).map(drop))?;
        Ok(())
    };
    let link = group.attach(loaded.program("sent")?, AttachType::CGROUP_INET_EGRESS)?;
    group.within(|| send(3))?;
    send(2)?;
    drop(link);
    Ok(Observed::new(counter(&loaded, "packets")?, 3))
}

pub(super) fn connections(case: Case) -> Result<Observed, Failed> {
    let (loaded, group) = loaded(case, "established")?;
    group.with(&loaded, "established", AttachType::CGROUP_SOCK_OPS, pair)?;
    pair()?;
    Ok(Observed::new((counter(&loaded, "going")?, counter(&loaded, "coming")?), (1, 1)))
}

pub(super) fn addresses(case: Case) -> Result<Observed, Failed> {
    let (loaded, group) = loaded(case, "connect")?;
    let ((real, to_port), (closed, from_port)) = (listener()?, listener()?);
    drop(closed);
    // As they stand in a packet, in the low half.
    let port = |port: u16| u32::from(port.to_be());
    loaded.global("from_port")?.set(&port(from_port))?;
    loaded.global("to_port")?.set(&port(to_port))?;
    let address = (Ipv4Addr::LOCALHOST, from_port);
    let stream = group
        .with(&loaded, "connect", AttachType::CGROUP_INET4_CONNECT, || Ok(TcpStream::connect(address)?))?;
    let (answered, from) = real.accept()?;
    let outside = kind(TcpStream::connect(address));
    Ok(Observed::new(
        (from, answered.local_addr()?.port(), outside),
        (stream.local_addr()?, to_port, Err(ErrorKind::ConnectionRefused)),
    ))
}

pub(super) fn options(case: Case) -> Result<Observed, Failed> {
    let (loaded, group) = loaded(case, "set_ttl")?;
    let ttl = || -> Result<u32, Failed> {
        let socket = udp()?;
        let socket = SockRef::from(&socket);
        socket.set_ttl_v4(9)?;
        Ok(socket.ttl_v4()?)
    };
    let within = group.with(&loaded, "set_ttl", AttachType::CGROUP_SETSOCKOPT, ttl)?;
    Ok(Observed::new((within, ttl()?), (77, 9)))
}
