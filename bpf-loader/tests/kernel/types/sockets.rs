//! Sockets of the loopback device.

use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use crate::support::Failed;

/// How long what has to come may take, and how long is waited for what must not.
const PATIENCE: Duration = Duration::from_secs(2);
const IMPATIENCE: Duration = Duration::from_millis(100);

pub(super) fn listener() -> Result<(TcpListener, u16), Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// Both ends of a connection: who called, and who answered.
pub(super) fn pair() -> Result<(TcpStream, TcpStream), Failed> {
    let (listener, port) = listener()?;
    let caller = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let (answerer, _) = listener.accept()?;
    Ok((caller, answerer))
}

/// As many bytes, or what came of them in time.
pub(super) fn receive(mut stream: &TcpStream, bytes: usize) -> Result<Vec<u8>, Failed> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let (mut all, mut buffer) = (Vec::new(), [0; 256]);
    while all.len() < bytes {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(got) => all.extend_from_slice(&buffer[..got]),
            Err(error) if is_late(&error) => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(all)
}

pub(super) fn udp() -> Result<UdpSocket, Failed> {
    Ok(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?)
}

/// The lengths of the datagrams that are there.
pub(super) fn lengths(socket: &UdpSocket) -> Result<Vec<usize>, Failed> {
    socket.set_read_timeout(Some(IMPATIENCE))?;
    let (mut all, mut buffer) = (Vec::new(), [0; 256]);
    loop {
        match socket.recv(&mut buffer) {
            Ok(got) => all.push(got),
            Err(error) if is_late(&error) => return Ok(all),
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_late(error: &std::io::Error) -> bool {
    [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind())
}
