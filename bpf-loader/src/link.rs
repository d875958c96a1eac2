//! A link: what keeps a program or a struct_ops attached. Dropping it detaches.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use bpf_sys::link::LinkInfo;
use bpf_sys::{SysError, errno};

use crate::attach::AttachError;
use crate::diagnose::{Diagnostic, Label};
use crate::load::SysRef;
use crate::struct_ops::Registration;

/// What is attached, for as long as this value lives. It is owned and cannot be cloned.
#[derive(Debug)]
#[must_use = "dropping a link detaches"]
pub struct Link {
    what: String,
    /// `None` once it was detached: then dropping it does nothing.
    hold: Option<Hold>,
    /// Whether it stays attached without this value.
    pinned: AtomicBool,
    sys: SysRef,
}

/// What keeps it attached.
#[derive(Debug)]
enum Hold {
    /// A descriptor of a kernel link. A struct_ops that it registers is told when it goes.
    Fd(OwnedFd, Option<Registration>),
    /// A perf event that a program is attached to without a link: until it is closed.
    Event(#[expect(dead_code, reason = "it is held to stay open")] OwnedFd),
    /// A struct_ops map without a link: it is registered until its value is deleted.
    Map(Registration),
}

/// A link that could not be detached, with the reason; it is still attached.
#[derive(Debug)]
pub struct DetachError {
    /// The link.
    pub link: Link,
    /// What the kernel said.
    pub error: AttachError,
}

impl fmt::Display for DetachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for DetachError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl Diagnostic for DetachError {
    fn code(&self) -> &'static str {
        self.error.code()
    }

    fn labels(&self) -> Vec<Label> {
        self.error.labels()
    }

    fn help(&self) -> Option<String> {
        self.error.help()
    }

    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }
}

impl Link {
    pub(crate) fn of_fd(what: String, fd: OwnedFd, registration: Option<Registration>, sys: SysRef) -> Self {
        Self { what, hold: Some(Hold::Fd(fd, registration)), pinned: AtomicBool::new(false), sys }
    }

    pub(crate) fn of_event(what: String, event: OwnedFd, sys: SysRef) -> Self {
        Self { what, hold: Some(Hold::Event(event)), pinned: AtomicBool::new(false), sys }
    }

    pub(crate) fn of_map(what: String, registration: Registration, sys: SysRef) -> Self {
        Self { what, hold: Some(Hold::Map(registration)), pinned: AtomicBool::new(false), sys }
    }

    /// What is attached, in words.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The kernel link's descriptor; `None` for a struct_ops that was registered without one, and for a program at a
    /// perf event on a kernel before 5.15.
    #[must_use]
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        match &self.hold {
            Some(Hold::Fd(fd, _)) => Some(fd.as_fd()),
            _ => None,
        }
    }

    /// What the kernel says of it; `None` where there is no kernel link.
    ///
    /// # Errors
    /// [`AttachError::Refused`].
    pub fn info(&self) -> Result<Option<LinkInfo>, AttachError> {
        let info = self.fd().map(bpf_sys::link::info).transpose();
        info.map_err(|source| AttachError::refused(format!("asking about {}", self.what), source))
    }

    /// Pins it to a path on a bpffs: it then stays attached when this process ends.
    ///
    /// # Errors
    /// [`AttachError::NoLink`] where there is no kernel link to pin; [`AttachError::NotBpffs`]; [`AttachError::Refused`].
    ///
    /// # Kernel
    /// Since 5.7.
    pub fn pin(&self, path: impl AsRef<Path>) -> Result<(), AttachError> {
        let path = path.as_ref();
        let fd = self.fd().ok_or_else(|| AttachError::NoLink { what: self.what.clone() })?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(false) = bpf_sys::is_bpffs(parent) {
            return Err(AttachError::NotBpffs { path: PathBuf::from(parent) });
        }
        let pinned = bpf_sys::object::pin(path, fd);
        pinned.map_err(|source| {
            let mut error =
                AttachError::refused(format!("pinning {} to {}", self.what, path.display()), source);
            error.advise(|source| {
                source.is(errno::EEXIST).then(|| format!("remove what is there first: rm {}", path.display()))
            });
            error
        })?;
        self.pinned.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Detaches it, pinned or not.
    ///
    /// # Errors
    /// [`DetachError`], which gives the link back: also for one that is pinned and of a kind, or in a kernel, where
    /// only closing the last reference detaches. Removing the pin is what remains then.
    pub fn detach(mut self) -> Result<(), Box<DetachError>> {
        match self.release() {
            Ok(()) => Ok(()),
            Err(source) => {
                let mut error = AttachError::refused(format!("detaching {}", self.what), source);
                error.advise(|source| {
                    let closing = source.is(errno::EOPNOTSUPP) && self.pinned.load(Ordering::Relaxed);
                    closing
                        .then(|| "such a link ends when its pin is removed and nothing holds it".to_owned())
                });
                Err(Box::new(DetachError { link: self, error }))
            }
        }
    }

    /// Lets go of it without detaching: a pinned link stays, and so does a struct_ops that is registered without one.
    /// A link that is not pinned ends all the same.
    #[doc(alias = "bpf_link__disconnect")]
    pub fn forget(mut self) {
        if matches!(self.hold, Some(Hold::Map(_))) {
            self.hold = None;
        }
    }

    /// Detaches; afterwards nothing is held, unless that failed.
    fn release(&mut self) -> Result<(), SysError> {
        let outcome = match &self.hold {
            None | Some(Hold::Event(_)) => Ok(()),
            Some(Hold::Map(registration)) => registration.unregister(self.sys.as_ref()),
            Some(Hold::Fd(fd, _)) => match self.sys.link_detach(fd.as_fd()) {
                // Kinds of links without the command, and kernels without it for this kind: closing does it, unless
                // a pin holds the link too.
                Err(error)
                    if !self.pinned.load(Ordering::Relaxed)
                        && [errno::EOPNOTSUPP, errno::EINVAL, errno::ENOTSUPP]
                            .iter()
                            .any(|no| error.is(*no)) =>
                {
                    Ok(())
                }
                // It is detached already.
                Err(error) if error.is(errno::ENOLINK) => Ok(()),
                other => other,
            },
        };
        if outcome.is_ok() {
            *self.pinned.get_mut() = false;
            self.let_go();
        }
        outcome
    }

    fn let_go(&mut self) {
        if let Some(Hold::Fd(fd, registration)) = self.hold.take() {
            drop(fd);
            if let Some(registration) = registration.filter(|_| !self.pinned.load(Ordering::Relaxed)) {
                registration.link_gone();
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Closing the descriptor is enough for a kernel link, and leaves a pinned one alone. A map without a link has
        // to be told.
        if let Some(Hold::Map(registration)) = &self.hold
            && let Err(error) = registration.unregister(self.sys.as_ref())
        {
            tracing::warn!(what = self.what, %error, "could not be detached; it stays registered");
        }
        self.let_go();
    }
}
