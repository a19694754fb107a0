//! Positions of an operation in which a name can stand.
//!
//! In these operations `HIDDEN` stands for the name, and `HIDDENTYPE` for the name of its type if that is hidden too.

use portico_testkit::{FieldShape, InputShape, Shape};
use serde_json::{Value, json};

use crate::support::schema::{given, query, ways};

/// Operation with a placeholder for a name.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) variables: Value,
}

impl Question {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), variables: json!({}) }
    }

    fn with(text: impl Into<String>, variable: Value) -> Self {
        Self { text: text.into(), variables: json!({ "v": variable }) }
    }
}

/// A hidden field of a visible type.
pub(crate) fn of_field(document: &Shape, whole: &Shape, ty: &str, field: &FieldShape) -> Vec<Question> {
    let below = if whole.is_leaf(&field.ty) { "{ id }".to_owned() } else { selection(whole, &field.ty) };
    let mut selected: Vec<String> = [
        "HIDDEN",
        "HIDDEN { id }",
        "HIDDEN { id { amount nonsense } }",
        "HIDDEN(x: 1)",
        "HIDDEN(first: 1, after: \"x\") { nodes { id } }",
        "HIDDEN(x: {a: [1, $nowhere]})",
        "other: HIDDEN",
        "id: HIDDEN",
        "HIDDEN @skip(if: true)",
        "HIDDEN @include(if: false) { id }",
        "HIDDEN @nonsense",
        "... { HIDDEN }",
        "... @skip(if: true) { HIDDEN }",
        "HIDDEN nonsense",
        "nonsense HIDDEN __typename",
        "HIDDEN HIDDEN(x: 1)",
        "a: HIDDEN a: __typename",
    ]
    .map(str::to_owned)
    .to_vec();
    selected.push(format!("HIDDEN {below}"));
    selected.push(format!("... on {ty} {{ HIDDEN }}"));
    for argument in &field.arguments {
        selected.push(format!("HIDDEN({}: null) {below}", argument.name));
    }
    let mut asked = Vec::new();
    for way in ways(document, ty, |_| true).into_iter().take(2) {
        asked.extend(selected.iter().map(|selected| Question::new(query(&way, selected))));
        asked.push(Question::new(format!("{} fragment F on {ty} {{ HIDDEN }}", query(&way, "...F"))));
        asked.push(Question::new(format!("query($v: Int) {}", query(&way, "HIDDEN(x: $v)"))));
        asked.push(Question::with(format!("query Named($v: Int!) {}", query(&way, "HIDDEN(first: $v)")), json!(1)));
    }
    asked.push(Question::new(format!("{{ __typename }} fragment F on {ty} {{ HIDDEN }}")));
    asked.push(Question::new("mutation { HIDDEN }"));
    asked.push(Question::new("subscription { HIDDEN { id } }"));
    asked
}

fn selection(shape: &Shape, ty: &str) -> String {
    format!("{{ {} }}", shape.everything(ty, 1))
}

/// A field of a hidden type.
pub(crate) fn of_field_of_hidden_type(document: &Shape) -> Vec<Question> {
    let mut asked = vec![
        Question::new("{ __typename } fragment F on HIDDENTYPE { HIDDEN }"),
        Question::new("{ ... on HIDDENTYPE { HIDDEN } }"),
    ];
    for way in ways(document, "Node", |_| true) {
        asked.push(Question::new(query(&way, "... on HIDDENTYPE { id a: HIDDEN { id } }")));
    }
    asked
}

/// A hidden argument of a visible field.
pub(crate) fn of_argument(document: &Shape, ty: &str, field: &FieldShape) -> Vec<Question> {
    let below = if document.is_leaf(&field.ty) { "" } else { "{ __typename }" };
    let mut asked = Vec::new();
    for way in ways(document, ty, |_| true) {
        for value in ["1", "null", "\"x\"", "{a: 1}", "[ONE]", "$nowhere"] {
            asked.push(Question::new(query(&way, &format!("{}(HIDDEN: {value}) {below}", field.name))));
        }
        let text = query(&way, &format!("a: {}(HIDDEN: $v, nonsense: 1) {below}", field.name));
        asked.push(Question::with(format!("query($v: Int) {text}"), json!(1)));
    }
    asked
}

