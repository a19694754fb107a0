//! What is hidden and what was never there are told in the same words: by the status, the headers and each byte of the
//! body.

use std::collections::BTreeSet;

use portico_graphql::Gateway;
use portico_testkit::{Person, Reply, Shape, TestApp, TypeShape};
use serde_json::Value;

use super::positions::{self, Question};
use crate::support::schema::{document_of, field_of, lacking, outsiders, whole};

/// A name that is hidden, its twin that nobody has ever heard of, and the hole that they fill.
struct Twins {
    hole: &'static str,
    hidden: String,
    invented: String,
}

/// What there is to a coordinate: the names in it, and everything that can be asked with them.
struct Asked {
    names: Vec<(&'static str, String)>,
    questions: Vec<Question>,
}

/// All that can be asked with a coordinate that a document lacks.
fn questions(document: &Shape, whole: &Shape, coordinate: &str) -> Asked {
    let name = |name: &str| vec![("HIDDEN", name.to_owned())];
    let Some((ty, member)) = coordinate.split_once('.') else {
        return Asked { names: name(coordinate), questions: positions::of_type(document) };
    };
    if document.get(ty).is_none() {
        let member = member.split('(').next().unwrap_or_default();
        let names = vec![("HIDDENTYPE", ty.to_owned()), ("HIDDEN", member.to_owned())];
        return Asked { names, questions: positions::of_field_of_hidden_type(document) };
    }
    if let Some((field, argument)) = member.split_once('(') {
        let argument = argument.trim_end_matches(":)");
        return match document.field(ty, field) {
            Some(there) => Asked { names: name(argument), questions: positions::of_argument(document, ty, there) },
            // Its field is hidden, and asked for with each of its arguments.
            None => Asked { names: name(field), questions: Vec::new() },
        };
    }
    let questions = match whole.get(ty) {
        Some(TypeShape::Enum(_)) => positions::of_value(document, ty),
        Some(TypeShape::Input(_)) => positions::of_input_field(document, ty),
        _ => {
            let (_, field) = field_of(whole, coordinate).unwrap_or_else(|| panic!("{coordinate} is no field"));
            positions::of_field(document, whole, ty, field)
        }
    };
    Asked { names: name(member), questions }
}

/// A name of the same length and shape that is nowhere in the schema.
fn invented(name: &str, known: &BTreeSet<&str>) -> String {
    let letters: Vec<char> = name.chars().collect();
    let likes = |letter: char| if letter.is_uppercase() { ['X', 'Q'] } else { ['x', 'q'] };
    let places = (0..letters.len()).rev().filter(|place| letters[*place].is_alphabetic());
    let one_changed = places.flat_map(|place| {
        let mut changed = letters.clone();
        likes(letters[place]).map(|like| {
            changed[place] = like;
            changed.iter().collect::<String>()
        })
    });
    let mut found = one_changed.filter(|made| made != name && !known.contains(made.as_str()));
    found.next().unwrap_or_else(|| panic!("no twin for {name}"))
}

fn filled(text: &str, twins: &[Twins], pick: impl Fn(&Twins) -> &str) -> String {
    twins.iter().fold(text.to_owned(), |text, twins| text.replace(twins.hole, pick(twins)))
}

async fn ask(app: &TestApp, person: &Person, question: &Question, twins: &[Twins], pick: fn(&Twins) -> &str) -> Reply {
    let variables = filled(&question.variables.to_string(), twins, pick);
    let variables: Value = serde_json::from_str(&variables).expect("names need no escape");
    app.ask_with(person, &filled(&question.text, twins, pick), variables).await
}

/// All of a reply that a caller can see, with the names blotted out where the reply repeats them.
fn seen(reply: &Reply, twins: &[Twins], pick: fn(&Twins) -> &str) -> String {
    let headers: Vec<_> = reply.headers.iter().filter(|(name, _)| *name != "x-request-id").collect();
    let text = reply.without_request_id();
    let quoted = text.split('`').enumerate().map(|(index, part)| {
        let is_name =
            |one: &&Twins| part.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == pick(one));
        match twins.iter().find(|one| index % 2 == 1 && is_name(one)) {
            Some(one) => part.replace(pick(one), one.hole),
            None => part.to_owned(),
        }
    });
    format!("{} {headers:?} {}", reply.status, quoted.collect::<Vec<_>>().join("`"))
}

