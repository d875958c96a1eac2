//! The object's types: `.BTF` and `.BTF.ext`, with what the compiler leaves open filled in from the ELF symbols.

use std::collections::HashMap;

use bpf_btf::build::Patch;
use bpf_btf::{Btf, BtfExt, Kind, Linkage as BtfLinkage, Type, TypeError, TypeId, VarLinkage};

use crate::error::ElfError;
use crate::file::{Bind, ElfFile, Home, Symbol, SymbolKind};
use crate::function::{CoreReloc, Function, Line, Places};
use crate::ids::{InsnIndex, SectionIndex};
use crate::section::SectionKind;

/// Types, and which data section of theirs describes which section of the file.
#[derive(Default)]
pub(crate) struct Types {
    pub(crate) btf: Option<Btf>,
    /// Sorted by section.
    datasecs: Vec<(SectionIndex, TypeId)>,
    /// The `VAR` or `FUNC` of what is declared and not defined, by name, with the name of its data section.
    pub(crate) externs: HashMap<String, Declaration>,
    /// The functions that are to be called when a function throws, by name, in the order of the types.
    pub(crate) exception_tags: Vec<(TypeId, String)>,
}

/// How the tag begins that names the function to be called when a program throws.
const EXCEPTION_TAG: &str = "exception_callback:";

/// The type of something that is defined elsewhere.
pub(crate) struct Declaration {
    pub(crate) type_id: TypeId,
    pub(crate) section: Option<String>,
}

impl Types {
    /// The `DATASEC` of a section of the file.
    pub(crate) fn datasec(&self, section: SectionIndex) -> Option<TypeId> {
        let at = self.datasecs.binary_search_by_key(&section, |(of, _)| *of).ok()?;
        self.datasecs.get(at).map(|(_, id)| *id)
    }
}

/// Reads types and gives each function its type, source lines and CO-RE relocations.
pub(crate) fn read(
    file: &ElfFile<'_>,
    kinds: &[SectionKind],
    functions: &mut [Function],
    places: &Places,
) -> Result<Types, ElfError> {
    let find =
        |wanted| file.sections.iter().zip(kinds).find(|(_, kind)| **kind == wanted).map(|(s, _)| s.index);
    let Some(section) = find(SectionKind::Btf) else { return Ok(Types::default()) };
    let bad = |section| move |source| ElfError::BadBtf { section, source };
    let btf = Btf::parse(file.data(section)?.into_owned()).map_err(bad(".BTF"))?;
    if btf.endian() != file.endian() {
        return Err(ElfError::BtfEndian { file: file.endian(), btf: btf.endian() });
    }
    let by_name = ByName::of(file);
    if let Some(section) = find(SectionKind::BtfExt) {
        let ext = BtfExt::parse(&file.data(section)?).map_err(bad(".BTF.ext"))?;
        attach(&btf, &ext, &by_name, functions, places)?;
    }
    let mut fixup = Fixup { file, patch: None, btf: &btf, variables: None, types: Types::default(), by_name };
    fixup.scan(functions)?;
    fixup.hidden_functions(functions)?;
    let Fixup { patch, mut types, .. } = fixup;
    exception_callbacks(std::mem::take(&mut types.exception_tags), functions);
    types.datasecs.sort_unstable();
    types.datasecs.dedup_by_key(|(section, _)| *section);
    types.btf = Some(match patch {
        None => btf,
        Some(patch) => Btf::parse(patch.finish()).map_err(bad(".BTF"))?,
    });
    Ok(types)
}

/// The sections that are loaded, by name; of several with one name the first. Most objects have a handful.
struct ByName<'d>(Vec<(&'d str, SectionIndex)>);

impl<'d> ByName<'d> {
    fn of(file: &ElfFile<'d>) -> Self {
        let loaded = file.sections.iter().filter(|section| section.alloc);
        let mut sections: Vec<_> = loaded.map(|section| (section.name, section.index)).collect();
        sections.sort_unstable();
        sections.dedup_by_key(|(name, _)| *name);
        Self(sections)
    }

    fn get(&self, name: &str) -> Option<SectionIndex> {
        let at = self.0.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
        self.0.get(at).map(|(_, index)| *index)
    }
}

