//! Programs and struct_ops variables of a loaded skeleton: each has a field, whether it was loaded or not.

use std::fmt;

use crate::attach::{AttachError, AttachOptions};
use crate::link::Link;
use crate::load::{InstanceAccess, LoadedObject};
use crate::map::MapError;
use crate::program::Program;
use crate::struct_ops::StructOps;

/// A program or a struct_ops variable, if it was loaded: what is optional, or was left out before loading, is not there.
#[derive(Clone)]
pub struct Handle<T> {
    kind: &'static str,
    name: &'static str,
    value: Option<T>,
    /// The instances of a program beyond the first, and how many were asked for.
    others: Vec<T>,
    count: u32,
}

impl<T: fmt::Debug> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => value.fmt(f),
            None => write!(f, "{} `{}`, not loaded", self.kind, self.name),
        }
    }
}

impl<T> Handle<T> {
    /// It.
    ///
    /// # Errors
    /// [`MapError::NoSuch`] where it was not loaded.
    pub fn get(&self) -> Result<&T, MapError> {
        let missing = || MapError::NoSuch { kind: self.kind, name: self.name.to_owned(), nearest: None };
        self.value.as_ref().ok_or_else(missing)
    }

    /// Whether it was loaded.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.value.is_some()
    }

    fn to_attach(&self) -> Result<&T, AttachError> {
        let missing = || AttachError::NotLoaded { kind: self.kind, name: self.name.to_owned() };
        self.value.as_ref().ok_or_else(missing)
    }
}

impl Handle<Program> {
    /// The program of that name, with its instances.
    #[doc(hidden)]
    #[must_use]
    pub fn program(loaded: &LoadedObject, name: &'static str) -> Self {
        let mut all = loaded.programs().filter(|program| program.name() == name).cloned();
        let value = all.next();
        let others: Vec<Program> = all.collect();
        let planned = value.as_ref().and_then(|first| loaded.plan().instances_of(first.id()));
        let count = planned.map_or(u32::from(value.is_some()), |planned| planned.count);
        Self { kind: "program", name, value, others, count }
    }

    /// Attaches it to what it was loaded for, or to what its section names.
    ///
    /// # Errors
    /// [`AttachError::NotLoaded`]; and as [`Program::attach`].
    pub fn attach(&self) -> Result<Link, AttachError> {
        self.to_attach()?.attach()
    }

    /// As [`Self::attach`], with options.
    ///
    /// # Errors
    /// As [`Self::attach`].
    pub fn attach_with(&self, options: &AttachOptions) -> Result<Link, AttachError> {
        options.attach(self.to_attach()?)
    }

    /// One of its instances, by index; those that were added after loading are asked for at the loaded object.
    ///
    /// # Errors
    /// [`InstanceAccess::OutOfRange`] for an index that there is not; [`InstanceAccess::Skipped`] for one that was left out on
    /// purpose; [`InstanceAccess::NoSuch`] where it was not loaded.
    pub fn instance(&self, index: u32) -> Result<&Program, InstanceAccess> {
        let first = self.get()?;
        let found = std::iter::once(first).chain(&self.others).find(|program| program.instance() == index);
        let (program, count) = (self.name.to_owned(), self.count);
        found.ok_or(if index < count {
            InstanceAccess::Skipped { program, index }
        } else {
            InstanceAccess::OutOfRange { program, index, count }
        })
    }
}

impl Handle<StructOps> {
    /// The struct_ops variable of that name.
    #[doc(hidden)]
    #[must_use]
    pub fn struct_ops(loaded: &LoadedObject, name: &'static str) -> Self {
        let value = loaded.struct_ops_variables().find(|variable| variable.name() == name).cloned();
        let count = u32::from(value.is_some());
        Self { kind: "struct_ops variable", name, value, others: Vec::new(), count }
    }

    /// Registers it.
    ///
    /// # Errors
    /// [`AttachError::NotLoaded`]; and as [`StructOps::attach`].
    pub fn attach(&self) -> Result<Link, AttachError> {
        self.to_attach()?.attach()
    }
}
