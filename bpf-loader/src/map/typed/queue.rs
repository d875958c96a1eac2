//! Maps without keys.

use bpf_sys::errno;
use bpf_sys::uapi::flags::{BPF_ANY, BPF_EXIST};

use super::{Data, Typed, handle};
use crate::map::{Map, MapError};

/// A queue: first in, first out. Since Linux 4.20.
#[derive(Debug)]
pub struct Queue<V> {
    inner: Typed<(), V>,
}

/// A stack: last in, first out. Since Linux 4.20.
#[derive(Debug)]
pub struct Stack<V> {
    inner: Typed<(), V>,
}

/// A Bloom filter: what was put in is found, and little else. Since Linux 5.16.
#[derive(Debug)]
pub struct BloomFilter<V> {
    inner: Typed<(), V>,
}

macro_rules! ends {
    ($Name:ident, $TYPE:ident) => {
        handle!($Name, (V), [$TYPE], |map| {
            Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_value()? })
        });

        impl<V: Data> $Name<V> {
            /// Puts a value in.
            ///
            /// # Errors
            /// [`MapError::Refused`]: `E2BIG` if it is full.
            pub fn push(&self, value: &V) -> Result<(), MapError> {
                self.map().update(&[], value.as_bytes(), BPF_ANY)
            }

            /// Puts a value in; if it is full, the oldest goes.
            ///
            /// # Errors
            /// [`MapError::Refused`].
            pub fn push_over(&self, value: &V) -> Result<(), MapError> {
                self.map().update(&[], value.as_bytes(), BPF_EXIST)
            }

            /// Takes the next value out; `None` if there is none.
            ///
            /// # Errors
            /// [`MapError::Refused`].
            pub fn pop(&self) -> Result<Option<V>, MapError> {
                next(self.map(), true)
            }

            /// The next value, which stays; `None` if there is none.
            ///
            /// # Errors
            /// [`MapError::Refused`].
            pub fn peek(&self) -> Result<Option<V>, MapError> {
                next(self.map(), false)
            }
        }
    };
}

ends!(Queue, QUEUE);
ends!(Stack, STACK);

handle!(BloomFilter, (V), [BLOOM_FILTER], |map| {
    Ok(Self { inner: Typed::new(map, Self::MAP_TYPES)?.check_value()? })
});

impl<V: Data> BloomFilter<V> {
    /// Puts a value in.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn insert(&self, value: &V) -> Result<(), MapError> {
        self.map().update(&[], value.as_bytes(), BPF_ANY)
    }

    /// Whether a value may have been put in: false is certain.
    ///
    /// # Errors
    /// [`MapError::Refused`].
    pub fn may_contain(&self, value: &V) -> Result<bool, MapError> {
        // The kernel takes the value from where it would put one.
        let mut asked = value.as_bytes().to_vec();
        let found = self.map().fd().lookup(&[], &mut asked, 0);
        self.map().there("reading", found, errno::ENOENT)
    }
}

fn next<V: Data>(map: &Map, take: bool) -> Result<Option<V>, MapError> {
    let mut value = V::new_zeroed();
    let (doing, read) = if take {
        ("taking from", map.fd().lookup_and_delete(&[], value.as_mut_bytes(), 0))
    } else {
        ("reading", map.fd().lookup(&[], value.as_mut_bytes(), 0))
    };
    Ok(map.there(doing, read, errno::ENOENT)?.then_some(value))
}