/// Gives the records of `.BTF.ext` to their functions. Records of code without a function are left: so remains what the
/// linker put aside for a stronger definition.
fn attach(
    btf: &Btf,
    ext: &BtfExt,
    by_name: &ByName<'_>,
    functions: &mut [Function],
    places: &Places,
) -> Result<(), ElfError> {
    let name_of = |offset| {
        btf.string(offset).map_err(|source| ElfError::Types {
            kind: "section",
            name: ".BTF.ext".into(),
            source,
        })
    };
    let place_of = |offset| name_of(offset).map(|name| (name, by_name.get(name)));
    let mut last = 0..0;
    let mut give = |table,
                    at: (&str, Option<SectionIndex>),
                    offset: u32,
                    to: &mut dyn FnMut(&mut Function, InsnIndex)| {
        let (name, section) = at;
        if !offset.is_multiple_of(8) {
            return Err(ElfError::ExtRecord { table, section: name.into(), offset });
        }
        let Some(section) = section else { return Ok(()) };
        last = places.near(&last, section, u64::from(offset));
        for function in functions.get_mut(last.clone()).into_iter().flatten() {
            let start = u32::try_from(function.offset.0).unwrap_or(u32::MAX);
            to(function, InsnIndex(offset.saturating_sub(start) / 8));
        }
        Ok(())
    };
    for section in &ext.funcs {
        let at = place_of(section.section)?;
        for record in &section.records {
            give("func_info", at, record.offset, &mut |function, insn| {
                if insn == InsnIndex(0) && function.type_id.is_none() {
                    function.type_id = Some(record.type_id);
                }
            })?;
        }
    }
    for section in &ext.lines {
        let at = place_of(section.section)?;
        for record in &section.records {
            let (file, text, line, column) = (record.file, record.text, record.line, record.column);
            give("line_info", at, record.offset, &mut |function, insn| {
                function.lines.push(Line { insn, file, text, line, column });
            })?;
        }
    }
    for section in &ext.core {
        let at = place_of(section.section)?;
        for record in &section.records {
            give("core_relo", at, record.offset, &mut |function, insn| {
                function.core.push(CoreReloc { insn, record: *record });
            })?;
        }
    }
    for function in functions {
        if let Some(id) = function.type_id {
            check_function(btf, id).map_err(types_of("function", &function.name))?;
        }
        if !function.lines.is_sorted_by_key(|line| line.insn) {
            function.lines.sort_by_key(|line| line.insn);
        }
        if !function.core.is_sorted_by_key(|reloc| reloc.insn) {
            function.core.sort_by_key(|reloc| reloc.insn);
        }
    }
    Ok(())
}

fn check_function(btf: &Btf, id: TypeId) -> Result<(), TypeError> {
    match btf.get(id)?.kind() {
        Kind::FUNC => Ok(()),
        found => Err(TypeError::WrongKind { id, wanted: Kind::FUNC, found }),
    }
}

/// Gives each function the names in its tags. A tag on anything else means nothing.
fn exception_callbacks(tags: Vec<(TypeId, String)>, functions: &mut [Function]) {
    if tags.is_empty() {
        return;
    }
    let mut of_type: HashMap<TypeId, Vec<String>> = HashMap::new();
    for (tagged, callback) in tags {
        of_type.entry(tagged).or_default().push(callback);
    }
    for function in functions {
        let tags = function.type_id.and_then(|id| of_type.get(&id));
        function.exception_callbacks.extend(tags.into_iter().flatten().cloned());
    }
}

/// One pass over the types, filling in what the symbols know.
struct Fixup<'a, 'd> {
    file: &'a ElfFile<'d>,
    btf: &'a Btf,
    by_name: ByName<'d>,
    /// Symbols of global variables, once they are needed.
    variables: Option<HashMap<&'d str, &'a Symbol<'d>>>,
    patch: Option<Patch>,
    types: Types,
}

