//! Maps with a value for each processor.

use bpf_sys::errno;
use bpf_sys::uapi::flags::BPF_ANY;
use zerocopy::{FromBytes, IntoBytes};

use super::walk::Iter;
use super::{Data, Typed, handle};
use crate::map::{Map, MapError};

/// A hash map with a value for each processor: `percpu_hash` or `lru_percpu_hash`. Values are those of all possible
/// processors, by number.
#[derive(Debug)]
pub struct PerCpuHash<K, V> {
    inner: Typed<K, V>,
}

/// An array with a value for each processor. Values are those of all possible processors, by number.
#[derive(Debug)]
pub struct PerCpuArray<V> {
    inner: Typed<u32, V>,
}

handle!(PerCpuHash, (K, V), [PERCPU_HASH, LRU_PERCPU_HASH], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_key(0)?.check_value()? })
});

handle!(PerCpuArray, (V), [PERCPU_ARRAY], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_key(0)?.check_value()? })
});

impl<K: Data, V: Data> PerCpuHash<K, V> {
    /// The values of a key; `None` if it is not there.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn get(&self, key: &K) -> Result<Option<Vec<V>>, MapError> {
        read(self.map(), key.as_bytes())
    }

    /// Sets the values of a key, one for each possible processor.
    ///
    /// # Errors
    /// [`MapError::Processors`] if these are not as many; [`MapError::Refused`].
    pub fn insert(&self, key: &K, values: &[V]) -> Result<(), MapError> {
        write(self.map(), key.as_bytes(), values)
    }

    /// Sets the values of a key to one and the same.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn insert_everywhere(&self, key: &K, value: &V) -> Result<(), MapError> {
        write_all(self.map(), key.as_bytes(), value)
    }

    /// Removes a key; false if it is not there.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn remove(&self, key: &K) -> Result<bool, MapError> {
        self.map().delete(key.as_bytes())
    }

    /// All keys with their values, many to a system call (Linux 5.6; one by one before).
    #[must_use]
    pub fn iter(&self) -> Iter<(K, Vec<V>)> {
        Iter::new(self.map(), false, pair)
    }

    /// As [`Self::iter`]; they are removed as they are read.
    #[must_use]
    pub fn drain(&self) -> Iter<(K, Vec<V>)> {
        Iter::new(self.map(), true, pair)
    }
}

impl<V: Data> PerCpuArray<V> {
    /// The values at an index; `None` beyond the end.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn get(&self, index: u32) -> Result<Option<Vec<V>>, MapError> {
        read(self.map(), index.as_bytes())
    }

    /// Sets the values at an index, one for each possible processor.
    ///
    /// # Errors
    /// [`MapError::Processors`] if these are not as many; [`MapError::Refused`]: `E2BIG` beyond the end.
    pub fn set(&self, index: u32, values: &[V]) -> Result<(), MapError> {
        write(self.map(), index.as_bytes(), values)
    }

    /// Sets the values at an index to one and the same.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `E2BIG` beyond the end.
    pub fn set_everywhere(&self, index: u32, value: &V) -> Result<(), MapError> {
        write_all(self.map(), index.as_bytes(), value)
    }

    /// All values with their indices, many to a system call (Linux 5.13; one by one before).
    #[must_use]
    pub fn iter(&self) -> Iter<(u32, Vec<V>)> {
        Iter::new(self.map(), false, pair)
    }
}

/// Bytes from one processor's value to the next one's: the kernel rounds up to 8.
fn stride<V>() -> usize {
    size_of::<V>().next_multiple_of(8).max(8)
}

fn values<V: Data>(bytes: &[u8]) -> Option<Vec<V>> {
    let each = bytes.chunks_exact(stride::<V>());
    each.map(|one| V::read_from_prefix(one).ok().map(|(value, _)| value)).collect()
}

fn pair<K: FromBytes, V: Data>(key: &[u8], value: &[u8]) -> Option<(K, Vec<V>)> {
    Some((K::read_from_bytes(key).ok()?, values(value)?))
}

fn read<V: Data>(map: &Map, key: &[u8]) -> Result<Option<Vec<V>>, MapError> {
    let mut bytes = vec![0; map.value_size()];
    let read = map.fd().lookup(key, &mut bytes, 0);
    let there = map.there("reading", read, errno::ENOENT)?;
    Ok(if there { values(&bytes) } else { None })
}

fn write<V: Data>(map: &Map, key: &[u8], values: &[V]) -> Result<(), MapError> {
    let expected = map.value_size() / stride::<V>();
    if values.len() != expected {
        let (name, object) = (map.name().to_owned(), map.object().to_owned());
        return Err(MapError::Processors { name, object, expected, found: values.len() });
    }
    write_each(map, key, values.iter())
}

fn write_all<V: Data>(map: &Map, key: &[u8], value: &V) -> Result<(), MapError> {
    write_each(map, key, std::iter::repeat(value))
}

fn write_each<'a, V: Data + 'a>(
    map: &Map,
    key: &[u8],
    values: impl Iterator<Item = &'a V>,
) -> Result<(), MapError> {
    let mut bytes = vec![0; map.value_size()];
    for (place, value) in bytes.chunks_exact_mut(stride::<V>()).zip(values) {
        let value = value.as_bytes();
        if let Some(place) = place.get_mut(..value.len()) {
            place.copy_from_slice(value);
        }
    }
    map.update(key, &bytes, BPF_ANY)
}
