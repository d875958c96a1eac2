//! A program before it is loaded: what its section says, and what the user says instead.

use bpf_elf::sec_name::TargetKind;
use bpf_elf::{Program, ProgramId, SecDef};
use bpf_sys::uapi::{AttachType, ProgramType};

use crate::object::Instances;
use crate::plan::PlanInsn;

/// A program as it will be planned.
#[derive(Clone, Debug)]
pub struct ProgramSpec {
    id: ProgramId,
    name: String,
    autoload: bool,
    autoattach: bool,
    /// What its section says, edits included.
    def: Option<SecDef>,
    attach_target: Option<String>,
    flags: u32,
    ifindex: u32,
    log_level: u32,
    log_size: Option<u32>,
    insns: Option<Vec<PlanInsn>>,
    instances: Option<Instances>,
}

impl ProgramSpec {
    pub(crate) fn new(program: &Program) -> Self {
        Self {
            id: program.id,
            name: program.name.clone(),
            autoload: program.autoload,
            autoattach: true,
            def: program.def.clone(),
            attach_target: program.def.as_ref().and_then(|def| def.target.clone()),
            flags: 0,
            ifindex: 0,
            log_level: 0,
            log_size: None,
            insns: None,
            instances: None,
        }
    }

    /// Its id: the same on the object, its plans and what is loaded from them.
    #[must_use]
    pub fn id(&self) -> ProgramId {
        self.id
    }

    /// Its name: that of the C function.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it will be loaded. A callback of a struct_ops variable is loaded when the variable is.
    #[must_use]
    pub fn autoload(&self) -> bool {
        self.autoload
    }

    /// Loads it, or leaves it out.
    #[doc(alias = "bpf_program__set_autoload")]
    pub fn set_autoload(&mut self, autoload: bool) -> &mut Self {
        self.autoload = autoload;
        self
    }

    /// Whether it is attached with its whole object.
    #[must_use]
    pub fn autoattach(&self) -> bool {
        self.autoattach
    }

    /// Attaches it with its whole object, or leaves that out.
    #[doc(alias = "bpf_program__set_autoattach")]
    pub fn set_autoattach(&mut self, autoattach: bool) -> &mut Self {
        self.autoattach = autoattach;
        self
    }

    /// What it is to be attached to: the part of its section's name behind the first slash, or what was set instead.
    #[must_use]
    pub fn attach_target(&self) -> Option<&str> {
        self.attach_target.as_deref()
    }

    /// Names another target: of a program that is loaded for one thing of the kernel, the function, tracepoint, hook or
    /// iterator, which may be one of a module: `module:function`; of another, what it is attached to.
    #[doc(alias = "bpf_program__set_attach_target")]
    pub fn set_attach_target(&mut self, target: impl Into<String>) -> &mut Self {
        self.attach_target = Some(target.into());
        self
    }

    /// Its type: what its section says, or what was set instead. `None` where neither says any.
    #[must_use]
    pub fn program_type(&self) -> Option<ProgramType> {
        self.def.as_ref().map(|def| def.program_type)
    }

    /// Makes it a program of a type, whatever its section says. Another type than the section's takes with it the attach
    /// type and whether it may sleep: [`Self::set_attach_type`], [`Self::set_flags`].
    #[doc(alias = "bpf_program__set_type")]
    pub fn set_program_type(&mut self, program_type: ProgramType) -> &mut Self {
        if self.program_type() != Some(program_type) {
            let one_thing =
                [ProgramType::TRACING, ProgramType::LSM, ProgramType::EXT].contains(&program_type);
            self.def = Some(SecDef {
                name: "".into(),
                program_type,
                attach_type: None,
                attach_type_optional: false,
                sleepable: false,
                xdp_frags: false,
                needs_btf_target: one_thing,
                attaches_itself: one_thing,
                target_kind: TargetKind::None,
                target: self.attach_target.clone(),
                program_flags: 0,
                cookie: None,
            });
        }
        self
    }

    /// Where it is meant to be attached, as far as its type has several kinds of places.
    #[must_use]
    pub fn attach_type(&self) -> Option<AttachType> {
        self.def.as_ref().and_then(|def| def.attach_type)
    }

