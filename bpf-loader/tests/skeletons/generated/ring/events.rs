// @generated from `events` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `events`: [`Events`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod events {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/ring/events.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenEvents {
        object: object::Object,
    }
    impl OpenEvents {
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
        pub fn load(&self) -> Result<Events, load::LoadError> {
            Events::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Events, load::LoadError> {
            Events::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Events {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Events {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenEvents, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenEvents, object::OpenError> {
            Ok(OpenEvents {
                object: options.or_name("events").parse(OBJECT)?,
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
        ) -> Result<AttachedEvents, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Events {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedEvents = skeleton::Attached<Events>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `execs`, as it will be planned.
        pub fn execs(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("execs")
        }
        /// Map `small`, as it will be planned.
        pub fn small(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("small")
        }
        /// Map `.rodata`, as it will be planned.
        pub fn rodata(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".rodata")
        }
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `execs`: ringbuf of 65536.
        pub execs: map::Map,
        /// Map `small`: ringbuf of 4096.
        pub small: map::Map,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                execs: loaded.map("execs")?.clone(),
                small: loaded.map("small")?.clone(),
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
        /// Program `on_exec`, in `SEC("raw_tp/sched_process_exec")`, as it will be planned.
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
        /// Program `submit`, in `SEC("socket")`, as it will be planned.
        pub fn submit(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("submit")
        }
        /// Loads `submit` several times, each time with a difference.
        pub fn submit_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("submit", instances).map(drop)
        }
        /// Program `output`, in `SEC("socket")`, as it will be planned.
        pub fn output(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("output")
        }
        /// Loads `output` several times, each time with a difference.
        pub fn output_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("output", instances).map(drop)
        }
        /// Program `discard`, in `SEC("socket")`, as it will be planned.
        pub fn discard(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("discard")
        }
        /// Loads `discard` several times, each time with a difference.
        pub fn discard_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("discard", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `on_exec`, in `SEC("raw_tp/sched_process_exec")`.
        pub on_exec: skeleton::Handle<program::Program>,
        /// Program `submit`, in `SEC("socket")`.
        pub submit: skeleton::Handle<program::Program>,
        /// Program `output`, in `SEC("socket")`.
        pub output: skeleton::Handle<program::Program>,
        /// Program `discard`, in `SEC("socket")`.
        pub discard: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                on_exec: skeleton::Handle::program(loaded, "on_exec"),
                submit: skeleton::Handle::program(loaded, "submit"),
                output: skeleton::Handle::program(loaded, "output"),
                discard: skeleton::Handle::program(loaded, "discard"),
            })
        }
    }
    /// The variables of `.rodata` before they are loaded.
    #[derive(Debug)]
    pub struct OpenRodata<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenRodata<'a> {
        /// `const volatile char only_comm[16]`: its initial value.
        #[must_use]
        pub fn only_comm(self) -> skeleton::OpenVar<'a, [u8; 16]> {
            skeleton::OpenVar::new(self.object, ".rodata", 0)
        }
    }
    /// The variables of `.rodata`.
    #[derive(Clone, Debug)]
    pub struct Rodata {
        /// `const volatile char only_comm[16]`.
        pub only_comm: skeleton::ReadVar<[u8; 16]>,
    }
    impl Rodata {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                only_comm: skeleton::ReadVar::new(loaded, ".rodata", 0)?,
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 execs_seen`: its initial value.
        #[must_use]
        pub fn execs_seen(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u64 dropped`: its initial value.
        #[must_use]
        pub fn dropped(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u64 emitted`: its initial value.
        #[must_use]
        pub fn emitted(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 execs_seen`.
        pub execs_seen: skeleton::Var<u64>,
        /// `__u64 dropped`.
        pub dropped: skeleton::Var<u64>,
        /// `__u64 emitted`.
        pub emitted: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                execs_seen: skeleton::Var::new(loaded, ".bss", 0)?,
                dropped: skeleton::Var::new(loaded, ".bss", 8)?,
                emitted: skeleton::Var::new(loaded, ".bss", 16)?,
            })
        }
    }
}
