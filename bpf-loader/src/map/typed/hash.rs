//! Hash maps.

use bpf_sys::SysError;
use bpf_sys::errno;
use bpf_sys::uapi::flags::{BPF_ANY, BPF_EXIST, BPF_NOEXIST};

use zerocopy::IntoBytes;

use super::walk::{Iter, pair};
use super::{Data, Typed, handle};
use crate::map::{Map, MapError};

/// A hash map: `hash` or `lru_hash`.
#[derive(Debug)]
pub struct Hash<K, V> {
    inner: Typed<K, V>,
}

handle!(Hash, (K, V), [HASH, LRU_HASH], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_key(0)?.check_value()? })
});

impl<K: Data, V: Data> Hash<K, V> {
    /// The value of a key; `None` if it is not there.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn get(&self, key: &K) -> Result<Option<V>, MapError> {
        let mut value = V::new_zeroed();
        let read = self.map().fd().lookup(key.as_bytes(), value.as_mut_bytes(), 0);
        Ok(self.map().there("reading", read, errno::ENOENT)?.then_some(value))
    }

    /// Sets the value of a key, whether it is there or not.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `E2BIG` if the map is full.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn insert(&self, key: &K, value: &V) -> Result<(), MapError> {
        self.map().update(key.as_bytes(), value.as_bytes(), BPF_ANY)
    }

    /// Sets the value of a key that is not there yet; false if it is.
    ///
    /// # Errors
    /// As [`Self::insert`].
    pub fn insert_new(&self, key: &K, value: &V) -> Result<bool, MapError> {
        let set = self.map().fd().update(key.as_bytes(), value.as_bytes(), BPF_NOEXIST);
        self.map().there("updating", set, errno::EEXIST)
    }

    /// Sets the value of a key that is there; false if it is not.
    ///
    /// # Errors
    /// As [`Self::insert`].
    pub fn replace(&self, key: &K, value: &V) -> Result<bool, MapError> {
        let set = self.map().fd().update(key.as_bytes(), value.as_bytes(), BPF_EXIST);
        self.map().there("updating", set, errno::ENOENT)
    }

    /// Removes a key; false if it is not there.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn remove(&self, key: &K) -> Result<bool, MapError> {
        self.map().delete(key.as_bytes())
    }

    /// Removes a key and answers its value, in one step; `None` if it is not there.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `ENOTSUPP` before Linux 5.14.
    #[doc(alias = "bpf_map_lookup_and_delete_elem")]
    pub fn take(&self, key: &K) -> Result<Option<V>, MapError> {
        let mut value = V::new_zeroed();
        let taken = self.map().fd().lookup_and_delete(key.as_bytes(), value.as_mut_bytes(), 0);
        Ok(self.map().there("taking from", taken, errno::ENOENT)?.then_some(value))
    }

    /// All keys with their values, many to a system call (Linux 5.6; one by one before).
    #[must_use]
    pub fn iter(&self) -> Iter<(K, V)> {
        Iter::new(self.map(), false, pair)
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> Iter<K> {
        Iter::new(self.map(), false, |key, _| K::read_from_bytes(key).ok())
    }

    /// All keys with their values, which are removed as they are read: many to a system call (Linux 5.6; one by one
    /// before). What was read and not taken from the iterator is gone too.
    #[must_use]
    pub fn drain(&self) -> Iter<(K, V)> {
        Iter::new(self.map(), true, pair)
    }

    /// Sets the values of many keys, in one system call (Linux 5.6; one by one before).
    ///
    /// # Errors
    /// [`MapError::Lengths`] if these are not as many; [`MapError::Batch`] with how many were set.
    #[doc(alias = "bpf_map_update_batch")]
    pub fn insert_all(&self, keys: &[K], values: &[V]) -> Result<(), MapError> {
        self.map().update_all(keys, values)
    }

    /// Removes many keys, in one system call (Linux 5.6; one by one before); answers how many were there.
    ///
    /// # Errors
    /// [`MapError::Batch`] with how many were removed.
    #[doc(alias = "bpf_map_delete_batch")]
    pub fn remove_all(&self, keys: &[K]) -> Result<usize, MapError> {
        let (mut removed, mut rest) = (0, keys);
        let fd = self.map().fd();
        while !rest.is_empty() {
            let Err(stopped) = fd.delete_batch(rest.as_bytes(), 0) else { return Ok(removed + rest.len()) };
            removed += stopped.done;
            rest = rest.get(stopped.done..).unwrap_or_default();
            let Some((first, after)) = rest.split_first() else { break };
            // One that is not there, or a kernel without batches.
            match fd.delete(first.as_bytes()) {
                Ok(()) => removed += 1,
                Err(error) if error.is(errno::ENOENT) => {}
                Err(source) => return Err(self.map().stopped("deleting from", removed, keys.len(), source)),
            }
            rest = after;
        }
        Ok(removed)
    }
}

impl Map {
    /// Whether something was done to an element, or the kernel said `absent`: that it is not (or is already) there.
    pub(super) fn there(
        &self,
        doing: &'static str,
        done: Result<(), SysError>,
        absent: i32,
    ) -> Result<bool, MapError> {
        match done {
            Ok(()) => Ok(true),
            Err(error) if error.is(absent) => Ok(false),
            Err(error) => Err(self.error(doing, error)),
        }
    }

    pub(super) fn update_all<K: Data, V: Data>(&self, keys: &[K], values: &[V]) -> Result<(), MapError> {
        if keys.len() != values.len() {
            let (name, object) = (self.name().to_owned(), self.object().to_owned());
            let lengths = MapError::Lengths { name, object, keys: keys.len(), values: values.len() };
            return Err(lengths);
        }
        let fd = self.fd();
        let Err(stopped) = fd.update_batch(keys.as_bytes(), values.as_bytes(), BPF_ANY) else {
            return Ok(());
        };
        if stopped.done > 0 || !(stopped.source.is(errno::EINVAL) || stopped.source.is(errno::ENOTSUPP)) {
            return Err(self.stopped("updating", stopped.done, keys.len(), stopped.source));
        }
        for (done, (key, value)) in keys.iter().zip(values).enumerate() {
            let set = fd.update(key.as_bytes(), value.as_bytes(), BPF_ANY);
            set.map_err(|source| self.stopped("updating", done, keys.len(), source))?;
        }
        Ok(())
    }

    fn stopped(&self, doing: &'static str, done: usize, of: usize, source: SysError) -> MapError {
        let (name, object) = (self.name().to_owned(), self.object().to_owned());
        MapError::Batch { doing, name, object, done, of, source: Box::new(source) }
    }
}
