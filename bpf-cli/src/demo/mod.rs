//! What the demo does beside loading: a transfer over loopback that uses a congestion control by name.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use socket2::{Domain, Protocol, Socket, Type};

use crate::cmd::CommandError;

/// The congestion control, compiled: `fixtures/struct_ops/cong.bpf.c`.
#[cfg(target_endian = "little")]
pub(crate) const OBJECT: &[u8] = include_bytes!("demo.el.bpf.o");
/// The congestion control, compiled: `fixtures/struct_ops/cong.bpf.c`.
#[cfg(target_endian = "big")]
pub(crate) const OBJECT: &[u8] = include_bytes!("demo.eb.bpf.o");

/// Bytes that are sent.
const TOTAL: u64 = 64 << 20;
/// Bytes handed to the kernel at a time.
const CHUNK: usize = 64 << 10;
/// The longest that one read or write may wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// A transfer that arrived whole.
#[derive(Debug)]
pub(crate) struct Transfer {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) seconds: f64,
    control: String,
}

impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = to_mib(self.bytes) / self.seconds.max(f64::EPSILON);
        write!(
            f,
            "{} MiB over loopback with {} in {:.2} s ({rate:.0} MiB/s)",
            self.bytes >> 20,
            self.control,
            self.seconds
        )?;
        write!(f, "\nboth ends agree on sha256 {}", self.sha256)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people, of bytes far below 2^52")]
fn to_mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Sends [`TOTAL`] bytes over loopback, both sockets under the congestion control `name`; compares what arrived.
pub(crate) fn transfer(name: &str) -> Result<Transfer, CommandError> {
    let failed = |doing: &'static str| {
        move |source| CommandError::new("E0913", format!("the transfer failed: {doing}")).source(source)
    };
    let listener = listener(name).map_err(failed("listening on loopback with that congestion control"))?;
    let address = listener.local_addr().map_err(failed("listening on loopback"))?;
    let started = Instant::now();
    let (sent, received) = std::thread::scope(|scope| {
        let receiver = scope.spawn(move || receive(&listener));
        let sent = send(name, address);
        let received =
            receiver.join().unwrap_or_else(|_| Err(io::Error::other("the receiving thread ended")));
        (sent, received)
    });
    let seconds = started.elapsed().as_secs_f64();
    let (sent, (received, bytes)) =
        (sent.map_err(failed("sending"))?, received.map_err(failed("receiving"))?);
    if sent != received || bytes != TOTAL {
        return Err(CommandError::new(
            "E0914",
            format!("{bytes} of {TOTAL} bytes arrived, or others than were sent"),
        ));
    }
    Ok(Transfer { bytes, sha256: received, seconds, control: name.to_owned() })
}

fn listener(name: &str) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    // Sockets that are accepted inherit it.
    socket.set_tcp_congestion(name.as_bytes())?;
    socket.bind(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(1)?;
    // An accept that nobody answers must end too.
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket.into())
}

fn send(name: &str, address: std::net::SocketAddr) -> io::Result<String> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_tcp_congestion(name.as_bytes())?;
    socket.connect_timeout(&address.into(), PATIENCE)?;
    let mut stream: TcpStream = socket.into();
    stream.set_write_timeout(Some(PATIENCE))?;
    let (mut hash, mut state) = (Sha256::new(), 0x9e37_79b9_7f4a_7c15_u64);
    let mut chunk = vec![0; CHUNK];
    for _ in 0..TOTAL / CHUNK as u64 {
        fill(&mut chunk, &mut state);
        hash.update(&chunk);
        stream.write_all(&chunk)?;
    }
    stream.shutdown(Shutdown::Write)?;
    // The other end closes when it has read everything.
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(hex(&hash.finalize()))
}

fn receive(listener: &TcpListener) -> io::Result<(String, u64)> {
    let (mut stream, _) = listener.accept()?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut chunk = vec![0; CHUNK];
    loop {
        let got = stream.read(&mut chunk)?;
        if got == 0 {
            return Ok((hex(&hash.finalize()), bytes));
        }
        bytes += got as u64;
        hash.update(chunk.get(..got).unwrap_or_default());
    }
}

/// Numbers that repeat after 2^64 steps: no two chunks are alike (xorshift).
fn fill(chunk: &mut [u8], state: &mut u64) {
    for word in chunk.chunks_exact_mut(8) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        word.copy_from_slice(&state.to_le_bytes());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the kernel lists a congestion control.
pub(crate) fn is_available(name: &str) -> Result<bool, CommandError> {
    const LIST: &str = "/proc/sys/net/ipv4/tcp_available_congestion_control";
    let listed = std::fs::read_to_string(LIST)
        .map_err(|source| CommandError::new("E0915", format!("{LIST} cannot be read")).source(source))?;
    Ok(listed.split_whitespace().any(|listed| listed == name))
}
