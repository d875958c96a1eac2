//! Arrays.

use bpf_sys::errno;
use bpf_sys::uapi::flags::BPF_ANY;
use zerocopy::IntoBytes;

use super::walk::{Iter, pair};
use super::{Data, Typed, handle};
use crate::map::MapError;

/// An array. Its elements are always there; in the beginning they are zero.
#[derive(Debug)]
pub struct Array<V> {
    inner: Typed<u32, V>,
}

handle!(Array, (V), [ARRAY], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_key(0)?.check_value()? })
});

impl<V: Data> Array<V> {
    /// The value at an index; `None` beyond the end.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn get(&self, index: u32) -> Result<Option<V>, MapError> {
        let mut value = V::new_zeroed();
        let read = self.map().fd().lookup(index.as_bytes(), value.as_mut_bytes(), 0);
        Ok(self.map().there("reading", read, errno::ENOENT)?.then_some(value))
    }

    /// Sets the value at an index.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `E2BIG` beyond the end.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn set(&self, index: u32, value: &V) -> Result<(), MapError> {
        self.map().update(index.as_bytes(), value.as_bytes(), BPF_ANY)
    }

    /// Sets the values of many indices, in one system call (Linux 5.6; one by one before).
    ///
    /// # Errors
    /// [`MapError::Lengths`] if these are not as many; [`MapError::Batch`] with how many were set.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn set_all(&self, indices: &[u32], values: &[V]) -> Result<(), MapError> {
        self.map().update_all(indices, values)
    }

    /// All values with their indices, many to a system call (Linux 5.6; one by one before).
    #[must_use]
    pub fn iter(&self) -> Iter<(u32, V)> {
        Iter::new(self.map(), false, pair)
    }
}
