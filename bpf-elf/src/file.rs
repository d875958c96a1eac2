//! The ELF container: header, sections, symbols, relocations. Only this file and `any.rs` know the `object` crate.

use std::borrow::Cow;
use std::cell::Cell;

use bpf_btf::Endian;
use object::elf::{self, FileHeader64, Rel64, SectionHeader64};
use object::read::elf::{
    CompressionHeader as _, FileHeader as _, Rel as _, SectionHeader as _, Sym as _, SymbolTable,
};
use object::read::{CompressedData, CompressionFormat};
use object::{Endianness, pod};

use crate::error::ElfError;
use crate::ids::SectionIndex;
use crate::names::Names;

type Header = FileHeader64<Endianness>;

/// Bytes that all compressed sections of an object may have together, once decompressed.
const DECOMPRESSED_LIMIT: u64 = 64 << 20;

/// An opened container: a BPF object's, or of no machine at all. Sections are read when asked for.
pub(crate) struct ElfFile<'d> {
    bytes: &'d [u8],
    order: Endianness,
    headers: &'d [SectionHeader64<Endianness>],
    pub(crate) sections: Vec<RawSection<'d>>,
    pub(crate) symbols: Vec<Symbol<'d>>,
    symbol_table: SectionIndex,
    /// Target section and relocation section, sorted.
    relocations: Vec<(SectionIndex, SectionIndex)>,
    /// Bytes that may still be read. Sections of a sound file do not overlap, so all of them fit into the file;
    /// those of a made-up one could otherwise name the same bytes over and over.
    unread: Cell<u64>,
    undecompressed: Cell<u64>,
}

/// A section header.
pub(crate) struct RawSection<'d> {
    pub(crate) index: SectionIndex,
    pub(crate) name: &'d str,
    pub(crate) shape: Shape,
    pub(crate) exec: bool,
    pub(crate) alloc: bool,
    pub(crate) size: u64,
}

/// The section types that matter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Progbits,
    Nobits,
    Symbols,
    Strings,
    Rel,
    Rela,
    Other,
}

/// A symbol.
pub(crate) struct Symbol<'d> {
    /// Its name; the section's if it stands for one.
    pub(crate) name: &'d str,
    pub(crate) home: Home,
    pub(crate) kind: SymbolKind,
    pub(crate) bind: Bind,
    pub(crate) hidden: bool,
    pub(crate) value: u64,
    pub(crate) size: u64,
}

