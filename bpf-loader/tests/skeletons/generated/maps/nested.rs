// @generated from `nested` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `nested`: [`Nested`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod nested {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/maps/nested.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenNested {
        object: object::Object,
    }
    impl OpenNested {
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
        pub fn load(&self) -> Result<Nested, load::LoadError> {
            Nested::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Nested, load::LoadError> {
            Nested::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Nested {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        loaded: load::LoadedObject,
    }
    impl Nested {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenNested, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenNested, object::OpenError> {
            Ok(OpenNested {
                object: options.or_name("nested").parse(OBJECT)?,
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
        ) -> Result<AttachedNested, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Nested {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedNested = skeleton::Attached<Nested>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `first`, as it will be planned.
        pub fn first(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("first")
        }
        /// Map `by_index`, as it will be planned.
        pub fn by_index(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("by_index")
        }
        /// Map `second`, as it will be planned.
        pub fn second(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("second")
        }
        /// Map `by_key`, as it will be planned.
        pub fn by_key(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("by_key")
        }
        /// Map `tails`, as it will be planned.
        pub fn tails(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("tails")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `first`: array of 2.
        pub first: map::Array<u64>,
        /// Map `by_index`: array_of_maps of 4.
        pub by_index: map::ArrayOfMaps,
        /// Map `second`: array of 2.
        pub second: map::Array<u64>,
        /// Map `by_key`: hash_of_maps of 8.
        pub by_key: map::HashOfMaps<u32>,
        /// Map `tails`: prog_array of 3.
        pub tails: map::ProgArray,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                first: TryFrom::try_from(loaded.map("first")?)?,
                by_index: TryFrom::try_from(loaded.map("by_index")?)?,
                second: TryFrom::try_from(loaded.map("second")?)?,
                by_key: TryFrom::try_from(loaded.map("by_key")?)?,
                tails: TryFrom::try_from(loaded.map("tails")?)?,
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
        /// Program `last`, in `SEC("socket")`, as it will be planned.
        pub fn last(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("last")
        }
        /// Loads `last` several times, each time with a difference.
        pub fn last_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("last", instances).map(drop)
        }
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
        /// Program `empty_slot`, in `SEC("socket")`, as it will be planned.
        pub fn empty_slot(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("empty_slot")
        }
        /// Loads `empty_slot` several times, each time with a difference.
        pub fn empty_slot_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("empty_slot", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `last`, in `SEC("socket")`.
        pub last: skeleton::Handle<program::Program>,
        /// Program `count`, in `SEC("socket")`.
        pub count: skeleton::Handle<program::Program>,
        /// Program `empty_slot`, in `SEC("socket")`.
        pub empty_slot: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                last: skeleton::Handle::program(loaded, "last"),
                count: skeleton::Handle::program(loaded, "count"),
                empty_slot: skeleton::Handle::program(loaded, "empty_slot"),
            })
        }
    }
}
