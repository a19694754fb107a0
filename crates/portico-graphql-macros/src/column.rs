//! Fields without a body, which return the row's column of the same name.

use quote::quote;
use syn::parse::Parser;
use syn::{Attribute, Block, ImplItem, ImplItemFn, ReturnType, Signature, Token, Type, Visibility, parse_quote};

use crate::generics_of;

/// Gives `async fn name(&self) -> &str;` the body that reads `self.0.name`, converted by `From` where the types differ.
pub(crate) fn complete(item: &mut ImplItem) -> syn::Result<()> {
    let ImplItem::Verbatim(tokens) = item else { return Ok(()) };
    let parse = |input: syn::parse::ParseStream<'_>| {
        let attrs = Attribute::parse_outer(input)?;
        let (vis, sig): (Visibility, Signature) = (input.parse()?, input.parse()?);
        input.parse::<Token![;]>()?;
        Ok((attrs, vis, sig))
    };
    let (attrs, vis, sig) = parse.parse2(tokens.clone())?;
    let block = body(&sig)?;
    *item = ImplItem::Fn(ImplItemFn { attrs, vis, defaultness: None, sig, block });
    Ok(())
}

fn body(sig: &Signature) -> syn::Result<Block> {
    let column = &sig.ident;
    let ReturnType::Type(_, returned) = &sig.output else {
        return Err(syn::Error::new_spanned(sig, "a column has a type"));
    };
    // `Clone::clone` rather than a method call, which clippy would question for types that are `Copy`.
    let value = match (returned.as_ref(), generics_of(returned, "Option")) {
        (Type::Reference(_), _) => quote!(&self.0.#column),
        (_, Some([Type::Reference(_)])) => quote!(self.0.#column.as_deref()),
        (_, Some([inner])) if is_primitive(&inner) => quote!(self.0.#column),
        (_, Some(_)) => quote!(Clone::clone(&self.0.#column).map(Into::into)),
        (plain, None) if is_primitive(plain) => quote!(self.0.#column),
        (_, None) => quote!(Clone::clone(&self.0.#column).into()),
    };
    Ok(parse_quote!({ #value }))
}

/// Types of the schema that rows hold as they are.
fn is_primitive(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if ["bool", "i32", "i64", "f64"].iter().any(|name| path.path.is_ident(name)))
}
