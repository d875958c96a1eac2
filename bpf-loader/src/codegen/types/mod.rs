//! Types of BTF as Rust source: structs, unions, enumerations and typedefs, each with the layout that BTF tells of.
//!
//! Every type is made of any bytes and has no byte that is not named, so zerocopy's traits hold by construction: `bool` is a
//! byte that is checked when it is read, an enumeration a struct around its number, a union the bytes of it.

mod emit;
mod enums;
mod record;
mod scalar;

use std::collections::{HashMap, VecDeque};

use bpf_btf::{Btf, Kind, Type, TypeError, TypeId, dump, layout};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

pub(crate) use scalar::{Form, Ty, literal};

use super::CodegenError;
use super::names::Scope;

/// The most types that are generated. The whole of a kernel has some ten thousand structs.
const MAX_TYPES: usize = 1 << 16;
/// The longest chain of typedefs and arrays. Real ones have fewer than ten links.
const MAX_DEPTH: u32 = 64;
/// Bytes of the longest name that types inside a type are named after.
const LONGEST_BASE: usize = 160;

/// The types that were asked for, and those that they are made of.
pub(crate) struct Types<'a> {
    btf: &'a Btf,
    scope: Scope,
    known: HashMap<TypeId, Ty>,
    /// Named, and not defined yet, with the C name that types inside them are named after.
    open: VecDeque<(Type<'a>, Ident, String)>,
    items: Vec<TokenStream>,
}

impl<'a> Types<'a> {
    /// Names that are taken in the scope are not given to types.
    pub(crate) fn new(btf: &'a Btf, scope: Scope) -> Self {
        Self { btf, scope, known: HashMap::new(), open: VecDeque::new(), items: Vec::new() }
    }

    /// A name for a type that is not of the object, beside those that are.
    pub(crate) fn name(&mut self, c: &str) -> Ident {
        self.scope.a_type(c)
    }

    /// The Rust type of a BTF type; `base` is the C name to use where that has none.
    pub(crate) fn ty(&mut self, id: TypeId, base: &str) -> Result<Ty, TypeError> {
        self.at_depth(id, base, MAX_DEPTH)
    }

