//! Tracepoints: a program that is called with a tracepoint's record, as its `format` file on tracefs describes it.

use std::os::fd::{AsFd, OwnedFd};

use bpf_sys::{SysError, errno};

use crate::attach::{AttachError, AttachOptions};
use crate::diagnose::Asked;
use crate::kernel::{Answer, Feature};
use crate::link::Link;
use crate::program::Program;
use crate::tracefs;

impl AttachOptions {
    /// Attaches a program to a tracepoint, for all processes and processors.
    ///
    /// # Errors
    /// [`AttachError::NoSuchTracepoint`], with names that are close; [`AttachError::NoTracefs`], [`AttachError::Tracefs`]:
    /// its number cannot be looked up; [`AttachError::Needs`]: a cookie on a kernel that has none;
    /// [`AttachError::Refused`].
    ///
    /// # Kernel
    /// Since 4.7; through a link, with a cookie, since 5.15 (`bpf_perf_link_attach` in `kernel/bpf/syscall.c`).
    #[doc(alias = "bpf_program__attach_tracepoint_opts")]
    pub fn attach_tracepoint(
        &self,
        program: &Program,
        category: &str,
        name: &str,
    ) -> Result<Link, AttachError> {
        let tracepoint = format!("{category}/{name}");
        self.attach_event(program, &tracepoint, id(program, category, name)?)
    }

    /// Attaches a program to the tracepoint with this number.
    pub(crate) fn attach_event(
        &self,
        program: &Program,
        tracepoint: &str,
        id: u64,
    ) -> Result<Link, AttachError> {
        let doing = || format!("attaching program `{}` to tracepoint {tracepoint}", program.name());
        let refused = |source| AttachError::refused_as(Asked::PerfEvent, doing(), source);
        let event = program.sys().tracepoint_event(id).map_err(refused)?;
        let what = format!("program `{}` at tracepoint {tracepoint}", program.name());
        let link = self.link_event(program, &event).map_err(refused)?;
        match link {
            Some(link) => Ok(Link::of_fd(what, link, None, program.sys().clone())),
            None if self.cookie.is_some() => {
                Err(AttachError::Needs { what: format!("a cookie for {what}"), feature: Feature::PerfLink })
            }
            None => {
                program.sys().event_program(event.as_fd(), program.as_fd()).map_err(refused)?;
                Ok(Link::of_event(what, event, program.sys().clone()))
            }
        }
    }

    /// A link of a program to a perf event; `None` where the kernel has no such links. Where nobody knows yet, it is tried,
    /// and a kernel that refuses is asked why.
    fn link_event(&self, program: &Program, event: &OwnedFd) -> Result<Option<OwnedFd>, SysError> {
        let (kernel, sys) = (program.kernel(), program.sys());
        let known = kernel.feature(Feature::PerfLink);
        if known == Answer::No {
            return Ok(None);
        }
        match sys.link_event(program.as_fd(), event.as_fd(), self.cookie.unwrap_or(0)) {
            Err(error) if known == Answer::Unknown && error.is(errno::EINVAL) => {
                let answer = sys.probe(Feature::PerfLink)?;
                kernel.learn(Feature::PerfLink, answer);
                if answer == Answer::No { Ok(None) } else { Err(error) }
            }
            other => other.map(Some),
        }
    }
}

impl Program {
    /// Attaches it to a tracepoint, for all processes and processors. With a cookie: [`AttachOptions::attach_tracepoint`].
    ///
    /// # Errors
    /// As for [`AttachOptions::attach_tracepoint`].
    #[doc(alias = "bpf_program__attach_tracepoint")]
    pub fn attach_tracepoint(&self, category: &str, name: &str) -> Result<Link, AttachError> {
        AttachOptions::new().attach_tracepoint(self, category, name)
    }
}

/// The number of a tracepoint.
fn id(program: &Program, category: &str, name: &str) -> Result<u64, AttachError> {
    let (program, tracepoint) = (program.name().to_owned(), format!("{category}/{name}"));
    let Some(root) = tracefs::mounted() else {
        return Err(AttachError::NoTracefs { program, tracepoint });
    };
    let path = tracefs::id_file(&root, category, name);
    let found = match tracefs::is_name(category) && tracefs::is_name(name) {
        true => tracefs::id(&path),
        false => Ok(None),
    };
    match found {
        Ok(Some(id)) => Ok(id),
        Ok(None) => {
            let nearest = tracefs::like(&root, category, name);
            Err(AttachError::NoSuchTracepoint { program, tracepoint, nearest })
        }
        Err(error) => {
            let source = SysError::Io { what: "reading", errno: error.raw_os_error().unwrap_or(0) };
            Err(AttachError::Tracefs { program, tracepoint, path, source })
        }
    }
}
