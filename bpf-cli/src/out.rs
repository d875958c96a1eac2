//! Where output goes: results to standard output, messages to standard error; a reader that went away is no error.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use crate::args::Color;
use crate::cmd::Failure;
use crate::render::{diagnostic, json};

/// The two ways out, and how to write on them.
#[derive(Debug)]
pub(crate) struct Out {
    json: bool,
    styled: bool,
    /// Whether some of the result could not be written.
    lost: Cell<bool>,
    /// Whether the reader went away.
    closed: Cell<bool>,
    /// Whether JSON is a value a line.
    lines: Cell<bool>,
    /// Whether what was compared differs.
    differs: Cell<bool>,
}

impl Out {
    pub(crate) fn new(json: bool, color: Color) -> Self {
        let auto = || {
            io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        };
        let styled = match color {
            Color::Auto => auto(),
            Color::Always => true,
            Color::Never => false,
        };
        Self {
            json,
            styled,
            lost: Cell::new(false),
            closed: Cell::new(false),
            lines: Cell::new(false),
            differs: Cell::new(false),
        }
    }

    /// Whether the result is to be JSON.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// A result of many bytes, written piece by piece; what `print` gives back if all of it was written.
    pub(crate) fn stream<T>(
        &self,
        print: impl FnOnce(&mut io::StdoutLock<'static>) -> io::Result<T>,
    ) -> Option<T> {
        match print(&mut io::stdout().lock()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.lost.set(self.lost.get() || error.kind() != io::ErrorKind::BrokenPipe);
                None
            }
        }
    }

    /// Notes that what was compared differs, which the exit status says.
    pub(crate) fn set_differs(&self) {
        self.differs.set(true);
    }

    pub(crate) fn differs(&self) -> bool {
        self.differs.get()
    }

    /// A line of the result, left out where JSON was asked for.
    pub(crate) fn line(&self, line: impl AsRef<str>) {
        if !self.json {
            self.write(&harmless(line.as_ref()));
        }
    }

    /// The result, in the form that was asked for.
    pub(crate) fn result(&self, text: impl FnOnce() -> String, value: impl FnOnce() -> Value) {
        if self.json {
            self.write(&format!("{:#}", value()));
        } else {
            self.write(&harmless(text().trim_end()));
        }
    }

    /// From here on, JSON is a value a line, the failure too.
    pub(crate) fn value_a_line(&self) {
        self.lines.set(true);
    }

    /// One of many parts of the result, a line each, in the form that was asked for. They are written when [`Self::flush`] is
    /// called.
    pub(crate) fn part(&self, text: impl FnOnce() -> String, value: impl FnOnce() -> Value) {
        let line = if self.json { value().to_string() } else { harmless(&text()).into_owned() };
        self.wrote(writeln!(io::stdout(), "{line}"));
    }

    /// A part that has no form but JSON: beside it the same was said by [`Self::note`].
    pub(crate) fn value(&self, value: impl FnOnce() -> Value) {
        if self.json {
            self.write(&value().to_string());
        }
    }

    /// Writes the parts; false if the reader went away, or they cannot be written: no more is wanted then.
    pub(crate) fn flush(&self) -> bool {
        self.wrote(io::stdout().flush());
        !self.closed.get() && !self.lost.get()
    }

    fn write(&self, text: &str) {
        let mut to = io::stdout();
        self.wrote(writeln!(to, "{text}").and_then(|()| to.flush()));
    }

    fn wrote(&self, outcome: io::Result<()>) {
        match outcome {
            Ok(()) => {}
            // It has read all that it wants.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.closed.set(true),
            Err(_) => self.lost.set(true),
        }
    }

    /// Whether all of the result was written, as far as a reader wanted it.
    pub(crate) fn finish(&self) -> bool {
        if self.lost.get() {
            self.note("error[E0907]: the result could not be written to standard output");
        }
        !self.lost.get()
    }

    /// A message beside the result.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        write(&mut io::stderr(), &harmless(line.as_ref()));
    }

    /// What went wrong. With JSON it is the result.
    pub(crate) fn failure(&self, failure: &dyn Failure) {
        if self.json {
            let failure = json::failure(failure);
            self.write(&if self.lines.get() { failure.to_string() } else { format!("{failure:#}") });
        } else {
            write(&mut io::stderr(), diagnostic::render(failure, self.styled).trim_end());
        }
    }
}

/// Text as a terminal may be shown it: what a file has in its names must not move the cursor or recolour anything.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if harmful(c) { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// A message; where nobody can be told, nobody is.
fn write(to: &mut dyn Write, text: &str) {
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(harmless("a\tb\nc"), "a\tb\nc");
        assert_eq!(harmless("a\u{1b}[2Jb\u{9b}c"), "a\\u{1b}[2Jb\\u{9b}c");
    }
}
