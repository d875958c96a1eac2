//! A live program: a handle that shares one descriptor.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
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
    instance: u32,
    has_instances: bool,
    object: String,
    name: String,
    section: String,
    /// What to attach it to, by name.
    target: Option<String>,
    /// Whether its section's name, with a target, says enough to attach it.
    attaches_itself: bool,
    /// Whether it is attached with its whole object.
    autoattach: bool,
    program_type: ProgramType,
    /// The kernel that it was planned for.
    kernel: Kernel,
    /// What of the kernel it was loaded for: how it is attached to that, and what it is called.
    loaded_for: Option<(AttachType, String)>,
    log: Option<String>,
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
    pub(crate) fn new(
        plan: &Plan,
        program: &PlanProgram,
        fd: OwnedFd,
        log: Option<String>,
        sys: SysRef,
    ) -> Self {
        let def = plan.object().file().program(program.id);
        let spec = plan.object().program(program.id);
        Self {
            inner: Arc::new(Inner {
                id: program.id,
                instance: program.instance,
                has_instances: plan.instances_of(program.id).is_some(),
                object: plan.object().name().to_owned(),
                name: program.name.clone(),
                section: def.map(|def| def.section.clone()).unwrap_or_default(),
                target: program.target.clone(),
                attaches_itself: spec.and_then(|spec| spec.def()).is_some_and(|def| def.attaches_itself),
                autoattach: spec.is_none_or(|spec| spec.autoattach()),
                program_type: program.program_type,
                kernel: plan.kernel().clone(),
                loaded_for: match &program.attach {
                    AttachPoint::KernelType { attach_type, target } => {
                        Some((*attach_type, target.name.clone()))
                    }
                    _ => None,
                },
                log,
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

    /// Which of its instances it is; 0 where it has none set.
    #[must_use]
    pub fn instance(&self) -> u32 {
        self.inner.instance
    }

    /// What the verifier wrote down when it was loaded, if that was asked for: `ProgramSpec::set_log_level`.
    #[must_use]
    #[doc(alias = "bpf_program__log_buf")]
    pub fn log(&self) -> Option<&str> {
        self.inner.log.as_deref()
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

    /// What to attach it to: what its section says, or what was set instead.
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

    pub(crate) fn autoattach(&self) -> bool {
        self.inner.autoattach
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

    /// Pins it in a folder on a bpffs, under its name; one that has instances set, under `NAME_INDEX`. Gives the path.
    ///
    /// # Errors
    /// As [`Self::pin`].
    pub fn pin_in(&self, folder: impl AsRef<Path>) -> Result<PathBuf, MapError> {
        let path = folder.as_ref().join(self.file_name());
        self.pin(&path)?;
        Ok(path)
    }

    /// What a pin of it is called.
    pub(crate) fn file_name(&self) -> String {
        match self.inner.has_instances {
            true => format!("{}_{}", self.inner.name, self.inner.instance),
            false => self.inner.name.clone(),
        }
    }

    /// Pins it to a path on a bpffs, so that it outlives this process.
    ///
    /// # Errors
    /// [`MapError::NotOnBpffs`], [`MapError::Refused`].
    #[doc(alias = "bpf_program__pin")]
    pub fn pin(&self, path: impl AsRef<Path>) -> Result<(), MapError> {
        let (path, inner) = (path.as_ref(), &self.inner);
        let failed = |error| MapError::pinning("program", &inner.name, &inner.object, path, error);
        bpf_sys::object::pin(path, self.as_fd()).map_err(failed)
    }

    /// Removes a pin of it. What is pinned there and is something else stays.
    ///
    /// # Errors
    /// [`MapError::NotPinned`] where something else is pinned, [`MapError::Refused`].
    #[doc(alias = "bpf_program__unpin")]
    pub fn unpin(&self, path: impl AsRef<Path>) -> Result<(), MapError> {
        let path = path.as_ref();
        let failed = |source| self.error("unpinning", source);
        let there = bpf_sys::object::get(path).map_err(failed)?;
        let there = bpf_sys::prog::info(there.as_fd()).ok().map(|info| info.id);
        if there != Some(self.info()?.id) {
            let (name, path) = (self.inner.name.clone(), path.to_owned());
            return Err(MapError::NotPinned { kind: "program", name, path });
        }
        std::fs::remove_file(path).map_err(|error| failed(crate::load::io("unlink", &error)))
    }
}

impl AsFd for Program {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.fd.as_fd()
    }
}
