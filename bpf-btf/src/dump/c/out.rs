//! The text on its way: collected, and handed on in large pieces.

use std::io::{self, Write};

use super::records::Name;

/// Bytes after which text is handed on.
const BLOCK: usize = 128 * 1024;
/// As many levels are set off by a tab each; deeper ones look like the last.
const TABS: &[u8] = b"\t\t\t\t\t\t\t\t\t\t\t\t\t";

/// Collects the text.
pub(super) struct Out<'o> {
    buf: Vec<u8>,
    /// Bytes that were handed on already.
    gone: u64,
    /// Where text goes; without, it stays.
    sink: Option<&'o mut dyn Write>,
    /// All names in the BTF are printable ASCII: they go out unseen.
    pub(super) clean: bool,
}

impl<'o> Out<'o> {
    pub(super) fn to(sink: &'o mut impl Write) -> Self {
        Self { buf: Vec::with_capacity(BLOCK + BLOCK / 2), gone: 0, sink: Some(sink), clean: false }
    }

    /// Keeps the text, which may take that many bytes.
    pub(super) fn memory(bytes: usize) -> Self {
        Self { buf: Vec::with_capacity(bytes), gone: 0, sink: None, clean: false }
    }

    pub(super) fn into_text(self) -> String {
        // Names that are not UTF-8 were made so in `name`.
        String::from_utf8(self.buf)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Bytes of text so far.
    pub(super) fn len(&self) -> u64 {
        self.gone + self.buf.len() as u64
    }

    /// A place to come back to; good until the next [`Self::flush`].
    pub(super) fn mark(&self) -> usize {
        self.buf.len()
    }

    /// Takes back what was written since.
    pub(super) fn take_back(&mut self, mark: usize) {
        self.buf.truncate(mark);
    }

    #[inline]
    pub(super) fn text(&mut self, text: &str) {
        self.buf.extend_from_slice(text.as_bytes());
    }

    /// What stands in the string section, which can be anything.
    #[inline]
    pub(super) fn name(&mut self, name: Name<'_>) {
        match name.block() {
            Some(block) if self.clean => {
                let end = self.buf.len() + name.len();
                self.buf.extend_from_slice(block);
                self.buf.truncate(end);
            }
            _ => self.any_name(name.bytes()),
        }
    }

    fn any_name(&mut self, name: &[u8]) {
        if self.clean {
            self.buf.extend_from_slice(name);
        } else {
            self.unclean(name);
        }
    }

    fn unclean(&mut self, name: &[u8]) {
        if name.iter().all(|byte| (0x20..0x7f).contains(byte)) {
            self.buf.extend_from_slice(name);
            return;
        }
        let mut utf8 = [0; 4];
        for c in String::from_utf8_lossy(name).chars() {
            let c = if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
            self.buf.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
        }
    }

    pub(super) fn number(&mut self, number: u64) {
        let mut digits = [0; 20];
        let mut rest = number;
        let mut used = 0;
        for digit in digits.iter_mut().rev() {
            // Below ten.
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            used += 1;
            if rest == 0 {
                break;
            }
        }
        self.buf.extend_from_slice(digits.get(digits.len() - used..).unwrap_or_default());
    }

    pub(super) fn signed(&mut self, number: i64) {
        if number < 0 {
            self.buf.push(b'-');
        }
        self.number(number.unsigned_abs());
    }

    #[inline]
    pub(super) fn line(&mut self, level: u32) {
        self.buf.push(b'\n');
        self.tabs(level);
    }

    #[inline]
    pub(super) fn tabs(&mut self, level: u32) {
        let tabs = usize::try_from(level).ok().and_then(|level| TABS.get(..level)).unwrap_or(TABS);
        self.buf.extend_from_slice(tabs);
    }

    /// Hands on what there is, if that is much.
    #[inline]
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.buf.len() >= BLOCK { self.hand_on() } else { Ok(()) }
    }

    /// Hands on the rest, and says how much text there was.
    pub(super) fn finish(&mut self) -> io::Result<u64> {
        self.hand_on()?;
        if let Some(sink) = &mut self.sink {
            sink.flush()?;
        }
        Ok(self.len())
    }

    fn hand_on(&mut self) -> io::Result<()> {
        if let Some(sink) = &mut self.sink {
            sink.write_all(&self.buf)?;
            self.gone += self.buf.len() as u64;
            self.buf.clear();
        }
        Ok(())
    }
}
