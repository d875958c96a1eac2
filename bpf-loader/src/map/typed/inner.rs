//! Maps of programs and of maps: a descriptor is put in, an id comes out.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use bpf_sys::errno;
use bpf_sys::uapi::flags::BPF_ANY;
use zerocopy::IntoBytes;

use super::walk::{Iter, pair};
use super::{Data, Typed, handle};
use crate::map::{Map, MapError};
use crate::program::Program;

/// Programs for tail calls: `prog_array`.
#[derive(Debug)]
pub struct ProgArray {
    inner: Typed<u32, u32>,
}

/// Maps by index: `array_of_maps`. Since Linux 4.12.
#[derive(Debug)]
pub struct ArrayOfMaps {
    inner: Typed<u32, u32>,
}

/// Maps by key: `hash_of_maps`. Since Linux 4.12.
#[derive(Debug)]
pub struct HashOfMaps<K> {
    inner: Typed<K, u32>,
}

handle!(ProgArray, (), [PROG_ARRAY], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_key(0)? })
});

handle!(ArrayOfMaps, (), [ARRAY_OF_MAPS], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_key(0)? })
});

handle!(HashOfMaps, (K), [HASH_OF_MAPS], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_key(0)? })
});

impl ProgArray {
    /// Puts a program in. It stays loaded for as long as it is there.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `EINVAL` if it is not like the programs that use the map, `E2BIG` beyond the end.
    pub fn set(&self, index: u32, program: &Program) -> Result<(), MapError> {
        put(self.map(), index.as_bytes(), program.as_fd())
    }

    /// Takes a program out; false if there is none.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn clear(&self, index: u32) -> Result<bool, MapError> {
        self.map().delete(index.as_bytes())
    }

    /// The id of the program at an index; `None` if there is none.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn id(&self, index: u32) -> Result<Option<u32>, MapError> {
        id(self.map(), index.as_bytes())
    }
}

impl ArrayOfMaps {
    /// Puts a map in. It stays for as long as it is there.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `EINVAL` if it is not like the map's template, `E2BIG` beyond the end.
    pub fn set(&self, index: u32, inner: &Map) -> Result<(), MapError> {
        put(self.map(), index.as_bytes(), inner.as_fd())
    }

    /// Takes a map out; false if there is none.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn clear(&self, index: u32) -> Result<bool, MapError> {
        self.map().delete(index.as_bytes())
    }

    /// The id of the map at an index; `None` if there is none.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn id(&self, index: u32) -> Result<Option<u32>, MapError> {
        id(self.map(), index.as_bytes())
    }
}

impl<K: Data> HashOfMaps<K> {
    /// Puts a map in. It stays for as long as it is there.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `EINVAL` if it is not like the map's template, `E2BIG` if this is full.
    pub fn insert(&self, key: &K, inner: &Map) -> Result<(), MapError> {
        put(self.map(), key.as_bytes(), inner.as_fd())
    }

    /// Takes a map out; false if there is none.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn remove(&self, key: &K) -> Result<bool, MapError> {
        self.map().delete(key.as_bytes())
    }

    /// The id of the map of a key; `None` if there is none.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn id(&self, key: &K) -> Result<Option<u32>, MapError> {
        id(self.map(), key.as_bytes())
    }

    /// All keys with the ids of their maps.
    #[must_use]
    pub fn iter(&self) -> Iter<(K, u32)> {
        Iter::new(self.map(), false, pair)
    }
}

fn put(map: &Map, key: &[u8], fd: BorrowedFd<'_>) -> Result<(), MapError> {
    map.update(key, &fd.as_raw_fd().to_ne_bytes(), BPF_ANY)
}

fn id(map: &Map, key: &[u8]) -> Result<Option<u32>, MapError> {
    let mut id = [0; 4];
    let read = map.fd().lookup(key, &mut id, 0);
    Ok(map.there("reading", read, errno::ENOENT)?.then(|| u32::from_ne_bytes(id)))
}
