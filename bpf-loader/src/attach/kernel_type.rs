//! Programs that were loaded for one thing of the kernel (a typed tracepoint, a function, a hook, an iterator): what to
//! attach to is known already.

use std::fs::File;
use std::os::fd::AsFd;

use bpf_sys::uapi::AttachType;
use bpf_sys::{SysError, errno};

use crate::attach::{AttachError, AttachOptions};
use crate::kernel::{Answer, Feature};
use crate::link::Link;
use crate::program::Program;

/// The attach types for which kernels before 5.18 take no links by that command, but by the one for tracepoints.
const BY_TRACEPOINT: &[AttachType] = &[
    AttachType::TRACE_RAW_TP,
    AttachType::TRACE_FENTRY,
    AttachType::TRACE_FEXIT,
    AttachType::MODIFY_RETURN,
    AttachType::LSM_MAC,
];

/// How a cookie gets to a program, and what the kernel needs for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cookie {
    Since(Feature),
    Never,
}

impl Cookie {
    fn of(attach_type: AttachType) -> Self {
        match attach_type {
            AttachType::TRACE_RAW_TP => Self::Since(Feature::RawTracepointCookie),
            AttachType::TRACE_ITER | AttachType::LSM_CGROUP => Self::Never,
            _ => Self::Since(Feature::TracingCookie),
        }
    }
}

impl AttachOptions {
    /// Attaches a program to what it was loaded for: `tp_btf`, `fentry`, `fexit`, `fmod_ret`, `fsession`, `lsm`, `iter`.
    ///
    /// # Errors
    /// [`AttachError::NoTarget`] for a program that was loaded for nothing; [`AttachError::Needs`]: a cookie on a kernel
    /// that has none here; [`AttachError::NoCookie`]; [`AttachError::Refused`].
    ///
    /// # Kernel
    /// Since 5.5 (`BPF_RAW_TRACEPOINT_OPEN`), iterators since 5.8 (`BPF_LINK_CREATE`); a cookie for functions and hooks since
    /// 5.19, for tracepoints since 6.10.
    #[doc(alias = "bpf_program__attach_trace_opts")]
    pub fn attach_loaded_for(&self, program: &Program) -> Result<Link, AttachError> {
        let Some((attach_type, target)) = program.loaded_for() else {
            return Err(AttachError::no_target(program));
        };
        let what = format!("program `{}` at {attach_type} {target}", program.name());
        self.check_cookie(program, attach_type, &what)?;
        let cookie = self.cookie.unwrap_or(0);
        let linked = program.sys().link_create(program.as_fd(), attach_type, cookie);
        let fd = match linked {
            // The older command would leave the number behind, or refuse it.
            Err(error) if error.is(errno::EINVAL) && cookie == 0 && BY_TRACEPOINT.contains(&attach_type) => {
                program.sys().raw_tracepoint_open(None, program.as_fd(), 0)
            }
            other => other,
        };
        match fd {
            Ok(fd) => Ok(Link::of_fd(what, fd, None, program.sys().clone())),
            Err(source) => {
                let doing = format!("attaching program `{}` to {attach_type} {target}", program.name());
                Err(AttachError::refused(doing, source))
            }
        }
    }

    /// Kernels that know of no cookie for an attach type may pass over one without a word.
    fn check_cookie(
        &self,
        program: &Program,
        attach_type: AttachType,
        what: &str,
    ) -> Result<(), AttachError> {
        if self.cookie.is_none() {
            return Ok(());
        }
        match Cookie::of(attach_type) {
            Cookie::Never => Err(AttachError::NoCookie { what: what.to_owned() }),
            Cookie::Since(feature) if program.kernel().feature(feature) == Answer::No => {
                Err(AttachError::Needs { what: format!("a cookie for {what}"), feature })
            }
            Cookie::Since(_) => Ok(()),
        }
    }
}

impl Program {
    /// Attaches it to what it was loaded for: `tp_btf`, `fentry`, `fexit`, `fmod_ret`, `fsession`, `lsm`, `iter`. With a
    /// cookie: [`AttachOptions::attach_loaded_for`].
    ///
    /// # Errors
    /// As for [`AttachOptions::attach_loaded_for`].
    #[doc(alias = "bpf_program__attach_trace")]
    #[doc(alias = "bpf_program__attach_lsm")]
    #[doc(alias = "bpf_program__attach_iter")]
    pub fn attach_loaded_for(&self) -> Result<Link, AttachError> {
        AttachOptions::new().attach_loaded_for(self)
    }
}

impl Link {
    /// Opens an iterator: reading runs the program, once for each of what it goes over, and gives what that writes.
    /// Each opening begins anew. `None` where there is no kernel link.
    ///
    /// # Errors
    /// [`AttachError::Refused`]: the link is not one of an iterator.
    ///
    /// # Kernel
    /// Since 5.8 (`BPF_ITER_CREATE`).
    #[doc(alias = "bpf_iter_create")]
    pub fn iterate(&self) -> Result<Option<File>, AttachError> {
        let opened: Result<Option<_>, SysError> = self.fd().map(bpf_sys::link::create_iter).transpose();
        let opened = opened
            .map_err(|source| AttachError::refused(format!("opening {} for reading", self.what()), source))?;
        Ok(opened.map(File::from))
    }
}
