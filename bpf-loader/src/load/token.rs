//! BPF tokens: what lets a process in a user namespace load, delegated to it by a BPF file system.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bpf_btf::{Label, Place};
use bpf_sys::{SysError, errno};
use thiserror::Error;

use crate::diagnose::diagnostic;
use crate::doctor::Facts;
use crate::load::{LoadError, RealSys, Sys, io};

/// A BPF token: in a user namespace it stands for the capabilities that bpf(2) asks for in the first one, as far as the
/// bpffs that it was made from delegates them. Clones share it.
///
/// # Kernel
/// Since 6.9: `kernel/bpf/token.c`.
#[derive(Clone, Debug)]
pub struct Token {
    fd: Arc<OwnedFd>,
}

impl Token {
    /// Creates one from a bpffs that was mounted with `delegate_…` options for the user namespace of this process.
    ///
    /// # Errors
    /// [`TokenError`].
    #[doc(alias = "bpf_token_create")]
    pub fn create(bpffs: impl AsRef<Path>) -> Result<Self, TokenError> {
        Self::create_with(bpffs.as_ref(), &RealSys)
    }

    /// A token that was got elsewhere.
    #[must_use]
    pub fn from_fd(fd: OwnedFd) -> Self {
        Self { fd: Arc::new(fd) }
    }

    fn create_with(bpffs: &Path, sys: &dyn Sys) -> Result<Self, TokenError> {
        let path = || bpffs.to_owned();
        let folder = File::open(bpffs)
            .map_err(|error| TokenError::Unreachable { path: path(), source: io("open", &error) })?;
        if !sys.is_bpffs(bpffs).unwrap_or(true) {
            return Err(TokenError::NotBpffs { path: path() });
        }
        sys.token_create(folder.as_fd()).map(Self::from_fd).map_err(|source| match source {
            source if source.is(errno::EOPNOTSUPP) => TokenError::FirstNamespace,
            source if source.is(errno::ENOENT) => TokenError::NothingDelegated { path: path() },
            source => TokenError::Refused { path: path(), source },
        })
    }
}

impl AsFd for Token {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Where the token is to come from.
#[derive(Clone, Debug, Default)]
pub(super) enum Wanted {
    /// What `LIBBPF_BPF_TOKEN_PATH` says; else from a bpffs that delegates, once the kernel refuses something.
    #[default]
    AsNeeded,
    Given(Token),
    From(PathBuf),
    None,
}

impl Wanted {
    pub(super) fn from_path(path: &Path) -> Self {
        if path.as_os_str().is_empty() { Self::None } else { Self::From(path.to_owned()) }
    }

    /// With what the environment says.
    pub(super) fn with_environment(&self) -> Self {
        match (self, std::env::var_os("LIBBPF_BPF_TOKEN_PATH")) {
            (Self::AsNeeded, Some(path)) => Self::from_path(Path::new(&path)),
            (wanted, _) => wanted.clone(),
        }
    }

    /// The token to begin with.
    pub(super) fn first(&self, sys: &dyn Sys) -> Result<Option<Token>, TokenError> {
        match self {
            Self::AsNeeded | Self::None => Ok(None),
            Self::Given(token) => Ok(Some(token.clone())),
            Self::From(path) => Token::create_with(path, sys).map(Some),
        }
    }

    /// A token for another try, after a refusal without one.
    pub(super) fn after(&self, error: &LoadError, sys: &dyn Sys) -> Option<Token> {
        if !matches!(self, Self::AsNeeded) || !error.is_permission() {
            return None;
        }
        found(&Facts::read(), sys)
    }
}

/// A token of the first bpffs that gives one. In the first user namespace there are none.
fn found(facts: &Facts, sys: &dyn Sys) -> Option<Token> {
    if facts.first_user_namespace != Some(false) {
        return None;
    }
    let mut delegating = facts.mounted("bpf").filter(|mount| mount.delegates().next().is_some());
    delegating.find_map(|mount| match Token::create_with(&mount.point, sys) {
        Ok(token) => Some(token),
        // The refusal itself is what the user has to see.
        Err(error) => {
            tracing::debug!(bpffs = %mount.point.display(), %error, "no BPF token");
            None
        }
    })
}

/// Why there is no BPF token. Codes E0521 to E0525.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The folder cannot be opened.
    #[error("a BPF token cannot be had from {}: it cannot be opened", path.display())]
    Unreachable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: SysError,
    },
    /// The folder is not on a bpffs.
    #[error("a BPF token cannot be had from {}, which is not on a bpffs", path.display())]
    NotBpffs {
        /// The folder.
        path: PathBuf,
    },
    /// The bpffs delegates nothing.
    #[error("a BPF token cannot be had from {}, which delegates nothing", path.display())]
    NothingDelegated {
        /// The folder.
        path: PathBuf,
    },
    /// In the first user namespace there are no tokens.
    #[error("BPF tokens are for user namespaces, and this process is in the first one")]
    FirstNamespace,
    /// The kernel refused.
    #[error("a BPF token of {} was refused{}", path.display(), cause(source))]
    Refused {
        /// The folder.
        path: PathBuf,
        /// What the kernel said.
        source: SysError,
    },
}

