// @generated from `redirect` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `redirect`: [`Redirect`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod redirect {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/types/redirect.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenRedirect {
        object: object::Object,
    }
    impl OpenRedirect {
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
        pub fn load(&self) -> Result<Redirect, load::LoadError> {
            Redirect::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Redirect, load::LoadError> {
            Redirect::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Redirect {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        loaded: load::LoadedObject,
    }
    impl Redirect {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenRedirect, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenRedirect, object::OpenError> {
            Ok(OpenRedirect {
                object: options.or_name("redirect").parse(OBJECT)?,
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
        ) -> Result<AttachedRedirect, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Redirect {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedRedirect = skeleton::Attached<Redirect>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `devmap`, as it will be planned.
        pub fn devmap(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("devmap")
        }
        /// Map `devmap_hash`, as it will be planned.
        pub fn devmap_hash(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("devmap_hash")
        }
        /// Map `cpumap`, as it will be planned.
        pub fn cpumap(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("cpumap")
        }
        /// Map `xskmap`, as it will be planned.
        pub fn xskmap(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("xskmap")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `devmap`: devmap of 8.
        pub devmap: map::Map,
        /// Map `devmap_hash`: devmap_hash of 8.
        pub devmap_hash: map::Map,
        /// Map `cpumap`: cpumap of 8.
        pub cpumap: map::Map,
        /// Map `xskmap`: xskmap of 8.
        pub xskmap: map::Map,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                devmap: loaded.map("devmap")?.clone(),
                devmap_hash: loaded.map("devmap_hash")?.clone(),
                cpumap: loaded.map("cpumap")?.clone(),
                xskmap: loaded.map("xskmap")?.clone(),
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
        /// Program `by_devmap`, in `SEC("?xdp")`, as it will be planned.
        pub fn by_devmap(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("by_devmap")
        }
        /// Loads `by_devmap` several times, each time with a difference.
        pub fn by_devmap_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("by_devmap", instances).map(drop)
        }
        /// Program `by_devmap_hash`, in `SEC("?xdp")`, as it will be planned.
        pub fn by_devmap_hash(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("by_devmap_hash")
        }
        /// Loads `by_devmap_hash` several times, each time with a difference.
        pub fn by_devmap_hash_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("by_devmap_hash", instances).map(drop)
        }
        /// Program `by_cpumap`, in `SEC("?xdp")`, as it will be planned.
        pub fn by_cpumap(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("by_cpumap")
        }
        /// Loads `by_cpumap` several times, each time with a difference.
        pub fn by_cpumap_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("by_cpumap", instances).map(drop)
        }
        /// Program `by_xskmap`, in `SEC("?xdp")`, as it will be planned.
        pub fn by_xskmap(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("by_xskmap")
        }
        /// Loads `by_xskmap` several times, each time with a difference.
        pub fn by_xskmap_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("by_xskmap", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `by_devmap`, in `SEC("?xdp")`.
        pub by_devmap: skeleton::Handle<program::Program>,
        /// Program `by_devmap_hash`, in `SEC("?xdp")`.
        pub by_devmap_hash: skeleton::Handle<program::Program>,
        /// Program `by_cpumap`, in `SEC("?xdp")`.
        pub by_cpumap: skeleton::Handle<program::Program>,
        /// Program `by_xskmap`, in `SEC("?xdp")`.
        pub by_xskmap: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                by_devmap: skeleton::Handle::program(loaded, "by_devmap"),
                by_devmap_hash: skeleton::Handle::program(loaded, "by_devmap_hash"),
                by_cpumap: skeleton::Handle::program(loaded, "by_cpumap"),
                by_xskmap: skeleton::Handle::program(loaded, "by_xskmap"),
            })
        }
    }
}
