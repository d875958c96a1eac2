//! The macro behind the tables of numbers: one line a row gives the constant, both names and the first version.

/// A number of a table with what is known about it.
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) name: &'static str,
    pub(super) short_name: &'static str,
    pub(super) since: super::KernelVersion,
}

/// Makes a newtype over `u32` from rows `CONST = number, "kernel name", "short name", first version;`.
///
/// Rows stand in the order of their numbers, from 0 and without gaps. `first` is the first row that names a real
/// thing: 1 where the kernel keeps 0 for "unspecified".
macro_rules! uapi_table {
    (
        $(#[$meta:meta])*
        pub struct $Name:ident, $what:literal, first $first:literal;

        $($CONST:ident = $number:literal, $name:literal, $short:literal, $since:literal;)*

        $(@alias $ALIAS:ident = $TARGET:ident, $alias_name:literal;)*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $Name(pub u32);

        impl $Name {
            $(
                #[doc = concat!("`", $name, "`, since Linux ", stringify!($since), ".")]
                #[doc(alias = $name)]
                pub const $CONST: Self = Self($number);
            )*
            $(
                #[doc = concat!("`", $alias_name, "`: another name that the kernel has for [`Self::", stringify!($TARGET), "`].")]
                #[doc(alias = $alias_name)]
                pub const $ALIAS: Self = Self::$TARGET;
            )*

            pub(in crate::uapi) const EVERY: &'static [Self] = &[$(Self::$CONST),*];
            const ROWS: &'static [$crate::uapi::table::Row] = &[$($crate::uapi::table::Row {
                number: $number,
                name: $name,
                short_name: $short,
                since: $crate::uapi::KernelVersion::from_table(stringify!($since)),
            }),*];
            const ALIASES: &'static [(&'static str, Self)] = &[$(($alias_name, Self::$TARGET)),*];

            /// Every one that this crate knows, in the order of their numbers, without the unspecified zero.
            pub const ALL: &'static [Self] = Self::EVERY.split_at($first).1;

            fn row(self) -> Option<&'static $crate::uapi::table::Row> {
                Self::ROWS.get(usize::try_from(self.0).ok()?).filter(|row| row.number == self.0)
            }

            /// The kernel's full name for it, or `None` for a number that this crate does not know.
            pub fn name(self) -> Option<&'static str> {
                Some(self.row()?.name)
            }

            /// The lower-case name that tools print, or `None` for a number that this crate does not know.
            pub fn short_name(self) -> Option<&'static str> {
                Some(self.row()?.short_name)
            }

            /// The first kernel version that has it, or `None` for a number that this crate does not know.
            pub fn since(self) -> Option<$crate::uapi::KernelVersion> {
                Some(self.row()?.since)
            }

            /// Finds it by its full or its short name.
            pub fn from_name(name: &str) -> Option<Self> {
                let row = Self::ROWS.iter().find(|row| row.name == name || row.short_name == name);
                let alias = || Self::ALIASES.iter().find(|alias| alias.0 == name).map(|alias| alias.1);
                row.map(|row| Self(row.number)).or_else(alias)
            }
        }

        impl core::fmt::Display for $Name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.short_name() {
                    Some(name) => f.pad(name),
                    None => write!(f, concat!($what, " {}"), self.0),
                }
            }
        }

        impl core::fmt::Debug for $Name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($Name), "({}"), self.0)?;
                if let Some(name) = self.short_name() {
                    write!(f, " {name}")?;
                }
                f.write_str(")")
            }
        }

        impl From<u32> for $Name {
            fn from(number: u32) -> Self {
                Self(number)
            }
        }

        impl From<$Name> for u32 {
            fn from(value: $Name) -> Self {
                value.0
            }
        }
    };
}

pub(super) use uapi_table;
