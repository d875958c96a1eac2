//! Externs: what an object uses and expects from elsewhere, the kernel or its configuration.

use bpf_btf::TypeId;

use crate::file::{Bind, ElfFile, Home, SymbolKind};
use crate::ids::{ExternId, next};
use crate::types::Types;

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

pub(crate) fn collect(file: &ElfFile<'_>, types: &Types) -> Externs {
    let mut externs = Externs { list: Vec::new(), symbols: Vec::new() };
    for (index, symbol) in (0u32..).zip(&file.symbols) {
        let undefined = symbol.home == Home::Undefined && symbol.kind == SymbolKind::NoType;
        if !undefined || symbol.bind == Bind::Local {
            continue;
        }
        let id = ExternId(next(&externs.list));
        let declared = types.externs.get(symbol.name);
        externs.symbols.push((index, id));
        externs.list.push(Extern {
            id,
            name: symbol.name.to_owned(),
            weak: symbol.bind == Bind::Weak,
            type_id: declared.map(|declared| declared.type_id),
            section: declared.and_then(|declared| declared.section.clone()),
        });
    }
    externs
}
