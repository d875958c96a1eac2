// @generated from `typed` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `typed`: [`Typed`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod typed {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/maps/typed.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenTyped {
        object: object::Object,
    }
    impl OpenTyped {
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
        pub fn load(&self) -> Result<Typed, load::LoadError> {
            Typed::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Typed, load::LoadError> {
            Typed::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Typed {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        loaded: load::LoadedObject,
    }
    impl Typed {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenTyped, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenTyped, object::OpenError> {
            Ok(OpenTyped {
                object: options.or_name("typed").parse(OBJECT)?,
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
        pub fn attach(self) -> Result<AttachedTyped, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Typed {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedTyped = skeleton::Attached<Typed>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `counts`, as it will be planned.
        pub fn counts(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("counts")
        }
        /// Map `counts_per_cpu`, as it will be planned.
        pub fn counts_per_cpu(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("counts_per_cpu")
        }
        /// Map `flows`, as it will be planned.
        pub fn flows(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("flows")
        }
        /// Map `flows_per_cpu`, as it will be planned.
        pub fn flows_per_cpu(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("flows_per_cpu")
        }
        /// Map `recent`, as it will be planned.
        pub fn recent(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("recent")
        }
        /// Map `routes`, as it will be planned.
        pub fn routes(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("routes")
        }
        /// Map `queue`, as it will be planned.
        pub fn queue(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("queue")
        }
        /// Map `stack`, as it will be planned.
        pub fn stack(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("stack")
        }
        /// Map `filter`, as it will be planned.
        pub fn filter(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("filter")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `counts`: array of 1000.
        pub counts: map::Array<u64>,
        /// Map `counts_per_cpu`: percpu_array of 8.
        pub counts_per_cpu: map::PerCpuArray<u32>,
        /// Map `flows`: hash of 20000.
        pub flows: map::Hash<u32, Flow>,
        /// Map `flows_per_cpu`: percpu_hash of 64.
        pub flows_per_cpu: map::PerCpuHash<u32, Flow>,
        /// Map `recent`: lru_hash of 128.
        pub recent: map::Hash<u64, u32>,
        /// Map `routes`: lpm_trie of 64.
        pub routes: map::LpmTrie<[u8; 4], u32>,
        /// Map `queue`: queue of 4.
        pub queue: map::Queue<u32>,
        /// Map `stack`: stack of 4.
        pub stack: map::Stack<u32>,
        /// Map `filter`: bloom_filter of 16.
        pub filter: map::BloomFilter<u64>,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                counts: TryFrom::try_from(loaded.map("counts")?)?,
                counts_per_cpu: TryFrom::try_from(loaded.map("counts_per_cpu")?)?,
                flows: TryFrom::try_from(loaded.map("flows")?)?,
                flows_per_cpu: TryFrom::try_from(loaded.map("flows_per_cpu")?)?,
                recent: TryFrom::try_from(loaded.map("recent")?)?,
                routes: TryFrom::try_from(loaded.map("routes")?)?,
                queue: TryFrom::try_from(loaded.map("queue")?)?,
                stack: TryFrom::try_from(loaded.map("stack")?)?,
                filter: TryFrom::try_from(loaded.map("filter")?)?,
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
        /// Program `count`, in `SEC("socket")`, as it will be planned.
        pub fn count(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("count")
        }
        /// Loads `count` several times, each time with a difference.
        pub fn count_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("count", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `count`, in `SEC("socket")`.
        pub count: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                count: skeleton::Handle::program(loaded, "count"),
            })
        }
    }
    /// `struct flow`: 16 bytes.
    #[derive(
        Clone,
        Copy,
        Debug,
        zerocopy::FromBytes,
        zerocopy::IntoBytes,
        zerocopy::Immutable,
        zerocopy::KnownLayout,
        zerocopy::ByteEq,
        zerocopy::ByteHash,
    )]
    #[zerocopy(crate = "::bpf_loader::zerocopy")]
    #[repr(C)]
    pub struct Flow {
        /// `__u64 packets`
        pub packets: u64,
        /// `__u32 bytes`
        pub bytes: u32,
        /// `__u32 seen`
        pub seen: u32,
    }
    impl Default for Flow {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    const _: () = skeleton::assert_layout::<Flow>(16, 8);
    const _: () = skeleton::assert_offsets(
        &[
            (offset_of!(Flow, packets), 0),
            (offset_of!(Flow, bytes), 8),
            (offset_of!(Flow, seen), 12),
        ],
    );
}
