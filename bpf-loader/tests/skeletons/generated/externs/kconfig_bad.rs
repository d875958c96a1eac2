// @generated from `kconfig_bad` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `kconfig_bad`: [`KconfigBad`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod kconfig_bad {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/externs/kconfig_bad.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenKconfigBad {
        object: object::Object,
    }
    impl OpenKconfigBad {
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
        pub fn load(&self) -> Result<KconfigBad, load::LoadError> {
            KconfigBad::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<KconfigBad, load::LoadError> {
            KconfigBad::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct KconfigBad {
        /// The programs.
        pub programs: Programs,
        /// The values of the kernel's configuration.
        pub kconfig: Kconfig,
        loaded: load::LoadedObject,
    }
    impl KconfigBad {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenKconfigBad, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenKconfigBad, object::OpenError> {
            Ok(OpenKconfigBad {
                object: options.or_name("kconfig_bad").parse(OBJECT)?,
            })
        }
        /// What was loaded in another way, of the object of [`Self::open`].
        ///
        /// # Errors
        /// [`load::LoadError::Skeleton`] where a map was left out or changed for which there is a field.
        pub fn from_loaded(loaded: load::LoadedObject) -> Result<Self, load::LoadError> {
            Ok(Self {
                programs: Programs::new(&loaded)?,
                kconfig: Kconfig::new(&loaded)?,
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
        ) -> Result<AttachedKconfigBad, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for KconfigBad {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedKconfigBad = skeleton::Attached<KconfigBad>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `.kconfig`, as it will be planned.
        pub fn kconfig(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".kconfig")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `read_values`, in `SEC("socket")`, as it will be planned.
        pub fn read_values(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("read_values")
        }
        /// Loads `read_values` several times, each time with a difference.
        pub fn read_values_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("read_values", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `read_values`, in `SEC("socket")`.
        pub read_values: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                read_values: skeleton::Handle::program(loaded, "read_values"),
            })
        }
    }
    /// The values of the kernel's configuration.
    #[derive(Clone, Debug)]
    pub struct Kconfig {
        /// `CONFIG_IPV6`.
        pub config_ipv6: skeleton::ReadBool,
        /// `CONFIG_HZ`.
        pub config_hz: skeleton::ReadVar<u8>,
        /// `CONFIG_CC_VERSION_TEXT`.
        pub config_cc_version_text: skeleton::ReadVar<i32>,
        /// `CONFIG_NR_CPUS`.
        pub config_nr_cpus: skeleton::ReadVar<[u8; 0]>,
        /// `CONFIG_BPF_SYSCAL`.
        pub config_bpf_syscal: skeleton::ReadVar<i32>,
        /// `LINUX_HAS_BPF_COOKY`.
        pub linux_has_bpf_cooky: skeleton::ReadVar<i32>,
        /// `NEITHER_OF_THEM`.
        pub neither_of_them: skeleton::ReadVar<i32>,
    }
    impl Kconfig {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                config_ipv6: skeleton::ReadBool::kconfig(loaded, "CONFIG_IPV6")?,
                config_hz: skeleton::ReadVar::kconfig(loaded, "CONFIG_HZ")?,
                config_cc_version_text: skeleton::ReadVar::kconfig(
                    loaded,
                    "CONFIG_CC_VERSION_TEXT",
                )?,
                config_nr_cpus: skeleton::ReadVar::kconfig(loaded, "CONFIG_NR_CPUS")?,
                config_bpf_syscal: skeleton::ReadVar::kconfig(
                    loaded,
                    "CONFIG_BPF_SYSCAL",
                )?,
                linux_has_bpf_cooky: skeleton::ReadVar::kconfig(
                    loaded,
                    "LINUX_HAS_BPF_COOKY",
                )?,
                neither_of_them: skeleton::ReadVar::kconfig(loaded, "NEITHER_OF_THEM")?,
            })
        }
    }
}
