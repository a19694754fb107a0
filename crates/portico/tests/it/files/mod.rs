//! Tests of files (FIL-1 to FIL-8, EXP-8).

mod albums;
mod attachments;
mod drafted_tasks;
mod evidence;
mod faults;
mod hostile;
mod images;
mod mails;
mod message_files;
mod names;
mod options;
mod quota;
mod scanner;
mod secrecy;
mod sharing;
mod transfer;
mod upload;
mod videos;

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, of_project, texts_of};

/// A text that is no program.
const TEXT: &[u8] = b"Two on the north side";

/// The id of a file of the showcase project.
fn file(app: &TestApp, name: &str) -> String {
    app.id(Tag::FILE, &format!("{MAPLE}/file/{name}"))
}

/// The names of the files that a person sees in a project, in alphabetical order.
async fn names(app: &TestApp, person: &Person, path: &str, arguments: &str) -> Vec<String> {
    let fields = format!("files{arguments} {{ totalCount nodes {{ name }} }}");
    let found = of_project(app, person, path, &fields).await;
    let mut names = texts_of(&found["files"]["nodes"], "name");
    assert_eq!(found["files"]["totalCount"], names.len(), "{found}");
    names.sort_unstable();
    names
}

/// The records that have changed for a person in the showcase project since a cursor, and the next cursor.
async fn changes(app: &TestApp, person: &Person, mut cursor: Value) -> (Vec<Value>, Value) {
    let mut entries = Vec::new();
    loop {
        let since = if cursor.is_null() { String::new() } else { format!(", since: {cursor}") };
        let fields = format!("changes(first: 100{since}) {{ entries {{ id }} cursor hasMore }}");
        let page = of_project(app, person, MAPLE, &fields).await["changes"].clone();
        entries.extend(page["entries"].as_array().cloned().unwrap_or_default());
        cursor = page["cursor"].clone();
        if page["hasMore"] == false {
            return (entries, cursor);
        }
    }
}

/// Whether a person sees a file by its id.
async fn sees(app: &TestApp, person: &Person, id: &str) -> bool {
    let reply = app.ask_with(person, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
    !reply.at("/node").is_null()
}

/// The payload of a mutation of a file, with `fields` and its user errors.
async fn perform(app: &TestApp, person: &Person, mutation: &str, input: Value, fields: &str) -> Value {
    let mut ty: Vec<char> = mutation.chars().collect();
    ty[0] = ty[0].to_ascii_uppercase();
    let ty: String = ty.into_iter().collect();
    let query = format!(
        "mutation($input: {ty}Input!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ code field message }} }} }}"
    );
    let reply = app.ask_with(person, &query, json!({ "input": input })).await;
    let payload = reply.json["data"][mutation].clone();
    assert!(payload.is_object(), "{}", reply.text);
    payload
}

/// Sets with whom a file is shared, as an owner.
async fn share(app: &TestApp, id: &str, input: Value) -> Value {
    let mut all = json!({ "id": id });
    for (name, value) in input.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let fields = "file { sharedWithClients sharedWithTrades { name } version }";
    perform(app, &Person::owner(), "fileShare", all, fields).await
}
