//! An object file, opened: everything that it says, by ids, owned.

use std::collections::HashMap;
use std::sync::OnceLock;

use bpf_btf::{Btf, Endian};

use crate::data::Global;
use crate::dump;
use crate::error::ElfError;
use crate::externs::Extern;
use crate::function::Function;
use crate::ids::{ExternId, FunctionId, InsnIndex, MapId, ProgramId};
use crate::map_def::MapDef;
use crate::open::ParseOptions;
use crate::program::Program;
use crate::section::{Section, SectionTable};
use crate::struct_ops::StructOpsVar;

/// A BPF object file: programs, maps, data, struct_ops variables, and what refers to what.
///
/// It keeps nothing of the bytes that it was made from, and depends on nothing but them: no kernel, no machine.
#[derive(Clone, Debug)]
pub struct ObjectFile {
    pub(crate) endian: Endian,
    pub(crate) sections: SectionTable,
    pub(crate) license: Option<String>,
    pub(crate) version: Option<u32>,
    pub(crate) btf: Option<Btf>,
    pub(crate) functions: Vec<Function>,
    pub(crate) programs: Vec<Program>,
    pub(crate) maps: Vec<MapDef>,
    pub(crate) struct_ops: Vec<StructOpsVar>,
    pub(crate) globals: Vec<Global>,
    pub(crate) externs: Vec<Extern>,
    pub(crate) names: OnceLock<Names>,
}

/// Positions by name, made when the first name is asked for. The first of several with one name counts.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    programs: HashMap<String, usize>,
    maps: HashMap<String, usize>,
    globals: HashMap<String, usize>,
}

/// The source line of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceLine<'a> {
    /// The file, as the compiler was given it.
    pub file: &'a str,
    /// The line's text; empty where the object has none.
    pub text: &'a str,
    /// Its number, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u16,
}

impl ObjectFile {
    /// Opens an object from the bytes of its file.
    ///
    /// # Errors
    /// [`ElfError`]: the bytes are no BPF object, or one that does not hold together.
    pub fn parse(bytes: &[u8]) -> Result<Self, ElfError> {
        ParseOptions::new().parse(bytes)
    }

    /// The byte order of its code, data and types.
    #[must_use]
    pub fn endian(&self) -> Endian {
        self.endian
    }

    /// All sections, in the order of the file; the first is always empty and without a name.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        self.sections.get()
    }

    /// The license, which decides what helpers programs may call.
    #[must_use]
    pub fn license(&self) -> Option<&str> {
        self.license.as_deref()
    }

    /// The kernel version that it was made for, as old kernels wanted to know.
    #[must_use]
    pub fn version(&self) -> Option<u32> {
        self.version
    }

    /// Its types, completed: data sections have their sizes and variables their offsets, and what is hidden is static.
    #[must_use]
    pub fn btf(&self) -> Option<&Btf> {
        self.btf.as_ref()
    }

    /// All functions, in the order of their sections and offsets.
    #[must_use]
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// A function by its id.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> Option<&Function> {
        self.functions.get(id.index())
    }

    /// The programs, in the order of their functions.
    #[must_use]
    #[doc(alias = "bpf_object__for_each_program")]
    pub fn programs(&self) -> &[Program] {
        &self.programs
    }

    /// A program by its id.
    #[must_use]
    pub fn program(&self, id: ProgramId) -> Option<&Program> {
        self.programs.get(id.index())
    }

    /// A program by its name.
    #[must_use]
    #[doc(alias = "bpf_object__find_program_by_name")]
    pub fn program_named(&self, name: &str) -> Option<&Program> {
        self.programs.get(*self.names().programs.get(name)?)
    }

    /// The maps: those declared in `.maps`, then data sections, that of configuration values, struct_ops variables.
    #[must_use]
    #[doc(alias = "bpf_object__for_each_map")]
    pub fn maps(&self) -> &[MapDef] {
        &self.maps
    }

    /// A map by its id.
    #[must_use]
    pub fn map(&self, id: MapId) -> Option<&MapDef> {
        self.maps.get(id.index())
    }

    /// A map by its name; a data section's is that of the section.
    #[must_use]
    #[doc(alias = "bpf_object__find_map_by_name")]
    pub fn map_named(&self, name: &str) -> Option<&MapDef> {
        self.maps.get(*self.names().maps.get(name)?)
    }

    /// The struct_ops variables.
    #[must_use]
    pub fn struct_ops(&self) -> &[StructOpsVar] {
        &self.struct_ops
    }

    /// The global variables, in the order of their sections and offsets.
    #[must_use]
    pub fn globals(&self) -> &[Global] {
        &self.globals
    }

    /// A global variable by its name. Of several static ones with the same name, the first.
    #[must_use]
    pub fn global_named(&self, name: &str) -> Option<&Global> {
        self.globals.get(*self.names().globals.get(name)?)
    }

    /// The global variables of a data section, in the order of their offsets.
    #[must_use]
    pub fn globals_of(&self, map: MapId) -> &[Global] {
        let start = self.globals.partition_point(|global| global.map < map);
        let end = self.globals.partition_point(|global| global.map <= map);
        self.globals.get(start..end).unwrap_or_default()
    }

    /// The global variable at a place in a data section, and how many bytes of it lie before that place.
    #[must_use]
    pub fn global_at(&self, map: MapId, offset: u32) -> Option<(&Global, u32)> {
        let globals = self.globals_of(map);
        let after = globals.partition_point(|global| global.offset <= offset);
        let found = globals.get(after.checked_sub(1)?)?;
        let inside = offset.checked_sub(found.offset)?;
        (inside < found.size.max(1)).then_some((found, inside))
    }

    /// What is declared and not defined, in the order of the symbols.
    #[must_use]
    pub fn externs(&self) -> &[Extern] {
        &self.externs
    }

    /// An extern by its id.
    #[must_use]
    pub fn extern_by_id(&self, id: ExternId) -> Option<&Extern> {
        self.externs.get(id.index())
    }

    /// The source line that an instruction comes from: the last record at or before it.
    #[must_use]
    pub fn source_line(&self, function: &Function, insn: InsnIndex) -> Option<SourceLine<'_>> {
        function.source_line(self.btf.as_ref()?, insn)
    }

    /// Everything that matters as text, for people and for tests: names in place of numbers, nothing of the machine.
    /// The first line says the byte order; no other depends on it.
    #[must_use]
    pub fn dump(&self) -> String {
        dump::object(self)
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names {
            programs: by_name(self.programs.iter().map(|program| &program.name)),
            maps: by_name(self.maps.iter().map(|map| &map.name)),
            globals: by_name(self.globals.iter().map(|global| &global.name)),
        })
    }
}

impl Function {
    /// The source line that an instruction comes from, with the object's types.
    pub(crate) fn source_line<'a>(&self, btf: &'a Btf, insn: InsnIndex) -> Option<SourceLine<'a>> {
        let after = self.lines.partition_point(|line| line.insn <= insn);
        let line = self.lines.get(after.checked_sub(1)?)?;
        Some(SourceLine {
            file: btf.string(line.file).ok()?,
            text: btf.string(line.text).ok()?,
            line: line.line,
            column: line.column,
        })
    }
}

fn by_name<'a>(
    names: impl DoubleEndedIterator<Item = &'a String> + ExactSizeIterator,
) -> HashMap<String, usize> {
    // From the back, so that the first of equal names stays.
    names.enumerate().rev().map(|(at, name)| (name.clone(), at)).collect()
}