    /// The definitions, in the order in which they were reached.
    pub(crate) fn finish(mut self) -> Result<TokenStream, CodegenError> {
        while let Some((found, name, base)) = self.open.pop_front() {
            if self.items.len() >= MAX_TYPES {
                return Err(CodegenError::TooMany { limit: MAX_TYPES });
            }
            let item = self.define(found, &name, &base);
            let failed = |source| CodegenError::Type { kind: "type", name: base.clone(), source };
            self.items.push(item.map_err(failed)?);
        }
        let items = self.items;
        Ok(quote!(#(#items)*))
    }

    fn at_depth(&mut self, id: TypeId, base: &str, depth: u32) -> Result<Ty, TypeError> {
        let depth = depth.checked_sub(1).ok_or(TypeError::TooDeep { id, limit: MAX_DEPTH })?;
        let found = layout::strip_qualifiers(self.btf, id)?;
        if let Some(known) = self.known.get(&found.id()) {
            return Ok(known.clone());
        }
        match found.kind() {
            Kind::TYPEDEF => self.typedef(found, depth),
            Kind::INT => Ok(scalar::int(&found)),
            Kind::FLOAT => Ok(scalar::float(&found)),
            Kind::PTR => Ok(Ty::address()),
            Kind::ARRAY => {
                let none = TypeError::NoSize { id, kind: Kind::ARRAY };
                let array = found.array().ok_or(none)?;
                let element = self.at_depth(array.element, base, depth)?;
                element.array(array.len).ok_or(TypeError::TooLarge { id, limit: u32::MAX })
            }
            Kind::STRUCT | Kind::UNION | Kind::ENUM | Kind::ENUM64 => self.named(found, base),
            kind => Err(TypeError::NoSize { id, kind }),
        }
    }

    fn typedef(&mut self, found: Type<'a>, depth: u32) -> Result<Ty, TypeError> {
        let (id, name) = (found.id(), found.name()?);
        let none = TypeError::NoSize { id, kind: Kind::TYPEDEF };
        let target = layout::strip_qualifiers(self.btf, found.target().ok_or(none)?)?;
        let is_int = layout::strip_modifiers(self.btf, id)?.kind() == Kind::INT;
        let ty = self.at_depth(target.id(), name, depth)?;
        let alias = match target.kind() {
            _ if is_int && scalar::is_well_known(name) => false,
            // One that is there for the name of what has none itself, or has the same.
            _ => ty.tokens.to_string() != super::names::camel(name),
        };
        let ty = if alias { self.alias(&found, name, ty) } else { ty };
        self.known.insert(id, ty.clone());
        Ok(ty)
    }

    fn alias(&mut self, found: &Type<'_>, name: &str, ty: Ty) -> Ty {
        let alias = self.scope.a_type(name);
        let (tokens, doc) = (ty.tokens, format!("{}.", self.declared(found)));
        self.items.push(quote!(#[doc = #doc] pub type #alias = #tokens;));
        Ty { tokens: quote!(#alias), ..ty }
    }

    /// Names a type that has a definition of its own, and puts it down to be defined.
    fn named(&mut self, found: Type<'a>, base: &str) -> Result<Ty, TypeError> {
        let own = found.name()?;
        let base = cut(if own.is_empty() { base } else { own });
        let size = found.size().unwrap_or(0);
        let (align, form) = match found.kind() {
            Kind::STRUCT | Kind::UNION => (self.align_of(&found)?, Form::Other),
            _ => match scalar::int_of(size, found.kflag()).filter(|int| int.size <= 8) {
                Some(int) => (int.align, Form::Enum),
                None => return Ok(Ty::bytes(size)),
            },
        };
        let name = self.scope.a_type(base);
        let ty = Ty { tokens: quote!(#name), size, align, form };
        self.known.insert(found.id(), ty.clone());
        self.open.push_back((found, name, base.to_owned()));
        Ok(ty)
    }

    fn define(&mut self, found: Type<'a>, name: &Ident, base: &str) -> Result<TokenStream, TypeError> {
        let size = found.size().unwrap_or(0);
        let doc = format!("{}: {size} {}.", self.declared(&found), if size == 1 { "byte" } else { "bytes" });
        if found.kind().is_enum() {
            let none = TypeError::NoSize { id: found.id(), kind: found.kind() };
            return enums::define(&found, name, &scalar::int_of(size, found.kflag()).ok_or(none)?, &doc);
        }
        let record = self.record(found, base)?;
        Ok(emit::record(&record, name, &doc))
    }

    /// A type as C calls it, for documentation.
    fn declared(&self, found: &Type<'_>) -> String {
        let name = found.name().unwrap_or_default();
        match (found.kind(), name) {
            (Kind::TYPEDEF, _) => doc(&format!(
                "typedef {}",
                dump::declaration(self.btf, found.target().unwrap_or_default(), name)
            )),
            (kind, "") => format!(" A {} without a name in C", kind.word()),
            (kind, _) => doc(&format!("{} {name}", kind.word())),
        }
    }
}

/// C as it stands in documentation.
pub(crate) fn doc(c: &str) -> String {
    format!(" `{}`", text(c))
}

/// The declaration of a variable, as it stands in documentation.
pub(crate) fn declared(btf: &Btf, id: TypeId, name: &str) -> String {
    doc(&dump::declaration(btf, id, name))
}

/// C without what would end a piece of code in documentation.
pub(crate) fn text(c: &str) -> String {
    c.chars().map(|letter| if letter == '`' || letter.is_control() { '?' } else { letter }).collect()
}

/// A name that others are made of, of bounded length.
fn cut(name: &str) -> &str {
    let end = (0..=LONGEST_BASE.min(name.len())).rev().find(|at| name.is_char_boundary(*at));
    name.get(..end.unwrap_or(0)).unwrap_or(name)
}
