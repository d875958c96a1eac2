//! Externs: what an object uses and expects from elsewhere, the kernel or its configuration.

use bpf_btf::layout::{size_of, strip_modifiers};
use bpf_btf::{Btf, Kind, TypeId};
use bpf_sys::uapi::MapType;
use bpf_sys::uapi::flags::{BPF_F_MMAPABLE, BPF_F_RDONLY_PROG};

use crate::error::ElfError;
use crate::file::{Bind, ElfFile, Home, SymbolKind};
use crate::ids::{ExternId, MapId, next};
use crate::map_def::{MapDef, MapKind};
use crate::types::{Types, types_of};

/// The section that declares values of the kernel's configuration, and the map that they become.
pub(crate) const KCONFIG: &str = ".kconfig";
/// The section that declares functions and variables of the kernel.
const KSYMS: &str = ".ksyms";
/// Bytes that all values of the configuration may have together: the sizes of arrays are the file's choice.
const VALUES_LIMIT: u64 = 1 << 20;

/// Something declared and not defined: a function or variable of the kernel, a value of its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extern {
    /// Its id.
    pub id: ExternId,
    /// Its name.
    pub name: String,
    /// It may be missing.
    pub weak: bool,
    /// Its `VAR` or `FUNC` in the object's BTF.
    pub type_id: Option<TypeId>,
    /// The section it was declared in, which says where it comes from: `.ksyms` or `.kconfig`.
    pub section: Option<String>,
    /// What it is.
    pub kind: ExternKind,
}

/// What an extern is, by its section and type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExternKind {
    /// A value of the kernel's configuration (`.kconfig`); it gets a place in a map.
    Kconfig {
        /// What values it takes.
        value: KconfigType,
        /// Bytes from the start of the map's value.
        offset: u32,
        /// Bytes that it takes.
        size: u32,
    },
    /// The address of a symbol of the kernel: a variable in `.ksyms` of type `void`.
    Symbol,
    /// A variable of the kernel, by its type.
    Variable,
    /// A function of the kernel.
    Function,
    /// It is declared in no section that says where it comes from, or has no type at all.
    Unknown,
}

/// What values of the configuration a variable takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KconfigType {
    /// `bool`: y or n.
    Bool,
    /// `enum libbpf_tristate`: y, n or m.
    Tristate,
    /// One byte: y, n or m as a character, or a small number.
    Char {
        /// Two's complement.
        signed: bool,
    },
    /// A number of 2, 4 or 8 bytes.
    Int {
        /// Two's complement.
        signed: bool,
    },
    /// A string: an array of characters.
    String,
    /// None: no value of a configuration is of that type. It has no place in the map.
    Unsupported,
}

/// The externs, in the order of their symbols, and which symbol each is.
pub(crate) struct Externs {
    pub(crate) list: Vec<Extern>,
    /// Sorted by symbol.
    symbols: Vec<(u32, ExternId)>,
}

impl Externs {
    pub(crate) fn of_symbol(&self, symbol: u32) -> Option<ExternId> {
        let at = self.symbols.binary_search_by_key(&symbol, |(of, _)| *of).ok()?;
        self.symbols.get(at).map(|(_, id)| *id)
    }
}

/// Collects the externs, and adds the map of configuration values if there are any.
pub(crate) fn collect(
    file: &ElfFile<'_>,
    types: &Types,
    maps: &mut Vec<MapDef>,
) -> Result<Externs, ElfError> {
    let mut externs = Externs { list: Vec::new(), symbols: Vec::new() };
    for (index, symbol) in (0u32..).zip(&file.symbols) {
        let undefined = symbol.home == Home::Undefined && symbol.kind == SymbolKind::NoType;
        if !undefined || symbol.bind == Bind::Local {
            continue;
        }
        let id = ExternId(next(&externs.list));
        let declared = types.externs.get(symbol.name);
        externs.symbols.push((index, id));
        let (type_id, section) = (
            declared.map(|declared| declared.type_id),
            declared.and_then(|declared| declared.section.clone()),
        );
        let kind = match (&types.btf, type_id) {
            (Some(btf), Some(id)) => kind_of(btf, id, section.as_deref(), symbol.name)?,
            _ => ExternKind::Unknown,
        };
        let (name, weak) = (symbol.name.to_owned(), symbol.bind == Bind::Weak);
        externs.list.push(Extern { id, name, weak, type_id, section, kind });
    }
    if let Some(size) = lay_out(&mut externs.list) {
        if size > VALUES_LIMIT {
            return Err(ElfError::TooLarge { section: KCONFIG.into(), size, limit: VALUES_LIMIT });
        }
        maps.push(map(MapId(next(maps)), u32::try_from(size).unwrap_or(u32::MAX), types));
    }
    Ok(externs)
}

