//! The struct_ops variables of a skeleton: callbacks and other members by name before loading, a handle of each afterwards.

use std::collections::HashMap;

use bpf_btf::{Type, TypeId, dump, layout};
use bpf_elf::StructOpsVar;
use bpf_sys::uapi::ProgramType;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::maps::live_struct;
use super::{Live, Parts, Skeleton};
use crate::codegen::names::{Scope, ident};
use crate::codegen::types::doc;
use crate::codegen::{CodegenError, CodegenNotice};

impl Skeleton<'_> {
    /// What is made of all struct_ops variables.
    pub(super) fn struct_ops(&mut self) -> Result<Parts, CodegenError> {
        let variables = self.object.file().struct_ops();
        if variables.is_empty() {
            return Ok(Parts::default());
        }
        let mut items = self.callbacks();
        let mut known: HashMap<TypeId, Ident> = HashMap::new();
        let mut scope = Scope::default();
        let (mut methods, mut fields, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for variable in variables {
            let (field, name) = (scope.a_value(&variable.name), variable.name.as_str());
            let ty = match known.get(&variable.type_id) {
                Some(ty) => ty.clone(),
                None => {
                    let ty = self.types.name(&format!("Open_{}", variable.type_name));
                    items.extend(self.members(variable, &ty)?);
                    known.insert(variable.type_id, ty.clone());
                    ty
                }
            };
            let about = doc(&format!("struct {} {name}", variable.type_name));
            let (before, after) = (format!("{about}, to edit."), format!("{about}."));
            methods.push(quote! {
                #[doc = #before]
                pub fn #field(self) -> Result<#ty<'a>, object::SpecError> {
                    Ok(#ty { spec: self.object.struct_ops_mut(#name)? })
                }
            });
            fields.push(quote!(#[doc = #after] pub #field: skeleton::Handle<struct_ops::StructOps>,));
            values.push(quote!(#field: skeleton::Handle::struct_ops(loaded, #name),));
        }
        let (open, live) = (ident("OpenStructOps"), ident("StructOpsVariables"));
        items.extend(quote! {
            /// The struct_ops variables before they are loaded.
            #[derive(Debug)]
            pub struct #open<'a> { object: &'a mut object::Object }

            /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
            impl<'a> #open<'a> { #(#methods)* }
        });
        let about = " The struct_ops variables.";
        items.extend(live_struct(&live, about, &fields, &values));
        Ok(Parts {
            items,
            open: quote! {
                #[doc = #about]
                pub fn struct_ops(&mut self) -> #open<'_> { #open { object: &mut self.object } }
            },
            live: vec![Live { field: ident("struct_ops"), doc: about.into(), ty: live }],
        })
    }

    /// The programs that callbacks can be, as an enumeration.
    fn callbacks(&mut self) -> TokenStream {
        let object = self.object;
        let of = |program: &&bpf_elf::Program| {
            let declared = object.program(program.id).and_then(|spec| spec.program_type());
            let used = || {
                object.file().struct_ops().iter().any(|variable| {
                    variable.callbacks.iter().any(|(_, function)| *function == program.function)
                })
            };
            declared == Some(ProgramType::STRUCT_OPS) || used()
        };
        let mut scope = Scope::default();
        let (mut variants, mut arms) = (Vec::new(), Vec::new());
        for program in self.object.file().programs().iter().filter(of) {
            let (variant, name) = (scope.a_type(&program.name), program.name.as_str());
            let about = format!(" Program{}.", doc(name));
            variants.push(quote!(#[doc = #about] #variant,));
            arms.push(quote!(Self::#variant => #name,));
        }
        if variants.is_empty() {
            return TokenStream::new();
        }
        let name = ident("StructOpsProgram");
        quote! {
            /// The programs that a callback of a struct_ops variable can be.
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum #name { #(#variants)* }

            impl AsRef<str> for #name {
                fn as_ref(&self) -> &str {
                    match self { #(#arms)* }
                }
            }
        }
    }

    /// What can be edited of variables of a type.
    fn members(&mut self, variable: &StructOpsVar, name: &Ident) -> Result<TokenStream, CodegenError> {
        let failed = |source| CodegenError::Type { kind: "variable", name: variable.name.clone(), source };
        let found: Type<'_> = self.btf.get(variable.type_id).map_err(failed)?;
        let mut scope = Scope::with(&["spec"]);
        let mut methods = Vec::new();
        for member in found.members() {
            let c = member.name().map_err(failed)?;
            if c.is_empty() || found.member(c).is_some_and(|first| first.index != member.index) {
                continue;
            }
            if layout::bitfield(self.btf, &member).map_err(failed)?.is_some() {
                let (variable, member) = (variable.name.clone(), c.to_owned());
                self.notices.push(CodegenNotice::Member { variable, member });
                continue;
            }
            let (method, about) = (scope.a_value(c), format!("{}.", doc(&dump::member(self.btf, &member))));
            if layout::function_pointer(self.btf, member.type_id).map_err(failed)?.is_some() {
                methods.push(quote! {
                    #[doc = #about]
                    #[must_use]
                    pub fn #method(&mut self) -> skeleton::Callback<'_> {
                        skeleton::Callback::new(self.spec, #c)
                    }
                });
            } else {
                let base = format!("{}_{c}", variable.type_name);
                let ty = self.types.ty(member.type_id, &base).map_err(failed)?.tokens;
                methods.push(quote! {
                    #[doc = #about]
                    #[must_use]
                    pub fn #method(&mut self) -> skeleton::Member<'_, #ty> {
                        skeleton::Member::new(self.spec, #c)
                    }
                });
            }
        }
        let about = format!(
            " A variable of type{}, before it is loaded.",
            doc(&format!("struct {}", variable.type_name))
        );
        Ok(quote! {
            #[doc = #about]
            #[derive(Debug)]
            pub struct #name<'a> { spec: &'a mut object::StructOpsSpec }

            impl #name<'_> {
                /// Its spec, for what has no method here.
                #[must_use]
                pub fn spec(&mut self) -> &mut object::StructOpsSpec {
                    self.spec
                }

                #(#methods)*
            }
        })
    }
}
