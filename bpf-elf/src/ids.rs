//! Numbers with a meaning: what an index counts, and in which unit, is its type.

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($number:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $number);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A function of an object: its position in [`ObjectFile::functions`](crate::ObjectFile::functions).
    FunctionId(u32);
    /// A program of an object: its position in [`ObjectFile::programs`](crate::ObjectFile::programs).
    ProgramId(u32);
    /// A map of an object: its position in [`ObjectFile::maps`](crate::ObjectFile::maps).
    MapId(u32);
    /// A struct_ops variable of an object: its position in [`ObjectFile::struct_ops`](crate::ObjectFile::struct_ops).
    StructOpsId(u32);
    /// A global variable of an object: its position in [`ObjectFile::globals`](crate::ObjectFile::globals).
    GlobalId(u32);
    /// Something an object expects from elsewhere: its position in [`ObjectFile::externs`](crate::ObjectFile::externs).
    ExternId(u32);
    /// A jump table of a function: its position in [`Function::jump_tables`](crate::Function::jump_tables).
    JumpTableId(u32);
    /// An ELF section's number, as in the section header table.
    SectionIndex(u32);
    /// An instruction slot of 8 bytes, counted from the start of its function.
    InsnIndex(u32);
    /// Bytes from the start of a section.
    ByteOffset(u64);
}

macro_rules! positions {
    ($($name:ident)*) => {$(
        impl $name {
            /// As a position in a slice. What does not fit stands past the end of any slice.
            pub(crate) fn index(self) -> usize {
                usize::try_from(self.0).unwrap_or(usize::MAX)
            }
        }
    )*};
}

positions! { FunctionId ProgramId MapId JumpTableId ExternId SectionIndex InsnIndex }

/// The id of the element that is about to be pushed. Tables come from a file whose sections are counted in bytes, so
/// that running out of numbers takes a file of many GiB.
pub(crate) fn next<T>(table: &[T]) -> u32 {
    u32::try_from(table.len()).unwrap_or(u32::MAX)
}
