// @generated from `ops_nolink` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `ops_nolink`: [`OpsNolink`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod ops_nolink {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/module/ops_nolink.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenOpsNolink {
        object: object::Object,
    }
    impl OpenOpsNolink {
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
        pub fn load(&self) -> Result<OpsNolink, load::LoadError> {
            OpsNolink::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<OpsNolink, load::LoadError> {
            OpsNolink::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct OpsNolink {
        /// The programs.
        pub programs: Programs,
        /// The struct_ops variables.
        pub struct_ops: StructOpsVariables,
        loaded: load::LoadedObject,
    }
    impl OpsNolink {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenOpsNolink, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenOpsNolink, object::OpenError> {
            Ok(OpenOpsNolink {
                object: options.or_name("ops_nolink").parse(OBJECT)?,
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
        ) -> Result<AttachedOpsNolink, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for OpsNolink {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedOpsNolink = skeleton::Attached<OpsNolink>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `fixture_few`, as it will be planned.
        pub fn fixture_few(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("fixture_few")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `few_sum`, in `SEC("struct_ops")`, as it will be planned.
        pub fn few_sum(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("few_sum")
        }
        /// Loads `few_sum` several times, each time with a difference.
        pub fn few_sum_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("few_sum", instances).map(drop)
        }
        /// Program `few_scale`, in `SEC("struct_ops")`, as it will be planned.
        pub fn few_scale(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("few_scale")
        }
        /// Loads `few_scale` several times, each time with a difference.
        pub fn few_scale_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("few_scale", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `few_sum`, in `SEC("struct_ops")`.
        pub few_sum: skeleton::Handle<program::Program>,
        /// Program `few_scale`, in `SEC("struct_ops")`.
        pub few_scale: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                few_sum: skeleton::Handle::program(loaded, "few_sum"),
                few_scale: skeleton::Handle::program(loaded, "few_scale"),
            })
        }
    }
    /// The programs that a callback of a struct_ops variable can be.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum StructOpsProgram {
        /// Program `few_sum`.
        FewSum,
        /// Program `few_scale`.
        FewScale,
    }
    impl AsRef<str> for StructOpsProgram {
        fn as_ref(&self) -> &str {
            match self {
                Self::FewSum => "few_sum",
                Self::FewScale => "few_scale",
            }
        }
    }
    /// A variable of type `struct bpf_fixture_ops`, before it is loaded.
    #[derive(Debug)]
    pub struct OpenBpfFixtureOps<'a> {
        spec: &'a mut object::StructOpsSpec,
    }
    impl OpenBpfFixtureOps<'_> {
        /// Its spec, for what has no method here.
        #[must_use]
        pub fn spec(&mut self) -> &mut object::StructOpsSpec {
            self.spec
        }
        /// `int (*sum)(struct bpf_fixture_state *, int, int)`.
        #[must_use]
        pub fn sum(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "sum")
        }
        /// `__u64 (*scale)(__u64, __u8)`.
        #[must_use]
        pub fn scale(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "scale")
        }
        /// `void (*done)(struct bpf_fixture_state *, int, __u64)`.
        #[must_use]
        pub fn done(&mut self) -> skeleton::Callback<'_> {
            skeleton::Callback::new(self.spec, "done")
        }
        /// `__u32 level`.
        #[must_use]
        pub fn level(&mut self) -> skeleton::Member<'_, u32> {
            skeleton::Member::new(self.spec, "level")
        }
        /// `char name[16]`.
        #[must_use]
        pub fn name(&mut self) -> skeleton::Member<'_, [u8; 16]> {
            skeleton::Member::new(self.spec, "name")
        }
    }
    /// The struct_ops variables before they are loaded.
    #[derive(Debug)]
    pub struct OpenStructOps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenStructOps<'a> {
        /// `struct bpf_fixture_ops fixture_few`, to edit.
        pub fn fixture_few(self) -> Result<OpenBpfFixtureOps<'a>, object::SpecError> {
            Ok(OpenBpfFixtureOps {
                spec: self.object.struct_ops_mut("fixture_few")?,
            })
        }
    }
    /// The struct_ops variables.
    #[derive(Clone, Debug)]
    pub struct StructOpsVariables {
        /// `struct bpf_fixture_ops fixture_few`.
        pub fixture_few: skeleton::Handle<struct_ops::StructOps>,
    }
    impl StructOpsVariables {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                fixture_few: skeleton::Handle::struct_ops(loaded, "fixture_few"),
            })
        }
    }
}
