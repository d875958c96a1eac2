//! A map before it exists: its definition in the file, and what the user says instead.

use std::path::{Path, PathBuf};

use bpf_btf::TypeError;
use bpf_elf::{Global, MapDef, MapId, MapKind, ObjectFile};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{
    BPF_F_LINK, BPF_F_MMAPABLE, BPF_F_NUMA_NODE, BPF_F_TOKEN_FD, BPF_F_VTYPE_BTF_OBJ_FD,
};

use crate::object::tail::Tail;
use crate::object::{InnerMap, SpecError};

/// A map as it will be planned. Setters refuse what could not be this map any more, and say why; whether a map of its
/// type can have such sizes is said when it is planned, since it depends on all of them together.
#[derive(Clone, Debug)]
pub struct MapSpec {
    def: MapDef,
    contents: Option<Vec<u8>>,
    /// What a data section ends with, if that can be given another length.
    tail: Option<Tail>,
    /// Bytes of a data section that variables take which cannot be made shorter.
    used: u32,
    ifindex: u32,
    pin: Pin,
    exclusive: Option<String>,
}

/// Where a map is pinned.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pin {
    /// As the file says.
    Default,
    No,
    At(PathBuf),
}

/// Flags that a loader sets by itself, with the descriptors that they speak of, or that are for struct_ops only.
const OURS: &[(u32, &str)] = &[
    (BPF_F_TOKEN_FD, "BPF_F_TOKEN_FD"),
    (BPF_F_VTYPE_BTF_OBJ_FD, "BPF_F_VTYPE_BTF_OBJ_FD"),
    (BPF_F_LINK, "BPF_F_LINK"),
];

impl MapSpec {
    pub(crate) fn new(def: &MapDef, file: &ObjectFile) -> Self {
        let (mut contents, mut tail, mut used) = (None, None, 0);
        if let MapKind::Data(section) = &def.kind {
            contents = Some(section.bytes.clone());
            let found = file.btf().zip(section.btf_type).map(|(btf, datasec)| Tail::of(btf, datasec));
            // What cannot be followed is no array; that it is wrong is said where it is used.
            tail = found.and_then(|found: Result<_, TypeError>| found.ok()).flatten();
            let end = |global: &Global| match tail {
                Some(Tail { var, .. }) if var.type_id == global.var_id => global.offset,
                _ => global.offset.saturating_add(global.size),
            };
            used = file.globals_of(def.id).iter().map(end).max().unwrap_or(0);
        } else if let Some(globals) = &def.globals {
            contents = Some(globals.bytes.clone());
        }
        Self { def: def.clone(), contents, tail, used, ifindex: 0, pin: Pin::Default, exclusive: None }
    }

    /// Its id: the same on the object, its plans and what is loaded from them.
    #[must_use]
    pub fn id(&self) -> MapId {
        self.def.id
    }

