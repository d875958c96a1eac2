// @generated from `trampoline` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `trampoline`: [`Trampoline`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod trampoline {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/targets/trampoline.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenTrampoline {
        object: object::Object,
    }
    impl OpenTrampoline {
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
        pub fn load(&self) -> Result<Trampoline, load::LoadError> {
            Trampoline::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Trampoline, load::LoadError> {
            Trampoline::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Trampoline {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Trampoline {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenTrampoline, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenTrampoline, object::OpenError> {
            Ok(OpenTrampoline {
                object: options.or_name("trampoline").parse(OBJECT)?,
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
        pub fn attach(
            self,
        ) -> Result<AttachedTrampoline, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Trampoline {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedTrampoline = skeleton::Attached<Trampoline>;
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
        /// Program `on_entry`, in `SEC("fentry/bpf_fentry_test1")`, as it will be planned.
        pub fn on_entry(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("on_entry")
        }
        /// Loads `on_entry` several times, each time with a difference.
        pub fn on_entry_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("on_entry", instances).map(drop)
        }
        /// Program `on_exit`, in `SEC("fexit/vmlinux:bpf_fentry_test1")`, as it will be planned.
        pub fn on_exit(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("on_exit")
        }
        /// Loads `on_exit` several times, each time with a difference.
        pub fn on_exit_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("on_exit", instances).map(drop)
        }
        /// Program `on_return`, in `SEC("fmod_ret/bpf_modify_return_test")`, as it will be planned.
        pub fn on_return(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("on_return")
        }
        /// Loads `on_return` several times, each time with a difference.
        pub fn on_return_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("on_return", instances).map(drop)
        }
        /// Program `may_sleep`, in `SEC("?fentry.s/bpf_fentry_test1")`, as it will be planned.
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
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `on_entry`, in `SEC("fentry/bpf_fentry_test1")`.
        pub on_entry: skeleton::Handle<program::Program>,
        /// Program `on_exit`, in `SEC("fexit/vmlinux:bpf_fentry_test1")`.
        pub on_exit: skeleton::Handle<program::Program>,
        /// Program `on_return`, in `SEC("fmod_ret/bpf_modify_return_test")`.
        pub on_return: skeleton::Handle<program::Program>,
        /// Program `may_sleep`, in `SEC("?fentry.s/bpf_fentry_test1")`.
        pub may_sleep: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                on_entry: skeleton::Handle::program(loaded, "on_entry"),
                on_exit: skeleton::Handle::program(loaded, "on_exit"),
                on_return: skeleton::Handle::program(loaded, "on_return"),
                may_sleep: skeleton::Handle::program(loaded, "may_sleep"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 entered`: its initial value.
        #[must_use]
        pub fn entered(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u64 left`: its initial value.
        #[must_use]
        pub fn left(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u64 changed`: its initial value.
        #[must_use]
        pub fn changed(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 entered`.
        pub entered: skeleton::Var<u64>,
        /// `__u64 left`.
        pub left: skeleton::Var<u64>,
        /// `__u64 changed`.
        pub changed: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                entered: skeleton::Var::new(loaded, ".bss", 0)?,
                left: skeleton::Var::new(loaded, ".bss", 8)?,
                changed: skeleton::Var::new(loaded, ".bss", 16)?,
            })
        }
    }
}
