//! A skeleton with its links, and going back and forth between the two.

use std::fmt;
use std::ops::Deref;

use crate::attach::{AttachError, Links};
use crate::diagnose::{Diagnostic, Label};
use crate::link::DetachError;
use crate::load::LoadedObject;

/// What every loaded skeleton is.
pub trait Skeleton: fmt::Debug + Send + Sized + 'static {
    /// What is loaded, by names in place of fields.
    fn loaded(&self) -> &LoadedObject;
}

/// A skeleton that is attached, for as long as this value lives. It can be used as the skeleton itself.
#[derive(Debug)]
#[must_use = "dropping it detaches"]
pub struct Attached<S> {
    // Dropped first.
    links: Links,
    skeleton: S,
}

impl<S: Skeleton> Attached<S> {
    /// Attaches all of it: [`LoadedObject::attach`].
    ///
    /// # Errors
    /// [`AttachFailed`], which gives the skeleton back; nothing is attached then.
    pub fn new(skeleton: S) -> Result<Self, Box<AttachFailed<S>>> {
        match skeleton.loaded().attach() {
            Ok(links) => Ok(Self { links, skeleton }),
            Err(error) => Err(Box::new(AttachFailed { skeleton, error })),
        }
    }

    /// The links, and what was left out.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// Detaches all of it, the last first.
    ///
    /// # Errors
    /// [`DetachFailed`], which gives the skeleton back, and the first link that could not be detached; the others are gone.
    pub fn detach(self) -> Result<S, Box<DetachFailed<S>>> {
        let Self { links, skeleton } = self;
        match links.detach() {
            Ok(()) => Ok(skeleton),
            Err(error) => Err(Box::new(DetachFailed { skeleton, error })),
        }
    }

    /// The skeleton and its links, each by itself.
    pub fn into_parts(self) -> (S, Links) {
        (self.skeleton, self.links)
    }
}

impl<S> Deref for Attached<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.skeleton
    }
}

/// A skeleton that could not be attached, with the reason; it is still loaded, and nothing of it is attached.
#[derive(Debug)]
pub struct AttachFailed<S> {
    /// The skeleton.
    pub skeleton: S,
    /// Why.
    pub error: AttachError,
}

/// A skeleton of which something could not be detached, with the link.
#[derive(Debug)]
pub struct DetachFailed<S> {
    /// The skeleton.
    pub skeleton: S,
    /// The link that is still attached, and why.
    pub error: Box<DetachError>,
}

macro_rules! as_its_error {
    ($Name:ident) => {
        impl<S> fmt::Display for $Name<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.error.fmt(f)
            }
        }

        impl<S: Skeleton> std::error::Error for $Name<S> {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                std::error::Error::source(&self.error)
            }
        }

        impl<S: Skeleton> Diagnostic for $Name<S> {
            fn code(&self) -> &'static str {
                self.error.code()
            }

            fn labels(&self) -> Vec<Label> {
                self.error.labels()
            }

            fn help(&self) -> Option<String> {
                self.error.help()
            }

            fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(self)
            }
        }
    };
}

as_its_error!(AttachFailed);
as_its_error!(DetachFailed);
