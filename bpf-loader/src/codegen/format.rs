//! Tokens as text, as a person would write it.

use proc_macro2::TokenStream;

use super::CodegenError;

/// Formatted source.
pub(super) fn format(tokens: TokenStream) -> Result<String, CodegenError> {
    let file = syn::parse2(tokens).map_err(|error| CodegenError::NotRust { what: error.to_string() })?;
    Ok(prettyplease::unparse(&file))
}
