// @generated from `throws_wrong` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `throws_wrong`: [`ThrowsWrong`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod throws_wrong {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/functions/throws_wrong.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenThrowsWrong {
        object: object::Object,
    }
    impl OpenThrowsWrong {
        /// The object itself, for what has no method here.
        #[must_use]
        pub fn object(&self) -> &object::Object {
            &self.object
        }
        /// The object itself, to edit.
        pub fn object_mut(&mut self) -> &mut object::Object {
            &mut self.object
        }
        /// The programs, as they will be planned.
        pub fn programs(&mut self) -> OpenPrograms<'_> {
            OpenPrograms {
                object: &mut self.object,
            }
        }
        /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
        ///
        /// # Errors
        /// [`load::LoadError`]; nothing stays in the kernel then.
        pub fn load(&self) -> Result<ThrowsWrong, load::LoadError> {
            ThrowsWrong::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<ThrowsWrong, load::LoadError> {
            ThrowsWrong::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct ThrowsWrong {
        /// The programs.
        pub programs: Programs,
        loaded: load::LoadedObject,
    }
    impl ThrowsWrong {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenThrowsWrong, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenThrowsWrong, object::OpenError> {
            Ok(OpenThrowsWrong {
                object: options.or_name("throws_wrong").parse(OBJECT)?,
            })
        }
        /// What was loaded in another way, of the object of [`Self::open`].
        ///
        /// # Errors
        /// [`load::LoadError::Skeleton`] where a map was left out or changed for which there is a field.
        pub fn from_loaded(loaded: load::LoadedObject) -> Result<Self, load::LoadError> {
            Ok(Self {
                programs: Programs::new(&loaded)?,
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
        ) -> Result<AttachedThrowsWrong, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for ThrowsWrong {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedThrowsWrong = skeleton::Attached<ThrowsWrong>;
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `absent`, in `SEC("tc")`, as it will be planned.
        pub fn absent(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("absent")
        }
        /// Loads `absent` several times, each time with a difference.
        pub fn absent_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("absent", instances).map(drop)
        }
        /// Program `is_static`, in `SEC("tc")`, as it will be planned.
        pub fn is_static(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("is_static")
        }
        /// Loads `is_static` several times, each time with a difference.
        pub fn is_static_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("is_static", instances).map(drop)
        }
        /// Program `unnamed`, in `SEC("tc")`, as it will be planned.
        pub fn unnamed(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("unnamed")
        }
        /// Loads `unnamed` several times, each time with a difference.
        pub fn unnamed_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("unnamed", instances).map(drop)
        }
        /// Program `two`, in `SEC("tc")`, as it will be planned.
        pub fn two(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("two")
        }
        /// Loads `two` several times, each time with a difference.
        pub fn two_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("two", instances).map(drop)
        }
        /// Program `is_hidden`, in `SEC("tc")`, as it will be planned.
        pub fn is_hidden(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("is_hidden")
        }
        /// Loads `is_hidden` several times, each time with a difference.
        pub fn is_hidden_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("is_hidden", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `absent`, in `SEC("tc")`.
        pub absent: skeleton::Handle<program::Program>,
        /// Program `is_static`, in `SEC("tc")`.
        pub is_static: skeleton::Handle<program::Program>,
        /// Program `unnamed`, in `SEC("tc")`.
        pub unnamed: skeleton::Handle<program::Program>,
        /// Program `two`, in `SEC("tc")`.
        pub two: skeleton::Handle<program::Program>,
        /// Program `is_hidden`, in `SEC("tc")`.
        pub is_hidden: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                absent: skeleton::Handle::program(loaded, "absent"),
                is_static: skeleton::Handle::program(loaded, "is_static"),
                unnamed: skeleton::Handle::program(loaded, "unnamed"),
                two: skeleton::Handle::program(loaded, "two"),
                is_hidden: skeleton::Handle::program(loaded, "is_hidden"),
            })
        }
    }
}
