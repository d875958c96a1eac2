//! Skeletons: Rust source from an object, so that its maps, variables and programs have types and names that the compiler
//! checks. A pure function from an [`Object`] to text.

mod error;
mod format;
mod names;
mod skeleton;
mod types;

use bpf_btf::build::Builder;
use bpf_btf::{Btf, TypeId};
use quote::quote;

pub use error::{CodegenError, CodegenNotice};

use crate::object::Object;
use names::{PRELUDE, Scope};
use types::Types;

/// How to generate a skeleton.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Generator {
    name: Option<String>,
}

/// How the bytes of the object get into the program.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Embed<'a> {
    /// They stand in the source.
    Bytes(&'a [u8]),
    /// From a file, by its path from where the source is.
    File(&'a str),
    /// From a file in `OUT_DIR`, by its name: what a build.rs makes.
    OutDir(&'a str),
}

/// A skeleton.
#[derive(Clone, Debug)]
pub struct Generated {
    source: String,
    notices: Vec<CodegenNotice>,
}

impl Generator {
    /// The defaults: the skeleton is called what the object is called.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls it so: `my_app` gives a module `my_app` with the types `OpenMyApp`, `MyApp` and `AttachedMyApp`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Generates the skeleton of an object as its file has it: edits of its specs are not looked at. The same file gives
    /// the same source.
    ///
    /// It is a module, to be put anywhere by `include!`. It needs nothing but this crate, with its feature `syscalls`, and has
    /// no unsafe code.
    ///
    /// # Errors
    /// [`CodegenError`].
    #[doc(alias = "bpf_object__open_skeleton")]
    pub fn generate(&self, object: &Object, embed: Embed<'_>) -> Result<Generated, CodegenError> {
        let name = self.name.as_deref().unwrap_or_else(|| object.name());
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(CodegenError::Name { name: name.to_owned() });
        }
        let none;
        let btf = match object.file().btf() {
            Some(btf) => btf,
            None => {
                none = empty(object)?;
                &none
            }
        };
        let (tokens, notices) = skeleton::generate(object, btf, name, embed)?;
        let version = env!("CARGO_PKG_VERSION");
        let head = format!(
            "// @generated from `{}` by bpf-loader {version}. Do not edit.\n\n",
            types::text(object.name())
        );
        Ok(Generated { source: head + &format::format(tokens)?, notices })
    }
}

/// Types of an object that has none.
fn empty(object: &Object) -> Result<Btf, CodegenError> {
    let bytes = Builder::new(object.file().endian()).finish().ok();
    let parsed = bytes.and_then(|bytes| Btf::parse(bytes).ok());
    parsed.ok_or_else(|| CodegenError::NotRust { what: "no types".into() })
}

impl Generated {
    /// The source.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is poorer in it than in the object.
    #[must_use]
    pub fn notices(&self) -> &[CodegenNotice] {
        &self.notices
    }
}

/// The types that these are, and those that they are made of, as Rust source: the contents of a module.
///
/// The same types give the same text. It needs nothing but this crate, and has no unsafe code.
///
/// # Errors
/// [`CodegenError`]: a type has no size, or is damaged.
pub fn types_of(btf: &Btf, ids: &[TypeId]) -> Result<String, CodegenError> {
    let mut types = Types::new(btf, Scope::with(PRELUDE));
    for id in ids {
        let failed = |source| CodegenError::Type { kind: "type", name: format!("[{id}]"), source };
        types.ty(*id, "unnamed").map_err(failed)?;
    }
    let items = types.finish()?;
    format::format(quote! {
        #[allow(unused_imports)]
        use ::bpf_loader::{skeleton, zerocopy};
        #[allow(unused_imports)]
        use ::core::mem::offset_of;

        #items
    })
}
