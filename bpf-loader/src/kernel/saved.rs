//! A kernel as a file: what is known of it, so that one machine can plan for another.
//!
//! The form, all numbers little-endian: the magic `BPFKERNL`, the version, the number of sections; each section as its
//! tag, its length and that many bytes, in the order of tags and each at most once; and the SHA-256 of all before it.

mod answers;

use std::collections::HashMap;

use bpf_btf::{Btf, Endian, ParseError};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::kernel::{Kernel, KernelBuilder, KernelError, Machine, Symbols};

/// What a saved kernel begins with.
pub(crate) const MAGIC: &[u8] = b"BPFKERNL";
/// The version of the form that is written, and the only one that is read.
const VERSION: u32 = 1;
/// Bytes of the digest at the end.
const DIGEST: usize = 32;

/// A part of a saved kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Section {
    tag: u32,
    name: &'static str,
    /// The most bytes it may have.
    most: usize,
}

const fn section(tag: u32, name: &'static str, most: usize) -> Section {
    Section { tag, name, most }
}

const ENDIAN: Section = section(1, "byte order", 1);
const ARCHITECTURE: Section = section(2, "architecture", 64);
const RELEASE: Section = section(3, "release", 256);
const PAGE_SIZE: Section = section(4, "page size", 4);
const CPUS: Section = section(5, "possible processors", 4);
const FEATURES: Section = section(6, "features", 64 << 10);
const KCONFIG: Section = section(7, "configuration", super::kconfig::MOST);
const BTF: Section = section(8, "BTF", 256 << 20);
/// For each module, in order of names: its name and its BTF, each with its length before it.
const MODULES: Section = section(9, "modules", 256 << 20);
const VERSION_CODE: Section = section(10, "version of the kernel", 4);
/// Lines of `=NAME`, or `*NAME` where several symbols have the name.
const SYMBOLS: Section = section(11, "symbols", 64 << 20);
/// Other BTF for CO-RE.
const CORE_BTF: Section = section(12, "BTF for CO-RE", 256 << 20);
const PROBES: Section = section(13, "answers", 1 << 20);
const SECTIONS: [Section; 13] = [
    ENDIAN,
    ARCHITECTURE,
    RELEASE,
    PAGE_SIZE,
    CPUS,
    FEATURES,
    KCONFIG,
    BTF,
    MODULES,
    VERSION_CODE,
    SYMBOLS,
    CORE_BTF,
    PROBES,
];

/// What is wrong with a saved kernel.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SavedError {
    /// It begins with something else.
    #[error("it does not begin with BPFKERNL")]
    NotSaved,
    /// It was written by a newer version of this crate.
    #[error("it is of version {found}; only {VERSION} is known")]
    Version {
        /// Its version.
        found: u32,
    },
    /// It ends too early.
    #[error("it ends inside {part}, which needs {need} bytes where {have} are left")]
    Cut {
        /// What does not fit.
        part: &'static str,
        /// Bytes that it needs.
        need: usize,
        /// Bytes that are left.
        have: usize,
    },
    /// Its bytes are not those that were written.
    #[error("its digest is another: it was changed after it was written")]
    Digest,
    /// A section that is not known.
    #[error("section {tag} is not known")]
    UnknownSection {
        /// Its tag.
        tag: u32,
    },
    /// A section that is longer than it may be.
    #[error("the {section} has {len} bytes, more than the {most} that it may have")]
    TooLong {
        /// Which section.
        section: &'static str,
        /// Its length.
        len: usize,
        /// The most that is read.
        most: usize,
    },
    /// A section that is there twice, or after one that it stands before.
    #[error("the {section} is not in its place")]
    Order {
        /// Which section.
        section: &'static str,
    },
    /// A section that has to be there.
    #[error("it has no {section}")]
    Missing {
        /// Which section.
        section: &'static str,
    },
    /// A section whose bytes mean nothing.
    #[error("the {section} is not {what}")]
    Value {
        /// Which section.
        section: &'static str,
        /// What it should be.
        what: &'static str,
    },
    /// Something stands after the last section.
    #[error("{len} bytes stand after the last section")]
    Rest {
        /// How many.
        len: usize,
    },
    /// Its BTF does not hold together.
    #[error("its BTF is damaged")]
    Btf(#[source] ParseError),
    /// Its BTF is of the other byte order.
    #[error("it says {machine}-endian, its BTF is {btf}-endian")]
    Endian {
        /// What it says.
        machine: Endian,
        /// What its BTF is.
        btf: Endian,
    },
}

