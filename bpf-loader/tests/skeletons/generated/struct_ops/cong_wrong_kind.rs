// @generated from `cong_wrong_kind` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `cong_wrong_kind`: [`CongWrongKind`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod cong_wrong_kind {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/struct_ops/cong_wrong_kind.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenCongWrongKind {
        object: object::Object,
    }
    impl OpenCongWrongKind {
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
        pub fn load(&self) -> Result<CongWrongKind, load::LoadError> {
            CongWrongKind::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<CongWrongKind, load::LoadError> {
            CongWrongKind::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct CongWrongKind {
        /// The programs.
        pub programs: Programs,
        /// The struct_ops variables.
        pub struct_ops: StructOpsVariables,
        loaded: load::LoadedObject,
    }
    impl CongWrongKind {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenCongWrongKind, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenCongWrongKind, object::OpenError> {
            Ok(OpenCongWrongKind {
                object: options.or_name("cong_wrong_kind").parse(OBJECT)?,
            })
        }
        /// What was loaded in another way, of the object of [`Self::open`].
        ///
        /// # Errors
        /// [`load::LoadError::Skeleton`] where a map was left out or changed for which there is a field.
        pub fn from_loaded(loaded: load::LoadedObject) -> Result<Self, load::LoadError> {
            Ok(Self {
                programs: Programs::new(&loaded)?,
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
        ) -> Result<AttachedCongWrongKind, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for CongWrongKind {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedCongWrongKind = skeleton::Attached<CongWrongKind>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `bpf_wrong_kind`, as it will be planned.
        pub fn bpf_wrong_kind(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("bpf_wrong_kind")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `number_ssthresh`, in `SEC("struct_ops")`, as it will be planned.
        pub fn number_ssthresh(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("number_ssthresh")
        }
        /// Loads `number_ssthresh` several times, each time with a difference.
        pub fn number_ssthresh_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("number_ssthresh", instances).map(drop)
        }
        /// Program `number_undo_cwnd`, in `SEC("struct_ops")`, as it will be planned.
        pub fn number_undo_cwnd(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("number_undo_cwnd")
        }
        /// Loads `number_undo_cwnd` several times, each time with a difference.
        pub fn number_undo_cwnd_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("number_undo_cwnd", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `number_ssthresh`, in `SEC("struct_ops")`.
        pub number_ssthresh: skeleton::Handle<program::Program>,
        /// Program `number_undo_cwnd`, in `SEC("struct_ops")`.
        pub number_undo_cwnd: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                number_ssthresh: skeleton::Handle::program(loaded, "number_ssthresh"),
                number_undo_cwnd: skeleton::Handle::program(loaded, "number_undo_cwnd"),
            })
        }
    }
    /// The programs that a callback of a struct_ops variable can be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum StructOpsProgram {
        /// Program `number_ssthresh`.
        NumberSsthresh,
        /// Program `number_undo_cwnd`.
        NumberUndoCwnd,
    }
    impl AsRef<str> for StructOpsProgram {
        fn as_ref(&self) -> &str {
            match self {
                Self::NumberSsthresh => "number_ssthresh",
                Self::NumberUndoCwnd => "number_undo_cwnd",
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
        /// `__u64 cong_avoid`.
        #[must_use]
        pub fn cong_avoid(&mut self) -> skeleton::Member<'_, u64> {
            skeleton::Member::new(self.spec, "cong_avoid")
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
    }
    /// The struct_ops variables before they are loaded.
    #[derive(Debug)]
    pub struct OpenStructOps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenStructOps<'a> {
        /// `struct tcp_congestion_ops bpf_wrong_kind`, to edit.
        pub fn bpf_wrong_kind(
            self,
        ) -> Result<OpenTcpCongestionOps<'a>, object::SpecError> {
            Ok(OpenTcpCongestionOps {
                spec: self.object.struct_ops_mut("bpf_wrong_kind")?,
            })
        }
    }
    /// The struct_ops variables.
    #[derive(Clone, Debug)]
    pub struct StructOpsVariables {
        /// `struct tcp_congestion_ops bpf_wrong_kind`.
        pub bpf_wrong_kind: skeleton::Handle<struct_ops::StructOps>,
    }
    impl StructOpsVariables {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                bpf_wrong_kind: skeleton::Handle::struct_ops(loaded, "bpf_wrong_kind"),
            })
        }
    }
}
