//! Large operations are rejected before any code walks them.

use portico_audience::{Limits, Refusal};
use serde_json::json;

use crate::common::{admit, admit_within, admitted, clerk, reader, refused};

fn limit(query: &str) -> &'static str {
    match refused(&reader(), query) {
        Refusal::Limit { what, .. } | Refusal::TooLarge { what, .. } => what,
        other => panic!("{other:?}"),
    }
}

/// Fragments that each spread the next one `width` times, `levels` deep.
fn bomb(levels: usize, width: usize) -> String {
    let mut text = "{ book(id: 1) { ...F0 } }".to_owned();
    for level in 0..levels {
        let spreads = format!("...F{} ", level + 1).repeat(width);
        text += &format!(" fragment F{level} on Book {{ {spreads}}}");
    }
    text + &format!(" fragment F{levels} on Book {{ id }}")
}

#[test]
fn fragment_bombs_are_counted_not_expanded() {
    assert_eq!(limit(&bomb(30, 2)), "selections");
    assert_eq!(limit(&bomb(12, 10)), "selections");
    assert_eq!(limit(&bomb(50, 1)), "fragments");
    admitted(&reader(), &bomb(20, 1));
}

#[test]
fn nested_field_bombs_are_counted() {
    let mut text = "{ book(id: 1) { ...F0 } }".to_owned();
    for level in 0..10 {
        let next = level + 1;
        text += &format!(" fragment F{level} on Book {{ a: similar {{ ...F{next} }} similar {{ ...F{next} }} }}");
    }
    text += " fragment F10 on Book { id }";
    assert_eq!(limit(&text), "selections");
}

#[test]
fn unspread_fragment_bombs_are_refused() {
    let text = bomb(30, 2).replace("...F0", "id");
    assert_eq!(limit(&text), "selections");
}

#[test]
fn cyclic_fragments_are_refused() {
    for text in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { hours ...B } fragment B on Query { ...A }",
        "{ book(id: 1) { ...A } } fragment A on Book { similar { ...A } }",
        "{ hours } fragment A on Query { ... { ...A } }",
    ] {
        assert!(matches!(refused(&reader(), text), Refusal::Invalid(_)), "{text}");
    }
}

#[test]
fn deep_nesting_does_not_overflow() {
    let deep = |open: &str, close: &str, times: usize| (open.repeat(times), close.repeat(times));
    let wide = Limits { bytes: 10_000_000, tokens: 10_000_000, ..Limits::default() };
    for times in [100, 3_000, 100_000] {
        for query in [
            {
                let (a, b) = deep("{a", "}", times);
                format!("{a}{b}")
            },
            {
                let (a, b) = deep("...{", "}", times);
                format!("{{{a}hours{b}}}")
            },
            {
                let (a, b) = deep("[", "]", times);
                format!("{{a(b:{a}1{b})}}")
            },
            {
                let (a, b) = deep("{a:", "}", times);
                format!("{{a(b:{a}1{b})}}")
            },
            {
                let (a, b) = deep("[", "]", times);
                format!("query($a:{a}Int{b}){{a}}")
            },
            {
                let (a, _) = deep("{", "", times);
                a
            },
            {
                let (a, _) = deep("[", "", times);
                format!("{{a(b:{a}")
            },
        ] {
            for limits in [&Limits::default(), &wide] {
                let refusal = admit_within(&reader(), &query, json!({}), limits).map(|_| ());
                assert!(
                    matches!(refusal, Err(Refusal::Limit { .. } | Refusal::TooLarge { .. }))
                        || (query.ends_with(['{', '[']) && refusal.is_err()),
                    "{times}: {refusal:?}"
                );
            }
        }
    }
}

#[test]
fn long_repetition_does_not_overflow() {
    for piece in [
        "a ",
        "a:b ",
        "...A ",
        "...{a} ",
        "@a ",
        "(a:1) ",
        "a(b:1) ",
        "{a} ",
        "query A{a} ",
        "$a ",
        "\"a\" ",
        "\"\"\"a\"\"\" ",
        "union A=B|C ",
        "|A ",
        "&A ",
        "fragment A on B{a} ",
        "type A implements B&C{a:b} ",
        "1 ",
        "! ",
        ": ",
        ", ",
        "# ",
        "\n",
        "\\ ",
        "é ",
        "directive @a on B|C ",
        "enum A{B} ",
        "extend ",
        "[] ",
    ] {
        for (before, after) in [("", ""), ("{", "}"), ("{a(b:[", "])}"), ("query(", "){a}"), ("query", "{a}")] {
            let fill = (16_000 / piece.len()).max(1);
            for times in [200, fill] {
                let query = format!("{before}{}{after}", piece.repeat(times));
                assert!(admit(&reader(), &query, json!({})).is_err(), "{before}{piece}{after}");
            }
        }
    }
}

