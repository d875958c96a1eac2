// @generated from `newer_btf` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `newer_btf`: [`NewerBtf`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod newer_btf {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/socket/newer_btf.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenNewerBtf {
        object: object::Object,
    }
    impl OpenNewerBtf {
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
        pub fn load(&self) -> Result<NewerBtf, load::LoadError> {
            NewerBtf::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<NewerBtf, load::LoadError> {
            NewerBtf::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct NewerBtf {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl NewerBtf {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenNewerBtf, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenNewerBtf, object::OpenError> {
            Ok(OpenNewerBtf {
                object: options.or_name("newer_btf").parse(OBJECT)?,
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
        ) -> Result<AttachedNewerBtf, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for NewerBtf {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedNewerBtf = skeleton::Attached<NewerBtf>;
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
        /// Program `five`, in `SEC("socket")`, as it will be planned.
        pub fn five(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("five")
        }
        /// Loads `five` several times, each time with a difference.
        pub fn five_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("five", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `five`, in `SEC("socket")`.
        pub five: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                five: skeleton::Handle::program(loaded, "five"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `int seen`: its initial value.
        #[must_use]
        pub fn seen(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `float ratio`: its initial value.
        #[must_use]
        pub fn ratio(self) -> skeleton::OpenVar<'a, f32> {
            skeleton::OpenVar::new(self.object, ".bss", 4)
        }
        /// `enum wide wide`: its initial value.
        #[must_use]
        pub fn wide(self) -> skeleton::OpenVar<'a, Wide> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `enum negative negative`: its initial value.
        #[must_use]
        pub fn negative(self) -> skeleton::OpenVar<'a, Negative> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
        /// `struct tagged tagged`: its initial value.
        #[must_use]
        pub fn tagged(self) -> skeleton::OpenVar<'a, Tagged> {
            skeleton::OpenVar::new(self.object, ".bss", 24)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `int seen`.
        pub seen: skeleton::Var<i32>,
        /// `float ratio`.
        pub ratio: skeleton::Var<f32>,
        /// `enum wide wide`.
        pub wide: skeleton::Var<Wide>,
        /// `enum negative negative`.
        pub negative: skeleton::Var<Negative>,
        /// `struct tagged tagged`.
        pub tagged: skeleton::Var<Tagged>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                seen: skeleton::Var::new(loaded, ".bss", 0)?,
                ratio: skeleton::Var::new(loaded, ".bss", 4)?,
                wide: skeleton::Var::new(loaded, ".bss", 8)?,
                negative: skeleton::Var::new(loaded, ".bss", 16)?,
                tagged: skeleton::Var::new(loaded, ".bss", 24)?,
            })
        }
    }
    /// `enum wide`: 8 bytes.
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
    pub struct Wide(pub u64);
    impl Wide {
        /// `WIDE`
        pub const WIDE: Self = Self(1099511627776);
        /// The C name of the number, the first if it has several; `None` if it has none.
        #[must_use]
        pub fn name(self) -> Option<&'static str> {
            Some(
                match self.0 {
                    1099511627776 => "WIDE",
                    _ => return None,
                },
            )
        }
    }
    impl Default for Wide {
        /// The number 0, whether it has a name or not.
        fn default() -> Self {
            Self(0)
        }
    }
    impl ::core::fmt::Debug for Wide {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self.name() {
                Some(name) => f.write_str(name),
                None => f.debug_tuple("Wide").field(&self.0).finish(),
            }
        }
    }
    const _: () = skeleton::assert_layout::<Wide>(8, 8);
    /// `enum negative`: 4 bytes.
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
    pub struct Negative(pub i32);
    impl Negative {
        /// `BELOW`
        pub const BELOW: Self = Self(-1);
        /// The C name of the number, the first if it has several; `None` if it has none.
        #[must_use]
        pub fn name(self) -> Option<&'static str> {
            Some(
                match self.0 {
                    -1 => "BELOW",
                    _ => return None,
                },
            )
        }
    }
    impl Default for Negative {
        /// The number 0, whether it has a name or not.
        fn default() -> Self {
            Self(0)
        }
    }
    impl ::core::fmt::Debug for Negative {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self.name() {
                Some(name) => f.write_str(name),
                None => f.debug_tuple("Negative").field(&self.0).finish(),
            }
        }
    }
    const _: () = skeleton::assert_layout::<Negative>(4, 4);
    /// `struct tagged`: 16 bytes.
    #[derive(
        Clone,
        Copy,
        Debug,
        zerocopy::FromBytes,
        zerocopy::IntoBytes,
        zerocopy::Immutable,
        zerocopy::KnownLayout,
        zerocopy::ByteEq,
        zerocopy::ByteHash,
    )]
    #[zerocopy(crate = "::bpf_loader::zerocopy")]
    #[repr(C)]
    pub struct Tagged {
        /// `int plain`
        pub plain: i32,
        /// `int marked`
        pub marked: i32,
        /// `int __a_type *pointer`
        pub pointer: u64,
    }
    impl Default for Tagged {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    const _: () = skeleton::assert_layout::<Tagged>(16, 8);
    const _: () = skeleton::assert_offsets(
        &[
            (offset_of!(Tagged, plain), 0),
            (offset_of!(Tagged, marked), 4),
            (offset_of!(Tagged, pointer), 8),
        ],
    );
}
