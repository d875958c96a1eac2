//! Little-endian objects made from nothing, for what no compiler writes: broken tables, and very many of something.

use bpf_btf::Kind;

/// Section types and flags.
pub(crate) const PROGBITS: u32 = 1;
pub(crate) const NOBITS: u32 = 8;
pub(crate) const ALLOC: u64 = 2;
pub(crate) const EXEC: u64 = 4;
/// `st_info` of symbols: binding and type.
pub(crate) const GLOBAL_FUNC: u8 = 0x12;
pub(crate) const LOCAL_FUNC: u8 = 0x02;
pub(crate) const GLOBAL_OBJECT: u8 = 0x11;
pub(crate) const LOCAL_OBJECT: u8 = 0x01;
pub(crate) const GLOBAL_NOTYPE: u8 = 0x10;
/// Relocation types.
pub(crate) const LD_IMM64: u32 = 1;
pub(crate) const ABS64: u32 = 2;
pub(crate) const CALL: u32 = 10;

/// `r0 = 0; exit`.
pub(crate) const RETURN_ZERO: [u8; 16] = [0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0];
/// `call -1` of a function.
pub(crate) const CALL_INSN: [u8; 8] = [0x85, 0x10, 0, 0, 0xff, 0xff, 0xff, 0xff];
/// `r1 = 0 ll`.
pub(crate) const LD_INSN: [u8; 16] = [0x18, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

#[derive(Default)]
pub(crate) struct Object {
    sections: Vec<Section>,
    symbols: Vec<u8>,
    strings: Vec<u8>,
    relocs: Vec<(u32, Vec<u8>)>,
}

struct Section {
    name: String,
    kind: u32,
    flags: u64,
    bytes: Vec<u8>,
    size: u64,
    link: u32,
    info: u32,
    entry: u64,
}

impl Object {
    pub(crate) fn new() -> Self {
        let mut object = Self { strings: vec![0], symbols: vec![0; 24], ..Self::default() };
        object.push("", 0, 0, Vec::new());
        object
    }

    fn push(&mut self, name: &str, kind: u32, flags: u64, bytes: Vec<u8>) -> u32 {
        let size = bytes.len() as u64;
        self.sections.push(Section {
            name: name.into(),
            kind,
            flags,
            bytes,
            size,
            link: 0,
            info: 0,
            entry: 0,
        });
        u32::try_from(self.sections.len() - 1).unwrap()
    }

    /// Adds a section with bytes; gives its number.
    pub(crate) fn section(&mut self, name: &str, flags: u64, bytes: impl Into<Vec<u8>>) -> u32 {
        self.push(name, PROGBITS, flags, bytes.into())
    }

    /// Adds a section without bytes in the file.
    pub(crate) fn bss(&mut self, name: &str, size: u64) -> u32 {
        let index = self.push(name, NOBITS, ALLOC, Vec::new());
        self.sections[index as usize].size = size;
        index
    }

    /// Adds a symbol; gives its number.
    pub(crate) fn symbol(&mut self, name: &str, info: u8, section: u32, value: u64, size: u64) -> u32 {
        let at = u32::try_from(self.strings.len()).unwrap();
        self.strings.extend_from_slice(name.as_bytes());
        self.strings.push(0);
        self.symbols.extend_from_slice(&at.to_le_bytes());
        self.symbols.extend_from_slice(&[info, 0]);
        self.symbols.extend_from_slice(&u16::try_from(section).unwrap().to_le_bytes());
        self.symbols.extend_from_slice(&value.to_le_bytes());
        self.symbols.extend_from_slice(&size.to_le_bytes());
        u32::try_from(self.symbols.len() / 24 - 1).unwrap()
    }

    /// Adds a section of code that is one function of that name.
    pub(crate) fn program(&mut self, section: &str, name: &str, code: &[u8]) -> u32 {
        let index = self.section(section, ALLOC | EXEC, code);
        self.symbol(name, GLOBAL_FUNC, index, 0, code.len() as u64);
        index
    }

    /// Adds a relocation of a section.
    pub(crate) fn reloc(&mut self, section: u32, offset: u64, kind: u32, symbol: u32) {
        if self.relocs.last().is_none_or(|(of, _)| *of != section) {
            self.relocs.push((section, Vec::new()));
        }
        let entries = &mut self.relocs.last_mut().unwrap().1;
        entries.extend_from_slice(&offset.to_le_bytes());
        entries.extend_from_slice(&(u64::from(symbol) << 32 | u64::from(kind)).to_le_bytes());
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let symbols = u32::try_from(self.sections.len() + self.relocs.len()).unwrap();
        for (target, entries) in std::mem::take(&mut self.relocs) {
            let name = format!(".rel{}", self.sections[target as usize].name);
            let index = self.push(&name, 9, 0, entries);
            let section = &mut self.sections[index as usize];
            (section.link, section.info, section.entry) = (symbols, target, 16);
        }
        let table = std::mem::take(&mut self.symbols);
        let index = self.push(".symtab", 2, 0, table);
        let section = &mut self.sections[index as usize];
        (section.link, section.entry) = (symbols + 1, 24);
        let mut strings = std::mem::take(&mut self.strings);
        let mut names = Vec::new();
        for name in self.sections.iter().map(|section| section.name.as_str()).chain([".strtab"]) {
            names.push(u32::try_from(strings.len()).unwrap());
            strings.extend_from_slice(name.as_bytes());
            strings.push(0);
        }
        self.push(".strtab", 3, 0, strings);
        self.write(&names)
    }

    fn write(&self, names: &[u32]) -> Vec<u8> {
        let mut file = vec![0; 64];
        let mut headers = Vec::new();
        for (section, name) in self.sections.iter().zip(names) {
            file.resize(file.len().next_multiple_of(8), 0);
            headers.extend_from_slice(&name.to_le_bytes());
            headers.extend_from_slice(&section.kind.to_le_bytes());
            for word in [section.flags, 0, file.len() as u64, section.size] {
                headers.extend_from_slice(&word.to_le_bytes());
            }
            headers.extend_from_slice(&section.link.to_le_bytes());
            headers.extend_from_slice(&section.info.to_le_bytes());
            for word in [8, section.entry] {
                headers.extend_from_slice(&word.to_le_bytes());
            }
            file.extend_from_slice(&section.bytes);
        }
        file.resize(file.len().next_multiple_of(8), 0);
        let start = file.len() as u64;
        file.extend_from_slice(&headers);
        let count = u16::try_from(self.sections.len()).unwrap();
        file[..20].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x01\0\xf7\0");
        file[20] = 1;
        file[40..48].copy_from_slice(&start.to_le_bytes());
        file[52] = 64;
        file[58] = 64;
        file[60..62].copy_from_slice(&count.to_le_bytes());
        file[62..64].copy_from_slice(&(count - 1).to_le_bytes());
        file
    }
}

/// A `.BTF` section in the making.
pub(crate) struct Types {
    types: Vec<u8>,
    strings: Vec<u8>,
    next: u32,
}

impl Types {
    pub(crate) fn new() -> Self {
        Self { types: Vec::new(), strings: vec![0], next: 1 }
    }

    fn string(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let at = u32::try_from(self.strings.len()).unwrap();
        self.strings.extend_from_slice(text.as_bytes());
        self.strings.push(0);
        at
    }

    /// Adds a record: name, kind, number of elements, size or type, and the words after that.
    pub(crate) fn add(&mut self, name: &str, kind: Kind, vlen: u32, size_or_type: u32, words: &[u32]) -> u32 {
        let name = self.string(name);
        for word in [name, u32::from(kind.0) << 24 | vlen, size_or_type].iter().chain(words) {
            self.types.extend_from_slice(&word.to_le_bytes());
        }
        self.next += 1;
        self.next - 1
    }

    pub(crate) fn int(&mut self, name: &str, size: u32) -> u32 {
        self.add(name, Kind::INT, 0, size, &[size * 8])
    }

    pub(crate) fn pointer(&mut self, to: u32) -> u32 {
        self.add("", Kind::PTR, 0, to, &[])
    }

    /// A pointer to an array of that length: how map definitions write numbers.
    pub(crate) fn number(&mut self, int: u32, number: u32) -> u32 {
        let array = self.add("", Kind::ARRAY, 0, 0, &[int, int, number]);
        self.pointer(array)
    }

    /// A struct whose members have 8 bytes each.
    pub(crate) fn structure(&mut self, name: &str, members: &[(&str, u32)]) -> u32 {
        let mut words = Vec::new();
        for (index, (member, id)) in (0..).zip(members) {
            words.extend([self.string(member), *id, index * 64]);
        }
        let vlen = u32::try_from(members.len()).unwrap();
        self.add(name, Kind::STRUCT, vlen, vlen * 8, &words)
    }

    /// A variable; linkage 0 is static, 1 global, 2 extern.
    pub(crate) fn variable(&mut self, name: &str, id: u32, linkage: u32) -> u32 {
        self.add(name, Kind::VAR, 0, id, &[linkage])
    }

    /// A data section: variable, offset, size.
    pub(crate) fn datasec(&mut self, name: &str, vars: &[[u32; 3]]) -> u32 {
        let words: Vec<u32> = vars.iter().flatten().copied().collect();
        self.add(name, Kind::DATASEC, u32::try_from(vars.len()).unwrap(), 0, &words)
    }

    /// A data section that is laid out already.
    pub(crate) fn datasec_of(&mut self, name: &str, size: u32, vars: &[[u32; 3]]) -> u32 {
        let words: Vec<u32> = vars.iter().flatten().copied().collect();
        self.add(name, Kind::DATASEC, u32::try_from(vars.len()).unwrap(), size, &words)
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut blob = vec![0x9f, 0xeb, 1, 0];
        let (types, strings) = (self.types.len(), self.strings.len());
        for word in [24, 0, types, types, strings] {
            blob.extend_from_slice(&u32::try_from(word).unwrap().to_le_bytes());
        }
        blob.extend_from_slice(&self.types);
        blob.extend_from_slice(&self.strings);
        blob
    }
}
