// @generated from `storage` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `storage`: [`Storage`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod storage {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/types/storage.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenStorage {
        object: object::Object,
    }
    impl OpenStorage {
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
        /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
        ///
        /// # Errors
        /// [`load::LoadError`]; nothing stays in the kernel then.
        pub fn load(&self) -> Result<Storage, load::LoadError> {
            Storage::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Storage, load::LoadError> {
            Storage::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Storage {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        /// The variables of `.rodata`.
        pub rodata: Rodata,
        loaded: load::LoadedObject,
    }
    impl Storage {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenStorage, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenStorage, object::OpenError> {
            Ok(OpenStorage {
                object: options.or_name("storage").parse(OBJECT)?,
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
        ) -> Result<AttachedStorage, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Storage {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedStorage = skeleton::Attached<Storage>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `task_storage`, as it will be planned.
        pub fn task_storage(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("task_storage")
        }
        /// Map `cgrp_storage`, as it will be planned.
        pub fn cgrp_storage(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("cgrp_storage")
        }
        /// Map `inode_storage`, as it will be planned.
        pub fn inode_storage(
            self,
        ) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("inode_storage")
        }
        /// Map `.rodata`, as it will be planned.
        pub fn rodata(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".rodata")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `task_storage`: task_storage.
        pub task_storage: map::Map,
        /// Map `cgrp_storage`: cgrp_storage.
        pub cgrp_storage: map::Map,
        /// Map `inode_storage`: inode_storage.
        pub inode_storage: map::Map,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                task_storage: loaded.map("task_storage")?.clone(),
                cgrp_storage: loaded.map("cgrp_storage")?.clone(),
                inode_storage: loaded.map("inode_storage")?.clone(),
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
        /// Program `of_task`, in `SEC("?tp_btf/sys_enter")`, as it will be planned.
        pub fn of_task(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("of_task")
        }
        /// Loads `of_task` several times, each time with a difference.
        pub fn of_task_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("of_task", instances).map(drop)
        }
        /// Program `of_group`, in `SEC("?tp_btf/sys_enter")`, as it will be planned.
        pub fn of_group(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("of_group")
        }
        /// Loads `of_group` several times, each time with a difference.
        pub fn of_group_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("of_group", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `of_task`, in `SEC("?tp_btf/sys_enter")`.
        pub of_task: skeleton::Handle<program::Program>,
        /// Program `of_group`, in `SEC("?tp_btf/sys_enter")`.
        pub of_group: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                of_task: skeleton::Handle::program(loaded, "of_task"),
                of_group: skeleton::Handle::program(loaded, "of_group"),
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
