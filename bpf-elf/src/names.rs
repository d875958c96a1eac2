//! The names in an ELF file: a table of strings, each of which ends with a NUL.

/// The longest name of a section or symbol. Real ones, mangled Rust included, are far shorter.
const NAME_LIMIT: usize = 4096;

/// A table of names.
pub(crate) struct Names<'d> {
    bytes: &'d [u8],
    /// All of it, if it is text.
    text: Option<&'d str>,
    /// It has no control characters but the NULs between names.
    printable: bool,
}

impl<'d> Names<'d> {
    /// Looks at the table as a whole, which takes less time than at each name.
    pub(crate) fn of(bytes: &'d [u8]) -> Self {
        let printable =
            bytes.iter().fold(true, |all, byte| all & ((b' '..=b'~').contains(byte) | (*byte == 0)));
        Self { bytes, text: str::from_utf8(bytes).ok(), printable }
    }

    /// The name at an offset. One with control characters is refused: no compiler writes it, and it would pass for output
    /// of whoever prints it.
    pub(crate) fn at(&self, offset: u32) -> Option<&'d str> {
        let start = usize::try_from(offset).ok()?;
        let rest = self.bytes.get(start..)?;
        let len = memchr::memchr(0, rest.get(..NAME_LIMIT).unwrap_or(rest))?;
        let range = start..start.checked_add(len)?;
        let name = match self.text {
            // What does not begin with a character is refused, as what is no text.
            Some(text) => text.get(range)?,
            None => str::from_utf8(self.bytes.get(range)?).ok()?,
        };
        (self.printable || !name.contains(char::is_control)).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_without_control_characters() {
        let at = |bytes: &'static [u8], offset| Names::of(bytes).at(offset);
        assert_eq!(at(b"\0.text\0xdp", 1), Some(".text"));
        assert_eq!(at(b"\0.text\0xdp", 3), Some("ext"));
        assert_eq!(at(b"\0.text\0xdp", 0), Some(""));
        assert_eq!(at(b"\0.text\0xdp", 7), None, "it does not end");
        assert_eq!(at(b"\0.text\0xdp", 99), None);
        // One that is no name takes nothing from the others.
        assert_eq!(at(b"a\x1bb\0c\0", 0), None);
        assert_eq!(at(b"a\x1bb\0c\0", 4), Some("c"));
        assert_eq!(at(b"\xff\0c\0", 0), None);
        assert_eq!(at(b"\xff\0c\0", 2), Some("c"));
        assert_eq!(at("n\u{e4}h\0".as_bytes(), 0), Some("n\u{e4}h"));
        assert_eq!(at("n\u{e4}h\0".as_bytes(), 2), None, "inside of a character");
        assert_eq!(at("n\u{85}h\0".as_bytes(), 0), None, "a control character of two bytes");
        let long: &'static [u8] = Box::leak(vec![b'x'; NAME_LIMIT + 1].into_boxed_slice());
        assert_eq!(at(long, 0), None);
    }
}
