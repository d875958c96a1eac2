// @generated from `fields` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `fields`: [`Fields`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod fields {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/core/fields.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenFields {
        object: object::Object,
    }
    impl OpenFields {
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
        pub fn load(&self) -> Result<Fields, load::LoadError> {
            Fields::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Fields, load::LoadError> {
            Fields::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Fields {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        loaded: load::LoadedObject,
    }
    impl Fields {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenFields, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenFields, object::OpenError> {
            Ok(OpenFields {
                object: options.or_name("fields").parse(OBJECT)?,
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
        ) -> Result<AttachedFields, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Fields {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedFields = skeleton::Attached<Fields>;
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
        /// Map `.rodata`, as it will be planned.
        pub fn rodata(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".rodata")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `read_fields`, in `SEC("raw_tp/sys_enter")`, as it will be planned.
        pub fn read_fields(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("read_fields")
        }
        /// Loads `read_fields` several times, each time with a difference.
        pub fn read_fields_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("read_fields", instances).map(drop)
        }
        /// Program `read_flavors`, in `SEC("raw_tp/sys_enter")`, as it will be planned.
        pub fn read_flavors(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("read_flavors")
        }
        /// Loads `read_flavors` several times, each time with a difference.
        pub fn read_flavors_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("read_flavors", instances).map(drop)
        }
        /// Program `measure`, in `SEC("raw_tp/sys_enter")`, as it will be planned.
        pub fn measure(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("measure")
        }
        /// Loads `measure` several times, each time with a difference.
        pub fn measure_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("measure", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `read_fields`, in `SEC("raw_tp/sys_enter")`.
        pub read_fields: skeleton::Handle<program::Program>,
        /// Program `read_flavors`, in `SEC("raw_tp/sys_enter")`.
        pub read_flavors: skeleton::Handle<program::Program>,
        /// Program `measure`, in `SEC("raw_tp/sys_enter")`.
        pub measure: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                read_fields: skeleton::Handle::program(loaded, "read_fields"),
                read_flavors: skeleton::Handle::program(loaded, "read_flavors"),
                measure: skeleton::Handle::program(loaded, "measure"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u32 pid`: its initial value.
        #[must_use]
        pub fn pid(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u32 tgid`: its initial value.
        #[must_use]
        pub fn tgid(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 4)
        }
        /// `char comm[16]`: its initial value.
        #[must_use]
        pub fn comm(self) -> skeleton::OpenVar<'a, [u8; 16]> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `char comm_third`: its initial value.
        #[must_use]
        pub fn comm_third(self) -> skeleton::OpenVar<'a, u8> {
            skeleton::OpenVar::new(self.object, ".bss", 24)
        }
        /// `__u64 exec_start`: its initial value.
        #[must_use]
        pub fn exec_start(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 32)
        }
        /// `__u32 leader_pid`: its initial value.
        #[must_use]
        pub fn leader_pid(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 40)
        }
        /// `__u64 task_size`: its initial value.
        #[must_use]
        pub fn task_size(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 48)
        }
        /// `__u64 pgd`: its initial value.
        #[must_use]
        pub fn pgd(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 56)
        }
        /// `__u32 same_pid`: its initial value.
        #[must_use]
        pub fn same_pid(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 64)
        }
        /// `__u32 has_old_state`: its initial value.
        #[must_use]
        pub fn has_old_state(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 68)
        }
        /// `__u32 has_new_state`: its initial value.
        #[must_use]
        pub fn has_new_state(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 72)
        }
        /// `__u32 has_imagined`: its initial value.
        #[must_use]
        pub fn has_imagined(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 76)
        }
        /// `__u64 state`: its initial value.
        #[must_use]
        pub fn state(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 80)
        }
        /// `__u32 state_size`: its initial value.
        #[must_use]
        pub fn state_size(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 88)
        }
        /// `__u64 missing`: its initial value.
        #[must_use]
        pub fn missing(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 96)
        }
        /// `__u32 comm_size`: its initial value.
        #[must_use]
        pub fn comm_size(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 104)
        }
        /// `__u32 pid_offset`: its initial value.
        #[must_use]
        pub fn pid_offset(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 108)
        }
        /// `__u32 nested_offset`: its initial value.
        #[must_use]
        pub fn nested_offset(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 112)
        }
        /// `__u32 pgd_offset`: its initial value.
        #[must_use]
        pub fn pgd_offset(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 116)
        }
        /// `__u32 has_task_size`: its initial value.
        #[must_use]
        pub fn has_task_size(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 120)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u32 pid`.
        pub pid: skeleton::Var<u32>,
        /// `__u32 tgid`.
        pub tgid: skeleton::Var<u32>,
        /// `char comm[16]`.
        pub comm: skeleton::Var<[u8; 16]>,
        /// `char comm_third`.
        pub comm_third: skeleton::Var<u8>,
        /// `__u64 exec_start`.
        pub exec_start: skeleton::Var<u64>,
        /// `__u32 leader_pid`.
        pub leader_pid: skeleton::Var<u32>,
        /// `__u64 task_size`.
        pub task_size: skeleton::Var<u64>,
        /// `__u64 pgd`.
        pub pgd: skeleton::Var<u64>,
        /// `__u32 same_pid`.
        pub same_pid: skeleton::Var<u32>,
        /// `__u32 has_old_state`.
        pub has_old_state: skeleton::Var<u32>,
        /// `__u32 has_new_state`.
        pub has_new_state: skeleton::Var<u32>,
        /// `__u32 has_imagined`.
        pub has_imagined: skeleton::Var<u32>,
        /// `__u64 state`.
        pub state: skeleton::Var<u64>,
        /// `__u32 state_size`.
        pub state_size: skeleton::Var<u32>,
        /// `__u64 missing`.
        pub missing: skeleton::Var<u64>,
        /// `__u32 comm_size`.
        pub comm_size: skeleton::Var<u32>,
        /// `__u32 pid_offset`.
        pub pid_offset: skeleton::Var<u32>,
        /// `__u32 nested_offset`.
        pub nested_offset: skeleton::Var<u32>,
        /// `__u32 pgd_offset`.
        pub pgd_offset: skeleton::Var<u32>,
        /// `__u32 has_task_size`.
        pub has_task_size: skeleton::Var<u32>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                pid: skeleton::Var::new(loaded, ".bss", 0)?,
                tgid: skeleton::Var::new(loaded, ".bss", 4)?,
                comm: skeleton::Var::new(loaded, ".bss", 8)?,
                comm_third: skeleton::Var::new(loaded, ".bss", 24)?,
                exec_start: skeleton::Var::new(loaded, ".bss", 32)?,
                leader_pid: skeleton::Var::new(loaded, ".bss", 40)?,
                task_size: skeleton::Var::new(loaded, ".bss", 48)?,
                pgd: skeleton::Var::new(loaded, ".bss", 56)?,
                same_pid: skeleton::Var::new(loaded, ".bss", 64)?,
                has_old_state: skeleton::Var::new(loaded, ".bss", 68)?,
                has_new_state: skeleton::Var::new(loaded, ".bss", 72)?,
                has_imagined: skeleton::Var::new(loaded, ".bss", 76)?,
                state: skeleton::Var::new(loaded, ".bss", 80)?,
                state_size: skeleton::Var::new(loaded, ".bss", 88)?,
                missing: skeleton::Var::new(loaded, ".bss", 96)?,
                comm_size: skeleton::Var::new(loaded, ".bss", 104)?,
                pid_offset: skeleton::Var::new(loaded, ".bss", 108)?,
                nested_offset: skeleton::Var::new(loaded, ".bss", 112)?,
                pgd_offset: skeleton::Var::new(loaded, ".bss", 116)?,
                has_task_size: skeleton::Var::new(loaded, ".bss", 120)?,
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
