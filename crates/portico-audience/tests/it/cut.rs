//! Cuts, and errors of cuts.

use std::collections::BTreeSet;

use crate::common::{clerk, library, manager, reader};
use portico_audience::{Grants, RoleSchema, RoleSchemaError, WholeSchema};

fn cut(sdl: &str, audience: &str) -> Result<RoleSchema, RoleSchemaError> {
    WholeSchema::parse(sdl)?.cut(&Grants::of([audience]))
}

/// The errors of a cut that must fail.
fn broken(sdl: &str) -> Vec<String> {
    match cut(sdl, "A") {
        Err(RoleSchemaError::Broken(found)) => found,
        other => panic!("expected a broken cut, got {other:?}"),
    }
}

#[test]
fn visitors_get_their_one_field_only() {
    let document = library().cut(&Grants::of(["VISITOR"])).expect("visitors have a role schema");
    assert_eq!(document.sdl(), "type Query {\n  hours: String!\n}\n");
}

#[test]
fn readers_get_their_own_schema() {
    assert_eq!(reader().sdl(), include_str!("golden/reader.graphql"));
}

#[test]
fn managers_see_required_permissions() {
    assert_eq!(manager().sdl(), include_str!("golden/manager.graphql"));
}

#[test]
fn descriptions_name_opening_permissions() {
    assert!(!reader().sdl().contains("permission"));
    assert!(!clerk().sdl().contains("permission"));
    let sdl = "type Query { a: String @shared(with: [A]) @requires(permission: P) }";
    let whole = WholeSchema::parse(sdl).expect("the schema is valid");
    let document = |grants| whole.cut(&grants).expect("the cut succeeds").sdl().to_owned();
    assert_eq!(document(Grants::of(["A"])), document(Grants::of(["A"]).with(["P"])));
    assert!(document(Grants::of(["B"]).with(["P"])).contains("Requires the permission `P`."));
}

#[test]
fn role_schema_is_a_subset_of_the_whole() {
    let whole = library().coordinates();
    for document in [reader(), clerk(), manager()] {
        let missing: Vec<_> = document.coordinates().difference(&whole).cloned().collect();
        assert_eq!(missing, Vec::<String>::new());
    }
    assert!(whole.contains("Query.books(unsold:)"));
    assert!(!reader().coordinates().contains("Query.books(unsold:)"));
    assert!(!whole.contains("Forgotten"), "nothing reaches it");
}

#[test]
fn ungated_coordinates_are_all_named() {
    let sdl = "type Query { a: String  b(x: Int): E @shared(with: [A])  c(i: I): Int @shared(with: [A]) }
        enum E { ONE TWO @shared(with: [A]) } input I { x: Int } type Unreached { y: Int }";
    assert_eq!(
        cut(sdl, "A").expect_err("it is silent"),
        RoleSchemaError::MissingRules(vec!["Query.a".into(), "E.ONE".into(), "I.x".into()])
    );
}

#[test]
fn enum_values_need_their_own_gate() {
    let sdl = "type Query { a: E @shared(with: [A]) } enum E @shared(with: [A]) { ONE }";
    let failure = cut(sdl, "A").expect_err("it is silent");
    assert_eq!(failure, RoleSchemaError::MissingRules(vec!["E.ONE".into()]));
}

#[test]
fn hidden_required_inputs_fail_the_build() {
    let sdl =
        "type Query { a(x: Int! @shared(with: [B]), y: Int! = 1 @shared(with: [B]), i: I): Int @shared(with: [A]) }
        input I { p: Int @shared(with: [A])  q: Int! @shared(with: [B]) }";
    assert_eq!(broken(sdl), ["Query.a(x:): it is required, but hidden", "I.q: it is required, but hidden"]);
}

#[test]
fn fields_of_a_removed_type_fail_the_build() {
    let sdl = "type Query { a: T @shared(with: [A])  b(i: I, e: E): Int @shared(with: [A]) }
        type T { x: Int @shared(with: [B]) } input I { x: Int @shared(with: [B]) } enum E { X @shared(with: [B]) }";
    assert_eq!(
        broken(sdl),
        ["Query.a: its type T is gone", "Query.b(i:): its type I is gone", "Query.b(e:): its type E is gone"]
    );
}

#[test]
fn defaults_cannot_name_hidden_values() {
    let sdl = "type Query { a(e: [E] = [X, Y], i: I = {q: 1}): Int @shared(with: [A]) }
        enum E { X @shared(with: [A])  Y @shared(with: [B]) }
        input I { p: E = Y @shared(with: [A])  q: Int @shared(with: [B]) }";
    assert_eq!(
        broken(sdl),
        [
            "Query.a(e:): its default names the hidden value Y",
            "Query.a(i:): its default names the hidden field q",
            "I.p: its default names the hidden value Y"
        ]
    );
}

