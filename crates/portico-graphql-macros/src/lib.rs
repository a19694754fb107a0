//! Declares the access rule of a schema coordinate once, for both directive and guard.
//!
//! ```ignore
//! #[gated]
//! #[Object]
//! impl Selection {
//!     /// Title.
//!     #[shared(CLIENT, TRADE, STAFF)]
//!     async fn title(&self) -> &str { .. }
//!
//!     /// Budget after changes.
//!     #[requires(COSTS_VIEW)]
//!     async fn revised_budget(&self, ctx: &Context<'_>) -> .. { .. }
//! }
//! ```
//!
//! With two declarations, one could be forgotten. A coordinate without a rule is an error: no role schema can be cut.

mod column;
mod convention;
mod page;
mod rule;

use proc_macro::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, GenericArgument, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, ItemStruct, Pat, PatType,
    PathArguments, ReturnType, Type, parse_macro_input, parse_quote,
};

use rule::Rule;

/// Turns `#[shared(..)]` and `#[requires(..)]` into async-graphql directives and guards.
///
/// `#[list_size(TEAM)]` is the assumed length of a list without pages, and its maximum: constants of
/// `portico_core::limits::lists` and `caps`.
///
/// In an object, a method without a body, `async fn name(&self) -> &str;`, returns the column of that name in the row
/// `self.0`. An argument of type `PageArguments` stands for `first`, `after`, `last` and `before`. A method that returns
/// `Result<Option<T>, E>` defines a field that is null if it fails; its parent is not.
///
/// Items without a description get the sentence of their convention: pages, `input`, `idempotencyKey`, `expectedVersion`, types
/// that end in `Input` or `Payload`, and the meaning of omission and `null` in inputs of updates and in payloads.
///
/// Goes above `#[Object]`, or above the derive of an enum, an input object or a simple object. Audiences of the attribute itself
/// apply to the whole type: `#[gated(CLIENT, STAFF)]`.
#[proc_macro_attribute]
pub fn gated(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as Item);
    let result = Rule::of_type(arguments.into()).and_then(|of_type| match item {
        Item::Impl(item) => gate_impl(item, of_type),
        Item::Enum(item) => gate_enum(item, of_type),
        Item::Struct(item) => gate_struct(item, of_type),
        other => Err(syn::Error::new_spanned(other, "`gated` applies to impl, enum and struct items")),
    });
    result.unwrap_or_else(syn::Error::into_compile_error).into()
}

fn gate_impl(mut item: ItemImpl, of_type: Option<Rule>) -> syn::Result<proc_macro2::TokenStream> {
    if of_type.is_some() {
        return Err(syn::Error::new_spanned(&item.self_ty, "declare the audiences at each field of an object"));
    }
    for member in &mut item.items {
        column::complete(member)?;
        let ImplItem::Fn(method) = member else { continue };
        page::spread(method);
        let name = method.sig.ident.to_string();
        if let Some(sentence) = convention::member(&name) {
            convention::describe(&mut method.attrs, sentence);
        }
        replace(&mut method.attrs, Guarded::Yes)?;
        fail_alone(method);
        for argument in &mut method.sig.inputs {
            if let FnArg::Typed(argument) = argument {
                describe_argument(argument, &name)?;
                replace(&mut argument.attrs, Guarded::No)?;
            }
        }
    }
    Ok(item.into_token_stream())
}

fn gate_enum(mut item: ItemEnum, of_type: Option<Rule>) -> syn::Result<proc_macro2::TokenStream> {
    if of_type.is_some() {
        return Err(syn::Error::new_spanned(&item.ident, "declare the audiences at each value of an enum"));
    }
    for variant in &mut item.variants {
        replace(&mut variant.attrs, Guarded::No)?;
    }
    Ok(item.into_token_stream())
}

fn gate_struct(mut item: ItemStruct, of_type: Option<Rule>) -> syn::Result<proc_macro2::TokenStream> {
    let derives = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let is_output =
        derives.map(|derive| derive.meta.to_token_stream().to_string()).any(|text| text.contains("SimpleObject"));
    let name = item.ident.to_string();
    if let Some(sentence) = convention::object(&name) {
        convention::describe(&mut item.attrs, sentence);
    }
    for field in &mut item.fields {
        let member = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        if let Some(sentence) = convention::member(&member) {
            convention::describe(&mut field.attrs, sentence);
        }
        if let Some(sentence) = convention::absence(&name, &field.ty) {
            convention::add_absence(&mut field.attrs, sentence);
        }
        replace(&mut field.attrs, if is_output { Guarded::Yes } else { Guarded::No })?;
    }
    if let Some(rule) = of_type {
        merge(&mut item.attrs, rule.directive())?;
    }
    Ok(item.into_token_stream())
}

/// Descriptions of arguments are in `#[graphql(desc = ..)]`, since Rust does not keep comments there.
fn describe_argument(argument: &mut PatType, method: &str) -> syn::Result<()> {
    let Pat::Ident(name) = argument.pat.as_ref() else { return Ok(()) };
    let Some(sentence) = convention::argument(&name.ident.to_string(), method) else { return Ok(()) };
    let is_described = argument.attrs.iter().any(|attribute| {
        attribute.path().is_ident("graphql") && attribute.meta.to_token_stream().to_string().contains("desc =")
    });
    if is_described { Ok(()) } else { merge(&mut argument.attrs, quote!(desc = #sentence)) }
}

/// Turns `Result<Option<T>, E>` into `Option<Result<T, E>>`, around the same body.
///
/// For the former async-graphql fails the parent, up to the next nullable field; for the latter the field alone is
/// null. Resolvers naturally return the former, so it has to behave like the latter.
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

/// The arguments of a generic type with this name and number of arguments.
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

/// Only resolved fields can have a guard. Inputs are checked by the role schema, and where SQL is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guarded {
    Yes,
    No,
}

fn replace(attributes: &mut Vec<Attribute>, guarded: Guarded) -> syn::Result<()> {
    if let Some(size) = rule::take_size(attributes)? {
        merge(attributes, size)?;
    }
    let Some(rule) = Rule::take_from(attributes)? else { return Ok(()) };
    let directive = rule.directive();
    if guarded == Guarded::Yes {
        let guard = rule.guard();
        merge(attributes, quote!(#directive, #guard))
    } else {
        merge(attributes, directive)
    }
}

/// Merges attributes into one: async-graphql reads only the first.
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
