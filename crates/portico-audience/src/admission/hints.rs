//! Hints for unknown names. They name coordinates of the role schema only, so that a hidden name is never suggested.

use apollo_compiler::Schema;
use apollo_compiler::schema::{EnumType, ExtendedType, InputObjectType};
use strsim::damerau_levenshtein;

use super::input::named;

/// Enums with more values are not listed in an error, which then names the most similar value.
const LISTED: usize = 12;

/// The error for a value that an enum does not have.
pub(super) fn unknown_value(values: &EnumType, text: &str) -> String {
    match named(text) {
        Some(text) => format!("value `{text}` does not exist on `{}`{}", values.name, of_enum(values, text)),
        None => format!("a value of this name does not exist on `{}`{}", values.name, of_enum(values, "")),
    }
}

/// The error for a field that an input object does not have.
pub(super) fn unknown_input_field(input: &InputObjectType, text: &str) -> String {
    match named(text) {
        Some(text) => format!("field `{text}` does not exist on `{}`{}", input.name, of_input(input, text)),
        None => format!("a field of this name does not exist on `{}`", input.name),
    }
}

/// The validator's message, with a hint if it concerns an unknown name.
pub(super) fn with_hint(schema: &Schema, message: String) -> String {
    match hint(schema, &message) {
        Some(hint) => message + &hint,
        None => message,
    }
}

/// The hint for a message of the validator, which has no other form of its errors.
fn hint(schema: &Schema, message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (first, second) = (quoted.next()?, quoted.next());
    let between = |start: &str, middle: &str| message.starts_with(start) && message.contains(middle);
    Some(match second {
        Some(name) if between("type `", "` does not have a field `") => of_fields(schema, first, named(name)?),
        Some(place) if between("the argument `", "` is not supported by `") => {
            of_arguments(schema, place, named(first)?)
        }
        Some(name) if between("value `", "` does not exist on `") => match schema.types.get(name)? {
            ExtendedType::Enum(values) => of_enum(values, named(first).unwrap_or_default()),
            _ => return None,
        },
        Some(name) if between("field `", "` does not exist on `") => match schema.types.get(name)? {
            ExtendedType::InputObject(input) => of_input(input, named(first)?),
            _ => return None,
        },
        _ if message.starts_with("type condition `") => of_types(schema, named(first)?),
        _ if message.starts_with("cannot find type `") => of_types(schema, named(first)?),
        _ => return None,
    })
}

fn of_enum(values: &EnumType, text: &str) -> String {
    let current = values.values.values().filter(|value| !value.directives.has("deprecated"));
    let names: Vec<_> = current.map(|value| value.value.as_str()).collect();
    if names.len() <= LISTED {
        return format!("; possible values: {}", names.join(", "));
    }
    nearest(names, text)
}

fn of_input(input: &InputObjectType, text: &str) -> String {
    let current = input.fields.values().filter(|field| !field.directives.has("deprecated"));
    nearest(current.map(|field| field.name.as_str()), text)
}

fn of_fields(schema: &Schema, name: &str, text: &str) -> String {
    let fields = match schema.types.get(name) {
        Some(ExtendedType::Object(object)) => &object.fields,
        Some(ExtendedType::Interface(interface)) => &interface.fields,
        _ => return String::new(),
    };
    let current = fields.values().filter(|field| !field.directives.has("deprecated"));
    nearest(current.map(|field| field.name.as_str()), text)
}

/// `place` is a field, such as `Book.reviews`.
fn of_arguments(schema: &Schema, place: &str, text: &str) -> String {
    let field = place.split_once('.').and_then(|(name, field)| schema.type_field(name, field).ok());
    let arguments = field.into_iter().flat_map(|field| &field.arguments);
    let current = arguments.filter(|argument| !argument.directives.has("deprecated"));
    nearest(current.map(|argument| argument.name.as_str()), text)
}

fn of_types(schema: &Schema, text: &str) -> String {
    nearest(schema.types.keys().map(|name| name.as_str()).filter(|name| !name.starts_with("__")), text)
}

/// The most similar name, if at most a third of its letters differ. Upper and lower case are alike.
fn nearest<'a>(names: impl IntoIterator<Item = &'a str>, text: &str) -> String {
    let text = text.to_ascii_lowercase();
    let distances = names.into_iter().map(|name| (damerau_levenshtein(&text, &name.to_ascii_lowercase()), name));
    match distances.min() {
        Some((distance, name)) if distance <= name.len() / 3 => format!("; did you mean `{name}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::ExecutableDocument;

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
    fn unknown_names_are_answered_with_the_most_similar() {
        let schema = "type Query { books(first: Int, filter: BookFilter): Book } interface Named { name: String }
            type Book implements Named { name: String, title: String, isbn: String, isbn10: String @deprecated }
            input BookFilter { titleContains: String }";
        let schema = Schema::parse_and_validate(schema, "test.graphql").expect("the schema is valid");
        for (query, hint) in [
            ("{ boks { title } }", "type `Query` does not have a field `boks`; did you mean `books`?"),
            ("{ books { Title } }", "type `Book` does not have a field `Title`; did you mean `title`?"),
            ("{ books { isbn1 } }", "type `Book` does not have a field `isbn1`; did you mean `isbn`?"),
            ("{ books { price } }", "type `Book` does not have a field `price`"),
            ("{ books { ... on Named { nmae } } }", "type `Named` does not have a field `nmae`; did you mean `name`?"),
            (
                "{ books(frist: 1) { title } }",
                "the argument `frist` is not supported by `Query.books`; did you mean `first`?",
            ),
            (
                "{ books(filter: {titelContains: \"a\"}) { title } }",
                "field `titelContains` does not exist on `BookFilter`; did you mean `titleContains`?",
            ),
            (
                "{ books { ... on Bok { title } } }",
                "type condition `Bok` of inline fragment is not a type defined in the schema; did you mean `Book`?",
            ),
            (
                "query($a: BooksFilter) { books(filter: $a) { title } }",
                "cannot find type `BooksFilter` in this document; did you mean `BookFilter`?",
            ),
        ] {
            let errors =
                ExecutableDocument::parse_and_validate(&schema, query, "test.graphql").expect_err("a wrong name");
            let found: Vec<_> =
                errors.errors.iter().map(|diagnostic| with_hint(&schema, diagnostic.error.to_string())).collect();
            assert!(found.iter().any(|message| message == hint), "{query}: {found:?}");
        }
    }

    #[test]
    fn long_names_are_not_compared() {
        let schema = Schema::parse_and_validate("type Query { a: Int }", "test.graphql").expect("the schema is valid");
        let message = format!("type `Query` does not have a field `{}`", "a".repeat(101));
        assert_eq!(with_hint(&schema, message.clone()), message);
    }

    #[test]
    fn other_errors_have_no_hint() {
        let schema = Schema::parse_and_validate("type Query { a: Int }", "test.graphql").expect("the schema is valid");
        for message in ["field `a` does not exist on `Query`", "value `a` does not exist on `Query`", "value `a`"] {
            assert_eq!(with_hint(&schema, message.to_owned()), message);
        }
    }
}
