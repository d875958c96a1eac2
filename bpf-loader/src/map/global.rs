//! A global variable of a loaded object: in memory that the programs share, or behind system calls.

use bpf_sys::{MapMapping, MappingError};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::map::{Map, MapError};

/// How a global variable is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Through memory that is shared with the programs.
    Mapped,
    /// By a system call for the whole section: the kernel cannot map it, or it holds only static variables.
    BySyscall,
}

/// A global variable in the kernel. Values are copied; a value of more than 8 bytes may tear when a program writes it
/// at the same time.
#[derive(Clone, Debug)]
pub struct Global {
    name: String,
    map: Map,
    offset: usize,
    size: usize,
}

impl Global {
    pub(crate) fn new(name: &str, offset: u32, size: u32, map: Map) -> Self {
        let offset = offset.checked_add(map.globals_at()).and_then(|at| usize::try_from(at).ok());
        let size = usize::try_from(size);
        Self {
            name: name.to_owned(),
            map,
            offset: offset.unwrap_or(usize::MAX),
            size: size.unwrap_or(usize::MAX),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// How it is reached.
    #[must_use]
    pub fn access(&self) -> Access {
        if self.map.mapping().is_some() { Access::Mapped } else { Access::BySyscall }
    }

    /// Its value.
    ///
    /// # Errors
    /// [`MapError::Size`] where `T` has another size; [`MapError::Refused`].
    pub fn get<T: FromBytes + IntoBytes>(&self) -> Result<T, MapError> {
        let mut value = T::new_zeroed();
        self.read(value.as_mut_bytes())?;
        Ok(value)
    }

    /// Copies its bytes.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn read(&self, into: &mut [u8]) -> Result<(), MapError> {
        self.check(into.len())?;
        if let Some(mapping) = self.map.mapping() {
            let read = mapping.read(self.offset, into);
            return read.map_err(|source| MapError::Mapping { name: self.name.clone(), source });
        }
        let section = self.map.lookup(&0_u32.to_ne_bytes())?.unwrap_or_default();
        let found = section.get(self.offset..self.offset.saturating_add(into.len()));
        into.copy_from_slice(found.ok_or_else(|| self.not_writable("lies outside its section"))?);
        Ok(())
    }

    /// Sets its value.
    ///
    /// # Errors
    /// [`MapError::Size`] where `T` has another size; [`MapError::NotWritable`] where it is read-only, or reached by
    /// system calls: writing a whole section would lose what programs write meanwhile.
    pub fn set<T: IntoBytes + Immutable + ?Sized>(&self, value: &T) -> Result<(), MapError> {
        let value = value.as_bytes();
        self.check(value.len())?;
        let Some(mapping) = self.map.mapping() else {
            return Err(self.not_writable("is not in shared memory, so it cannot be written alone"));
        };
        if !mapping.is_writable() {
            return Err(self.not_writable("is read-only once it is loaded"));
        }
        mapping
            .write(self.offset, value)
            .map_err(|source| MapError::Mapping { name: self.name.clone(), source })
    }

    /// An element of an array whose elements have so many bytes.
    pub(crate) fn element(&self, index: usize, size: usize) -> Option<Self> {
        let at = index.checked_mul(size)?;
        let inside = at.checked_add(size)? <= self.size;
        let name = format!("{}[{index}]", self.name);
        inside.then(|| Self { name, map: self.map.clone(), offset: self.offset.saturating_add(at), size })
    }

    /// Does something in one step at its place in shared memory.
    pub(crate) fn atomically<T>(
        &self,
        act: impl FnOnce(&MapMapping, usize) -> Result<T, MappingError>,
    ) -> Result<T, MapError> {
        let Some(mapping) = self.map.mapping() else {
            return Err(
                self.not_writable("is not in shared memory, so nothing can be done with it in one step")
            );
        };
        act(mapping, self.offset).map_err(|source| MapError::Mapping { name: self.name.clone(), source })
    }

    fn check(&self, found: usize) -> Result<(), MapError> {
        if found == self.size {
            return Ok(());
        }
        Err(MapError::Size { name: self.name.clone(), expected: self.size, found })
    }

    fn not_writable(&self, why: &'static str) -> MapError {
        MapError::NotWritable { name: self.name.clone(), why }
    }
}
