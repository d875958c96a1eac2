//! How C programs declare a helper.

use core::fmt;

/// What a helper returns and takes, in C.
///
/// The types are those of C programs: `__u64`, `struct __sk_buff *`, and `void *` for a map. [`Display`](fmt::Display)
/// writes the type of the function: `long (void *map, const void *key)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Prototype {
    /// What it returns: `void`, `long`, `void *`.
    pub returns: &'static str,
    /// What it takes, in order.
    pub parameters: &'static [Parameter],
}

/// A parameter of a helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Parameter {
    /// Its type; `...` for any number of further ones.
    pub c_type: &'static str,
    /// The name that the kernel's documentation gives it; empty for `...`.
    pub name: &'static str,
}

impl fmt::Display for Prototype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.returns)?;
        f.write_str(if self.returns.ends_with('*') { "(" } else { " (" })?;
        for (at, parameter) in self.parameters.iter().enumerate() {
            write!(f, "{}{parameter}", if at == 0 { "" } else { ", " })?;
        }
        f.write_str(if self.parameters.is_empty() { "void)" } else { ")" })
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.name.is_empty() || self.c_type.ends_with('*') { "" } else { " " };
        write!(f, "{}{space}{}", self.c_type, self.name)
    }
}
