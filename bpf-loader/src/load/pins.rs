//! Pins: those of maps that a load makes, which stay if all of it goes well and go away with it if not; those of what is
//! loaded, all or none.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bpf_sys::SysError;
use bpf_sys::map::MapFd;

use crate::load::{LoadedObject, MapLoadError, PinError, RealSys, SysRef};
use crate::map::MapError;
use crate::plan::{Plan, PlanMap};
use crate::program::Program;

/// What was made, to be taken back unless it is kept.
pub(super) struct Pins {
    made: Vec<Made>,
    sys: SysRef,
}

enum Made {
    Pin(PathBuf),
    Folder(PathBuf),
}

impl Pins {
    pub(super) fn new(sys: &SysRef) -> Self {
        Self { made: Vec::new(), sys: sys.clone() }
    }

    /// Pins a map, making the folder where it is missing.
    pub(super) fn pin(
        &mut self,
        plan: &Plan,
        map: &PlanMap,
        path: &Path,
        fd: &MapFd,
    ) -> Result<(), MapLoadError> {
        self.pin_any(path, fd.as_fd()).map_err(|(source, bpffs)| MapLoadError::Pin {
            map: map.name.clone(),
            object: plan.object().name().to_owned(),
            path: path.to_owned(),
            bpffs,
            source,
        })
    }

    /// The same for a program.
    pub(super) fn pin_program(
        &mut self,
        plan: &Plan,
        program: &Program,
        path: PathBuf,
    ) -> Result<(), PinError> {
        self.pin_any(&path, program.as_fd()).map_err(|(source, bpffs)| PinError::Program {
            program: program.name().to_owned(),
            object: plan.object().name().to_owned(),
            path,
            bpffs,
            source,
        })
    }

    /// Pins anything. A failure tells whether the path is on a bpffs; what cannot be asked about is not the cause.
    fn pin_any(&mut self, path: &Path, fd: BorrowedFd<'_>) -> Result<(), (SysError, bool)> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let failed =
            |sys: &SysRef, source| (source, folder.is_none_or(|folder| sys.is_bpffs(folder).unwrap_or(true)));
        if let Some(folder) = folder
            && self.sys.make_folder(folder).map_err(|source| failed(&self.sys, source))?
        {
            self.made.push(Made::Folder(folder.to_owned()));
        }
        self.sys.pin(path, fd).map_err(|source| failed(&self.sys, source))?;
        self.made.push(Made::Pin(path.to_owned()));
        Ok(())
    }

    /// All went well.
    pub(super) fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Pins {
    fn drop(&mut self) {
        for made in self.made.iter().rev() {
            let gone = match made {
                Made::Pin(path) => self.sys.unpin(path),
                Made::Folder(path) => self.sys.remove_folder(path),
            };
            if let Err(error) = gone {
                tracing::warn!(%error, "a pin of a failed load stays");
            }
        }
    }
}

impl LoadedObject {
    /// Pins every map and every program into a folder on a bpffs, which is made where it is missing: all or none. Names are
    /// those of [`Self::pin_maps`] and [`Self::pin_programs`].
    ///
    /// # Errors
    /// [`PinError`] for the first that cannot be pinned.
    #[doc(alias = "bpf_object__pin")]
    pub fn pin(&self, folder: impl AsRef<Path>) -> Result<(), PinError> {
        let mut pins = Pins::new(&(Arc::new(RealSys) as SysRef));
        self.add_maps(&mut pins, folder.as_ref())?;
        self.add_programs(&mut pins, folder.as_ref())?;
        pins.keep();
        Ok(())
    }

    /// Removes what [`Self::pin`] has pinned. The folder stays.
    ///
    /// # Errors
    /// As [`Self::unpin_maps`].
    #[doc(alias = "bpf_object__unpin")]
    pub fn unpin(&self, folder: impl AsRef<Path>) -> Result<(), MapError> {
        self.unpin_programs(&folder)?;
        self.unpin_maps(folder)
    }

    /// Pins every map into a folder on a bpffs, which is made where it is missing, under its name with `_` for each dot, an
    /// instance's copy under `NAME_PROGRAM_INDEX`: all or none.
    ///
    /// # Errors
    /// [`MapLoadError::Pin`] for the first that cannot be pinned.
    #[doc(alias = "bpf_object__pin_maps")]
    pub fn pin_maps(&self, folder: impl AsRef<Path>) -> Result<(), MapLoadError> {
        let mut pins = Pins::new(&(Arc::new(RealSys) as SysRef));
        self.add_maps(&mut pins, folder.as_ref())?;
        pins.keep();
        Ok(())
    }

    /// Removes what [`Self::pin_maps`] has pinned. The folder stays.
    ///
    /// # Errors
    /// [`MapError::NotPinned`] where something else is pinned by now, [`MapError::Refused`]; what comes before is removed.
    #[doc(alias = "bpf_object__unpin_maps")]
    pub fn unpin_maps(&self, folder: impl AsRef<Path>) -> Result<(), MapError> {
        let maps = self.plan.maps().iter();
        let mut live = maps.filter_map(|map| Some((map, self.maps.get(&map.id)?)));
        live.try_for_each(|(map, live)| live.unpin(pin_in(&self.plan, folder.as_ref(), map)))
    }

    /// Pins every program into a folder on a bpffs, which is made where it is missing, under its name, one that has instances
    /// set under `NAME_INDEX`: all or none.
    ///
    /// # Errors
    /// [`PinError::Program`] for the first that cannot be pinned.
    #[doc(alias = "bpf_object__pin_programs")]
    pub fn pin_programs(&self, folder: impl AsRef<Path>) -> Result<(), PinError> {
        let mut pins = Pins::new(&(Arc::new(RealSys) as SysRef));
        self.add_programs(&mut pins, folder.as_ref())?;
        pins.keep();
        Ok(())
    }

    /// Removes what [`Self::pin_programs`] has pinned. The folder stays.
    ///
    /// # Errors
    /// As [`Self::unpin_maps`].
    #[doc(alias = "bpf_object__unpin_programs")]
    pub fn unpin_programs(&self, folder: impl AsRef<Path>) -> Result<(), MapError> {
        self.programs().try_for_each(|program| program.unpin(folder.as_ref().join(program.file_name())))
    }

    fn add_maps(&self, pins: &mut Pins, folder: &Path) -> Result<(), MapLoadError> {
        for map in self.plan.maps() {
            let Some(live) = self.maps.get(&map.id) else { continue };
            pins.pin(&self.plan, map, &pin_in(&self.plan, folder, map), live.fd())?;
        }
        Ok(())
    }

    fn add_programs(&self, pins: &mut Pins, folder: &Path) -> Result<(), PinError> {
        self.programs()
            .try_for_each(|program| pins.pin_program(&self.plan, program, folder.join(program.file_name())))
    }
}

/// Where a map is pinned in a folder. Names on a bpffs have no dots.
fn pin_in(plan: &Plan, folder: &Path, map: &PlanMap) -> PathBuf {
    let name = map.name.replace('.', "_");
    match map.copy {
        None => folder.join(name),
        Some(copy) => {
            let program = plan.object().program(copy.program).map_or("", |spec| spec.name());
            folder.join(format!("{name}_{program}_{}", copy.instance))
        }
    }
}