/// Where a symbol is defined.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    Undefined,
    Section(SectionIndex),
    Common,
    Absolute,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SymbolKind {
    Function,
    Object,
    Section,
    NoType,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bind {
    Local,
    Global,
    Weak,
}

/// A relocation without an addend of its own: that stands in the bytes it relocates.
#[derive(Clone, Copy)]
pub(crate) struct RawReloc {
    pub(crate) offset: u64,
    pub(crate) r_type: u32,
    pub(crate) symbol: u32,
}

impl<'d> ElfFile<'d> {
    pub(crate) fn read(bytes: &'d [u8]) -> Result<Self, ElfError> {
        let header = header(bytes)?;
        let order = header.endian().map_err(|e| damaged(format!("header: {e}")))?;
        check_header(bytes, header, order)?;
        let table =
            header.sections(order, bytes).map_err(|e| damaged(format!("section header table: {e}")))?;
        let headers = table.iter().as_slice();
        let file_len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut file = Self {
            bytes,
            order,
            headers,
            sections: Vec::with_capacity(headers.len()),
            symbols: Vec::new(),
            symbol_table: SectionIndex(0),
            relocations: Vec::new(),
            unread: Cell::new(file_len),
            undecompressed: Cell::new(DECOMPRESSED_LIMIT),
        };
        let names = header.section_strings_index(order, bytes);
        let names = names.map_err(|e| damaged(format!("section names: {e}")))?;
        file.read_sections(names.0)?;
        let symbols = file.the_symbol_table()?;
        let index = object::SectionIndex(symbols.index());
        let header = headers.get(index.0).ok_or(ElfError::NoSymbols)?;
        if header.sh_entsize(order) != 24 {
            return Err(file.damaged_section(symbols, "a symbol does not have 24 bytes"));
        }
        file.spend(symbols, header.sh_size(order))?;
        let table = SymbolTable::parse(order, bytes, &table, index, header)
            .map_err(|e| file.damaged_section(symbols, &e.to_string()))?;
        file.symbol_table = symbols;
        file.read_symbols(&table)?;
        Ok(file)
    }

    fn read_sections(&mut self, names: usize) -> Result<(), ElfError> {
        let names_header =
            self.headers.get(names).ok_or_else(|| damaged("there is no section of names".into()))?;
        let names = self.slice(names_header.sh_offset(self.order), names_header.sh_size(self.order));
        let names = Names::of(names.map_err(|end| self.truncated("the table of section names", end))?);
        for (index, header) in (0u32..).zip(self.headers) {
            let name = names
                .at(header.sh_name(self.order))
                .ok_or_else(|| damaged(format!("section {index}: its name cannot be read")))?;
            let flags = header.sh_flags(self.order);
            let shape = match header.sh_type(self.order) {
                elf::SHT_PROGBITS => Shape::Progbits,
                elf::SHT_NOBITS => Shape::Nobits,
                elf::SHT_SYMTAB => Shape::Symbols,
                elf::SHT_STRTAB => Shape::Strings,
                elf::SHT_REL => Shape::Rel,
                elf::SHT_RELA => Shape::Rela,
                _ => Shape::Other,
            };
            if matches!(shape, Shape::Rel | Shape::Rela) {
                let target = SectionIndex(header.sh_info(self.order));
                if target.index() >= self.headers.len() {
                    let what = format!(
                        "section {index} `{name}`: it relocates section {target}, which does not exist"
                    );
                    return Err(damaged(what));
                }
                self.relocations.push((target, SectionIndex(index)));
            }
            self.sections.push(RawSection {
                index: SectionIndex(index),
                name,
                shape,
                exec: flags.contains(elf::SHF_EXECINSTR),
                alloc: flags.contains(elf::SHF_ALLOC),
                size: self.loaded_size(header),
            });
        }
        self.relocations.sort_unstable();
        Ok(())
    }

    /// Bytes that a section has once it is decompressed. What is wrong with its compression is found when it is read.
    fn loaded_size(&self, header: &SectionHeader64<Endianness>) -> u64 {
        match header.compression(self.order, self.bytes) {
            Ok(Some((head, ..))) => head.ch_size(self.order),
            _ => header.sh_size(self.order),
        }
    }

    fn the_symbol_table(&self) -> Result<SectionIndex, ElfError> {
        let mut tables = self.sections.iter().filter(|section| section.shape == Shape::Symbols);
        match (tables.next(), tables.next()) {
            (Some(one), None) => Ok(one.index),
            (None, _) => Err(ElfError::NoSymbols),
            (Some(first), Some(second)) => Err(damaged(format!(
                "there are two symbol tables, sections {} and {}",
                first.index, second.index
            ))),
        }
    }

    fn read_symbols(&mut self, table: &SymbolTable<'d, Header>) -> Result<(), ElfError> {
        let strings = self
            .headers
            .get(table.string_section().0)
            .ok_or_else(|| damaged("the symbol table names no table of strings".into()))?;
        let strings = self.slice(strings.sh_offset(self.order), strings.sh_size(self.order));
        let strings = Names::of(strings.map_err(|end| self.truncated("the table of symbol names", end))?);
        self.symbols.reserve_exact(table.len());
        for (index, symbol) in table.enumerate() {
            let home = match symbol.st_shndx(self.order) {
                elf::SHN_UNDEF => Home::Undefined,
                elf::SHN_COMMON => Home::Common,
                elf::SHN_ABS => Home::Absolute,
                _ => match table.symbol_section(self.order, symbol, index) {
                    Ok(Some(section)) => Home::Section(self.section_number(section.0, index.0)?),
                    Ok(None) => Home::Absolute,
                    Err(e) => return Err(damaged(format!("symbol {}: {e}", index.0))),
                },
            };
            let kind = match symbol.st_type() {
                elf::STT_FUNC => SymbolKind::Function,
                elf::STT_OBJECT => SymbolKind::Object,
                elf::STT_SECTION => SymbolKind::Section,
                elf::STT_NOTYPE => SymbolKind::NoType,
                _ => SymbolKind::Other,
            };
            let name = strings
                .at(symbol.st_name(self.order))
                .ok_or_else(|| damaged(format!("symbol {}: its name cannot be read", index.0)))?;
            let name = match (kind, home) {
                (SymbolKind::Section, Home::Section(at)) => {
                    self.section(at).map_or(name, |section| section.name)
                }
                _ => name,
            };
            self.symbols.push(Symbol {
                name,
                home,
                kind,
                bind: match symbol.st_bind() {
                    elf::STB_LOCAL => Bind::Local,
                    elf::STB_WEAK => Bind::Weak,
                    _ => Bind::Global,
                },
                hidden: matches!(symbol.st_visibility(), elf::STV_HIDDEN | elf::STV_INTERNAL),
                value: symbol.st_value(self.order),
                size: symbol.st_size(self.order),
            });
        }
        Ok(())
    }

    fn section_number(&self, number: usize, symbol: usize) -> Result<SectionIndex, ElfError> {
        let index = u32::try_from(number).ok().filter(|_| number < self.sections.len());
        index.map(SectionIndex).ok_or_else(|| {
            damaged(format!(
                "symbol {symbol} is in section {number}, the last is {}",
                self.sections.len().saturating_sub(1)
            ))
        })
    }

    pub(crate) fn endian(&self) -> Endian {
        if self.order == Endianness::Big { Endian::Big } else { Endian::Little }
    }

    /// Four bytes of the file as the number that they are.
    pub(crate) fn word(&self, bytes: [u8; 4]) -> u32 {
        if self.order == Endianness::Big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// Eight bytes of the file as the number that they are.
    pub(crate) fn long(&self, bytes: [u8; 8]) -> u64 {
        if self.order == Endianness::Big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) }
    }

    pub(crate) fn section(&self, index: SectionIndex) -> Option<&RawSection<'d>> {
        self.sections.get(index.index())
    }

    pub(crate) fn section_name(&self, index: SectionIndex) -> &'d str {
        self.section(index).map_or("?", |section| section.name)
    }

    pub(crate) fn symbol(&self, index: u32) -> Option<&Symbol<'d>> {
        self.symbols.get(usize::try_from(index).ok()?)
    }

    /// The bytes of a section, decompressed. To be asked once for each section: see `unread`.
    pub(crate) fn data(&self, index: SectionIndex) -> Result<Cow<'d, [u8]>, ElfError> {
        let header =
            self.headers.get(index.index()).ok_or_else(|| damaged(format!("there is no section {index}")))?;
        if header.sh_type(self.order) == elf::SHT_NOBITS {
            return Ok(Cow::Borrowed(&[]));
        }
        let data = self.slice(header.sh_offset(self.order), header.sh_size(self.order));
        let data =
            data.map_err(|end| self.truncated(&format!("section `{}`", self.section_name(index)), end))?;
        self.spend(index, header.sh_size(self.order))?;
        if header.sh_flags(self.order).contains(elf::SHF_COMPRESSED) {
            self.decompress(index, header).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(data))
        }
    }

    fn decompress(
        &self,
        index: SectionIndex,
        header: &SectionHeader64<Endianness>,
    ) -> Result<Vec<u8>, ElfError> {
        let failed = |why: &str| self.damaged_section(index, why);
        let found = header.compression(self.order, self.bytes).map_err(|e| failed(&e.to_string()))?;
        let (head, offset, len) = found.ok_or_else(|| failed("it is not compressed"))?;
        let format = match head.ch_type(self.order) {
            elf::ELFCOMPRESS_ZLIB => CompressionFormat::Zlib,
            elf::ELFCOMPRESS_ZSTD => CompressionFormat::Zstandard,
            _ => return Err(failed("it is compressed in an unknown way")),
        };
        let size = head.ch_size(self.order);
        let left = self.undecompressed.get().checked_sub(size);
        self.undecompressed.set(left.ok_or_else(|| ElfError::TooLarge {
            section: self.section_name(index).into(),
            size,
            limit: DECOMPRESSED_LIMIT,
        })?);
        let data = self.slice(offset, len).map_err(|_| failed("its compressed data is cut off"))?;
        let data = CompressedData { format, data, uncompressed_size: size };
        data.decompress().map(Cow::into_owned).map_err(|e| failed(&e.to_string()))
    }

    /// The relocations of a section, in the order of their offsets.
    pub(crate) fn relocations(&self, target: SectionIndex) -> Result<Vec<RawReloc>, ElfError> {
        let first = self.relocations.partition_point(|(of, _)| *of < target);
        let tables = self.relocations.iter().skip(first).take_while(|(of, _)| *of == target);
        let mut relocs = Vec::new();
        for (_, table) in tables {
            self.read_relocations(*table, &mut relocs)?;
        }
        if !relocs.is_sorted_by_key(|reloc| reloc.offset) {
            relocs.sort_by_key(|reloc| reloc.offset);
        }
        Ok(relocs)
    }

    fn read_relocations(&self, index: SectionIndex, relocs: &mut Vec<RawReloc>) -> Result<(), ElfError> {
        let failed = |why: &str| self.damaged_section(index, why);
        let header = self.headers.get(index.index()).ok_or_else(|| failed("it does not exist"))?;
        if header.sh_type(self.order) == elf::SHT_RELA {
            return Err(failed("relocations with addends are not used for BPF"));
        }
        if header.sh_entsize(self.order) != 16 {
            return Err(failed("an entry of relocations does not have 16 bytes"));
        }
        if header.link(self.order).0 != self.symbol_table.index() {
            return Err(failed("it belongs to another symbol table"));
        }
        let data = self.data(index)?;
        let entries = pod::slice_from_all_bytes::<Rel64<Endianness>>(&data);
        let entries = entries.map_err(|()| failed("it is not a whole number of entries"))?;
        relocs.reserve(entries.len());
        relocs.extend(entries.iter().map(|entry| RawReloc {
            offset: entry.r_offset(self.order),
            r_type: entry.r_type(self.order).0,
            symbol: entry.r_sym(self.order),
        }));
        Ok(())
    }

    /// Bytes of the file, or where they would have ended.
    fn slice(&self, offset: u64, len: u64) -> Result<&'d [u8], u64> {
        let end = offset.saturating_add(len);
        let start = usize::try_from(offset).map_err(|_| end)?;
        self.bytes.get(start..usize::try_from(end).map_err(|_| end)?).ok_or(end)
    }

    fn spend(&self, section: SectionIndex, len: u64) -> Result<(), ElfError> {
        let left = self.unread.get().checked_sub(len);
        self.unread.set(left.ok_or_else(|| self.damaged_section(section, "it overlaps other sections"))?);
        Ok(())
    }

    fn truncated(&self, what: &str, end: u64) -> ElfError {
        ElfError::Truncated {
            what: what.into(),
            end,
            len: u64::try_from(self.bytes.len()).unwrap_or(u64::MAX),
        }
    }

    pub(crate) fn damaged_section(&self, section: SectionIndex, why: &str) -> ElfError {
        damaged(format!("section {section} `{}`: {why}", self.section_name(section)))
    }
}

