//! A struct or union as Rust source: the definition, what it implements, its views, and what is asserted of its layout.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::record::{Piece, Place, Record, View};
use super::scalar::{Form, int_of, literal};

/// What every type is: copied, compared by its bytes as a map compares keys, and made of any bytes.
pub(super) fn derives(debug: bool) -> TokenStream {
    let debug = if debug { quote!(Debug,) } else { TokenStream::new() };
    quote! {
        #[derive(
            Clone, Copy, #debug
            zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::Immutable, zerocopy::KnownLayout,
            zerocopy::ByteEq, zerocopy::ByteHash,
        )]
        #[zerocopy(crate = "::bpf_loader::zerocopy")]
    }
}

/// All of a struct or union.
pub(super) fn record(record: &Record, name: &Ident, doc: &str) -> TokenStream {
    let plain =
        record.views.is_empty() && record.pieces.iter().all(|piece| matches!(piece, Piece::Field { .. }));
    let derives = derives(plain);
    let fields = record.pieces.iter().map(|piece| field(piece, record));
    let debug = if plain { TokenStream::new() } else { debug(record, name) };
    let views = views(record, name);
    let asserts = asserts(record, name);
    quote! {
        #[doc = #doc]
        #derives
        #[repr(C)]
        pub struct #name { #(#fields)* }

        impl Default for #name {
            /// All bytes zero.
            fn default() -> Self {
                zerocopy::FromZeros::new_zeroed()
            }
        }
        #debug
        #views
        #asserts
    }
}

fn field(piece: &Piece, record: &Record) -> TokenStream {
    match piece {
        Piece::Field { name, ty, doc, .. } => {
            let ty = &ty.tokens;
            quote!(#[doc = #doc] pub #name: #ty,)
        }
        Piece::Bytes { name, len, .. } => {
            let len = literal(*len);
            quote!(#[doc(hidden)] pub #name: [u8; #len],)
        }
        Piece::Words { name } => {
            let (word, count) = (word(record.align), literal(record.size / record.align.max(1)));
            quote!(#[doc(hidden)] pub #name: [#word; #count],)
        }
        Piece::Align { name } => {
            let word = word(record.align);
            quote!(#[doc(hidden)] pub #name: [#word; 0],)
        }
    }
}

fn word(align: u32) -> TokenStream {
    int_of(align, false).map_or_else(|| quote!(u8), |word| word.tokens)
}

/// Shows what has a name in C.
fn debug(record: &Record, name: &Ident) -> TokenStream {
    let fields = record.pieces.iter().filter_map(|piece| match piece {
        Piece::Field { name, .. } => {
            let label = name.to_string();
            Some(quote!(.field(#label, &self.#name)))
        }
        _ => None,
    });
    let views = record.views.iter().map(|View { name, .. }| {
        let label = name.to_string();
        quote!(.field(#label, &self.#name()))
    });
    let label = name.to_string();
    quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#label) #(#fields)* #(#views)* .finish()
            }
        }
    }
}

fn views(record: &Record, name: &Ident) -> TokenStream {
    if record.views.is_empty() {
        return TokenStream::new();
    }
    let methods = record.views.iter().map(view);
    quote!(impl #name { #(#methods)* })
}

fn view(view: &View) -> TokenStream {
    let View { name, setter, ty, place, doc } = view;
    let of = &ty.tokens;
    let (ty, get, set) = match place {
        Place::Bytes(at) => {
            let at = literal(*at);
            (of.clone(), quote!(skeleton::read_at(self, #at)), quote!(skeleton::write_at(self, #at, &value)))
        }
        Place::Bits(bits) => {
            let (at, width) = (literal(bits.offset), literal(bits.width));
            let get = quote!(skeleton::bits_at(self, #at, #width));
            let set = |value| quote!(skeleton::set_bits_at(self, #at, #width, #value));
            match ty.form {
                Form::Bool => {
                    let get = quote!(skeleton::bits_at::<_, u8>(self, #at, #width) != 0);
                    (quote!(bool), get, set(quote!(u8::from(value))))
                }
                Form::Enum => (of.clone(), quote!(#of(#get)), set(quote!(value.0))),
                Form::Int | Form::Other => (of.clone(), get, set(quote!(value))),
            }
        }
    };
    let set_doc = format!(" Sets{doc}.");
    quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #name(&self) -> #ty {
            #get
        }

        #[doc = #set_doc]
        pub fn #setter(&mut self, value: #ty) {
            #set;
        }
    }
}

/// What the compiler checks: that this is the layout which BTF tells of.
fn asserts(record: &Record, name: &Ident) -> TokenStream {
    let (size, align) = (literal(record.size), literal(record.align));
    let fields = record.pieces.iter().filter_map(|piece| match piece {
        Piece::Field { name: field, offset, .. } => {
            let offset = literal(*offset);
            Some(quote!((offset_of!(#name, #field), #offset)))
        }
        Piece::Bytes { .. } | Piece::Words { .. } | Piece::Align { .. } => None,
    });
    let views = record.views.iter().filter_map(|view| match view.place {
        Place::Bytes(_) => {
            let (ty, size) = (&view.ty.tokens, literal(view.ty.size));
            Some(quote!((size_of::<#ty>(), #size)))
        }
        Place::Bits(_) => None,
    });
    let offsets: Vec<TokenStream> = fields.chain(views).collect();
    let offsets = if offsets.is_empty() {
        TokenStream::new()
    } else {
        quote!(const _: () = skeleton::assert_offsets(&[#(#offsets),*]);)
    };
    quote! {
        const _: () = skeleton::assert_layout::<#name>(#size, #align);
        #offsets
    }
}
