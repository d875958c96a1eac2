//! The states of a skeleton, a type for each: open, loaded, attached.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Parts;
use crate::codegen::Embed;
use crate::codegen::names::{Scope, ident};
use crate::codegen::types::doc;
use crate::object::Object;

/// The names of the states, and of the module that they are in.
pub(super) struct Names {
    module: Ident,
    /// As in C.
    object: String,
    open: Ident,
    loaded: Ident,
    attached: Ident,
}

impl Names {
    pub(super) fn new(scope: &mut Scope, name: &str) -> Self {
        Self {
            module: Scope::default().a_value(name),
            object: name.to_owned(),
            loaded: scope.a_type(name),
            open: scope.a_type(&format!("Open_{name}")),
            attached: scope.a_type(&format!("Attached_{name}")),
        }
    }
}

/// The whole skeleton: a module.
pub(super) fn assemble(
    names: &Names,
    object: &Object,
    parts: Vec<Parts>,
    types: &TokenStream,
    embed: Embed<'_>,
) -> TokenStream {
    let (module, bytes) = (&names.module, bytes(embed));
    let (open, loaded) = (open(names, &parts), loaded(names, &parts));
    let items = parts.into_iter().map(|parts| parts.items);
    let about = format!(" The BPF object{}: [`{}`] opens it.", doc(&names.object), names.loaded);
    let endian = endian(object);
    quote! {
        #[doc = #about]
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        // Names are those of the object.
        #[allow(
            clippy::enum_variant_names,
            clippy::len_without_is_empty, clippy::module_inception, clippy::new_ret_no_self,
            clippy::should_implement_trait, clippy::wrong_self_convention,
        )]
        pub mod #module {
            #[allow(unused_imports)]
            use ::bpf_loader::{load, map, object, program, skeleton, struct_ops, zerocopy};
            #[allow(unused_imports)]
            use ::core::mem::offset_of;

            /// The object file.
            pub static OBJECT: &[u8] = #bytes;

            #endian
            #open
            #loaded
            #(#items)*
            #types
        }
    }
}

/// Layouts and values are those of one byte order.
fn endian(object: &Object) -> TokenStream {
    let order = match object.file().endian() {
        bpf_btf::Endian::Little => "little",
        bpf_btf::Endian::Big => "big",
    };
    let message = format!("this object is for {order}-endian machines");
    quote!(
        const _: () = assert!(cfg!(target_endian = #order), #message);
    )
}

fn bytes(embed: Embed<'_>) -> TokenStream {
    match embed {
        Embed::Bytes(bytes) => {
            let bytes = Literal::byte_string(bytes);
            quote!(#bytes)
        }
        Embed::File(path) => quote!(include_bytes!(#path)),
        Embed::OutDir(name) => {
            let name = format!("/{name}");
            quote!(include_bytes!(concat!(env!("OUT_DIR"), #name)))
        }
    }
}

fn open(names: &Names, parts: &[Parts]) -> TokenStream {
    let (open, loaded) = (&names.open, &names.loaded);
    let methods = parts.iter().map(|parts| &parts.open);
    quote! {
        /// The object, open: what is in it can be changed before it is loaded.
        #[derive(Clone, Debug)]
        pub struct #open { object: object::Object }

        impl #open {
            /// The object itself, for what has no method here.
            #[must_use]
            pub fn object(&self) -> &object::Object {
                &self.object
            }

            /// The object itself, to edit.
            pub fn object_mut(&mut self) -> &mut object::Object {
                &mut self.object
            }

            #(#methods)*

            /// Loads it into the running kernel. It stays as it is, to be changed and loaded again.
            ///
            /// # Errors
            /// [`load::LoadError`]; nothing stays in the kernel then.
            pub fn load(&self) -> Result<#loaded, load::LoadError> {
                #loaded::from_loaded(self.object.load()?)
            }

            /// As [`Self::load`], with options.
            ///
            /// # Errors
            /// As [`Self::load`].
            pub fn load_with(
                &self,
                kernel: &::bpf_loader::Kernel,
                options: &load::LoadOptions,
            ) -> Result<#loaded, load::LoadError> {
                #loaded::from_loaded(options.load(&self.object.plan(kernel)?, kernel)?)
            }
        }
    }
}

fn loaded(names: &Names, parts: &[Parts]) -> TokenStream {
    let Names { object, open, loaded, attached, .. } = names;
    let live = || parts.iter().flat_map(|parts| &parts.live);
    let fields = live().map(|live| {
        let (field, ty, doc) = (&live.field, &live.ty, &live.doc);
        quote!(#[doc = #doc] pub #field: #ty,)
    });
    let values = live().map(|live| {
        let (field, ty) = (&live.field, &live.ty);
        quote!(#field: #ty::new(&loaded)?,)
    });
    let hidden = ident("loaded");
    quote! {
        /// The object, loaded.
        #[derive(Debug)]
        pub struct #loaded {
            #(#fields)*
            #hidden: load::LoadedObject,
        }

        impl #loaded {
            /// Opens the object. No privileges, no system calls.
            ///
            /// # Errors
            /// [`object::OpenError`] where this version of the loader refuses what another has taken.
            pub fn open() -> Result<#open, object::OpenError> {
                Self::open_with(object::OpenOptions::new())
            }

            /// As [`Self::open`], with options.
            ///
            /// # Errors
            /// As [`Self::open`].
            pub fn open_with(options: object::OpenOptions) -> Result<#open, object::OpenError> {
                Ok(#open { object: options.or_name(#object).parse(OBJECT)? })
            }

            /// What was loaded in another way, of the object of [`Self::open`].
            ///
            /// # Errors
            /// [`load::LoadError::Skeleton`] where a map was left out or changed for which there is a field.
            pub fn from_loaded(loaded: load::LoadedObject) -> Result<Self, load::LoadError> {
                Ok(Self { #(#values)* loaded })
            }

            /// What is loaded, by names in place of fields.
            #[must_use]
            pub fn loaded(&self) -> &load::LoadedObject {
                &self.loaded
            }

            /// What is loaded, to add instances of programs.
            pub fn loaded_mut(&mut self) -> &mut load::LoadedObject {
                &mut self.loaded
            }

            /// Attaches all of it; what cannot be attached by itself is left out and listed.
            ///
            /// # Errors
            /// [`skeleton::AttachFailed`], which gives this back; nothing is attached then.
            pub fn attach(self) -> Result<#attached, Box<skeleton::AttachFailed<Self>>> {
                skeleton::Attached::new(self)
            }
        }

        impl skeleton::Skeleton for #loaded {
            fn loaded(&self) -> &load::LoadedObject {
                &self.loaded
            }
        }

        /// The object, loaded and attached for as long as this value lives.
        pub type #attached = skeleton::Attached<#loaded>;
    }
}
