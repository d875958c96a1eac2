//! Access strings: `0:1:2`.

use crate::core::CoreError;

/// The most numbers that an access string may have.
pub(crate) const MAX_PATH: usize = 64;

/// An access string, parsed. The first number indexes an array at the root; each that follows is a member's index or an
/// array's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPath(Vec<u32>);

impl AccessPath {
    /// Parses `0:1:2`.
    ///
    /// # Errors
    /// [`CoreError::AccessString`] where something else than numbers stands between the colons, or more than 64.
    pub fn parse(text: &str) -> Result<Self, CoreError> {
        let damaged = || CoreError::AccessString { access: text.chars().take(80).collect() };
        let mut numbers = Vec::new();
        for part in text.split(':') {
            if numbers.len() >= MAX_PATH || part.starts_with('+') {
                return Err(damaged());
            }
            numbers.push(part.parse().map_err(|_| damaged())?);
        }
        Ok(Self(numbers))
    }

    /// The numbers, at least one.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }
}