    /// Sets where it is meant to be attached. Without effect on a program without a type: [`Self::set_program_type`]
    /// comes first.
    ///
    /// # Kernel
    /// Since 4.17 (`expected_attach_type`).
    #[doc(alias = "bpf_program__set_expected_attach_type")]
    pub fn set_attach_type(&mut self, attach_type: AttachType) -> &mut Self {
        if let Some(def) = &mut self.def {
            def.attach_type = Some(attach_type);
            def.attach_type_optional = false;
        }
        self
    }

    /// The flags that were set beside those of its section.
    #[must_use]
    pub fn flags(&self) -> u32 {
        self.flags
    }

    /// Sets `BPF_F_*` flags for loading it, beside those that its section's name stands for.
    #[doc(alias = "bpf_program__set_flags")]
    pub fn set_flags(&mut self, flags: u32) -> &mut Self {
        self.flags = flags;
        self
    }

    /// The device that it is for, by index; 0 for none.
    #[must_use]
    pub fn ifindex(&self) -> u32 {
        self.ifindex
    }

    /// Loads it for one network device, by index: into the device, or bound to it with `BPF_F_XDP_DEV_BOUND_ONLY`.
    ///
    /// # Kernel
    /// Since 4.15 (`prog_ifindex`); bound only, since 6.3.
    #[doc(alias = "bpf_program__set_ifindex")]
    pub fn set_ifindex(&mut self, ifindex: u32) -> &mut Self {
        self.ifindex = ifindex;
        self
    }

    /// What the verifier is to write down even where it refuses nothing: 0 for nothing.
    #[must_use]
    pub fn log_level(&self) -> u32 {
        self.log_level
    }

    /// Fetches the verifier's log of it even where it is not refused: `Program::log`. Level 2 for every instruction and
    /// what is known of registers there; 1 for that only along the way to what is refused, and for the figures at the end
    /// otherwise; or'ed with 4 for figures alone. With 0, the default, there is a log only of what was refused, at level 1.
    #[doc(alias = "bpf_program__set_log_level")]
    pub fn set_log_level(&mut self, level: u32) -> &mut Self {
        self.log_level = level;
        self
    }

    /// How many bytes of log to make room for at first, where that was set.
    #[must_use]
    pub fn log_size(&self) -> Option<u32> {
        self.log_size
    }

    /// Makes room for so many bytes of log at first, 128 at least. What is longer is fetched with more.
    #[doc(alias = "bpf_program__set_log_buf")]
    pub fn set_log_size(&mut self, bytes: u32) -> &mut Self {
        self.log_size = Some(bytes);
        self
    }

    /// The instructions that were set.
    #[must_use]
    pub fn insns(&self) -> Option<&[PlanInsn]> {
        self.insns.as_deref()
    }

    /// Sends these instructions in the place of those of the file, without subprograms and source lines. Nothing in them
    /// is relocated; what stands for a map, a variable or something of the kernel is a reference of the instruction.
    /// They are checked when the object is planned.
    #[doc(alias = "bpf_program__set_insns")]
    pub fn set_insns(&mut self, insns: impl IntoIterator<Item = impl Into<PlanInsn>>) -> &mut Self {
        self.insns = Some(insns.into_iter().map(Into::into).collect());
        self
    }

    /// Its instances, where they were set.
    #[must_use]
    pub fn instances(&self) -> Option<&Instances> {
        self.instances.as_ref()
    }

    pub(crate) fn set_instances(&mut self, instances: Instances) {
        self.instances = Some(instances);
    }

    pub(crate) fn def(&self) -> Option<&SecDef> {
        self.def.as_ref()
    }

    /// Everything that it is planned for by name.
    pub(crate) fn targets(&self) -> Vec<String> {
        match self.instances.as_ref().filter(|instances| instances.has_targets()) {
            Some(own) => (0..own.count()).filter_map(|index| own.target_of(index)).collect(),
            None => self.attach_target.clone().into_iter().collect(),
        }
    }
}
