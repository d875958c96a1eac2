// @generated from `reject` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `reject`: [`Reject`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod reject {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/verifier/reject.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenReject {
        object: object::Object,
    }
    impl OpenReject {
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
        pub fn load(&self) -> Result<Reject, load::LoadError> {
            Reject::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Reject, load::LoadError> {
            Reject::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Reject {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        loaded: load::LoadedObject,
    }
    impl Reject {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenReject, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenReject, object::OpenError> {
            Ok(OpenReject {
                object: options.or_name("reject").parse(OBJECT)?,
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
        ) -> Result<AttachedReject, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Reject {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedReject = skeleton::Attached<Reject>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `numbers`, as it will be planned.
        pub fn numbers(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("numbers")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `numbers`: array of 1.
        pub numbers: map::Array<[u64; 4]>,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                numbers: TryFrom::try_from(loaded.map("numbers")?)?,
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
        /// Program `fine_before`, in `SEC("socket")`, as it will be planned.
        pub fn fine_before(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("fine_before")
        }
        /// Loads `fine_before` several times, each time with a difference.
        pub fn fine_before_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("fine_before", instances).map(drop)
        }
        /// Program `out_of_bounds`, in `SEC("socket")`, as it will be planned.
        pub fn out_of_bounds(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("out_of_bounds")
        }
        /// Loads `out_of_bounds` several times, each time with a difference.
        pub fn out_of_bounds_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("out_of_bounds", instances).map(drop)
        }
        /// Program `null_dereference`, in `SEC("socket")`, as it will be planned.
        pub fn null_dereference(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("null_dereference")
        }
        /// Loads `null_dereference` several times, each time with a difference.
        pub fn null_dereference_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("null_dereference", instances).map(drop)
        }
        /// Program `fine_after`, in `SEC("socket")`, as it will be planned.
        pub fn fine_after(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("fine_after")
        }
        /// Loads `fine_after` several times, each time with a difference.
        pub fn fine_after_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("fine_after", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `fine_before`, in `SEC("socket")`.
        pub fine_before: skeleton::Handle<program::Program>,
        /// Program `out_of_bounds`, in `SEC("socket")`.
        pub out_of_bounds: skeleton::Handle<program::Program>,
        /// Program `null_dereference`, in `SEC("socket")`.
        pub null_dereference: skeleton::Handle<program::Program>,
        /// Program `fine_after`, in `SEC("socket")`.
        pub fine_after: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                fine_before: skeleton::Handle::program(loaded, "fine_before"),
                out_of_bounds: skeleton::Handle::program(loaded, "out_of_bounds"),
                null_dereference: skeleton::Handle::program(loaded, "null_dereference"),
                fine_after: skeleton::Handle::program(loaded, "fine_after"),
            })
        }
    }
}
