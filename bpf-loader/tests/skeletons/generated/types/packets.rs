// @generated from `packets` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `packets`: [`Packets`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod packets {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/types/packets.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenPackets {
        object: object::Object,
    }
    impl OpenPackets {
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
        pub fn load(&self) -> Result<Packets, load::LoadError> {
            Packets::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Packets, load::LoadError> {
            Packets::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Packets {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Packets {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenPackets, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenPackets, object::OpenError> {
            Ok(OpenPackets {
                object: options.or_name("packets").parse(OBJECT)?,
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
        ) -> Result<AttachedPackets, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Packets {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedPackets = skeleton::Attached<Packets>;
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
        /// Program `sched_cls`, in `SEC("?tc")`, as it will be planned.
        pub fn sched_cls(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("sched_cls")
        }
        /// Loads `sched_cls` several times, each time with a difference.
        pub fn sched_cls_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("sched_cls", instances).map(drop)
        }
        /// Program `sched_act`, in `SEC("?action")`, as it will be planned.
        pub fn sched_act(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("sched_act")
        }
        /// Loads `sched_act` several times, each time with a difference.
        pub fn sched_act_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("sched_act", instances).map(drop)
        }
        /// Program `lwt_in`, in `SEC("?lwt_in")`, as it will be planned.
        pub fn lwt_in(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("lwt_in")
        }
        /// Loads `lwt_in` several times, each time with a difference.
        pub fn lwt_in_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("lwt_in", instances).map(drop)
        }
        /// Program `lwt_out`, in `SEC("?lwt_out")`, as it will be planned.
        pub fn lwt_out(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("lwt_out")
        }
        /// Loads `lwt_out` several times, each time with a difference.
        pub fn lwt_out_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("lwt_out", instances).map(drop)
        }
        /// Program `lwt_xmit`, in `SEC("?lwt_xmit")`, as it will be planned.
        pub fn lwt_xmit(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("lwt_xmit")
        }
        /// Loads `lwt_xmit` several times, each time with a difference.
        pub fn lwt_xmit_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("lwt_xmit", instances).map(drop)
        }
        /// Program `segments`, in `SEC("?lwt_seg6local")`, as it will be planned.
        pub fn segments(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("segments")
        }
        /// Loads `segments` several times, each time with a difference.
        pub fn segments_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("segments", instances).map(drop)
        }
        /// Program `infrared`, in `SEC("?lirc_mode2")`, as it will be planned.
        pub fn infrared(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("infrared")
        }
        /// Loads `infrared` several times, each time with a difference.
        pub fn infrared_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("infrared", instances).map(drop)
        }
        /// Program `xdp`, in `SEC("?xdp")`, as it will be planned.
        pub fn xdp(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("xdp")
        }
        /// Loads `xdp` several times, each time with a difference.
        pub fn xdp_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("xdp", instances).map(drop)
        }
        /// Program `flow`, in `SEC("?flow_dissector")`, as it will be planned.
        pub fn flow(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("flow")
        }
        /// Loads `flow` several times, each time with a difference.
        pub fn flow_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("flow", instances).map(drop)
        }
        /// Program `netfilter`, in `SEC("?netfilter")`, as it will be planned.
        pub fn netfilter(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("netfilter")
        }
        /// Loads `netfilter` several times, each time with a difference.
        pub fn netfilter_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("netfilter", instances).map(drop)
        }
        /// Program `add_up`, in `SEC("?syscall")`, as it will be planned.
        pub fn add_up(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("add_up")
        }
        /// Loads `add_up` several times, each time with a difference.
        pub fn add_up_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("add_up", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `sched_cls`, in `SEC("?tc")`.
        pub sched_cls: skeleton::Handle<program::Program>,
        /// Program `sched_act`, in `SEC("?action")`.
        pub sched_act: skeleton::Handle<program::Program>,
        /// Program `lwt_in`, in `SEC("?lwt_in")`.
        pub lwt_in: skeleton::Handle<program::Program>,
        /// Program `lwt_out`, in `SEC("?lwt_out")`.
        pub lwt_out: skeleton::Handle<program::Program>,
        /// Program `lwt_xmit`, in `SEC("?lwt_xmit")`.
        pub lwt_xmit: skeleton::Handle<program::Program>,
        /// Program `segments`, in `SEC("?lwt_seg6local")`.
        pub segments: skeleton::Handle<program::Program>,
        /// Program `infrared`, in `SEC("?lirc_mode2")`.
        pub infrared: skeleton::Handle<program::Program>,
        /// Program `xdp`, in `SEC("?xdp")`.
        pub xdp: skeleton::Handle<program::Program>,
        /// Program `flow`, in `SEC("?flow_dissector")`.
        pub flow: skeleton::Handle<program::Program>,
        /// Program `netfilter`, in `SEC("?netfilter")`.
        pub netfilter: skeleton::Handle<program::Program>,
        /// Program `add_up`, in `SEC("?syscall")`.
        pub add_up: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                sched_cls: skeleton::Handle::program(loaded, "sched_cls"),
                sched_act: skeleton::Handle::program(loaded, "sched_act"),
                lwt_in: skeleton::Handle::program(loaded, "lwt_in"),
                lwt_out: skeleton::Handle::program(loaded, "lwt_out"),
                lwt_xmit: skeleton::Handle::program(loaded, "lwt_xmit"),
                segments: skeleton::Handle::program(loaded, "segments"),
                infrared: skeleton::Handle::program(loaded, "infrared"),
                xdp: skeleton::Handle::program(loaded, "xdp"),
                flow: skeleton::Handle::program(loaded, "flow"),
                netfilter: skeleton::Handle::program(loaded, "netfilter"),
                add_up: skeleton::Handle::program(loaded, "add_up"),
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
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 packets`.
        pub packets: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                packets: skeleton::Var::new(loaded, ".bss", 0)?,
            })
        }
    }
}
