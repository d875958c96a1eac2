// @generated from `kconfig` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `kconfig`: [`Kconfig2`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod kconfig {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/externs/kconfig.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenKconfig {
        object: object::Object,
    }
    impl OpenKconfig {
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
        pub fn load(&self) -> Result<Kconfig2, load::LoadError> {
            Kconfig2::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Kconfig2, load::LoadError> {
            Kconfig2::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Kconfig2 {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        /// The values of the kernel's configuration.
        pub kconfig: Kconfig,
        loaded: load::LoadedObject,
    }
    impl Kconfig2 {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenKconfig, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenKconfig, object::OpenError> {
            Ok(OpenKconfig {
                object: options.or_name("kconfig").parse(OBJECT)?,
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
                kconfig: Kconfig::new(&loaded)?,
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
        ) -> Result<AttachedKconfig, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Kconfig2 {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedKconfig = skeleton::Attached<Kconfig2>;
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
        /// Map `.kconfig`, as it will be planned.
        pub fn kconfig(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".kconfig")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `read_values`, in `SEC("socket")`, as it will be planned.
        pub fn read_values(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("read_values")
        }
        /// Loads `read_values` several times, each time with a difference.
        pub fn read_values_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("read_values", instances).map(drop)
        }
        /// Program `asks_for_more`, in `SEC("?socket")`, as it will be planned.
        pub fn asks_for_more(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("asks_for_more")
        }
        /// Loads `asks_for_more` several times, each time with a difference.
        pub fn asks_for_more_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("asks_for_more", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `read_values`, in `SEC("socket")`.
        pub read_values: skeleton::Handle<program::Program>,
        /// Program `asks_for_more`, in `SEC("?socket")`.
        pub asks_for_more: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                read_values: skeleton::Handle::program(loaded, "read_values"),
                asks_for_more: skeleton::Handle::program(loaded, "asks_for_more"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `int hz`: its initial value.
        #[must_use]
        pub fn hz(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u64 illegal`: its initial value.
        #[must_use]
        pub fn illegal(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `int cpus`: its initial value.
        #[must_use]
        pub fn cpus(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
        /// `int shift`: its initial value.
        #[must_use]
        pub fn shift(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 20)
        }
        /// `int syscall`: its initial value.
        #[must_use]
        pub fn syscall(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 24)
        }
        /// `int letter`: its initial value.
        #[must_use]
        pub fn letter(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 28)
        }
        /// `int ipv6`: its initial value.
        #[must_use]
        pub fn ipv6(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 32)
        }
        /// `int never`: its initial value.
        #[must_use]
        pub fn never(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 36)
        }
        /// `char compiler[8]`: its initial value.
        #[must_use]
        pub fn compiler(self) -> skeleton::OpenVar<'a, [u8; 8]> {
            skeleton::OpenVar::new(self.object, ".bss", 40)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `int hz`.
        pub hz: skeleton::Var<i32>,
        /// `__u64 illegal`.
        pub illegal: skeleton::Var<u64>,
        /// `int cpus`.
        pub cpus: skeleton::Var<i32>,
        /// `int shift`.
        pub shift: skeleton::Var<i32>,
        /// `int syscall`.
        pub syscall: skeleton::Var<i32>,
        /// `int letter`.
        pub letter: skeleton::Var<i32>,
        /// `int ipv6`.
        pub ipv6: skeleton::Var<i32>,
        /// `int never`.
        pub never: skeleton::Var<i32>,
        /// `char compiler[8]`.
        pub compiler: skeleton::Var<[u8; 8]>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                hz: skeleton::Var::new(loaded, ".bss", 0)?,
                illegal: skeleton::Var::new(loaded, ".bss", 8)?,
                cpus: skeleton::Var::new(loaded, ".bss", 16)?,
                shift: skeleton::Var::new(loaded, ".bss", 20)?,
                syscall: skeleton::Var::new(loaded, ".bss", 24)?,
                letter: skeleton::Var::new(loaded, ".bss", 28)?,
                ipv6: skeleton::Var::new(loaded, ".bss", 32)?,
                never: skeleton::Var::new(loaded, ".bss", 36)?,
                compiler: skeleton::Var::new(loaded, ".bss", 40)?,
            })
        }
    }
    /// The values of the kernel's configuration.
    #[derive(Clone, Debug)]
    pub struct Kconfig {
        /// `CONFIG_HZ`.
        pub config_hz: skeleton::ReadVar<i32>,
        /// `CONFIG_ILLEGAL_POINTER_VALUE`.
        pub config_illegal_pointer_value: skeleton::ReadVar<u64>,
        /// `CONFIG_LOG_BUF_SHIFT`.
        pub config_log_buf_shift: skeleton::ReadVar<u8>,
        /// `CONFIG_BPF_SYSCALL`.
        pub config_bpf_syscall: skeleton::ReadBool,
        /// `CONFIG_IPV6`.
        pub config_ipv6: skeleton::ReadVar<LibbpfTristate>,
        /// `CONFIG_ZZZ_NEVER_SET`.
        pub config_zzz_never_set: skeleton::ReadBool,
        /// `LINUX_ZZZ_UNKNOWN`.
        pub linux_zzz_unknown: skeleton::ReadVar<i32>,
        /// `CONFIG_NR_CPUS`.
        pub config_nr_cpus: skeleton::ReadVar<i16>,
        /// `CONFIG_BPF`.
        pub config_bpf: skeleton::ReadVar<u8>,
        /// `CONFIG_CC_VERSION_TEXT`.
        pub config_cc_version_text: skeleton::ReadVar<[u8; 8]>,
        /// `CONFIG_ZZZ_NOBODY_ASKS`.
        pub config_zzz_nobody_asks: skeleton::ReadVar<i32>,
    }
    impl Kconfig {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                config_hz: skeleton::ReadVar::kconfig(loaded, "CONFIG_HZ")?,
                config_illegal_pointer_value: skeleton::ReadVar::kconfig(
                    loaded,
                    "CONFIG_ILLEGAL_POINTER_VALUE",
                )?,
                config_log_buf_shift: skeleton::ReadVar::kconfig(
                    loaded,
                    "CONFIG_LOG_BUF_SHIFT",
                )?,
                config_bpf_syscall: skeleton::ReadBool::kconfig(
                    loaded,
                    "CONFIG_BPF_SYSCALL",
                )?,
                config_ipv6: skeleton::ReadVar::kconfig(loaded, "CONFIG_IPV6")?,
                config_zzz_never_set: skeleton::ReadBool::kconfig(
                    loaded,
                    "CONFIG_ZZZ_NEVER_SET",
                )?,
                linux_zzz_unknown: skeleton::ReadVar::kconfig(
                    loaded,
                    "LINUX_ZZZ_UNKNOWN",
                )?,
                config_nr_cpus: skeleton::ReadVar::kconfig(loaded, "CONFIG_NR_CPUS")?,
                config_bpf: skeleton::ReadVar::kconfig(loaded, "CONFIG_BPF")?,
                config_cc_version_text: skeleton::ReadVar::kconfig(
                    loaded,
                    "CONFIG_CC_VERSION_TEXT",
                )?,
                config_zzz_nobody_asks: skeleton::ReadVar::kconfig(
                    loaded,
                    "CONFIG_ZZZ_NOBODY_ASKS",
                )?,
            })
        }
    }
    /// `enum libbpf_tristate`: 4 bytes.
    #[derive(
        Clone,
        Copy,
        zerocopy::FromBytes,
        zerocopy::IntoBytes,
        zerocopy::Immutable,
        zerocopy::KnownLayout,
        zerocopy::ByteEq,
        zerocopy::ByteHash,
    )]
    #[zerocopy(crate = "::bpf_loader::zerocopy")]
    #[derive(PartialOrd, Ord)]
    #[repr(transparent)]
    pub struct LibbpfTristate(pub u32);
    impl LibbpfTristate {
        /// `TRI_NO`
        pub const TRI_NO: Self = Self(0);
        /// `TRI_YES`
        pub const TRI_YES: Self = Self(1);
        /// `TRI_MODULE`
        pub const TRI_MODULE: Self = Self(2);
        /// The C name of the number, the first if it has several; `None` if it has none.
        #[must_use]
        pub fn name(self) -> Option<&'static str> {
            Some(
                match self.0 {
                    0 => "TRI_NO",
                    1 => "TRI_YES",
                    2 => "TRI_MODULE",
                    _ => return None,
                },
            )
        }
    }
    impl Default for LibbpfTristate {
        /// The number 0, whether it has a name or not.
        fn default() -> Self {
            Self(0)
        }
    }
    impl ::core::fmt::Debug for LibbpfTristate {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self.name() {
                Some(name) => f.write_str(name),
                None => f.debug_tuple("LibbpfTristate").field(&self.0).finish(),
            }
        }
    }
    const _: () = skeleton::assert_layout::<LibbpfTristate>(4, 4);
}
