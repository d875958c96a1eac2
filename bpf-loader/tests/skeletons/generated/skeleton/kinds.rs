// @generated from `kinds` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `kinds`: [`Kinds`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod kinds {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/skeleton/kinds.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenKinds {
        object: object::Object,
    }
    impl OpenKinds {
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
        /// The variables of `.bss`.
        pub fn bss(&mut self) -> OpenBss<'_> {
            OpenBss {
                object: &mut self.object,
            }
        }
        /// The variables of `.data`.
        pub fn data(&mut self) -> OpenData<'_> {
            OpenData {
                object: &mut self.object,
            }
        }
        /// The variables of `.data.own`.
        pub fn data_own(&mut self) -> OpenDataOwn<'_> {
            OpenDataOwn {
                object: &mut self.object,
            }
        }
        /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
        ///
        /// # Errors
        /// [`load::LoadError`]; nothing stays in the kernel then.
        pub fn load(&self) -> Result<Kinds, load::LoadError> {
            Kinds::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Kinds, load::LoadError> {
            Kinds::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Kinds {
        /// The programs.
        pub programs: Programs,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        /// The variables of `.bss`.
        pub bss: Bss,
        /// The variables of `.data`.
        pub data: Data,
        /// The variables of `.data.own`.
        pub data_own: DataOwn,
        loaded: load::LoadedObject,
    }
    impl Kinds {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenKinds, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenKinds, object::OpenError> {
            Ok(OpenKinds {
                object: options.or_name("kinds").parse(OBJECT)?,
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
                bss: Bss::new(&loaded)?,
                data: Data::new(&loaded)?,
                data_own: DataOwn::new(&loaded)?,
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
        pub fn attach(self) -> Result<AttachedKinds, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Kinds {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedKinds = skeleton::Attached<Kinds>;
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
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
        /// Map `.data`, as it will be planned.
        pub fn data(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".data")
        }
        /// Map `.data.own`, as it will be planned.
        pub fn data_own(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".data.own")
        }
    }
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `see`, in `SEC("socket")`, as it will be planned.
        pub fn see(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("see")
        }
        /// Loads `see` several times, each time with a difference.
        pub fn see_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("see", instances).map(drop)
        }
        /// Program `other`, in `SEC("socket")`, as it will be planned.
        pub fn other(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("other")
        }
        /// Loads `other` several times, each time with a difference.
        pub fn other_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("other", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `see`, in `SEC("socket")`.
        pub see: skeleton::Handle<program::Program>,
        /// Program `other`, in `SEC("socket")`.
        pub other: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                see: skeleton::Handle::program(loaded, "see"),
                other: skeleton::Handle::program(loaded, "other"),
            })
        }
    }
    /// The variables of `.rodata` before they are loaded.
    #[derive(Debug)]
    pub struct OpenRodata<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenRodata<'a> {
        /// `const volatile bool enabled`: its initial value.
        #[must_use]
        pub fn enabled(self) -> skeleton::OpenBool<'a> {
            skeleton::OpenBool::new(self.object, ".rodata", 0)
        }
        /// `const volatile enum mode wanted`: its initial value.
        #[must_use]
        pub fn wanted(self) -> skeleton::OpenVar<'a, Mode> {
            skeleton::OpenVar::new(self.object, ".rodata", 4)
        }
        /// `const volatile __u32 limits[3]`: its initial value.
        #[must_use]
        pub fn limits(self) -> skeleton::OpenVar<'a, [u32; 3]> {
            skeleton::OpenVar::new(self.object, ".rodata", 8)
        }
        /// `const volatile struct point corner`: its initial value.
        #[must_use]
        pub fn corner(self) -> skeleton::OpenVar<'a, Point> {
            skeleton::OpenVar::new(self.object, ".rodata", 20)
        }
        /// `const volatile char greeting[16]`: its initial value.
        #[must_use]
        pub fn greeting(self) -> skeleton::OpenVar<'a, [u8; 16]> {
            skeleton::OpenVar::new(self.object, ".rodata", 32)
        }
    }
    /// The variables of `.rodata`.
    #[derive(Clone, Debug)]
    pub struct Rodata {
        /// `const volatile bool enabled`.
        pub enabled: skeleton::ReadBool,
        /// `const volatile enum mode wanted`.
        pub wanted: skeleton::ReadVar<Mode>,
        /// `const volatile __u32 limits[3]`.
        pub limits: skeleton::ReadVar<[u32; 3]>,
        /// `const volatile struct point corner`.
        pub corner: skeleton::ReadVar<Point>,
        /// `const volatile char greeting[16]`.
        pub greeting: skeleton::ReadVar<[u8; 16]>,
    }
    impl Rodata {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                enabled: skeleton::ReadBool::new(loaded, ".rodata", 0)?,
                wanted: skeleton::ReadVar::new(loaded, ".rodata", 4)?,
                limits: skeleton::ReadVar::new(loaded, ".rodata", 8)?,
                corner: skeleton::ReadVar::new(loaded, ".rodata", 20)?,
                greeting: skeleton::ReadVar::new(loaded, ".rodata", 32)?,
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `bool enabled_seen`: its initial value.
        #[must_use]
        pub fn enabled_seen(self) -> skeleton::OpenBool<'a> {
            skeleton::OpenBool::new(self.object, ".bss", 0)
        }
        /// `enum mode wanted_seen`: its initial value.
        #[must_use]
        pub fn wanted_seen(self) -> skeleton::OpenVar<'a, Mode> {
            skeleton::OpenVar::new(self.object, ".bss", 4)
        }
        /// `volatile __u64 see.calls`, static: its initial value.
        #[must_use]
        pub fn see_calls(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u64 runs`: its initial value.
        #[must_use]
        pub fn runs(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 16)
        }
        /// `__u32 limits_seen[3]`: its initial value.
        #[must_use]
        pub fn limits_seen(self) -> skeleton::OpenVar<'a, [u32; 3]> {
            skeleton::OpenVar::new(self.object, ".bss", 24)
        }
        /// `struct point corner_seen`: its initial value.
        #[must_use]
        pub fn corner_seen(self) -> skeleton::OpenVar<'a, Point> {
            skeleton::OpenVar::new(self.object, ".bss", 36)
        }
        /// `struct bits bits`: its initial value.
        #[must_use]
        pub fn bits(self) -> skeleton::OpenVar<'a, Bits> {
            skeleton::OpenVar::new(self.object, ".bss", 48)
        }
        /// `struct tight tight`: its initial value.
        #[must_use]
        pub fn tight(self) -> skeleton::OpenVar<'a, Tight> {
            skeleton::OpenVar::new(self.object, ".bss", 56)
        }
        /// `struct outer outer`: its initial value.
        #[must_use]
        pub fn outer(self) -> skeleton::OpenVar<'a, Outer> {
            skeleton::OpenVar::new(self.object, ".bss", 64)
        }
        /// `volatile __u64 other.calls`, static: its initial value.
        #[must_use]
        pub fn other_calls(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 224)
        }
        /// `struct flexible *flexible`: its initial value.
        #[must_use]
        pub fn flexible(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 232)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `bool enabled_seen`.
        pub enabled_seen: skeleton::BoolVar,
        /// `enum mode wanted_seen`.
        pub wanted_seen: skeleton::Var<Mode>,
        /// `volatile __u64 see.calls`, static.
        pub see_calls: skeleton::Var<u64>,
        /// `__u64 runs`.
        pub runs: skeleton::Var<u64>,
        /// `__u32 limits_seen[3]`.
        pub limits_seen: skeleton::Var<[u32; 3]>,
        /// `struct point corner_seen`.
        pub corner_seen: skeleton::Var<Point>,
        /// `struct bits bits`.
        pub bits: skeleton::Var<Bits>,
        /// `struct tight tight`.
        pub tight: skeleton::Var<Tight>,
        /// `struct outer outer`.
        pub outer: skeleton::Var<Outer>,
        /// `volatile __u64 other.calls`, static.
        pub other_calls: skeleton::Var<u64>,
        /// `struct flexible *flexible`.
        pub flexible: skeleton::Var<u64>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                enabled_seen: skeleton::BoolVar::new(loaded, ".bss", 0)?,
                wanted_seen: skeleton::Var::new(loaded, ".bss", 4)?,
                see_calls: skeleton::Var::new(loaded, ".bss", 8)?,
                runs: skeleton::Var::new(loaded, ".bss", 16)?,
                limits_seen: skeleton::Var::new(loaded, ".bss", 24)?,
                corner_seen: skeleton::Var::new(loaded, ".bss", 36)?,
                bits: skeleton::Var::new(loaded, ".bss", 48)?,
                tight: skeleton::Var::new(loaded, ".bss", 56)?,
                outer: skeleton::Var::new(loaded, ".bss", 64)?,
                other_calls: skeleton::Var::new(loaded, ".bss", 224)?,
                flexible: skeleton::Var::new(loaded, ".bss", 232)?,
            })
        }
    }
    /// The variables of `.data` before they are loaded.
    #[derive(Debug)]
    pub struct OpenData<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenData<'a> {
        /// `__s32 below`: its initial value.
        #[must_use]
        pub fn below(self) -> skeleton::OpenVar<'a, i32> {
            skeleton::OpenVar::new(self.object, ".data", 0)
        }
        /// `__s64 far_below`: its initial value.
        #[must_use]
        pub fn far_below(self) -> skeleton::OpenVar<'a, i64> {
            skeleton::OpenVar::new(self.object, ".data", 8)
        }
        /// `union either either`: its initial value.
        #[must_use]
        pub fn either(self) -> skeleton::OpenVar<'a, Either> {
            skeleton::OpenVar::new(self.object, ".data", 16)
        }
        /// `enum wide wide`: its initial value.
        #[must_use]
        pub fn wide(self) -> skeleton::OpenVar<'a, Wide> {
            skeleton::OpenVar::new(self.object, ".data", 32)
        }
        /// `unsigned __int128 huge`: its initial value.
        #[must_use]
        pub fn huge(self) -> skeleton::OpenVar<'a, u128> {
            skeleton::OpenVar::new(self.object, ".data", 48)
        }
        /// `double ratio`: its initial value.
        #[must_use]
        pub fn ratio(self) -> skeleton::OpenVar<'a, f64> {
            skeleton::OpenVar::new(self.object, ".data", 64)
        }
    }
    /// The variables of `.data`.
    #[derive(Clone, Debug)]
    pub struct Data {
        /// `__s32 below`.
        pub below: skeleton::Var<i32>,
        /// `__s64 far_below`.
        pub far_below: skeleton::Var<i64>,
        /// `union either either`.
        pub either: skeleton::Var<Either>,
        /// `enum wide wide`.
        pub wide: skeleton::Var<Wide>,
        /// `unsigned __int128 huge`.
        pub huge: skeleton::Var<u128>,
        /// `double ratio`.
        pub ratio: skeleton::Var<f64>,
    }
    impl Data {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                below: skeleton::Var::new(loaded, ".data", 0)?,
                far_below: skeleton::Var::new(loaded, ".data", 8)?,
                either: skeleton::Var::new(loaded, ".data", 16)?,
                wide: skeleton::Var::new(loaded, ".data", 32)?,
                huge: skeleton::Var::new(loaded, ".data", 48)?,
                ratio: skeleton::Var::new(loaded, ".data", 64)?,
            })
        }
    }
    /// The variables of `.data.own` before they are loaded.
    #[derive(Debug)]
    pub struct OpenDataOwn<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenDataOwn<'a> {
        /// `__u32 own`: its initial value.
        #[must_use]
        pub fn own(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".data.own", 0)
        }
    }
    /// The variables of `.data.own`.
    #[derive(Clone, Debug)]
    pub struct DataOwn {
        /// `__u32 own`.
        pub own: skeleton::Var<u32>,
    }
    impl DataOwn {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                own: skeleton::Var::new(loaded, ".data.own", 0)?,
            })
        }
    }
    /// `enum mode`: 4 bytes.
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
    pub struct Mode(pub i32);
    impl Mode {
        /// `MODE_OFF`
        pub const MODE_OFF: Self = Self(0);
        /// `MODE_ON`
        pub const MODE_ON: Self = Self(5);
        /// `MODE_ALSO_ON`
        pub const MODE_ALSO_ON: Self = Self(5);
        /// `mode_on`
        pub const MODE_ON_2: Self = Self(6);
        /// `MODE_LEAST`
        pub const MODE_LEAST: Self = Self(-2);
        /// The C name of the number, the first if it has several; `None` if it has none.
        #[must_use]
        pub fn name(self) -> Option<&'static str> {
            Some(
                match self.0 {
                    0 => "MODE_OFF",
                    5 => "MODE_ON",
                    6 => "mode_on",
                    -2 => "MODE_LEAST",
                    _ => return None,
                },
            )
        }
    }
    impl Default for Mode {
        /// The number 0, whether it has a name or not.
        fn default() -> Self {
            Self(0)
        }
    }
    impl ::core::fmt::Debug for Mode {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self.name() {
                Some(name) => f.write_str(name),
                None => f.debug_tuple("Mode").field(&self.0).finish(),
            }
        }
    }
    const _: () = skeleton::assert_layout::<Mode>(4, 4);
    /// `struct point`: 12 bytes.
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
    #[repr(C)]
    pub struct Point {
        /// `__u8 x`
        pub x: u8,
        #[doc(hidden)]
        pub _pad_1: [u8; 3],
        /// `__u32 y`
        pub y: u32,
        /// `__u16 z`
        pub z: u16,
        #[doc(hidden)]
        pub _pad_10: [u8; 2],
    }
    impl Default for Point {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    impl ::core::fmt::Debug for Point {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Point")
                .field("x", &self.x)
                .field("y", &self.y)
                .field("z", &self.z)
                .finish()
        }
    }
    const _: () = skeleton::assert_layout::<Point>(12, 4);
    const _: () = skeleton::assert_offsets(
        &[
            (offset_of!(Point, x), 0),
            (offset_of!(Point, y), 4),
            (offset_of!(Point, z), 8),
        ],
    );
    /// `struct bits`: 8 bytes.
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
    #[repr(C)]
    pub struct Bits {
        #[doc(hidden)]
        pub _align: [u64; 0],
        #[doc(hidden)]
        pub _raw_0: [u8; 7],
        /// `__u8 plain`
        pub plain: u8,
    }
    impl Default for Bits {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    impl ::core::fmt::Debug for Bits {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Bits")
                .field("plain", &self.plain)
                .field("small", &self.small())
                .field("negative", &self.negative())
                .field("large", &self.large())
                .field("on", &self.on())
                .field("mode", &self.mode())
                .finish()
        }
    }
    impl Bits {
        /// `__u32 small: 3`
        #[must_use]
        pub fn small(&self) -> u32 {
            skeleton::bits_at(self, 0, 3)
        }
        /// Sets `__u32 small: 3`.
        pub fn set_small(&mut self, value: u32) {
            skeleton::set_bits_at(self, 0, 3, value);
        }
        /// `__s32 negative: 5`
        #[must_use]
        pub fn negative(&self) -> i32 {
            skeleton::bits_at(self, 3, 5)
        }
        /// Sets `__s32 negative: 5`.
        pub fn set_negative(&mut self, value: i32) {
            skeleton::set_bits_at(self, 3, 5, value);
        }
        /// `__u64 large: 40`
        #[must_use]
        pub fn large(&self) -> u64 {
            skeleton::bits_at(self, 8, 40)
        }
        /// Sets `__u64 large: 40`.
        pub fn set_large(&mut self, value: u64) {
            skeleton::set_bits_at(self, 8, 40, value);
        }
        /// `bool on: 1`
        #[must_use]
        pub fn on(&self) -> bool {
            skeleton::bits_at::<_, u8>(self, 48, 1) != 0
        }
        /// Sets `bool on: 1`.
        pub fn set_on(&mut self, value: bool) {
            skeleton::set_bits_at(self, 48, 1, u8::from(value));
        }
        /// `enum mode mode: 4`
        #[must_use]
        pub fn mode(&self) -> Mode {
            Mode(skeleton::bits_at(self, 49, 4))
        }
        /// Sets `enum mode mode: 4`.
        pub fn set_mode(&mut self, value: Mode) {
            skeleton::set_bits_at(self, 49, 4, value.0);
        }
    }
    const _: () = skeleton::assert_layout::<Bits>(8, 8);
    const _: () = skeleton::assert_offsets(&[(offset_of!(Bits, plain), 7)]);
    /// `struct tight`: 7 bytes.
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
    #[repr(C)]
    pub struct Tight {
        /// `__u8 kind`
        pub kind: u8,
        #[doc(hidden)]
        pub _raw_1: [u8; 6],
    }
    impl Default for Tight {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    impl ::core::fmt::Debug for Tight {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Tight")
                .field("kind", &self.kind)
                .field("length", &self.length())
                .field("tail", &self.tail())
                .finish()
        }
    }
    impl Tight {
        /// `__u32 length`
        #[must_use]
        pub fn length(&self) -> u32 {
            skeleton::read_at(self, 1)
        }
        /// Sets `__u32 length`.
        pub fn set_length(&mut self, value: u32) {
            skeleton::write_at(self, 1, &value);
        }
        /// `__u16 tail`
        #[must_use]
        pub fn tail(&self) -> u16 {
            skeleton::read_at(self, 5)
        }
        /// Sets `__u16 tail`.
        pub fn set_tail(&mut self, value: u16) {
            skeleton::write_at(self, 5, &value);
        }
    }
    const _: () = skeleton::assert_layout::<Tight>(7, 1);
    const _: () = skeleton::assert_offsets(
        &[(offset_of!(Tight, kind), 0), (size_of::<u32>(), 4), (size_of::<u16>(), 2)],
    );
    /// `typedef __u16 port_t`.
    pub type PortT = u16;
    /// `struct outer`: 160 bytes.
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
    #[repr(C)]
    pub struct Outer {
        /// `struct point points[2][3]`
        pub points: [[Point; 3]; 2],
        /// `struct { __u16 low; __u16 high; }`
        pub anon: OuterAnon,
        /// `union { __u32 word; __u8 parts[4]; }`
        pub anon_2: OuterAnon2,
        /// `char type[8]`
        pub type_: [u8; 8],
        /// `char Type[8]`
        pub type_2: [u8; 8],
        /// `enum mode mode`
        pub mode: Mode,
        #[doc(hidden)]
        pub _pad_100: [u8; 4],
        /// `void *where`
        pub where_: u64,
        /// `unnamed_t unnamed`
        pub unnamed: UnnamedT,
        /// `port_t port`
        pub port: PortT,
        /// `bool flag`
        pub flag: skeleton::Bool,
        #[doc(hidden)]
        pub _pad_123: [u8; 5],
        /// `__u32 aligned`
        pub aligned: u32,
        #[doc(hidden)]
        pub _pad_132: [u8; 28],
    }
    impl Default for Outer {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    impl ::core::fmt::Debug for Outer {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Outer")
                .field("points", &self.points)
                .field("anon", &self.anon)
                .field("anon_2", &self.anon_2)
                .field("type_", &self.type_)
                .field("type_2", &self.type_2)
                .field("mode", &self.mode)
                .field("where_", &self.where_)
                .field("unnamed", &self.unnamed)
                .field("port", &self.port)
                .field("flag", &self.flag)
                .field("aligned", &self.aligned)
                .finish()
        }
    }
    const _: () = skeleton::assert_layout::<Outer>(160, 8);
    const _: () = skeleton::assert_offsets(
        &[
            (offset_of!(Outer, points), 0),
            (offset_of!(Outer, anon), 72),
            (offset_of!(Outer, anon_2), 76),
            (offset_of!(Outer, type_), 80),
            (offset_of!(Outer, type_2), 88),
            (offset_of!(Outer, mode), 96),
            (offset_of!(Outer, where_), 104),
            (offset_of!(Outer, unnamed), 112),
            (offset_of!(Outer, port), 120),
            (offset_of!(Outer, flag), 122),
            (offset_of!(Outer, aligned), 128),
        ],
    );
    /// `union either`: 12 bytes.
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
    #[repr(C)]
    pub struct Either {
        #[doc(hidden)]
        pub _raw: [u32; 3],
    }
    impl Default for Either {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    impl ::core::fmt::Debug for Either {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Either")
                .field("number", &self.number())
                .field("bytes", &self.bytes())
                .field("point", &self.point())
                .finish()
        }
    }
    impl Either {
        /// `__u32 number`
        #[must_use]
        pub fn number(&self) -> u32 {
            skeleton::read_at(self, 0)
        }
        /// Sets `__u32 number`.
        pub fn set_number(&mut self, value: u32) {
            skeleton::write_at(self, 0, &value);
        }
        /// `__u8 bytes[6]`
        #[must_use]
        pub fn bytes(&self) -> [u8; 6] {
            skeleton::read_at(self, 0)
        }
        /// Sets `__u8 bytes[6]`.
        pub fn set_bytes(&mut self, value: [u8; 6]) {
            skeleton::write_at(self, 0, &value);
        }
        /// `struct point point`
        #[must_use]
        pub fn point(&self) -> Point {
            skeleton::read_at(self, 0)
        }
        /// Sets `struct point point`.
        pub fn set_point(&mut self, value: Point) {
            skeleton::write_at(self, 0, &value);
        }
    }
    const _: () = skeleton::assert_layout::<Either>(12, 4);
    const _: () = skeleton::assert_offsets(
        &[(size_of::<u32>(), 4), (size_of::<[u8; 6]>(), 6), (size_of::<Point>(), 12)],
    );
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
        /// `WIDE_NONE`
        pub const WIDE_NONE: Self = Self(0);
        /// `WIDE_ALL`
        pub const WIDE_ALL: Self = Self(18446744073709551615);
        /// The C name of the number, the first if it has several; `None` if it has none.
        #[must_use]
        pub fn name(self) -> Option<&'static str> {
            Some(
                match self.0 {
                    0 => "WIDE_NONE",
                    18446744073709551615 => "WIDE_ALL",
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
    /// A struct without a name in C: 4 bytes.
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
    pub struct OuterAnon {
        /// `__u16 low`
        pub low: u16,
        /// `__u16 high`
        pub high: u16,
    }
    impl Default for OuterAnon {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    const _: () = skeleton::assert_layout::<OuterAnon>(4, 2);
    const _: () = skeleton::assert_offsets(
        &[(offset_of!(OuterAnon, low), 0), (offset_of!(OuterAnon, high), 2)],
    );
    /// A union without a name in C: 4 bytes.
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
    #[repr(C)]
    pub struct OuterAnon2 {
        #[doc(hidden)]
        pub _raw: [u32; 1],
    }
    impl Default for OuterAnon2 {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    impl ::core::fmt::Debug for OuterAnon2 {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("OuterAnon2")
                .field("word", &self.word())
                .field("parts", &self.parts())
                .finish()
        }
    }
    impl OuterAnon2 {
        /// `__u32 word`
        #[must_use]
        pub fn word(&self) -> u32 {
            skeleton::read_at(self, 0)
        }
        /// Sets `__u32 word`.
        pub fn set_word(&mut self, value: u32) {
            skeleton::write_at(self, 0, &value);
        }
        /// `__u8 parts[4]`
        #[must_use]
        pub fn parts(&self) -> [u8; 4] {
            skeleton::read_at(self, 0)
        }
        /// Sets `__u8 parts[4]`.
        pub fn set_parts(&mut self, value: [u8; 4]) {
            skeleton::write_at(self, 0, &value);
        }
    }
    const _: () = skeleton::assert_layout::<OuterAnon2>(4, 4);
    const _: () = skeleton::assert_offsets(
        &[(size_of::<u32>(), 4), (size_of::<[u8; 4]>(), 4)],
    );
    /// A struct without a name in C: 8 bytes.
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
    pub struct UnnamedT {
        /// `__u32 first`
        pub first: u32,
        /// `__u32 later`
        pub later: u32,
    }
    impl Default for UnnamedT {
        /// All bytes zero.
        fn default() -> Self {
            zerocopy::FromZeros::new_zeroed()
        }
    }
    const _: () = skeleton::assert_layout::<UnnamedT>(8, 4);
    const _: () = skeleton::assert_offsets(
        &[(offset_of!(UnnamedT, first), 0), (offset_of!(UnnamedT, later), 4)],
    );
}
