//! The skeleton of an object: a type for each of its states, with a field or a method for everything in it.

mod globals;
mod handle;
mod maps;
mod programs;
mod states;
mod struct_ops;

use bpf_btf::Btf;
use proc_macro2::{Ident, TokenStream};

use super::names::{PRELUDE, Scope};
use super::types::Types;
use super::{CodegenError, CodegenNotice, Embed};
use crate::object::Object;

/// What a skeleton is made from, and what is found on the way.
pub(super) struct Skeleton<'a> {
    object: &'a Object,
    btf: &'a Btf,
    types: Types<'a>,
    notices: Vec<CodegenNotice>,
}

/// What a kind of things in an object adds to the skeleton.
#[derive(Default)]
struct Parts {
    /// Types of its own.
    items: TokenStream,
    /// A method of the open skeleton.
    open: TokenStream,
    /// Fields of the loaded skeleton.
    live: Vec<Live>,
}

/// A field of the loaded skeleton: a struct that is made of what is loaded.
struct Live {
    field: Ident,
    doc: String,
    ty: Ident,
}

/// Names of fields and methods that every skeleton has.
const RESERVED: &[&str] = &[
    "attach",
    "from_loaded",
    "kconfig",
    "load",
    "load_with",
    "loaded",
    "loaded_mut",
    "maps",
    "object",
    "object_mut",
    "open",
    "open_with",
    "programs",
    "struct_ops",
];
/// Names of types that every skeleton can have.
const STATES: &[&str] = &[
    "OpenMaps",
    "Maps",
    "OpenPrograms",
    "Programs",
    "Kconfig",
    "OpenStructOps",
    "StructOpsVariables",
    "StructOpsProgram",
];

/// The tokens of a skeleton, and what is poorer in it than in the object.
pub(super) fn generate(
    object: &Object,
    btf: &Btf,
    name: &str,
    embed: Embed<'_>,
) -> Result<(TokenStream, Vec<CodegenNotice>), CodegenError> {
    let mut names = Scope::with(&[PRELUDE, STATES].concat());
    let states = states::Names::new(&mut names, name);
    let types = Types::new(btf, names);
    let mut skeleton = Skeleton { object, btf, types, notices: Vec::new() };
    let mut fields = Scope::with(RESERVED);
    let mut parts = vec![skeleton.maps()?, skeleton.programs()];
    parts.extend(skeleton.sections(&mut fields)?);
    parts.push(skeleton.kconfig()?);
    parts.push(skeleton.struct_ops()?);
    let Skeleton { types, notices, .. } = skeleton;
    let types = types.finish()?;
    Ok((states::assemble(&states, object, parts, &types, embed), notices))
}
