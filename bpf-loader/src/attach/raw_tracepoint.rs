//! Raw tracepoints: a program that is called with a tracepoint's arguments as they are.

use std::ffi::CString;
use std::os::fd::AsFd;

use bpf_sys::errno;

use crate::attach::{AttachError, AttachOptions};
use crate::diagnose::Asked;
use crate::link::Link;
use crate::program::Program;
use crate::tracefs;

impl AttachOptions {
    /// Attaches a program to a tracepoint, by the name without its category: `sched_switch`.
    ///
    /// # Errors
    /// [`AttachError::NoSuchTracepoint`]; [`AttachError::Refused`].
    ///
    /// # Kernel
    /// Since 4.17 (`BPF_RAW_TRACEPOINT_OPEN`); a cookie since 6.10.
    #[doc(alias = "bpf_program__attach_raw_tracepoint_opts")]
    pub fn attach_raw_tracepoint(&self, program: &Program, name: &str) -> Result<Link, AttachError> {
        let missing = || AttachError::NoSuchTracepoint {
            program: program.name().to_owned(),
            tracepoint: name.to_owned(),
            nearest: tracefs::like_raw(name),
        };
        let text = CString::new(name).map_err(|_| missing())?;
        match program.sys().raw_tracepoint_open(Some(&text), program.as_fd(), self.cookie.unwrap_or(0)) {
            Ok(fd) => {
                let what = format!("program `{}` at raw tracepoint {name}", program.name());
                Ok(Link::of_fd(what, fd, None, program.sys().clone()))
            }
            Err(error) if error.is(errno::ENOENT) => Err(missing()),
            Err(source) => Err(AttachError::refused_as(
                Asked::program(program.program_type()),
                format!("attaching program `{}` to raw tracepoint {name}", program.name()),
                source,
            )),
        }
    }
}

impl Program {
    /// Attaches it to a tracepoint, by the name without its category. With a cookie:
    /// [`AttachOptions::attach_raw_tracepoint`].
    ///
    /// # Errors
    /// As for [`AttachOptions::attach_raw_tracepoint`].
    #[doc(alias = "bpf_program__attach_raw_tracepoint")]
    pub fn attach_raw_tracepoint(&self, name: &str) -> Result<Link, AttachError> {
        AttachOptions::new().attach_raw_tracepoint(self, name)
    }
}
