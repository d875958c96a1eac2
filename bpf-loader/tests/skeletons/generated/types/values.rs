// @generated from `values` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `values`: [`Values`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod values {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/types/values.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenValues {
        object: object::Object,
    }
    impl OpenValues {
        /// The object itself, for what has no method here.
        #[must_use]
        pub fn object(&self) -> &object::Object {
            &self.object
        }
        /// The object itself, to edit.
        pub fn object_mut(&mut self) -> &mut object::Object {
            &mut self.object
        }
        /// The maps, data sections and struct_ops variables too, as they will be planned.
        pub fn maps(&mut self) -> OpenMaps<'_> {
            OpenMaps {
                object: &mut self.object,
            }
        }
        /// The programs, as they will be planned.
        pub fn programs(&mut self) -> OpenPrograms<'_> {
            OpenPrograms {
                object: &mut self.object,
            }
        }
        /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
        ///
        /// # Errors
        /// [`load::LoadError`]; nothing stays in the kernel then.
        pub fn load(&self) -> Result<Values, load::LoadError> {
            Values::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Values, load::LoadError> {
            Values::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Values {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        loaded: load::LoadedObject,
    }
    impl Values {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenValues, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenValues, object::OpenError> {
            Ok(OpenValues {
                object: options.or_name("values").parse(OBJECT)?,
            })
        }
        /// What was loaded in another way, of the object of [`Self::open`].
        ///
        /// # Errors
        /// [`load::LoadError::Skeleton`] where a map was left out or changed for which there is a field.
        pub fn from_loaded(loaded: load::LoadedObject) -> Result<Self, load::LoadError> {
            Ok(Self {
                maps: Maps::new(&loaded)?,
                programs: Programs::new(&loaded)?,
                loaded,
            })
        }
        /// What is loaded, by names in place of fields.
        #[must_use]
        pub fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
        /// What is loaded, to add instances of programs.
        pub fn loaded_mut(&mut self) -> &mut load::LoadedObject {
            &mut self.loaded
        }
        /// Attaches all of it; what cannot be attached by itself is left out and listed.
        ///
        /// # Errors
        /// [`skeleton::AttachFailed`], which gives this back; nothing is attached then.
        pub fn attach(
            self,
        ) -> Result<AttachedValues, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Values {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedValues = skeleton::Attached<Values>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `hash`, as it will be planned.
        pub fn hash(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("hash")
        }
        /// Map `percpu_hash`, as it will be planned.
        pub fn percpu_hash(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("percpu_hash")
        }
        /// Map `lru_hash`, as it will be planned.
        pub fn lru_hash(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("lru_hash")
        }
        /// Map `lru_percpu_hash`, as it will be planned.
        pub fn lru_percpu_hash(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("lru_percpu_hash")
        }
        /// Map `rhash`, as it will be planned.
        pub fn rhash(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("rhash")
        }
        /// Map `array`, as it will be planned.
        pub fn array(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("array")
        }
        /// Map `percpu_array`, as it will be planned.
        pub fn percpu_array(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("percpu_array")
        }
        /// Map `queue`, as it will be planned.
        pub fn queue(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("queue")
        }
        /// Map `stack`, as it will be planned.
        pub fn stack(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("stack")
        }
        /// Map `lpm_trie`, as it will be planned.
        pub fn lpm_trie(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("lpm_trie")
        }
        /// Map `bloom_filter`, as it will be planned.
        pub fn bloom_filter(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("bloom_filter")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `hash`: hash of 8.
        pub hash: map::Hash<u32, u64>,
        /// Map `percpu_hash`: percpu_hash of 8.
        pub percpu_hash: map::PerCpuHash<u32, u64>,
        /// Map `lru_hash`: lru_hash of 64.
        pub lru_hash: map::Hash<u32, u64>,
        /// Map `lru_percpu_hash`: lru_percpu_hash of 64.
        pub lru_percpu_hash: map::PerCpuHash<u32, u64>,
        /// Map `rhash`: rhash of 8.
        pub rhash: map::Map,
        /// Map `array`: array of 2.
        pub array: map::Array<u64>,
        /// Map `percpu_array`: percpu_array of 2.
        pub percpu_array: map::PerCpuArray<u64>,
        /// Map `queue`: queue of 4.
        pub queue: map::Queue<u32>,
        /// Map `stack`: stack of 4.
        pub stack: map::Stack<u32>,
        /// Map `lpm_trie`: lpm_trie of 8.
        pub lpm_trie: map::LpmTrie<[u8; 4], u32>,
        /// Map `bloom_filter`: bloom_filter of 16.
        pub bloom_filter: map::BloomFilter<u32>,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                hash: TryFrom::try_from(loaded.map("hash")?)?,
                percpu_hash: TryFrom::try_from(loaded.map("percpu_hash")?)?,
                lru_hash: TryFrom::try_from(loaded.map("lru_hash")?)?,
                lru_percpu_hash: TryFrom::try_from(loaded.map("lru_percpu_hash")?)?,
                rhash: loaded.map("rhash")?.clone(),
                array: TryFrom::try_from(loaded.map("array")?)?,
                percpu_array: TryFrom::try_from(loaded.map("percpu_array")?)?,
                queue: TryFrom::try_from(loaded.map("queue")?)?,
                stack: TryFrom::try_from(loaded.map("stack")?)?,
                lpm_trie: TryFrom::try_from(loaded.map("lpm_trie")?)?,
                bloom_filter: TryFrom::try_from(loaded.map("bloom_filter")?)?,
            })
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `in_hash`, in `SEC("?socket")`, as it will be planned.
        pub fn in_hash(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_hash")
        }
        /// Loads `in_hash` several times, each time with a difference.
        pub fn in_hash_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_hash", instances).map(drop)
        }
        /// Program `in_percpu_hash`, in `SEC("?socket")`, as it will be planned.
        pub fn in_percpu_hash(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_percpu_hash")
        }
        /// Loads `in_percpu_hash` several times, each time with a difference.
        pub fn in_percpu_hash_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_percpu_hash", instances).map(drop)
        }
        /// Program `in_lru_hash`, in `SEC("?socket")`, as it will be planned.
        pub fn in_lru_hash(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_lru_hash")
        }
        /// Loads `in_lru_hash` several times, each time with a difference.
        pub fn in_lru_hash_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_lru_hash", instances).map(drop)
        }
        /// Program `in_lru_percpu_hash`, in `SEC("?socket")`, as it will be planned.
        pub fn in_lru_percpu_hash(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_lru_percpu_hash")
        }
        /// Loads `in_lru_percpu_hash` several times, each time with a difference.
        pub fn in_lru_percpu_hash_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_lru_percpu_hash", instances).map(drop)
        }
        /// Program `in_rhash`, in `SEC("?socket")`, as it will be planned.
        pub fn in_rhash(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_rhash")
        }
        /// Loads `in_rhash` several times, each time with a difference.
        pub fn in_rhash_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_rhash", instances).map(drop)
        }
        /// Program `in_array`, in `SEC("?socket")`, as it will be planned.
        pub fn in_array(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_array")
        }
        /// Loads `in_array` several times, each time with a difference.
        pub fn in_array_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_array", instances).map(drop)
        }
        /// Program `in_percpu_array`, in `SEC("?socket")`, as it will be planned.
        pub fn in_percpu_array(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_percpu_array")
        }
        /// Loads `in_percpu_array` several times, each time with a difference.
        pub fn in_percpu_array_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_percpu_array", instances).map(drop)
        }
        /// Program `in_queue`, in `SEC("?socket")`, as it will be planned.
        pub fn in_queue(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_queue")
        }
        /// Loads `in_queue` several times, each time with a difference.
        pub fn in_queue_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_queue", instances).map(drop)
        }
        /// Program `in_stack`, in `SEC("?socket")`, as it will be planned.
        pub fn in_stack(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_stack")
        }
        /// Loads `in_stack` several times, each time with a difference.
        pub fn in_stack_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_stack", instances).map(drop)
        }
        /// Program `in_lpm_trie`, in `SEC("?socket")`, as it will be planned.
        pub fn in_lpm_trie(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_lpm_trie")
        }
        /// Loads `in_lpm_trie` several times, each time with a difference.
        pub fn in_lpm_trie_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_lpm_trie", instances).map(drop)
        }
        /// Program `in_bloom_filter`, in `SEC("?socket")`, as it will be planned.
        pub fn in_bloom_filter(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_bloom_filter")
        }
        /// Loads `in_bloom_filter` several times, each time with a difference.
        pub fn in_bloom_filter_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_bloom_filter", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `in_hash`, in `SEC("?socket")`.
        pub in_hash: skeleton::Handle<program::Program>,
        /// Program `in_percpu_hash`, in `SEC("?socket")`.
        pub in_percpu_hash: skeleton::Handle<program::Program>,
        /// Program `in_lru_hash`, in `SEC("?socket")`.
        pub in_lru_hash: skeleton::Handle<program::Program>,
        /// Program `in_lru_percpu_hash`, in `SEC("?socket")`.
        pub in_lru_percpu_hash: skeleton::Handle<program::Program>,
        /// Program `in_rhash`, in `SEC("?socket")`.
        pub in_rhash: skeleton::Handle<program::Program>,
        /// Program `in_array`, in `SEC("?socket")`.
        pub in_array: skeleton::Handle<program::Program>,
        /// Program `in_percpu_array`, in `SEC("?socket")`.
        pub in_percpu_array: skeleton::Handle<program::Program>,
        /// Program `in_queue`, in `SEC("?socket")`.
        pub in_queue: skeleton::Handle<program::Program>,
        /// Program `in_stack`, in `SEC("?socket")`.
        pub in_stack: skeleton::Handle<program::Program>,
        /// Program `in_lpm_trie`, in `SEC("?socket")`.
        pub in_lpm_trie: skeleton::Handle<program::Program>,
        /// Program `in_bloom_filter`, in `SEC("?socket")`.
        pub in_bloom_filter: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                in_hash: skeleton::Handle::program(loaded, "in_hash"),
                in_percpu_hash: skeleton::Handle::program(loaded, "in_percpu_hash"),
                in_lru_hash: skeleton::Handle::program(loaded, "in_lru_hash"),
                in_lru_percpu_hash: skeleton::Handle::program(
                    loaded,
                    "in_lru_percpu_hash",
                ),
                in_rhash: skeleton::Handle::program(loaded, "in_rhash"),
                in_array: skeleton::Handle::program(loaded, "in_array"),
                in_percpu_array: skeleton::Handle::program(loaded, "in_percpu_array"),
                in_queue: skeleton::Handle::program(loaded, "in_queue"),
                in_stack: skeleton::Handle::program(loaded, "in_stack"),
                in_lpm_trie: skeleton::Handle::program(loaded, "in_lpm_trie"),
                in_bloom_filter: skeleton::Handle::program(loaded, "in_bloom_filter"),
            })
        }
    }
}