impl Kernel {
    /// What is known of this kernel, as bytes for a file: its BTF if it has any, with that of its modules (those whose
    /// BTF [cannot be used](crate::kernel::Module::btf) are left out), its machine, its configuration if known, and the
    /// answers to features that were given or probed. Equal kernels give equal bytes.
    ///
    /// # Errors
    /// [`KernelError`]: it has BTF, and that cannot be read.
    pub fn save(&self) -> Result<Vec<u8>, KernelError> {
        let btf = match self.btf() {
            Ok(btf) => Some(btf),
            Err(KernelError::NoBtf { .. } | KernelError::NoBtfGiven) => None,
            Err(other) => return Err(other),
        };
        let kconfig = match self.kconfig() {
            Ok(text) => Some(text),
            Err(KernelError::NoKconfig { .. }) => None,
            Err(other) => return Err(other),
        };
        let machine = self.machine();
        let number = |value: Option<u32>| value.map(|value| value.to_le_bytes().to_vec());
        let text = |value: Option<&str>| value.map(|value| value.as_bytes().to_vec());
        let parts = [
            (ENDIAN, Some(vec![u8::from(machine.endian == Endian::Big)])),
            (ARCHITECTURE, text(machine.architecture.as_deref())),
            (RELEASE, text(machine.release.as_deref())),
            (PAGE_SIZE, number(machine.page_size)),
            (CPUS, number(machine.possible_cpus)),
            (FEATURES, Some(self.saved_features()).filter(|features| !features.is_empty())),
            (KCONFIG, text(kconfig)),
            (BTF, btf.map(|btf| btf.bytes().to_vec())),
            (MODULES, Some(self.saved_modules()).filter(|modules| !modules.is_empty())),
            (VERSION_CODE, number(machine.version_code)),
            (SYMBOLS, self.symbols()?.map(saved_symbols)),
            (CORE_BTF, self.core_btf().map(|btf| btf.bytes().to_vec())),
            (PROBES, Some(self.saved_answers()).filter(|answers| !answers.is_empty())),
        ];
        let parts: Vec<(Section, Vec<u8>)> =
            parts.into_iter().filter_map(|(section, bytes)| Some((section, bytes?))).collect();
        let mut out = MAGIC.to_vec();
        out.extend(VERSION.to_le_bytes());
        out.extend(u32::try_from(parts.len()).unwrap_or(u32::MAX).to_le_bytes());
        for (section, bytes) in parts {
            let len = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= section.most);
            let too_long =
                SavedError::TooLong { section: section.name, len: bytes.len(), most: section.most };
            let len = len.ok_or(KernelError::Saved { path: None, at: out.len() as u64, source: too_long })?;
            out.extend(section.tag.to_le_bytes());
            out.extend(len.to_le_bytes());
            out.extend(bytes);
        }
        let digest: [u8; DIGEST] = Sha256::digest(&out).into();
        out.extend(digest);
        Ok(out)
    }

    fn saved_modules(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for module in self.modules() {
            let Ok(btf) = module.btf() else { continue };
            for bytes in [module.name().as_bytes(), btf.bytes()] {
                // What is longer than that is refused with the section.
                out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
                out.extend(bytes);
            }
        }
        out
    }

    /// A kernel from what [`Self::save`] wrote. It is never the running one.
    ///
    /// # Errors
    /// [`KernelError::Saved`], with the offset at which the bytes stop making sense.
    pub fn from_saved(bytes: &[u8]) -> Result<Self, KernelError> {
        Self::builder().saved(bytes).map(KernelBuilder::build)
    }
}

impl KernelBuilder {
    /// What was saved of a kernel.
    pub(super) fn saved(self, bytes: &[u8]) -> Result<Self, KernelError> {
        read(bytes, self).map_err(|Damage { at, source }| KernelError::Saved {
            path: None,
            at: at as u64,
            source,
        })
    }
}

