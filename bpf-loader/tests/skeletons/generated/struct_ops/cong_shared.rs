// @generated from `cong_shared` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `cong_shared`: [`CongShared`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod cong_shared {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/struct_ops/cong_shared.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenCongShared {
        object: object::Object,
    }
    impl OpenCongShared {
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
        pub fn load(&self) -> Result<CongShared, load::LoadError> {
            CongShared::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<CongShared, load::LoadError> {
            CongShared::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct CongShared {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        /// The struct_ops variables.
        pub struct_ops: StructOpsVariables,
        loaded: load::LoadedObject,
    }
    impl CongShared {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenCongShared, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenCongShared, object::OpenError> {
            Ok(OpenCongShared {
                object: options.or_name("cong_shared").parse(OBJECT)?,
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
        pub fn attach(
            self,
        ) -> Result<AttachedCongShared, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for CongShared {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedCongShared = skeleton::Attached<CongShared>;
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
        /// Map `bpf_slow`, as it will be planned.
        pub fn bpf_slow(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("bpf_slow")
        }
        /// Map `bpf_fast`, as it will be planned.
        pub fn bpf_fast(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("bpf_fast")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `shared_ssthresh`, in `SEC("struct_ops")`, as it will be planned.
        pub fn shared_ssthresh(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("shared_ssthresh")
        }
        /// Loads `shared_ssthresh` several times, each time with a difference.
        pub fn shared_ssthresh_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("shared_ssthresh", instances).map(drop)
        }
        /// Program `shared_undo_cwnd`, in `SEC("struct_ops")`, as it will be planned.
        pub fn shared_undo_cwnd(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("shared_undo_cwnd")
        }
        /// Loads `shared_undo_cwnd` several times, each time with a difference.
        pub fn shared_undo_cwnd_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("shared_undo_cwnd", instances).map(drop)
        }
        /// Program `slow_cong_avoid`, in `SEC("struct_ops")`, as it will be planned.
        pub fn slow_cong_avoid(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("slow_cong_avoid")
        }
        /// Loads `slow_cong_avoid` several times, each time with a difference.
        pub fn slow_cong_avoid_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("slow_cong_avoid", instances).map(drop)
        }
        /// Program `fast_cong_avoid`, in `SEC("struct_ops")`, as it will be planned.
        pub fn fast_cong_avoid(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("fast_cong_avoid")
        }
        /// Loads `fast_cong_avoid` several times, each time with a difference.
        pub fn fast_cong_avoid_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("fast_cong_avoid", instances).map(drop)
        }
        /// Program `fast_init`, in `SEC("struct_ops")`, as it will be planned.
        pub fn fast_init(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("fast_init")
        }
        /// Loads `fast_init` several times, each time with a difference.
        pub fn fast_init_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("fast_init", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `shared_ssthresh`, in `SEC("struct_ops")`.
        pub shared_ssthresh: skeleton::Handle<program::Program>,
        /// Program `shared_undo_cwnd`, in `SEC("struct_ops")`.
        pub shared_undo_cwnd: skeleton::Handle<program::Program>,
        /// Program `slow_cong_avoid`, in `SEC("struct_ops")`.
        pub slow_cong_avoid: skeleton::Handle<program::Program>,
        /// Program `fast_cong_avoid`, in `SEC("struct_ops")`.
        pub fast_cong_avoid: skeleton::Handle<program::Program>,
        /// Program `fast_init`, in `SEC("struct_ops")`.
        pub fast_init: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                shared_ssthresh: skeleton::Handle::program(loaded, "shared_ssthresh"),
                shared_undo_cwnd: skeleton::Handle::program(loaded, "shared_undo_cwnd"),
                slow_cong_avoid: skeleton::Handle::program(loaded, "slow_cong_avoid"),
                fast_cong_avoid: skeleton::Handle::program(loaded, "fast_cong_avoid"),
                fast_init: skeleton::Handle::program(loaded, "fast_init"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 slow_rounds`: its initial value.
        #[must_use]
        pub fn slow_rounds(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u64 fast_rounds`: its initial value.
        #[must_use]
        pub fn fast_rounds(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 slow_rounds`.
        pub slow_rounds: skeleton::Var<u64>,
        /// `__u64 fast_rounds`.
        pub fast_rounds: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                slow_rounds: skeleton::Var::new(loaded, ".bss", 0)?,
                fast_rounds: skeleton::Var::new(loaded, ".bss", 8)?,
            })
        }
    }
    /// The programs that a callback of a struct_ops variable can be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum StructOpsProgram {
        /// Program `shared_ssthresh`.
        SharedSsthresh,
        /// Program `shared_undo_cwnd`.
        SharedUndoCwnd,
        /// Program `slow_cong_avoid`.
        SlowCongAvoid,
        /// Program `fast_cong_avoid`.
        FastCongAvoid,
        /// Program `fast_init`.
        FastInit,
    }
    impl AsRef<str> for StructOpsProgram {
        fn as_ref(&self) -> &str {
            match self {
                Self::SharedSsthresh => "shared_ssthresh",
                Self::SharedUndoCwnd => "shared_undo_cwnd",
                Self::SlowCongAvoid => "slow_cong_avoid",
                Self::FastCongAvoid => "fast_cong_avoid",
                Self::FastInit => "fast_init",
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
        /// `__u32 flags`.
        #[must_use]
        pub fn flags(&mut self) -> skeleton::Member<'_, u32> {
            skeleton::Member::new(self.spec, "flags")
        }
        /// `char name[16]`.
        #[must_use]
        pub fn name(&mut self) -> skeleton::Member<'_, [u8; 16]> {
            skeleton::Member::new(self.spec, "name")
        }
        /// `void (*release)(struct sock *)`.
        #[must_use]
        pub fn release(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "release")
        }
        /// `__u32 (*undo_cwnd)(struct sock *)`.
        #[must_use]
        pub fn undo_cwnd(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "undo_cwnd")
        }
        /// `__u32 key`.
        #[must_use]
        pub fn key(&mut self) -> skeleton::Member<'_, u32> {
            skeleton::Member::new(self.spec, "key")
        }
        /// `void (*cong_avoid)(struct sock *, __u32, __u32)`.
        #[must_use]
        pub fn cong_avoid(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "cong_avoid")
        }
        /// `void (*init)(struct sock *)`.
        #[must_use]
        pub fn init(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "init")
        }
        /// `__u32 (*ssthresh)(struct sock *)`.
        #[must_use]
        pub fn ssthresh(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "ssthresh")
        }
    }
    /// The struct_ops variables before they are loaded.
    #[derive(Debug)]
    pub struct OpenStructOps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenStructOps<'a> {
        /// `struct tcp_congestion_ops bpf_slow`, to edit.
        pub fn bpf_slow(self) -> Result<OpenTcpCongestionOps<'a>, object::SpecError> {
            Ok(OpenTcpCongestionOps {
                spec: self.object.struct_ops_mut("bpf_slow")?,
            })
        }
        /// `struct tcp_congestion_ops bpf_fast`, to edit.
        pub fn bpf_fast(self) -> Result<OpenTcpCongestionOps<'a>, object::SpecError> {
            Ok(OpenTcpCongestionOps {
                spec: self.object.struct_ops_mut("bpf_fast")?,
            })
        }
    }
    /// The struct_ops variables.
    #[derive(Clone, Debug)]
    pub struct StructOpsVariables {
        /// `struct tcp_congestion_ops bpf_slow`.
        pub bpf_slow: skeleton::Handle<struct_ops::StructOps>,
        /// `struct tcp_congestion_ops bpf_fast`.
        pub bpf_fast: skeleton::Handle<struct_ops::StructOps>,
    }
    impl StructOpsVariables {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                bpf_slow: skeleton::Handle::struct_ops(loaded, "bpf_slow"),
                bpf_fast: skeleton::Handle::struct_ops(loaded, "bpf_fast"),
            })
        }
    }
}