/// A hidden type.
pub(crate) fn of_type(document: &Shape) -> Vec<Question> {
    let mut asked: Vec<_> = [
        "{ ... on HIDDEN { id } }",
        "{ ...F } fragment F on HIDDEN { id name }",
        "{ __typename } fragment F on HIDDEN { id }",
        "query($v: HIDDEN) { __typename }",
        "query($v: HIDDEN!) { __typename }",
        "query($v: [HIDDEN!]! = [1]) { __typename }",
        "query($v: [HIDDEN] = [{a: 1}, null, ONE]) { __typename }",
        "query($v: HIDDEN = {amount: 1}) { nonsense(x: $v) }",
        "{ __type(name: \"HIDDEN\") { name kind fields { name } enumValues { name } inputFields { name } } }",
        "query T { a: __type(name: \"HIDDEN\") { name } ... { b: __type(name: \"HIDDEN\") { description } } }",
        "{ HIDDEN }",
        "{ __typename @HIDDEN }",
    ]
    .map(Question::new)
    .to_vec();
    asked.push(Question::with("query($v: HIDDEN!) { __typename }", json!({"x": 1})));
    asked.push(Question::with("query($v: [HIDDEN]) { __typename }", json!(["ONE", 1, null])));
    asked.push(Question::with("query($v: String!) { __type(name: $v) { name } }", json!("HIDDEN")));
    for way in ways(document, "Node", |_| true) {
        asked.push(Question::new(query(&way, "... on HIDDEN { id }")));
        asked.push(Question::new(format!("{} fragment F on HIDDEN {{ id }}", query(&way, "id ...F"))));
    }
    asked
}

/// A directive that does not exist.
pub(crate) fn of_directive() -> Vec<Question> {
    [
        "{ __typename @HIDDEN }",
        "{ __typename @HIDDEN(with: [CLIENT]) }",
        "{ __typename @HIDDEN(permission: COSTS_VIEW) }",
        "query @HIDDEN { __typename }",
        "query($v: Int @HIDDEN) { __typename }",
        "{ ... @HIDDEN { __typename } }",
        "{ ...F } fragment F on Query @HIDDEN { __typename }",
        "{ ...F @HIDDEN } fragment F on Query { __typename }",
        "{ nonsense @HIDDEN @skip(if: true) }",
    ]
    .map(Question::new)
    .to_vec()
}

/// Position for a value of a type: an argument, and the path from it to the value.
struct Place {
    way: Vec<String>,
    field: FieldShape,
    argument: InputShape,
    /// Fields of input objects, each with whether it takes a list.
    steps: Vec<InputShape>,
}

impl Place {
    fn is_list(&self) -> bool {
        self.steps.last().unwrap_or(&self.argument).is_list
    }

    fn literal(&self, value: &str) -> String {
        self.steps.iter().rev().fold(value.to_owned(), |value, step| {
            let value = if step.is_list && !value.starts_with('[') { format!("[{value}]") } else { value };
            format!("{{{}: {value}}}", step.name)
        })
    }

    fn json(&self, value: Value) -> Value {
        self.steps.iter().rev().fold(value, |value, step| {
            let value = if step.is_list && !value.is_array() { json!([value]) } else { value };
            json!({ step.name.as_str(): value })
        })
    }

    fn ask(&self, document: &Shape, value: &str) -> String {
        let below = if document.is_leaf(&self.field.ty) { "" } else { "{ __typename }" };
        let given = given(&self.field);
        let more = given.trim_start_matches('(').trim_end_matches(')');
        query(&self.way, &format!("{}({}: {value} {more}) {below}", self.field.name, self.argument.name))
    }
}

/// Maximum depth of input objects.
const DEEPEST: usize = 3;

