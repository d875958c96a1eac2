//! What was asked of the kernel, as far as it matters for why it was refused.

use bpf_sys::uapi::{AttachType, Capability, KernelVersion, MapType, ProgramType};

use crate::plan::{AttachPoint, NeededCapability, PlanMap, PlanProgram};

/// What was asked of the kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    Btf,
    Map(MapAsked),
    Program(ProgramAsked),
    /// To open a perf event.
    PerfEvent,
    /// To register, unregister, look up: what only the administrator may do.
    Admin,
}

/// A map: the numbers that it was asked for with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MapAsked {
    pub(crate) map_type: MapType,
    pub(crate) key_size: u32,
    pub(crate) value_size: u32,
    pub(crate) max_entries: u32,
    pub(crate) flags: u32,
}

/// A program.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProgramAsked {
    pub(crate) program_type: ProgramType,
    pub(crate) insns: usize,
    /// Whether it is called by a trampoline, which the kernel makes while it runs.
    pub(crate) trampoline: bool,
}

impl From<&PlanMap> for Asked {
    fn from(map: &PlanMap) -> Self {
        Self::Map(MapAsked {
            map_type: map.map_type,
            key_size: map.key_size,
            value_size: map.value_size,
            max_entries: map.max_entries,
            flags: map.flags,
        })
    }
}

impl From<&PlanProgram> for Asked {
    fn from(program: &PlanProgram) -> Self {
        let attach = match &program.attach {
            AttachPoint::Type(attach) | AttachPoint::KernelType { attach_type: attach, .. } => Some(*attach),
            _ => None,
        };
        let by_type = [ProgramType::LSM, ProgramType::EXT].contains(&program.program_type);
        Self::Program(ProgramAsked {
            program_type: program.program_type,
            insns: program.insns.len(),
            trampoline: by_type || attach.is_some_and(|attach| TRAMPOLINES.contains(&attach)),
        })
    }
}

/// Where a trampoline calls the program: `bpf_attach_type_to_tramp` in `kernel/bpf/trampoline.c`.
const TRAMPOLINES: &[AttachType] =
    &[AttachType::TRACE_FENTRY, AttachType::TRACE_FEXIT, AttachType::MODIFY_RETURN];

impl Asked {
    pub(crate) fn map(map_type: MapType) -> Self {
        Self::Map(MapAsked { map_type, ..MapAsked::default() })
    }

    pub(crate) fn program(program_type: ProgramType) -> Self {
        Self::Program(ProgramAsked { program_type, ..ProgramAsked::default() })
    }

    /// Its kind and type in words, and the first kernel with the type.
    pub(super) fn named(self) -> Option<(&'static str, &'static str, KernelVersion)> {
        match self {
            Self::Map(MapAsked { map_type, .. }) => Some(("maps", map_type.short_name()?, map_type.since()?)),
            Self::Program(ProgramAsked { program_type, .. }) => {
                Some(("programs", program_type.short_name()?, program_type.since()?))
            }
            Self::Btf | Self::PerfEvent | Self::Admin => None,
        }
    }

    /// The capabilities that the kernel asks for, each with whether it does so only where
    /// `kernel.unprivileged_bpf_disabled` is not 0.
    pub(super) fn needs(self) -> Vec<(Capability, bool)> {
        let with = |anybody: bool, also: &[Capability]| {
            let also = also.iter().map(|capability| (*capability, false));
            [(Capability::Bpf, anybody)].into_iter().chain(also).collect()
        };
        match self {
            Self::Btf => with(false, &[]),
            Self::Map(map) => with(map.map_type.is_for_anybody(), map.map_type.also_needs()),
            Self::Program(program) => {
                with(program.program_type.is_for_anybody(), program.program_type.also_needs())
            }
            Self::PerfEvent => vec![(Capability::Perfmon, false)],
            Self::Admin => vec![(Capability::SysAdmin, false)],
        }
    }
}

/// What else is known of a refusal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances<'a> {
    /// The capabilities that everything takes that is going to be asked for: those that are missing are named at once.
    pub(crate) needed: &'a [NeededCapability],
    /// Whether a BPF token was shown.
    pub(crate) token: bool,
    /// What the verifier wrote.
    pub(crate) log: &'a str,
}

impl Circumstances<'static> {
    /// Nothing more is going to be asked for.
    pub(crate) const ALONE: Self = Self { needed: &[], token: false, log: "" };
}
