//! The arguments of pages.

use syn::{FnArg, ImplItemFn, Pat, Token, Type, parse_quote};

/// Spreads an argument of type `PageArguments` into `first`, `after`, `last` and `before`.
pub(crate) fn spread(method: &mut ImplItemFn) {
    let is_page = |argument: &FnArg| {
        matches!(argument, FnArg::Typed(argument) if matches!(argument.ty.as_ref(),
            Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "PageArguments")))
    };
    let Some(at) = method.sig.inputs.iter().position(is_page) else { return };
    let FnArg::Typed(page) = &method.sig.inputs[at] else { return };
    let (Pat::Ident(name), ty) = (page.pat.as_ref(), &page.ty) else { return };
    let (name, body) = (&name.ident, &method.block);
    method.block = parse_quote!({
        let #name = #ty { first, after, last, before };
        #body
    });
    let spread: [FnArg; 4] = [
        parse_quote!(first: Option<i32>),
        parse_quote!(after: Option<String>),
        parse_quote!(last: Option<i32>),
        parse_quote!(before: Option<String>),
    ];
    let mut inputs = syn::punctuated::Punctuated::<FnArg, Token![,]>::new();
    for (index, argument) in std::mem::take(&mut method.sig.inputs).into_iter().enumerate() {
        if index == at { inputs.extend(spread.clone()) } else { inputs.push(argument) }
    }
    method.sig.inputs = inputs;
    if method.sig.inputs.len() > 7 {
        method
            .attrs
            .push(parse_quote!(#[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]));
    }
}
