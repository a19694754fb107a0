//! Says who may use a coordinate of the schema, once, for the directive that the SDL prints and for the guard alike.
//!
//! ```ignore
//! #[gated]
//! #[Object]
//! impl Selection {
//!     /// What is to be chosen.
//!     #[shared(CLIENT, TRADE, STAFF)]
//!     async fn title(&self) -> &str { .. }
//!
//!     /// Notes among staff.
//!     #[requires(MESSAGES_INTERNAL)]
//!     async fn internal_notes(&self, ctx: &Context<'_>) -> .. { .. }
//! }
//! ```
//!
//! Without this each field would have to say the same thing twice, and one of the two could be forgotten. What a
//! coordinate does *not* say stays unsaid: the cut of the documents refuses a schema with such a coordinate.

mod word;

use proc_macro::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, GenericArgument, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, ItemStruct, PathArguments,
    ReturnType, Type, parse_macro_input, parse_quote,
};

use word::Word;

/// Turns `#[shared(..)]` and `#[requires(..)]` into the directives and guards of async-graphql.
///
/// `#[list_size(TEAM)]`, on a list of objects without pages, says how long it is assumed to be: a constant of
/// `portico_core::limits::lists`.
///
/// In an object, a method that answers `Result<Option<T>, E>` makes a field that fails alone: it is null, and its parent is
/// not.
///
/// Goes above `#[Object]`, or above the derive of an enumeration, an input object or a simple object. Audiences given to
/// the attribute itself speak for the whole type: `#[gated(CLIENT, STAFF)]`.
#[proc_macro_attribute]
pub fn gated(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as Item);
    let result = Word::of_type(arguments.into()).and_then(|of_type| match item {
        Item::Impl(item) => gate_impl(item, of_type),
        Item::Enum(item) => gate_enum(item, of_type),
        Item::Struct(item) => gate_struct(item, of_type),
        other => Err(syn::Error::new_spanned(other, "`gated` stands on impl, enum and struct items")),
    });
    result.unwrap_or_else(syn::Error::into_compile_error).into()
}

fn gate_impl(mut item: ItemImpl, of_type: Option<Word>) -> syn::Result<proc_macro2::TokenStream> {
    if of_type.is_some() {
        return Err(syn::Error::new_spanned(&item.self_ty, "each field of an object speaks for itself"));
    }
    for member in &mut item.items {
        let ImplItem::Fn(method) = member else { continue };
        replace(&mut method.attrs, Guarded::Yes)?;
        fail_alone(method);
        for argument in &mut method.sig.inputs {
            if let FnArg::Typed(argument) = argument {
                replace(&mut argument.attrs, Guarded::No)?;
            }
        }
    }
    Ok(item.into_token_stream())
}

fn gate_enum(mut item: ItemEnum, of_type: Option<Word>) -> syn::Result<proc_macro2::TokenStream> {
    if of_type.is_some() {
        return Err(syn::Error::new_spanned(&item.ident, "each value of an enumeration speaks for itself"));
    }
    for variant in &mut item.variants {
        replace(&mut variant.attrs, Guarded::No)?;
    }
    Ok(item.into_token_stream())
}

fn gate_struct(mut item: ItemStruct, of_type: Option<Word>) -> syn::Result<proc_macro2::TokenStream> {
    let derives = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let is_output =
        derives.map(|derive| derive.meta.to_token_stream().to_string()).any(|text| text.contains("SimpleObject"));
    for field in &mut item.fields {
        replace(&mut field.attrs, if is_output { Guarded::Yes } else { Guarded::No })?;
    }
    if let Some(word) = of_type {
        merge(&mut item.attrs, word.directive())?;
    }
    Ok(item.into_token_stream())
}

/// Turns `Result<Option<T>, E>` into `Option<Result<T, E>>`, around the same body.
///
/// async-graphql takes the former for the failure of the whole parent, up to the next nullable one above; with the latter
/// the field alone is null. To write the former is natural, so it must not be wrong.
fn fail_alone(method: &mut ImplItemFn) {
    let ReturnType::Type(_, returned) = &method.sig.output else { return };
    let Some([nullable, error]) = generics_of(returned, "Result") else { return };
    let Some([value]) = generics_of(&nullable, "Option") else { return };
    let (returned, body) = (returned.clone(), &method.block);
    method.block = parse_quote!({
        let outcome: #returned = async #body.await;
        outcome.transpose()
    });
    method.sig.output = parse_quote!(-> Option<Result<#value, #error>>);
}

/// The arguments of a generic type with this name and so many arguments.
fn generics_of<const N: usize>(of: &Type, name: &str) -> Option<[Type; N]> {
    let Type::Path(path) = of else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(argument) => Some(argument.clone()),
        _ => None,
    });
    types.collect::<Vec<_>>().try_into().ok()
}

/// Only fields that resolve can carry a guard; for what goes in there is the document, and the check where SQL is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guarded {
    Yes,
    No,
}

fn replace(attributes: &mut Vec<Attribute>, guarded: Guarded) -> syn::Result<()> {
    if let Some(size) = word::take_size(attributes)? {
        merge(attributes, size)?;
    }
    let Some(word) = Word::take_from(attributes)? else { return Ok(()) };
    let directive = word.directive();
    if guarded == Guarded::Yes {
        let guard = word.guard();
        merge(attributes, quote!(#directive, #guard))
    } else {
        merge(attributes, directive)
    }
}

/// async-graphql reads the first of its attributes alone, so that all has to stand in one.
fn merge(attributes: &mut Vec<Attribute>, more: proc_macro2::TokenStream) -> syn::Result<()> {
    match attributes.iter_mut().find(|attribute| attribute.path().is_ident("graphql")) {
        Some(attribute) => {
            let said = attribute.meta.require_list()?.tokens.clone();
            *attribute = parse_quote!(#[graphql(#said, #more)]);
        }
        None => attributes.push(parse_quote!(#[graphql(#more)])),
    }
    Ok(())
}
