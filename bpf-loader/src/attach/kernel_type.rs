//! Programs that were loaded for one thing of the kernel (a typed tracepoint, a function, a hook, an iterator): what to
//! attach to is known already.

use std::fs::File;
use std::os::fd::AsFd;

use bpf_sys::uapi::AttachType;
use bpf_sys::{SysError, errno};

use crate::attach::AttachError;
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

impl Program {
    /// Attaches it to what it was loaded for: `tp_btf`, `fentry`, `fexit`, `fmod_ret`, `fsession`, `lsm`, `iter`.
    ///
    /// # Errors
    /// [`AttachError::NoTarget`] for a program that was loaded for nothing; [`AttachError::Refused`].
    ///
    /// # Kernel
    /// Since 5.5 (`BPF_RAW_TRACEPOINT_OPEN`), iterators since 5.8 (`BPF_LINK_CREATE`).
    #[doc(alias = "bpf_program__attach_trace")]
    #[doc(alias = "bpf_program__attach_lsm")]
    #[doc(alias = "bpf_program__attach_iter")]
    pub fn attach_loaded_for(&self) -> Result<Link, AttachError> {
        let Some((attach_type, target)) = self.loaded_for() else { return Err(self.no_target()) };
        let what = format!("program `{}` at {attach_type} {target}", self.name());
        let linked = self.sys().link_create(self.as_fd(), attach_type);
        let fd = match linked {
            Err(error) if error.is(errno::EINVAL) && BY_TRACEPOINT.contains(&attach_type) => {
                self.sys().raw_tracepoint_open(None, self.as_fd())
            }
            other => other,
        };
        match fd {
            Ok(fd) => Ok(Link::of_fd(what, fd, None, self.sys().clone())),
            Err(source) => {
                let doing = format!("attaching program `{}` to {attach_type} {target}", self.name());
                Err(AttachError::refused(doing, source))
            }
        }
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