    /// Its name: the variable's, or the section's for a data section.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.def.name
    }

    /// Its definition, edits included.
    #[must_use]
    pub fn def(&self) -> &MapDef {
        &self.def
    }

    /// What a data section, or the variables of an arena, hold before anything runs; `None` for other maps.
    #[must_use]
    pub fn contents(&self) -> Option<&[u8]> {
        self.contents.as_deref()
    }

    /// The index of the network device that it is offloaded to; 0 for none.
    #[must_use]
    pub fn ifindex(&self) -> u32 {
        self.ifindex
    }

    /// The one program that may use it, by name.
    #[must_use]
    pub fn exclusive(&self) -> Option<&str> {
        self.exclusive.as_deref()
    }

    /// Where it is pinned, with `root` as the folder of what is pinned by its name.
    #[must_use]
    pub fn pin_path(&self, root: &Path) -> Option<PathBuf> {
        match &self.pin {
            Pin::At(path) => Some(path.clone()),
            Pin::Default if self.def.pin_by_name => Some(root.join(&self.def.name)),
            Pin::Default | Pin::No => None,
        }
    }

    pub(crate) fn contents_mut(&mut self) -> Option<&mut [u8]> {
        self.contents.as_deref_mut()
    }

    pub(crate) fn tail(&self) -> Option<&Tail> {
        self.tail.as_ref()
    }

    /// Whether it holds a data section of another length than the file's.
    pub(crate) fn is_resized(&self) -> bool {
        match (&self.def.kind, &self.contents) {
            (MapKind::Data(section), Some(contents)) => section.bytes.len() != contents.len(),
            _ => false,
        }
    }

    /// Bytes of a variable in it: the array at the end grows and shrinks with the section, by whole elements.
    pub(crate) fn global_size(&self, global: &Global) -> u32 {
        match &self.tail {
            Some(tail) if self.is_resized() && tail.var.type_id == global.var_id => {
                let bytes = self.def.value_size.saturating_sub(global.offset);
                bytes - bytes.checked_rem(tail.element_size).unwrap_or(0)
            }
            _ => global.size,
        }
    }

    /// Makes it a map of another type.
    ///
    /// # Errors
    /// [`SpecError::MapFixed`] for what holds data or a struct_ops variable, [`SpecError::MapValue`] for type 0.
    #[doc(alias = "bpf_map__set_type")]
    pub fn set_type(&mut self, map_type: MapType) -> Result<&mut Self, SpecError> {
        self.declared("type")?;
        if map_type == MapType::UNSPEC {
            return Err(self.refused("type", &0, "a map has a type"));
        }
        // Maps of maps can stand for each other.
        let same = map_type == self.def.map_type || is_outer(map_type) && is_outer(self.def.map_type);
        if !self.def.slots.is_empty() && !same {
            return Err(self.refused("type", &map_type, "its initial values are for the type that it has"));
        }
        self.def.map_type = map_type;
        Ok(self)
    }

    /// Gives its keys another size, in bytes. Where that is not the size of their declared type, the kernel is not told
    /// of the types.
    ///
    /// # Errors
    /// [`SpecError::MapFixed`].
    #[doc(alias = "bpf_map__set_key_size")]
    pub fn set_key_size(&mut self, bytes: u32) -> Result<&mut Self, SpecError> {
        self.declared("key size")?;
        self.def.key_size = bytes;
        Ok(self)
    }

    /// Gives its values another size, in bytes. A data section grows with zeros behind its variables; where it ends with
    /// an array, that is longer or shorter then, and its type is changed with it.
    ///
    /// # Errors
    /// [`SpecError::MapFixed`]; [`SpecError::MapValue`] where variables would not fit any more.
    #[doc(alias = "bpf_map__set_value_size")]
    pub fn set_value_size(&mut self, bytes: u32) -> Result<&mut Self, SpecError> {
        let used = self.used;
        let Some(contents) = &mut self.contents else {
            self.declared("value size")?;
            self.def.value_size = bytes;
            return Ok(self);
        };
        let needed =
            self.tail.map_or(used, |tail| used.max(tail.var.offset.saturating_add(tail.element_size)));
        match usize::try_from(bytes) {
            Ok(len) if bytes >= needed && len != 0 => contents.resize(len, 0),
            _ => {
                let why = format!("its variables take {} bytes", needed.max(1));
                return Err(self.refused("value size", &bytes, why));
            }
        }
        self.def.value_size = bytes;
        Ok(self)
    }

    /// Changes how many entries it can hold; bytes for a ring buffer, pages for an arena.
    ///
    /// # Errors
    /// [`SpecError::MapFixed`]: what holds data or a struct_ops variable has one entry.
    #[doc(alias = "bpf_map__set_max_entries")]
    pub fn set_max_entries(&mut self, max_entries: u32) -> Result<&mut Self, SpecError> {
        if self.def.max_entries != max_entries {
            self.declared("max_entries")?;
        }
        self.def.max_entries = max_entries;
        Ok(self)
    }

    /// Replaces its flags, `BPF_F_*`.
    ///
    /// # Errors
    /// [`SpecError::MapValue`] for a flag that the loader sets by itself; [`SpecError::MapFixed`] for a struct_ops
    /// variable, and for what a data section's kind decides.
    #[doc(alias = "bpf_map__set_map_flags")]
    pub fn set_flags(&mut self, flags: u32) -> Result<&mut Self, SpecError> {
        if let Some((_, name)) = OURS.iter().find(|(flag, _)| flags & flag != 0) {
            let why = format!("{name} is set by the loader where it is needed");
            return Err(self.refused("map_flags", &format!("{flags:#x}"), why));
        }
        match &self.def.kind {
            MapKind::StructOps(_) => self.declared("map_flags")?,
            MapKind::Kconfig | MapKind::Data(_)
                if (self.def.flags ^ flags) & !(BPF_F_MMAPABLE | BPF_F_NUMA_NODE) != 0 =>
            {
                self.declared("map_flags")?;
            }
            _ => {}
        }
        self.def.flags = flags;
        Ok(self)
    }

    /// The NUMA node that it is to live on; `None` for any. The flag that goes with it is set or taken away too.
    #[doc(alias = "bpf_map__set_numa_node")]
    pub fn set_numa_node(&mut self, node: Option<u32>) -> &mut Self {
        self.def.numa_node = node;
        self.def.flags &= !BPF_F_NUMA_NODE;
        self.def.flags |= if node.is_some() { BPF_F_NUMA_NODE } else { 0 };
        self
    }

    /// Sets what depends on the type: hash functions of a bloom filter, the address of an arena.
    #[doc(alias = "bpf_map__set_map_extra")]
    pub fn set_extra(&mut self, extra: u64) -> &mut Self {
        self.def.extra = extra;
        self
    }

    /// The network device that it is offloaded to, by index; 0 for none.
    #[doc(alias = "bpf_map__set_ifindex")]
    pub fn set_ifindex(&mut self, ifindex: u32) -> &mut Self {
        self.ifindex = ifindex;
        self
    }

    /// Creates it, or leaves it out; a program that uses a map that was left out loads only where the verifier can prove
    /// that it never does.
    #[doc(alias = "bpf_map__set_autocreate")]
    pub fn set_autocreate(&mut self, autocreate: bool) -> &mut Self {
        self.def.autocreate = autocreate;
        self
    }

    /// Replaces what a data section holds before anything runs.
    ///
    /// # Errors
    /// [`SpecError::Size`] for another number of bytes, [`SpecError::MapFixed`] for a map that holds no section.
    #[doc(alias = "bpf_map__set_initial_value")]
    pub fn set_contents(&mut self, bytes: &[u8]) -> Result<&mut Self, SpecError> {
        let Some(contents) = &mut self.contents else {
            let why = match self.def.kind {
                MapKind::Kconfig => "they are the kernel's",
                _ => "it holds no data section",
            };
            return Err(SpecError::MapFixed { map: self.def.name.clone(), what: "initial values", why });
        };
        if contents.len() != bytes.len() {
            let (expected, found) = (contents.len(), bytes.len());
            return Err(SpecError::Size { name: self.def.name.clone(), expected, found });
        }
        contents.copy_from_slice(bytes);
        Ok(self)
    }

    /// What the maps inside a map of maps look like.
    ///
    /// # Errors
    /// [`SpecError::MapFixed`] for a map that is no map of maps, [`SpecError::MapValue`] for a map of maps inside.
    #[doc(alias = "bpf_map__set_inner_map_fd")]
    pub fn set_inner(&mut self, inner: &InnerMap) -> Result<&mut Self, SpecError> {
        if !is_outer(self.def.map_type) {
            let why = "it is no map of maps";
            return Err(SpecError::MapFixed { map: self.def.name.clone(), what: "inner map", why });
        }
        if is_outer(inner.map_type) {
            let why = "maps of maps do not nest";
            return Err(self.refused("inner map", &inner.map_type, why));
        }
        self.def.inner = Some(Box::new(inner.def(&self.def)));
        Ok(self)
    }

    /// Pins it there when it is loaded, and uses what is pinned there already; `None` for neither, whatever the file
    /// says.
    #[doc(alias = "bpf_map__set_pin_path")]
    pub fn set_pin_path(&mut self, path: Option<&Path>) -> &mut Self {
        self.pin = path.map_or(Pin::No, |path| Pin::At(path.to_owned()));
        self
    }

    /// Lets one program use it and no other, not even one that gets hold of it later; `None` for any.
    ///
    /// # Kernel
    /// Since 6.18.
    #[doc(alias = "bpf_map__set_exclusive_program")]
    pub fn set_exclusive(&mut self, program: Option<&str>) -> &mut Self {
        self.exclusive = program.map(str::to_owned);
        self
    }

    /// Refuses to change what is not the user's to say.
    fn declared(&self, what: &'static str) -> Result<(), SpecError> {
        let why = match self.def.kind {
            MapKind::Data(_) => "it holds a data section",
            MapKind::Kconfig => "it holds values of the kernel's configuration",
            MapKind::StructOps(_) => "it holds a struct_ops variable",
            _ => return Ok(()),
        };
        Err(SpecError::MapFixed { map: self.def.name.clone(), what, why })
    }

    fn refused(&self, what: &'static str, value: &dyn ToString, why: impl Into<String>) -> SpecError {
        SpecError::MapValue { map: self.def.name.clone(), what, value: value.to_string(), why: why.into() }
    }
}

/// Whether maps stand in it.
pub(crate) fn is_outer(map_type: MapType) -> bool {
    [MapType::ARRAY_OF_MAPS, MapType::HASH_OF_MAPS].contains(&map_type)
}
