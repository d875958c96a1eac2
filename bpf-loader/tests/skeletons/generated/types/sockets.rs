// @generated from `sockets` by bpf-loader 0.1.0. Do not edit.

/// The BPF object `sockets`: [`Sockets`] opens it.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[allow(
    clippy::enum_variant_names,
    clippy::len_without_is_empty,
    clippy::module_inception,
    clippy::new_ret_no_self,
    clippy::should_implement_trait,
    clippy::wrong_self_convention,
)]
pub mod sockets {
    #[allow(unused_imports)]
    use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
    #[allow(unused_imports)]
    use ::core::mem::offset_of;
    /// The object file.
    pub static OBJECT: &[u8] = include_bytes!(
        "../../../../../fixtures/types/sockets.el.bpf.o"
    );
    const _: () = assert!(
        cfg!(target_endian = "little"), "this object is for little-endian machines"
    );
    /// The object, open: what is in it can be changed before it is loaded.
    #[derive(Clone, Debug)]
    pub struct OpenSockets {
        object: object::Object,
    }
    impl OpenSockets {
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
        pub fn load(&self) -> Result<Sockets, load::LoadError> {
            Sockets::from_loaded(self.object.load()?)
        }
        /// As [`Self::load`], with options.
        ///
        /// # Errors
        /// As [`Self::load`].
        pub fn load_with(
            &self,
            kernel: &::bpf_loader::Kernel,
            options: &load::LoadOptions,
        ) -> Result<Sockets, load::LoadError> {
            Sockets::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
        }
    }
    /// The object, loaded.
    #[derive(Debug)]
    pub struct Sockets {
        /// The maps.
        pub maps: Maps,
        /// The programs.
        pub programs: Programs,
        /// The variables of `.bss`.
        pub bss: Bss,
        loaded: load::LoadedObject,
    }
    impl Sockets {
        /// Opens the object. No privileges, no system calls.
        ///
        /// # Errors
        /// [`object::OpenError`] where this version of the loader refuses what another has taken.
        pub fn open() -> Result<OpenSockets, object::OpenError> {
            Self::open_with(object::OpenOptions::new())
        }
        /// As [`Self::open`], with options.
        ///
        /// # Errors
        /// As [`Self::open`].
        pub fn open_with(
            options: object::OpenOptions,
        ) -> Result<OpenSockets, object::OpenError> {
            Ok(OpenSockets {
                object: options.or_name("sockets").parse(OBJECT)?,
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
        ) -> Result<AttachedSockets, Box<skeleton::AttachFailed<Self>>> {
            skeleton::Attached::new(self)
        }
    }
    impl skeleton::Skeleton for Sockets {
        fn loaded(&self) -> &load::LoadedObject {
            &self.loaded
        }
    }
    /// The object, loaded and attached for as long as this value lives.
    pub type AttachedSockets = skeleton::Attached<Sockets>;
    /// The maps before they are loaded.
    #[derive(Debug)]
    pub struct OpenMaps<'a> {
        object: &'a mut object::Object,
    }
    /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
    impl<'a> OpenMaps<'a> {
        /// Map `sockmap`, as it will be planned.
        pub fn sockmap(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("sockmap")
        }
        /// Map `sockhash`, as it will be planned.
        pub fn sockhash(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("sockhash")
        }
        /// Map `reuseport`, as it will be planned.
        pub fn reuseport(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut("reuseport")
        }
        /// Map `.bss`, as it will be planned.
        pub fn bss(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
            self.object.map_mut(".bss")
        }
    }
    /// The maps.
    #[derive(Clone, Debug)]
    pub struct Maps {
        /// Map `sockmap`: sockmap of 2.
        pub sockmap: map::Map,
        /// Map `sockhash`: sockhash of 2.
        pub sockhash: map::Map,
        /// Map `reuseport`: reuseport_sockarray of 2.
        pub reuseport: map::Map,
    }
    impl Maps {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                sockmap: loaded.map("sockmap")?.clone(),
                sockhash: loaded.map("sockhash")?.clone(),
                reuseport: loaded.map("reuseport")?.clone(),
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
        /// Program `short_ones`, in `SEC("?socket")`, as it will be planned.
        pub fn short_ones(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("short_ones")
        }
        /// Loads `short_ones` several times, each time with a difference.
        pub fn short_ones_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("short_ones", instances).map(drop)
        }
        /// Program `whole`, in `SEC("?sk_skb/stream_parser")`, as it will be planned.
        pub fn whole(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("whole")
        }
        /// Loads `whole` several times, each time with a difference.
        pub fn whole_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("whole", instances).map(drop)
        }
        /// Program `count_received`, in `SEC("?sk_skb/stream_verdict")`, as it will be planned.
        pub fn count_received(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("count_received")
        }
        /// Loads `count_received` several times, each time with a difference.
        pub fn count_received_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("count_received", instances).map(drop)
        }
        /// Program `no_x`, in `SEC("?sk_msg")`, as it will be planned.
        pub fn no_x(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("no_x")
        }
        /// Loads `no_x` several times, each time with a difference.
        pub fn no_x_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("no_x", instances).map(drop)
        }
        /// Program `to_second`, in `SEC("?sk_msg")`, as it will be planned.
        pub fn to_second(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("to_second")
        }
        /// Loads `to_second` several times, each time with a difference.
        pub fn to_second_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("to_second", instances).map(drop)
        }
        /// Program `to_second_of_hash`, in `SEC("?sk_msg")`, as it will be planned.
        pub fn to_second_of_hash(
            self,
        ) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("to_second_of_hash")
        }
        /// Loads `to_second_of_hash` several times, each time with a difference.
        pub fn to_second_of_hash_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("to_second_of_hash", instances).map(drop)
        }
        /// Program `choose`, in `SEC("?sk_reuseport")`, as it will be planned.
        pub fn choose(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("choose")
        }
        /// Loads `choose` several times, each time with a difference.
        pub fn choose_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("choose", instances).map(drop)
        }
        /// Program `answer`, in `SEC("?sk_lookup")`, as it will be planned.
        pub fn answer(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
            self.object.program_mut("answer")
        }
        /// Loads `answer` several times, each time with a difference.
        pub fn answer_instances(
            self,
            instances: object::Instances,
        ) -> Result<(), object::SpecError> {
            self.object.set_instances("answer", instances).map(drop)
        }
    }
    /// The programs.
    #[derive(Clone, Debug)]
    pub struct Programs {
        /// Program `short_ones`, in `SEC("?socket")`.
        pub short_ones: skeleton::Handle<program::Program>,
        /// Program `whole`, in `SEC("?sk_skb/stream_parser")`.
        pub whole: skeleton::Handle<program::Program>,
        /// Program `count_received`, in `SEC("?sk_skb/stream_verdict")`.
        pub count_received: skeleton::Handle<program::Program>,
        /// Program `no_x`, in `SEC("?sk_msg")`.
        pub no_x: skeleton::Handle<program::Program>,
        /// Program `to_second`, in `SEC("?sk_msg")`.
        pub to_second: skeleton::Handle<program::Program>,
        /// Program `to_second_of_hash`, in `SEC("?sk_msg")`.
        pub to_second_of_hash: skeleton::Handle<program::Program>,
        /// Program `choose`, in `SEC("?sk_reuseport")`.
        pub choose: skeleton::Handle<program::Program>,
        /// Program `answer`, in `SEC("?sk_lookup")`.
        pub answer: skeleton::Handle<program::Program>,
    }
    impl Programs {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                short_ones: skeleton::Handle::program(loaded, "short_ones"),
                whole: skeleton::Handle::program(loaded, "whole"),
                count_received: skeleton::Handle::program(loaded, "count_received"),
                no_x: skeleton::Handle::program(loaded, "no_x"),
                to_second: skeleton::Handle::program(loaded, "to_second"),
                to_second_of_hash: skeleton::Handle::program(
                    loaded,
                    "to_second_of_hash",
                ),
                choose: skeleton::Handle::program(loaded, "choose"),
                answer: skeleton::Handle::program(loaded, "answer"),
            })
        }
    }
    /// The variables of `.bss` before they are loaded.
    #[derive(Debug)]
    pub struct OpenBss<'a> {
        object: &'a mut object::Object,
    }
    impl<'a> OpenBss<'a> {
        /// `__u64 received`: its initial value.
        #[must_use]
        pub fn received(self) -> skeleton::OpenVar<'a, u64> {
            skeleton::OpenVar::new(self.object, ".bss", 0)
        }
        /// `__u32 chosen`: its initial value.
        #[must_use]
        pub fn chosen(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 8)
        }
        /// `__u32 port`: its initial value.
        #[must_use]
        pub fn port(self) -> skeleton::OpenVar<'a, u32> {
            skeleton::OpenVar::new(self.object, ".bss", 12)
        }
    }
    /// The variables of `.bss`.
    #[derive(Clone, Debug)]
    pub struct Bss {
        /// `__u64 received`.
        pub received: skeleton::Var<u64>,
        /// `__u32 chosen`.
        pub chosen: skeleton::Var<u32>,
        /// `__u32 port`.
        pub port: skeleton::Var<u32>,
    }
    impl Bss {
        fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
            Ok(Self {
                received: skeleton::Var::new(loaded, ".bss", 0)?,
                chosen: skeleton::Var::new(loaded, ".bss", 8)?,
                port: skeleton::Var::new(loaded, ".bss", 12)?,
            })
        }
    }
}
