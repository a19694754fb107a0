//! Attributes of structs for rows and their changes.

mod row_change;

use proc_macro::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Fields, GenericArgument, Ident, ItemStruct, PathArguments, Token, Type, parenthesized, parse_macro_input};

/// Declares the view of a row: `#[role_view(leads (id), queried (search_text))]`.
///
/// The view's columns are the fields of the struct, and texts that only conditions of queries use (`queried`). Generates
/// diesel's table, the derives of a row that is read and cached, and its `role_view::Row`.
///
/// Types of columns follow from those of the fields: `..Id` and `Uuid` are `uuid`, other types that are not listed in
/// [`SqlType::of`] are enumerations, stored as `text`.
#[proc_macro_attribute]
pub fn role_view(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as Arguments);
    let item = parse_macro_input!(item as ItemStruct);
    expand(&arguments, &item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Declares a change of a row: `#[row_change(projects, ProjectId)]`, with the table and the type of its key.
///
/// Its fields are columns, each an `Option` of the new value, which is none to keep the current value; for a column that can
/// be cleared, an `Option<Option<_>>`. A field's name in the API is its own in camel case, or the text of
/// `#[name = "contractTotal"]`.
///
/// Generates `differences`, which locks the row and drops values that it has already, so that only what differs is written
/// and recorded.
#[proc_macro_attribute]
pub fn row_change(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as row_change::Arguments);
    let item = parse_macro_input!(item as ItemStruct);
    row_change::expand(&arguments, item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// The view, its key, and columns that rows do not contain.
struct Arguments {
    view: Ident,
    key: Punctuated<Ident, Token![,]>,
    queried: Punctuated<Ident, Token![,]>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let view = input.parse()?;
        let content;
        parenthesized!(content in input);
        let key = content.call(Punctuated::parse_terminated)?;
        let mut queried = Punctuated::new();
        if input.parse::<Option<Token![,]>>()?.is_some() {
            let word: Ident = input.parse()?;
            if word != "queried" {
                return Err(syn::Error::new(word.span(), "expected `queried (columns)`"));
            }
            let content;
            parenthesized!(content in input);
            queried = content.call(Punctuated::parse_terminated)?;
        }
        Ok(Self { view, key, queried })
    }
}

fn expand(arguments: &Arguments, item: &ItemStruct) -> syn::Result<proc_macro2::TokenStream> {
    let Arguments { view, key, queried } = arguments;
    let Fields::Named(fields) = &item.fields else {
        return Err(syn::Error::new_spanned(item, "a row has named fields"));
    };
    let mut columns = Vec::new();
    for field in &fields.named {
        columns.push((field.ident.clone(), SqlType::of(&field.ty)?));
    }
    columns.extend(queried.iter().map(|name| (Some(name.clone()), SqlType::plain("Text", "text"))));
    let (names, types): (Vec<_>, Vec<_>) = columns.iter().map(|(name, ty)| (name, &ty.diesel)).unzip();
    let sql_names = columns.iter().map(|(_, ty)| &ty.sql);
    let nullable = columns.iter().map(|(_, ty)| ty.is_nullable);
    let (keys, row) = (key.iter(), &item.ident);
    let declaration = quote!(#fields).to_string();
    Ok(quote! {
        diesel::table! { #view (#(#keys),*) { #(#names -> #types,)* } }

        #[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, serde::Serialize, serde::Deserialize)]
        #[diesel(table_name = #view, check_for_backend(diesel::pg::Pg))]
        #item

        impl crate::role_view::Row for #row {
            const VIEW: crate::role_view::View = crate::role_view::View {
                name: stringify!(#view),
                columns: &[#((stringify!(#names), #sql_names, #nullable),)*],
                declaration: #declaration,
            };
        }
    })
}

/// `T` of `Option<T>`, for a type with this name.
fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(argument)) => Some(argument),
        _ => None,
    }
}

/// Type of a column.
struct SqlType {
    diesel: proc_macro2::TokenStream,
    sql: String,
    is_nullable: bool,
}

impl SqlType {
    /// The type of the column that stores a field.
    fn of(ty: &Type) -> syn::Result<Self> {
        let unknown = || syn::Error::new_spanned(ty, "expected the path of a type");
        let Type::Path(path) = ty else { return Err(unknown()) };
        let segment = path.path.segments.last().ok_or_else(unknown)?;
        let name = segment.ident.to_string();
        let inner = || Self::of(argument_of(ty, &name).ok_or_else(unknown)?);
        Ok(match name.as_str() {
            "Option" => {
                let Self { diesel, sql, .. } = inner()?;
                Self { diesel: quote!(diesel::sql_types::Nullable<#diesel>), sql, is_nullable: true }
            }
            "Vec" => {
                let Self { diesel, sql, .. } = inner()?;
                Self { diesel: quote!(diesel::sql_types::Array<#diesel>), sql: format!("{sql}[]"), is_nullable: false }
            }
            "bool" => Self::plain("Bool", "boolean"),
            "i32" => Self::plain("Int4", "integer"),
            "i64" => Self::plain("Int8", "bigint"),
            "NaiveDate" => Self::plain("Date", "date"),
            "DateTime" => Self::plain("Timestamptz", "timestamp with time zone"),
            "Decimal" => Self::plain("Numeric", "numeric"),
            name if name.ends_with("Id") || name == "Uuid" => Self::plain("Uuid", "uuid"),
            _ => Self::plain("Text", "text"),
        })
    }

    fn plain(diesel: &str, sql: &str) -> Self {
        let diesel = Ident::new(diesel, proc_macro2::Span::call_site());
        Self { diesel: quote!(diesel::sql_types::#diesel), sql: sql.to_owned(), is_nullable: false }
    }
}
