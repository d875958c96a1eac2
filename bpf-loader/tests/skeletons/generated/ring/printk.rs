// @generated from `printk` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `printk`: [`Printk`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod printk {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/ring/printk.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenPrintk {
        object: object::Object,
    }
    impl OpenPrintk {
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
        pub fn load(&self) -> Result<Printk, load::LoadError> {
            Printk::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Printk, load::LoadError> {
            Printk::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Printk {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Printk {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenPrintk, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenPrintk, object::OpenError> {
            Ok(OpenPrintk {
                object: options.or_name("printk").parse(OBJECT)?,
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
        pub fn attach(
            self,
        ) -> Result<AttachedPrintk, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Printk {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedPrintk = skeleton::Attached<Printk>;
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
        /// Program `on_exec`, in `SEC("tracepoint/sched/sched_process_exec")`, as it will be planned.
        pub fn on_exec(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("on_exec")
        }
        /// Loads `on_exec` several times, each time with a difference.
        pub fn on_exec_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("on_exec", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `on_exec`, in `SEC("tracepoint/sched/sched_process_exec")`.
        pub on_exec: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                on_exec: skeleton::Handle::program(loaded, "on_exec"),
            })
        }
    }
    /// The variables of `.rodata` before they are loaded.
    #[derive(Debug)]
    pub struct OpenRodata<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenRodata<'a> {
        /// `const volatile bool with_cookie`: its initial value.
        #[must_use]
        pub fn with_cookie(self) -> skeleton::OpenBool<'a> {
            skeleton::OpenBool::new(self.object, ".rodata", 0)
        }
        /// `const char on_exec.text[18]`, static: its initial value.
        #[must_use]
        pub fn on_exec_text(self) -> skeleton::OpenVar<'a, [u8; 18]> {
            skeleton::OpenVar::new(self.object, ".rodata", 1)
        }
    }
    /// The variables of `.rodata`.
    #[derive(Clone, Debug)]
    pub struct Rodata {
        /// `const volatile bool with_cookie`.
        pub with_cookie: skeleton::ReadBool,
        /// `const char on_exec.text[18]`, static.
        pub on_exec_text: skeleton::ReadVar<[u8; 18]>,
    }
    impl Rodata {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                with_cookie: skeleton::ReadBool::new(loaded, ".rodata", 0)?,
                on_exec_text: skeleton::ReadVar::new(loaded, ".rodata", 1)?,
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 cookie`: its initial value.
        #[must_use]
        pub fn cookie(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u64 execs_seen`: its initial value.
        #[must_use]
        pub fn execs_seen(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 cookie`.
        pub cookie: skeleton::Var<u64>,
        /// `__u64 execs_seen`.
        pub execs_seen: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                cookie: skeleton::Var::new(loaded, ".bss", 0)?,
                execs_seen: skeleton::Var::new(loaded, ".bss", 8)?,
            })
        }
    }
}
