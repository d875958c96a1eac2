//! Longest prefixes.

use bpf_sys::errno;
use bpf_sys::uapi::flags::BPF_ANY;

use super::walk::Iter;
use super::{Data, Typed, handle};
use crate::map::MapError;

/// Bytes of a prefix's length, in front of a key.
const LENGTH: usize = 4;

/// A trie that finds the longest prefix: `lpm_trie`. `K` is what comes behind the prefix's length, most significant byte
/// first, as addresses in packets are: `[u8; 4]`, `[u8; 16]`, `zerocopy::big_endian::U32`. Since Linux 4.11.
#[derive(Debug)]
pub struct LpmTrie<K, V> {
    inner: Typed<K, V>,
}

handle!(LpmTrie, (K, V), [LPM_TRIE], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_key(LENGTH)?.check_value()? })
});

impl<K: Data, V: Data> LpmTrie<K, V> {
    /// The value of the longest prefix there that the first `bits` of a key begin with; `None` without one.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `EINVAL` for more bits than a key has.
    pub fn get(&self, key: &K, bits: u32) -> Result<Option<V>, MapError> {
        let mut value = V::new_zeroed();
        let read = self.map().fd().lookup(&prefix(key, bits), value.as_mut_bytes(), 0);
        Ok(self.map().there("reading", read, errno::ENOENT)?.then_some(value))
    }

    /// Sets the value of the prefix that is the first `bits` of a key.
    ///
    /// # Errors
    /// [`MapError::Refused`]: `ENOSPC` if the map is full, `EINVAL` for more bits than a key has.
    pub fn insert(&self, key: &K, bits: u32, value: &V) -> Result<(), MapError> {
        self.map().update(&prefix(key, bits), value.as_bytes(), BPF_ANY)
    }

    /// Removes the prefix that is the first `bits` of a key; false if it is not there.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn remove(&self, key: &K, bits: u32) -> Result<bool, MapError> {
        self.map().delete(&prefix(key, bits))
    }

    /// All prefixes: key, bits and value.
    #[must_use]
    pub fn iter(&self) -> Iter<(K, u32, V)> {
        Iter::new(self.map(), false, |key, value| {
            let (bits, key) = key.split_first_chunk::<LENGTH>()?;
            let key = K::read_from_bytes(key).ok()?;
            Some((key, u32::from_ne_bytes(*bits), V::read_from_bytes(value).ok()?))
        })
    }
}

fn prefix<K: Data>(key: &K, bits: u32) -> Vec<u8> {
    [&bits.to_ne_bytes(), key.as_bytes()].concat()
}
