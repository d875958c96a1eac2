//! What can be said of an object before it is loaded: initial values of its variables, members of its struct_ops variables.

use std::borrow::Borrow;
use std::marker::PhantomData;

use super::Bool;
use crate::map::Data;
use crate::object::{GlobalMut, Object, SpecError, StructOpsSpec};

/// A global variable before loading.
#[derive(Debug)]
pub struct OpenVar<'a, T> {
    global: Result<GlobalMut<'a>, SpecError>,
    of: PhantomData<fn() -> T>,
}

impl<'a, T> OpenVar<'a, T> {
    /// The variable that begins at that byte of a data section.
    #[doc(hidden)]
    #[must_use]
    pub fn new(object: &'a mut Object, map: &str, offset: u32) -> Self {
        Self { global: object.global_at_mut(map, offset), of: PhantomData }
    }

    fn global(&mut self) -> Result<&mut GlobalMut<'a>, SpecError> {
        self.global.as_mut().map_err(|error| error.clone())
    }
}

impl<T: Data> OpenVar<'_, T> {
    /// The initial value.
    ///
    /// # Errors
    /// [`SpecError::Size`] where its section was given another length, and it with it.
    pub fn get(mut self) -> Result<T, SpecError> {
        self.global()?.get()
    }

    /// Sets the initial value.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn set(mut self, value: impl Borrow<T>) -> Result<(), SpecError> {
        self.global()?.set(value.borrow())
    }
}

/// A truth value before loading.
#[derive(Debug)]
pub struct OpenBool<'a>(OpenVar<'a, Bool>);

impl<'a> OpenBool<'a> {
    /// The variable that begins at that byte of a data section.
    #[doc(hidden)]
    #[must_use]
    pub fn new(object: &'a mut Object, map: &str, offset: u32) -> Self {
        Self(OpenVar::new(object, map, offset))
    }

    /// The initial value; what is not 0 is true, as in C.
    ///
    /// # Errors
    /// As [`OpenVar::get`].
    pub fn get(self) -> Result<bool, SpecError> {
        self.0.get().map(Bool::is_set)
    }

    /// Sets the initial value.
    ///
    /// # Errors
    /// As [`OpenVar::get`].
    pub fn set(self, value: bool) -> Result<(), SpecError> {
        self.0.set(Bool::from(value))
    }
}

/// A callback of a struct_ops variable before loading.
#[derive(Debug)]
pub struct Callback<'a> {
    spec: &'a mut StructOpsSpec,
    member: &'static str,
}

impl<'a> Callback<'a> {
    /// The member of that name.
    #[doc(hidden)]
    #[must_use]
    pub fn new(spec: &'a mut StructOpsSpec, member: &'static str) -> Self {
        Self { spec, member }
    }

    /// The program that it is, by name; `None` where it is empty, or a function that is no program.
    ///
    /// # Errors
    /// [`SpecError`] where the object's struct has no such callback: it is not the one that the skeleton was made from.
    pub fn program(&self) -> Result<Option<&str>, SpecError> {
        self.spec.callback(self.member)
    }

    /// Makes it a program: one that the skeleton names, or any by its name.
    ///
    /// # Errors
    /// [`SpecError::NoSuch`] with the nearest name.
    pub fn assign(self, program: impl AsRef<str>) -> Result<(), SpecError> {
        self.spec.assign(self.member, program.as_ref()).map(drop)
    }

    /// Leaves it empty.
    ///
    /// # Errors
    /// As [`Self::program`].
    pub fn clear(self) -> Result<(), SpecError> {
        self.spec.clear(self.member).map(drop)
    }
}

/// A member of a struct_ops variable that is no callback, before loading.
#[derive(Debug)]
pub struct Member<'a, T> {
    spec: &'a mut StructOpsSpec,
    member: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<'a, T: Data> Member<'a, T> {
    /// The member of that name.
    #[doc(hidden)]
    #[must_use]
    pub fn new(spec: &'a mut StructOpsSpec, member: &'static str) -> Self {
        Self { spec, member, of: PhantomData }
    }

    /// Its value.
    ///
    /// # Errors
    /// [`SpecError`] where the object's struct has no such member: it is not the one that the skeleton was made from.
    pub fn get(&self) -> Result<T, SpecError> {
        self.spec.get(self.member)
    }

    /// Sets its value.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn set(self, value: impl Borrow<T>) -> Result<(), SpecError> {
        self.spec.set(self.member, value.borrow()).map(drop)
    }
}
