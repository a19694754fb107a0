//! Tests that hidden names are answered exactly as unknown names: same status, headers and body.

use std::collections::BTreeSet;

use portico_graphql::Gateway;
use portico_testkit::{InputShape, Person, Reply, Shape, TestApp, TypeShape};
use serde_json::Value;

use super::positions::{self, Question};
use crate::support::schema::{document_of, field_of, lacking, outsiders, whole};

/// A hidden name, an unknown name of the same shape, and their placeholder.
struct NamePair {
    hole: &'static str,
    hidden: String,
    invented: String,
}

/// The names in a coordinate, and every operation with them.
struct Asked {
    names: Vec<(&'static str, String)>,
    questions: Vec<Question>,
}

/// Every operation with a coordinate that a role schema lacks.
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
            // Its field is hidden, and is tested with each of its arguments.
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

/// An unknown name of the same length and shape.
fn invented(name: &str, known: &BTreeSet<&str>) -> String {
    let letters: Vec<char> = name.chars().collect();
    let likes = |letter: char| if letter.is_uppercase() { ['X', 'Q'] } else { ['x', 'q'] };
    let places = (0..letters.len()).rev().filter(|place| letters[*place].is_alphabetic());
    let mut one_changed = places.flat_map(|place| {
        let mut changed = letters.clone();
        likes(letters[place]).map(|like| {
            changed[place] = like;
            changed.iter().collect::<String>()
        })
    });
    let found = one_changed.find(|made| made != name && !known.contains(made.as_str()));
    found.unwrap_or_else(|| panic!("no unknown name for {name}"))
}

fn filled(text: &str, pairs: &[NamePair], pick: impl Fn(&NamePair) -> &str) -> String {
    pairs.iter().fold(text.to_owned(), |text, pair| text.replace(pair.hole, pick(pair)))
}

async fn ask(
    app: &TestApp,
    person: &Person,
    question: &Question,
    pairs: &[NamePair],
    pick: fn(&NamePair) -> &str,
) -> Reply {
    let variables = filled(&question.variables.to_string(), pairs, pick);
    let variables: Value = serde_json::from_str(&variables).expect("names need no escape");
    app.ask_with(person, &filled(&question.text, pairs, pick), variables).await
}

/// The visible parts of a reply, with the names replaced where the reply repeats them.
fn seen(reply: &Reply, pairs: &[NamePair], pick: fn(&NamePair) -> &str) -> String {
    // The length follows from the text, which is compared without its suggestions.
    let headers = reply.headers.iter().filter(|(name, _)| !["x-request-id", "content-length"].contains(&name.as_str()));
    let headers: Vec<_> = headers.collect();
    let text = reply.without_request_id();
    let quoted = text.split('`').enumerate().map(|(index, part)| {
        let is_name =
            |one: &&NamePair| part.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == pick(one));
        match pairs.iter().find(|one| index % 2 == 1 && is_name(one)) {
            Some(one) => part.replace(pick(one), one.hole),
            None => part.to_owned(),
        }
    });
    format!("{} {headers:?} {}", reply.status, quoted.collect::<Vec<_>>().join("`"))
}

/// Every name of a role schema.
fn names(document: &Shape) -> BTreeSet<String> {
    let of_inputs = |inputs: &[InputShape]| inputs.iter().map(|input| input.name.clone()).collect::<Vec<_>>();
    let of_type = |(name, ty): (&str, &TypeShape)| {
        let fields = document.fields(name);
        let own = match ty {
            TypeShape::Enum(values) => values.clone(),
            _ => of_inputs(document.inputs(name)),
        };
        let arguments = fields.iter().flat_map(|field| of_inputs(&field.arguments));
        let fields = fields.iter().map(|field| field.name.clone());
        own.into_iter().chain(arguments).chain(fields).chain([name.to_owned()]).collect::<Vec<_>>()
    };
    document.types().flat_map(of_type).collect()
}

/// A reply without its suggestions, which must be names of the role schema: each depends on the sent name and that schema alone.
fn without_suggestions(reply: &str, visible: &BTreeSet<String>) -> String {
    const BEFORE: &str = "; did you mean `";
    let mut parts = reply.split(BEFORE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("`?").expect("a suggestion ends");
        assert!(visible.contains(name), "`{name}` is suggested, which is not in the role schema: {reply}");
        text.push_str(rest);
    }
    text
}