fn places(document: &Shape, wanted: &str) -> Vec<Place> {
    let mut found = Vec::new();
    for (ty, _) in document.types() {
        for field in document.fields(ty) {
            for argument in &field.arguments {
                let Some(way) = ways(document, ty, |_| true).into_iter().next() else { continue };
                let mut open = vec![(argument.ty.clone(), Vec::<InputShape>::new())];
                while let Some((at, steps)) = open.pop() {
                    if at == wanted {
                        let (way, steps) = (way.clone(), steps.clone());
                        found.push(Place { way, field: field.clone(), argument: argument.clone(), steps });
                    }
                    if steps.len() < DEEPEST {
                        let next =
                            |step: &InputShape| (step.ty.clone(), [&steps[..], std::slice::from_ref(step)].concat());
                        open.extend(document.inputs(&at).iter().map(next));
                    }
                }
            }
        }
    }
    found
}

/// A hidden field of a visible input object.
pub(crate) fn of_input_field(document: &Shape, ty: &str) -> Vec<Question> {
    let mut asked = Vec::new();
    for place in places(document, ty) {
        for value in ["{HIDDEN: \"x\"}", "{HIDDEN: null}", "{HIDDEN: {in: [ONE]}}", "{nonsense: 1, HIDDEN: $nowhere}"] {
            asked.push(Question::new(place.ask(document, &place.literal(value))));
        }
        let by_variable = place.ask(document, "$v");
        let text = format!("query($v: {}) {by_variable}", place.argument.written);
        for value in [json!({"HIDDEN": "x"}), json!({"HIDDEN": null}), json!({"HIDDEN": {"in": ["ONE"]}})] {
            asked.push(Question::with(&text, place.json(value)));
        }
        let default = place.literal("{HIDDEN: \"x\"}");
        asked.push(Question::new(format!("query($v: {} = {default}) {by_variable}", place.argument.written)));
        let text = place.ask(document, &place.literal("{HIDDEN: $v}"));
        asked.push(Question::with(format!("query($v: String) {text}"), json!("x")));
        asked.push(Question::with(
            format!("query($v: {ty}) {}", place.ask(document, &place.literal("$v"))),
            json!({"HIDDEN": 1}),
        ));
    }
    asked.push(Question::with(format!("query($v: {ty}) {{ __typename }}"), json!({"HIDDEN": 1})));
    asked.push(Question::with(
        format!("query($v: [{ty}!]! = [{{HIDDEN: 1}}]) {{ __typename }}"),
        json!([{"HIDDEN": 1}]),
    ));
    asked
}

/// A hidden value of a visible enum.
pub(crate) fn of_value(document: &Shape, ty: &str) -> Vec<Question> {
    let mut asked = Vec::new();
    for place in places(document, ty) {
        for value in ["HIDDEN", "[HIDDEN]", "[HIDDEN, HIDDEN, nonsense]", "\"HIDDEN\"", "{a: HIDDEN}", "$nowhere"] {
            asked.push(Question::new(place.ask(document, &place.literal(value))));
        }
        let by_variable = place.ask(document, "$v");
        let text = format!("query($v: {}) {by_variable}", place.argument.written);
        for value in [json!("HIDDEN"), json!(["HIDDEN"]), json!(["HIDDEN", "nonsense"]), json!({"HIDDEN": 1})] {
            asked.push(Question::with(&text, place.json(value)));
        }
        let default = place.literal(if place.is_list() { "[HIDDEN]" } else { "HIDDEN" });
        asked.push(Question::new(format!("query($v: {} = {default}) {by_variable}", place.argument.written)));
        let text = place.ask(document, &place.literal("$v"));
        asked.push(Question::with(format!("query($v: {ty}!) {text}"), json!("HIDDEN")));
        asked.push(Question::with(format!("query($v: [{ty}!]!) {text}"), json!(["HIDDEN"])));
    }
    asked.push(Question::with(format!("query($v: {ty}) {{ __typename }}"), json!("HIDDEN")));
    asked.push(Question::with(format!("query($v: [{ty}!]! = [HIDDEN]) {{ __typename }}"), json!(["HIDDEN"])));
    asked.push(Question::new(format!("query($v: {ty} = HIDDEN) {{ __typename }}")));
    asked
}
