//! Typed handles: a [`Map`] whose keys and values are Rust types. What kind of map it is and how long its keys and values
//! are is checked once, when the handle is made; after that an operation is one system call, into the value itself.
//!
//! | handle | types of maps |
//! |---|---|
//! | [`Hash`] | `hash`, `lru_hash` |
//! | [`Array`] | `array` |
//! | [`PerCpuHash`], [`PerCpuArray`] | `percpu_hash`, `lru_percpu_hash`; `percpu_array` |
//! | [`Queue`], [`Stack`] | `queue`; `stack` |
//! | [`BloomFilter`] | `bloom_filter` |
//! | [`LpmTrie`] | `lpm_trie` |
//! | [`ProgArray`] | `prog_array` |
//! | [`ArrayOfMaps`], [`HashOfMaps`] | `array_of_maps`; `hash_of_maps` |
//!
//! A struct becomes a key or a value by zerocopy's derives, which refuse padding at compile time: name it, as in C.
//!
//! ```no_run
//! use bpf_loader::map::Hash;
//! use bpf_loader::zerocopy::{FromBytes, Immutable, IntoBytes};
//!
//! #[derive(Debug, FromBytes, IntoBytes, Immutable)]
//! #[repr(C)]
//! struct Flow {
//!     packets: u64,
//!     bytes: u64,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let loaded = bpf_loader::Object::open("flows.bpf.o")?.load()?;
//! let flows: Hash<u32, Flow> = Hash::new(loaded.map("flows")?)?;
//! flows.insert(&1, &Flow { packets: 0, bytes: 0 })?;
//! for entry in flows.iter() {
//!     let (address, flow) = entry?;
//!     println!("{address:08x}: {flow:?}");
//! }
//! # Ok(()) }
//! ```

mod array;
mod hash;
mod inner;
mod per_cpu;
mod queue;
mod trie;
mod walk;

use std::any::type_name;
use std::marker::PhantomData;

use bpf_sys::uapi::MapType;
use zerocopy::{FromBytes, Immutable, IntoBytes};

pub use array::Array;
pub use hash::Hash;
pub use inner::{ArrayOfMaps, HashOfMaps, ProgArray};
pub use per_cpu::{PerCpuArray, PerCpuHash};
pub use queue::{BloomFilter, Queue, Stack};
pub use trie::LpmTrie;
pub use walk::Iter;

use super::{Map, MapError};

/// What a key or a value is: any bytes make one, and it is made of nothing but bytes. Integers, arrays of them, and
/// structs with zerocopy's three derives.
pub trait Data: FromBytes + IntoBytes + Immutable {}

impl<T: FromBytes + IntoBytes + Immutable> Data for T {}

/// A map, and what its keys and values are. Always of one of the handle's types, and of sizes that fit.
#[derive(Debug)]
struct Typed<K, V> {
    map: Map,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for Typed<K, V> {
    fn clone(&self) -> Self {
        Self { map: self.map.clone(), types: PhantomData }
    }
}

impl<K, V> Typed<K, V> {
    fn new(map: &Map, wanted: &'static [MapType]) -> Result<Self, MapError> {
        if wanted.contains(&map.map_type()) {
            return Ok(Self { map: map.clone(), types: PhantomData });
        }
        let (name, object, found) = (map.name().to_owned(), map.object().to_owned(), map.map_type());
        Err(MapError::WrongType { name, object, found, wanted })
    }

    /// With `extra` bytes of a key that are not in its type.
    fn check_key(self, extra: usize) -> Result<Self, MapError> {
        let found = self.map.key_size();
        self.check::<K>("key", extra, found)
    }

    fn check_value(self) -> Result<Self, MapError> {
        let found = self.map.fd().one_value_size();
        self.check::<V>("value", 0, found)
    }

    fn check<T>(self, what: &'static str, extra: usize, expected: usize) -> Result<Self, MapError> {
        let found = size_of::<T>() + extra;
        if found == expected {
            return Ok(self);
        }
        let (name, object) = (self.map.name().to_owned(), self.map.object().to_owned());
        Err(MapError::ElementSize { name, object, what, of: type_name::<T>(), expected, found })
    }
}

/// The handle's methods that all have, and what it is made from.
macro_rules! handle {
    ($Name:ident, ($($T:ident),*), [$($TYPE:ident),+], $checked:expr) => {
        impl<$($T: $crate::map::Data),*> $Name<$($T),*> {
            /// The types of maps that it can be of.
            pub const MAP_TYPES: &'static [bpf_sys::uapi::MapType] = &[$(bpf_sys::uapi::MapType::$TYPE),+];

            /// Looks whether a map is of such a type, and its keys and values have these sizes.
            ///
            /// # Errors
            /// [`MapError::WrongType`], [`MapError::ElementSize`].
            pub fn new(map: &$crate::map::Map) -> Result<Self, $crate::map::MapError> {
                let checked: fn(&$crate::map::Map) -> Result<Self, $crate::map::MapError> = $checked;
                checked(map)
            }

            /// The map itself.
            #[must_use]
            pub fn map(&self) -> &$crate::map::Map {
                &self.inner.map
            }
        }

        impl<$($T),*> Clone for $Name<$($T),*> {
            fn clone(&self) -> Self {
                Self { inner: self.inner.clone() }
            }
        }

        impl<$($T: $crate::map::Data),*> TryFrom<&$crate::map::Map> for $Name<$($T),*> {
            type Error = $crate::map::MapError;

            fn try_from(map: &$crate::map::Map) -> Result<Self, Self::Error> {
                Self::new(map)
            }
        }
    };
}
use handle;
