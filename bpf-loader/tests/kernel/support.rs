//! What the tests share: whether they can run, fixtures, traffic, and a look at what is left in the kernel.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bpf_loader::object::StructOpsSpec;
use bpf_loader::{Answer, Feature, Kernel, LoadedObject, Object};
use bpf_sys::object::{ObjectKind, fd_by_id, ids};
use bpf_sys::{Capabilities, Capability, SysError};
use libtest_mimic::{Completion, Trial};
use socket2::{Domain, Protocol, Socket, Type};

/// A failure says what was not as it should be; a test that cannot run here answers `ignored_with`.
/// Why a test failed. An error is told with its causes and its advice.
pub(crate) struct Failed {
    told: String,
    /// What the kernel answered, where it refused a call.
    errno: Option<i32>,
    /// The machine has no place for it: that is no failure, and is told.
    no_place: bool,
}

impl Failed {
    pub(crate) fn message(&self) -> &str {
        &self.told
    }

    pub(crate) fn errno(&self) -> Option<i32> {
        self.errno
    }

    /// The machine has no place where it could be tried: nothing is mounted there, and cannot be.
    pub(crate) fn no_place(why: String) -> Self {
        Self { told: why, errno: None, no_place: true }
    }

    pub(crate) fn has_no_place(&self) -> bool {
        self.no_place
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.told)
    }
}

impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> From<E> for Failed {
    fn from(error: E) -> Self {
        let error = error.into();
        let (mut told, mut errno) = (error.to_string(), errno_of(error.as_ref()));
        let mut cause = error.source();
        while let Some(error) = cause {
            told.push_str(&format!("\n  because: {error}"));
            errno = errno.or_else(|| errno_of(error));
            cause = error.source();
        }
        Self { told, errno, no_place: false }
    }
}

fn errno_of(error: &(dyn std::error::Error + 'static)) -> Option<i32> {
    let sys = error.downcast_ref::<SysError>().and_then(SysError::errno);
    sys.or_else(|| error.downcast_ref::<std::io::Error>()?.raw_os_error())
}

pub(crate) type Outcome = Result<Completion, Failed>;

pub(crate) const DONE: Outcome = Ok(Completion::Completed);

/// A test that leaves nothing in the kernel; that is part of it.
pub(crate) fn test(name: &str, body: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    Trial::ignorable_test(name, move || {
        if let Some(reason) = why_not() {
            return Ok(Completion::ignored_with(reason));
        }
        let before = in_kernel();
        let outcome = body()?;
        let deadline = Instant::now() + Duration::from_secs(2);
        loop {
            let left: Vec<String> = in_kernel().into_iter().filter(|item| !before.contains(item)).collect();
            if left.is_empty() {
                return Ok(outcome);
            }
            if Instant::now() > deadline {
                return Err(format!("left in the kernel: {}", left.join(", ")).into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    })
}

/// A test of links of struct_ops.
pub(crate) fn linked_test(name: &str, body: fn() -> Outcome) -> Trial {
    test(name, move || {
        if has_links()? { body() } else { Ok(Completion::ignored_with("needs Linux 6.4: struct_ops links")) }
    })
}

/// Whether a struct_ops can be registered through a link here.
fn has_links() -> Result<bool, Failed> {
    let kernel = Kernel::running();
    kernel.btf()?;
    Ok(kernel.feature(Feature::StructOpsLink) != Answer::No)
}

fn why_not() -> Option<&'static str> {
    if std::env::var_os("BPF_TEST_KERNEL").is_none_or(|value| value != "1") {
        return Some("BPF_TEST_KERNEL=1 is not set");
    }
    match Capabilities::effective() {
        Ok(set) if set.has(Capability::SysAdmin) => None,
        _ => Some("the process has no CAP_SYS_ADMIN"),
    }
}

/// Every map, program and link in the kernel, with its id and name.
fn in_kernel() -> Vec<String> {
    let mut found = Vec::new();
    for kind in [ObjectKind::Map, ObjectKind::Program, ObjectKind::Link] {
        for id in ids(kind).flatten() {
            let Ok(fd) = fd_by_id(kind, id) else { continue };
            let name = match kind {
                ObjectKind::Map => bpf_sys::map::info(fd.as_fd()).map(|info| info.name),
                ObjectKind::Program => bpf_sys::prog::info(fd.as_fd()).map(|info| info.name),
                _ => Ok(String::new()),
            };
            found.push(format!("{kind:?} {id} {}", name.unwrap_or_default()));
        }
    }
    found
}

/// The path of a fixture for this machine's byte order: `struct_ops/cong`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    let root = std::env::var_os("BPF_TEST_FIXTURES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures"), PathBuf::from);
    root.join(format!("{name}.{}.bpf.o", if cfg!(target_endian = "big") { "eb" } else { "el" }))
}

/// A fixture. What has a `.struct_ops.link` section is registered without links on a kernel that has none, so that all
/// else about it is tested there too.
pub(crate) fn open(name: &str) -> Result<Object, Failed> {
    let mut object = Object::open(fixture(name))?;
    if object.struct_ops().iter().any(StructOpsSpec::link) && !has_links()? {
        without_links(&mut object)?;
    }
    Ok(object)
}

/// Registers all of its struct_ops without a link.
pub(crate) fn without_links(object: &mut Object) -> Result<(), Failed> {
    for name in object.struct_ops().iter().map(|ops| ops.name().to_owned()).collect::<Vec<_>>() {
        object.struct_ops_mut(&name)?.set_link(false);
    }
    Ok(())
}

pub(crate) fn load(name: &str) -> Result<LoadedObject, Failed> {
    Ok(open(name)?.load()?)
}

/// Lets go of program arrays, and waits until the kernel has. It clears them a moment later; one that is opened by its id
/// in between, as looking for what is left does, is cleared twice and never freed (`prog_array_map_clear` in
/// `kernel/bpf/arraymap.c` takes a reference for work that is queued already).
pub(crate) fn let_go<T>(holder: T) {
    drop(holder);
    std::thread::sleep(Duration::from_millis(300));
}

/// Fails with both sides unless they are equal.
#[expect(clippy::needless_pass_by_value, reason = "values made for the comparison")]
pub(crate) fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: T, wanted: T) -> Result<(), Failed> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: found {found:?}, wanted {wanted:?}").into()) }
}

