//! A live program: a handle that shares one descriptor.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

use bpf_elf::ProgramId;
use bpf_sys::SysError;
use bpf_sys::prog::{ProgInfo, TestRun, TestRunOutput};
use bpf_sys::uapi::{AttachType, ProgramType};

use crate::kernel::Kernel;
use crate::load::SysRef;
use crate::map::MapError;
use crate::plan::{AttachPoint, Plan, PlanProgram};

/// A program in the kernel. Clones share the descriptor; the program lives as long as any of them, any link, or any pin.
#[derive(Clone)]
pub struct Program {
    inner: Arc<Inner>,
}

struct Inner {
    id: ProgramId,
    object: String,
    name: String,
    section: String,
    /// The part of its section's name that says what to attach to.
    target: Option<String>,
    /// Whether its section's name, with a target, says enough to attach it.
    attaches_itself: bool,
    program_type: ProgramType,
    /// The kernel that it was planned for.
    kernel: Kernel,
    /// What of the kernel it was loaded for: how it is attached to that, and what it is called.
    loaded_for: Option<(AttachType, String)>,
    fd: OwnedFd,
    sys: SysRef,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("name", &self.inner.name)
            .field("type", &self.inner.program_type)
            .finish_non_exhaustive()
    }
}

impl Program {
    pub(crate) fn new(plan: &Plan, program: &PlanProgram, fd: OwnedFd, sys: SysRef) -> Self {
        let def = plan.object().file().program(program.id);
        let sec = def.and_then(|def| def.def.as_ref());
        Self {
            inner: Arc::new(Inner {
                id: program.id,
                object: plan.object().name().to_owned(),
                name: program.name.clone(),
                section: def.map(|def| def.section.clone()).unwrap_or_default(),
                target: sec.and_then(|sec| sec.target.clone()),
                attaches_itself: sec.is_some_and(|sec| sec.attaches_itself),
                program_type: program.program_type,
                kernel: plan.kernel().clone(),
                loaded_for: match &program.attach {
                    AttachPoint::KernelType { attach_type, target } => {
                        Some((*attach_type, target.name.clone()))
                    }
                    _ => None,
                },
                fd,
                sys,
            }),
        }
    }

    /// Its id on the object.
    #[must_use]
    pub fn id(&self) -> ProgramId {
        self.inner.id
    }

    /// Its name on the object: that of the C function.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The ELF section that it came from.
    #[must_use]
    pub fn section(&self) -> &str {
        &self.inner.section
    }

    /// What its section says to attach it to.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        self.inner.target.as_deref()
    }

    /// Its type.
    #[must_use]
    pub fn program_type(&self) -> ProgramType {
        self.inner.program_type
    }

    pub(crate) fn loaded_for(&self) -> Option<(AttachType, &str)> {
        self.inner.loaded_for.as_ref().map(|(attach_type, target)| (*attach_type, target.as_str()))
    }

    pub(crate) fn attaches_itself(&self) -> bool {
        self.inner.attaches_itself
    }

    pub(crate) fn kernel(&self) -> &Kernel {
        &self.inner.kernel
    }

    pub(crate) fn sys(&self) -> &SysRef {
        &self.inner.sys
    }

    fn error(&self, doing: &'static str, source: SysError) -> MapError {
        let (name, object) = (self.inner.name.clone(), self.inner.object.clone());
        MapError::Refused { doing, kind: "program", name, object, source }
    }

    /// What the kernel says of it.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn info(&self) -> Result<ProgInfo, MapError> {
        bpf_sys::prog::info(self.as_fd()).map_err(|error| self.error("asking about", error))
    }

    /// Runs it once on data that the caller gives.
    ///
    /// # Errors
    /// [`MapError::Refused`]: its type cannot be run so, or the data does not suit it.
    ///
    /// # Kernel
    /// Since 4.12, for few types; more in each later version (`BPF_PROG_TEST_RUN`).
    #[doc(alias = "bpf_prog_test_run_opts")]
    pub fn test_run(&self, run: TestRun<'_>) -> Result<TestRunOutput, MapError> {
        bpf_sys::prog::test_run(self.as_fd(), run).map_err(|error| self.error("running", error))
    }

    /// Pins it to a path on a bpffs, so that it outlives this process.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn pin(&self, path: impl AsRef<Path>) -> Result<(), MapError> {
        bpf_sys::object::pin(path, self.as_fd()).map_err(|error| self.error("pinning", error))
    }
}

impl AsFd for Program {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.fd.as_fd()
    }
}