/// The file header, once magic, length and class are found right.
fn header(bytes: &[u8]) -> Result<&Header, ElfError> {
    if !bytes.starts_with(&elf::ELFMAG) {
        let start = bytes.get(..4).unwrap_or(bytes).to_vec();
        return Err(ElfError::NotElf { len: bytes.len(), start });
    }
    let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if len < 64 {
        return Err(ElfError::Truncated { what: "the ELF header".into(), end: 64, len });
    }
    match bytes.get(4) {
        Some(1) => return Err(ElfError::Class),
        Some(2) => {}
        other => {
            return Err(damaged(format!("its class is {}, neither 32-bit nor 64-bit", other.unwrap_or(&0))));
        }
    }
    Header::parse(bytes).map_err(|e| damaged(format!("header: {e}")))
}

fn check_header(bytes: &[u8], header: &Header, order: Endianness) -> Result<(), ElfError> {
    let machine = header.e_machine(order);
    if machine != elf::EM_BPF && machine != elf::EM_NONE {
        return Err(ElfError::Machine { machine: machine.0 });
    }
    let e_type = header.e_type(order);
    if e_type != elf::ET_REL {
        return Err(ElfError::NotRelocatable { e_type: e_type.0 });
    }
    let (start, count) = (header.e_shoff(order), u64::from(header.e_shnum(order)));
    let end = start.saturating_add(count.saturating_mul(64));
    let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if end > len {
        return Err(ElfError::Truncated { what: "the section header table".into(), end, len });
    }
    if start == 0 {
        return Err(damaged("there is no section header table".into()));
    }
    Ok(())
}

fn damaged(what: String) -> ElfError {
    ElfError::Damaged { what }
}