/// `bpf_token_create` in `kernel/bpf/token.c`.
fn cause(source: &SysError) -> &'static str {
    match source.errno() {
        Some(errno::EPERM) => {
            ": the bpffs is not of this process's user namespace, or it has no CAP_BPF in there"
        }
        Some(errno::EINVAL) if bpf_sys::kernel_version().is_some_and(|version| version < FIRST) => {
            ": they came with Linux 6.9"
        }
        Some(errno::EINVAL) => ": the path is not the root of the bpffs",
        _ => "",
    }
}

const FIRST: bpf_sys::uapi::KernelVersion = bpf_sys::uapi::KernelVersion::new(6, 9);

impl TokenError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "E0521",
            Self::NotBpffs { .. } => "E0522",
            Self::NothingDelegated { .. } => "E0523",
            Self::FirstNamespace => "E0524",
            Self::Refused { .. } => "E0525",
        }
    }

    /// Where.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        match self {
            Self::FirstNamespace => vec![Label::at(Place::Kernel)],
            Self::Unreachable { path, .. }
            | Self::NotBpffs { path }
            | Self::NothingDelegated { path }
            | Self::Refused { path, .. } => vec![Label::item("bpffs", path.display().to_string())],
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unreachable { .. } | Self::NotBpffs { .. } => {
                Some("have a bpffs mounted there, for this user namespace, with delegate_… options".into())
            }
            Self::NothingDelegated { .. } => Some(
                "mount it with delegate_cmds, delegate_maps, delegate_progs and delegate_attachs: `any`, or names of \
                 types with colons between"
                    .into(),
            ),
            Self::FirstNamespace => Some("load without one: as root, or with the capabilities".into()),
            Self::Refused { source, .. } if source.is(errno::EINVAL) => None,
            Self::Refused { .. } => Some(
                "have it mounted by a privileged process for this user namespace, as container managers do".into(),
            ),
        }
    }
}

diagnostic!(TokenError);

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bpf_sys::uapi::Command;

    use super::*;
    use crate::doctor::Mount;

    /// Refuses everything, and counts.
    #[derive(Debug, Default)]
    struct Refusing(AtomicUsize, i32);

    impl Sys for Refusing {
        fn before(&self, command: Command) -> Result<(), SysError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Err(SysError::Kernel { command, errno: self.1 })
        }
        fn is_bpffs(&self, path: &Path) -> Result<bool, SysError> {
            Ok(path != Path::new("/proc"))
        }
    }

    #[test]
    fn why_there_is_none() {
        let code = |path: &str, errno| {
            Token::create_with(Path::new(path), &Refusing(AtomicUsize::new(0), errno))
                .map(drop)
                .map_err(|e| e.code())
        };
        assert_eq!(code("/no/such/folder", 0), Err("E0521"));
        assert_eq!(code("/proc", 0), Err("E0522"));
        assert_eq!(code("/", errno::ENOENT), Err("E0523"));
        assert_eq!(code("/", errno::EOPNOTSUPP), Err("E0524"));
        assert_eq!(code("/", errno::EPERM), Err("E0525"));
    }

    #[test]
    fn where_it_is_looked_for() {
        let mount = |point: &str, options: &str| {
            let mut mount =
                Mount { point: point.into(), kind: "bpf".into(), whole: true, ..Mount::default() };
            options.clone_into(&mut mount.options);
            mount
        };
        let calls = |first| {
            let sys = Refusing(AtomicUsize::new(0), errno::EPERM);
            let mut facts = Facts::default();
            facts.first_user_namespace = Some(first);
            facts.mounts = vec![mount("/", "rw"), mount("/", "rw,delegate_cmds=any")];
            assert!(found(&facts, &sys).is_none());
            sys.0.load(Ordering::Relaxed)
        };
        assert_eq!((calls(true), calls(false)), (0, 1));
    }

    #[test]
    fn an_empty_path_is_none() {
        assert!(matches!(Wanted::from_path(Path::new("")), Wanted::None));
        assert!(matches!(Wanted::from_path(Path::new("/x")), Wanted::From(_)));
    }
}