/// A list of symbols has spaces and ends of lines between names.
fn is_name(symbol: &str) -> bool {
    !symbol.is_empty() && !symbol.contains(|c: char| c.is_ascii_whitespace())
}

fn saved_symbols(symbols: &Symbols) -> Vec<u8> {
    let mut out = Vec::new();
    for symbol in symbols.iter() {
        out.push(if symbol.ambiguous { b'*' } else { b'=' });
        out.extend(symbol.name.as_bytes());
        out.push(b'\n');
    }
    out
}

/// What is wrong, and where.
#[derive(Debug)]
struct Damage {
    at: usize,
    source: SavedError,
}

/// Bytes that are yet to be read, and how far they are from the start.
struct Cursor<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, need: usize, part: &'static str) -> Result<&'a [u8], Damage> {
        let Some((taken, rest)) = self.rest.split_at_checked(need) else {
            return Err(self.damage(SavedError::Cut { part, need, have: self.rest.len() }));
        };
        self.rest = rest;
        self.at = self.at.saturating_add(need);
        Ok(taken)
    }

    fn number(&mut self, part: &'static str) -> Result<u32, Damage> {
        let bytes = self.take(4, part)?;
        Ok(bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)))
    }

    fn damage(&self, source: SavedError) -> Damage {
        Damage { at: self.at, source }
    }
}

fn read(bytes: &[u8], into: KernelBuilder) -> Result<KernelBuilder, Damage> {
    if !bytes.starts_with(MAGIC) {
        return Err(Damage { at: 0, source: SavedError::NotSaved });
    }
    let body = bytes.len().saturating_sub(DIGEST);
    let (body, digest) = bytes.split_at_checked(body).unwrap_or_default();
    let mut cursor = Cursor { rest: body, at: 0 };
    cursor.take(MAGIC.len(), "the header")?;
    // The version comes before the digest, which a newer one may have elsewhere.
    let found = cursor.number("the header")?;
    if found != VERSION {
        return Err(Damage { at: MAGIC.len(), source: SavedError::Version { found } });
    }
    let right: [u8; DIGEST] = Sha256::digest(body).into();
    if right != digest {
        return Err(Damage { at: body.len(), source: SavedError::Digest });
    }
    let count = cursor.number("the header")?;
    let mut parts: HashMap<u32, (usize, &[u8])> = HashMap::new();
    let mut last = 0;
    for _ in 0..count {
        let start = cursor.at;
        let damage = |source| Damage { at: start, source };
        let tag = cursor.number("the head of a section")?;
        let section = SECTIONS.iter().find(|section| section.tag == tag);
        let section = section.ok_or_else(|| damage(SavedError::UnknownSection { tag }))?;
        let len = usize::try_from(cursor.number("the head of a section")?).unwrap_or(usize::MAX);
        if len > section.most {
            return Err(damage(SavedError::TooLong { section: section.name, len, most: section.most }));
        }
        if tag <= last {
            return Err(damage(SavedError::Order { section: section.name }));
        }
        last = tag;
        let at = cursor.at;
        parts.insert(tag, (at, cursor.take(len, section.name)?));
    }
    if !cursor.rest.is_empty() {
        return Err(cursor.damage(SavedError::Rest { len: cursor.rest.len() }));
    }
    Parts { parts, end: cursor.at }.build(into)
}

/// The sections of a file, by tag.
struct Parts<'a> {
    parts: HashMap<u32, (usize, &'a [u8])>,
    end: usize,
}

