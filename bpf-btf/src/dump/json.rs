//! Records as JSON, in the shape that `bpftool --json btf dump` gives them.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::form::{Buffer, Form, Key, is_plain};
use super::record;
use super::text::hand_on;
use crate::btf::Btf;
use crate::kind::Kind;
use crate::types::Type;

/// Bytes after which text is handed on.
const BLOCK: usize = 256 * 1024;

/// Writes all types of a BTF (of split BTF its own) as JSON: `{"types":[{"id":1,"kind":"INT","name":"int",…},…]}`, on one
/// line, as `bpftool --json btf dump file FILE` does.
///
/// # Errors
/// What `out` returns.
pub fn write_json(btf: &Btf, out: &mut impl Write) -> io::Result<()> {
    write_json_types(btf, btf.types(), out)
}

/// Writes some types of that BTF as JSON, in the same shape.
///
/// # Errors
/// What `out` returns.
pub fn write_json_types<'a>(
    btf: &'a Btf,
    types: impl IntoIterator<Item = Type<'a>>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut json = Json { out: Buffer::new(btf, is_plain(btf)), first: false };
    json.out.text.reserve(BLOCK + BLOCK / 2);
    json.out.str("{\"types\":[");
    for (index, found) in types.into_iter().enumerate() {
        if index > 0 {
            json.out.text.push(b',');
        }
        record::write(&mut json, &found);
        hand_on(&mut json.out.text, BLOCK, out)?;
    }
    json.out.str("]}\n");
    hand_on(&mut json.out.text, 0, out)?;
    out.flush()
}

struct Json<'a> {
    out: Buffer<'a>,
    /// Whether the next element is the first of its list.
    first: bool,
}

impl Json<'_> {
    fn string(&mut self, name: u32) {
        self.out.text.push(b'"');
        self.out.name(name, escape);
        self.out.text.push(b'"');
    }
}

fn escape(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text
}

impl Form for Json<'_> {
    #[inline]
    fn begin(&mut self, id: u32, kind: Kind, name: u32) {
        self.out.str("{\"id\":");
        self.out.number(id);
        self.out.str(",\"kind\":\"");
        self.out.kind(kind);
        self.out.str("\",\"name\":");
        self.string(name);
    }

    fn end(&mut self) {
        self.out.text.push(b'}');
    }

    #[inline]
    fn number(&mut self, key: Key, number: u32) {
        self.out.str(key.json);
        self.out.number(number);
    }

    #[inline]
    fn value(&mut self, key: Key, value: u64, signed: bool, _: &str) {
        self.out.str(key.json);
        self.out.value(value, signed);
    }

    #[inline]
    fn word(&mut self, key: Key, word: &'static str) {
        self.out.str(key.json);
        self.out.text.push(b'"');
        self.out.str(word);
        self.out.text.push(b'"');
    }

    fn list(&mut self, name: &'static str) {
        self.out.str(",\"");
        self.out.str(name);
        self.out.str("\":[");
        self.first = true;
    }

    fn list_end(&mut self) {
        self.out.text.push(b']');
    }

    #[inline]
    fn element(&mut self) {
        let first = std::mem::take(&mut self.first);
        self.out.str(if first { "{" } else { ",{" });
    }

    fn element_end(&mut self) {
        self.out.text.push(b'}');
    }

    #[inline]
    fn name(&mut self, name: u32) {
        self.out.str("\"name\":");
        self.string(name);
    }
}
