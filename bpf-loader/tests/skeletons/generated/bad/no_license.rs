// @generated from `no_license` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `no_license`: [`NoLicense`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod no_license {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/bad/no_license.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenNoLicense {
        object: object::Object,
    }
    impl OpenNoLicense {
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
        pub fn load(&self) -> Result<NoLicense, load::LoadError> {
            NoLicense::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<NoLicense, load::LoadError> {
            NoLicense::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct NoLicense {
        /// The programs.
        pub programs: Programs,
        /// The struct_ops variables.
        pub struct_ops: StructOpsVariables,
        loaded: load::LoadedObject,
    }
    impl NoLicense {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenNoLicense, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenNoLicense, object::OpenError> {
            Ok(OpenNoLicense {
                object: options.or_name("no_license").parse(OBJECT)?,
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
        ) -> Result<AttachedNoLicense, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for NoLicense {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedNoLicense = skeleton::Attached<NoLicense>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `bpf_no_license`, as it will be planned.
        pub fn bpf_no_license(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("bpf_no_license")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `unlicensed_ssthresh`, in `SEC("struct_ops")`, as it will be planned.
        pub fn unlicensed_ssthresh(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("unlicensed_ssthresh")
        }
        /// Loads `unlicensed_ssthresh` several times, each time with a difference.
        pub fn unlicensed_ssthresh_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("unlicensed_ssthresh", instances).map(drop)
        }
        /// Program `unlicensed_cong_avoid`, in `SEC("struct_ops")`, as it will be planned.
        pub fn unlicensed_cong_avoid(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("unlicensed_cong_avoid")
        }
        /// Loads `unlicensed_cong_avoid` several times, each time with a difference.
        pub fn unlicensed_cong_avoid_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("unlicensed_cong_avoid", instances).map(drop)
        }
        /// Program `unlicensed_undo_cwnd`, in `SEC("struct_ops")`, as it will be planned.
        pub fn unlicensed_undo_cwnd(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("unlicensed_undo_cwnd")
        }
        /// Loads `unlicensed_undo_cwnd` several times, each time with a difference.
        pub fn unlicensed_undo_cwnd_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("unlicensed_undo_cwnd", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `unlicensed_ssthresh`, in `SEC("struct_ops")`.
        pub unlicensed_ssthresh: skeleton::Handle<program::Program>,
        /// Program `unlicensed_cong_avoid`, in `SEC("struct_ops")`.
        pub unlicensed_cong_avoid: skeleton::Handle<program::Program>,
        /// Program `unlicensed_undo_cwnd`, in `SEC("struct_ops")`.
        pub unlicensed_undo_cwnd: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                unlicensed_ssthresh: skeleton::Handle::program(
                    loaded,
                    "unlicensed_ssthresh",
                ),
                unlicensed_cong_avoid: skeleton::Handle::program(
                    loaded,
                    "unlicensed_cong_avoid",
                ),
                unlicensed_undo_cwnd: skeleton::Handle::program(
                    loaded,
                    "unlicensed_undo_cwnd",
                ),
            })
        }
    }
    /// The programs that a callback of a struct_ops variable can be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum StructOpsProgram {
        /// Program `unlicensed_ssthresh`.
        UnlicensedSsthresh,
        /// Program `unlicensed_cong_avoid`.
        UnlicensedCongAvoid,
        /// Program `unlicensed_undo_cwnd`.
        UnlicensedUndoCwnd,
    }
    impl AsRef<str> for StructOpsProgram {
        fn as_ref(&self) -> &str {
            match self {
                Self::UnlicensedSsthresh => "unlicensed_ssthresh",
                Self::UnlicensedCongAvoid => "unlicensed_cong_avoid",
                Self::UnlicensedUndoCwnd => "unlicensed_undo_cwnd",
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
        /// `struct tcp_congestion_ops bpf_no_license`, to edit.
        pub fn bpf_no_license(
            self,
        ) -> Result<OpenTcpCongestionOps<'a>, object::SpecError> {
            Ok(OpenTcpCongestionOps {
                spec: self.object.struct_ops_mut("bpf_no_license")?,
            })
        }
    }
    /// The struct_ops variables.
    #[derive(Clone, Debug)]
    pub struct StructOpsVariables {
        /// `struct tcp_congestion_ops bpf_no_license`.
        pub bpf_no_license: skeleton::Handle<struct_ops::StructOps>,
    }
    impl StructOpsVariables {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                bpf_no_license: skeleton::Handle::struct_ops(loaded, "bpf_no_license"),
            })
        }
    }
}
