//! Raw tracepoints: a program that is called with a tracepoint's arguments as they are.

use std::ffi::CString;
use std::os::fd::AsFd;

use bpf_sys::errno;

use crate::attach::AttachError;
use crate::link::Link;
use crate::program::Program;

impl Program {
    /// Attaches it to a tracepoint, by the name without its category: `sched_switch`.
    ///
    /// # Errors
    /// [`AttachError::NoSuchTracepoint`]; [`AttachError::Refused`].
    ///
    /// # Kernel
    /// Since 4.17 (`BPF_RAW_TRACEPOINT_OPEN`).
    #[doc(alias = "bpf_program__attach_raw_tracepoint")]
    pub fn attach_raw_tracepoint(&self, name: &str) -> Result<Link, AttachError> {
        let missing =
            || AttachError::NoSuchTracepoint { program: self.name().to_owned(), tracepoint: name.to_owned() };
        let text = CString::new(name).map_err(|_| missing())?;
        match self.sys().raw_tracepoint_open(Some(&text), self.as_fd()) {
            Ok(fd) => {
                let what = format!("program `{}` at raw tracepoint {name}", self.name());
                Ok(Link::of_fd(what, fd, None, self.sys().clone()))
            }
            Err(error) if error.is(errno::ENOENT) => Err(missing()),
            Err(source) => Err(AttachError::refused(
                format!("attaching program `{}` to raw tracepoint {name}", self.name()),
                source,
            )),
        }
    }
}
