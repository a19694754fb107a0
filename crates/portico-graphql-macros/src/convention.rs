//! Standard descriptions of conventional schema items.
//!
//! An item without a description gets the sentence of its name, and members of inputs and payloads get the sentence
//! about omitted and null values.

use quote::ToTokens;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Type, parse_quote};

/// Description of an argument of the mutation or field `method`, by the argument's name.
pub(crate) fn argument(name: &str, method: &str) -> Option<String> {
    Some(match name {
        "first" => "Page size, 25 by default, at most 100.".to_owned(),
        "after" => "Cursor; only items after it.".to_owned(),
        "last" => "Page size from the end, at most 100.".to_owned(),
        "before" => "Cursor; only items before it.".to_owned(),
        "filter" => "Filter. Omit for all items.".to_owned(),
        "sort_key" => "Sort order.".to_owned(),
        "reverse" => "Whether to reverse the sort order.".to_owned(),
        "input" => format!("Input of `{}`.", camel(method)),
        _ => return None,
    })
}

/// Description of an input object or payload, by its name.
pub(crate) fn object(name: &str) -> Option<String> {
    let of = |what: &str, suffix: &str| Some(format!("{what} of `{}`.", lower_first(name.strip_suffix(suffix)?)));
    of("Input", "Input").or_else(|| of("Result", "Payload"))
}

/// Description of a member of an input object, or of a field, by its name.
pub(crate) fn member(name: &str) -> Option<&'static str> {
    Some(match name {
        "id" => "Global ID.",
        "version" => "Increases with every change.",
        "idempotency_key" => "Idempotency key: a retry with the same key returns the first result.",
        "expected_version" => "Version that was read. A mismatch is rejected with `CONFLICT`.",
        "one_of" => "Any of these values.",
        "and" => "All of these conditions; an empty list matches everything.",
        "or" => "At least one of these conditions; an empty list matches nothing.",
        "not" => "Negation of this condition.",
        _ => return None,
    })
}

/// The sentence about omission and `null` for a member of an object with this name.
pub(crate) fn absence(object: &str, ty: &Type) -> Option<&'static str> {
    let is = |name: &str| {
        let Type::Path(path) = ty else { return false };
        path.path.segments.last().is_some_and(|segment| segment.ident == name)
    };
    if object.ends_with("UpdateInput") || object.ends_with("SaveInput") {
        if is("MaybeUndefined") {
            return Some("Omit to keep the current value; `null` clears it.");
        }
        return is("Option").then_some("Omit to keep the current value.");
    }
    (object.ends_with("Payload") && is("Option")).then_some("Null on rejection.")
}

/// The description in an item's attributes, joined to one line.
pub(crate) fn description(attributes: &[Attribute]) -> Option<String> {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// Adds a description to an item that has none.
pub(crate) fn describe(attributes: &mut Vec<Attribute>, description: impl ToTokens) {
    if self::description(attributes).is_none() {
        attributes.push(parse_quote!(#[doc = #description]));
    }
}

/// Adds a sentence to a description that does not mention omission or null.
pub(crate) fn add_absence(attributes: &mut Vec<Attribute>, sentence: &str) {
    let Some(said) = description(attributes) else { return };
    if ["Omit", "omit", "Null", "null"].iter().any(|word| said.contains(word)) {
        return;
    }
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let description = format!("{said} {sentence}");
    attributes.push(parse_quote!(#[doc = #description]));
}

/// Converts `project_update` to the schema's spelling.
fn camel(method: &str) -> String {
    let mut words = method.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(1.min(word.len()));
        name + &initial.to_uppercase() + rest
    })
}

fn lower_first(name: &str) -> String {
    let (initial, rest) = name.split_at(1.min(name.len()));
    initial.to_lowercase() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_sentences() {
        assert_eq!(argument("input", "email_template_update").as_deref(), Some("Input of `emailTemplateUpdate`."));
        assert_eq!(object("ProjectCreatePayload").as_deref(), Some("Result of `projectCreate`."));
        assert_eq!(object("ProjectFilter"), None);
    }

    #[test]
    fn omission_sentence_is_added_once() {
        let optional: Type = parse_quote!(Option<String>);
        let sentence = absence("ProjectUpdateInput", &optional).expect("an optional member");
        let mut plain: Vec<Attribute> = vec![parse_quote!(#[doc = " Name."])];
        add_absence(&mut plain, sentence);
        assert_eq!(description(&plain).as_deref(), Some("Name. Omit to keep the current value."));
        add_absence(&mut plain, sentence);
        assert_eq!(description(&plain).as_deref(), Some("Name. Omit to keep the current value."));
        assert_eq!(absence("ProjectCreateInput", &optional), None);
    }
}