fn kind_of(btf: &Btf, id: TypeId, section: Option<&str>, name: &str) -> Result<ExternKind, ElfError> {
    let types = types_of("extern", name);
    let declared = btf.get(id).map_err(&types)?;
    let target = declared.target().unwrap_or_default();
    Ok(match (section, declared.kind()) {
        (Some(KSYMS), Kind::FUNC) => ExternKind::Function,
        (Some(KSYMS), Kind::VAR) if strip_modifiers(btf, target).map_err(&types)?.id() == TypeId::VOID => {
            ExternKind::Symbol
        }
        (Some(KSYMS), Kind::VAR) => ExternKind::Variable,
        (Some(KCONFIG), Kind::VAR) => {
            let value = value_type(btf, target, true).map_err(&types)?;
            let size = match value {
                KconfigType::Unsupported => 0,
                _ => size_of(btf, target).map_err(&types)?,
            };
            ExternKind::Kconfig { value, offset: 0, size }
        }
        _ => ExternKind::Unknown,
    })
}

/// What values a variable of that type takes.
fn value_type(btf: &Btf, id: TypeId, arrays: bool) -> Result<KconfigType, bpf_btf::TypeError> {
    let found = strip_modifiers(btf, id)?;
    let size = found.size().unwrap_or(0);
    Ok(match (found.kind(), found.int(), found.array()) {
        (_, Some(int), _) if int.bool && size == 1 => KconfigType::Bool,
        (_, Some(int), _) if int.bool => KconfigType::Unsupported,
        (_, Some(int), _) if size == 1 => KconfigType::Char { signed: int.signed },
        (_, Some(int), _) if matches!(size, 2 | 4 | 8) => KconfigType::Int { signed: int.signed },
        (Kind::ENUM, _, _) if size == 4 && found.name()? == "libbpf_tristate" => KconfigType::Tristate,
        (Kind::ENUM64, _, _) if size == 8 && found.name()? == "libbpf_tristate" => KconfigType::Tristate,
        (_, _, Some(array)) if arrays && array.len > 0 => match value_type(btf, array.element, false)? {
            KconfigType::Char { .. } => KconfigType::String,
            _ => KconfigType::Unsupported,
        },
        _ => KconfigType::Unsupported,
    })
}

/// Gives each configuration value its place, in libbpf's order: large alignment first, then small sizes, then names.
/// Answers the size of all, if there are any.
fn lay_out(externs: &mut [Extern]) -> Option<u64> {
    let mut values: Vec<(&str, u32, u32, &mut u32)> = externs
        .iter_mut()
        .filter_map(|found| match &mut found.kind {
            ExternKind::Kconfig { value: KconfigType::Unsupported, .. } => None,
            ExternKind::Kconfig { value, offset, size } => {
                // A string is aligned as its characters are.
                let align = if *value == KconfigType::String { 1 } else { *size };
                Some((found.name.as_str(), align, *size, offset))
            }
            _ => None,
        })
        .collect();
    values.sort_by(|(a_name, a_align, a_size, _), (b_name, b_align, b_size, _)| {
        b_align.cmp(a_align).then(a_size.cmp(b_size)).then(a_name.cmp(b_name))
    });
    let mut end = None;
    for (_, align, size, offset) in values {
        // Sizes are of 32 bits, and symbols as many as a file has room for: the sum fits.
        let at = end.unwrap_or(0_u64).next_multiple_of(u64::from(align.max(1)));
        *offset = u32::try_from(at).unwrap_or(u32::MAX);
        end = Some(at.saturating_add(u64::from(size)));
    }
    end
}

fn map(id: MapId, value_size: u32, types: &Types) -> MapDef {
    MapDef {
        id,
        name: KCONFIG.to_owned(),
        map_type: MapType::ARRAY,
        key_size: 4,
        value_size,
        max_entries: 1,
        flags: BPF_F_RDONLY_PROG | BPF_F_MMAPABLE,
        value_type: types.btf.as_ref().and_then(|btf| btf.find(KCONFIG, Kind::DATASEC)),
        ..MapDef::empty(MapKind::Kconfig)
    }
}
