//! The programs of a skeleton: a spec of each before loading, a handle of each afterwards.

use proc_macro2::TokenStream;
use quote::quote;

use super::maps::live_struct;
use super::{Live, Parts, Skeleton};
use crate::codegen::names::{Scope, ident};
use crate::codegen::types::doc;

impl Skeleton<'_> {
    /// What is made of all programs.
    pub(super) fn programs(&mut self) -> Parts {
        let programs = self.object.file().programs();
        if programs.is_empty() {
            return Parts::default();
        }
        let mut scope = Scope::default();
        let (mut specs, mut fields, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for program in programs {
            let (field, name) = (scope.a_value(&program.name), program.name.as_str());
            let of = format!(" Program{}, in{}", doc(name), doc(&format!("SEC(\"{}\")", program.section)));
            let spec = format!("{of}, as it will be planned.");
            specs.push((field.clone(), name, spec));
            let about = format!("{of}.");
            fields.push(quote!(#[doc = #about] pub #field: skeleton::Handle<program::Program>,));
            values.push(quote!(#field: skeleton::Handle::program(loaded, #name),));
        }
        let methods: Vec<TokenStream> = specs
            .into_iter()
            .map(|(field, name, spec)| {
                let setter = scope.a_value(&format!("{field}_instances"));
                let about = format!(" Loads{} several times, each time with a difference.", doc(name));
                quote! {
                    #[doc = #spec]
                    pub fn #field(self) -> Result<&'a mut object::ProgramSpec, object::SpecError> {
                        self.object.program_mut(#name)
                    }

                    #[doc = #about]
                    pub fn #setter(self, instances: object::Instances) -> Result<(), object::SpecError> {
                        self.object.set_instances(#name, instances).map(drop)
                    }
                }
            })
            .collect();
        let (open, live) = (ident("OpenPrograms"), ident("Programs"));
        let mut items = quote! {
            /// The programs before they are loaded.
            #[derive(Debug)]
            pub struct #open<'a> { object: &'a mut object::Object }

            /// For all: [`object::SpecError::NoSuch`] where the object is not the one that this was generated from.
            impl<'a> #open<'a> { #(#methods)* }
        };
        items.extend(live_struct(&live, " The programs.", &fields, &values));
        Parts {
            items,
            open: quote! {
                /// The programs, as they will be planned.
                pub fn programs(&mut self) -> #open<'_> { #open { object: &mut self.object } }
            },
            live: vec![Live { field: ident("programs"), doc: " The programs.".into(), ty: live }],
        }
    }
}
