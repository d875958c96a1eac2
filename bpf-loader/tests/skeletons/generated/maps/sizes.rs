// @generated from `sizes` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `sizes`: [`Sizes`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod sizes {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/maps/sizes.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenSizes {
        object: object::Object,
    }
    impl OpenSizes {
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
        /// The variables of `.data.table`.
        pub fn data_table(&mut self) -> OpenDataTable<'_> {
            OpenDataTable {
                object: &mut self.object,
            }
        }
        /// The variables of `.data.plain`.
        pub fn data_plain(&mut self) -> OpenDataPlain<'_> {
            OpenDataPlain {
                object: &mut self.object,
            }
        }
        /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
        ///
        /// # Errors
        /// [`load::LoadError`]; nothing stays in the kernel then.
        pub fn load(&self) -> Result<Sizes, load::LoadError> {
            Sizes::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Sizes, load::LoadError> {
            Sizes::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Sizes {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        /// The variables of `.data.table`.
        pub data_table: DataTable,
        /// The variables of `.data.plain`.
        pub data_plain: DataPlain,
        loaded: load::LoadedObject,
    }
    impl Sizes {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenSizes, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenSizes, object::OpenError> {
            Ok(OpenSizes {
                object: options.or_name("sizes").parse(OBJECT)?,
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
                data_table: DataTable::new(&loaded)?,
                data_plain: DataPlain::new(&loaded)?,
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
        pub fn attach(self) -> Result<AttachedSizes, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Sizes {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedSizes = skeleton::Attached<Sizes>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `perf`, as it will be planned.
        pub fn perf(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("perf")
        }
        /// Map `ring`, as it will be planned.
        pub fn ring(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("ring")
        }
        /// Map `prefixes`, as it will be planned.
        pub fn prefixes(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("prefixes")
        }
        /// Map `queue`, as it will be planned.
        pub fn queue(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("queue")
        }
        /// Map `.data.table`, as it will be planned.
        pub fn data_table(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".data.table")
        }
        /// Map `.data.plain`, as it will be planned.
        pub fn data_plain(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".data.plain")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `perf`: perf_event_array.
        pub perf: map::Map,
        /// Map `ring`: ringbuf of 5000.
        pub ring: map::Map,
        /// Map `prefixes`: lpm_trie of 16.
        pub prefixes: map::LpmTrie<[u8; 4], u32>,
        /// Map `queue`: queue of 4.
        pub queue: map::Queue<u64>,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                perf: loaded.map("perf")?.clone(),
                ring: loaded.map("ring")?.clone(),
                prefixes: TryFrom::try_from(loaded.map("prefixes")?)?,
                queue: TryFrom::try_from(loaded.map("queue")?)?,
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
        /// Program `sum`, in `SEC("socket")`, as it will be planned.
        pub fn sum(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("sum")
        }
        /// Loads `sum` several times, each time with a difference.
        pub fn sum_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("sum", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `sum`, in `SEC("socket")`.
        pub sum: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                sum: skeleton::Handle::program(loaded, "sum"),
            })
        }
    }
    /// The variables of `.data.table` before they are loaded.
    #[derive(Debug)]
    pub struct OpenDataTable<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenDataTable<'a> {
        /// `__u32 used`: its initial value.
        #[must_use]
        pub fn used(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".data.table", 0)
        }
        /// `__u64 table[2]`: its initial value.
        #[must_use]
        pub fn table(self) -> skeleton::OpenVar<'a, [u64; 2]> {
            skeleton::OpenVar::new(self.object, ".data.table", 8)
        }
    }
    /// The variables of `.data.table`.
    #[derive(Clone, Debug)]
    pub struct DataTable {
        /// `__u32 used`.
        pub used: skeleton::Var<u32>,
        /// `__u64 table[2]`.
        pub table: skeleton::Var<[u64; 2]>,
    }
    impl DataTable {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                used: skeleton::Var::new(loaded, ".data.table", 0)?,
                table: skeleton::Var::new(loaded, ".data.table", 8)?,
            })
        }
    }
    /// The variables of `.data.plain` before they are loaded.
    #[derive(Debug)]
    pub struct OpenDataPlain<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenDataPlain<'a> {
        /// `__u32 plain`: its initial value.
        #[must_use]
        pub fn plain(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".data.plain", 0)
        }
    }
    /// The variables of `.data.plain`.
    #[derive(Clone, Debug)]
    pub struct DataPlain {
        /// `__u32 plain`.
        pub plain: skeleton::Var<u32>,
    }
    impl DataPlain {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                plain: skeleton::Var::new(loaded, ".data.plain", 0)?,
            })
        }
    }
}
