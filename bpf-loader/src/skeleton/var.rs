//! Global variables of a loaded object, with their types.

use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::Bool;
use super::layout::sealed::Sealed;
use crate::load::LoadedObject;
use crate::map::{Access, Data, Global, MapError};

/// A global variable that cannot be written once it is loaded: of `.rodata`, or a value of the kernel's configuration.
pub struct ReadVar<T> {
    global: Global,
    of: PhantomData<fn() -> T>,
}

/// A global variable, shared with the programs.
pub struct Var<T> {
    read: ReadVar<T>,
}

impl<T> ReadVar<T> {
    fn of(global: Global) -> Self {
        Self { global, of: PhantomData }
    }

    /// The variable that begins at that byte of a data section.
    ///
    /// # Errors
    /// [`MapError::NoSuch`] where the section was left out.
    #[doc(hidden)]
    pub fn new(loaded: &LoadedObject, map: &str, offset: u32) -> Result<Self, MapError> {
        loaded.global_at(map, offset).map(Self::of)
    }

    /// A value of the kernel's configuration.
    ///
    /// # Errors
    /// [`MapError::NoSuch`].
    #[doc(hidden)]
    pub fn kconfig(loaded: &LoadedObject, name: &str) -> Result<Self, MapError> {
        loaded.kconfig_value(name).map(Self::of)
    }

    /// The variable without its type.
    #[must_use]
    pub fn global(&self) -> &Global {
        &self.global
    }

    /// Whether it is read through shared memory, or by a system call.
    #[must_use]
    pub fn access(&self) -> Access {
        self.global.access()
    }
}

impl<T: Data> ReadVar<T> {
    /// Its value, copied. A value of more than 8 bytes may tear when a program writes it at the same time.
    ///
    /// # Errors
    /// [`MapError::Size`] where its section was given another length, and it with it; [`MapError::Refused`].
    pub fn get(&self) -> Result<T, MapError> {
        self.global.get()
    }
}

impl<T: Data, const N: usize> ReadVar<[T; N]> {
    /// An element of it; `None` beyond the end. Its value is fetched only when it is asked for.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<ReadVar<T>> {
        self.global.element(index, size_of::<T>()).map(ReadVar::of)
    }
}

impl<T> Var<T> {
    /// The variable that begins at that byte of a data section.
    ///
    /// # Errors
    /// [`MapError::NoSuch`] where the section was left out.
    #[doc(hidden)]
    pub fn new(loaded: &LoadedObject, map: &str, offset: u32) -> Result<Self, MapError> {
        ReadVar::new(loaded, map, offset).map(|read| Self { read })
    }
}

impl<T: Data> Var<T> {
    /// Sets its value.
    ///
    /// # Errors
    /// [`MapError::NotWritable`] where the kernel cannot map its section into memory: writing a whole section by system call
    /// would lose what programs write meanwhile; and as [`ReadVar::get`].
    pub fn set(&self, value: impl Borrow<T>) -> Result<(), MapError> {
        self.read.global.set(value.borrow())
    }
}

impl<T: Data, const N: usize> Var<[T; N]> {
    /// An element of it; `None` beyond the end.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<Var<T>> {
        self.read.at(index).map(|read| Var { read })
    }
}

impl<T: Atomic> Var<T> {
    /// Its value, read in one piece.
    ///
    /// # Errors
    /// [`MapError::NotWritable`] where it is not in shared memory; [`MapError::Mapping`] where it is not aligned.
    pub fn load(&self) -> Result<T, MapError> {
        T::load(&self.read.global)
    }

    /// Sets its value, in one piece.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn store(&self, value: T) -> Result<(), MapError> {
        value.store(&self.read.global)
    }

    /// Adds to it, in one step that programs cannot come between; gives the value from before. It wraps around.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn fetch_add(&self, value: T) -> Result<T, MapError> {
        value.fetch_add(&self.read.global)
    }
}

impl<T> Deref for Var<T> {
    type Target = ReadVar<T>;

    fn deref(&self) -> &ReadVar<T> {
        &self.read
    }
}

/// A truth value that cannot be written once it is loaded.
#[derive(Clone, Debug)]
pub struct ReadBool(ReadVar<Bool>);

/// A truth value, shared with the programs.
#[derive(Clone, Debug)]
pub struct BoolVar(Var<Bool>);

