//! Which typed handle a map has.

use bpf_elf::MapDef;
use bpf_sys::uapi::MapType;
use proc_macro2::TokenStream;
use quote::quote;

/// A handle of `bpf_loader::map`, and which types it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handle {
    /// Of keys and values.
    KeyValue(&'static str),
    /// Of prefixes, whose length is not part of the key's type, and values.
    PrefixValue(&'static str),
    /// Of keys.
    Key(&'static str),
    /// Of values.
    Value(&'static str),
    /// Of nothing.
    Plain(&'static str),
    /// None: the map itself.
    Raw,
}

/// Types of maps with a handle of their own.
const HANDLES: &[(MapType, Handle)] = &[
    (MapType::HASH, Handle::KeyValue("Hash")),
    (MapType::LRU_HASH, Handle::KeyValue("Hash")),
    (MapType::PERCPU_HASH, Handle::KeyValue("PerCpuHash")),
    (MapType::LRU_PERCPU_HASH, Handle::KeyValue("PerCpuHash")),
    (MapType::LPM_TRIE, Handle::PrefixValue("LpmTrie")),
    (MapType::ARRAY, Handle::Value("Array")),
    (MapType::PERCPU_ARRAY, Handle::Value("PerCpuArray")),
    (MapType::QUEUE, Handle::Value("Queue")),
    (MapType::STACK, Handle::Value("Stack")),
    (MapType::BLOOM_FILTER, Handle::Value("BloomFilter")),
    (MapType::PROG_ARRAY, Handle::Plain("ProgArray")),
    (MapType::ARRAY_OF_MAPS, Handle::Plain("ArrayOfMaps")),
    (MapType::HASH_OF_MAPS, Handle::Key("HashOfMaps")),
];

impl Handle {
    /// That of a map as the file defines it.
    pub(super) fn of(def: &MapDef) -> Self {
        let found = HANDLES.iter().find(|(map_type, _)| *map_type == def.map_type);
        let handle = found.map_or(Self::Raw, |(_, handle)| *handle);
        // What is indexed has keys of 4 bytes; another is refused when it is planned.
        let indexed = matches!(handle, Self::Value("Array" | "PerCpuArray") | Self::Plain(_));
        if indexed && def.key_size != 4 { Self::Raw } else { handle }
    }

    /// The Rust type, with those of keys and values.
    pub(super) fn tokens(self, key: &TokenStream, value: &TokenStream) -> TokenStream {
        let name = |name| crate::codegen::names::ident(name);
        match self {
            Self::KeyValue(handle) | Self::PrefixValue(handle) => {
                let handle = name(handle);
                quote!(map::#handle<#key, #value>)
            }
            Self::Key(handle) => {
                let handle = name(handle);
                quote!(map::#handle<#key>)
            }
            Self::Value(handle) => {
                let handle = name(handle);
                quote!(map::#handle<#value>)
            }
            Self::Plain(handle) => {
                let handle = name(handle);
                quote!(map::#handle)
            }
            Self::Raw => quote!(map::Map),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_once() {
        for (at, (map_type, _)) in HANDLES.iter().enumerate() {
            assert!(HANDLES.iter().skip(at + 1).all(|(other, _)| other != map_type), "{map_type}");
        }
    }
}
