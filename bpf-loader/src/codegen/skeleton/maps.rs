//! The maps of a skeleton: a spec of each before loading, a typed handle of each afterwards.

use bpf_btf::{Kind, TypeId, layout};
use bpf_elf::{DataKind, MapDef, MapKind};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::handle::Handle;
use super::{Live, Parts, Skeleton};
use crate::codegen::names::{Scope, ident};
use crate::codegen::types::{Ty, doc};
use crate::codegen::{CodegenError, CodegenNotice};

/// Bytes of a prefix's length, in front of a key of a trie.
const PREFIX: u32 = 4;

impl Skeleton<'_> {
    /// What is made of all maps.
    pub(super) fn maps(&mut self) -> Result<Parts, CodegenError> {
        let file = self.object.file();
        if file.maps().is_empty() {
            return Ok(Parts::default());
        }
        let mut scope = Scope::default();
        let (mut specs, mut fields, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for def in file.maps() {
            let (field, name) = (scope.a_value(&def.name), def.name.as_str());
            let of = doc(name);
            let spec = format!(" Map{of}, as it will be planned.");
            specs.push(quote! {
                #[doc = #spec]
                pub fn #field(self) -> Result<&'a mut object::MapSpec, object::SpecError> {
                    self.object.map_mut(#name)
                }
            });
            let Some(handle) = self.map(def)? else { continue };
            let about = about(def);
            let is_raw = handle.to_string() == quote!(map::Map).to_string();
            let (ty, value) = match (def.autocreate, is_raw) {
                (true, true) => (handle, quote!(loaded.map(#name)?.clone())),
                (true, false) => (handle.clone(), quote!(TryFrom::try_from(loaded.map(#name)?)?)),
                (false, true) => (quote!(Option<#handle>), quote!(loaded.map(#name).ok().cloned())),
                (false, false) => (
                    quote!(Option<#handle>),
                    quote!(loaded.map(#name).ok().map(TryFrom::try_from).transpose()?),
                ),
            };
            fields.push(quote!(#[doc = #about] pub #field: #ty,));
            values.push(quote!(#field: #value,));
        }
        let (open, live) = (ident("OpenMaps"), ident("Maps"));
        let mut parts = Parts {
            items: quote! {
                /// The maps before they are loaded.
                #[derive(Debug)]
                pub struct #open<'a> { object: &'a mut object::Object }

                /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
                impl<'a> #open<'a> { #(#specs)* }
            },
            open: quote! {
                /// The maps, data sections and struct_ops variables too, as they will be planned.
                pub fn maps(&mut self) -> #open<'_> { #open { object: &mut self.object } }
            },
            live: Vec::new(),
        };
        if !fields.is_empty() {
            parts.items.extend(live_struct(&live, " The maps.", &fields, &values));
            parts.live.push(Live { field: ident("maps"), doc: " The maps.".into(), ty: live });
        }
        Ok(parts)
    }

    /// The type of a map's handle; nothing for what is reached in another way.
    fn map(&mut self, def: &MapDef) -> Result<Option<TokenStream>, CodegenError> {
        let handle = match &def.kind {
            MapKind::Declared { .. } | MapKind::Legacy { .. } => Handle::of(def),
            MapKind::StructOps(_) | MapKind::Kconfig => return Ok(None),
            // Text, mostly, which has no variables.
            MapKind::Data(section) if self.object.file().globals_of(def.id).is_empty() => {
                if section.kind != DataKind::Rodata {
                    self.notices.push(CodegenNotice::RawMap { map: def.name.clone() });
                }
                Handle::Raw
            }
            MapKind::Data(_) => return Ok(None),
            _ => {
                self.notices.push(CodegenNotice::RawMap { map: def.name.clone() });
                Handle::Raw
            }
        };
        let (mut key, mut value) = (TokenStream::new(), TokenStream::new());
        if matches!(handle, Handle::KeyValue(_) | Handle::Key(_)) {
            key = self.element(def, "key", def.key_type, def.key_size)?.tokens;
        } else if matches!(handle, Handle::PrefixValue(_)) {
            key = self.prefix(def)?.tokens;
        }
        if matches!(handle, Handle::KeyValue(_) | Handle::PrefixValue(_) | Handle::Value(_)) {
            value = self.element(def, "value", def.value_type, def.value_size)?.tokens;
        }
        Ok(Some(handle.tokens(&key, &value)))
    }

    /// The type of a map's keys or values: bytes where BTF tells of none of that size.
    fn element(
        &mut self,
        def: &MapDef,
        what: &'static str,
        id: Option<TypeId>,
        size: u32,
    ) -> Result<Ty, CodegenError> {
        let Some(id) = id.filter(|id| *id != TypeId::VOID) else { return Ok(Ty::bytes(size)) };
        let failed = |source| CodegenError::Type { kind: "map", name: def.name.clone(), source };
        let ty = self.types.ty(id, &format!("{}_{what}", def.name)).map_err(failed)?;
        if ty.size == size {
            return Ok(ty);
        }
        self.notices.push(CodegenNotice::ElementSize {
            map: def.name.clone(),
            what,
            expected: size,
            found: ty.size,
        });
        Ok(Ty::bytes(size))
    }

    /// The type of what stands behind the length of a prefix.
    fn prefix(&mut self, def: &MapDef) -> Result<Ty, CodegenError> {
        let size = def.key_size.saturating_sub(PREFIX);
        let failed = |source| CodegenError::Type { kind: "map", name: def.name.clone(), source };
        let Some(id) = def.key_type.filter(|id| *id != TypeId::VOID) else { return Ok(Ty::bytes(size)) };
        let found = layout::strip_modifiers(self.btf, id).map_err(failed)?;
        let behind = found.members().filter(|member| member.bit_offset == PREFIX * 8).last();
        match behind.filter(|_| found.kind() == Kind::STRUCT) {
            Some(member) => {
                let ty = self.types.ty(member.type_id, &format!("{}_key", def.name)).map_err(failed)?;
                Ok(if ty.size == size { ty } else { Ty::bytes(size) })
            }
            None => Ok(Ty::bytes(size)),
        }
    }
}

fn about(def: &MapDef) -> String {
    let of = doc(&def.name);
    let left_out = if def.autocreate { "" } else { "; `None` unless it was asked for before loading" };
    match def.max_entries {
        0 => format!(" Map{of}: {}{left_out}.", def.map_type),
        entries => format!(" Map{of}: {} of {entries}{left_out}.", def.map_type),
    }
}

/// A struct of what is loaded, and how it is made.
pub(super) fn live_struct(
    name: &Ident,
    doc: &str,
    fields: &[TokenStream],
    values: &[TokenStream],
) -> TokenStream {
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        pub struct #name { #(#fields)* }

        impl #name {
            fn new(loaded: &load::LoadedObject) -> Result<Self, map::MapError> {
                Ok(Self { #(#values)* })
            }
        }
    }
}
