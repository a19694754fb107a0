//! Errors for unknown values of enums. They name values of the role schema only.

use apollo_compiler::Schema;
use apollo_compiler::schema::{EnumType, ExtendedType};
use strsim::damerau_levenshtein;

use super::input::named;

/// Enums with more values are not listed in an error, which then names the most similar value.
const LISTED: usize = 12;

/// The error for a value that an enum does not have.
pub(super) fn unknown_value(values: &EnumType, text: &str) -> String {
    match named(text) {
        Some(text) => format!("value `{text}` does not exist on `{}`{}", values.name, hint(values, text)),
        None => format!("a value of this name does not exist on `{}`{}", values.name, hint(values, "")),
    }
}

/// The validator's message, with the same hint if it concerns the value of an enum.
pub(super) fn with_hint(schema: &Schema, message: String) -> String {
    let found = || {
        let rest = message.strip_prefix("value `")?.strip_suffix('`')?;
        let (text, name) = rest.split_once("` does not exist on `")?;
        match schema.types.get(name)? {
            ExtendedType::Enum(values) => Some(hint(values, named(text).unwrap_or_default())),
            _ => None,
        }
    };
    match found() {
        Some(hint) => message + &hint,
        None => message,
    }
}

fn hint(values: &EnumType, text: &str) -> String {
    let current = values.values.values().filter(|value| !value.directives.has("deprecated"));
    let names: Vec<_> = current.map(|value| value.value.as_str()).collect();
    if names.len() <= LISTED {
        return format!("; possible values: {}", names.join(", "));
    }
    let text = text.to_ascii_uppercase();
    let nearest = names.into_iter().map(|name| (damerau_levenshtein(&text, name), name)).min();
    match nearest {
        Some((distance, name)) if distance <= name.len() / 3 => format!("; did you mean `{name}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(values: &str, text: &str) -> String {
        let schema = format!("type Query {{ a(b: E): Int }} enum E {{ {values} }}");
        let schema = Schema::parse_and_validate(schema, "test.graphql").expect("the schema is valid");
        let by_validator = with_hint(&schema, format!("value `{text}` does not exist on `E`"));
        let ExtendedType::Enum(values) = &schema.types["E"] else { panic!("it is an enum") };
        assert_eq!(unknown_value(values, text), by_validator);
        by_validator
    }

    #[test]
    fn values_of_short_enums_are_listed() {
        let expected = "value `NEWER` does not exist on `E`; possible values: NEW, SPAM";
        assert_eq!(message("NEW OLD @deprecated SPAM", "NEWER"), expected);
        assert_eq!(message("NEW", "x"), "value `x` does not exist on `E`; possible values: NEW");
    }

    #[test]
    fn long_enums_name_the_most_similar_value() {
        let long = (0..12).map(|number| format!("FILLER_{number}")).collect::<Vec<_>>().join(" ");
        let long = format!("{long} LEADS_MANAGE PROJECTS_READ");
        for (text, near) in [
            ("LEAD_MANAGE", Some("LEADS_MANAGE")),
            ("leads_manage", Some("LEADS_MANAGE")),
            ("PROJECT_REDA", Some("PROJECTS_READ")),
            ("SCHEDULE", None),
        ] {
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            assert_eq!(message(&long, text), format!("value `{text}` does not exist on `E`{hint}"));
        }
    }

    #[test]
    fn other_errors_have_no_hint() {
        let schema = Schema::parse_and_validate("type Query { a: Int }", "test.graphql").expect("the schema is valid");
        for message in ["field `a` does not exist on `Query`", "value `a` does not exist on `Query`", "value `a`"] {
            assert_eq!(with_hint(&schema, message.to_owned()), message);
        }
    }
}
