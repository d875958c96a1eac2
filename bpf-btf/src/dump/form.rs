//! How what is told of a record looks: as lines, or as JSON. Both write into one buffer, which grows no string a line.

use crate::btf::Btf;
use crate::kind::Kind;

/// A key with what stands around it.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) raw: &'static str,
    pub(super) json: &'static str,
}

macro_rules! key {
    ($name:literal) => {
        Key { raw: concat!(" ", $name, "="), json: concat!(",\"", $name, "\":") }
    };
}
pub(super) use key;

/// A form of text. Names are given by their offset.
pub(super) trait Form {
    fn begin(&mut self, id: u32, kind: Kind, name: u32);
    fn end(&mut self) {}
    fn number(&mut self, key: Key, number: u32);
    /// A number of up to 64 bits; the suffix is C's.
    fn value(&mut self, key: Key, value: u64, signed: bool, suffix: &str);
    fn word(&mut self, key: Key, word: &'static str);
    fn list(&mut self, _name: &'static str) {}
    fn list_end(&mut self) {}
    fn element(&mut self);
    fn element_end(&mut self) {}
    /// The name of an element, which stands first in it.
    fn name(&mut self, name: u32);
    /// What something refers to, for people only.
    fn aside(&mut self, _kind: Kind, _name: u32) {}
}

/// Text that grows.
pub(super) struct Buffer<'a> {
    btf: &'a Btf,
    pub(super) text: Vec<u8>,
    /// All names are printable ASCII without quotes, and can be copied as they are.
    plain: bool,
}

/// What an unnamed type is called.
const ANONYMOUS: &[u8] = b"(anon)";

impl<'a> Buffer<'a> {
    /// Names of that BTF; `plain` as [`is_plain`] says.
    pub(super) fn new(btf: &'a Btf, plain: bool) -> Self {
        Self { btf, text: Vec::new(), plain }
    }

    #[inline]
    pub(super) fn str(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    #[inline]
    pub(super) fn number(&mut self, number: impl itoa::Integer) {
        self.text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    #[inline]
    pub(super) fn value(&mut self, value: u64, signed: bool) {
        if signed {
            self.number(value.cast_signed());
        } else {
            self.number(value);
        }
    }

    #[inline]
    pub(super) fn kind(&mut self, kind: Kind) {
        match kind.name() {
            Some(name) => self.str(name),
            None => self.str(&kind.to_string()),
        }
    }

    /// The name at that offset; `escape` is for those that cannot be copied as they are.
    #[inline]
    pub(super) fn name(&mut self, offset: u32, escape: fn(&str) -> String) {
        if offset == 0 {
            return self.text.extend_from_slice(ANONYMOUS);
        }
        match self.btf.string_bytes(offset) {
            Some([]) => self.text.extend_from_slice(ANONYMOUS),
            Some(name) if self.plain => self.text.extend_from_slice(name),
            found => match found.and_then(|name| std::str::from_utf8(name).ok()) {
                Some(name) => self.str(&escape(name)),
                None => self.str("(bad name)"),
            },
        }
    }
}

/// Whether all names of a BTF can be copied into either form as they are.
pub(super) fn is_plain(btf: &Btf) -> bool {
    let plain = |byte: &u8| matches!(*byte, 0 | 0x20..0x7f) && *byte != b'"' && *byte != b'\\';
    // Without a branch a byte: many are looked at at once.
    let all = |btf: &Btf| btf.string_section().iter().fold(true, |all, byte| all & plain(byte));
    std::iter::successors(Some(btf), |btf| btf.base()).all(all)
}
