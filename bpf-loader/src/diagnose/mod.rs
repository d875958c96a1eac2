//! What every error and notice can say of itself: a stable code, the places it is about, what to do.

#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod asked;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod cause;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod options;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod privilege;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
mod size;

#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub(crate) use asked::{Asked, Circumstances};
pub use bpf_btf::{Label, Place};
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub use cause::Refused;
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub(crate) use cause::{cause_among, likely_cause};
#[cfg(all(feature = "syscalls", target_os = "linux"))]
pub(crate) use size::amount;

use std::fmt;

/// A failure or a finding that explains itself. Its text (`Display`) says what and why in one sentence.
pub trait Diagnostic: fmt::Display {
    /// A code that stays the same from release to release: `E0xxx`.
    fn code(&self) -> &'static str;

    /// Where: object, section, item, instruction, source line, byte offset, from the outside in.
    fn labels(&self) -> Vec<Label> {
        Vec::new()
    }

    /// What to do about it, where that is known.
    fn help(&self) -> Option<String> {
        None
    }

    /// The error itself: its `source()` is the cause, which its text does not repeat. `None` for a notice.
    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        None
    }

    /// Independent failures that were found in the same run, in program order.
    fn related(&self) -> Vec<&dyn Diagnostic> {
        Vec::new()
    }

    /// A longer text that belongs to it, such as the verifier's log.
    fn attachment(&self) -> Option<Attachment<'_>> {
        None
    }
}

/// A text too long for a message.
#[derive(Clone, Copy, Debug)]
pub struct Attachment<'a> {
    /// What it is: `verifier log`.
    pub title: &'static str,
    /// The text.
    pub text: &'a str,
}

/// Lets an error that has these methods of its own be used as a [`Diagnostic`].
macro_rules! diagnostic {
    (notice $error:ty) => {
        diagnostic!(@impl $error, {});
    };
    ($($error:ty),* $(,)?) => {$(
        diagnostic!(@impl $error, {
            fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(self)
            }
        });
    )*};
    (@impl $error:ty, { $($as_error:item)? }) => {
        impl $crate::diagnose::Diagnostic for $error {
            fn code(&self) -> &'static str {
                <$error>::code(self)
            }
            fn labels(&self) -> Vec<bpf_btf::Label> {
                <$error>::labels(self)
            }
            fn help(&self) -> Option<String> {
                <$error>::help(self).map(Into::into)
            }
            $($as_error)?
        }
    };
}
pub(crate) use diagnostic;

diagnostic!(bpf_btf::ParseError, bpf_btf::TypeError, bpf_elf::ElfError);

#[cfg(all(feature = "syscalls", target_os = "linux"))]
impl Diagnostic for bpf_sys::SysError {
    fn code(&self) -> &'static str {
        bpf_sys::SysError::code(self)
    }
    fn help(&self) -> Option<String> {
        bpf_sys::SysError::help(self).map(Into::into)
    }
    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }
}
