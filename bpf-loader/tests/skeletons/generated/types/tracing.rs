// @generated from `tracing` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `tracing`: [`Tracing`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod tracing {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/types/tracing.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenTracing {
        object: object::Object,
    }
    impl OpenTracing {
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
        /// The variables of `.data`.
        pub fn data(&mut self) -> OpenData<'_> {
            OpenData {
                object: &mut self.object,
            }
        }
        /// The variables of `.rodata`.
        pub fn rodata(&mut self) -> OpenRodata<'_> {
            OpenRodata {
                object: &mut self.object,
            }
        }
        /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
        ///
        /// # Errors
        /// [`load::LoadError`]; nothing stays in the kernel then.
        pub fn load(&self) -> Result<Tracing, load::LoadError> {
            Tracing::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Tracing, load::LoadError> {
            Tracing::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Tracing {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        /// The variables of `.data`.
        pub data: Data,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        loaded: load::LoadedObject,
    }
    impl Tracing {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenTracing, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenTracing, object::OpenError> {
            Ok(OpenTracing {
                object: options.or_name("tracing").parse(OBJECT)?,
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
                bss: Bss::new(&loaded)?,
                data: Data::new(&loaded)?,
                rodata: Rodata::new(&loaded)?,
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
        ) -> Result<AttachedTracing, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Tracing {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedTracing = skeleton::Attached<Tracing>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `stack_trace`, as it will be planned.
        pub fn stack_trace(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("stack_trace")
        }
        /// Map `cgroup_array`, as it will be planned.
        pub fn cgroup_array(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("cgroup_array")
        }
        /// Map `perf_event_array`, as it will be planned.
        pub fn perf_event_array(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("perf_event_array")
        }
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
        /// Map `.data`, as it will be planned.
        pub fn data(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".data")
        }
        /// Map `.rodata`, as it will be planned.
        pub fn rodata(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".rodata")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `stack_trace`: stack_trace of 64.
        pub stack_trace: map::Map,
        /// Map `cgroup_array`: cgroup_array of 1.
        pub cgroup_array: map::Map,
        /// Map `perf_event_array`: perf_event_array.
        pub perf_event_array: map::Map,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                stack_trace: loaded.map("stack_trace")?.clone(),
                cgroup_array: loaded.map("cgroup_array")?.clone(),
                perf_event_array: loaded.map("perf_event_array")?.clone(),
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
        /// Program `ticks`, in `SEC("?perf_event")`, as it will be planned.
        pub fn ticks(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("ticks")
        }
        /// Loads `ticks` several times, each time with a difference.
        pub fn ticks_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("ticks", instances).map(drop)
        }
        /// Program `probed`, in `SEC("?kprobe")`, as it will be planned.
        pub fn probed(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("probed")
        }
        /// Loads `probed` several times, each time with a difference.
        pub fn probed_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("probed", instances).map(drop)
        }
        /// Program `traced`, in `SEC("?tp/raw_syscalls/sys_enter")`, as it will be planned.
        pub fn traced(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("traced")
        }
        /// Loads `traced` several times, each time with a difference.
        pub fn traced_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("traced", instances).map(drop)
        }
        /// Program `raw`, in `SEC("?raw_tp")`, as it will be planned.
        pub fn raw(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("raw")
        }
        /// Loads `raw` several times, each time with a difference.
        pub fn raw_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("raw", instances).map(drop)
        }
        /// Program `counter`, in `SEC("?raw_tp")`, as it will be planned.
        pub fn counter(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("counter")
        }
        /// Loads `counter` several times, each time with a difference.
        pub fn counter_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("counter", instances).map(drop)
        }
        /// Program `spoil`, in `SEC("?raw_tp.w/bpf_test_finish")`, as it will be planned.
        pub fn spoil(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("spoil")
        }
        /// Loads `spoil` several times, each time with a difference.
        pub fn spoil_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("spoil", instances).map(drop)
        }
        /// Program `stack`, in `SEC("?raw_tp/sys_enter")`, as it will be planned.
        pub fn stack(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("stack")
        }
        /// Loads `stack` several times, each time with a difference.
        pub fn stack_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("stack", instances).map(drop)
        }
        /// Program `is_in`, in `SEC("?raw_tp/sys_enter")`, as it will be planned.
        pub fn is_in(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("is_in")
        }
        /// Loads `is_in` several times, each time with a difference.
        pub fn is_in_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("is_in", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `ticks`, in `SEC("?perf_event")`.
        pub ticks: skeleton::Handle<program::Program>,
        /// Program `probed`, in `SEC("?kprobe")`.
        pub probed: skeleton::Handle<program::Program>,
        /// Program `traced`, in `SEC("?tp/raw_syscalls/sys_enter")`.
        pub traced: skeleton::Handle<program::Program>,
        /// Program `raw`, in `SEC("?raw_tp")`.
        pub raw: skeleton::Handle<program::Program>,
        /// Program `counter`, in `SEC("?raw_tp")`.
        pub counter: skeleton::Handle<program::Program>,
        /// Program `spoil`, in `SEC("?raw_tp.w/bpf_test_finish")`.
        pub spoil: skeleton::Handle<program::Program>,
        /// Program `stack`, in `SEC("?raw_tp/sys_enter")`.
        pub stack: skeleton::Handle<program::Program>,
        /// Program `is_in`, in `SEC("?raw_tp/sys_enter")`.
        pub is_in: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                ticks: skeleton::Handle::program(loaded, "ticks"),
                probed: skeleton::Handle::program(loaded, "probed"),
                traced: skeleton::Handle::program(loaded, "traced"),
                raw: skeleton::Handle::program(loaded, "raw"),
                counter: skeleton::Handle::program(loaded, "counter"),
                spoil: skeleton::Handle::program(loaded, "spoil"),
                stack: skeleton::Handle::program(loaded, "stack"),
                is_in: skeleton::Handle::program(loaded, "is_in"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 calls`: its initial value.
        #[must_use]
        pub fn calls(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__s64 answer`: its initial value.
        #[must_use]
        pub fn answer(self) -> skeleton::OpenVar<'a, i64> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u64 counted`: its initial value.
        #[must_use]
        pub fn counted(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 calls`.
        pub calls: skeleton::Var<u64>,
        /// `__s64 answer`.
        pub answer: skeleton::Var<i64>,
        /// `__u64 counted`.
        pub counted: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                calls: skeleton::Var::new(loaded, ".bss", 0)?,
                answer: skeleton::Var::new(loaded, ".bss", 8)?,
                counted: skeleton::Var::new(loaded, ".bss", 16)?,
            })
        }
    }
    /// The variables of `.data` before they are loaded.
    #[derive(Debug)]
    pub struct OpenData<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenData<'a> {
        /// `__s64 stack_id`: its initial value.
        #[must_use]
        pub fn stack_id(self) -> skeleton::OpenVar<'a, i64> {
            skeleton::OpenVar::new(self.object, ".data", 0)
        }
        /// `__s64 under`: its initial value.
        #[must_use]
        pub fn under(self) -> skeleton::OpenVar<'a, i64> {
            skeleton::OpenVar::new(self.object, ".data", 8)
        }
    }
    /// The variables of `.data`.
    #[derive(Clone, Debug)]
    pub struct Data {
        /// `__s64 stack_id`.
        pub stack_id: skeleton::Var<i64>,
        /// `__s64 under`.
        pub under: skeleton::Var<i64>,
    }
    impl Data {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                stack_id: skeleton::Var::new(loaded, ".data", 0)?,
                under: skeleton::Var::new(loaded, ".data", 8)?,
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
}
