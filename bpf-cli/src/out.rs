//! Where output goes: results to standard output, messages to standard error; a reader that went away is no error.

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
        Self { json, styled }
    }

    /// A line of the result, left out where JSON was asked for.
    pub(crate) fn line(&self, line: impl AsRef<str>) {
        if !self.json {
            write(&mut io::stdout(), line.as_ref());
        }
    }

    /// The result, in the form that was asked for.
    pub(crate) fn result(&self, text: impl FnOnce() -> String, value: impl FnOnce() -> Value) {
        if self.json {
            write(&mut io::stdout(), &format!("{:#}", value()));
        } else {
            write(&mut io::stdout(), text().trim_end());
        }
    }

    /// A message beside the result.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        write(&mut io::stderr(), line.as_ref());
    }

    /// What went wrong. With JSON it is the result.
    pub(crate) fn failure(&self, failure: &dyn Failure) {
        if self.json {
            write(&mut io::stdout(), &format!("{:#}", json::failure(failure)));
        } else {
            write(&mut io::stderr(), diagnostic::render(failure, self.styled).trim_end());
        }
    }
}

fn write(to: &mut dyn Write, text: &str) {
    // Nobody is left to be told of a failure here.
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}
