//! The capabilities that loading a plan takes, and what in it asks for each.

use std::collections::BTreeMap;
use std::fmt;

use bpf_sys::uapi::flags::BPF_F_ZERO_SEED;
use bpf_sys::uapi::{Capability, KernelVersion, MapType, ProgramType};

use crate::plan::Plan;

/// A capability that loading a plan takes, and what asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NeededCapability {
    /// The capability.
    pub capability: Capability,
    /// What asks for it, in the order of loading; never empty.
    pub asked_by: Vec<Asker>,
    /// Whether all that ask for it do so only where `kernel.unprivileged_bpf_disabled` is not 0.
    pub unless_anybody_may: bool,
}

/// A part of a plan that asks for a capability.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asker {
    /// The object's BTF.
    Btf,
    /// The BTF of modules, which is found by looking through all BTF in the kernel.
    Modules,
    /// A map, for its type.
    Map {
        /// Its name.
        name: String,
        /// Its type.
        map_type: MapType,
    },
    /// A map, for a hash without a random seed (`BPF_F_ZERO_SEED`).
    ZeroSeed {
        /// Its name.
        name: String,
    },
    /// A map, for the network device that it is offloaded to.
    Offload {
        /// Its name.
        name: String,
    },
    /// A program, for its type.
    Program {
        /// Its name.
        name: String,
        /// Its type.
        program_type: ProgramType,
    },
}

impl fmt::Display for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Btf => f.write_str("BTF"),
            Self::Modules => f.write_str("BTF of modules"),
            Self::Map { name, map_type } => write!(f, "map {name} ({map_type})"),
            Self::ZeroSeed { name } => write!(f, "map {name} (BPF_F_ZERO_SEED)"),
            Self::Offload { name } => write!(f, "map {name} (offloaded)"),
            Self::Program { name, program_type } => write!(f, "program {name} ({program_type})"),
        }
    }
}

/// The most askers that the text form names.
const NAMED: usize = 3;

impl fmt::Display for NeededCapability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for ", self.capability)?;
        for (at, asker) in self.asked_by.iter().take(NAMED).enumerate() {
            write!(f, "{}{asker}", if at == 0 { "" } else { ", " })?;
        }
        if let Some(more @ 1..) = self.asked_by.len().checked_sub(NAMED) {
            write!(f, " and {more} more")?;
        }
        if self.unless_anybody_may {
            f.write_str(" (not where kernel.unprivileged_bpf_disabled is 0)")?;
        }
        Ok(())
    }
}

impl Plan {
    /// The capabilities that loading it takes, each with what asks for it. `CAP_SYS_ADMIN` stands for all others; in
    /// another user namespace than the first a BPF token does. Attaching may take more.
    ///
    /// # Kernel
    /// As of 5.8. For a kernel that is known to be older, `CAP_SYS_ADMIN` takes the place of `CAP_BPF` and `CAP_PERFMON`.
    #[must_use]
    pub fn needed_capabilities(&self) -> Vec<NeededCapability> {
        let version = self.kernel().machine().version().map(|code| {
            let part = |shift: u32| u16::try_from(code >> shift & 0xff).unwrap_or(u16::MAX);
            KernelVersion::new(part(16), part(8))
        });
        let old = version.is_some_and(|version| version < Capability::SPLIT);
        let mut found = Found { old, needed: BTreeMap::new() };
        if self.btf().is_some() {
            found.ask(Capability::Bpf, Asker::Btf, false);
        }
        if self.modules().next().is_some() {
            found.ask(Capability::SysAdmin, Asker::Modules, false);
        }
        self.maps_ask(&mut found);
        self.programs_ask(&mut found);
        found.needed.into_values().collect()
    }

    fn maps_ask(&self, found: &mut Found) {
        let inner = self.maps().iter().filter_map(|map| map.inner.as_deref());
        for map in self.maps().iter().chain(inner) {
            let (name, map_type) = (&map.name, map.map_type);
            let by_type = || Asker::Map { name: name.clone(), map_type };
            found.ask(Capability::Bpf, by_type(), map_type.is_for_anybody());
            map_type.also_needs().iter().for_each(|more| found.ask(*more, by_type(), false));
            if map.flags & BPF_F_ZERO_SEED != 0 {
                found.ask(Capability::SysAdmin, Asker::ZeroSeed { name: name.clone() }, false);
            }
            if map.ifindex != 0 {
                found.ask(Capability::SysAdmin, Asker::Offload { name: name.clone() }, false);
            }
        }
    }

    fn programs_ask(&self, found: &mut Found) {
        for program in self.programs() {
            let program_type = program.program_type;
            let by_type = || Asker::Program { name: program.name.clone(), program_type };
            found.ask(Capability::Bpf, by_type(), program_type.is_for_anybody());
            program_type.also_needs().iter().for_each(|more| found.ask(*more, by_type(), false));
        }
    }
}

/// What was found so far.
struct Found {
    /// Whether the kernel is older than the capabilities.
    old: bool,
    needed: BTreeMap<Capability, NeededCapability>,
}

impl Found {
    fn ask(&mut self, capability: Capability, asker: Asker, unless_anybody_may: bool) {
        let capability = match capability {
            Capability::Bpf | Capability::Perfmon if self.old => Capability::SysAdmin,
            other => other,
        };
        let needed = self.needed.entry(capability).or_insert_with(|| NeededCapability {
            capability,
            asked_by: Vec::new(),
            unless_anybody_may: true,
        });
        needed.unless_anybody_may &= unless_anybody_may;
        // Instances of a program ask once, and so does a type that asks for two that have become one.
        if !needed.asked_by.contains(&asker) {
            needed.asked_by.push(asker);
        }
    }
}
