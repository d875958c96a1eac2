//! The symbols of a kernel: their names, and where each is while it runs.

use std::path::Path;

use crate::kernel::{Kernel, KernelBuilder, KernelError};

/// Where a running kernel shows them.
const KALLSYMS: &str = "/proc/kallsyms";

/// The names of a kernel's symbols, sorted, with their addresses where those are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    /// All names, one behind the other.
    names: String,
    index: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    start: u32,
    len: u32,
    address: u64,
    /// Several symbols have this name, at different addresses.
    ambiguous: bool,
}

/// A symbol of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// Its name, without the suffix that a compiler gives to one that it moved to another file.
    pub name: &'a str,
    /// Its address; 0 where that is not known, or hidden from this process.
    pub address: u64,
    /// Several symbols have this name, at different addresses: it means none of them.
    pub ambiguous: bool,
}

impl Symbols {
    /// Reads the form of `/proc/kallsyms`: address, kind and name a line. Lines of another form are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let line = |line: &'_ str| {
            let mut words = line.split_ascii_whitespace();
            let (address, kind, name) = (words.next()?, words.next()?, words.next()?);
            // A module in brackets may follow; what else does is no symbol.
            if words.next().is_some_and(|module| !module.starts_with('[')) {
                return None;
            }
            Some((u64::from_str_radix(address, 16).ok()?, kind.to_owned(), name.to_owned()))
        };
        let found = text.lines().filter_map(line).map(|(address, kind, name)| {
            // A static variable that link-time optimization moved.
            let name = match name.find(".llvm.") {
                Some(at) if kind == "d" => name.get(..at).unwrap_or_default().to_owned(),
                _ => name,
            };
            (name, address, false)
        });
        Self::of(found.collect())
    }

    /// From names, addresses, and whether several symbols are known to have the name.
    pub(super) fn of(mut found: Vec<(String, u64, bool)>) -> Self {
        // Stable: of equal names the first stays the first.
        found.sort_by(|(a, _, _), (b, _, _)| a.cmp(b));
        let mut symbols = Self::default();
        let mut last: Option<String> = None;
        for (name, address, ambiguous) in found {
            match symbols.index.last_mut() {
                Some(entry) if last.as_ref() == Some(&name) => {
                    entry.ambiguous |= ambiguous || entry.address != address;
                }
                _ => {
                    let (Ok(start), Ok(len)) =
                        (u32::try_from(symbols.names.len()), u32::try_from(name.len()))
                    else {
                        break;
                    };
                    symbols.names.push_str(&name);
                    symbols.index.push(Entry { start, len, address, ambiguous });
                    last = Some(name);
                }
            }
        }
        symbols
    }

    /// The symbol of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Symbol<'_>> {
        let at = self.index.binary_search_by(|entry| self.name(entry).cmp(name)).ok()?;
        self.index.get(at).map(|entry| self.symbol(entry))
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = Symbol<'_>> {
        self.index.iter().map(|entry| self.symbol(entry))
    }

    /// Whether all addresses are hidden from this process.
    #[must_use]
    pub fn hidden(&self) -> bool {
        self.index.iter().all(|entry| entry.address == 0)
    }

    fn name(&self, entry: &Entry) -> &str {
        let range = usize::try_from(entry.start).ok().zip(usize::try_from(entry.len).ok());
        range.and_then(|(start, len)| self.names.get(start..start.checked_add(len)?)).unwrap_or_default()
    }

    fn symbol(&self, entry: &Entry) -> Symbol<'_> {
        Symbol { name: self.name(entry), address: entry.address, ambiguous: entry.ambiguous }
    }
}

impl Kernel {
    /// Its symbols; `None` where nobody knows them. Of the running kernel they are read at the first call.
    ///
    /// # Errors
    /// [`KernelError::Read`].
    pub fn symbols(&self) -> Result<Option<&Symbols>, KernelError> {
        self.inner.symbols.get_or_init(running).as_ref().map(Option::as_ref).map_err(Clone::clone)
    }
}

impl KernelBuilder {
    /// Its symbols.
    #[must_use]
    pub fn symbols(mut self, symbols: Symbols) -> Self {
        self.symbols = Some(symbols);
        self
    }

    /// Its symbols, from a file as `/proc/kallsyms` or `System.map`. Lines of another form are passed over.
    ///
    /// # Errors
    /// [`KernelError::Read`]; [`KernelError::NotSymbols`] where no line is of that form.
    pub fn symbols_file(self, path: impl AsRef<Path>) -> Result<Self, KernelError> {
        let path = path.as_ref();
        let bytes = crate::read::whole(path).map_err(|source| KernelError::read(path, &source))?;
        let symbols = Symbols::parse(&String::from_utf8_lossy(&bytes));
        if symbols.iter().next().is_none() {
            return Err(KernelError::NotSymbols { path: path.into() });
        }
        Ok(self.symbols(symbols))
    }
}

fn running() -> Result<Option<Symbols>, KernelError> {
    let path = Path::new(KALLSYMS);
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(Symbols::parse(&String::from_utf8_lossy(&bytes)))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KernelError::read(path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let symbols = Symbols::parse(
            "ffffffff81000000 T _text\n\
             ffffffff82000040 D jiffies\n\
             ffffffff82000080 d moved.llvm.123\n\
             ffffffff82000090 t code.llvm.123\n\
             ffffffffc0000010 t cleanup\t[one]\n\
             ffffffffc0000020 t cleanup\t[two]\n\
             ffffffff81000000 T _text\n\
             ffffffffffffffff B The real System.map is elsewhere\n\
             nonsense\n",
        );
        let find = |name| symbols.find(name).map(|found| (found.address, found.ambiguous));
        assert_eq!(find("_text"), Some((0xffff_ffff_8100_0000, false)), "twice, and the same");
        assert_eq!(find("moved"), Some((0xffff_ffff_8200_0080, false)));
        assert_eq!((find("code"), find("moved.llvm.123")), (None, None));
        assert!(find("code.llvm.123").is_some());
        assert_eq!(find("cleanup"), Some((0xffff_ffff_c000_0010, true)));
        assert_eq!(symbols.iter().count(), 5);
        assert!(!symbols.hidden());
        assert!(Symbols::parse("0000000000000000 T _text\n").hidden());
    }
}
