//! An item as lines: itself, and what can be named in it.

use syn::{Attribute, Fields, Item, Signature, TraitItem, Visibility};

use super::print::text;

/// The lines of an item that is public by that path.
pub(super) fn lines(item: &Item, path: &str) -> Vec<String> {
    match item {
        Item::Const(found) => {
            vec![conditional(&found.attrs, &format!("pub const {path}: {}", text(&found.ty)))]
        }
        Item::Static(found) => {
            vec![conditional(&found.attrs, &format!("pub static {path}: {}", text(&found.ty)))]
        }
        Item::Fn(found) => {
            vec![conditional(&found.attrs, &format!("pub {}", signature(&found.sig, path)))]
        }
        Item::Type(found) => {
            vec![format!("pub type {path}{} = {}", text(&found.generics), text(&found.ty))]
        }
        Item::Struct(found) => structure(found, path),
        Item::Union(found) => vec![format!("pub union {path}{}", text(&found.generics))],
        Item::Enum(found) => enumeration(found, path),
        Item::Trait(found) => interface(found, path),
        _ => Vec::new(),
    }
}

/// `fn path::name(arguments) -> type`.
pub(super) fn signature(found: &Signature, path: &str) -> String {
    text(found).replacen(&format!("fn {}", found.ident), &format!("fn {path}"), 1)
}

/// The line, behind what must be so for the item to be there.
pub(super) fn conditional(attrs: &[Attribute], line: &str) -> String {
    condition(attrs).map_or_else(|| line.to_owned(), |condition| format!("{condition} {line}"))
}

/// The `cfg` attribute.
pub(super) fn condition(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().find(|attr| attr.path().is_ident("cfg")).map(text)
}

fn head(attrs: &[Attribute], word: &str, path: &str, generics: &syn::Generics) -> String {
    let open = attrs.iter().any(|attr| attr.path().is_ident("non_exhaustive"));
    let mark = if open { "#[non_exhaustive] " } else { "" };
    let bounds =
        generics.where_clause.as_ref().map(|bounds| format!(" {}", text(bounds))).unwrap_or_default();
    conditional(attrs, &format!("{mark}pub {word} {path}{}{bounds}", text(generics)))
}

fn structure(found: &syn::ItemStruct, path: &str) -> Vec<String> {
    let is_public = |vis: &Visibility| matches!(vis, Visibility::Public(_));
    let whole = found.fields.iter().all(|field| is_public(&field.vis));
    let mut shape = String::new();
    let mut out = Vec::new();
    match &found.fields {
        Fields::Unnamed(fields) => {
            let field = |field: &syn::Field| {
                if is_public(&field.vis) { format!("pub {}", text(&field.ty)) } else { "_".to_owned() }
            };
            shape = format!("({})", fields.unnamed.iter().map(field).collect::<Vec<_>>().join(", "));
        }
        Fields::Named(fields) => {
            // Nobody else can make one where some fields are private.
            shape = (if whole { "" } else { " { .. }" }).to_owned();
            let public = fields.named.iter().filter(|field| is_public(&field.vis));
            out.extend(public.map(|field| {
                format!(
                    "pub {path}::{}: {}",
                    field.ident.as_ref().map(ToString::to_string).unwrap_or_default(),
                    text(&field.ty)
                )
            }));
        }
        Fields::Unit => {}
    }
    out.push(format!("{}{shape}", head(&found.attrs, "struct", path, &found.generics)));
    out.extend(derived(&found.attrs, path));
    out
}

fn enumeration(found: &syn::ItemEnum, path: &str) -> Vec<String> {
    let mut out = vec![head(&found.attrs, "enum", path, &found.generics)];
    for variant in &found.variants {
        let mut bare = variant.fields.clone();
        bare.iter_mut().for_each(|field| field.attrs.clear());
        let (open, close) = match bare {
            Fields::Named(_) => (" ", ""),
            _ => ("", ""),
        };
        let fields = text(&bare);
        out.push(format!("pub {path}::{}{open}{fields}{close}", variant.ident).trim_end().to_owned());
    }
    out.extend(derived(&found.attrs, path));
    let converted = found.variants.iter().flat_map(|variant| &variant.fields);
    let from = converted.filter(|field| field.attrs.iter().any(|attr| attr.path().is_ident("from")));
    out.extend(from.map(|field| format!("impl From<{}> for {path}", text(&field.ty))));
    out
}

fn interface(found: &syn::ItemTrait, path: &str) -> Vec<String> {
    let supers = text(&found.supertraits);
    let supers = if supers.is_empty() { supers } else { format!(": {supers}") };
    let mut out = vec![format!("{}{supers}", head(&found.attrs, "trait", path, &found.generics))];
    for item in &found.items {
        out.extend(match item {
            TraitItem::Fn(found) => {
                let provided = if found.default.is_some() { " { .. }" } else { "" };
                let path = format!("{path}::{}", found.sig.ident);
                Some(format!("pub {}{provided}", signature(&found.sig, &path)))
            }
            TraitItem::Const(found) => {
                Some(format!("pub const {path}::{}: {}", found.ident, text(&found.ty)))
            }
            TraitItem::Type(found) => Some(format!("pub type {path}::{}", found.ident)),
            _ => None,
        });
    }
    out
}

/// What is derived. `Error` is that of thiserror, which makes `Display` too.
fn derived(attrs: &[Attribute], path: &str) -> Vec<String> {
    let mut out = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
        let _ = attr.parse_nested_meta(|meta| {
            let name = meta.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            out.extend((name == "Error").then(|| format!("impl Display for {path}")));
            out.push(format!("impl {name} for {path}"));
            Ok(())
        });
    }
    out
}