#[test]
fn implementors_keep_interface_fields() {
    let sdl = "type Query { n: N @shared(with: [A]) } interface N { id: ID! }
        type S implements N { id: ID! @shared(with: [A]) }
        type T implements N { id: ID! @shared(with: [B])  x: Int @shared(with: [A]) }
        type U implements N { id: ID! @shared(with: [B]) }";
    assert_eq!(broken(sdl), ["T.id: it is hidden, but N keeps it"]);
}

#[test]
fn interfaces_and_unions_may_have_gates() {
    let sdl = "type Query { x: Int @shared(with: [A])  t: T @shared(with: [A, B])  u: U @shared(with: [B]) }
        interface N @shared(with: [B]) { id: ID! } union U @shared(with: [B]) = T
        type T implements N { id: ID! @shared(with: [A, B]) }";
    let document = cut(sdl, "A").expect("the cut succeeds");
    assert_eq!(document.sdl(), "type Query {\n  x: Int\n  t: T\n}\n\ntype T {\n  id: ID!\n}\n");
    assert!(cut(sdl, "B").expect("the cut succeeds").sdl().contains("type T implements N"));
}

#[test]
fn field_gate_overrides_its_object() {
    let sdl =
        "type Query { m: M @shared(with: [A, B]) } type M @shared(with: [A]) { a: Int  b: Int @shared(with: [B]) }";
    let coordinates = |audience| cut(sdl, audience).expect("the cut succeeds").coordinates();
    let expected = |field: &str| BTreeSet::from(["M", field, "Query", "Query.m"].map(String::from));
    assert_eq!(coordinates("A"), expected("M.a"));
    assert_eq!(coordinates("B"), expected("M.b"));
}

#[test]
fn unreachable_types_are_dropped() {
    let document = reader();
    for gone in ["Subscription", "Note", "Audience", "Permission", "Date", "audited", "shared"] {
        assert!(!document.sdl().contains(gone), "{gone} is still there");
    }
}

#[test]
fn specified_directives_stay() {
    let reader = reader();
    assert!(reader.sdl().contains("@deprecated(reason: \"Use title.\")"));
    assert!(reader.sdl().contains("@oneOf"));
    assert!(clerk().sdl().contains("@specifiedBy"));
}

#[test]
fn grants_without_query_have_no_schema() {
    let failure = library().cut(&Grants::of(["NOBODY"])).expect_err("nothing is left");
    assert_eq!(failure, RoleSchemaError::Broken(vec!["Query: no field of it is left".into()]));
}

#[test]
fn misspelt_audience_is_refused() {
    let sdl = "enum Audience { A } type Query { a: Int @shared(with: [A, AA]) }";
    let failure = cut(sdl, "A").expect_err("it is misspelt");
    assert_eq!(failure, RoleSchemaError::Invalid(vec!["Query.a: `AA` is no value of Audience".into()]));
}

#[test]
fn string_names_and_no_definitions_work() {
    let sdl = "type Query { a: Int @shared(with: [\"A\"])  b: Int @requires(permission: \"P\") }";
    assert_eq!(cut(sdl, "A").expect("the cut succeeds").sdl(), "type Query {\n  a: Int\n}\n");
}

#[test]
fn role_schemas_are_deterministic() {
    for _ in 0..5 {
        assert_eq!(manager().sdl(), manager().sdl());
    }
}

#[test]
fn equal_grants_share_a_schema() {
    let documents = crate::common::documents();
    let get = |grants| documents.get(&grants).expect("the cut succeeds");
    let plain = get(Grants::of(["CLERK"]));
    let more = get(Grants::of(["CLERK", "UNHEARD_OF"]).with(["NOTHING_ASKS_FOR_IT"]));
    assert!(std::sync::Arc::ptr_eq(&plain, &more));
    let other = get(Grants::of(["CLERK"]).with(["PRICES_VIEW"]));
    assert!(!std::sync::Arc::ptr_eq(&plain, &other));
}

#[test]
fn invalid_schema_is_refused() {
    for sdl in ["", "type Query {", "type Query { a: Missing @shared(with: [A]) }", "{ a }"] {
        assert!(matches!(WholeSchema::parse(sdl), Err(RoleSchemaError::Invalid(_))), "{sdl}");
    }
}
