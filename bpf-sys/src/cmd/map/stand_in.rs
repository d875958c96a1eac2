//! A descriptor in place of a map's, for tests of what is built on this crate.
//!
//! # Safety
//!
//! One call, which takes a constant name. What it returns is no map, so the kernel refuses every map command on it and
//! moves no bytes, whatever sizes stand beside it.

#![allow(unsafe_code)]

use std::fs::File;
use std::os::fd::{FromRawFd, OwnedFd};

use super::{MapCreate, MapFd};
use crate::error::SysError;

impl MapCreate<'_> {
    /// A descriptor that can be owned, passed on and mapped into memory like the map that this would create, and on
    /// which every map command fails: for tests that run without privileges.
    ///
    /// # Errors
    ///
    /// [`SysError::Io`] if there are too many descriptors.
    ///
    /// # Kernel
    ///
    /// `memfd_create`, since 3.17.
    pub fn stand_in(&self) -> Result<MapFd, SysError> {
        // SAFETY: the name is a NUL-terminated constant, and the call keeps no address.
        let fd = unsafe { libc::memfd_create(c"map".as_ptr(), libc::MFD_CLOEXEC) };
        if fd < 0 {
            return Err(SysError::last_os("memfd_create"));
        }
        // SAFETY: the call returned a new descriptor, which nothing else owns.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let sizes = self.sizes()?;
        let file = File::from(fd);
        file.set_len(sizes.value.unwrap_or(0) as u64).map_err(|error| SysError::io("ftruncate", &error))?;
        Ok(MapFd { fd: file.into(), sizes })
    }
}

#[cfg(test)]
mod tests {
    use crate::uapi::MapType;
    use crate::{MapCreate, MapMapping};

    #[test]
    fn it_is_mapped_and_refuses_commands() {
        let map = MapCreate::new(MapType::ARRAY, 4, 16, 1).stand_in().unwrap();
        let memory = MapMapping::new(&map, 16, true).unwrap();
        memory.write(8, &7_u64.to_ne_bytes()).unwrap();
        assert_eq!(memory.load_u32(8), Ok(u32::from_ne_bytes(7_u64.to_ne_bytes()[..4].try_into().unwrap())));
        assert!(map.lookup(&[0; 4], &mut [0; 16], 0).is_err());
    }
}