/// Fails unless it holds.
pub(crate) fn holds(what: &str, condition: bool) -> Result<(), Failed> {
    if condition { Ok(()) } else { Err(format!("does not hold: {what}").into()) }
}

/// Fails unless it comes to hold within two seconds.
pub(crate) fn eventually(what: &str, condition: impl Fn() -> Result<bool, Failed>) -> Result<(), Failed> {
    let deadline = Instant::now() + Duration::from_secs(2);
    while !condition()? {
        if Instant::now() > deadline {
            return holds(what, false);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

pub(crate) fn socket_with(control: &str) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_tcp_congestion(control.as_bytes())?;
    Ok(socket)
}

/// Sends `megabytes` over loopback through a socket that uses `control`; what arrives must be what was sent.
pub(crate) fn transfer(control: &str, megabytes: usize) -> Result<(), Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let total = megabytes << 20;
    std::thread::scope(|scope| {
        let receiver = scope.spawn(move || -> std::io::Result<(usize, u64)> {
            let (mut stream, _) = listener.accept()?;
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            let (mut count, mut sum, mut buffer) = (0, 0_u64, vec![0; 1 << 16]);
            loop {
                let got = stream.read(&mut buffer)?;
                if got == 0 {
                    return Ok((count, sum));
                }
                sum = buffer[..got].iter().enumerate().fold(sum, |sum, (at, byte)| {
                    sum.wrapping_add(u64::from(*byte).wrapping_mul((count + at) as u64 | 1))
                });
                count += got;
            }
        });
        let socket = socket_with(control)?;
        socket.connect(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, port).into())?;
        let mut stream: TcpStream = socket.into();
        stream.set_write_timeout(Some(Duration::from_secs(20)))?;
        let chunk: Vec<u8> = (0..=255).cycle().take(1 << 16).collect();
        let mut sum = 0_u64;
        for start in (0..total).step_by(chunk.len()) {
            stream.write_all(&chunk)?;
            sum = chunk.iter().enumerate().fold(sum, |sum, (at, byte)| {
                sum.wrapping_add(u64::from(*byte).wrapping_mul((start + at) as u64 | 1))
            });
        }
        drop(stream);
        let (count, received) = receiver.join().map_err(|_| "the receiver panicked")??;
        equal("bytes received", count, total)?;
        equal("checksum", received, sum)
    })
}

/// Whether the kernel lists a congestion control.
pub(crate) fn is_registered(control: &str) -> Result<bool, Failed> {
    let listed = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control")?;
    Ok(listed.split_whitespace().any(|listed| listed == control))
}
