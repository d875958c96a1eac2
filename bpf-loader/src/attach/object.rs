//! Attaching a whole object: everything that names what it is for, or nothing.

use std::fmt;

use bpf_sys::uapi::ProgramType;

use crate::attach::{AttachError, Kind};
use crate::link::{DetachError, Link};
use crate::load::LoadedObject;
use crate::program::Program;

impl LoadedObject {
    /// Attaches all programs, with all of their instances, to what they were loaded for or their sections name, in the order of the file, and registers all struct_ops variables.
    /// What cannot be attached so is left out and listed: [`Links::skipped`].
    ///
    /// # Errors
    /// [`AttachError`] of the first that could not be attached; those before it are detached then.
    #[doc(alias = "bpf_object__attach_skeleton")]
    pub fn attach(&self) -> Result<Links, AttachError> {
        let mut all = Links { links: Vec::new(), skipped: Vec::new() };
        // A program of a struct_ops is attached with the variable that names it.
        for program in self.programs().filter(|program| program.program_type() != ProgramType::STRUCT_OPS) {
            match SkipReason::of(program) {
                None => all.links.push(program.attach()?),
                Some(reason) => all.skipped.push(Skipped {
                    program: program.name().to_owned(),
                    instance: program.instance(),
                    section: program.section().to_owned(),
                    reason,
                }),
            }
        }
        for variable in self.struct_ops_variables() {
            all.links.push(variable.attach()?);
        }
        Ok(all)
    }
}

/// What of an object is attached, for as long as this value lives.
#[derive(Debug)]
#[must_use = "dropping the links detaches"]
pub struct Links {
    links: Vec<Link>,
    skipped: Vec<Skipped>,
}

impl Links {
    /// The links: of programs in the order of the file, then of struct_ops variables.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The programs that were not attached, and why.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Detaches everything, the last first.
    ///
    /// # Errors
    /// [`DetachError`] of the first that could not be detached, which gives that link back; the others are gone.
    pub fn detach(mut self) -> Result<(), Box<DetachError>> {
        let mut failed = None;
        while let Some(link) = self.links.pop() {
            if let Err(error) = link.detach() {
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// The links, one by one.
    #[must_use]
    pub fn into_links(self) -> Vec<Link> {
        self.links
    }
}

/// A program that was not attached with its object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The program.
    pub program: String,
    /// Which of its instances; 0 where it has none set.
    pub instance: u32,
    /// Its section.
    pub section: String,
    /// Why.
    pub reason: SkipReason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "program `{}` in SEC(\"{}\"): {}", self.program, self.section, self.reason)
    }
}

/// Why a program was not attached with its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It was left out: `ProgramSpec::set_autoattach`.
    Off,
    /// Its section could name a target, and does not.
    NoTarget,
    /// Programs of its kind are attached to something that only the caller knows: a socket, a cgroup, a device.
    ByHand,
    /// Its section names a target, and this crate does not attach its kind yet.
    NotYet,
}

impl SkipReason {
    fn of(program: &Program) -> Option<Self> {
        if !program.autoattach() {
            return Some(Self::Off);
        }
        if !program.attaches_itself() {
            return Some(Self::ByHand);
        }
        let kind = Kind::of(program);
        // A tracepoint has its name in two parts.
        let named = match (program.target(), kind) {
            (_, Some(Kind::LoadedFor)) => true,
            (Some(target), Some(Kind::Tracepoint)) => target.contains('/'),
            (target, _) => target.is_some(),
        };
        if !named {
            return Some(Self::NoTarget);
        }
        kind.is_none().then_some(Self::NotYet)
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "it is not to be attached with its object",
            Self::NoTarget => "its section does not name a target",
            Self::ByHand => "its kind is attached to something that only the caller knows",
            Self::NotYet => "its kind cannot be attached yet",
        })
    }
}
