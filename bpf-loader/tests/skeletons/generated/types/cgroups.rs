// @generated from `cgroups` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `cgroups`: [`Cgroups`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod cgroups {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/types/cgroups.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenCgroups {
        object: object::Object,
    }
    impl OpenCgroups {
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
        pub fn load(&self) -> Result<Cgroups, load::LoadError> {
            Cgroups::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Cgroups, load::LoadError> {
            Cgroups::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Cgroups {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Cgroups {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenCgroups, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenCgroups, object::OpenError> {
            Ok(OpenCgroups {
                object: options.or_name("cgroups").parse(OBJECT)?,
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
        ) -> Result<AttachedCgroups, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Cgroups {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedCgroups = skeleton::Attached<Cgroups>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `cgroup_storage`, as it will be planned.
        pub fn cgroup_storage(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("cgroup_storage")
        }
        /// Map `percpu_cgroup_storage`, as it will be planned.
        pub fn percpu_cgroup_storage(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("percpu_cgroup_storage")
        }
        /// Map `sk_storage`, as it will be planned.
        pub fn sk_storage(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("sk_storage")
        }
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `cgroup_storage`: cgroup_storage.
        pub cgroup_storage: map::Map,
        /// Map `percpu_cgroup_storage`: percpu_cgroup_storage.
        pub percpu_cgroup_storage: map::Map,
        /// Map `sk_storage`: sk_storage.
        pub sk_storage: map::Map,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                cgroup_storage: loaded.map("cgroup_storage")?.clone(),
                percpu_cgroup_storage: loaded.map("percpu_cgroup_storage")?.clone(),
                sk_storage: loaded.map("sk_storage")?.clone(),
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
        /// Program `sent`, in `SEC("?cgroup_skb/egress")`, as it will be planned.
        pub fn sent(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("sent")
        }
        /// Loads `sent` several times, each time with a difference.
        pub fn sent_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("sent", instances).map(drop)
        }
        /// Program `in_cgroup_storage`, in `SEC("?cgroup_skb/egress")`, as it will be planned.
        pub fn in_cgroup_storage(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_cgroup_storage")
        }
        /// Loads `in_cgroup_storage` several times, each time with a difference.
        pub fn in_cgroup_storage_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_cgroup_storage", instances).map(drop)
        }
        /// Program `in_percpu_cgroup_storage`, in `SEC("?cgroup_skb/egress")`, as it will be planned.
        pub fn in_percpu_cgroup_storage(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_percpu_cgroup_storage")
        }
        /// Loads `in_percpu_cgroup_storage` several times, each time with a difference.
        pub fn in_percpu_cgroup_storage_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_percpu_cgroup_storage", instances).map(drop)
        }
        /// Program `no_raw`, in `SEC("?cgroup/sock_create")`, as it will be planned.
        pub fn no_raw(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("no_raw")
        }
        /// Loads `no_raw` several times, each time with a difference.
        pub fn no_raw_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("no_raw", instances).map(drop)
        }
        /// Program `connect`, in `SEC("?cgroup/connect4")`, as it will be planned.
        pub fn connect(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("connect")
        }
        /// Loads `connect` several times, each time with a difference.
        pub fn connect_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("connect", instances).map(drop)
        }
        /// Program `no_zero`, in `SEC("?cgroup/dev")`, as it will be planned.
        pub fn no_zero(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("no_zero")
        }
        /// Loads `no_zero` several times, each time with a difference.
        pub fn no_zero_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("no_zero", instances).map(drop)
        }
        /// Program `no_ostype`, in `SEC("?cgroup/sysctl")`, as it will be planned.
        pub fn no_ostype(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("no_ostype")
        }
        /// Loads `no_ostype` several times, each time with a difference.
        pub fn no_ostype_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("no_ostype", instances).map(drop)
        }
        /// Program `set_ttl`, in `SEC("?cgroup/setsockopt")`, as it will be planned.
        pub fn set_ttl(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("set_ttl")
        }
        /// Loads `set_ttl` several times, each time with a difference.
        pub fn set_ttl_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("set_ttl", instances).map(drop)
        }
        /// Program `established`, in `SEC("?sockops")`, as it will be planned.
        pub fn established(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("established")
        }
        /// Loads `established` several times, each time with a difference.
        pub fn established_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("established", instances).map(drop)
        }
        /// Program `in_sk_storage`, in `SEC("?sockops")`, as it will be planned.
        pub fn in_sk_storage(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("in_sk_storage")
        }
        /// Loads `in_sk_storage` several times, each time with a difference.
        pub fn in_sk_storage_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("in_sk_storage", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `sent`, in `SEC("?cgroup_skb/egress")`.
        pub sent: skeleton::Handle<program::Program>,
        /// Program `in_cgroup_storage`, in `SEC("?cgroup_skb/egress")`.
        pub in_cgroup_storage: skeleton::Handle<program::Program>,
        /// Program `in_percpu_cgroup_storage`, in `SEC("?cgroup_skb/egress")`.
        pub in_percpu_cgroup_storage: skeleton::Handle<program::Program>,
        /// Program `no_raw`, in `SEC("?cgroup/sock_create")`.
        pub no_raw: skeleton::Handle<program::Program>,
        /// Program `connect`, in `SEC("?cgroup/connect4")`.
        pub connect: skeleton::Handle<program::Program>,
        /// Program `no_zero`, in `SEC("?cgroup/dev")`.
        pub no_zero: skeleton::Handle<program::Program>,
        /// Program `no_ostype`, in `SEC("?cgroup/sysctl")`.
        pub no_ostype: skeleton::Handle<program::Program>,
        /// Program `set_ttl`, in `SEC("?cgroup/setsockopt")`.
        pub set_ttl: skeleton::Handle<program::Program>,
        /// Program `established`, in `SEC("?sockops")`.
        pub established: skeleton::Handle<program::Program>,
        /// Program `in_sk_storage`, in `SEC("?sockops")`.
        pub in_sk_storage: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                sent: skeleton::Handle::program(loaded, "sent"),
                in_cgroup_storage: skeleton::Handle::program(
                    loaded,
                    "in_cgroup_storage",
                ),
                in_percpu_cgroup_storage: skeleton::Handle::program(
                    loaded,
                    "in_percpu_cgroup_storage",
                ),
                no_raw: skeleton::Handle::program(loaded, "no_raw"),
                connect: skeleton::Handle::program(loaded, "connect"),
                no_zero: skeleton::Handle::program(loaded, "no_zero"),
                no_ostype: skeleton::Handle::program(loaded, "no_ostype"),
                set_ttl: skeleton::Handle::program(loaded, "set_ttl"),
                established: skeleton::Handle::program(loaded, "established"),
                in_sk_storage: skeleton::Handle::program(loaded, "in_sk_storage"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 packets`: its initial value.
        #[must_use]
        pub fn packets(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u32 from_port`: its initial value.
        #[must_use]
        pub fn from_port(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u32 to_port`: its initial value.
        #[must_use]
        pub fn to_port(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 12)
        }
        /// `__u64 coming`: its initial value.
        #[must_use]
        pub fn coming(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
        /// `__u64 going`: its initial value.
        #[must_use]
        pub fn going(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 24)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 packets`.
        pub packets: skeleton::Var<u64>,
        /// `__u32 from_port`.
        pub from_port: skeleton::Var<u32>,
        /// `__u32 to_port`.
        pub to_port: skeleton::Var<u32>,
        /// `__u64 coming`.
        pub coming: skeleton::Var<u64>,
        /// `__u64 going`.
        pub going: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                packets: skeleton::Var::new(loaded, ".bss", 0)?,
                from_port: skeleton::Var::new(loaded, ".bss", 8)?,
                to_port: skeleton::Var::new(loaded, ".bss", 12)?,
                coming: skeleton::Var::new(loaded, ".bss", 16)?,
                going: skeleton::Var::new(loaded, ".bss", 24)?,
            })
        }
    }
}
