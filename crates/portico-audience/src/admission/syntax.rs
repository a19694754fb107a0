//! Syntax errors, in plain English.

use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::validation::DiagnosticList;

use crate::refusal::Violation;

const PREFIX: &str = "syntax error: ";

/// The parser's messages about its grammar, and their replacements.
const SENTENCES: &[(&str, &str)] = &[
    ("Unexpected <EOF>.", "the request has no operation"),
    ("Unexpected EOF in float value", "the request ends within a number"),
    ("expected a StringValue, Name or OperationDefinition", DEFINITION),
    ("expected a definition after this StringValue", DEFINITION),
    ("expected a definition", DEFINITION),
    ("expected definition", DEFINITION),
    ("Invalid Type System Extension. This extension cannot be applied.", DEFINITION),
    ("expected @ symbol", "expected \"@\""),
    ("unexpected variable value in a Const context", "a variable cannot be used here"),
];
const DEFINITION: &str = "expected an operation or a fragment";

/// The parser's names of tokens. Those of keywords (`query_KW`) and of productions (`SELECTION_SET`, `Selection Set`)
/// are spelled out.
const TOKENS: &[(&str, &str)] = &[
    ("EOF", "the end of the request"),
    ("BANG", "\"!\""),
    ("L_PAREN", "\"(\""),
    ("R_PAREN", "\")\""),
    ("L_CURLY", "\"{\""),
    ("R_CURLY", "\"}\""),
    ("L_BRACK", "\"[\""),
    ("R_BRACK", "\"]\""),
    ("COMMA", "\",\""),
    ("AT", "\"@\""),
    ("DOLLAR", "\"$\""),
    ("AMP", "\"&\""),
    ("PIPE", "\"|\""),
    ("SPREAD", "\"...\""),
    ("EQ", "\"=\""),
    ("COLON", "\":\""),
    ("INT", "an integer"),
    ("FLOAT", "a decimal number"),
    ("STRING", "a string"),
    ("IDENT", "a name"),
    ("NAME", "a name"),
    ("NEGATIVE_SIGN", "\"-\""),
    // The name of a standard, not a token.
    ("Unicode", "Unicode"),
    ("exptected", "expected"),
];

/// Returns up to this many syntax errors, without the text that the parser found: it may be a password in a string.
pub(super) fn syntax_complaints(errors: &DiagnosticList, most: usize) -> Vec<Violation> {
    let mut complaints = Vec::<Violation>::new();
    let found = errors.iter().map(|diagnostic| {
        let message = diagnostic.error.to_string();
        let expected = message.split_once(", got").map_or(message.as_str(), |(before, _)| before);
        let plain = expected.strip_prefix(PREFIX).unwrap_or(expected);
        let message = format!("{PREFIX}{}", in_plain_words(plain));
        Violation::new(message, diagnostic.error.location(), diagnostic.sources)
    });
    for complaint in found {
        if complaints.len() == most {
            break;
        }
        // The end of a request ends each selection set that is still open.
        if !complaints.contains(&complaint) {
            complaints.push(complaint);
        }
    }
    complaints
}

fn in_plain_words(message: &str) -> String {
    if let Some((_, plain)) = SENTENCES.iter().find(|(sentence, _)| *sentence == message) {
        return (*plain).to_owned();
    }
    message.split(' ').map(plain_word).collect::<Vec<_>>().join(" ")
}

/// Replaces one word of a message. Quoted text is from the request or from GraphQL.
fn plain_word(word: &str) -> String {
    let name = word.trim_end_matches([',', '.']);
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !is_name {
        return word.to_owned();
    }
    let end = &word[name.len()..];
    let plain = TOKENS.iter().find(|(token, _)| *token == name).map(|(_, plain)| (*plain).to_owned());
    format!("{}{end}", plain.unwrap_or_else(|| spelled_out(name)))
}

/// `query_KW` is the keyword itself; `SELECTION_SET` and `SelectionSet` are a selection set.
fn spelled_out(name: &str) -> String {
    if let Some(keyword) = name.strip_suffix("_KW") {
        return format!("\"{keyword}\"");
    }
    let mut plain = String::with_capacity(name.len() + 4);
    let mut is_inside = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && is_inside {
            plain.push(' ');
        }
        is_inside = letter.is_ascii_lowercase();
        plain.push(letter.to_ascii_lowercase());
    }
    if plain.chars().any(char::is_alphabetic) { plain.replace('_', " ") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All tokens of the parser, and some productions (`SyntaxKind`).
    const KINDS: &str = "EOF BANG L_PAREN R_PAREN L_CURLY R_CURLY L_BRACK R_BRACK COMMA AT DOLLAR AMP PIPE SPREAD EQ COLON \
        query_KW mutation_KW repeatable_KW subscription_KW fragment_KW on_KW null_KW extend_KW schema_KW scalar_KW \
        implements_KW interface_KW union_KW enum_KW input_KW directive_KW type_KW true_KW false_KW INT FLOAT STRING IDENT \
        WHITESPACE COMMENT ERROR NAME INTEGER_PART NEGATIVE_SIGN NON_ZERO_DIGIT DIGIT FRACTIONAL_PART EXPONENT_PART \
        EXPONENT_INDICATOR SIGN DOCUMENT OPERATION_DEFINITION SELECTION_SET FRAGMENT_SPREAD INLINE_FRAGMENT TYPE_CONDITION \
        VARIABLE_DEFINITIONS NON_NULL_TYPE StringValue OperationDefinition";

    #[test]
    fn syntax_errors_name_no_token_kind() {
        for kind in KINDS.split_whitespace() {
            let plain = in_plain_words(&format!("expected {kind}"));
            assert!(plain.starts_with("expected ") && plain.len() > 9, "{kind}: {plain}");
            assert!(!plain.contains(|letter: char| letter == '_' || letter.is_uppercase()), "{kind}: {plain}");
        }
        assert_eq!(in_plain_words("expected R_CURLY"), "expected \"}\"");
        assert_eq!(in_plain_words("expected on_KW"), "expected \"on\"");
        assert_eq!(in_plain_words("expected SELECTION_SET"), "expected selection set");
    }

    #[test]
    fn characters_from_the_request_are_kept() {
        for (message, plain) in [
            ("Unexpected character \"X\"", "unexpected character \"X\""),
            ("Unexpected character `X` as integer suffix", "unexpected character `X` as integer suffix"),
            (
                "Name can only be composed of letters, numbers and _",
                "name can only be composed of letters, numbers and _",
            ),
            ("Fragment Name cannot be 'on'", "fragment name cannot be 'on'"),
        ] {
            assert_eq!(in_plain_words(message), plain);
        }
    }
}
