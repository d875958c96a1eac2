//! A live struct_ops variable: its map, the value that registers it, and what the kernel says of it.

mod live;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bpf_elf::{ProgramId, StructOpsId};
use bpf_sys::SysError;

pub use live::{Live, LiveError, live};
pub use value::{CallbackValue, MemberValue, StructOpsInfo, ValueState};

use crate::kernel::Kernel;
use crate::load::{Sys, SysRef};
use crate::map::{Map, MapError};
use crate::plan::PlanStructOps;
use crate::program::Program;

/// The only key of a struct_ops map.
pub(crate) const KEY: [u8; 4] = [0; 4];

/// A struct_ops variable in the kernel. Clones share it.
#[derive(Clone)]
pub struct StructOps {
    inner: Arc<Inner>,
}

struct Inner {
    plan: PlanStructOps,
    map: Map,
    /// The value with the descriptors of its programs filled in.
    image: Vec<u8>,
    /// Held so that their descriptors stay valid until the value is sent.
    programs: Vec<Program>,
    kernel: Kernel,
    registration: Registration,
    sys: SysRef,
}

/// What this process did with a struct_ops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Loaded, its value not sent yet.
    Loaded,
    /// Its value is in the kernel, no link registers it.
    Ready,
    /// Registered.
    Registered,
    /// It was registered without a link, and is not any more: the kernel takes such a map once only.
    Unregistered,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loaded => "loaded",
            Self::Ready => "ready",
            Self::Registered => "registered already",
            Self::Unregistered => "unregistered for good",
        })
    }
}

/// The state of a struct_ops, shared by its handles and its link.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    state: Arc<Mutex<State>>,
    map: Map,
}

impl Registration {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unregisters a map without a link.
    pub(crate) fn unregister(&self, sys: &dyn Sys) -> Result<(), SysError> {
        let mut state = self.lock();
        if *state == State::Registered {
            sys.map_delete(self.map.fd(), &KEY)?;
            *state = State::Unregistered;
        }
        Ok(())
    }

    /// The link that registered it is gone; its value stays, and another link may be made.
    pub(crate) fn link_gone(&self) {
        let mut state = self.lock();
        if *state == State::Registered {
            *state = State::Ready;
        }
    }
}

impl fmt::Debug for StructOps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StructOps")
            .field("name", &self.name())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl StructOps {
    pub(crate) fn new(
        plan: &PlanStructOps,
        map: Map,
        programs: &BTreeMap<(ProgramId, u32), Program>,
        kernel: Kernel,
        sys: SysRef,
    ) -> Self {
        let mut image = plan.image.clone();
        let mut used = Vec::new();
        for (at, id) in plan.slots() {
            let Some(program) = programs.get(&(id, 0)) else { continue };
            use std::os::fd::{AsFd, AsRawFd};
            // The kernel reads an unsigned long: 8 bytes on every machine that BPF struct_ops run on.
            let fd = i64::from(program.as_fd().as_raw_fd()).to_ne_bytes();
            if let Some(place) = at.checked_add(fd.len()).and_then(|end| image.get_mut(at..end)) {
                place.copy_from_slice(&fd);
                used.push(program.clone());
            }
        }
        let registration = Registration { state: Arc::new(Mutex::new(State::Loaded)), map: map.clone() };
        let plan = plan.clone();
        Self { inner: Arc::new(Inner { plan, map, image, programs: used, kernel, registration, sys }) }
    }

    /// Its id on the object.
    #[must_use]
    pub fn id(&self) -> StructOpsId {
        self.inner.plan.id
    }

    /// The variable's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.plan.name
    }

    /// The plan that it was made by.
    #[must_use]
    pub fn plan(&self) -> &PlanStructOps {
        &self.inner.plan
    }

    /// Its map.
    #[must_use]
    pub fn map(&self) -> &Map {
        &self.inner.map
    }

    /// Its callbacks' programs, in the order of its members; a program in two members stands twice.
    #[must_use]
    pub fn programs(&self) -> &[Program] {
        &self.inner.programs
    }

    /// What this process did with it. [`Self::info`] asks the kernel.
    #[must_use]
    pub fn state(&self) -> State {
        *self.inner.registration.lock()
    }

    /// What the kernel says of it: state, reference count, and each member as set, unset or absent in this kernel.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn info(&self) -> Result<StructOpsInfo, MapError> {
        let value = self.map().lookup(&KEY)?.unwrap_or_default();
        let (kernel, ops) = (&self.inner.kernel, &self.inner.plan.struct_type);
        // It was planned by this BTF, so it has been read.
        let btf = match &ops.module {
            None => kernel.btf().ok(),
            Some(module) => kernel.module(module).and_then(|module| module.btf().ok()),
        };
        let mut info = btf.map(|btf| value::decode(btf, &ops.name, &value)).unwrap_or_default();
        info.absent = self.inner.plan.absent().map(ToOwned::to_owned).collect();
        Ok(info)
    }

    pub(crate) fn image(&self) -> &[u8] {
        &self.inner.image
    }

    pub(crate) fn registration(&self) -> &Registration {
        &self.inner.registration
    }

    pub(crate) fn sys(&self) -> &SysRef {
        &self.inner.sys
    }
}
