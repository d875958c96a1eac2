//! What the maps inside a map of maps look like, where the file does not say it or says something else.

use bpf_btf::TypeId;
use bpf_elf::{ByteOffset, MapDef, MapKind};
use bpf_sys::uapi::MapType;

use crate::object::MapSpec;

/// What the maps inside a map of maps look like: the kernel puts only such maps into it that agree with this.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct InnerMap {
    pub(crate) map_type: MapType,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    flags: u32,
    numa_node: Option<u32>,
    extra: u64,
}

impl InnerMap {
    /// Maps of this type; sizes in bytes.
    pub const fn new(map_type: MapType, key_size: u32, value_size: u32, max_entries: u32) -> Self {
        Self { map_type, key_size, value_size, max_entries, flags: 0, numa_node: None, extra: 0 }
    }

    /// Maps like another one.
    pub fn like(map: &MapSpec) -> Self {
        let def = map.def();
        let MapDef { map_type, key_size, value_size, max_entries, flags, numa_node, extra, .. } = *def;
        Self { map_type, key_size, value_size, max_entries, flags, numa_node, extra }
    }

    /// With these flags, `BPF_F_*`: they have to be equal, but that arrays with `BPF_F_INNER_MAP` may differ in size.
    pub const fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    /// With these bits, whose meaning depends on the type.
    pub const fn extra(mut self, extra: u64) -> Self {
        self.extra = extra;
        self
    }

    /// The definition that it stands for, inside `outer`.
    pub(crate) fn def(&self, outer: &MapDef) -> MapDef {
        MapDef {
            id: outer.id,
            name: format!("{}.inner", outer.name),
            kind: MapKind::Declared { section_offset: ByteOffset(0), type_id: TypeId::VOID },
            map_type: self.map_type,
            key_size: self.key_size,
            value_size: self.value_size,
            max_entries: self.max_entries,
            flags: self.flags,
            numa_node: self.numa_node,
            extra: self.extra,
            pin_by_name: false,
            key_type: None,
            value_type: None,
            inner: None,
            slots: Vec::new(),
            globals: None,
            autocreate: true,
        }
    }
}
