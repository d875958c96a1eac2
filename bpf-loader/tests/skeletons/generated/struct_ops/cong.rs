// @generated from `cong` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `cong`: [`Cong`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod cong {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/struct_ops/cong.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenCong {
        object: object::Object,
    }
    impl OpenCong {
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
        /// The variables of `.data`.
        pub fn data(&mut self) -> OpenData<'_> {
            OpenData {
                object: &mut self.object,
            }
        }
        /// The variables of `.bss`.
        pub fn bss(&mut self) -> OpenBss<'_> {
            OpenBss {
                object: &mut self.object,
            }
        }
        /// The struct_ops variables.
        pub fn struct_ops(&mut self) -> OpenStructOps<'_> {
            OpenStructOps {
                object: &mut self.object,
            }
        }
        /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
        ///
        /// # Errors
        /// [`load::LoadError`]; nothing stays in the kernel then.
        pub fn load(&self) -> Result<Cong, load::LoadError> {
            Cong::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Cong, load::LoadError> {
            Cong::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Cong {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        /// The variables of `.data`.
        pub data: Data,
        /// The variables of `.bss`.
        pub bss: Bss,
        /// The struct_ops variables.
        pub struct_ops: StructOpsVariables,
        loaded: load::LoadedObject,
    }
    impl Cong {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenCong, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenCong, object::OpenError> {
            Ok(OpenCong {
                object: options.or_name("cong").parse(OBJECT)?,
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
                data: Data::new(&loaded)?,
                bss: Bss::new(&loaded)?,
                struct_ops: StructOpsVariables::new(&loaded)?,
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
        pub fn attach(self) -> Result<AttachedCong, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Cong {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedCong = skeleton::Attached<Cong>;
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
        /// Map `.data`, as it will be planned.
        pub fn data(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".data")
        }
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
        /// Map `bpf_demo_cc`, as it will be planned.
        pub fn bpf_demo_cc(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("bpf_demo_cc")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `demo_init`, in `SEC("struct_ops")`, as it will be planned.
        pub fn demo_init(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("demo_init")
        }
        /// Loads `demo_init` several times, each time with a difference.
        pub fn demo_init_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("demo_init", instances).map(drop)
        }
        /// Program `demo_release`, in `SEC("struct_ops")`, as it will be planned.
        pub fn demo_release(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("demo_release")
        }
        /// Loads `demo_release` several times, each time with a difference.
        pub fn demo_release_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("demo_release", instances).map(drop)
        }
        /// Program `demo_ssthresh`, in `SEC("struct_ops")`, as it will be planned.
        pub fn demo_ssthresh(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("demo_ssthresh")
        }
        /// Loads `demo_ssthresh` several times, each time with a difference.
        pub fn demo_ssthresh_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("demo_ssthresh", instances).map(drop)
        }
        /// Program `demo_cong_avoid`, in `SEC("struct_ops")`, as it will be planned.
        pub fn demo_cong_avoid(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("demo_cong_avoid")
        }
        /// Loads `demo_cong_avoid` several times, each time with a difference.
        pub fn demo_cong_avoid_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("demo_cong_avoid", instances).map(drop)
        }
        /// Program `demo_set_state`, in `SEC("struct_ops")`, as it will be planned.
        pub fn demo_set_state(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("demo_set_state")
        }
        /// Loads `demo_set_state` several times, each time with a difference.
        pub fn demo_set_state_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("demo_set_state", instances).map(drop)
        }
        /// Program `demo_pkts_acked`, in `SEC("struct_ops")`, as it will be planned.
        pub fn demo_pkts_acked(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("demo_pkts_acked")
        }
        /// Loads `demo_pkts_acked` several times, each time with a difference.
        pub fn demo_pkts_acked_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("demo_pkts_acked", instances).map(drop)
        }
        /// Program `demo_undo_cwnd`, in `SEC("struct_ops")`, as it will be planned.
        pub fn demo_undo_cwnd(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("demo_undo_cwnd")
        }
        /// Loads `demo_undo_cwnd` several times, each time with a difference.
        pub fn demo_undo_cwnd_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("demo_undo_cwnd", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `demo_init`, in `SEC("struct_ops")`.
        pub demo_init: skeleton::Handle<program::Program>,
        /// Program `demo_release`, in `SEC("struct_ops")`.
        pub demo_release: skeleton::Handle<program::Program>,
        /// Program `demo_ssthresh`, in `SEC("struct_ops")`.
        pub demo_ssthresh: skeleton::Handle<program::Program>,
        /// Program `demo_cong_avoid`, in `SEC("struct_ops")`.
        pub demo_cong_avoid: skeleton::Handle<program::Program>,
        /// Program `demo_set_state`, in `SEC("struct_ops")`.
        pub demo_set_state: skeleton::Handle<program::Program>,
        /// Program `demo_pkts_acked`, in `SEC("struct_ops")`.
        pub demo_pkts_acked: skeleton::Handle<program::Program>,
        /// Program `demo_undo_cwnd`, in `SEC("struct_ops")`.
        pub demo_undo_cwnd: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                demo_init: skeleton::Handle::program(loaded, "demo_init"),
                demo_release: skeleton::Handle::program(loaded, "demo_release"),
                demo_ssthresh: skeleton::Handle::program(loaded, "demo_ssthresh"),
                demo_cong_avoid: skeleton::Handle::program(loaded, "demo_cong_avoid"),
                demo_set_state: skeleton::Handle::program(loaded, "demo_set_state"),
                demo_pkts_acked: skeleton::Handle::program(loaded, "demo_pkts_acked"),
                demo_undo_cwnd: skeleton::Handle::program(loaded, "demo_undo_cwnd"),
            })
        }
    }
    /// The variables of `.rodata` before they are loaded.
    #[derive(Debug)]
    pub struct OpenRodata<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenRodata<'a> {
        /// `const volatile __u32 initial_cwnd`: its initial value.
        #[must_use]
        pub fn initial_cwnd(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".rodata", 0)
        }
        /// `const volatile __u32 keep_percent`: its initial value.
        #[must_use]
        pub fn keep_percent(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".rodata", 4)
        }
    }
    /// The variables of `.rodata`.
    #[derive(Clone, Debug)]
    pub struct Rodata {
        /// `const volatile __u32 initial_cwnd`.
        pub initial_cwnd: skeleton::ReadVar<u32>,
        /// `const volatile __u32 keep_percent`.
        pub keep_percent: skeleton::ReadVar<u32>,
    }
    impl Rodata {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                initial_cwnd: skeleton::ReadVar::new(loaded, ".rodata", 0)?,
                keep_percent: skeleton::ReadVar::new(loaded, ".rodata", 4)?,
            })
        }
    }
    /// The variables of `.data` before they are loaded.
    #[derive(Debug)]
    pub struct OpenData<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenData<'a> {
        /// `__u32 segments_per_round`: its initial value.
        #[must_use]
        pub fn segments_per_round(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".data", 0)
        }
    }
    /// The variables of `.data`.
    #[derive(Clone, Debug)]
    pub struct Data {
        /// `__u32 segments_per_round`.
        pub segments_per_round: skeleton::Var<u32>,
    }
    impl Data {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                segments_per_round: skeleton::Var::new(loaded, ".data", 0)?,
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 connections_opened`: its initial value.
        #[must_use]
        pub fn connections_opened(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u64 connections_closed`: its initial value.
        #[must_use]
        pub fn connections_closed(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u64 acks_seen`: its initial value.
        #[must_use]
        pub fn acks_seen(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
        /// `__u64 segments_acked`: its initial value.
        #[must_use]
        pub fn segments_acked(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 24)
        }
        /// `__u64 losses`: its initial value.
        #[must_use]
        pub fn losses(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 32)
        }
        /// `__u64 undos`: its initial value.
        #[must_use]
        pub fn undos(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 40)
        }
        /// `__u32 cwnd_max`: its initial value.
        #[must_use]
        pub fn cwnd_max(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 48)
        }
        /// `__u32 rtt_min_us`: its initial value.
        #[must_use]
        pub fn rtt_min_us(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 52)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 connections_opened`.
        pub connections_opened: skeleton::Var<u64>,
        /// `__u64 connections_closed`.
        pub connections_closed: skeleton::Var<u64>,
        /// `__u64 acks_seen`.
        pub acks_seen: skeleton::Var<u64>,
        /// `__u64 segments_acked`.
        pub segments_acked: skeleton::Var<u64>,
        /// `__u64 losses`.
        pub losses: skeleton::Var<u64>,
        /// `__u64 undos`.
        pub undos: skeleton::Var<u64>,
        /// `__u32 cwnd_max`.
        pub cwnd_max: skeleton::Var<u32>,
        /// `__u32 rtt_min_us`.
        pub rtt_min_us: skeleton::Var<u32>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                connections_opened: skeleton::Var::new(loaded, ".bss", 0)?,
                connections_closed: skeleton::Var::new(loaded, ".bss", 8)?,
                acks_seen: skeleton::Var::new(loaded, ".bss", 16)?,
                segments_acked: skeleton::Var::new(loaded, ".bss", 24)?,
                losses: skeleton::Var::new(loaded, ".bss", 32)?,
                undos: skeleton::Var::new(loaded, ".bss", 40)?,
                cwnd_max: skeleton::Var::new(loaded, ".bss", 48)?,
                rtt_min_us: skeleton::Var::new(loaded, ".bss", 52)?,
            })
        }
    }
    /// The programs that a callback of a struct_ops variable can be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum StructOpsProgram {
        /// Program `demo_init`.
        DemoInit,
        /// Program `demo_release`.
        DemoRelease,
        /// Program `demo_ssthresh`.
        DemoSsthresh,
        /// Program `demo_cong_avoid`.
        DemoCongAvoid,
        /// Program `demo_set_state`.
        DemoSetState,
        /// Program `demo_pkts_acked`.
        DemoPktsAcked,
        /// Program `demo_undo_cwnd`.
        DemoUndoCwnd,
    }
    impl AsRef<str> for StructOpsProgram {
        fn as_ref(&self) -> &str {
            match self {
                Self::DemoInit => "demo_init",
                Self::DemoRelease => "demo_release",
                Self::DemoSsthresh => "demo_ssthresh",
                Self::DemoCongAvoid => "demo_cong_avoid",
                Self::DemoSetState => "demo_set_state",
                Self::DemoPktsAcked => "demo_pkts_acked",
                Self::DemoUndoCwnd => "demo_undo_cwnd",
            }
        }
    }
    /// A variable of type `struct tcp_congestion_ops`, before it is loaded.
    #[derive(Debug)]
    pub struct OpenTcpCongestionOps<'a> {
        spec: &'a mut object::StructOpsSpec,
    }
    impl OpenTcpCongestionOps<'_> {
        /// Its spec, for what has no method here.
        #[must_use]
        pub fn spec(&mut self) -> &mut object::StructOpsSpec {
            self.spec
        }
        /// `__u32 (*ssthresh)(struct sock *)`.
        #[must_use]
        pub fn ssthresh(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "ssthresh")
        }
        /// `void (*cong_avoid)(struct sock *, __u32, __u32)`.
        #[must_use]
        pub fn cong_avoid(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "cong_avoid")
        }
        /// `void (*set_state)(struct sock *, __u8)`.
        #[must_use]
        pub fn set_state(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "set_state")
        }
        /// `void (*cwnd_event)(struct sock *, enum tcp_ca_event)`.
        #[must_use]
        pub fn cwnd_event(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "cwnd_event")
        }
        /// `void (*pkts_acked)(struct sock *, const struct ack_sample *)`.
        #[must_use]
        pub fn pkts_acked(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "pkts_acked")
        }
        /// `__u32 (*undo_cwnd)(struct sock *)`.
        #[must_use]
        pub fn undo_cwnd(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "undo_cwnd")
        }
        /// `char name[16]`.
        #[must_use]
        pub fn name(&mut self) -> skeleton::Member<'_, [u8; 16]> {
            skeleton::Member::new(self.spec, "name")
        }
        /// `__u32 flags`.
        #[must_use]
        pub fn flags(&mut self) -> skeleton::Member<'_, u32> {
            skeleton::Member::new(self.spec, "flags")
        }
        /// `void (*init)(struct sock *)`.
        #[must_use]
        pub fn init(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "init")
        }
        /// `void (*release)(struct sock *)`.
        #[must_use]
        pub fn release(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "release")
        }
    }
    /// The struct_ops variables before they are loaded.
    #[derive(Debug)]
    pub struct OpenStructOps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenStructOps<'a> {
        /// `struct tcp_congestion_ops bpf_demo_cc`, to edit.
        pub fn bpf_demo_cc(self) -> Result<OpenTcpCongestionOps<'a>, object::SpecError> {
            Ok(OpenTcpCongestionOps {
                spec: self.object.struct_ops_mut("bpf_demo_cc")?,
            })
        }
    }
    /// The struct_ops variables.
    #[derive(Clone, Debug)]
    pub struct StructOpsVariables {
        /// `struct tcp_congestion_ops bpf_demo_cc`.
        pub bpf_demo_cc: skeleton::Handle<struct_ops::StructOps>,
    }
    impl StructOpsVariables {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                bpf_demo_cc: skeleton::Handle::struct_ops(loaded, "bpf_demo_cc"),
            })
        }
    }
}
