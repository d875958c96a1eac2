//! A global variable before loading: its initial value, in the section's bytes.

use bpf_elf::Global;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::object::{MapSpec, SpecError};

/// A global variable whose initial value can be read and set. Sizes are checked against BTF.
#[derive(Debug)]
pub struct GlobalMut<'a> {
    name: String,
    size: usize,
    bytes: Option<&'a mut [u8]>,
}

impl<'a> GlobalMut<'a> {
    pub(crate) fn new(global: &Global, map: &'a mut MapSpec) -> Self {
        let start = usize::try_from(global.offset).unwrap_or(usize::MAX);
        let size = usize::try_from(map.global_size(global)).unwrap_or(usize::MAX);
        let end = start.saturating_add(size);
        Self {
            name: global.name.clone(),
            size,
            bytes: map.contents_mut().and_then(|bytes| bytes.get_mut(start..end)),
        }
    }

    /// Sets the initial value.
    ///
    /// # Errors
    /// [`SpecError::Size`] where `T` has another size than the variable.
    pub fn set<T: IntoBytes + Immutable + ?Sized>(&mut self, value: &T) -> Result<(), SpecError> {
        let value = value.as_bytes();
        let place =
            self.bytes.as_deref_mut().ok_or_else(|| SpecError::Outside { name: self.name.clone() })?;
        if place.len() != value.len() {
            return Err(SpecError::Size {
                name: self.name.clone(),
                expected: place.len(),
                found: value.len(),
            });
        }
        place.copy_from_slice(value);
        Ok(())
    }

    /// The initial value.
    ///
    /// # Errors
    /// [`SpecError::Size`] where `T` has another size than the variable.
    pub fn get<T: FromBytes>(&self) -> Result<T, SpecError> {
        let bytes = self.bytes.as_deref().ok_or_else(|| SpecError::Outside { name: self.name.clone() })?;
        T::read_from_bytes(bytes).map_err(|_| SpecError::Size {
            name: self.name.clone(),
            expected: self.size,
            found: size_of::<T>(),
        })
    }
}