impl<'a, 'd> Fixup<'a, 'd> {
    fn scan(&mut self, functions: &mut [Function]) -> Result<(), ElfError> {
        let btf = self.btf;
        // Objects without func_info: functions are found by name.
        let mut unnamed: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, function) in functions.iter().enumerate().filter(|(_, f)| f.type_id.is_none()) {
            unnamed.entry(function.name.clone()).or_default().push(at);
        }
        for found in btf.types() {
            match found.kind() {
                Kind::DATASEC => self.datasec(&found)?,
                Kind::FUNC if found.linkage() == Some(BtfLinkage::Extern) => self.declared(&found)?,
                Kind::VAR if found.var_linkage() == Some(VarLinkage::Extern) => self.declared(&found)?,
                Kind::DECL_TAG if found.component() == Some(None) => self.tag(&found)?,
                Kind::FUNC if !unnamed.is_empty() => {
                    for at in unnamed.remove(name(&found, "function")?).unwrap_or_default() {
                        if let Some(function) = functions.get_mut(at) {
                            function.type_id = Some(found.id());
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn declared(&mut self, found: &Type<'_>) -> Result<(), ElfError> {
        let name = name(found, "extern")?.to_owned();
        let entry = self.types.externs.entry(name);
        entry.or_insert_with(|| Declaration { type_id: found.id(), section: None });
        Ok(())
    }

    fn tag(&mut self, found: &Type<'_>) -> Result<(), ElfError> {
        if let Some(callback) = name(found, "tag")?.strip_prefix(EXCEPTION_TAG) {
            let tagged = found.target().unwrap_or_default();
            self.types.exception_tags.push((tagged, callback.to_owned()));
        }
        Ok(())
    }

    fn datasec(&mut self, found: &Type<'a>) -> Result<(), ElfError> {
        let section_name = name(found, "data section")?;
        let Some(section) = self.by_name.get(section_name).and_then(|at| self.file.section(at)) else {
            return self.extern_datasec(found, section_name);
        };
        self.types.datasecs.push((section.index, found.id()));
        // A linker has filled in what the compiler left open, or it is still zero.
        let open = found.size() == Some(0);
        if open {
            let size = u32::try_from(section.size).map_err(|_| ElfError::TooLarge {
                section: section_name.into(),
                size: section.size,
                limit: u64::from(u32::MAX),
            })?;
            self.change(section_name, |patch| patch.set_size(found.id(), size))?;
        }
        let at = section.index;
        for (index, var) in found.section_vars().enumerate() {
            let variable = self.btf.get(var.type_id).map_err(types_of("data section", section_name))?;
            if variable.var_linkage() != Some(VarLinkage::Global) {
                continue;
            }
            let variable_name = name(&variable, "variable")?;
            let symbol = self.variable(variable_name).filter(|symbol| symbol.home == Home::Section(at));
            let Some(symbol) = symbol else {
                return Err(ElfError::NoSymbol {
                    variable: variable_name.into(),
                    section: section_name.into(),
                });
            };
            if open {
                let offset = u32::try_from(symbol.value).unwrap_or(u32::MAX);
                self.change(section_name, |patch| {
                    patch.set_section_var(found.id(), index, offset, var.size)
                })?;
            }
            if symbol.hidden {
                self.change(section_name, |patch| patch.set_var_linkage(var.type_id, VarLinkage::Static))?;
            }
        }
        Ok(())
    }

    /// A data section without bytes: what is declared there is defined elsewhere.
    fn extern_datasec(&mut self, found: &Type<'_>, section_name: &str) -> Result<(), ElfError> {
        for var in found.section_vars() {
            let declared = self.btf.get(var.type_id).map_err(types_of("data section", section_name))?;
            let declared_name = name(&declared, "extern")?.to_owned();
            let entry = self.types.externs.entry(declared_name);
            let entry = entry.or_insert(Declaration { type_id: var.type_id, section: None });
            entry.section = Some(section_name.to_owned());
        }
        Ok(())
    }

    fn variable(&mut self, name: &str) -> Option<&'a Symbol<'d>> {
        let file = self.file;
        let variables = self.variables.get_or_insert_with(|| {
            let globals =
                file.symbols.iter().filter(|s| s.kind == SymbolKind::Object && s.bind != Bind::Local);
            globals.map(|symbol| (symbol.name, symbol)).collect()
        });
        variables.get(name).copied()
    }

    fn hidden_functions(&mut self, functions: &[Function]) -> Result<(), ElfError> {
        for function in functions.iter().filter(|function| function.hidden) {
            let Some(id) = function.type_id else { continue };
            let patch = self.patch.get_or_insert_with(|| Patch::new(self.btf));
            let done = patch.set_func_linkage(id, BtfLinkage::Static);
            done.map_err(types_of("function", &function.name))?;
        }
        Ok(())
    }

    fn change(
        &mut self,
        section: &str,
        how: impl FnOnce(&mut Patch) -> Result<(), TypeError>,
    ) -> Result<(), ElfError> {
        let patch = self.patch.get_or_insert_with(|| Patch::new(self.btf));
        how(patch).map_err(types_of("data section", section))
    }
}

/// The longest name of a type that is copied.
const NAME_LIMIT: usize = 4096;

/// A type's name, of bounded length.
pub(crate) fn name<'a>(found: &Type<'a>, kind: &'static str) -> Result<&'a str, ElfError> {
    let bad = |source| ElfError::Types { kind, name: format!("[{}]", found.id()), source };
    let name = found.name().map_err(bad)?;
    if name.len() > NAME_LIMIT {
        return Err(bad(TypeError::BadString { offset: found.name_offset().0 }));
    }
    Ok(name)
}

/// For `map_err`: says whose types they are.
pub(crate) fn types_of(kind: &'static str, name: &str) -> impl Fn(TypeError) -> ElfError {
    move |source| ElfError::Types { kind, name: name.to_owned(), source }
}
