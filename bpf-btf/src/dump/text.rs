//! One record, one line.

use std::fmt;

use crate::types::Type;

/// A record as [`fmt::Display`]: see [`raw_line`].
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a>(Type<'a>);

/// A record, to be printed as one line.
#[must_use]
pub fn raw<'a>(record: &Type<'a>) -> Raw<'a> {
    Raw(*record)
}

impl fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// A record as one line of text.
#[must_use]
pub fn raw_line(record: &Type<'_>) -> String {
    raw(record).to_string()
}
