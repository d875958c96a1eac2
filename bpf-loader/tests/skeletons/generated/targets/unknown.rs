// @generated from `unknown` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `unknown`: [`Unknown`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod unknown {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/targets/unknown.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenUnknown {
        object: object::Object,
    }
    impl OpenUnknown {
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
        pub fn load(&self) -> Result<Unknown, load::LoadError> {
            Unknown::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Unknown, load::LoadError> {
            Unknown::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Unknown {
        /// The programs.
        pub programs: Programs,
        loaded: load::LoadedObject,
    }
    impl Unknown {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenUnknown, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenUnknown, object::OpenError> {
            Ok(OpenUnknown {
                object: options.or_name("unknown").parse(OBJECT)?,
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
        ) -> Result<AttachedUnknown, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Unknown {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedUnknown = skeleton::Attached<Unknown>;
    /// The programs before they are loaded.
    #[derive(Debug)]
    pub struct OpenPrograms<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenPrograms<'a> {
        /// Program `tracepoint`, in `SEC("tp_btf/sys_entre")`, as it will be planned.
        pub fn tracepoint(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("tracepoint")
        }
        /// Loads `tracepoint` several times, each time with a difference.
        pub fn tracepoint_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("tracepoint", instances).map(drop)
        }
        /// Program `function`, in `SEC("fentry/bpf_fentry_tset1")`, as it will be planned.
        pub fn function(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("function")
        }
        /// Loads `function` several times, each time with a difference.
        pub fn function_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("function", instances).map(drop)
        }
        /// Program `prefix_of_vmlinux`, in `SEC("fexit/v:bpf_fentry_test1")`, as it will be planned.
        pub fn prefix_of_vmlinux(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("prefix_of_vmlinux")
        }
        /// Loads `prefix_of_vmlinux` several times, each time with a difference.
        pub fn prefix_of_vmlinux_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("prefix_of_vmlinux", instances).map(drop)
        }
        /// Program `no_module`, in `SEC("fexit/zzz:bpf_fentry_test1")`, as it will be planned.
        pub fn no_module(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("no_module")
        }
        /// Loads `no_module` several times, each time with a difference.
        pub fn no_module_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("no_module", instances).map(drop)
        }
        /// Program `hook`, in `SEC("lsm/file_opn")`, as it will be planned.
        pub fn hook(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("hook")
        }
        /// Loads `hook` several times, each time with a difference.
        pub fn hook_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("hook", instances).map(drop)
        }
        /// Program `iterator`, in `SEC("iter/taks")`, as it will be planned.
        pub fn iterator(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("iterator")
        }
        /// Loads `iterator` several times, each time with a difference.
        pub fn iterator_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("iterator", instances).map(drop)
        }
        /// Program `nothing`, in `SEC("fentry")`, as it will be planned.
        pub fn nothing(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("nothing")
        }
        /// Loads `nothing` several times, each time with a difference.
        pub fn nothing_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("nothing", instances).map(drop)
        }
        /// Program `extension`, in `SEC("freplace/subprogram")`, as it will be planned.
        pub fn extension(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("extension")
        }
        /// Loads `extension` several times, each time with a difference.
        pub fn extension_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("extension", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `tracepoint`, in `SEC("tp_btf/sys_entre")`.
        pub tracepoint: skeleton::Handle<program::Program>,
        /// Program `function`, in `SEC("fentry/bpf_fentry_tset1")`.
        pub function: skeleton::Handle<program::Program>,
        /// Program `prefix_of_vmlinux`, in `SEC("fexit/v:bpf_fentry_test1")`.
        pub prefix_of_vmlinux: skeleton::Handle<program::Program>,
        /// Program `no_module`, in `SEC("fexit/zzz:bpf_fentry_test1")`.
        pub no_module: skeleton::Handle<program::Program>,
        /// Program `hook`, in `SEC("lsm/file_opn")`.
        pub hook: skeleton::Handle<program::Program>,
        /// Program `iterator`, in `SEC("iter/taks")`.
        pub iterator: skeleton::Handle<program::Program>,
        /// Program `nothing`, in `SEC("fentry")`.
        pub nothing: skeleton::Handle<program::Program>,
        /// Program `extension`, in `SEC("freplace/subprogram")`.
        pub extension: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                tracepoint: skeleton::Handle::program(loaded, "tracepoint"),
                function: skeleton::Handle::program(loaded, "function"),
                prefix_of_vmlinux: skeleton::Handle::program(
                    loaded,
                    "prefix_of_vmlinux",
                ),
                no_module: skeleton::Handle::program(loaded, "no_module"),
                hook: skeleton::Handle::program(loaded, "hook"),
                iterator: skeleton::Handle::program(loaded, "iterator"),
                nothing: skeleton::Handle::program(loaded, "nothing"),
                extension: skeleton::Handle::program(loaded, "extension"),
            })
        }
    }
}
