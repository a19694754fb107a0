//! The attribute `row_change`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, ExprLit, Fields, Ident, ItemStruct, Lit, LitStr, Meta, Token, Type};

use crate::argument_of;

/// The table, and the type of its key.
pub(crate) struct Arguments {
    table: Ident,
    key: Type,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let table = input.parse()?;
        input.parse::<Token![,]>()?;
        Ok(Self { table, key: input.parse()? })
    }
}

pub(crate) fn expand(arguments: &Arguments, mut item: ItemStruct) -> syn::Result<TokenStream> {
    let Arguments { table, key } = arguments;
    let Fields::Named(fields) = &mut item.fields else {
        return Err(syn::Error::new_spanned(item, "a change has named fields"));
    };
    let (mut columns, mut types, mut comparisons) = (Vec::new(), Vec::new(), Vec::new());
    for (place, field) in fields.named.iter_mut().enumerate() {
        let Some(column) = field.ident.clone() else { continue };
        let name = match field.attrs.iter().position(is_name) {
            Some(at) => text_of(&field.attrs.remove(at))?,
            None => LitStr::new(&camel_case(&column.to_string()), column.span()),
        };
        let given = argument_of(&field.ty, "Option").ok_or_else(|| {
            syn::Error::new_spanned(&field.ty, "expected an `Option`, which is none to keep the value")
        })?;
        let current = syn::Index::from(place);
        // Columns are read as nullable: the values of a row that does not exist are null.
        let (ty, is_equal) = match argument_of(given, "Option") {
            Some(inner) => (inner, quote!(change.#column.as_ref() == Some(&current.#current))),
            None => (given, quote!(change.#column == current.#current)),
        };
        comparisons.push(quote! {
            if change.#column.is_some() {
                if #is_equal {
                    change.#column = None;
                } else {
                    names.push(#name);
                }
            }
        });
        types.push(ty.clone());
        columns.push(column);
    }
    let change = &item.ident;
    Ok(quote! {
        #[derive(Debug, Clone, Default, PartialEq, diesel::AsChangeset)]
        #[diesel(table_name = crate::schema::base::#table)]
        #item

        impl #change {
            /// Locks the row, and keeps only what differs from it.
            ///
            /// # Errors
            ///
            /// [`StoreError`](crate::StoreError) if the query fails.
            pub(crate) async fn differences(
                self,
                connection: &mut diesel_async::AsyncPgConnection,
                id: #key,
            ) -> Result<crate::Differences<Self>, crate::StoreError> {
                use crate::schema::base::#table;
                use diesel::{NullableExpressionMethods, OptionalExtension, QueryDsl};

                if self == Self::default() {
                    return Ok(crate::Differences::default());
                }
                let row = #table::table.find(id).select((#(#table::#columns.nullable(),)*)).for_no_key_update();
                // Named in full: a module may import the trait of the same name for blocking queries.
                let row = diesel_async::RunQueryDsl::get_result(row, connection).await.optional()?;
                Ok(self.without_equal(row.unwrap_or_default()))
            }

            fn without_equal(self, current: (#(Option<#types>,)*)) -> crate::Differences<Self> {
                let (mut change, mut names) = (self, Vec::new());
                #(#comparisons)*
                // Several columns can be one field of the API.
                names.dedup();
                crate::Differences { change, names }
            }

            /// What differs from a row without values: the values of a new one.
            pub fn of_new_row(self) -> crate::Differences<Self> {
                self.without_equal(Default::default())
            }
        }
    })
}

fn is_name(attribute: &Attribute) -> bool {
    attribute.path().is_ident("name")
}

/// The text of `#[name = "text"]`.
fn text_of(attribute: &Attribute) -> syn::Result<LitStr> {
    match &attribute.meta {
        Meta::NameValue(meta) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.clone()),
            other => Err(syn::Error::new_spanned(other, "expected a text")),
        },
        other => Err(syn::Error::new_spanned(other, "expected `name = \"..\"`")),
    }
}

/// The name of a field in the API: `timeZone` for `time_zone`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_uppercase() + rest
    })
}
