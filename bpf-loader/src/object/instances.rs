//! Several programs from one of the file: how many, and in what they differ.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bpf_elf::{DataKind, MapId, MapKind};
use zerocopy::{Immutable, IntoBytes};

use crate::object::{Object, SpecError, missing};
use crate::plan::EditStream;

/// Instances of a program: it is loaded several times, with a difference each time. Instructions are rewritten by a
/// function; a `.rodata` variable can have a value for each, in a map of its own; each can be for another target.
///
/// The functions that are given here are called with the index of an instance, from 0, each time that the object is
/// planned, and have to answer the same each time.
#[derive(Clone)]
#[must_use]
#[doc(alias = "bpf_program__set_prep")]
pub struct Instances {
    count: u32,
    rewrite: Option<Arc<Rewriting>>,
    globals: Vec<Own>,
    target: Option<Arc<dyn Fn(u32) -> String + Send + Sync>>,
    keep: bool,
}

pub(crate) type Rewriting = dyn Fn(u32, EditStream) -> Rewrite + Send + Sync;
type Bytes = dyn Fn(u32) -> Vec<u8> + Send + Sync;

/// What is to become of an instance.
#[derive(Clone, Debug)]
pub enum Rewrite {
    /// It has the instructions that the program has.
    Keep,
    /// It has these instructions, which may be more or fewer. Functions that nobody calls any more are dropped.
    Replace(EditStream),
    /// It is not loaded.
    Skip,
}

#[derive(Clone)]
struct Own {
    name: String,
    size: usize,
    value: Arc<Bytes>,
}

impl Instances {
    /// So many instances, all alike. [`Object::set_instances`] refuses none at all.
    pub fn new(count: u32) -> Self {
        Self { count, rewrite: None, globals: Vec::new(), target: None, keep: false }
    }

    /// Rewrites the instructions of each. The function gets them as they would be sent: relocated for the kernel, with
    /// all subprograms. What it returns is checked; a branch or a call that goes nowhere fails the plan.
    pub fn rewrite(mut self, rewrite: impl Fn(u32, EditStream) -> Rewrite + Send + Sync + 'static) -> Self {
        self.rewrite = Some(Arc::new(rewrite));
        self
    }

    /// Gives each its own value of a variable in `.rodata`. The variables of its section are in a map of its own then, and
    /// read-only there too, so that the verifier knows their values.
    ///
    /// # Kernel
    /// Since 5.2, as all global variables.
    pub fn global<T: IntoBytes + Immutable>(
        mut self,
        name: impl Into<String>,
        value: impl Fn(u32) -> T + Send + Sync + 'static,
    ) -> Self {
        let value = Arc::new(move |index| value(index).as_bytes().to_vec());
        self.globals.push(Own { name: name.into(), size: size_of::<T>(), value });
        self
    }

    /// Gives each its own target, as [`ProgramSpec::set_attach_target`](crate::object::ProgramSpec::set_attach_target)
    /// does for all.
    pub fn target<T: Into<String>>(mut self, target: impl Fn(u32) -> T + Send + Sync + 'static) -> Self {
        self.target = Some(Arc::new(move |index| target(index).into()));
        self
    }

    /// Keeps what the instances are made from, so that more can be added once they are loaded:
    /// `LoadedObject::add_instances`.
    pub fn keep_stream(mut self) -> Self {
        self.keep = true;
        self
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn keeps_stream(&self) -> bool {
        self.keep
    }

    pub(crate) fn rewriting(&self) -> Option<&Rewriting> {
        self.rewrite.as_deref()
    }

    pub(crate) fn has_targets(&self) -> bool {
        self.target.is_some()
    }

    pub(crate) fn target_of(&self, index: u32) -> Option<String> {
        self.target.as_ref().map(|target| target(index))
    }

    /// Whether there are any, and the object has the variables.
    pub(crate) fn check(&self, object: &Object, program: &str) -> Result<(), SpecError> {
        if self.count == 0 {
            return Err(SpecError::NoInstances { program: program.to_owned() });
        }
        self.globals.iter().try_for_each(|own| own.find(object).map(|_| ()))
    }

    /// Where the values of their own go.
    pub(crate) fn own_values<'a>(&'a self, object: &Object) -> Vec<OwnValue<'a>> {
        let found = self.globals.iter().filter_map(|own| {
            let (map, place) = own.find(object).ok()?;
            Some(OwnValue { name: &own.name, map, place, value: &*own.value })
        });
        found.collect()
    }
}

impl fmt::Debug for Instances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instances")
            .field("count", &self.count)
            .field("rewritten", &self.rewrite.is_some())
            .field("globals", &self.globals.iter().map(|own| &own.name).collect::<Vec<_>>())
            .field("targets", &self.target.is_some())
            .field("keep", &self.keep)
            .finish()
    }
}

/// A variable with a value for each instance.
pub(crate) struct OwnValue<'a> {
    pub(crate) name: &'a str,
    pub(crate) map: MapId,
    /// The bytes in the section.
    pub(crate) place: Range<usize>,
    pub(crate) value: &'a Bytes,
}

impl Own {
    fn find(&self, object: &Object) -> Result<(MapId, Range<usize>), SpecError> {
        let name = || self.name.clone();
        let globals = object.file().globals();
        let global = object.file().global_named(&self.name).ok_or_else(|| {
            missing("global variable", &self.name, globals.iter().map(|global| global.name.as_str()))
        })?;
        let spec = object.map(global.map).ok_or_else(|| SpecError::Outside { name: name() })?;
        let rodata = matches!(&spec.def().kind, MapKind::Data(section) if section.kind == DataKind::Rodata);
        if !rodata {
            return Err(SpecError::NotReadOnly { name: name(), section: spec.name().to_owned() });
        }
        let start = usize::try_from(global.offset).unwrap_or(usize::MAX);
        let expected = usize::try_from(global.size).unwrap_or(usize::MAX);
        if expected != self.size {
            return Err(SpecError::Size { name: name(), expected, found: self.size });
        }
        let place = start..start.saturating_add(expected);
        let inside = spec.contents().is_some_and(|bytes| place.end <= bytes.len());
        if inside { Ok((global.map, place)) } else { Err(SpecError::Outside { name: name() }) }
    }
}