/// Sends every operation with a hidden coordinate, and compares each reply with that for an unknown name.
async fn nothing_tells_hidden_from_invented(audience: &str, at_least: usize) {
    let app = TestApp::demo().await;
    let (_, people) = outsiders(&app).await.into_iter().find(|(name, _)| *name == audience).expect("an audience");
    let sdl = Gateway::sdl();
    let known: BTreeSet<&str> = sdl.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let (document, whole) = (document_of(&app, &people[0]).await, whole());
    let visible = names(&document);
    let mut asked: Vec<Asked> =
        lacking(&app, &people[0]).await.iter().map(|one| questions(&document, &whole, one)).collect();
    let directives = ["shared", "requires"]
        .map(|name| Asked { names: vec![("HIDDEN", name.to_owned())], questions: positions::of_directive() });
    asked.extend(directives);
    let (mut cases, mut suggestions, mut replies) = (0, 0, BTreeSet::new());
    for (number, asked) in asked.iter().enumerate() {
        let pair = |(hole, hidden): &(&'static str, String)| NamePair {
            hole,
            hidden: hidden.clone(),
            invented: invented(hidden, &known),
        };
        let pairs: Vec<_> = asked.names.iter().map(pair).collect();
        let person = &people[number % people.len()];
        for question in &asked.questions {
            let hidden = ask(&app, person, question, &pairs, |one| &one.hidden).await;
            let invented = ask(&app, person, question, &pairs, |one| &one.invented).await;
            suggestions += usize::from(hidden.text.contains("did you mean"));
            let hidden = without_suggestions(&seen(&hidden, &pairs, |one| &one.hidden), &visible);
            let invented = without_suggestions(&seen(&invented, &pairs, |one| &one.invented), &visible);
            assert_eq!(hidden, invented, "{:?} with {:?}", question, asked.names);
            cases += 1;
            replies.insert(invented);
        }
    }
    assert!(suggestions > 0, "no hidden name is similar to a visible one");
    assert!(cases >= at_least, "{cases} cases");
    // If all were refused for the same reason, the comparison would prove little.
    assert!(replies.len() > 40, "{} different replies to {cases} cases", replies.len());
    say(audience, asked.len(), cases, replies.len());
}

#[expect(clippy::print_stderr, reason = "the coverage is printed for readers of the test")]
fn say(audience: &str, names: usize, cases: usize, replies: usize) {
    eprintln!("{audience}: {names} names, {cases} cases, {replies} different replies");
}

#[tokio::test]
async fn hidden_equals_unknown_for_clients() {
    // SEC-1
    nothing_tells_hidden_from_invented("client", 1_000).await;
}

#[tokio::test]
async fn hidden_equals_unknown_for_trades() {
    // SEC-1
    nothing_tells_hidden_from_invented("trade", 1_000).await;
}

#[tokio::test]
async fn hidden_equals_unknown_for_limited_staff() {
    nothing_tells_hidden_from_invented("staff", 700).await;
}

#[tokio::test]
async fn hidden_equals_unknown_without_token() {
    nothing_tells_hidden_from_invented("public", 500).await;
}

/// The comparison finds a difference between an existing name and an unknown one.
#[tokio::test]
async fn visible_name_differs_from_unknown() {
    let app = TestApp::demo().await;
    for (hidden, hole) in [("number", "HIDDEN"), ("Task", "HIDDEN")] {
        let pairs = [NamePair { hole, hidden: hidden.to_owned(), invented: hidden.replace(['m', 's'], "x") }];
        let text = if hidden == "number" {
            "{ viewer { projects { nodes { HIDDEN } } } }"
        } else {
            "{ __type(name: \"HIDDEN\") { name } }"
        };
        let question = Question { text: text.to_owned(), variables: Value::Null };
        for person in [Person::client(), Person::trade()] {
            let there = ask(&app, &person, &question, &pairs, |one| &one.hidden).await;
            let not = ask(&app, &person, &question, &pairs, |one| &one.invented).await;
            assert_ne!(seen(&there, &pairs, |one| &one.hidden), seen(&not, &pairs, |one| &one.invented), "{hidden}");
        }
    }
}
