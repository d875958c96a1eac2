// @generated from `kernel_facts` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `kernel_facts`: [`KernelFacts`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod kernel_facts {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/externs/kernel_facts.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenKernelFacts {
        object: object::Object,
    }
    impl OpenKernelFacts {
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
        pub fn load(&self) -> Result<KernelFacts, load::LoadError> {
            KernelFacts::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<KernelFacts, load::LoadError> {
            KernelFacts::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct KernelFacts {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        /// The values of the kernel's configuration.
        pub kconfig: Kconfig,
        loaded: load::LoadedObject,
    }
    impl KernelFacts {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenKernelFacts, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenKernelFacts, object::OpenError> {
            Ok(OpenKernelFacts {
                object: options.or_name("kernel_facts").parse(OBJECT)?,
            })
        }
        /// What was loaded in another way, of the object of [`Self::open`].
        ///
        /// # Errors
        /// [`load::LoadError::Skeleton`] where a map was left out or changed for which there is a field.
        pub fn from_loaded(loaded: load::LoadedObject) -> Result<Self, load::LoadError> {
            Ok(Self {
                programs: Programs::new(&loaded)?,
                bss: Bss::new(&loaded)?,
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
        ) -> Result<AttachedKernelFacts, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for KernelFacts {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedKernelFacts = skeleton::Attached<KernelFacts>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
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
        /// Program `read_facts`, in `SEC("socket")`, as it will be planned.
        pub fn read_facts(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("read_facts")
        }
        /// Loads `read_facts` several times, each time with a difference.
        pub fn read_facts_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("read_facts", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `read_facts`, in `SEC("socket")`.
        pub read_facts: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                read_facts: skeleton::Handle::program(loaded, "read_facts"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `int version`: its initial value.
        #[must_use]
        pub fn version(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `int cookie`: its initial value.
        #[must_use]
        pub fn cookie(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 4)
        }
        /// `int wrapper`: its initial value.
        #[must_use]
        pub fn wrapper(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `int version`.
        pub version: skeleton::Var<i32>,
        /// `int cookie`.
        pub cookie: skeleton::Var<i32>,
        /// `int wrapper`.
        pub wrapper: skeleton::Var<i32>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                version: skeleton::Var::new(loaded, ".bss", 0)?,
                cookie: skeleton::Var::new(loaded, ".bss", 4)?,
                wrapper: skeleton::Var::new(loaded, ".bss", 8)?,
            })
        }
    }
    /// The values of the kernel's configuration.
    #[derive(Clone, Debug)]
    pub struct Kconfig {
        /// `LINUX_KERNEL_VERSION`.
        pub linux_kernel_version: skeleton::ReadVar<i32>,
        /// `LINUX_HAS_BPF_COOKIE`.
        pub linux_has_bpf_cookie: skeleton::ReadBool,
        /// `LINUX_HAS_SYSCALL_WRAPPER`.
        pub linux_has_syscall_wrapper: skeleton::ReadBool,
    }
    impl Kconfig {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                linux_kernel_version: skeleton::ReadVar::kconfig(
                    loaded,
                    "LINUX_KERNEL_VERSION",
                )?,
                linux_has_bpf_cookie: skeleton::ReadBool::kconfig(
                    loaded,
                    "LINUX_HAS_BPF_COOKIE",
                )?,
                linux_has_syscall_wrapper: skeleton::ReadBool::kconfig(
                    loaded,
                    "LINUX_HAS_SYSCALL_WRAPPER",
                )?,
            })
        }
    }
}
