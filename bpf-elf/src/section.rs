//! What each ELF section is for, by its name and kind.

use std::fmt;
use std::sync::OnceLock;

use crate::file::{RawSection, Shape};
use crate::ids::SectionIndex;

/// A section of the object file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its number.
    pub index: SectionIndex,
    /// Its name.
    pub name: String,
    /// Bytes that it has: in the file, or once it is loaded if it has none there.
    pub size: u64,
    /// What it is for.
    pub kind: SectionKind,
}

/// All sections. Few ask for them, and most are of debug information: they get names of their own when someone does.
#[derive(Clone, Debug)]
pub(crate) struct SectionTable {
    /// All names, one behind the other.
    names: String,
    /// Where each name ends, the size, and the kind.
    rows: Vec<(usize, u64, SectionKind)>,
    made: OnceLock<Vec<Section>>,
}

impl SectionTable {
    pub(crate) fn of(sections: &[RawSection<'_>], kinds: &[SectionKind]) -> Self {
        let mut names = String::with_capacity(sections.iter().map(|section| section.name.len()).sum());
        let row = |(section, kind): (&RawSection<'_>, &SectionKind)| {
            names.push_str(section.name);
            (names.len(), section.size, *kind)
        };
        let rows = sections.iter().zip(kinds).map(row).collect();
        Self { names, rows, made: OnceLock::new() }
    }

    pub(crate) fn get(&self) -> &[Section] {
        self.made.get_or_init(|| {
            let mut start = 0;
            let section = |(index, (end, size, kind)): (u32, &(usize, u64, SectionKind))| {
                let name = self.names.get(start..*end).unwrap_or_default().to_owned();
                start = *end;
                Section { index: SectionIndex(index), name, size: *size, kind: *kind }
            };
            (0..).zip(&self.rows).map(section).collect()
        })
    }
}

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SectionKind {
    /// Instructions of programs, or of subprograms if it is `.text`.
    Program,
    /// Map definitions by BTF: `.maps`.
    Maps,
    /// Map definitions of the old kind: `maps`, `maps/X`.
    LegacyMaps,
    /// Global variables.
    Data(DataKind),
    /// struct_ops variables.
    StructOps {
        /// They are attached through a link: `.struct_ops.link`.
        link: bool,
        /// They are created only when asked for: the name begins with `?`.
        optional: bool,
    },
    /// Where the jumps of programs lead whose target is found in a table: `.jumptables`.
    JumpTables,
    /// The license text.
    License,
    /// A kernel version, for kernels before 5.0.
    Version,
    /// Types: `.BTF`.
    Btf,
    /// What instructions come from and what they relocate: `.BTF.ext`.
    BtfExt,
    /// Symbols.
    Symbols,
    /// Names.
    Strings,
    /// Relocations of another section.
    Relocations,
    /// Debug information of the compiler.
    Debug,
    /// Anything else; it is not looked at.
    Other,
}

/// What kind of global variables a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataKind {
    /// With an initial value: `.data`, `.data.X`.
    Data,
    /// Constant: `.rodata`, `.rodata.X`. What the loader sets before loading, programs can rely on.
    Rodata,
    /// Zero at first: `.bss`, `.bss.X`.
    Bss,
    /// In an arena: `.addr_space.1`.
    Arena,
}

impl fmt::Display for DataKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Data => "data",
            Self::Rodata => "rodata",
            Self::Bss => "bss",
            Self::Arena => "arena",
        })
    }
}

/// The section in which subprograms are.
pub(crate) const TEXT: &str = ".text";

pub(crate) fn kind_of(section: &RawSection<'_>) -> SectionKind {
    match section.shape {
        Shape::Symbols => SectionKind::Symbols,
        Shape::Strings => SectionKind::Strings,
        Shape::Rel | Shape::Rela => SectionKind::Relocations,
        Shape::Nobits if is_or_begins(section.name, ".bss") => SectionKind::Data(DataKind::Bss),
        Shape::Progbits => match fixed_name(section.name) {
            Some(kind) => kind,
            None if section.exec && section.size > 0 => SectionKind::Program,
            None if is_or_begins(section.name, ".data") => SectionKind::Data(DataKind::Data),
            None if is_or_begins(section.name, ".rodata") => SectionKind::Data(DataKind::Rodata),
            None if section.name.starts_with(".debug_") => SectionKind::Debug,
            None => SectionKind::Other,
        },
        _ => SectionKind::Other,
    }
}

/// The sections whose name alone says what they are.
fn fixed_name(name: &str) -> Option<SectionKind> {
    let struct_ops = |link, optional| SectionKind::StructOps { link, optional };
    Some(match name {
        "license" => SectionKind::License,
        "version" => SectionKind::Version,
        name if name == "maps" || name.starts_with("maps/") => SectionKind::LegacyMaps,
        ".maps" => SectionKind::Maps,
        ".addr_space.1" => SectionKind::Data(DataKind::Arena),
        ".jumptables" => SectionKind::JumpTables,
        ".BTF" => SectionKind::Btf,
        ".BTF.ext" => SectionKind::BtfExt,
        ".struct_ops" => struct_ops(false, false),
        ".struct_ops.link" => struct_ops(true, false),
        "?.struct_ops" => struct_ops(false, true),
        "?.struct_ops.link" => struct_ops(true, true),
        _ => return None,
    })
}

/// `.data` or `.data.anything`.
fn is_or_begins(name: &str, base: &str) -> bool {
    name.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
