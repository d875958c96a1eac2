//! Opening an object, step by step. Each step is a file of its own; this one is their order.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use crate::error::ElfError;
use crate::file::ElfFile;
use crate::ids::SectionIndex;
use crate::object_file::ObjectFile;
use crate::reloc::{MapPlaces, Targets};
use crate::sec_handler::SecHandlers;
use crate::section::{self, SectionKind, SectionTable};
use crate::{arena, data, externs, function, legacy_map, map_def, program, reloc, slots, struct_ops, types};

/// How to open an object.
#[derive(Clone, Debug, Default)]
pub struct ParseOptions {
    sec_handlers: SecHandlers,
}

impl ParseOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// SEC() names of the user's own.
    #[must_use]
    pub fn sec_handlers(mut self, handlers: SecHandlers) -> Self {
        self.sec_handlers = handlers;
        self
    }

    /// Opens an object from the bytes of its file.
    ///
    /// # Errors
    /// As [`ObjectFile::parse`].
    pub fn parse(&self, bytes: &[u8]) -> Result<ObjectFile, ElfError> {
        open(bytes, self)
    }
}

fn open(bytes: &[u8], options: &ParseOptions) -> Result<ObjectFile, ElfError> {
    let file = ElfFile::read(bytes)?;
    let kinds: Vec<SectionKind> = file.sections.iter().map(section::kind_of).collect();
    let first = |wanted| kinds.iter().position(|kind| *kind == wanted).and_then(|at| file.sections.get(at));
    let first = |wanted| first(wanted).map(|section| section.index);

    let (mut functions, places) = function::collect(&file, &kinds)?;
    let types = types::read(&file, &kinds, &mut functions, &places)?;

    let mut maps = Vec::new();
    let maps_section = first(SectionKind::Maps);
    let slot_ranges = match maps_section {
        Some(section) => map_def::collect(&file, section, &types, &mut maps)?,
        None => Vec::new(),
    };
    legacy_map::collect(&file, &kinds, &types, &mut maps)?;
    let mut globals = Vec::new();
    arena::collect(&file, &kinds, &types, &mut maps, &mut globals)?;
    data::collect(&file, &kinds, &types, &mut maps, &mut globals)?;
    let externs = externs::collect(&file, &types, &mut maps)?;
    let struct_ops = struct_ops::collect(&file, &kinds, &types, &places, &mut maps)?;

    let callbacks: HashSet<_> =
        struct_ops.iter().flat_map(|var| &var.callbacks).map(|(_, function)| *function).collect();
    let programs = program::collect(&functions, &callbacks, &options.sec_handlers)?;

    let map_places = MapPlaces::of(&maps, maps_section);
    let targets =
        Targets { file: &file, kinds: &kinds, places: &places, maps: &map_places, externs: &externs };
    reloc::collect(&targets, types.btf.as_ref(), &mut functions)?;
    if let Some(section) = maps_section {
        slots::collect(&targets, section, &slot_ranges, &programs, &mut maps)?;
    }

    Ok(ObjectFile {
        endian: file.endian(),
        license: first(SectionKind::License).map(|section| license(&file, section)).transpose()?,
        version: first(SectionKind::Version).map(|section| version(&file, section)).transpose()?,
        sections: SectionTable::of(&file.sections, &kinds),
        btf: types.btf,
        functions,
        programs,
        maps,
        struct_ops,
        globals,
        externs: externs.list,
        names: OnceLock::new(),
    })
}

/// The text up to its NUL.
fn license(file: &ElfFile<'_>, section: SectionIndex) -> Result<String, ElfError> {
    let bytes = file.data(section)?;
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8(text.to_vec()).map_err(|_| ElfError::License)
}

fn version(file: &ElfFile<'_>, section: SectionIndex) -> Result<u32, ElfError> {
    let bytes: Cow<'_, [u8]> = file.data(section)?;
    let word: [u8; 4] = (*bytes).try_into().map_err(|_| ElfError::Version { size: bytes.len() })?;
    Ok(file.word(word))
}
