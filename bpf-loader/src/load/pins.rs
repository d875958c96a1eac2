//! Pins of maps that a load makes: they stay if all of it goes well, and go away with it if not.

use std::path::{Path, PathBuf};

use bpf_sys::map::MapFd;

use crate::load::{MapLoadError, SysRef};
use crate::plan::{Plan, PlanMap};
use std::os::fd::AsFd;

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
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let failed = |source| MapLoadError::Pin {
            map: map.name.clone(),
            object: plan.object().name().to_owned(),
            path: path.to_owned(),
            // What cannot be asked about is not the cause.
            bpffs: folder.is_none_or(|folder| self.sys.is_bpffs(folder).unwrap_or(true)),
            source,
        };
        if let Some(folder) = folder
            && self.sys.make_folder(folder).map_err(failed)?
        {
            self.made.push(Made::Folder(folder.to_owned()));
        }
        let failed = |source| MapLoadError::Pin {
            map: map.name.clone(),
            object: plan.object().name().to_owned(),
            path: path.to_owned(),
            bpffs: folder.is_none_or(|folder| self.sys.is_bpffs(folder).unwrap_or(true)),
            source,
        };
        self.sys.pin(path, fd.as_fd()).map_err(failed)?;
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