/// Asks everything that can be asked with what an audience's document lacks, and holds each reply against its twin's.
async fn nothing_tells_hidden_from_invented(audience: &str, at_least: usize) {
    let app = TestApp::demo().await;
    let (_, people) = outsiders(&app).await.into_iter().find(|(name, _)| *name == audience).expect("an audience");
    let sdl = Gateway::sdl();
    let known: BTreeSet<&str> = sdl.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let (document, whole) = (document_of(&app, &people[0]).await, whole());
    let mut asked: Vec<Asked> =
        lacking(&app, &people[0]).await.iter().map(|one| questions(&document, &whole, one)).collect();
    let directives = ["shared", "requires"]
        .map(|name| Asked { names: vec![("HIDDEN", name.to_owned())], questions: positions::of_directive() });
    asked.extend(directives);
    let (mut cases, mut told) = (0, BTreeSet::new());
    for (number, asked) in asked.iter().enumerate() {
        let mut twins = Vec::new();
        for (hole, hidden) in &asked.names {
            twins.push(Twins { hole, hidden: hidden.clone(), invented: invented(hidden, &known) });
        }
        let person = &people[number % people.len()];
        for question in &asked.questions {
            let hidden = ask(&app, person, question, &twins, |one| &one.hidden).await;
            let invented = ask(&app, person, question, &twins, |one| &one.invented).await;
            let (hidden, invented) =
                (seen(&hidden, &twins, |one| &one.hidden), seen(&invented, &twins, |one| &one.invented));
            assert_eq!(hidden, invented, "{:?} with {:?}", question, asked.names);
            cases += 1;
            told.insert(invented);
        }
    }
    assert!(cases >= at_least, "{cases} cases");
    // If all were refused for one and the same reason, they would prove next to nothing.
    assert!(told.len() * 20 > cases, "{} different replies to {cases} cases", told.len());
    say(audience, asked.len(), cases, told.len());
}

#[expect(clippy::print_stderr, reason = "how much was looked at is worth a line where the test is read")]
fn say(audience: &str, names: usize, cases: usize, told: usize) {
    eprintln!("{audience}: {names} names, {cases} cases, {told} different replies");
}

#[tokio::test]
async fn clients_cannot_tell_what_is_hidden_from_what_was_never_there() {
    // SEC-1
    nothing_tells_hidden_from_invented("client", 1_000).await;
}

#[tokio::test]
async fn trades_cannot_tell_what_is_hidden_from_what_was_never_there() {
    // SEC-1
    nothing_tells_hidden_from_invented("trade", 1_000).await;
}

#[tokio::test]
async fn staff_without_permissions_cannot_tell_what_is_hidden_from_what_was_never_there() {
    nothing_tells_hidden_from_invented("staff", 700).await;
}

#[tokio::test]
async fn those_without_a_token_cannot_tell_what_is_hidden_from_what_was_never_there() {
    nothing_tells_hidden_from_invented("public", 500).await;
}

/// The same comparison finds a difference where there is one: between a name that is there and one that is not.
#[tokio::test]
async fn a_name_that_is_there_is_told_from_an_invented_one() {
    let app = TestApp::demo().await;
    for (hidden, hole) in [("number", "HIDDEN"), ("Task", "HIDDEN")] {
        let twins = [Twins { hole, hidden: hidden.to_owned(), invented: hidden.replace(['m', 's'], "x") }];
        let text = if hidden == "number" {
            "{ viewer { projects { nodes { HIDDEN } } } }"
        } else {
            "{ __type(name: \"HIDDEN\") { name } }"
        };
        let question = Question { text: text.to_owned(), variables: Value::Null };
        for person in [Person::client(), Person::trade()] {
            let there = ask(&app, &person, &question, &twins, |one| &one.hidden).await;
            let not = ask(&app, &person, &question, &twins, |one| &one.invented).await;
            assert_ne!(seen(&there, &twins, |one| &one.hidden), seen(&not, &twins, |one| &one.invented), "{hidden}");
        }
    }
}
