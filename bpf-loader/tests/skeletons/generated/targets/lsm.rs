// @generated from `lsm` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `lsm`: [`Lsm`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod lsm {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/targets/lsm.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenLsm {
        object: object::Object,
    }
    impl OpenLsm {
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
        /// The variables of `.rodata`.
        pub fn rodata(&mut self) -> OpenRodata<'_> {
            OpenRodata {
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
        pub fn load(&self) -> Result<Lsm, load::LoadError> {
            Lsm::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Lsm, load::LoadError> {
            Lsm::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Lsm {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Lsm {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenLsm, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenLsm, object::OpenError> {
            Ok(OpenLsm {
                object: options.or_name("lsm").parse(OBJECT)?,
            })
        }
        /// What was loaded in another way, of the object of [`Self::open`].
        ///
        /// # Errors
        /// [`load::LoadError::Skeleton`] where a map was left out or changed for which there is a field.
        pub fn from_loaded(loaded: load::LoadedObject) -> Result<Self, load::LoadError> {
            Ok(Self {
                programs: Programs::new(&loaded)?,
                rodata: Rodata::new(&loaded)?,
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
        pub fn attach(self) -> Result<AttachedLsm, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Lsm {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedLsm = skeleton::Attached<Lsm>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `.rodata`, as it will be planned.
        pub fn rodata(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".rodata")
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
        /// Program `on_open`, in `SEC("lsm/file_open")`, as it will be planned.
        pub fn on_open(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("on_open")
        }
        /// Loads `on_open` several times, each time with a difference.
        pub fn on_open_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("on_open", instances).map(drop)
        }
        /// Program `may_sleep`, in `SEC("?lsm.s/file_open")`, as it will be planned.
        pub fn may_sleep(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("may_sleep")
        }
        /// Loads `may_sleep` several times, each time with a difference.
        pub fn may_sleep_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("may_sleep", instances).map(drop)
        }
        /// Program `for_group`, in `SEC("?lsm_cgroup/socket_post_create")`, as it will be planned.
        pub fn for_group(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("for_group")
        }
        /// Loads `for_group` several times, each time with a difference.
        pub fn for_group_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("for_group", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `on_open`, in `SEC("lsm/file_open")`.
        pub on_open: skeleton::Handle<program::Program>,
        /// Program `may_sleep`, in `SEC("?lsm.s/file_open")`.
        pub may_sleep: skeleton::Handle<program::Program>,
        /// Program `for_group`, in `SEC("?lsm_cgroup/socket_post_create")`.
        pub for_group: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                on_open: skeleton::Handle::program(loaded, "on_open"),
                may_sleep: skeleton::Handle::program(loaded, "may_sleep"),
                for_group: skeleton::Handle::program(loaded, "for_group"),
            })
        }
    }
    /// The variables of `.rodata` before they are loaded.
    #[derive(Debug)]
    pub struct OpenRodata<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenRodata<'a> {
        /// `const volatile __u32 target_tgid`: its initial value.
        #[must_use]
        pub fn target_tgid(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".rodata", 0)
        }
    }
    /// The variables of `.rodata`.
    #[derive(Clone, Debug)]
    pub struct Rodata {
        /// `const volatile __u32 target_tgid`.
        pub target_tgid: skeleton::ReadVar<u32>,
    }
    impl Rodata {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                target_tgid: skeleton::ReadVar::new(loaded, ".rodata", 0)?,
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 opens`: its initial value.
        #[must_use]
        pub fn opens(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 opens`.
        pub opens: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                opens: skeleton::Var::new(loaded, ".bss", 0)?,
            })
        }
    }
}
