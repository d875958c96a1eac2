// @generated from `raw_tp` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `raw_tp`: [`RawTp`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod raw_tp {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/tracing/raw_tp.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenRawTp {
        object: object::Object,
    }
    impl OpenRawTp {
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
        pub fn load(&self) -> Result<RawTp, load::LoadError> {
            RawTp::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<RawTp, load::LoadError> {
            RawTp::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct RawTp {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        /// The variables of `.data`.
        pub data: Data,
        /// The variables of `.bss`.
        pub bss: Bss,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        loaded: load::LoadedObject,
    }
    impl RawTp {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenRawTp, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenRawTp, object::OpenError> {
            Ok(OpenRawTp {
                object: options.or_name("raw_tp").parse(OBJECT)?,
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
                data: Data::new(&loaded)?,
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
        pub fn attach(self) -> Result<AttachedRawTp, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for RawTp {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedRawTp = skeleton::Attached<RawTp>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `by_number`, as it will be planned.
        pub fn by_number(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("by_number")
        }
        /// Map `by_remainder`, as it will be planned.
        pub fn by_remainder(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("by_remainder")
        }
        /// Map `.data`, as it will be planned.
        pub fn data(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".data")
        }
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
        /// Map `.rodata`, as it will be planned.
        pub fn rodata(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".rodata")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `by_number`: hash of 1024.
        pub by_number: map::Hash<u32, u64>,
        /// Map `by_remainder`: array of 4.
        pub by_remainder: map::Array<u64>,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                by_number: TryFrom::try_from(loaded.map("by_number")?)?,
                by_remainder: TryFrom::try_from(loaded.map("by_remainder")?)?,
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
        /// Program `on_sys_enter`, in `SEC("raw_tp/sys_enter")`, as it will be planned.
        pub fn on_sys_enter(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("on_sys_enter")
        }
        /// Loads `on_sys_enter` several times, each time with a difference.
        pub fn on_sys_enter_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("on_sys_enter", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `on_sys_enter`, in `SEC("raw_tp/sys_enter")`.
        pub on_sys_enter: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                on_sys_enter: skeleton::Handle::program(loaded, "on_sys_enter"),
            })
        }
    }
    /// The variables of `.data` before they are loaded.
    #[derive(Debug)]
    pub struct OpenData<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenData<'a> {
        /// `__u64 odd_weight`: its initial value.
        #[must_use]
        pub fn odd_weight(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".data", 0)
        }
        /// `char label[8]`: its initial value.
        #[must_use]
        pub fn label(self) -> skeleton::OpenVar<'a, [u8; 8]> {
            skeleton::OpenVar::new(self.object, ".data", 8)
        }
    }
    /// The variables of `.data`.
    #[derive(Clone, Debug)]
    pub struct Data {
        /// `__u64 odd_weight`.
        pub odd_weight: skeleton::Var<u64>,
        /// `char label[8]`.
        pub label: skeleton::Var<[u8; 8]>,
    }
    impl Data {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                odd_weight: skeleton::Var::new(loaded, ".data", 0)?,
                label: skeleton::Var::new(loaded, ".data", 8)?,
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 weight`: its initial value.
        #[must_use]
        pub fn weight(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u32 last_number`: its initial value.
        #[must_use]
        pub fn last_number(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u64 calls`: its initial value.
        #[must_use]
        pub fn calls(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
        /// `__u64 others`: its initial value.
        #[must_use]
        pub fn others(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 24)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 weight`.
        pub weight: skeleton::Var<u64>,
        /// `__u32 last_number`.
        pub last_number: skeleton::Var<u32>,
        /// `__u64 calls`.
        pub calls: skeleton::Var<u64>,
        /// `__u64 others`.
        pub others: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                weight: skeleton::Var::new(loaded, ".bss", 0)?,
                last_number: skeleton::Var::new(loaded, ".bss", 8)?,
                calls: skeleton::Var::new(loaded, ".bss", 16)?,
                others: skeleton::Var::new(loaded, ".bss", 24)?,
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
