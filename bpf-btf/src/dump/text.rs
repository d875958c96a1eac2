//! Records as text, in the form that `bpftool btf dump` calls raw.

use std::fmt;
use std::io::{self, Write};

use super::form::{Buffer, Form, Key, is_plain};
use super::record;
use crate::btf::Btf;
use crate::kind::Kind;
use crate::types::Type;

/// Bytes after which text is handed on.
const BLOCK: usize = 256 * 1024;

/// A record as [`fmt::Display`]: see [`raw`].
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a>(Type<'a>);

/// A record, to be printed in the raw form: one line, and one more for each element, set off by a tab. Nothing is
/// followed but names, so this shows damaged BTF as it is.
///
/// ```text
/// [7] STRUCT 'list_head' size=16 vlen=2
///     'next' type_id=8 bits_offset=0
///     'prev' type_id=8 bits_offset=64
/// ```
#[must_use]
pub fn raw<'a>(record: &Type<'a>) -> Raw<'a> {
    Raw(*record)
}

/// [`raw`], as a `String`.
#[must_use]
pub fn raw_line(record: &Type<'_>) -> String {
    raw(record).to_string()
}

impl fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines(Buffer::new(self.0.btf(), false));
        record::write(&mut lines, &self.0);
        f.write_str(&String::from_utf8_lossy(&lines.0.text))
    }
}

/// Writes all types of a BTF (of split BTF its own) in the raw form, as `bpftool btf dump file FILE format raw` does.
///
/// # Errors
/// What `out` returns.
pub fn write_raw(btf: &Btf, out: &mut impl Write) -> io::Result<()> {
    write_raw_types(btf, btf.types(), out)
}

/// Writes some types of that BTF in the raw form.
///
/// # Errors
/// What `out` returns.
pub fn write_raw_types<'a>(
    btf: &'a Btf,
    types: impl IntoIterator<Item = Type<'a>>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut lines = Lines(Buffer::new(btf, is_plain(btf)));
    lines.0.text.reserve(BLOCK + BLOCK / 2);
    for found in types {
        record::write(&mut lines, &found);
        lines.0.text.push(b'\n');
        hand_on(&mut lines.0.text, BLOCK, out)?;
    }
    hand_on(&mut lines.0.text, 0, out)?;
    out.flush()
}

/// Hands on what there is, if it is as much as that.
pub(super) fn hand_on(text: &mut Vec<u8>, least: usize, out: &mut impl Write) -> io::Result<()> {
    if text.len() >= least {
        out.write_all(text)?;
        text.clear();
    }
    Ok(())
}

/// The raw form.
struct Lines<'a>(Buffer<'a>);

impl Lines<'_> {
    fn quoted(&mut self, name: u32) {
        self.0.text.push(b'\'');
        self.0.name(name, |name| {
            if name.chars().any(char::is_control) { name.escape_debug().to_string() } else { name.to_owned() }
        });
        self.0.text.push(b'\'');
    }
}

impl Form for Lines<'_> {
    #[inline]
    fn begin(&mut self, id: u32, kind: Kind, name: u32) {
        self.0.text.push(b'[');
        self.0.number(id);
        self.0.str("] ");
        self.0.kind(kind);
        self.0.text.push(b' ');
        self.quoted(name);
    }

    #[inline]
    fn number(&mut self, key: Key, number: u32) {
        self.0.str(key.raw);
        self.0.number(number);
    }

    #[inline]
    fn value(&mut self, key: Key, value: u64, signed: bool, suffix: &str) {
        self.0.str(key.raw);
        self.0.value(value, signed);
        self.0.str(suffix);
    }

    #[inline]
    fn word(&mut self, key: Key, word: &'static str) {
        self.0.str(key.raw);
        self.0.str(word);
    }

    #[inline]
    fn element(&mut self) {
        self.0.str("\n\t");
    }

    #[inline]
    fn name(&mut self, name: u32) {
        self.quoted(name);
    }

    fn aside(&mut self, kind: Kind, name: u32) {
        self.0.str(" (");
        self.0.kind(kind);
        self.0.text.push(b' ');
        self.quoted(name);
        self.0.text.push(b')');
    }
}
