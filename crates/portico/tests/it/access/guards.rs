//! Tests of the guards alone: they refuse an audience every coordinate that its role schema lacks, with all other
//! layers disabled.
//!
//! Rows are read as an insider, since a null from an empty role view would prove nothing. A field behind hidden fields
//! only is refused at those fields, each of which is tested in turn: there is no other path.

use std::collections::BTreeSet;

use portico_core::id::Tag;
use portico_testkit::{AccessLayers, FieldShape, InputShape, LayerState, Person, Shape, TestApp, TypeShape, leaves};
use serde_json::{Value, json};

use crate::support::schema::{
    below, coordinates_of, db_open_account, field_of, given, insider, lacking, outsiders, query, random_id, ways, whole,
};

/// Only the guards are enabled.
const GUARDS: AccessLayers = AccessLayers {
    document: LayerState::Down,
    guard: LayerState::Up,
    role_view: LayerState::Down,
    row_check: LayerState::Down,
};

/// Outcome of a query for a field with the alias `wanted`.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// The field or one above it has an error, and there is no value.
    Refused,
    /// Missing without an error: the answer of `node` for types that the caller may not fetch.
    Silent,
    /// The field was resolved without an error.
    Answered,
    /// It has a value, or part of one, despite an error.
    Half,
}

fn outcome(answer: &Value) -> Outcome {
    let is_wanted = |path: &str| path.split('/').any(|step| step == "wanted");
    let values = leaves(&answer["data"]);
    let has_value = values.iter().any(|(path, leaf)| is_wanted(path) && !leaf.is_null());
    let was_reached = has_value || answer["data"].to_string().contains("\"wanted\"");
    match (answer["errors"].as_array().is_some_and(|errors| !errors.is_empty()), has_value, was_reached) {
        (true, true, _) => Outcome::Half,
        (true, false, _) => Outcome::Refused,
        (false, _, true) => Outcome::Answered,
        (false, _, false) => Outcome::Silent,
    }
}

/// Whether the guard refused the wanted field, rather than one above it.
fn refused_at_the_field(answer: &Value) -> bool {
    answer["errors"].as_array().is_some_and(|errors| {
        errors.iter().all(|error| error["path"].as_array().is_some_and(|path| path.contains(&json!("wanted"))))
    })
}

/// Fields about clients and trade partners themselves, which owners do not have.
const OF_MEMBERS: [(&str, &str); 4] = [
    ("Viewer.onboarding", " onboarding { __typename showVideo videoUrl }"),
    ("Project.calendarFeed", " calendarFeed { __typename url createdAt }"),
    ("Viewer.pendingActions", " pendingActions { __typename kind title dueOn isOverdue }"),
    ("Project.pendingActions", " pendingActions { __typename kind title dueOn isOverdue }"),
];

fn without_fields_of_members(query: String, coordinate: &str) -> String {
    let own = OF_MEMBERS.iter().find(|(of, _)| *of == coordinate).map(|(_, field)| *field);
    let others = OF_MEMBERS.iter().filter(|(_, field)| Some(*field) != own);
    others.fold(query, |query, (_, field)| query.replace(field, ""))
}

/// Asks for a field by every kind of path to its type; paths without a refused field above come first.
async fn ask_for(
    app: &TestApp,
    shape: &Shape,
    person: &Person,
    coordinate: &str,
    open: &BTreeSet<String>,
) -> Vec<(String, Value)> {
    let (ty, field) = field_of(shape, coordinate).expect("a coordinate of a field");
    let mut all = ways(shape, &ty, |step| open.contains(step));
    // A client does not have all paths of an owner.
    let inside = insider(coordinate);
    let of_client = if inside == Person::client() { Some(coordinates_of(app, &inside).await) } else { None };
    let is_inside = |step: &str| of_client.as_ref().is_none_or(|known| known.contains(step));
    for way in ways(shape, &ty, is_inside) {
        if !all.contains(&way) {
            all.push(way);
        }
    }
    assert!(!all.is_empty(), "no path leads to {coordinate}");
    // Below it, an owner's fields would fail for a client.
    let below = match &of_client {
        Some(_) if !shape.is_leaf(&field.ty) => " { __typename }".to_owned(),
        _ => below(shape, &field.ty),
    };
    let mut asked = Vec::new();
    for way in all {
        let query = query(&way, &format!("wanted: {}{}{below}", field.name, given(field)));
        // The fields that an owner sees, and no others.
        let query = without_fields_of_members(query, coordinate);
        let guarded = app.ask_behind(GUARDS, person, &insider(coordinate), &query).await;
        asked.push((query, guarded));
    }
    asked
}

