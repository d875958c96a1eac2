// @generated from `kfunc_weak` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `kfunc_weak`: [`KfuncWeak`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod kfunc_weak {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/externs/kfunc_weak.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenKfuncWeak {
        object: object::Object,
    }
    impl OpenKfuncWeak {
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
        /// The variables of `.data`.
        pub fn data(&mut self) -> OpenData<'_> {
            OpenData {
                object: &mut self.object,
            }
        }
        /// The variables of `.bss`.
        pub fn bss(&mut self) -> OpenBss<'_> {
            OpenBss {
                object: &mut self.object,
            }
        }
        /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
        ///
        /// # Errors
        /// [`load::LoadError`]; nothing stays in the kernel then.
        pub fn load(&self) -> Result<KfuncWeak, load::LoadError> {
            KfuncWeak::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<KfuncWeak, load::LoadError> {
            KfuncWeak::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct KfuncWeak {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.data`.
        pub data: Data,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl KfuncWeak {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenKfuncWeak, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenKfuncWeak, object::OpenError> {
            Ok(OpenKfuncWeak {
                object: options.or_name("kfunc_weak").parse(OBJECT)?,
            })
        }
        /// What was loaded in another way, of the object of [`Self::open`].
        ///
        /// # Errors
        /// [`load::LoadError::Skeleton`] where a map was left out or changed for which there is a field.
        pub fn from_loaded(loaded: load::LoadedObject) -> Result<Self, load::LoadError> {
            Ok(Self {
                programs: Programs::new(&loaded)?,
                data: Data::new(&loaded)?,
                bss: Bss::new(&loaded)?,
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
        ) -> Result<AttachedKfuncWeak, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for KfuncWeak {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedKfuncWeak = skeleton::Attached<KfuncWeak>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `.data`, as it will be planned.
        pub fn data(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".data")
        }
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `guarded`, in `SEC("syscall")`, as it will be planned.
        pub fn guarded(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("guarded")
        }
        /// Loads `guarded` several times, each time with a difference.
        pub fn guarded_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("guarded", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `guarded`, in `SEC("syscall")`.
        pub guarded: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                guarded: skeleton::Handle::program(loaded, "guarded"),
            })
        }
    }
    /// The variables of `.data` before they are loaded.
    #[derive(Debug)]
    pub struct OpenData<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenData<'a> {
        /// `int has_missing`: its initial value.
        #[must_use]
        pub fn has_missing(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".data", 0)
        }
        /// `int has_different`: its initial value.
        #[must_use]
        pub fn has_different(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".data", 4)
        }
    }
    /// The variables of `.data`.
    #[derive(Clone, Debug)]
    pub struct Data {
        /// `int has_missing`.
        pub has_missing: skeleton::Var<i32>,
        /// `int has_different`.
        pub has_different: skeleton::Var<i32>,
    }
    impl Data {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                has_missing: skeleton::Var::new(loaded, ".data", 0)?,
                has_different: skeleton::Var::new(loaded, ".data", 4)?,
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `int pid`: its initial value.
        #[must_use]
        pub fn pid(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `int found`: its initial value.
        #[must_use]
        pub fn found(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 4)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `int pid`.
        pub pid: skeleton::Var<i32>,
        /// `int found`.
        pub found: skeleton::Var<i32>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                pid: skeleton::Var::new(loaded, ".bss", 0)?,
                found: skeleton::Var::new(loaded, ".bss", 4)?,
            })
        }
    }
}