#[test]
fn bytes_and_tokens_are_limited() {
    let long = format!("{{ hours # {}\n}}", "x".repeat(16_384));
    assert_eq!(refused(&reader(), &long), Refusal::TooLarge { what: "bytes", limit: 16_384 });
    let many = format!("{{ hours {} }}", "a ".repeat(3_000));
    assert_eq!(refused(&reader(), &many), Refusal::TooLarge { what: "tokens", limit: 4_000 });
}

#[test]
fn aliases_are_counted_expanded() {
    let flood = |times| format!("{{ book(id: 1) {{ {} }} }}", alias_list("__typename", times));
    assert_eq!(limit(&flood(31)), "aliases");
    admitted(&reader(), &flood(30));
    let spread =
        format!("{{ book(id: 1) {{ ...A similar {{ ...A }} }} }} fragment A on Book {{ {} }}", alias_list("id", 16));
    assert_eq!(limit(&spread), "aliases");
}

fn alias_list(field: &str, times: usize) -> String {
    (0..times).map(|index| format!("a{index}: {field} ")).collect()
}

#[test]
fn root_fields_are_limited() {
    assert_eq!(limit(&format!("{{ {} }}", alias_list("hours", 21))), "root fields");
    let hidden_in_fragments = "{ ...A ...A ...A } fragment A on Query { hours hours hours hours hours hours hours }";
    assert_eq!(limit(hidden_in_fragments), "root fields");
    let mutation = |times| {
        let fields = alias_list("borrow(input: {book: 1}) { id }", times);
        format!("mutation {{ {fields} }}")
    };
    assert_eq!(limit(&mutation(6)), "mutations");
    admitted(&reader(), &mutation(5));
}

#[test]
fn depth_counts_through_fragments() {
    let nest = |levels: usize| {
        let (open, close) = ("similar { ".repeat(levels), " }".repeat(levels));
        format!("{{ book(id: 1) {{ {open} id {close} }} }}")
    };
    assert_eq!(limit(&nest(11)), "levels of fields");
    let roomy = Limits { cost: u64::MAX, ..Limits::default() };
    admit_within(&reader(), &nest(10), json!({}), &roomy).expect("twelve levels pass");
    let through = "{ book(id: 1) { similar { similar { similar { similar { similar { ...A } } } } } } }
        fragment A on Book { similar { similar { similar { similar { similar { similar { id } } } } } } }";
    assert_eq!(limit(through), "levels of fields");
}

#[test]
fn parts_of_an_operation_are_limited() {
    let skips = "@skip(if: false) ".repeat(51);
    for query in [
        format!("{{ hours {skips} }}"),
        format!("{{ __typename {skips} }}"),
        format!("query {skips} {{ hours }}"),
        format!("query($a: Int {skips}) {{ hours }}"),
        format!("{{ ...A }} fragment A on Query {skips} {{ hours }}"),
        format!("{{ ... {skips} {{ hours }} }}"),
    ] {
        assert_eq!(limit(&query), "directives", "{query}");
    }
    let variables: String = (0..51).map(|index| format!("$a{index}: Int ")).collect();
    assert_eq!(limit(&format!("query({variables}) {{ hours }}")), "variables");
    let arguments = "a: 1 ".repeat(51);
    assert_eq!(limit(&format!("{{ hours({arguments}) }}")), "arguments");
    assert_eq!(limit(&format!("{{ hours @skip({arguments}) }}")), "arguments");
    let operations: String = (0..21).map(|index| format!("query Q{index} {{ hours }} ")).collect();
    assert_eq!(limit(&operations), "operations");
}

#[test]
fn unselected_operations_are_limited_too() {
    let other = format!("query A {{ hours }} query B {{ {} }}", alias_list("hours", 21));
    assert_eq!(limit(&other), "root fields");
}

#[test]
fn deep_variables_are_refused() {
    let mut value = json!("NOVEL");
    for _ in 0..40 {
        value = json!([value]);
    }
    let query = "query($f: BookFilter) { books(filter: $f) { totalCount } }";
    let refusal = admit(&clerk(), query, json!({"f": {"kinds": value}})).map(|_| ());
    assert_eq!(refusal, Err(Refusal::Limit { what: "levels in a variable", limit: 32, found: 33 }));
}
