//! The variables of a skeleton, a struct for each data section; and the values of the kernel's configuration.

use bpf_btf::{VarLinkage, layout};
use bpf_elf::{DataKind, ExternKind, Global, MapDef, MapKind};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::maps::live_struct;
use super::{Live, Parts, Skeleton};
use crate::codegen::CodegenError;
use crate::codegen::names::{Scope, ident};
use crate::codegen::types::{Form, Ty, declared, doc, literal};

impl Skeleton<'_> {
    /// What is made of the data sections that have variables, a part for each.
    pub(super) fn sections(&mut self, scope: &mut Scope) -> Result<Vec<Parts>, CodegenError> {
        let file = self.object.file();
        let with_variables = file.maps().iter().filter(|def| !file.globals_of(def.id).is_empty());
        with_variables.map(|def| self.section(def, scope)).collect()
    }

    fn section(&mut self, def: &MapDef, scope: &mut Scope) -> Result<Parts, CodegenError> {
        let section = match &def.kind {
            MapKind::Data(section) => Some(section),
            _ => def.globals.as_deref(),
        };
        let constant = section.is_some_and(|section| section.kind == DataKind::Rodata);
        let base = def.name.trim_start_matches('.');
        let (field, map) = (scope.a_value(base), def.name.as_str());
        let (open, live) = (self.types.name(&format!("Open_{base}")), self.types.name(base));
        let mut names = Scope::default();
        let (mut methods, mut fields, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for global in self.object.file().globals_of(def.id) {
            let ty = self.global(global)?;
            let (name, offset) = (names.a_value(&global.name), global.offset);
            let at = literal(offset);
            let of = declared(self.btf, global.type_id, &global.name);
            let hidden = if global.linkage == VarLinkage::Static { ", static" } else { "" };
            let (open_ty, live_ty) = handles(&ty, constant);
            let (initial, about) = (format!("{of}{hidden}: its initial value."), format!("{of}{hidden}."));
            let open_new = open_path(&ty);
            methods.push(quote! {
                #[doc = #initial]
                #[must_use]
                pub fn #name(self) -> #open_ty { #open_new::new(self.object, #map, #at) }
            });
            let live_new = live_path(&ty, constant);
            fields.push(quote!(#[doc = #about] pub #name: #live_ty,));
            values.push(quote!(#name: #live_new::new(loaded, #map, #at)?,));
        }
        let about = format!(" The variables of{}", doc(map));
        let (before, after) = (format!("{about} before they are loaded."), format!("{about}."));
        let mut items = quote! {
            #[doc = #before]
            #[derive(Debug)]
            pub struct #open<'a> { object: &'a mut object::Object }

            impl<'a> #open<'a> { #(#methods)* }
        };
        items.extend(live_struct(&live, &after, &fields, &values));
        Ok(Parts {
            items,
            open: quote! {
                #[doc = #after]
                pub fn #field(&mut self) -> #open<'_> { #open { object: &mut self.object } }
            },
            live: vec![Live { field, doc: after, ty: live }],
        })
    }

    /// The type of a variable: bytes where it is not as long as its type says.
    fn global(&mut self, global: &Global) -> Result<Ty, CodegenError> {
        let failed = |source| CodegenError::Type { kind: "variable", name: global.name.clone(), source };
        let ty = self.types.ty(global.type_id, &global.name).map_err(failed)?;
        Ok(if ty.size == global.size { ty } else { Ty::bytes(global.size) })
    }

    /// What is made of the values of the kernel's configuration.
    pub(super) fn kconfig(&mut self) -> Result<Parts, CodegenError> {
        let (mut fields, mut values) = (Vec::new(), Vec::new());
        let mut names = Scope::default();
        for found in self.object.file().externs() {
            let ExternKind::Kconfig { size, .. } = found.kind else { continue };
            let name = found.name.as_str();
            let failed = |source| CodegenError::Type { kind: "variable", name: name.to_owned(), source };
            let target = found.type_id.map(|id| self.btf.get(id).map(|var| var.target())).transpose();
            let ty = match target.map_err(failed)?.flatten() {
                Some(id) if layout::size_of(self.btf, id) == Ok(size) => {
                    self.types.ty(id, name).map_err(failed)?
                }
                _ => Ty::bytes(size),
            };
            let (field, (_, live_ty), live_new) =
                (names.a_value(name), handles(&ty, true), live_path(&ty, true));
            let about = format!("{}.", doc(name));
            fields.push(quote!(#[doc = #about] pub #field: #live_ty,));
            values.push(quote!(#field: #live_new::kconfig(loaded, #name)?,));
        }
        if fields.is_empty() {
            return Ok(Parts::default());
        }
        let (live, about) = (ident("Kconfig"), " The values of the kernel's configuration.");
        Ok(Parts {
            items: live_struct(&live, about, &fields, &values),
            open: TokenStream::new(),
            live: vec![Live { field: ident("kconfig"), doc: about.into(), ty: live }],
        })
    }
}

/// The types of a variable's handles: before loading, and afterwards.
fn handles(ty: &Ty, constant: bool) -> (TokenStream, TokenStream) {
    let (open, live) = (open_path(ty), live_path(ty, constant));
    let of = &ty.tokens;
    match ty.form {
        Form::Bool => (quote!(#open<'a>), live),
        _ => (quote!(#open<'a, #of>), quote!(#live<#of>)),
    }
}

fn open_path(ty: &Ty) -> TokenStream {
    path(if ty.form == Form::Bool { "OpenBool" } else { "OpenVar" })
}

fn live_path(ty: &Ty, constant: bool) -> TokenStream {
    path(match (&ty.form, constant) {
        (Form::Bool, true) => "ReadBool",
        (Form::Bool, false) => "BoolVar",
        (_, true) => "ReadVar",
        (_, false) => "Var",
    })
}

fn path(name: &str) -> TokenStream {
    let name: Ident = ident(name);
    quote!(skeleton::#name)
}
