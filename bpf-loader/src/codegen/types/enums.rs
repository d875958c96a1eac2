//! Enumerations as Rust source: a struct around the number, since a program can store any number there, with a constant for
//! each that has a name.

use std::collections::HashSet;

use bpf_btf::{Type, TypeError};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::emit::derives;
use super::scalar::{Ty, literal};
use super::text;
use crate::codegen::names::Scope;

/// All of an enumeration; `repr` is the integer that it is.
pub(super) fn define(found: &Type<'_>, name: &Ident, repr: &Ty, doc: &str) -> Result<TokenStream, TypeError> {
    let mut scope = Scope::default();
    let mut seen = HashSet::new();
    let (mut constants, mut arms) = (Vec::new(), Vec::new());
    for enumerator in found.enumerators() {
        let c = enumerator.name()?;
        let (constant, value) = (scope.a_constant(c), number(enumerator.value, enumerator.signed, repr.size));
        let shown = text(c);
        let doc = format!(" `{shown}`");
        constants.push(quote!(#[doc = #doc] pub const #constant: Self = Self(#value);));
        if seen.insert(value.to_string()) {
            arms.push(quote!(#value => #shown,));
        }
    }
    let (derives, int, size) = (derives(false), &repr.tokens, literal(repr.size));
    let known = if arms.is_empty() {
        quote!(None)
    } else {
        quote!(Some(match self.0 { #(#arms)* _ => return None }))
    };
    let label = name.to_string();
    Ok(quote! {
        #[doc = #doc]
        #derives
        #[derive(PartialOrd, Ord)]
        #[repr(transparent)]
        pub struct #name(pub #int);

        impl #name {
            #(#constants)*

            /// The C name of the number, the first if it has several; `None` if it has none.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                #known
            }
        }

        impl Default for #name {
            /// The number 0, whether it has a name or not.
            fn default() -> Self {
                Self(0)
            }
        }

        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => f.debug_tuple(#label).field(&self.0).finish(),
                }
            }
        }

        const _: () = skeleton::assert_layout::<#name>(#size, #size);
    })
}

/// The number as a literal of the integer, whose bits it is cut to.
fn number(value: u64, signed: bool, size: u32) -> TokenStream {
    let unused = 64_u32.saturating_sub(size.saturating_mul(8)).min(63);
    let value = value << unused;
    if signed {
        // An arithmetic shift keeps the sign.
        let number = Literal::i64_unsuffixed((value.cast_signed() >> unused).saturating_abs());
        let negative = value.cast_signed() < 0;
        let least = value.cast_signed() >> unused == i64::MIN;
        return match (negative, least) {
            (_, true) => quote!(i64::MIN),
            (true, _) => quote!(-#number),
            (false, _) => quote!(#number),
        };
    }
    let number = Literal::u64_unsuffixed(value >> unused);
    quote!(#number)
}
