//! Access rule of a coordinate.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Token};

/// `#[shared(..)]`, `#[requires(..)]`, or both: either one grants access to the coordinate.
pub(crate) struct Rule {
    audiences: Vec<Ident>,
    permission: Option<Ident>,
}

impl Rule {
    /// The rule of a whole type: audiences, or none.
    pub(crate) fn of_type(arguments: TokenStream) -> syn::Result<Option<Self>> {
        let audiences = names(arguments)?;
        Ok((!audiences.is_empty()).then_some(Self { audiences, permission: None }))
    }

    /// Removes and reads the attributes of the rule.
    pub(crate) fn take_from(attributes: &mut Vec<Attribute>) -> syn::Result<Option<Self>> {
        let mut rule = Self { audiences: Vec::new(), permission: None };
        let mut error = None;
        attributes.retain(|attribute| {
            let read = if attribute.path().is_ident("shared") {
                attribute
                    .meta
                    .require_list()
                    .and_then(|list| names(list.tokens.clone()))
                    .map(|names| rule.audiences = names)
            } else if attribute.path().is_ident("requires") {
                attribute.parse_args::<Ident>().map(|name| rule.permission = Some(name))
            } else {
                return true;
            };
            error = error.take().or(read.err());
            false
        });
        match error {
            Some(error) => Err(error),
            None => Ok((!rule.audiences.is_empty() || rule.permission.is_some()).then_some(rule)),
        }
    }

    /// `directive = ..`, for audiences and permission.
    pub(crate) fn directive(&self) -> TokenStream {
        let audiences = self.audiences.iter().map(variant);
        let shared = (!self.audiences.is_empty())
            .then(|| quote!(directive = crate::access::shared::apply(vec![#(crate::access::Audience::#audiences),*])));
        let requires = self.permission.as_ref().map(variant).map(
            |permission| quote!(directive = crate::access::requires::apply(crate::access::Permission::#permission)),
        );
        let directives = shared.into_iter().chain(requires);
        quote!(#(#directives),*)
    }

    /// `guard = ..`.
    pub(crate) fn guard(&self) -> TokenStream {
        let audiences = self.audiences.iter().map(variant);
        let permission = match self.permission.as_ref().map(variant) {
            Some(permission) => quote!(Some(crate::access::Permission::#permission)),
            None => quote!(None),
        };
        quote!(guard = crate::access::Gate::new(&[#(crate::access::Audience::#audiences),*], #permission))
    }
}

/// Removes `#[list_size(NAME)]`, and returns its directive.
pub(crate) fn take_size(attributes: &mut Vec<Attribute>) -> syn::Result<Option<TokenStream>> {
    let Some(at) = attributes.iter().position(|attribute| attribute.path().is_ident("list_size")) else {
        return Ok(None);
    };
    let size: Ident = attributes.remove(at).parse_args()?;
    Ok(Some(quote!(directive = crate::access::list_size::apply(
        portico_core::limits::lists::#size,
        portico_core::limits::caps::#size,
    ))))
}

fn names(tokens: TokenStream) -> syn::Result<Vec<Ident>> {
    Ok(Punctuated::<Ident, Token![,]>::parse_terminated.parse2(tokens)?.into_iter().collect())
}

/// Converts the schema's spelling `COSTS_VIEW` to Rust's `CostsView`.
fn variant(name: &Ident) -> Ident {
    let words = name
        .to_string()
        .split('_')
        .map(|rule| {
            let (first, rest) = rule.split_at(1.min(rule.len()));
            format!("{}{}", first.to_uppercase(), rest.to_lowercase())
        })
        .collect::<String>();
    format_ident!("{words}", span = name.span())
}
