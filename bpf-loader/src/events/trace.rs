//! Trace output: the lines that programs print by `bpf_trace_printk`.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use bpf_sys::SysError;

use crate::events::EventError;
use crate::tracefs;

/// What programs print by `bpf_trace_printk` (`bpf_printk`), from the moment that this is opened.
///
/// The kernel prints for all programs alike: lines of programs of others come too. It prints by a trace event, which this
/// switches on in a trace instance of its own (`instances/bpf_PID_N` on tracefs), so it takes no line away from those who
/// read `trace_pipe`, nor do they from this, and what was printed before does not come. Dropping it removes the instance; a
/// process that is killed leaves it behind, to be removed by `rmdir`.
///
/// # Kernel
/// Since 5.9: the event `bpf_trace:bpf_trace_printk`, in `kernel/trace/bpf_trace.h`.
#[derive(Debug)]
pub struct TraceOutput {
    /// Closed before the instance is removed.
    pipe: Option<File>,
    instance: PathBuf,
    /// The begin of a line whose end has not come.
    rest: Vec<u8>,
}

/// One line: of which process and when, and what was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceLine<'a> {
    line: &'a str,
}

impl<'a> TraceLine<'a> {
    /// The whole line, as the kernel writes it: process, processor, flags, seconds since boot, event, text.
    #[must_use]
    pub fn line(&self) -> &'a str {
        self.line
    }

    /// What was printed; `None` for a line that says that some were lost.
    #[must_use]
    pub fn message(&self) -> Option<&'a str> {
        self.line.split_once(": bpf_trace_printk: ").map(|(_, message)| message)
    }
}

/// Tells the instances of a process apart.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The most that is read at once, and the longest line.
const CHUNK: usize = 1 << 14;

impl TraceOutput {
    /// Begins to collect lines.
    ///
    /// # Errors
    /// [`EventError::NoTracefs`]; [`EventError::Trace`]: no privileges, or a kernel without the event.
    pub fn open() -> Result<Self, EventError> {
        let root = tracefs::mounted().ok_or(EventError::NoTracefs)?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let instance = root.join("instances").join(format!("bpf_{}_{number}", std::process::id()));
        fs::create_dir(&instance).map_err(|error| failed("creating", &instance, &error))?;
        // From here on, dropping it removes the instance.
        let mut output = Self { pipe: None, instance, rest: Vec::new() };
        let switch = output.instance.join("events/bpf_trace/bpf_trace_printk/enable");
        fs::write(&switch, "1").map_err(|error| failed("writing to", &switch, &error))?;
        let pipe = output.instance.join("trace_pipe");
        let opened = bpf_sys::open_nonblocking(&pipe);
        output.pipe =
            Some(opened.map_err(|source| EventError::Trace { doing: "opening", path: pipe, source })?);
        Ok(output)
    }

    /// Hands out the lines that are there now, without waiting; answers how many. Up to some thousand come at once, the
    /// others with the next call. (The kernel wakes nobody who waits for `trace_pipe` before its buffer is half full, so
    /// there is nothing to wait for: call it now and then.)
    ///
    /// # Errors
    /// [`EventError::Trace`].
    pub fn read(&mut self, mut callback: impl FnMut(TraceLine<'_>)) -> Result<usize, EventError> {
        let Some(pipe) = &mut self.pipe else { return Ok(0) };
        let (mut lines, mut chunk) = (0, vec![0; CHUNK]);
        for _ in 0..16 {
            let got = match pipe.read(&mut chunk) {
                Ok(got) => got,
                Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(failed("reading", &self.instance.join("trace_pipe"), &error)),
            };
            if got == 0 {
                break;
            }
            self.rest.extend_from_slice(chunk.get(..got).unwrap_or_default());
            lines += whole_lines(&mut self.rest, &mut callback);
        }
        Ok(lines)
    }
}

/// Takes the whole lines out of `rest`, empty ones aside; answers how many.
fn whole_lines(rest: &mut Vec<u8>, callback: &mut dyn FnMut(TraceLine<'_>)) -> usize {
    let end = match rest.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => end + 1,
        // Nobody prints so much in one line.
        None if rest.len() > CHUNK => rest.len(),
        None => return 0,
    };
    let text = String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned();
    rest.drain(..end);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| callback(TraceLine { line })).count()
}

fn failed(doing: &'static str, path: &Path, error: &io::Error) -> EventError {
    let source = SysError::Io { what: "tracefs", errno: error.raw_os_error().unwrap_or(0) };
    EventError::Trace { doing, path: path.to_owned(), source }
}

impl Drop for TraceOutput {
    fn drop(&mut self) {
        self.pipe = None;
        if let Err(error) = fs::remove_dir(&self.instance) {
            tracing::warn!(instance = %self.instance.display(), %error, "the trace instance could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole() {
        let mut rest =
            b"  a-1 [000] d... 1.5: bpf_trace_printk: one: two\n\nCPU:0 [LOST 3 EVENTS]\n  b-2 ".to_vec();
        let mut found = Vec::new();
        let count = whole_lines(&mut rest, &mut |line| {
            found.push((line.line().to_owned(), line.message().map(str::to_owned)));
        });
        assert_eq!((count, &rest[..]), (2, &b"  b-2 "[..]));
        let line = "a-1 [000] d... 1.5: bpf_trace_printk: one: two".to_owned();
        assert_eq!(found, [(line, Some("one: two".to_owned())), ("CPU:0 [LOST 3 EVENTS]".to_owned(), None)]);
        rest.resize(CHUNK + 1, b'x');
        assert_eq!(whole_lines(&mut rest, &mut |_| {}), 1);
        assert!(rest.is_empty());
    }
}