#[tokio::test]
async fn guards_refuse_fields_outside_document() {
    let app = TestApp::demo().await;
    db_open_account(&app).await;
    let shape = whole();
    let by_query = shape.reached_from("Query");
    let (mut missing, mut answers_without) = (Vec::new(), BTreeSet::new());
    for (audience, people) in outsiders(&app).await {
        let person = &people[0];
        let open = coordinates_of(&app, person).await;
        let (mut at_the_field, mut above, mut silent) = (0, 0, BTreeSet::new());
        for coordinate in lacking(&app, person).await {
            let Some((ty, _)) = field_of(&shape, &coordinate) else { continue };
            if !by_query.contains(&ty) {
                continue;
            }
            for (query, guarded) in ask_for(&app, &shape, person, &coordinate, &open).await {
                if !answers_without.contains(&query) {
                    let control = app.ask_behind(AccessLayers::NONE, person, &insider(&coordinate), &query).await;
                    assert_eq!(outcome(&control), Outcome::Answered, "{coordinate} by {query}: {control}");
                    answers_without.insert(query);
                }
                match outcome(&guarded) {
                    Outcome::Refused if refused_at_the_field(&guarded) => at_the_field += 1,
                    Outcome::Refused => above += 1,
                    Outcome::Silent => _ = silent.insert(coordinate.clone()),
                    Outcome::Answered | Outcome::Half => {
                        missing.push(format!("{coordinate} for {audience}: {guarded}"))
                    }
                }
            }
        }
        assert!(at_the_field >= 4, "{audience}: of {above} above, {at_the_field} at the field");
        // Only a fetch by id may be null without an error, and only for types that the audience may not fetch.
        let kinds: BTreeSet<_> = silent.iter().filter_map(|one| one.split('.').next()).collect();
        let by_id = shape.implementors("Node");
        assert!(kinds.iter().all(|kind| by_id.contains(kind)), "{audience}: {kinds:?}");
        eprintln_counts(audience, at_the_field, above, silent.len());
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[expect(clippy::print_stderr, reason = "the coverage is printed for readers of the test")]
fn eprintln_counts(audience: &str, at_the_field: usize, above: usize, silent: usize) {
    eprintln!("{audience}: {at_the_field} refused at the field, {above} above it, {silent} by kind");
}

/// Otherwise a gateway that refuses everything would pass.
#[tokio::test]
async fn guards_admit_fields_of_the_document() {
    let app = TestApp::demo().await;
    db_open_account(&app).await;
    let shape = whole();
    let by_query = shape.reached_from("Query");
    for (audience, people) in outsiders(&app).await {
        let open = coordinates_of(&app, &people[0]).await;
        let mut answered = 0;
        for coordinate in &open {
            let Some((ty, field)) = field_of(&shape, coordinate) else { continue };
            if !by_query.contains(&ty) {
                continue;
            }
            let way = ways(&shape, &ty, |step| open.contains(step)).swap_remove(0);
            let selected = if shape.is_leaf(&field.ty) { "" } else { " { __typename }" };
            let query = query(&way, &format!("wanted: {}{}{selected}", field.name, given(field)));
            let guarded = app.ask_behind(GUARDS, &people[0], &insider(coordinate), &query).await;
            assert_eq!(outcome(&guarded), Outcome::Answered, "{coordinate} for {audience} by {query}: {guarded}");
            answered += 1;
        }
        let least = match audience {
            "public" => 8,
            "support" => 25,
            _ => 80,
        };
        assert!(answered > least, "{audience}: {answered}");
    }
}

/// A valid value for an argument, with as few members as possible.
pub(crate) fn anything(shape: &Shape, input: &InputShape) -> String {
    let value = match shape.get(&input.ty) {
        Some(TypeShape::Input(fields)) => {
            let given = fields.iter().filter(|field| field.is_required);
            let given = given.map(|field| format!("{}: {}", field.name, anything(shape, field)));
            format!("{{ {} }}", given.collect::<Vec<_>>().join(", "))
        }
        Some(TypeShape::Enum(values)) => values[0].clone(),
        _ => match input.ty.as_str() {
            "Boolean" => "true".to_owned(),
            "Int" => "1".to_owned(),
            "ID" => format!("\"{}\"", random_id(Tag::PROJECT)),
            _ => "\"x\"".to_owned(),
        },
    };
    if input.is_list { format!("[{value}]") } else { value }
}

/// A mutation without effect, since its ids do not exist.
fn idle(shape: &Shape, field: &FieldShape) -> String {
    let given: Vec<_> = field
        .arguments
        .iter()
        .filter(|argument| argument.is_required)
        .map(|argument| format!("{}: {}", argument.name, anything(shape, argument)))
        .collect();
    let arguments = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
    format!("mutation {{ wanted: {}{arguments} {{ __typename }} }}", field.name)
}

#[tokio::test]
async fn guards_refuse_hidden_mutations() {
    let app = TestApp::demo().await;
    let shape = whole();
    let mut people = outsiders(&app).await;
    people.push(("reporting", vec![Person::reporting()]));
    let mut refused = 0;
    for (audience, people) in people {
        let theirs = coordinates_of(&app, &people[0]).await;
        for field in shape.fields("Mutation") {
            if theirs.contains(&format!("Mutation.{}", field.name)) {
                continue;
            }
            let mutation = idle(&shape, field);
            let guarded = app.ask_behind(GUARDS, &people[0], &Person::owner(), &mutation).await;
            assert_eq!(outcome(&guarded), Outcome::Refused, "{audience}: {mutation}: {guarded}");
            assert!(refused_at_the_field(&guarded), "{audience}: {mutation}: {guarded}");
            refused += 1;
        }
    }
    assert!(refused > 0);
}