impl ReadBool {
    /// The variable that begins at that byte of a data section.
    ///
    /// # Errors
    /// [`MapError::NoSuch`] where the section was left out.
    #[doc(hidden)]
    pub fn new(loaded: &LoadedObject, map: &str, offset: u32) -> Result<Self, MapError> {
        ReadVar::new(loaded, map, offset).map(Self)
    }

    /// A value of the kernel's configuration.
    ///
    /// # Errors
    /// [`MapError::NoSuch`].
    #[doc(hidden)]
    pub fn kconfig(loaded: &LoadedObject, name: &str) -> Result<Self, MapError> {
        ReadVar::kconfig(loaded, name).map(Self)
    }

    /// The variable without its type.
    #[must_use]
    pub fn global(&self) -> &Global {
        &self.0.global
    }

    /// Its value.
    ///
    /// # Errors
    /// [`MapError::NotBool`] for a byte that is neither 0 nor 1; [`MapError::Refused`].
    pub fn get(&self) -> Result<bool, MapError> {
        truth(&self.0)
    }
}

impl BoolVar {
    /// The variable that begins at that byte of a data section.
    ///
    /// # Errors
    /// [`MapError::NoSuch`] where the section was left out.
    #[doc(hidden)]
    pub fn new(loaded: &LoadedObject, map: &str, offset: u32) -> Result<Self, MapError> {
        Var::new(loaded, map, offset).map(Self)
    }

    /// The variable without its type.
    #[must_use]
    pub fn global(&self) -> &Global {
        &self.0.global
    }

    /// Its value.
    ///
    /// # Errors
    /// [`MapError::NotBool`] for a byte that is neither 0 nor 1; [`MapError::Refused`].
    pub fn get(&self) -> Result<bool, MapError> {
        truth(&self.0)
    }

    /// Sets its value.
    ///
    /// # Errors
    /// As [`Var::set`].
    pub fn set(&self, value: bool) -> Result<(), MapError> {
        self.0.set(Bool::from(value))
    }
}

fn truth(var: &ReadVar<Bool>) -> Result<bool, MapError> {
    let value = var.get()?;
    let not_bool = || MapError::NotBool { name: var.global.name().to_owned(), byte: value.byte() };
    value.get().ok_or_else(not_bool)
}

impl<T> Clone for ReadVar<T> {
    fn clone(&self) -> Self {
        Self::of(self.global.clone())
    }
}

impl<T> Clone for Var<T> {
    fn clone(&self) -> Self {
        Self { read: self.read.clone() }
    }
}

impl<T> fmt::Debug for ReadVar<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadVar").field("name", &self.global.name()).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Var<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Var").field("name", &self.global.name()).finish_non_exhaustive()
    }
}

/// An integer that is read and written in one piece.
pub trait Atomic: Sealed + Data + Copy {
    #[doc(hidden)]
    fn load(global: &Global) -> Result<Self, MapError>;
    #[doc(hidden)]
    fn store(self, global: &Global) -> Result<(), MapError>;
    #[doc(hidden)]
    fn fetch_add(self, global: &Global) -> Result<Self, MapError>;
}

macro_rules! atomics {
    ($($int:ident: $load:ident, $store:ident, $fetch_add:ident, $to:expr, $from:expr;)*) => {$(
        impl Atomic for $int {
            fn load(global: &Global) -> Result<Self, MapError> {
                global.atomically(|mapping, at| mapping.$load(at)).map($from)
            }

            fn store(self, global: &Global) -> Result<(), MapError> {
                global.atomically(|mapping, at| mapping.$store(at, $to(self)))
            }

            fn fetch_add(self, global: &Global) -> Result<Self, MapError> {
                global.atomically(|mapping, at| mapping.$fetch_add(at, $to(self))).map($from)
            }
        }
    )*};
}

atomics! {
    u32: load_u32, store_u32, fetch_add_u32, u32::from, u32::from;
    i32: load_u32, store_u32, fetch_add_u32, i32::cast_unsigned, u32::cast_signed;
}
#[cfg(target_pointer_width = "64")]
atomics! {
    u64: load_u64, store_u64, fetch_add_u64, u64::from, u64::from;
    i64: load_u64, store_u64, fetch_add_u64, i64::cast_unsigned, u64::cast_signed;
}
