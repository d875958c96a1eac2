// @generated from `core` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `core`: [`Core`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod core {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/module/core.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenCore {
        object: object::Object,
    }
    impl OpenCore {
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
        pub fn load(&self) -> Result<Core, load::LoadError> {
            Core::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Core, load::LoadError> {
            Core::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Core {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Core {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenCore, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenCore, object::OpenError> {
            Ok(OpenCore {
                object: options.or_name("core").parse(OBJECT)?,
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
        pub fn attach(self) -> Result<AttachedCore, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Core {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedCore = skeleton::Attached<Core>;
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
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `ask`, in `SEC("raw_tp/sys_enter")`, as it will be planned.
        pub fn ask(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("ask")
        }
        /// Loads `ask` several times, each time with a difference.
        pub fn ask_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("ask", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `ask`, in `SEC("raw_tp/sys_enter")`.
        pub ask: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                ask: skeleton::Handle::program(loaded, "ask"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u32 has_state`: its initial value.
        #[must_use]
        pub fn has_state(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u32 has_total`: its initial value.
        #[must_use]
        pub fn has_total(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 4)
        }
        /// `__u32 total_at`: its initial value.
        #[must_use]
        pub fn total_at(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u32 has_task`: its initial value.
        #[must_use]
        pub fn has_task(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 12)
        }
        /// `__u32 has_nobody`: its initial value.
        #[must_use]
        pub fn has_nobody(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u32 has_state`.
        pub has_state: skeleton::Var<u32>,
        /// `__u32 has_total`.
        pub has_total: skeleton::Var<u32>,
        /// `__u32 total_at`.
        pub total_at: skeleton::Var<u32>,
        /// `__u32 has_task`.
        pub has_task: skeleton::Var<u32>,
        /// `__u32 has_nobody`.
        pub has_nobody: skeleton::Var<u32>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                has_state: skeleton::Var::new(loaded, ".bss", 0)?,
                has_total: skeleton::Var::new(loaded, ".bss", 4)?,
                total_at: skeleton::Var::new(loaded, ".bss", 8)?,
                has_task: skeleton::Var::new(loaded, ".bss", 12)?,
                has_nobody: skeleton::Var::new(loaded, ".bss", 16)?,
            })
        }
    }
}
