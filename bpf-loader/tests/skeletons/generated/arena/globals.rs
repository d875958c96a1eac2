// @generated from `globals` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `globals`: [`Globals`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod globals {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/arena/globals.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenGlobals {
        object: object::Object,
    }
    impl OpenGlobals {
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
        /// The variables of `arena`.
        pub fn arena(&mut self) -> OpenArena<'_> {
            OpenArena {
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
        pub fn load(&self) -> Result<Globals, load::LoadError> {
            Globals::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Globals, load::LoadError> {
            Globals::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Globals {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        /// The variables of `arena`.
        pub arena: Arena,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Globals {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenGlobals, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenGlobals, object::OpenError> {
            Ok(OpenGlobals {
                object: options.or_name("globals").parse(OBJECT)?,
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
                arena: Arena::new(&loaded)?,
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
        ) -> Result<AttachedGlobals, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Globals {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedGlobals = skeleton::Attached<Globals>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `arena`, as it will be planned.
        pub fn arena(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("arena")
        }
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `arena`: arena of 10.
        pub arena: map::Map,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                arena: loaded.map("arena")?.clone(),
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
        /// Program `use`, in `SEC("syscall")`, as it will be planned.
        pub fn use_(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("use")
        }
        /// Loads `use` several times, each time with a difference.
        pub fn use_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("use", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `use`, in `SEC("syscall")`.
        pub use_: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                use_: skeleton::Handle::program(loaded, "use"),
            })
        }
    }
    /// The variables of `arena` before they are loaded.
    #[derive(Debug)]
    pub struct OpenArena<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenArena<'a> {
        /// `int counter`: its initial value.
        #[must_use]
        pub fn counter(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, "arena", 0)
        }
        /// `long big[600]`: its initial value.
        #[must_use]
        pub fn big(self) -> skeleton::OpenVar<'a, [i64; 600]> {
            skeleton::OpenVar::new(self.object, "arena", 8)
        }
        /// `volatile int quiet`, static: its initial value.
        #[must_use]
        pub fn quiet(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, "arena", 4808)
        }
    }
    /// The variables of `arena`.
    #[derive(Clone, Debug)]
    pub struct Arena {
        /// `int counter`.
        pub counter: skeleton::Var<i32>,
        /// `long big[600]`.
        pub big: skeleton::Var<[i64; 600]>,
        /// `volatile int quiet`, static.
        pub quiet: skeleton::Var<i32>,
    }
    impl Arena {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                counter: skeleton::Var::new(loaded, "arena", 0)?,
                big: skeleton::Var::new(loaded, "arena", 8)?,
                quiet: skeleton::Var::new(loaded, "arena", 4808)?,
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `int calls`: its initial value.
        #[must_use]
        pub fn calls(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `int calls`.
        pub calls: skeleton::Var<i32>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                calls: skeleton::Var::new(loaded, ".bss", 0)?,
            })
        }
    }
}