impl Parts<'_> {
    fn build(&self, into: KernelBuilder) -> Result<KernelBuilder, Damage> {
        let endian = match self.get(ENDIAN) {
            Some((_, [0])) => Endian::Little,
            Some((_, [1])) => Endian::Big,
            Some((at, _)) => return Err(value(at, ENDIAN, "0 or 1")),
            None => {
                return Err(Damage { at: self.end, source: SavedError::Missing { section: ENDIAN.name } });
            }
        };
        let mut machine = Machine::unknown(endian);
        machine.architecture = self.text(ARCHITECTURE)?.map(str::to_owned);
        machine.release = self.text(RELEASE)?.map(str::to_owned);
        machine.version_code = self.number(VERSION_CODE)?;
        machine.page_size = self.number(PAGE_SIZE)?;
        machine.possible_cpus = self.number(CPUS)?;
        let mut builder = into.machine(machine);
        if let Some(text) = self.text(KCONFIG)? {
            builder = builder.kconfig(text);
        }
        builder = self.answers(self.features(builder)?)?;
        if let Some(btf) = self.btf(BTF, endian)? {
            builder = builder.btf(btf);
        }
        if let Some(symbols) = self.symbols()? {
            builder = builder.symbols(symbols);
        }
        builder.core_btf = self.btf(CORE_BTF, endian)?;
        self.modules(builder)
    }

    /// Types, of the byte order of the kernel.
    fn btf(&self, section: Section, endian: Endian) -> Result<Option<Btf>, Damage> {
        let Some((at, bytes)) = self.get(section) else { return Ok(None) };
        let parsed = Btf::parse(bytes.to_vec());
        let btf = parsed.map_err(|source| Damage { at, source: SavedError::Btf(source) })?;
        if btf.endian() != endian {
            return Err(Damage { at, source: SavedError::Endian { machine: endian, btf: btf.endian() } });
        }
        Ok(Some(btf))
    }

    /// Names alone: addresses are of one run of a kernel.
    fn symbols(&self) -> Result<Option<Symbols>, Damage> {
        let Some((at, text)) = self.get(SYMBOLS).map(|(at, _)| at).zip(self.text(SYMBOLS)?) else {
            return Ok(None);
        };
        let line = |line: &str| match line.split_at_checked(1) {
            Some((mark @ ("=" | "*"), name)) if is_name(name) => Some((name.to_owned(), 0, mark == "*")),
            _ => None,
        };
        let found: Option<Vec<_>> = text.split_terminator('\n').map(line).collect();
        let found = found.filter(|found| found.is_sorted_by(|(a, _, _), (b, _, _)| a < b));
        found
            .map(|found| Some(Symbols::of(found)))
            .ok_or_else(|| value(at, SYMBOLS, "lines of `=NAME` or `*NAME` in order of names"))
    }

    /// What a module's BTF is worth shows when it is asked for, as with any other kernel.
    fn modules(&self, mut builder: KernelBuilder) -> Result<KernelBuilder, Damage> {
        let Some((at, rest)) = self.get(MODULES) else { return Ok(builder) };
        let (mut cursor, mut last) = (Cursor { rest, at }, None);
        while !cursor.rest.is_empty() {
            let at = cursor.at;
            let mut part = |part| {
                let len = usize::try_from(cursor.number(part)?).unwrap_or(usize::MAX);
                cursor.take(len, part)
            };
            let name = part("the name of a module")?;
            let btf = part("the BTF of a module")?;
            let name = std::str::from_utf8(name).map_err(|_| value(at, MODULES, "named by text"))?;
            if last.is_some_and(|last| last >= name) {
                return Err(Damage { at, source: SavedError::Order { section: MODULES.name } });
            }
            last = Some(name);
            builder = builder.module(name, btf);
        }
        Ok(builder)
    }

    fn get(&self, section: Section) -> Option<(usize, &[u8])> {
        self.parts.get(&section.tag).copied()
    }

    fn text(&self, section: Section) -> Result<Option<&str>, Damage> {
        let Some((at, bytes)) = self.get(section) else { return Ok(None) };
        std::str::from_utf8(bytes).map(Some).map_err(|_| value(at, section, "text"))
    }

    fn number(&self, section: Section) -> Result<Option<u32>, Damage> {
        match self.get(section) {
            None => Ok(None),
            Some((_, [a, b, c, d])) => Ok(Some(u32::from_le_bytes([*a, *b, *c, *d]))),
            Some((at, _)) => Err(value(at, section, "a number of four bytes")),
        }
    }
}

fn value(at: usize, section: Section, what: &'static str) -> Damage {
    Damage { at, source: SavedError::Value { section: section.name, what } }
}

#[cfg(test)]
#[path = "saved_tests.rs"]
mod tests;
