//! Waiting for any of several descriptors: ring buffers, perf events, links.
//!
//! # Safety
//!
//! The calls read one event of ours, or write events into a local array whose length they are given. A descriptor that is
//! watched may be closed: the kernel then forgets it.

#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};

use crate::error::SysError;
use crate::syscall;

/// Descriptors to wait for: an epoll instance, whose own descriptor can be waited for in turn.
///
/// It is level-triggered: a descriptor is reported for as long as there is something to read.
///
/// # Kernel
///
/// epoll, since 2.6.27: `fs/eventpoll.c`.
#[derive(Debug)]
pub struct Epoll {
    fd: OwnedFd,
}

/// How many descriptors one call reports at most; the others come with the next.
const AT_ONCE: usize = 64;

impl Epoll {
    /// Waits for nothing yet. The descriptor is close-on-exec.
    ///
    /// # Errors
    ///
    /// [`SysError::Io`] if there are too many descriptors.
    pub fn new() -> Result<Self, SysError> {
        // SAFETY: the call takes no address.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(SysError::last_os("epoll_create1"));
        }
        // SAFETY: the kernel has just made this descriptor for us.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { fd: syscall::above_standard_streams(fd)? })
    }

    /// Waits for `fd` to be readable too, and reports that as `token`.
    ///
    /// # Errors
    ///
    /// [`SysError::Io`]: `EEXIST` if it is watched already, `EPERM` if it can never be waited for.
    pub fn add(&self, fd: BorrowedFd<'_>, token: u64) -> Result<(), SysError> {
        let mut event = libc::epoll_event { events: libc::EPOLLIN.cast_unsigned(), u64: token };
        // SAFETY: the call reads one event, which lives here.
        let done = unsafe {
            libc::epoll_ctl(self.fd.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &raw mut event)
        };
        if done == 0 { Ok(()) } else { Err(SysError::last_os("epoll_ctl")) }
    }

    /// Waits until a descriptor is readable, or for as long as `timeout` says: `None` for ever, zero not at all. The tokens
    /// of those that are readable are added to `ready`; none if the time was over. Signals do not end the wait.
    ///
    /// # Errors
    ///
    /// [`SysError::Io`].
    pub fn wait(&self, timeout: Option<Duration>, ready: &mut Vec<u64>) -> Result<(), SysError> {
        // A time so far off that it cannot be told is for ever.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match self.wait_once(left.map_or(-1, milliseconds), ready) {
                Err(error) if error.is(libc::EINTR) => {}
                Ok(0) if left.is_none_or(|left| !left.is_zero()) => {}
                other => return other.map(drop),
            }
        }
    }

    fn wait_once(&self, milliseconds: i32, ready: &mut Vec<u64>) -> Result<usize, SysError> {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; AT_ONCE];
        let room = i32::try_from(events.len()).unwrap_or(i32::MAX);
        // SAFETY: the kernel writes `room` events at most, and the array has as many.
        let count = unsafe { libc::epoll_wait(self.fd.as_raw_fd(), events.as_mut_ptr(), room, milliseconds) };
        let count = usize::try_from(count).map_err(|_| SysError::last_os("epoll_wait"))?;
        ready.extend(events.iter().take(count).map(|event| event.u64));
        Ok(count)
    }
}

impl AsFd for Epoll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Rounded up, so that a wait does not end before its time; as many as the call can take, and then again.
fn milliseconds(time: Duration) -> i32 {
    i32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn times_are_rounded_up() {
        for (nanoseconds, wanted) in [(0, 0), (1, 1), (1_000_000, 1), (1_000_001, 2), (u64::MAX, i32::MAX)] {
            assert_eq!(milliseconds(Duration::from_nanos(nanoseconds)), wanted);
        }
    }

    #[test]
    fn a_pipe_is_reported_when_there_is_something_to_read() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let epoll = Epoll::new().unwrap();
        epoll.add(reader.as_fd(), 7).unwrap();
        let mut ready = Vec::new();
        let before = Instant::now();
        epoll.wait(Some(Duration::from_millis(20)), &mut ready).unwrap();
        assert!(before.elapsed() >= Duration::from_millis(20) && ready.is_empty());
        writer.write_all(b"x").unwrap();
        epoll.wait(None, &mut ready).unwrap();
        // Nothing was read: it is reported again.
        epoll.wait(Some(Duration::ZERO), &mut ready).unwrap();
        assert_eq!(ready, [7, 7]);
        assert!(epoll.add(reader.as_fd(), 8).unwrap_err().is(libc::EEXIST));
    }
}
